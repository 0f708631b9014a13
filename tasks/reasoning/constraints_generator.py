"""Sudokus and colourings by difficulty, each with its wording."""

from __future__ import annotations

import math
import random

from tasks.protocol import Split, split_seed
from tasks.reasoning import colouring_generator
from tasks.reasoning.colouring_generator import graph_prompt, make_graph
from tasks.reasoning.constraints_payload import ConstraintsPayload
from tasks.reasoning.sudoku_generator import MOST_EFFORT, make_grid, search_effort

GRAPHS = 0.5  # share of the problems


def make_problem(seed: int, difficulty: float, split: Split) -> tuple[ConstraintsPayload, str]:
    """Return a problem and its prompt; search effort grows with the difficulty."""
    rng = random.Random(f"reasoning/constraints {split_seed(split, seed)} {difficulty}")
    if rng.random() < GRAPHS:
        graph = make_graph(rng, difficulty, split)
        return graph, graph_prompt(rng, graph)
    grid = make_grid(rng, difficulty, split)
    return ConstraintsPayload(grid=grid), _sudoku_prompt(rng, grid)


def difficulty_of(payload: ConstraintsPayload) -> float:
    """Return the difficulty at which such problems are generated, in [0, 1]."""
    if not payload.grid:
        return colouring_generator.difficulty_of(payload)
    share = max(0.0, search_effort(payload.grid) - 3.0) / (MOST_EFFORT - 3.0)
    return min(1.0, share ** (2 / 3))


def _sudoku_prompt(rng: random.Random, grid: str) -> str:
    side = math.isqrt(len(grid))
    style = rng.randrange(4)
    empty = rng.choice("..0_*")
    marks = grid.replace(".", empty)
    rows = [marks[start : start + side] for start in range(0, len(grid), side)]
    if style == 0:
        return f"Solve this sudoku: {marks}"
    if style == 1:
        return "\n".join(["Solve the sudoku:", *rows])
    if style == 2:
        return "\n".join([f"Fill in this {side}x{side} sudoku.", *(" ".join(row) for row in rows)])
    high = 2 if side < 9 else 3
    wide = side // high
    lines = [
        " | ".join(" ".join(row[left : left + wide]) for left in range(0, side, wide))
        for row in rows
    ]
    bar = "-" * len(lines[0])
    framed = [
        line
        for number, line in enumerate(lines)
        for line in ([bar] if number and number % high == 0 else []) + [line]
    ]
    return "\n".join(["Sudoku:", *framed])
