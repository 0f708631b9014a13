"""Read out of a search's arrays what it found. Letters: `G` trees, `A` actions."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from graphs.mcts import arena as at
from graphs.mcts.arena import Arena
from graphs.mcts.summary import SearchSummary

Number = TypeVar("Number", np.int32, np.float64)


def root_summary(arena: Arena, tree: int, seconds: float) -> SearchSummary:
    """Return the statistics of a tree's root; all zero where nothing was judged."""
    num_actions = arena.noise.shape[1]
    visits, priors, values = [0] * num_actions, [0.0] * num_actions, [0.0] * num_actions
    count = int(arena.node_i[tree, 0, at.COUNT])  # a root's edges come first
    total = float(arena.node_f[tree, 0, at.VALUE])
    numbers = arena.edge_f[tree, :count].tolist()
    for edge, of_edge in zip(numbers, arena.edge_i[tree, :count].tolist(), strict=True):
        action = of_edge[at.ACTION]
        visits[action] = of_edge[at.N]
        priors[action] = edge[at.P]
        values[action] = edge[at.Q]
        total += edge[at.W]
    counters = arena.tree_i[tree].tolist()
    return SearchSummary(
        visit_counts=tuple(visits),
        priors=tuple(priors),
        action_values=tuple(values),
        root_value=total / (1 + sum(visits)),
        simulations=counters[at.DONE],
        evaluations=counters[at.ASKED],
        depth=counters[at.DEEPEST],
        seconds=seconds,
    )


def node_edges(arena: Arena, tree: int, row: int) -> tuple[NDArray[np.int32], slice]:
    """Return a row's actions and where their edges lie; none for an end or a row not judged."""
    first, count = arena.node_i[tree, row, [at.FIRST, at.COUNT]].tolist()
    edges = slice(first, first + count)
    return arena.edge_i[tree, edges, at.ACTION], edges


def all_roots(arena: Arena, plane: NDArray[Number]) -> NDArray[Number]:
    """Spread a plane `[G, E]` of edges over the roots' actions: `[G, A]`, 0 where illegal."""
    trees, num_actions = arena.noise.shape
    counts = arena.node_i[:, :1, at.COUNT]
    tree, edge = np.nonzero(np.arange(num_actions) < counts)  # a root's edges come first
    spread = np.zeros((trees, num_actions), plane.dtype)
    spread[tree, arena.edge_i[tree, edge, at.ACTION]] = plane[tree, edge]
    return spread


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
