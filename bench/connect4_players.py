"""Who chooses moves in the connect-four benchmarks: searches with and without a network.

The control knows nothing but the rules: equal priors, value 0, exact ends, no proofs; exact ties go
to the column nearest the centre. Nets play as the product does: the most visited column, the lowest
of equals. Letters: `P` positions, `A` actions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.connect4_data import Array, Positions
from graphs.mcts.cache import WordCache
from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig
from neural.evaluation import BatchEvaluator
from tasks.protocol import BoolArray, FloatArray
from tasks.search.connect_four_rules import ConnectFourEnvironment

KIND = "search/connect_four"
ENVIRONMENT = ConnectFourEnvironment()
CENTRE_FIRST = np.array([5, 3, 1, 0, 2, 4, 6])  # place of each column in the order 4352617
TILT = 1e-6  # per place, of a prior: breaks exact ties, and no score is otherwise that close
TREES = 256
CACHED = 2**18
Choices = NDArray[np.int64]
Tell = Callable[[str], None]


class Control:
    """Judge everything alike, with a tilt that only breaks ties: centre first."""

    version = "no network"
    environment_version = ENVIRONMENT.version

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Return equal priors `[B, A]` and values 0 `[B]`."""
        priors = legal * (1.0 - TILT * CENTRE_FIRST)
        priors /= priors.sum(1, keepdims=True)
        return priors.astype(np.float32), np.zeros(len(legal), np.float32)


class WithoutValue:
    """Another evaluator's priors with value 0."""

    def __init__(self, evaluator: BatchEvaluator) -> None:
        self.version = f"{evaluator.version} without value"
        self.environment_version = evaluator.environment_version
        self._evaluator = evaluator

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Return the priors `[B, A]` and values 0 `[B]`."""
        priors, values = self._evaluator.evaluate_batch(observations, legal)
        return priors, np.zeros_like(values)


class Counting:
    """Count the positions that go to another evaluator.

    Attributes:
        positions: judged so far.
    """

    def __init__(self, evaluator: BatchEvaluator) -> None:
        self.version = evaluator.version
        self.environment_version = evaluator.environment_version
        self.positions = 0
        self._evaluator = evaluator

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Judge."""
        self.positions += len(observations)
        return self._evaluator.evaluate_batch(observations, legal)


def mistakes_by_search(
    evaluator: BatchEvaluator, positions: Positions, budgets: Sequence[int], tell: Tell
) -> dict[int, Array]:
    """Say `[P]` bool, for each number of simulations, where the search errs.

    Only decisive positions are searched: on the others no move is a mistake.
    """
    decisive = positions.decisive
    chosen = choices_by_search(evaluator, positions.take(decisive), budgets, tell)
    found = {budget: np.zeros(len(positions), bool) for budget in budgets}
    for budget, wrong in found.items():
        wrong[decisive] = positions.take(decisive).mistakes(chosen[budget])
    return found


def choices_by_search(
    evaluator: BatchEvaluator, positions: Positions, budgets: Sequence[int], tell: Tell
) -> dict[int, Choices]:
    """Return `[P]` columns for each number of simulations.

    A search with more simulations repeats the one with fewer; what it asks again is remembered.
    """
    centre = isinstance(evaluator, Control)
    found: dict[int, list[Any]] = {budget: [] for budget in sorted(budgets)}
    for first in range(0, len(positions), TREES):
        words = positions.words[first : first + TREES]
        cache = WordCache(evaluator.version, ENVIRONMENT.version, 2, 7, CACHED)
        for budget, parts in found.items():
            config = SearchConfig(simulations=budget)
            search = CompiledSearch(ENVIRONMENT, config, len(words), 0, None if centre else cache)
            for tree, root in enumerate(words):
                search.reset(tree, root)
            search.run(evaluator)
            visits = search.visit_counts()
            parts.append((visits * 8 - CENTRE_FIRST if centre else visits).argmax(1))
    tell(f"{len(positions)} positions searched")
    return {budget: np.concatenate(parts) for budget, parts in found.items()}


def choices_alone(evaluator: BatchEvaluator, positions: Positions) -> Choices:
    """Return `[P]` columns of the highest prior, without search."""
    priors, _ = evaluator.evaluate_batch(positions.observations, positions.legal)
    return np.asarray(np.where(positions.legal, priors, -1.0).argmax(1))
