"""Promote in two-player kinds: a challenger takes over only if it wins more than it loses.

Both meet in pairs of games from random openings, once in each seat, until a sequential test
(`sequential.py`) accepts the challenger, finds it hopeless, or has seen `max_pairs`. The results of
the games are the only truth; no grader is asked. `bench/gate.py` measures how often equal nets are
promoted and better ones found.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from graphs.mcts.search import SearchConfig
from neural.evaluation import BatchEvaluator
from neural.inference import NetEvaluator
from neural.model_files import Model
from tasks.protocol import TaskKind
from training.openings import random_openings
from training.pairs import PlayedPair, Spent, play_pairs
from training.sequential import Outcome, Ruling, SequentialConfig, decide, decide_many, plan
from training.solving import environment_of

log = logging.getLogger(__name__)


class OnePlayerError(ValueError):
    """A kind whose models cannot play against each other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GateConfig:
    """How to match and when to promote.

    Attributes:
        simulations, c_puct: of each move's search, without noise.
        alpha: most probability of promoting a challenger that is no better.
        alternative: score that is to be found with a power of 80 %.
        margin: how far above a half the score must be.
        futility: most probability of giving up early on a challenger as good as `alternative`.
        max_pairs: of games; 1000 keep the power whatever the scores' spread, see `sequential.plan`.
        batch_pairs: under way at once; the verdict does not depend on it.
        opening_plies: fewest and most random moves before a game.
        precision: of the nets, see `device.pick_precision`.
    """

    simulations: int = 32
    c_puct: float = 1.25
    alpha: float = 0.05
    alternative: float = 0.55
    margin: float = 0.0
    futility: float = 0.1
    max_pairs: int = 1000
    batch_pairs: int = 48
    opening_plies: tuple[int, int] = (2, 10)
    precision: str = "auto"

    def __post_init__(self) -> None:
        low, high = self.opening_plies
        if not 0 <= low <= high or self.batch_pairs < 1:
            raise ValueError(
                f"opening_plies {self.opening_plies} must rise from 0 or more, batch_pairs "
                f"{self.batch_pairs} be 1 or more"
            )
        self.test()

    def test(self) -> SequentialConfig:
        """Return what is tested."""
        return SequentialConfig(
            bound=0.5 + self.margin,
            alternative=self.alternative,
            alpha=self.alpha,
            futility=self.futility,
            max_pairs=self.max_pairs,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class GateResult:
    """What a match found.

    Attributes:
        champion, challenger: weights versions.
        outcome: of the test.
        why: in words.
        pairs, games, wins, draws, losses: counted for the challenger, up to the deciding pair.
        score: wins and half of the draws, per game.
        low, high: the true score is above `low` with probability `1 - alpha`, and below `high`
            with `1 - futility`, whenever the test stopped.
        evalue: evidence for the challenger; `1 / alpha` accepts.
        max_games: that it could have taken.
        seed: of the openings.
        games_played: with those under way when it was decided, without repeated openings.
        moves, simulations, evaluations, cpu_seconds: of all games played.
    """

    kind: str
    champion: str
    challenger: str
    outcome: Outcome
    why: str
    pairs: int
    games: int
    wins: int
    draws: int
    losses: int
    score: float
    low: float
    high: float
    evalue: float
    max_games: int
    seed: int
    games_played: int
    moves: int
    simulations: int
    evaluations: int
    cpu_seconds: float

    @property
    def accepted(self) -> bool:
        """Say whether the challenger should take over."""
        return self.outcome == "accepted"

    def to_json(self) -> dict[str, Any]:
        """Return the fields, and `accepted`, as JSON values."""
        return {**asdict(self), "accepted": self.accepted}


def announcement(config: GateConfig) -> str:
    """Return what a match can cost and finds, for people, before it starts."""
    test = config.test()
    expected = plan(test)
    return (
        f"at most 2 x {config.max_pairs} = {expected.max_games} games; accepts a score above "
        f"{test.bound:g} with at most {config.alpha:.0%} false promotions, {expected.power:.0%} "
        f"power at {config.alternative:g} for scores of the widest spread (then "
        f"{expected.games_if_better:.0f} games on average, {expected.games_if_equal:.0f} at "
        f"{test.bound:g}; fewer with draws)"
    )


def recommendation(result: GateResult) -> Literal["deploy_new", "keep_old"]:
    """Return what to do about it."""
    return "deploy_new" if result.accepted else "keep_old"


def run_gate(
    kind: TaskKind,
    champion: Model,
    challenger: Model,
    config: GateConfig,
    seed: int,
    on_pair: Callable[[int], None] | None = None,
) -> GateResult:
    """Let a challenger play for the champion's place.

    Args:
        kind: of two players.
        champion: keeps its place unless the challenger is shown to be better.
        challenger: wants it.
        config: how.
        seed: of the openings; give every challenger a fresh one.
        on_pair: told the number of pairs counted, for progress.

    Raises:
        OnePlayerError: if the kind is no game of two.
    """
    players = [NetEvaluator(model, precision=config.precision) for model in (champion, challenger)]
    return run_match(kind, players[0], players[1], config, seed, on_pair)


def run_match(
    kind: TaskKind,
    champion: BatchEvaluator,
    challenger: BatchEvaluator,
    config: GateConfig,
    seed: int,
    on_pair: Callable[[int], None] | None = None,
    clock: Callable[[], float] = time.process_time,
) -> GateResult:
    """Do the same with any two judges of positions."""
    environment = environment_of(kind)
    if environment.num_players != 2:
        raise OnePlayerError(
            f"{kind.name} has one player, so its models cannot meet; compare them on tasks with "
            "training.compare"
        )
    began = clock()
    test = config.test()
    spent = Spent()
    searching = SearchConfig(simulations=config.simulations, c_puct=config.c_puct)
    openings = random_openings(kind, config.opening_plies, seed)
    counted: list[PlayedPair] = []
    players = (challenger, champion)
    for pair in play_pairs(environment, players, openings, searching, config.batch_pairs, spent):
        counted.append(pair)
        if on_pair is not None:
            on_pair(len(counted))
        (outcome,), _ = decide_many(np.array([[pair.score for pair in counted]]), test)
        if outcome is not None:
            break
    assert outcome is not None
    ruling = decide([pair.score for pair in counted], test)
    games = [value for pair in counted for value in (pair.first, pair.second)]
    result = GateResult(
        kind=kind.name,
        champion=champion.version,
        challenger=challenger.version,
        outcome=outcome,
        why=_why(ruling, test),
        pairs=ruling.pairs,
        games=len(games),
        wins=sum(value > 0 for value in games),
        draws=sum(value == 0 for value in games),
        losses=sum(value < 0 for value in games),
        score=ruling.mean,
        low=ruling.low,
        high=ruling.high,
        evalue=ruling.evalue,
        max_games=2 * config.max_pairs,
        seed=seed,
        games_played=spent.games,
        moves=spent.moves,
        simulations=spent.simulations,
        evaluations=spent.evaluations,
        cpu_seconds=clock() - began,
    )
    log.info("match decided", extra={"kind": kind.name, "outcome": result.outcome})
    return result


def _why(ruling: Ruling, test: SequentialConfig) -> str:
    score = f"score {ruling.mean:.3f} [{ruling.low:.3f}, {ruling.high:.3f}]"
    games = f"{2 * ruling.pairs} games"
    if ruling.outcome == "accepted":
        return f"better: {score} in {games}, above {test.bound:g}"
    if ruling.outcome == "rejected":
        return f"not better enough: {score} in {games}, below {test.alternative:g}"
    return f"undecided: {score} after {games}; the champion stays"
