"""The documented keys of the trainer, turned into the configuration of the loop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tasks.catalogue import Catalogue
from training.selfplay.config import LoopConfig
from training.selfplay.recipes import Recipe, recipe_for, with_fit_options

KEYS = (
    "games_per_iteration",
    "batch_size",
    "parallel_batch_size",
    "max_buffer_size",
    "mcts",
    "kinds",
    "seed",
    "threads",
    "value_loss",
    "td_lambda",
)
SEARCH_KEYS = ("num_simulations", "c_puct", "temperature_init", "temperature_final")


class TrainerConfigError(ValueError):
    """A configuration with an unknown key, or agents that this loop does not train."""


def loop_config(given: Mapping[str, Any], device: str, catalogue: Catalogue) -> LoopConfig:
    """Read the documented keys.

    Args:
        given: see `SelfPlayTrainer`.
        device: of the fit.
        catalogue: its learned kinds are trained unless `kinds` names others.

    Raises:
        TrainerConfigError: if a key is unknown, or a value of no use.
    """
    _refuse_unknown(given, KEYS, "config")
    _refuse_unknown(given.get("mcts", {}), SEARCH_KEYS, "config['mcts']")
    _refuse_small(given, ("games_per_iteration", "batch_size", "parallel_batch_size"))
    _refuse_small(given.get("mcts", {}), ("num_simulations",))
    names = tuple(given.get("kinds", [kind.name for kind in catalogue.learned()]))
    games = int(given.get("games_per_iteration", 400))
    seed = int(given.get("seed", 0))
    try:
        recipes = {
            name: _recipe(recipe_for(catalogue[name]), given, games // len(names)) for name in names
        }
        return LoopConfig(kinds=names, games=games, seed=seed, device=device, recipes=recipes)
    except ValueError as error:
        raise TrainerConfigError(f"config: {error}") from error


def _recipe(recipe: Recipe, given: Mapping[str, Any], games: int) -> Recipe:
    """Return a kind's recipe; every iteration has all its games, and ends with a comparison."""
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
    whole = replace(
        recipe,
        games=playing,
        derivations=solving,
        window=window,
        fit=fitting,
        warm_up=0,
        gate_every=1,
    )
    return with_fit_options(
        whole, value_loss=given.get("value_loss"), td_lambda=given.get("td_lambda")
    )


def _refuse_small(given: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if int(given.get(name, 1)) < 1:
            raise TrainerConfigError(f"config: {name} is {given[name]}; it must be 1 or more")


def _refuse_unknown(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise TrainerConfigError(
            f"unknown {where} keys {', '.join(unknown)}; known: {', '.join(known)}"
        )
