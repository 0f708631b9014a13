"""Small runs of the real thing: easy equations solved by search over a random net, short games."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from graphs.episode import Episode, Origin
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_files import Model, random_model
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import TaskKind
from training.compare import CompareConfig
from training.fit import FitConfig
from training.selfplay.config import LoopConfig
from training.selfplay.derivations import DerivationConfig, solve_tasks
from training.selfplay.games import GameConfig
from training.selfplay.played import Played, to_episode
from training.selfplay.recipes import Recipe
from training.solving import environment_of, fixed_tasks

GAME, EQUATION = "search/tictactoe", "math/equations"
QUICK = Recipe(
    games=GameConfig(simulations=8),
    derivations=DerivationConfig(simulations=60),
    calibration_tasks=40,
    fit=FitConfig(epochs=2, batch_size=256),
    compare=CompareConfig(tasks=12, moves=40, simulations=40, openings=6, hardest=0.2),
)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    use_threads(1)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return default_catalogue()


@pytest.fixture(scope="session")
def equations(catalogue: Catalogue) -> TaskKind:
    return catalogue[EQUATION]


@pytest.fixture(scope="session")
def tictactoe(catalogue: Catalogue) -> TaskKind:
    return catalogue[GAME]


@pytest.fixture(scope="session")
def runs(equations: TaskKind) -> list[Played]:
    """Runs over 80 easy equations; about half of them are solved."""
    tasks = fixed_tasks(equations, "train", 80, high=0.1)
    config = DerivationConfig(simulations=250, dirichlet_alpha=0.0)
    return solve_tasks(equations, NetEvaluator(random_net(equations)), tasks, config, 0)


def random_net(kind: TaskKind, seed: int = 1) -> Model:
    return random_model(kind.name, environment_of(kind), seed)


def quick_config(
    kinds: Sequence[str] = (GAME, EQUATION), games: int = 16, seed: int = 3
) -> LoopConfig:
    return LoopConfig(
        kinds=tuple(kinds), games=games, seed=seed, recipes=dict.fromkeys(kinds, QUICK)
    )


def served(kind: TaskKind, run: Played, origin: Origin = "http", *, train: bool = True) -> Episode:
    """The run as an episode that came in by another door."""
    return replace(to_episode(kind, run, {"code": "test"}, 0), origin=origin, train=train)
