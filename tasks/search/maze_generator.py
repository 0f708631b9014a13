"""Make mazes and weighted grids with a way from start to goal; the larger the harder.

Three sorts: random walls, carved mazes (a random spanning tree with some walls taken away), and
grids of costs with a few walls.
"""

from __future__ import annotations

import random

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tasks.protocol import Split, split_seed
from tasks.splits import split_of

SMALLEST, LARGEST = 5, 30  # of height and width, at difficulty 0 and 1
FAR_SHARE = 0.25  # of the cells that are reached; the goal is one of these, the farthest
WALL_SHARE = 0.33
WALL_SHARE_OF_WEIGHTED = 0.25
LOOP_SHARE = 0.06  # of the inner walls of a carved maze that are taken away
Rows = tuple[str, ...]
Cell = tuple[int, int]
Costs = NDArray[np.uint8]

PROMPTS = (
    "Find the shortest path from S to G in this maze, moving up, down, left or right; "
    "# is a wall:\n{grid}",
    "Solve this maze (S start, G goal, # wall) with as few steps as possible:\n{grid}",
    "Shortest path from S to G:\n{grid}",
)
WEIGHTED_PROMPTS = (
    "Find the cheapest path from {start} to {goal} in this grid. Entering a cell costs its digit, "
    "0 is a wall, and moves go up, down, left or right. Rows and columns are numbered from 0:\n"
    "{grid}",
    "Weighted grid (digit = cost of entering the cell, 0 = wall), cheapest path from {start} to "
    "{goal}, counted from 0:\n{grid}",
)


def make_maze(seed: int, difficulty: float, split: Split) -> tuple[Rows, Cell, Cell, bool, str]:
    """Return rows, start, goal, whether the cells have costs, and a prompt."""
    rng = random.Random(f"maze {split_seed(split, seed)} {difficulty}")
    sort = rng.choice(("walls", "carved", "weighted"))
    while True:
        size = SMALLEST + difficulty * (LARGEST - SMALLEST)
        height, width = (min(LARGEST, round(size) + rng.randrange(3)) for _ in range(2))
        costs = _costs(sort, height, width, rng)
        found = _ends(costs, rng)
        if found is not None and split_of(canonical(costs, *found)) == split:
            break
    start, goal = (divmod(cell, width) for cell in found)
    marks = "0123456789" if sort == "weighted" else "#."
    rows = tuple("".join(marks[cost] for cost in row) for row in costs.tolist())
    weighted = sort == "weighted"
    wording = rng.choice(WEIGHTED_PROMPTS if weighted else PROMPTS)
    return rows, start, goal, weighted, prompt_of(rows, start, goal, weighted, wording)


def prompt_of(
    rows: Rows, start: Cell, goal: Cell, weighted: bool, wording: str | None = None
) -> str:
    """Ask for the way in words that the parser reads.

    Args:
        rows: of `#` and `.` (marks for start and goal may be in), or of digits.
        start: (row, column) from 0.
        goal: likewise.
        weighted: whether the rows are costs.
        wording: one of the prompts; the first by default.
    """
    if weighted:
        grid = "\n".join(rows)
        return (wording or WEIGHTED_PROMPTS[0]).format(start=start, goal=goal, grid=grid)
    marks = [list(row) for row in rows]
    marks[start[0]][start[1]] = "S"
    marks[goal[0]][goal[1]] = "G"
    grid = "\n".join(map("".join, marks))
    return (wording or PROMPTS[0]).format(grid=grid)


def difficulty_of(rows: Rows) -> float:
    """Estimate the difficulty, in [0, 1], of a grid as typed, from its size."""
    size = (len(rows) * len(rows[0])) ** 0.5
    return min(1.0, max(0.0, (size - SMALLEST - 1) / (LARGEST - SMALLEST)))


def canonical(costs: Costs, start: int, goal: int) -> str:
    """Return a text that a grid shares with its mirror images and rotations."""
    marked = costs.astype(np.uint8) + np.uint8(32)
    marked.flat[start] += 32
    marked.flat[goal] += 64
    turned = (marked, marked.T)
    images = [t[::down, ::right] for t in turned for down in (1, -1) for right in (1, -1)]
    return min(f"{i.shape[0]} {i.tobytes().decode()}" for i in images)


