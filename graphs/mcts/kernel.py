"""One tree search on arrays: select, expand, back up. Compiled with Numba, no Python inside.

Which positions exist and what they are worth comes from outside: `search.py` asks a Python
environment and any evaluator, `compiled.py` has compiled rules. No randomness, no I/O. Every jitted
function of the engine is in this file: Numba's disk cache watches a function's own file only.

Letters: `G` trees, `R` rows (nodes) of a tree, `E` edges of a tree, `A` actions, `B` batch rows.
Only legal actions have edges, in the order of their index, one after the other, so that choosing
among them reads two short runs of memory. The back-up keeps `U = P / (1 + N)` up to date; the score
of an edge is `Q + c * sqrt(visits) * U`. An unvisited edge has Q = 0, and the lowest action wins a
tie. A row's visits count its own evaluation and every pass through its edges. Row 0 is the root.

Source: Silver et al. 2017, AlphaGo Zero, Methods, "Search algorithm".
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Counts = NDArray[np.int32]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]

Q, U, P, W = 0, 1, 2, 3  # planes of edge_f: mean value, exploration share, prior, sum of values
N, CHILD, ACTION = 0, 1, 2  # planes of edge_i; CHILD is -1 before the first visit
FIRST, COUNT, VISITS, STATUS, PARENT, PARENT_EDGE, DEPTH = range(7)  # columns of node_i
VALUE, FACTOR = 0, 1  # columns of node_f; FACTOR turns a value into the parent's view, discounted
# columns of tree_i; BEST is the row of the best winning end seen, -1 if none
ROWS, EDGES, DONE, IN_FLIGHT, ASKED, DEEPEST, BEST, SOLVED, ROOT_DEPTH = range(9)

FRESH, PENDING, OPEN, CLOSED, MISSING = range(
    5
)  # status: to judge, being judged, has edges, an end, no row
OVER, FULL, NEW, AGAIN = range(
    4
)  # what `next_leaf` finds: nothing to do, wait, a new row, a row to judge again

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


class Arena(NamedTuple):
    """The trees; values of edges are for the player to move at their node."""

    edge_f: Floats  # [G, 4, E]
    edge_i: Counts  # [G, 3, E]
    node_i: Counts  # [G, R, 7]
    node_f: Floats  # [G, R, 2]
    tree_i: Counts  # [G, 9]
    noise: Floats  # [G, A] gamma draws, mixed into a root's priors


class Batch(NamedTuple):
    """Evaluations of rows, values for the player to move at them."""

    legal: Bools  # [B, A]
    priors: Singles  # [B, A]
    values: Singles  # [B]


class Knobs(NamedTuple):
    """The numbers of a `SearchConfig`."""

    c_puct: float
    simulations: int
    leaves: int
    stop_at_solution: bool
    max_depth: int
    noise_share: float


@compiled
def start_tree(arena: Arena, g: int, root_depth: int) -> None:
    """Forget tree `g` and give it a fresh root, `root_depth` steps into its run."""
    arena.tree_i[g] = 0
    arena.tree_i[g, ROWS] = 1
    arena.tree_i[g, BEST] = -1
    arena.tree_i[g, ROOT_DEPTH] = root_depth
    arena.node_i[g, 0] = 0
    arena.node_i[g, 0, PARENT] = -1
    arena.node_f[g, 0, VALUE] = 0.0
    arena.node_f[g, 0, FACTOR] = 1.0


@compiled
def next_leaf(arena: Arena, knobs: Knobs, g: int) -> tuple[int, int]:
    """Find the next row of tree `g` to judge; ends met on the way are backed up at once.

    A NEW row is linked to its parent; its state and its factor are the caller's to fill in.

    Returns:
        What was found (OVER, FULL, NEW, AGAIN) and the row, now pending.
    """
    tree_i, node_i = arena.tree_i, arena.node_i
    while True:
        if node_i[g, 0, STATUS] == CLOSED or tree_i[g, SOLVED] == 1:
            return OVER, 0
        if tree_i[g, DONE] + tree_i[g, IN_FLIGHT] >= knobs.simulations:
            return OVER, 0
        if tree_i[g, IN_FLIGHT] >= knobs.leaves or node_i[g, 0, STATUS] == PENDING:
            return FULL, 0
        if node_i[g, 0, STATUS] == FRESH:
            node_i[g, 0, STATUS] = PENDING
            tree_i[g, IN_FLIGHT] += 1
            return AGAIN, 0
        row, edge, status = _descend(arena, knobs.c_puct, g)
        if status == CLOSED:
            _back_up(arena, g, row)
            tree_i[g, DONE] += 1
            continue
        if status == PENDING:
            return FULL, 0
        found = AGAIN
        if status == MISSING:
            if tree_i[g, ROWS] >= node_i.shape[1]:
                return OVER, 0
            row = _add_row(arena, g, row, edge)
            found = NEW
        node_i[g, row, STATUS] = PENDING
        tree_i[g, IN_FLIGHT] += 1
        if knobs.leaves > 1:
            _add_loss(arena, g, row, 1)
        return found, row


@compiled
def settle_end(arena: Arena, knobs: Knobs, g: int, row: int, value: float, factor: float) -> None:
    """Make a pending row an end and back it up.

    `value` is for the player who moved into it (at a root: who is to move), `factor` the discount.
    """
    tree_i, node_i, node_f = arena.tree_i, arena.node_i, arena.node_f
    node_i[g, row, STATUS] = CLOSED
    node_f[g, row, VALUE] = value
    node_f[g, row, FACTOR] = factor
    tree_i[g, IN_FLIGHT] -= 1
    if row == 0:
        return
    best = tree_i[g, BEST]
    if value > 0.0 and (
        best < 0
        or value > node_f[g, best, VALUE]
        or (value == node_f[g, best, VALUE] and node_i[g, row, DEPTH] < node_i[g, best, DEPTH])
    ):
        tree_i[g, BEST] = row
    if knobs.stop_at_solution and value >= 1.0:
        tree_i[g, SOLVED] = 1
    if knobs.leaves > 1:
        _add_loss(arena, g, row, -1)
    _back_up(arena, g, row)
    tree_i[g, DONE] += 1


@compiled
def settle(arena: Arena, knobs: Knobs, g: int, row: int, batch: Batch, b: int) -> bool:
    """Give a pending row the evaluation `b` and back it up; False if that is no evaluation.

    The row's factor must be set. A row `max_depth` below the root gets no edges.
    """
    legal, priors, values = batch.legal, batch.priors, batch.values
    total = 0.0
    for action in range(legal.shape[1]):
        if legal[b, action]:
            if not priors[b, action] >= 0.0:
                return False
            total += priors[b, action]
    if not abs(total - 1.0) <= 1e-3 or not abs(values[b]) <= 1.0 + 1e-6:
        return False
    arena.node_f[g, row, VALUE] = values[b]
    arena.tree_i[g, IN_FLIGHT] -= 1
    if arena.node_i[g, row, DEPTH] >= knobs.max_depth:
        arena.node_i[g, row, STATUS] = CLOSED
    else:
        _open(arena, g, row, batch, b)
    if row == 0:
        if knobs.noise_share > 0.0:
            _mix_noise(arena, g, knobs.noise_share)
        return True
    if knobs.leaves > 1:
        _add_loss(arena, g, row, -1)
    _back_up(arena, g, row)
    arena.tree_i[g, DONE] += 1
    return True


@compiled
def release(arena: Arena, knobs: Knobs, g: int, row: int) -> None:
    """Take a pending row back as not judged, so that a later selection can ask for it again."""
    arena.node_i[g, row, STATUS] = FRESH
    arena.tree_i[g, IN_FLIGHT] -= 1
    if knobs.leaves > 1:
        _add_loss(arena, g, row, -1)


@compiled
def _descend(arena: Arena, c_puct: float, g: int) -> tuple[int, int, int]:
    edge_f, node_i = arena.edge_f, arena.node_i
    row = 0
    while True:
        first = node_i[g, row, FIRST]
        scale = c_puct * math.sqrt(node_i[g, row, VISITS])
        best = first
        top = edge_f[g, Q, first] + scale * edge_f[g, U, first]
        for edge in range(first + 1, first + node_i[g, row, COUNT]):
            score = edge_f[g, Q, edge] + scale * edge_f[g, U, edge]
            if score > top:
                top = score
                best = edge
        child = arena.edge_i[g, CHILD, best]
        if child < 0:
            return row, best, MISSING
        status = node_i[g, child, STATUS]
        if status != OPEN:
            return child, best, status
        row = child


@compiled
def _add_row(arena: Arena, g: int, parent: int, edge: int) -> int:
    node_i, tree_i = arena.node_i, arena.tree_i
    row = tree_i[g, ROWS]
    tree_i[g, ROWS] = row + 1
    arena.edge_i[g, CHILD, edge] = row
    depth = node_i[g, parent, DEPTH] + 1
    node_i[g, row, COUNT] = 0
    node_i[g, row, VISITS] = 0
    node_i[g, row, PARENT] = parent
    node_i[g, row, PARENT_EDGE] = edge
    node_i[g, row, DEPTH] = depth
    tree_i[g, DEEPEST] = max(tree_i[g, DEEPEST], depth)
    return int(row)


@compiled
def _open(arena: Arena, g: int, row: int, batch: Batch, b: int) -> None:
    edge_f, edge_i, node_i = arena.edge_f, arena.edge_i, arena.node_i
    first = arena.tree_i[g, EDGES]
    edge = first
    for action in range(batch.legal.shape[1]):
        if batch.legal[b, action]:
            edge_f[g, Q, edge] = 0.0
            edge_f[g, U, edge] = batch.priors[b, action]
            edge_f[g, P, edge] = batch.priors[b, action]
            edge_f[g, W, edge] = 0.0
            edge_i[g, N, edge] = 0
            edge_i[g, CHILD, edge] = -1
            edge_i[g, ACTION, edge] = action
            edge += 1
    arena.tree_i[g, EDGES] = edge
    node_i[g, row, FIRST] = first
    node_i[g, row, COUNT] = edge - first
    node_i[g, row, VISITS] = 1
    node_i[g, row, STATUS] = OPEN


@compiled
def _mix_noise(arena: Arena, g: int, share: float) -> None:
    total = 0.0
    for edge in range(arena.node_i[g, 0, COUNT]):
        total += arena.noise[g, arena.edge_i[g, ACTION, edge]]
    for edge in range(arena.node_i[g, 0, COUNT]):
        draw = arena.noise[g, arena.edge_i[g, ACTION, edge]] / max(total, 1e-300)
        mixed = (1.0 - share) * arena.edge_f[g, P, edge] + share * draw
        arena.edge_f[g, P, edge] = mixed
        arena.edge_f[g, U, edge] = mixed


@compiled
def _back_up(arena: Arena, g: int, row: int) -> None:
    edge_f, edge_i, node_i, node_f = arena.edge_f, arena.edge_i, arena.node_i, arena.node_f
    value = node_f[g, row, VALUE]
    while row > 0:
        value *= node_f[g, row, FACTOR]
        edge = node_i[g, row, PARENT_EDGE]
        row = node_i[g, row, PARENT]
        count = edge_i[g, N, edge] + 1
        total = edge_f[g, W, edge] + value
        edge_i[g, N, edge] = count
        edge_f[g, W, edge] = total
        edge_f[g, Q, edge] = total / count
        edge_f[g, U, edge] = edge_f[g, P, edge] / (1 + count)
        node_i[g, row, VISITS] += 1


@compiled
def _add_loss(arena: Arena, g: int, row: int, sign: int) -> None:
    """Count a lost visit on the way to a row in flight (`sign` 1), or take it back (-1)."""
    edge_f, edge_i, node_i = arena.edge_f, arena.edge_i, arena.node_i
    while row > 0:
        edge = node_i[g, row, PARENT_EDGE]
        row = node_i[g, row, PARENT]
        count = edge_i[g, N, edge] + sign
        total = edge_f[g, W, edge] - sign
        edge_i[g, N, edge] = count
        edge_f[g, W, edge] = total
        edge_f[g, Q, edge] = total / count if count > 0 else 0.0
        edge_f[g, U, edge] = edge_f[g, P, edge] / (1 + count)
        node_i[g, row, VISITS] += sign


# What `search.py` calls: the same over many trees, `n` entries of the index arrays.


@compiled
def ask_many(arena: Arena, knobs: Knobs, trees: Ints, found: Ints) -> None:
    """Find a leaf in each of `trees` `[n]`; `found` `[n, 4]`: what, row, parent row, action."""
    for i in range(trees.shape[0]):
        g = trees[i]
        what, row = next_leaf(arena, knobs, g)
        found[i, 0] = what
        found[i, 1] = row
        if what == NEW:
            found[i, 2] = arena.node_i[g, row, PARENT]
            found[i, 3] = arena.edge_i[g, ACTION, arena.node_i[g, row, PARENT_EDGE]]


@compiled
def settle_ends(
    arena: Arena, knobs: Knobs, trees: Ints, rows: Ints, values: Floats, factor: float
) -> None:
    """Do `settle_end` for each `trees`, `rows`, `values` `[n]`."""
    for i in range(trees.shape[0]):
        settle_end(arena, knobs, trees[i], rows[i], values[i], factor)


@compiled
def settle_many(arena: Arena, knobs: Knobs, trees: Ints, rows: Ints, batch: Batch, b: Ints) -> int:
    """Do `settle` for each `trees`, `rows`, `b` `[n]`; the first index that fails, or n."""
    for i in range(trees.shape[0]):
        if not settle(arena, knobs, trees[i], rows[i], batch, b[i]):
            return i
    return trees.shape[0]


@compiled
def release_many(arena: Arena, knobs: Knobs, trees: Ints, rows: Ints) -> None:
    """Do `release` for each `trees`, `rows` `[n]`."""
    for i in range(trees.shape[0]):
        release(arena, knobs, trees[i], rows[i])
