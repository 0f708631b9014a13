"""The documented face of self-play; the training loop itself is `training.selfplay.loop`.

`iteration` and `load_checkpoint` are here; generators, extractor and the single steps follow with
the kinds that need them.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tasks.catalogue import Catalogue, default_catalogue
from training.selfplay.config import LoopConfig
from training.selfplay.loop import SelfPlay
from training.selfplay.recipes import Recipe, recipe_for
from training.selfplay.records import Record, main_figure

KEYS = (
    "games_per_iteration",
    "batch_size",
    "parallel_batch_size",
    "max_buffer_size",
    "mcts",
    "kinds",
    "seed",
)
SEARCH_KEYS = ("num_simulations", "c_puct", "temperature_init", "temperature_final")


class TrainerConfigError(ValueError):
    """A configuration with an unknown key, or agents that this loop does not train."""


class SelfPlayTrainer:
    """Trains the policy/value nets of all learned kinds; winners stay in `checkpoint_dir`.

    Attributes:
        run: the training loop; its state is that after the last finished iteration.
    """

    def __init__(
        self,
        hrm_agent: Any = None,
        trm_agent: Any = None,
        config: Mapping[str, Any] | None = None,
        device: str = "cpu",
        checkpoint_dir: str | Path = "checkpoints",
    ) -> None:
        """Start, or go on from a checkpoint in `checkpoint_dir`.

        Args:
            hrm_agent: None; agents of one's own are not trained by this loop.
            trm_agent: None.
            config: games_per_iteration, batch_size, parallel_batch_size (games side by side),
                max_buffer_size (episodes), mcts {num_simulations, c_puct, temperature_init,
                temperature_final (0: the most visited move)}; besides, kinds and seed.
            device: of the fit.
            checkpoint_dir: for checkpoints, episodes and the best models.

        Raises:
            TrainerConfigError: if a key is unknown or an agent was given.
        """
        if hrm_agent is not None or trm_agent is not None:
            raise TrainerConfigError(
                "hrm_agent and trm_agent must be None: this loop trains policy/value nets"
            )
        given = dict(config or {})
        _refuse_unknown(given, KEYS, "config")
        _refuse_unknown(given.get("mcts", {}), SEARCH_KEYS, "config['mcts']")
        self._folder = Path(checkpoint_dir)
        self._catalogue = default_catalogue()
        self._config = _loop_config(given, device, self._catalogue)
        self.run = SelfPlay(self._config, self._catalogue, self._folder)

    async def iteration(self, i: int) -> dict[str, Any]:
        """Make iteration `i`, from 0, off the event loop; a finished one returns its record.

        Raises:
            TrainerConfigError: if an earlier iteration has not been made.
        """
        done = self.run.state.iteration
        if i > done:
            raise TrainerConfigError(f"iteration {i} cannot be made before iteration {done}")
        if i == done:
            await asyncio.to_thread(self.run.iterate)
        history = self.run.state.history
        return _summary(i, [r for r in history if r["iteration"] == i + 1], history)

    def load_checkpoint(self, path: str | Path) -> int:
        """Go on from a checkpoint, or the newest below a folder; return finished iterations.

        Raises:
            BrokenCheckpointError: if there is no complete checkpoint.
        """
        chosen = Path(path)
        inside = (chosen / "state.json").exists()
        self._folder = chosen.parents[1] if inside else chosen
        self.run = SelfPlay(
            self._config,
            self._catalogue,
            self._folder,
            checkpoint=chosen if inside or not chosen.is_dir() else None,
        )
        return self.run.state.iteration


def _loop_config(given: Mapping[str, Any], device: str, catalogue: Catalogue) -> LoopConfig:
    names = tuple(given.get("kinds", [kind.name for kind in catalogue.learned()]))
    games = int(given.get("games_per_iteration", 400))
    recipes = {
        name: _recipe(recipe_for(catalogue[name]), given, games // len(names)) for name in names
    }
    seed = int(given.get("seed", 0))
    return LoopConfig(kinds=names, games=games, seed=seed, device=device, recipes=recipes)


def _recipe(recipe: Recipe, given: Mapping[str, Any], games: int) -> Recipe:
    search = given.get("mcts", {})
    playing, solving, window = recipe.games, recipe.derivations, recipe.window
    if "num_simulations" in search:
        playing = replace(playing, simulations=int(search["num_simulations"]))
        solving = replace(solving, simulations=int(search["num_simulations"]))
    if "c_puct" in search:
        playing = replace(playing, c_puct=float(search["c_puct"]))
        solving = replace(solving, c_puct=float(search["c_puct"]))
    playing = replace(
        playing,
        temperature=float(search.get("temperature_init", playing.temperature)),
        late_temperature=float(search.get("temperature_final", playing.late_temperature)),
        side_by_side=int(given.get("parallel_batch_size", playing.side_by_side)),
    )
    if "max_buffer_size" in given:
        window = max(1, math.ceil(int(given["max_buffer_size"]) / max(games, 1)))
    fitting = replace(recipe.fit, batch_size=int(given.get("batch_size", recipe.fit.batch_size)))
    return replace(recipe, games=playing, derivations=solving, window=window, fit=fitting)


def _summary(i: int, records: list[Record], history: list[Record]) -> dict[str, Any]:
    """Return the documented keys: sums over kinds for numbers, means over kinds for shares."""
    tests = [record["comparison"]["challenger_figures"] for record in records]
    best = [main_figure(r) for r in history if r["comparison"]["accepted"]]

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    return {
        "iteration": i,
        "num_episodes": sum(record["games"] for record in records),
        "success_rate": mean([record["solved"] for record in records]),
        "num_policy_examples": sum(record["policy_examples"] for record in records),
        "num_value_examples": sum(record["value_examples"] for record in records),
        "eval_success_rate": mean([t.get("solved", t.get("right", 0.0)) for t in tests]),
        "eval_avg_reward": mean([t["reward"] for t in tests]),
        "eval_avg_length": mean([t["length"] for t in tests]),
        "eval_avg_efficiency": mean([t["efficiency"] for t in tests]),
        "best_model_metric": max(best, default=0.0),
        **{
            f"{part}_loss": mean([record["fit"]["after"][part] for record in records])
            for part in ("policy", "value")
        },
        "kinds": {record["kind"]: record for record in records},
    }


def _refuse_unknown(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise TrainerConfigError(
            f"unknown {where} keys {', '.join(unknown)}; known: {', '.join(known)}"
        )