@njit(cache=True)
def distances(costs: Costs, start: int) -> NDArray[np.int64]:
    """Return the least cost from `start` to each cell of `[height, width]`, -1 if out of reach."""
    height, width = costs.shape
    count = height * width
    least = np.full(count, -1, np.int64)
    waiting = np.zeros(count + 1, np.int64)  # a ring of cells whose neighbours may get nearer
    is_waiting = np.zeros(count, np.bool_)
    first, behind = 0, 1
    waiting[0] = start
    least[start] = 0
    while first != behind:
        cell = waiting[first]
        first = (first + 1) % (count + 1)
        is_waiting[cell] = False
        row, column = cell // width, cell % width
        for move in range(4):
            r = row + (move == 2) - (move == 0)
            c = column + (move == 1) - (move == 3)
            if r < 0 or c < 0 or r >= height or c >= width or costs[r, c] == 0:
                continue
            after = r * width + c
            cost = least[cell] + costs[r, c]
            if least[after] < 0 or cost < least[after]:
                least[after] = cost
                if not is_waiting[after]:
                    is_waiting[after] = True
                    waiting[behind] = after
                    behind = (behind + 1) % (count + 1)
    return least


def _costs(sort: str, height: int, width: int, rng: random.Random) -> Costs:
    if sort == "carved":
        return _carved(height, width, LOOP_SHARE, np.uint64(rng.getrandbits(62) + 1))
    draws = np.frombuffer(rng.randbytes(height * width), np.uint8).reshape(height, width)
    share = WALL_SHARE_OF_WEIGHTED if sort == "weighted" else WALL_SHARE
    costs = 1 + draws % 9 if sort == "weighted" else np.ones_like(draws)
    walls = np.frombuffer(rng.randbytes(height * width), np.uint8).reshape(height, width)
    return np.where(walls < 256 * share, 0, costs).astype(np.uint8)


def _ends(costs: Costs, rng: random.Random) -> tuple[int, int] | None:
    """Return a start and a goal far from it; None if nothing is far from anything here."""
    free = np.flatnonzero(costs)
    if len(free) < 2:
        return None
    start = int(rng.choice(free))
    least = distances(costs, start)
    reached = np.flatnonzero(least > 0)
    if len(reached) < len(free) / 2:
        return None
    order = reached[np.argsort(least[reached], kind="stable")]
    far = order[-max(1, round(FAR_SHARE * len(order))) :]
    return start, int(rng.choice(far))


@njit(cache=True)
def _carved(height: int, width: int, loops: float, seed: np.uint64) -> Costs:
    """Walk at random over cells of even row and column, taking away the walls between them."""
    costs = np.zeros((height, width), np.uint8)
    rows, columns = (height + 1) // 2, (width + 1) // 2
    stack = np.zeros(rows * columns, np.int64)
    draw = seed
    stack[0] = np.int64(draw % np.uint64(rows * columns))
    depth = 1
    costs[2 * (stack[0] // columns), 2 * (stack[0] % columns)] = 1
    moves = np.zeros(4, np.int64)
    while depth:
        row, column = stack[depth - 1] // columns, stack[depth - 1] % columns
        count = 0
        for move in range(4):
            r = row + (move == 2) - (move == 0)
            c = column + (move == 1) - (move == 3)
            if 0 <= r < rows and 0 <= c < columns and costs[2 * r, 2 * c] == 0:
                moves[count] = move
                count += 1
        if count == 0:
            depth -= 1
            continue
        draw = _drawn(draw)
        move = moves[np.int64((draw >> np.uint64(33)) % np.uint64(count))]
        r = row + (move == 2) - (move == 0)
        c = column + (move == 1) - (move == 3)
        costs[2 * r, 2 * c] = 1
        costs[row + r, column + c] = 1
        stack[depth] = r * columns + c
        depth += 1
    for row in range(height):
        for column in range(width):
            draw = _drawn(draw)
            between = (row % 2) != (column % 2)
            if between and float(draw >> np.uint64(33)) < loops * 2.0**31:
                costs[row, column] = 1
    return costs


@njit(cache=True)
def _drawn(draw: np.uint64) -> np.uint64:
    """Return the next number of a xorshift sequence (Marsaglia 2003)."""
    draw ^= draw << np.uint64(13)
    draw ^= draw >> np.uint64(7)
    draw ^= draw << np.uint64(17)
    return draw
