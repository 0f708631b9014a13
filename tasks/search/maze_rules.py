"""The rules of mazes and weighted grids: a step enters one of the four neighbouring cells.

The same rules compiled are `maze_compiled`; what a search may know is at the end. Cells are
numbered row by row from 0 at the top left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task, WordArray
from tasks.search.maze_compiled import (
    CELLS,
    PLANES,
    SIZE,
    WORDS,
    compiled_legal,
    compiled_observe,
    compiled_step,
    packed_costs,
    unpacked_costs,
)

MOVES = "URDL"
NAMES = ("up", "right", "down", "left")


@dataclass(frozen=True, slots=True)
class Grid:
    """What does not change during a walk.

    Attributes:
        height, width: at most `SIZE`.
        costs: of entering each cell, 1 to 9; 0 for a wall.
        goal: the cell to reach.
        cheapest: the least cost of any cell, for the guide.
        ways: for each cell the cell that each move enters, or -1; follows from the others.
    """

    height: int
    width: int
    costs: bytes
    goal: int
    cheapest: int
    ways: tuple[tuple[int, ...], ...] = field(compare=False, repr=False)


class Place(NamedTuple):
    """Where one is, in which grid."""

    grid: Grid
    cell: int


class MazeEnvironment:
    """One player; action 0 goes up, 1 right, 2 down, 3 left.

    Reaching the goal returns 1, being walled in -1. What a way costs is not part of a position:
    the guide knows it, and fewer steps are worth more by the discount.
    """

    version = "maze-1"
    num_actions = 4
    observation_shape: tuple[int, ...] = (PLANES, SIZE, SIZE)
    num_players = 1
    max_steps = CELLS
    discount = 0.99

    def __init__(self) -> None:
        self.rules: BatchRules | None = BatchRules(
            WORDS,
            compiled_step,
            compiled_legal,
            compiled_observe,
            to_words,
            from_words,
        )

    def initial(self, task: Task) -> Place:
        """Return the start."""
        payload = task.payload
        (row, column), (goal_row, goal_column) = payload.start, payload.goal
        costs = bytes(
            int(mark) if mark.isdigit() else int(mark == ".") for mark in "".join(payload.rows)
        )
        width = len(payload.rows[0])
        return Place(grid_of(costs, width, goal_row * width + goal_column), row * width + column)

    def legal(self, state: Place) -> BoolArray:
        """Return `[4]` bool: neighbours inside the grid that are no walls; none at the goal."""
        mask = np.zeros(4, dtype=np.bool_)
        mask[open_moves(state)] = True
        return mask

    def step(self, state: Place, action: int) -> Place:
        """Enter the neighbouring cell."""
        grid, cell = state
        after = grid.ways[cell][action] if 0 <= action < 4 and cell != grid.goal else -1
        if after < 0:
            raise IllegalActionError(f"move {action} is not possible: {self.describe(state)}")
        return Place(grid, after)

    def is_terminal(self, state: Place) -> bool:
        """Say whether the goal is reached, or no move is possible."""
        return state.cell == state.grid.goal or not open_moves(state)

    def returns(self, state: Place) -> FloatArray:
        """Return `[1]`: 1 at the goal, else -1."""
        return np.array([1.0 if state.cell == state.grid.goal else -1.0], dtype=np.float32)

    def to_play(self, state: Place) -> int:
        """Return the only player."""
        return 0

    def observe(self, state: Place) -> FloatArray:
        """Return `[5, 32, 32]`: inside, free, cost / 9, the place, the goal; the rest is 0."""
        grid, cell = state
        view = np.zeros(self.observation_shape, dtype=np.float32)
        costs = np.frombuffer(grid.costs, np.uint8).reshape(grid.height, grid.width)
        view[0, : grid.height, : grid.width] = 1.0
        view[1, : grid.height, : grid.width] = costs > 0
        view[2, : grid.height, : grid.width] = costs.astype(np.float32) / np.float32(9)
        view[3, cell // grid.width, cell % grid.width] = 1.0
        view[4, grid.goal // grid.width, grid.goal % grid.width] = 1.0
        return view

    def describe(self, state: Place) -> str:
        """Return the grid with `@` for the place and `G` for the goal, and both in numbers."""
        grid, cell = state
        plain = set(grid.costs) <= {0, 1}
        marks = [("#." if plain else "0123456789")[cost] for cost in grid.costs]
        marks[grid.goal] = "G"
        marks[cell] = "@"
        rows = ["".join(marks[i : i + grid.width]) for i in range(0, len(marks), grid.width)]
        where = [f"({c // grid.width}, {c % grid.width}), cost {grid.costs[c]}"
                 for c in (cell, grid.goal)]  # fmt: skip
        return "\n".join([*rows, f"at {where[0]}; goal {where[1]}"])

    def describe_action(self, state: Place, action: int) -> str:
        """Return `up`, `right`, `down` or `left`."""
        return NAMES[action]


class ManhattanDistance:
    """Steps to the goal were there no walls, times the cheapest cell: never too much."""

    name = "Manhattan distance x cheapest cell"
    weight = 1.0
    admissible = True
    commutes = False

    def actions(self, state: Place) -> Sequence[int]:
        """Return the possible moves, those that lead nearer to the goal first."""
        return sorted(open_moves(state), key=lambda move: self._distance(state, move))

    def cost(self, state: Place, action: int) -> float:
        """Return the cost of the cell that is entered."""
        return float(state.grid.costs[state.grid.ways[state.cell][action]])

    def estimate(self, state: Place) -> float:
        """Return the Manhattan distance times the cheapest cell."""
        grid, cell = state
        return float(_steps(cell, grid) * grid.cheapest)

    def _distance(self, state: Place, move: int) -> int:
        return _steps(state.grid.ways[state.cell][move], state.grid)


def grid_of(costs: bytes, width: int, goal: int) -> Grid:
    """Return the grid of these costs, row by row."""
    height = len(costs) // width
    cheapest = min((cost for cost in set(costs) if cost), default=1)
    return Grid(height, width, costs, goal, cheapest, _ways(costs, height, width))


def open_moves(state: Place) -> list[int]:
    """Return the possible moves; none at the goal."""
    if state.cell == state.grid.goal:
        return []
    return [move for move, after in enumerate(state.grid.ways[state.cell]) if after >= 0]


def to_words(state: Place) -> WordArray:
    """Return `[68]` int64: 16 costs a word, then height, width, cell and goal."""
    grid, cell = state
    costs = packed_costs(np.frombuffer(grid.costs, np.uint8).reshape(grid.height, grid.width))
    return np.concatenate([costs, np.array([grid.height, grid.width, cell, grid.goal], np.int64)])


def from_words(words: WordArray) -> Place:
    """Undo `to_words`."""
    height, width, cell, goal = (int(word) for word in words[-4:])
    costs = unpacked_costs(words[:-4])[:height, :width].tobytes()
    return Place(grid_of(costs, width, goal), cell)


def _ways(costs: bytes, height: int, width: int) -> tuple[tuple[int, ...], ...]:
    """Return for each cell the cells above, right, below and left of it; -1 for walls."""
    cells = np.full((height + 2, width + 2), -1, np.int64)
    cells[1:-1, 1:-1] = np.arange(height * width).reshape(height, width)
    cells[1:-1, 1:-1][np.frombuffer(costs, np.uint8).reshape(height, width) == 0] = -1
    sides = (cells[:-2, 1:-1], cells[1:-1, 2:], cells[2:, 1:-1], cells[1:-1, :-2])
    return tuple(map(tuple, np.stack([side.ravel() for side in sides], axis=1).tolist()))


def _steps(cell: int, grid: Grid) -> int:
    row, column = divmod(cell, grid.width)
    goal_row, goal_column = divmod(grid.goal, grid.width)
    return abs(row - goal_row) + abs(column - goal_column)
