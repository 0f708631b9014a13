"""The rules of sudokus and colourings against plain ones written here, and the exact counter."""

from __future__ import annotations

import itertools
import random
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tasks.protocol import GOING_ON, IllegalActionError
from tasks.reasoning.constraints_exact import is_colourable, sudoku_solution, sudoku_solutions
from tasks.reasoning.constraints_payload import ConstraintsPayload, graph_payload
from tasks.reasoning.constraints_propagation import groups_of, sudoku_neighbours
from tasks.reasoning.constraints_rules import (
    Cells,
    ConstraintsEnvironment,
    compiled_step,
    filled_values,
    initial_cells,
    neighbours,
    next_cell,
    to_words,
)
from tasks.reasoning.sudoku_generator import make_grid

ENVIRONMENT = ConstraintsEnvironment()


def candidates(state: Cells) -> list[set[int]]:
    words: NDArray[np.int64] = np.frombuffer(state.candidates, dtype=np.int64)
    cells = len(neighbours(state.problem))
    return [{v + 1 for v in range(9) if int(bits) >> v & 1} for bits in words[:cells]]


def plain_singles(grid: str) -> list[set[int]] | None:
    """Fill naked and hidden singles by plain sets; None for a contradiction."""
    side = round(len(grid) ** 0.5)
    groups = groups_of(side)
    cells = [set(range(1, side + 1)) if m == "." else {int(m)} for m in grid]
    changed = True
    while changed:
        changed = False
        for group in groups:
            for cell, other in itertools.permutations(group, 2):
                if len(cells[cell]) == 1 and cells[cell] <= cells[other]:
                    cells[other] = cells[other] - cells[cell]
                    changed = True
            for value in range(1, side + 1):
                places = [cell for cell in group if value in cells[cell]]
                if not places:
                    return None
                if len(places) == 1 and len(cells[places[0]]) > 1:
                    cells[places[0]] = {value}
                    changed = True
        if not all(cells):
            return None
    return cells


@cache
def sudokus() -> tuple[ConstraintsPayload, ...]:
    rng = random.Random(1)
    return tuple(
        ConstraintsPayload(grid=make_grid(rng, place / 11, "train")) for place in range(12)
    )


def test_nothing_is_struck_that_a_solution_needs_and_singles_are_all_found() -> None:
    for payload in sudokus():
        solution = sudoku_solution(payload.grid)
        plain = plain_singles(payload.grid)
        assert solution is not None
        assert plain is not None
        for found, single, digit in zip(
            candidates(initial_cells(payload)), plain, solution, strict=True
        ):
            assert int(digit) in found
            assert found <= single  # locked candidates may strike more


def test_every_step_keeps_the_solutions_that_agree_with_it() -> None:
    rng = random.Random(3)
    for payload in sudokus():
        solution = sudoku_solution(payload.grid)
        assert solution is not None
        state = initial_cells(payload)
        while not ENVIRONMENT.is_terminal(state):
            cell = next_cell(state)
            fewest = min(len(c) for c in candidates(state) if len(c) > 1)
            assert len(candidates(state)[cell]) == fewest
            wrong = [v for v in candidates(state)[cell] if v != int(solution[cell])]
            grid = "".join(str(v) if v else "." for v in filled_values(state))
            value = rng.choice(wrong)
            tried = ENVIRONMENT.step(state, value - 1)
            if not any(tried.candidates):  # a contradiction must be one
                assert sudoku_solutions(f"{grid[:cell]}{value}{grid[cell + 1 :]}") == 0
            state = ENVIRONMENT.step(state, int(solution[cell]) - 1)
        assert "".join(map(str, filled_values(state))) == solution
        assert ENVIRONMENT.returns(state)[0] == 1


def test_the_order_of_filling_does_not_matter_to_the_state() -> None:
    for payload in sudokus():
        solution = sudoku_solution(payload.grid)
        assert solution is not None
        state = initial_cells(payload)
        grid = "".join(str(v) if v else "." for v in filled_values(state))
        # what is filled determines what is open: states with the same text are the same
        assert initial_cells(ConstraintsPayload(grid=grid)) == state


def test_the_fewest_candidates_come_first_in_graphs_and_neighbours_lose_the_colour() -> None:
    payload = graph_payload("abcd", [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c")], "123")
    state = initial_cells(payload)
    assert next_cell(state) == 0  # the most neighbours
    state = ENVIRONMENT.step(state, 1)
    assert candidates(state) == [{2}, {1, 3}, {1, 3}, {1, 3}]
    state = ENVIRONMENT.step(state, 0)
    assert candidates(state) == [{2}, {1}, {3}, {1, 3}]
    with pytest.raises(IllegalActionError):
        ENVIRONMENT.step(state, 1)


def test_compiled_step_refuses_what_is_not_open() -> None:
    state = initial_cells(graph_payload("ab", [("a", "b")], "12"))
    out = np.zeros_like(to_words(state))
    assert compiled_step(to_words(state), 5, out) == -1
    assert compiled_step(to_words(state), 0, out) != GOING_ON  # the other vertex follows


def test_neighbours_of_a_sudoku_are_twenty_cells_each() -> None:
    pairs = sudoku_neighbours(9)
    assert len(pairs) == 81 * 20 // 2
    assert (0, 80) not in pairs
    assert (0, 10) in pairs


@pytest.mark.parametrize("vertices", [4, 5, 6])
def test_colourability_agrees_with_trying_all(vertices: int) -> None:
    rng = random.Random(vertices)
    answers = []
    for _ in range(120):
        pairs = [p for p in itertools.combinations(range(vertices), 2) if rng.random() < 0.7]
        colours = rng.randint(1, 4)
        fixed = [rng.randrange(colours) if rng.random() < 0.2 else -1 for _ in range(vertices)]
        truth = any(
            all(way[a] != way[b] for a, b in pairs)
            and all(f in (-1, w) for f, w in zip(fixed, way, strict=True))
            for way in itertools.product(range(colours), repeat=vertices)
        )
        assert is_colourable(vertices, pairs, colours, fixed) is truth
        answers.append(truth)
    assert 20 < sum(answers) < 100


def test_solutions_of_small_sudokus_are_counted_exactly() -> None:
    assert sudoku_solutions("." * 16, enough=10_000, most_steps=10_000_000) == 288
    assert sudoku_solutions("11" + "." * 14) == 0
    assert sudoku_solutions("1..4..1..1..4..1") == 2
    assert sudoku_solutions("." * 36) == 2
