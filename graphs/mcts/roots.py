"""Read out of a search's arrays what it found. Letters: `G` trees, `A` actions."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphs.mcts import arena as at
from graphs.mcts.arena import Arena
from graphs.mcts.summary import SearchSummary

Number = TypeVar("Number", np.int32, np.float64)


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
        visit_counts=spread(arena.edge_i[tree, :, at.N]),
        priors=spread(arena.edge_f[tree, :, at.P]),
        action_values=spread(arena.edge_f[tree, :, at.Q]),
        root_value=root_value(arena, tree),
        simulations=int(counters[at.DONE]),
        evaluations=int(counters[at.ASKED]),
        depth=int(counters[at.DEEPEST]),
        seconds=seconds,
    )


def root_edges(arena: Arena, tree: int) -> tuple[NDArray[np.int32], slice]:
    """Return the root's legal actions and where their edges lie."""
    return node_edges(arena, tree, 0)


def node_edges(arena: Arena, tree: int, row: int) -> tuple[NDArray[np.int32], slice]:
    """Return a row's actions and where their edges lie; none for an end or a row not judged."""
    first, count = arena.node_i[tree, row, [at.FIRST, at.COUNT]].tolist()
    edges = slice(first, first + count)
    return arena.edge_i[tree, edges, at.ACTION], edges


def all_roots(arena: Arena, plane: NDArray[Number]) -> NDArray[Number]:
    """Spread a plane `[G, E]` of edges over the roots' actions: `[G, A]`, 0 where illegal."""
    trees, num_actions = arena.noise.shape
    counts = np.where(arena.node_i[:, 0, at.STATUS] == at.OPEN, arena.node_i[:, 0, at.COUNT], 0)
    tree, edge = np.nonzero(np.arange(num_actions) < counts[:, None])  # a root's edges come first
    spread = np.zeros((trees, num_actions), plane.dtype)
    spread[tree, arena.edge_i[tree, edge, at.ACTION]] = plane[tree, edge]
    return spread


def root_value(arena: Arena, tree: int) -> float:
    """Return the mean of the root's own value and those backed up, for the player to move."""
    _, edges = root_edges(arena, tree)
    total = arena.node_f[tree, 0, at.VALUE] + arena.edge_f[tree, edges, at.W].sum()
    return float(total / (1 + arena.edge_i[tree, edges, at.N].sum()))


def best_line(arena: Arena, tree: int) -> tuple[int, ...]:
    """Return the most visited actions from the root on, the lowest action where visits tie."""
    line: list[int] = []
    row = 0
    while row >= 0:
        actions, edges = node_edges(arena, tree, row)
        visits = arena.edge_i[tree, edges, at.N]
        if visits.size == 0 or visits.max() == 0:
            break
        best = int(visits.argmax())
        line.append(int(actions[best]))
        row = int(arena.edge_i[tree, edges, at.CHILD][best])
    return tuple(line)


def line_to(arena: Arena, tree: int, row: int) -> tuple[int, ...]:
    """Return the actions that lead from the root to a row."""
    line: list[int] = []
    while row > 0:
        edge = arena.node_i[tree, row, at.PARENT_EDGE]
        line.append(int(arena.edge_i[tree, edge, at.ACTION]))
        row = int(arena.node_i[tree, row, at.PARENT])
    return tuple(reversed(line))
