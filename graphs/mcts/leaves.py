"""States that a search wants judged, and the leaves that wait for them.

Letters: `B` states of a batch, `L` leaves, `A` actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import BoolArray, Environment


class PendingLeavesError(RuntimeError):
    """Every tree waits for evaluations that it has not been told."""


class BadEvaluationError(ValueError):
    """An answer that is no evaluation: wrong shape, no distribution, or a value outside [-1, 1]."""


@dataclass(frozen=True, slots=True)
class LeafBatch:
    """States to judge, each once, and the leaves that wait for them.

    Attributes:
        states: `[B]`, all different.
        legal: `[B, A]`.
        trees, nodes: `[L]`, where a leaf is.
        rows: `[L]`, its index in `states`.
    """

    states: tuple[Any, ...]
    legal: BoolArray
    trees: NDArray[np.int64]
    nodes: NDArray[np.int64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.states)


class Leaves:
    """Leaves on their way into a batch."""

    def __init__(self) -> None:
        self.trees: list[int] = []
        self._nodes: list[int] = []
        self._rows: list[int] = []
        self._states: dict[Any, int] = {}
        self._legal: list[BoolArray] = []

    def add(self, tree: int, node: int, state: Any, environment: Environment[Any]) -> bool:
        """Let a leaf wait for its state; True if the state was not in the batch yet."""
        row = self._states.setdefault(state, len(self._legal))
        new = row == len(self._legal)
        if new:
            self._legal.append(environment.legal(state))
        self.trees.append(tree)
        self._nodes.append(node)
        self._rows.append(row)
        return new

    def batch(self) -> LeafBatch:
        """Return what was collected."""
        return LeafBatch(
            states=tuple(self._states),
            legal=np.stack(self._legal),
            trees=np.array(self.trees, np.int64),
            nodes=np.array(self._nodes, np.int64),
            rows=np.array(self._rows, np.int64),
        )
