"""How each sort of kind is trained by default, in one place.

The numbers for tic-tac-toe come from `bench/tictactoe.py`, those for derivations from
`bench/loop.py`, those for boards from `bench/strength.py --run`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from tasks.protocol import TaskKind
from training.calibrate import TASKS
from training.compare import CompareConfig
from training.fit import FitConfig
from training.gate import GateConfig
from training.selfplay.derivations import DerivationConfig
from training.selfplay.games import GameConfig
from training.selfplay.schedule import Schedule, read_schedule
from training.solving import environment_of
from training.value_loss import ValueLossName


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How one kind is trained.

    Attributes:
        games: how to play, in kinds of two players.
        derivations: how to search, in kinds of one player.
        opening_share: of the games, started from the first position; the others from generated
            ones.
        rehearsal_share: of a fit's rows, from earlier iterations.
        window: iterations whose rows are rehearsed.
        value_from_search: see `examples.game_rows`.
        repeat_power: see `rows.to_examples`.
        calibration_tasks: of the calibration split.
        precision: of the player's net; see `device.pick_precision`.
        player: who plays: the champion, or the net under training whatever it is worth yet.
        chunk: games that one process plays into one shard; None leaves an iteration whole.
        warm_up: first iterations, of a third of the games: a net that knows nothing is a poor
            teacher.
        noise, temperature: over the iterations, instead of the ones in `games`; within a game the
            temperature falls after `games.temperature_moves` as well.
        halving: iterations in which the fit's learning rate falls by half; 0 keeps it.
        gate: how a challenger of a game is let in by games alone; None compares by `compare`.
        gate_every: iterations between two gates.
        fit, compare: the later steps of an iteration.
        value_target: of games; `mixed`: the result, and a share of the search's own value; `td`:
            TD(lambda) over the searches' values with `td_lambda` (`value_targets`).
    """

    games: GameConfig = field(default_factory=GameConfig)
    derivations: DerivationConfig = field(default_factory=DerivationConfig)
    opening_share: float = 0.3
    rehearsal_share: float = 0.6
    window: int = 12
    value_from_search: float = 0.0
    repeat_power: float = 0.5
    calibration_tasks: int = TASKS
    precision: str = "float32"
    player: Literal["champion", "learner"] = "champion"
    chunk: int | None = None
    warm_up: int = 0
    noise: Schedule | None = None
    temperature: Schedule | None = None
    halving: int = 0
    gate: GateConfig | None = None
    gate_every: int = 1
    fit: FitConfig = field(default_factory=FitConfig)
    compare: CompareConfig = field(default_factory=CompareConfig)
    value_target: Literal["mixed", "td"] = "mixed"
    td_lambda: float = 0.8

    def __post_init__(self) -> None:
        if not 0.0 <= self.td_lambda <= 1.0 or self.value_target not in ("mixed", "td"):
            raise ValueError(
                f"value_target {self.value_target!r} must be mixed or td, td_lambda "
                f"{self.td_lambda} in [0, 1]"
            )

    @property
    def trace_decay(self) -> float | None:
        """Return lambda where the value targets are TD(lambda), else None."""
        return self.td_lambda if self.value_target == "td" else None

    def games_of(self, iteration: int) -> GameConfig:
        """Return how to play in an iteration, from 1."""
        games = self.games
        if self.noise is not None:
            games = replace(games, noise_share=self.noise.at(iteration))
        if self.temperature is not None:
            games = replace(games, temperature=self.temperature.at(iteration))
        return games

    def fit_of(self, iteration: int) -> FitConfig:
        """Return how to fit in an iteration, from 1."""
        if not self.halving:
            return self.fit
        rate = self.fit.learning_rate * 0.5 ** ((iteration - 1) / self.halving)
        return replace(self.fit, learning_rate=rate)


def recipe_for(kind: TaskKind) -> Recipe:
    """Return the default recipe of a kind."""
    environment = environment_of(kind)
    if environment.num_players > 1 and len(environment.observation_shape) == 3:
        return _board_recipe()
    if environment.num_players > 1:
        return Recipe(
            rehearsal_share=0.93,  # nearly all of the window: positions of a small game come again
            window=15,
            value_from_search=0.5,
            fit=FitConfig(epochs=10, weight_decay=0.3, held_out_share=0.02, patience=10),
        )
    return Recipe(fit=FitConfig(epochs=15, batch_size=512, patience=5))


def with_fit_options(
    recipe: Recipe,
    learning_rate: float | None = None,
    value_loss: ValueLossName | None = None,
    td_lambda: float | None = None,
) -> Recipe:
    """Return the recipe with another rate, value loss or TD(lambda); None leaves each as is."""
    if learning_rate is not None:
        recipe = replace(recipe, fit=replace(recipe.fit, learning_rate=learning_rate))
    if value_loss is not None:
        recipe = replace(recipe, fit=replace(recipe.fit, value_loss=value_loss))
    if td_lambda is not None:
        recipe = replace(recipe, value_target="td", td_lambda=td_lambda)
    return recipe


def with_schedules(recipe: Recipe, noise: str | None, temperature: str | None) -> Recipe:
    """Return the recipe with schedules as `read_schedule` takes them; None leaves either as is.

    Raises:
        ScheduleError: if a text is no schedule, or the noise's share leaves [0, 1].
    """
    if noise is not None:
        recipe = replace(recipe, noise=read_schedule(noise, highest=1.0))
    if temperature is not None:
        recipe = replace(recipe, temperature=read_schedule(temperature))
    return recipe


def with_comparison_of(recipe: Recipe, games: int) -> Recipe:
    """Return the recipe with comparisons of so many games, or tasks where there is one player.

    They are asked for, so a gate is not put off.
    """
    pairs = max(games // 2, 1)
    gate = replace(recipe.gate, max_pairs=pairs) if recipe.gate is not None else None
    compare = replace(recipe.compare, tasks=games, openings=pairs, moves=max(games, pairs))
    return replace(recipe, gate=gate, gate_every=1, compare=compare)


def _board_recipe() -> Recipe:
    """Return the recipe of games on boards; its numbers come from `bench/strength.py --run`."""
    return Recipe(
        games=GameConfig(
            simulations=64, temperature_moves=6, side_by_side=128, cache_entries=2**17
        ),
        opening_share=0.25,
        rehearsal_share=0.8,
        window=10,
        value_from_search=0.5,
        precision="auto",
        player="learner",
        chunk=250,
        warm_up=4,
        halving=20,
        gate=GateConfig(),
        gate_every=5,
        fit=FitConfig(
            epochs=1,
            batch_size=512,
            learning_rate=1e-3,
            weight_decay=1e-2,
            held_out_share=0.02,
            precision="auto",
        ),
    )
