"""The arrays of a search: making them, and reading out what a finished search says.

What happens in them is `kernel.py`. Letters: `A` actions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphs.mcts import kernel
from graphs.mcts.kernel import Arena
from graphs.mcts.summary import SearchSummary


def new_arena(trees: int, rows: int, num_actions: int) -> Arena:
    """Return room for trees of `rows` nodes each; memory is claimed only as it is used."""
    edges = rows * num_actions
    return Arena(
        edge_f=np.empty((trees, 4, edges), np.float64),
        edge_i=np.empty((trees, 3, edges), np.int32),
        node_i=np.empty((trees, rows, 7), np.int32),
        node_f=np.empty((trees, rows, 2), np.float64),
        tree_i=np.zeros((trees, 9), np.int32),
        noise=np.zeros((trees, num_actions), np.float64),
    )


def root_summary(arena: Arena, tree: int, seconds: float) -> SearchSummary:
    """Return the statistics of a tree's root; all zero where nothing was judged."""
    actions, edges = root_edges(arena, tree)
    num_actions = arena.noise.shape[1]

    def spread(plane: NDArray[np.int32] | NDArray[np.float64]) -> tuple[Any, ...]:
        row = np.zeros(num_actions, plane.dtype)
        row[actions] = plane[edges]
        return tuple(row.tolist())

    counters = arena.tree_i[tree]
    return SearchSummary(
        visit_counts=spread(arena.edge_i[tree, kernel.N]),
        priors=spread(arena.edge_f[tree, kernel.P]),
        action_values=spread(arena.edge_f[tree, kernel.Q]),
        root_value=root_value(arena, tree),
        simulations=int(counters[kernel.DONE]),
        evaluations=int(counters[kernel.ASKED]),
        depth=int(counters[kernel.DEEPEST]),
        seconds=seconds,
    )


def root_edges(arena: Arena, tree: int) -> tuple[NDArray[np.int32], slice]:
    """Return the root's legal actions and where their edges lie."""
    return node_edges(arena, tree, 0)


def node_edges(arena: Arena, tree: int, row: int) -> tuple[NDArray[np.int32], slice]:
    """Return a row's actions and where their edges lie; none for an end or a row not judged."""
    first, count = arena.node_i[tree, row, [kernel.FIRST, kernel.COUNT]].tolist()
    edges = slice(first, first + count)
    return arena.edge_i[tree, kernel.ACTION, edges], edges


def root_value(arena: Arena, tree: int) -> float:
    """Return the mean of the root's own value and those backed up, for the player to move."""
    _, edges = root_edges(arena, tree)
    total = arena.node_f[tree, 0, kernel.VALUE] + arena.edge_f[tree, kernel.W, edges].sum()
    return float(total / (1 + arena.edge_i[tree, kernel.N, edges].sum()))


def best_line(arena: Arena, tree: int) -> tuple[int, ...]:
    """Return the most visited actions from the root on, the lowest action where visits tie."""
    line: list[int] = []
    row = 0
    while row >= 0:
        actions, edges = node_edges(arena, tree, row)
        visits = arena.edge_i[tree, kernel.N, edges]
        if visits.size == 0 or visits.max() == 0:
            break
        best = int(visits.argmax())
        line.append(int(actions[best]))
        row = int(arena.edge_i[tree, kernel.CHILD, edges][best])
    return tuple(line)


def line_to(arena: Arena, tree: int, row: int) -> tuple[int, ...]:
    """Return the actions that lead from the root to a row."""
    line: list[int] = []
    while row > 0:
        edge = arena.node_i[tree, row, kernel.PARENT_EDGE]
        line.append(int(arena.edge_i[tree, kernel.ACTION, edge]))
        row = int(arena.node_i[tree, row, kernel.PARENT])
    return tuple(reversed(line))
