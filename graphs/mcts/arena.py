"""The arrays that a search lives in, and what their columns mean.

What happens in them is `kernel.py`, what they say in the end `roots.py`. Numba's disk cache does
not watch this file: after a change of its numbers, save `kernel.py` anew.

Letters: `G` trees, `R` rows (nodes) of a tree, `E` edges of a tree, `W` state words, `A` actions,
`D` numbers of an observation, `B` batch rows, `L` leaves, `C` entries of a cache.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Counts = NDArray[np.int32]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]
Plain = tuple[Any, ...]  # a named tuple of arrays without its names

# an edge, 6 numbers of edge_f or 12 of edge_i: mean value, exploration share P / (1 + N), prior,
# sum of values; visits, row below (-1 before the first visit), action
Q, U, P, W = 0, 1, 2, 3
N, CHILD, ACTION = 8, 9, 10
# a row, 8 numbers of node_f or 16 of node_i: visits count its own evaluation and every pass through
# its edges; the factor turns its value into the view of the row above, discount included
FIRST, COUNT, VISITS, STATUS, PARENT, PARENT_EDGE, DEPTH = 0, 1, 2, 3, 4, 5, 6
VALUE, FACTOR = 4, 5
# columns of tree_i; BEST is the row of the best winning end seen, -1 if none
ROWS, EDGES, DONE, IN_FLIGHT, ASKED, DEEPEST, BEST, SOLVED, ROOT_DEPTH = 0, 1, 2, 3, 4, 5, 6, 7, 8

# a row's status: to be judged, being judged, has edges, is an end; and: there is no row yet
FRESH, PENDING, OPEN, CLOSED, MISSING = 0, 1, 2, 3, 4
# what a tree wants next: nothing, to wait, a new row judged, a row judged that was there before
OVER, FULL, NEW, AGAIN = 0, 1, 2, 3
# an entry of a memory that is in no batch
FREE, KNOWN = -1, -2


class Arena(NamedTuple):
    """The trees; values of edges are for the player to move at their row.

    Everything about an edge or a row lies side by side, as a search of many trees reads memory that
    is in no near cache; numbers of both sizes are views of the same memory.
    """

    edge_f: Floats  # [G, E, 6]
    edge_i: Counts  # [G, E, 12], the same memory
    node_i: Counts  # [G, R, 16]
    node_f: Floats  # [G, R, 8], the same memory
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


class Game(NamedTuple):
    """States as words, for environments with compiled rules."""

    words: Ints  # [G, R, W]
    observations: Singles  # [B, D], of the batch
    waiting: Ints  # [L, 3]: tree, row, row of the batch
    slots: Ints  # [B]: entry of the memory, -1 for none
    factor: float  # of a step: the discount, negative where players alternate
    max_steps: int  # a run this long has failed


class Memory(NamedTuple):
    """Evaluations by state; every state has one entry that it may use. C is a power of 2, or 0."""

    keys: Ints  # [C, W]
    asked: Ints  # [C]: FREE, KNOWN, or the row of the batch that the state waits for
    legal: Bools  # [C, A]
    priors: Singles  # [C, A]
    values: Singles  # [C]


def new_arena(trees: int, rows: int, num_actions: int) -> Arena:
    """Return room for trees of `rows` nodes each; memory is claimed only as it is used."""
    edge_f = np.empty((trees, rows * num_actions + 1, 6), np.float64)
    node_f = np.empty((trees, rows, 8), np.float64)
    return Arena(
        edge_f=edge_f,
        edge_i=edge_f.view(np.int32),
        node_i=node_f.view(np.int32),
        node_f=node_f,
        tree_i=np.zeros((trees, 9), np.int32),
        noise=np.zeros((trees, num_actions), np.float64),
    )


_TREE = np.array([1, 0, 0, 0, 0, 0, -1, 0, 0], np.int32)
_ROOT = np.zeros(16, np.int32)
_ROOT[[STATUS, PARENT]] = FRESH, -1


def start_tree(arena: Arena, tree: int, root_depth: int) -> None:
    """Forget a tree and give it a fresh root, `root_depth` steps into its run."""
    arena.tree_i[tree] = _TREE
    arena.tree_i[tree, ROOT_DEPTH] = root_depth
    arena.node_i[tree, 0] = _ROOT
