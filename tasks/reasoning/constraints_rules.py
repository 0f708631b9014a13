"""The rules of filling a sudoku or colouring a graph: one action fills the most constrained cell.

A cell of a sudoku and a vertex of a graph are the same thing here, a cell; so are a digit and a
colour, a value. What follows without a choice is `constraints_propagation`. Compiled words are the
problem's, `[165]`, and then the candidates, `[81]`.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from tasks.protocol import (
    GOING_ON,
    LOSS_FOR_MOVER,
    WIN_FOR_MOVER,
    BatchRules,
    BoolArray,
    FloatArray,
    IllegalActionError,
    Task,
    WordArray,
)
from tasks.reasoning.constraints_propagation import (
    COUNT,
    HALF,
    HEADER,
    MOST_CELLS,
    MOST_VALUES,
    cell_to_fill,
    pack_problem,
    propagate,
    sudoku_neighbours,
)

PROBLEM_WORDS = HEADER + 2 * MOST_CELLS
FEATURES = 4 * MOST_CELLS + 4


class Cells(NamedTuple):
    """A problem and what is still open in it; both as the bytes of their int64 words.

    Attributes:
        problem: as in `constraints_propagation`.
        candidates: at a fixed point of the rules; all 0 once the rules contradict each other.
    """

    problem: bytes
    candidates: bytes


class ConstraintsEnvironment:
    """One player; 1 when every cell is filled, -1 when some cell has no candidate left.

    Action `v` fills the open cell with the fewest candidates with value `v + 1`.
    """

    version = "constraints-1"
    num_actions = MOST_VALUES
    observation_shape: tuple[int, ...] = (MOST_VALUES, FEATURES)
    num_players = 1
    max_steps = MOST_CELLS
    discount = 0.99

    def __init__(self) -> None:
        self.rules: BatchRules | None = BatchRules(
            PROBLEM_WORDS + MOST_CELLS,
            compiled_step,
            compiled_legal,
            compiled_observe,
            to_words,
            from_words,
        )

    def initial(self, task: Task) -> Cells:
        """Return what follows from the givens alone."""
        return initial_cells(task.payload)

    def legal(self, state: Cells) -> BoolArray:
        """Return `[9]` bool: the candidates of the cell to fill."""
        legal = np.zeros(MOST_VALUES, dtype=np.bool_)
        compiled_legal(to_words(state), legal)
        return legal

    def step(self, state: Cells, action: int) -> Cells:
        """Return the cells after the choice and all that follows from it."""
        words = to_words(state)
        after = np.empty_like(words)
        if not 0 <= action < MOST_VALUES or compiled_step(words, action, after) < 0:
            raise IllegalActionError(f"value {action + 1} is not open in\n{self.describe(state)}")
        return Cells(state.problem, after[PROBLEM_WORDS:].tobytes())

    def is_terminal(self, state: Cells) -> bool:
        """Say whether no cell is left to choose for."""
        return next_cell(state) < 0

    def returns(self, state: Cells) -> FloatArray:
        """Return `[1]`: 1 for all filled, -1 for a contradiction."""
        return np.array([1 if any(state.candidates) else -1], dtype=np.float32)

    def to_play(self, state: Cells) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: Cells) -> FloatArray:
        """Return `[9, 328]`: a row for each value, so that a net can treat values alike.

        81 each: the value is open there; it is filled in there; the cell to fill; its neighbours.
        Then: the value exists; it is open in the cell to fill; the share of that cell's neighbours
        where it is open; the share of all cells that it fills.
        """
        view = np.zeros(MOST_VALUES * FEATURES, dtype=np.float32)
        compiled_observe(to_words(state), view)
        return view.reshape(self.observation_shape)

    def describe(self, state: Cells) -> str:
        """Return rows such as `5 3 . . 7 . . . .`, or a line for each vertex of a graph."""
        problem = np.frombuffer(state.problem, dtype=np.int64)
        side, cells, values = problem[:HEADER].tolist()
        filled = filled_values(state)
        if side:
            rows = [filled[start : start + side] for start in range(0, cells, side)]
            lines = [" ".join(str(value) if value else "." for value in row) for row in rows]
        else:
            beside = neighbours(state.problem)
            lines = [f"{values} colours"] + [
                f"{cell + 1}: colour {filled[cell] or 'open'}, beside "
                f"{', '.join(str(other + 1) for other in beside[cell]) or 'none'}"
                for cell in range(cells)
            ]
        if not any(state.candidates):
            lines.append(f"contradiction: a cell without a candidate ({cells} cells)")
        return "\n".join(lines)

    def describe_action(self, state: Cells, action: int) -> str:
        """Return `row 4, column 7 gets 3`, or `vertex 4 gets colour 3`."""
        side = int(np.frombuffer(state.problem, dtype=np.int64, count=1)[0])
        cell = next_cell(state)
        if side:
            return f"row {cell // side + 1}, column {cell % side + 1} gets {action + 1}"
        return f"vertex {cell + 1} gets colour {action + 1}"


@lru_cache(maxsize=4096)
def initial_cells(payload: Any) -> Cells:
    """Return what follows from the givens of a `ConstraintsPayload`."""
    if payload.grid:
        side = values = math.isqrt(len(payload.grid))
        problem = sudoku_problem(side)
        given = [0 if mark == "." else int(mark) for mark in payload.grid]
    else:
        side, values = 0, len(payload.colours)
        place = {name: index for index, name in enumerate(payload.vertices)}
        pairs = [(place[a], place[b]) for a, b in payload.edges]
        problem = pack_problem(0, len(place), values, pairs)
        given = [0] * len(place)
        for name, colour in payload.fixed:
            given[place[name]] = payload.colours.index(colour) + 1
    candidates = np.zeros(MOST_CELLS, dtype=np.int64)
    for cell, value in enumerate(given):
        candidates[cell] = 1 << value - 1 if value else (1 << values) - 1
    if not propagate(problem, candidates, -1):
        candidates[:] = 0
    return Cells(problem.tobytes(), candidates.tobytes())


@lru_cache(maxsize=MOST_VALUES)
def sudoku_problem(side: int) -> WordArray:
    """Return the words of the sudoku of a side."""
    return pack_problem(side, side * side, side, sudoku_neighbours(side))


def next_cell(state: Cells) -> int:
    """Return the cell that the next action fills, -1 at an end."""
    problem = np.frombuffer(state.problem, dtype=np.int64)
    return int(cell_to_fill(problem, np.frombuffer(state.candidates, dtype=np.int64)))


def filled_values(state: Cells) -> list[int]:
    """Return the value of each cell, counted from 1; 0 where it is open."""
    cells = int(np.frombuffer(state.problem, dtype=np.int64, count=2)[1])
    candidates = np.frombuffer(state.candidates, dtype=np.int64, count=cells).tolist()
    return [bits.bit_length() if bits.bit_count() == 1 else 0 for bits in candidates]


@lru_cache(maxsize=256)
def neighbours(problem: bytes) -> tuple[tuple[int, ...], ...]:
    """Return the neighbours of each cell in order."""
    words = np.frombuffer(problem, dtype=np.int64).tolist()
    bits = [
        words[HEADER + cell] | words[HEADER + MOST_CELLS + cell] << HALF for cell in range(words[1])
    ]
    return tuple(tuple(other for other in range(words[1]) if b >> other & 1) for b in bits)


def to_words(state: Cells) -> WordArray:
    """Return `[246]` int64, the problem and then the candidates."""
    return np.frombuffer(state.problem + state.candidates, dtype=np.int64)


def from_words(words: WordArray) -> Cells:
    """Turn `[246]` words back."""
    return Cells(words[:PROBLEM_WORDS].tobytes(), words[PROBLEM_WORDS:].tobytes())


@njit(cache=True, nogil=True)
def compiled_step(state: WordArray, action: int, out: WordArray) -> int:
    """Write the cells after the choice; return -1 if it is not legal."""
    out[:] = state
    cell = cell_to_fill(state[:PROBLEM_WORDS], state[PROBLEM_WORDS:])
    if cell < 0 or not state[PROBLEM_WORDS + cell] >> action & 1:
        return -1
    candidates = out[PROBLEM_WORDS:]
    candidates[cell] = 1 << action
    if not propagate(out[:PROBLEM_WORDS], candidates, cell):
        candidates[:] = 0
        return LOSS_FOR_MOVER
    return GOING_ON if _is_open(candidates) else WIN_FOR_MOVER


@njit(cache=True, nogil=True)
def _is_open(candidates: WordArray) -> bool:
    for cell in range(MOST_CELLS):  # noqa: SIM110 (compiled: no generators)
        if COUNT[candidates[cell]] > 1:
            return True
    return False


@njit(cache=True, nogil=True)
def compiled_legal(state: WordArray, out: BoolArray) -> None:
    """Write `[9]` bool: the candidates of the cell to fill."""
    cell = cell_to_fill(state[:PROBLEM_WORDS], state[PROBLEM_WORDS:])
    for value in range(MOST_VALUES):
        out[value] = cell >= 0 and state[PROBLEM_WORDS + cell] >> value & 1 == 1


@njit(cache=True, nogil=True)
def compiled_observe(state: WordArray, out: FloatArray) -> None:
    """Write `[9 * 328]` float32, the same rows as `ConstraintsEnvironment.observe`."""
    problem, candidates = state[:PROBLEM_WORDS], state[PROBLEM_WORDS:]
    cells = problem[1]
    target = cell_to_fill(problem, candidates)
    out[:] = 0
    for value in range(MOST_VALUES):
        row = out[value * FEATURES : (value + 1) * FEATURES]
        scalars = row[4 * MOST_CELLS :]
        beside, open_beside, filled = 0, 0, 0
        for cell in range(cells):
            is_open = candidates[cell] >> value & 1
            is_filled = is_open and COUNT[candidates[cell]] == 1
            filled += is_filled
            row[cell] = is_open and not is_filled
            row[MOST_CELLS + cell] = is_filled
            if target < 0:
                continue
            row[2 * MOST_CELLS + cell] = cell == target
            word = HEADER + target + (MOST_CELLS if cell >= HALF else 0)
            if problem[word] >> cell % HALF & 1:
                row[3 * MOST_CELLS + cell] = 1
                beside += 1
                open_beside += is_open
        scalars[0] = value < problem[2]
        scalars[1] = target >= 0 and candidates[target] >> value & 1
        scalars[2] = open_beside / max(1, beside)
        scalars[3] = filled / max(1, cells)
