"""Judge an answer by the record it belongs to, by code that shares nothing with kinds or graders.

Expressions are compared by algebra in `math_judging`, never as text. An optimum that was missed
by a sound answer is told apart from a wrong answer.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import hypot
from typing import Any, Literal

from app.benchmark.math_judging import same_answer

Status = Literal["solved", "suboptimal", "wrong", "abstained"]
Data = dict[str, Any]
_IMPOSSIBLE = re.compile(
    r"\b(?:no (?:plan|path|way|solution)|impossible|unreachable|not possible|cannot|unsolvable)\b",
    re.IGNORECASE,
)
_OPERATIONS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_MOVES = {"U": (-1, 0), "D": (1, 0), "L": (0, -1), "R": (0, 1)}


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer is worth.

    Attributes:
        status: `solved`, `suboptimal` (sound, but not the best), `wrong` or `abstained`.
        gap: relative distance from the optimum, 0 or more; None where nothing is optimised.
    """

    status: Status
    gap: float | None = None


def judge(task: str, data: Data, said: str | None) -> Judged:
    """Judge what was said; None is an abstention, except where nothing is the right answer."""
    if task.startswith("intent_"):
        return _intent(data, said)
    if said is None:
        return Judged("abstained")
    judged = _JUDGES.get(task, _math)(data, said)
    return judged if isinstance(judged, Judged) else Judged("solved" if judged else "wrong")


def _math(data: Data, said: str) -> bool:
    return same_answer(str(data["question"]), str(data["answer"]), said)


def _intent(data: Data, said: str | None) -> Judged:
    """An out-of-scope text is solved by abstaining."""
    in_scope = data.get("in_scope", True)
    if said in (None, "abstain"):
        return Judged("abstained" if in_scope else "solved")
    return Judged("solved" if in_scope and said == data["intent"] else "wrong")


def _truth(data: Data, said: str) -> bool:
    return said.strip().lower() == str(data["answer"]).lower()


def _choice(data: Data, said: str) -> bool:
    def plain(text: str) -> str:
        return re.sub(r"[^a-z0-9 ]", "", text.lower()).strip()

    return plain(said) == plain(str(data["answer"]))


def _prosqa(data: Data, said: str) -> bool:
    """The records answer with a sentence or a name; the class is what counts."""
    truth = re.findall(r"[a-z]+", str(data["answer"]).lower())
    words = re.findall(r"[a-z]+", said.lower())
    return bool(words) and words[-1] == truth[-1]


def _sudoku(data: Data, said: str) -> bool:
    return "".join(re.findall(r"\d", said)) == data["solution"]


def _sudoku_multi(data: Data, said: str) -> bool:
    return "not unique" in said.lower()


def _game24(data: Data, said: str) -> bool:
    if not data["solvable"]:
        return _IMPOSSIBLE.search(said) is not None
    try:
        tree = ast.parse(said.partition("=")[0].strip(), mode="eval")
        used: list[int] = []
        value = _value(tree.body, used)
    except (SyntaxError, ValueError, ZeroDivisionError):
        return False
    return sorted(used) == sorted(data["numbers"]) and value == data.get("target", 24)


def _value(node: ast.expr, used: list[int]) -> Fraction:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_value(node.left, used), _value(node.right, used))
    if isinstance(node, ast.Constant) and type(node.value) is int:
        used.append(node.value)
        return Fraction(node.value)
    raise ValueError(f"{ast.dump(node)[:60]} is no part of a sum of the numbers")


def _maze(data: Data, said: str) -> Judged | bool:
    if not data["reachable"]:
        return _IMPOSSIBLE.search(said) is not None
    grid = data["grid"]
    places = {cell: (r, c) for r, row in enumerate(grid) for c, cell in enumerate(row)
              if cell in "SG"}  # fmt: skip
    walked = _walk(grid, places["S"], said, "#")
    if walked is None or walked[0] != places["G"]:
        return False
    return _against(walked[1], data["optimal_length"])


def _weighted_grid(data: Data, said: str) -> Judged | bool:
    walked = _walk(data["grid"], tuple(data["start"]), said, "0")
    if walked is None or walked[0] != tuple(data["goal"]):
        return False
    return _against(walked[2], data["optimal_cost"])


def _walk(
    grid: list[str], start: tuple[int, ...], said: str, wall: str
) -> tuple[tuple[int, ...], int, int] | None:
    """Return where the moves lead, their number and the digits entered; None if through a wall."""
    found = re.search(r"\b[UDLR]+\b", said)
    if found is None:
        return None
    (row, column), cost = start, 0
    for move in found[0]:
        row, column = row + _MOVES[move][0], column + _MOVES[move][1]
        inside = 0 <= row < len(grid) and 0 <= column < len(grid[row])
        if not inside or grid[row][column] == wall:
            return None
        cost += int(grid[row][column]) if grid[row][column].isdigit() else 0
    return (row, column), len(found[0]), cost


def _knapsack(data: Data, said: str) -> Judged | bool:
    items = [number - 1 for number in _numbers(said)]  # counted from 1
    if len(set(items)) < len(items) or not all(0 <= n < data["n"] for n in items):
        return False
    if sum(data["weights"][n] for n in items) > data["capacity"]:
        return False
    optimum = data["optimal_profit"]
    gap = (optimum - sum(data["profits"][n] for n in items)) / (optimum or 1)
    return Judged("solved" if gap <= 0 else "suboptimal", gap)


def _tour(data: Data, said: str) -> Judged | bool:
    order = _numbers(said)
    order = order[:-1] if len(order) == data["n"] + 1 and order[0] == order[-1] else order
    if min(order, default=0) == 1:  # counted from 1
        order = [number - 1 for number in order]
    if sorted(order) != list(range(data["n"])):
        return False
    points = data["points"]
    pairs = zip(order, [*order[1:], order[0]], strict=True)
    legs = ((points[a], points[b]) for a, b in pairs)
    length = sum(int(hypot(a[0] - b[0], a[1] - b[1]) + 0.5) for a, b in legs)
    return _against(length, data["optimal_length"])


def _numbers(said: str) -> list[int]:
    """Return the numbers of the first part of an answer: `items 0, 3 (value 20)` gives 0 and 3."""
    return [int(n) for n in re.findall(r"\d+", re.split(r"[(;]|length|value|weight", said)[0])]


def _planning(data: Data, said: str) -> Judged | bool:
    if not data["solvable"]:
        return _IMPOSSIBLE.search(said) is not None
    facts = {tuple(fact) for fact in data["init"]}
    steps = re.findall(r"\(([a-z-]+)((?: [^\s()]+)+)\)", said)
    for name, blocks in steps:
        after = _done(facts, name, blocks.split())
        if after is None:
            return False
        facts = after
    if not {tuple(fact) for fact in data["goal"]} <= facts:
        return False
    gap = len(steps) / data["optimal_length"] - 1.0 if data["optimal_length"] else 0.0
    return Judged("solved", gap)


def _done(facts: set[tuple[str, ...]], name: str, blocks: list[str]) -> set[tuple[str, ...]] | None:
    """Return the facts after an action of the four-operator blocks world; None if not possible."""
    one = blocks[0]
    if name in ("pick-up", "put-down") and len(blocks) == 1:
        down = {("ontable", one), ("clear", one), ("handempty",)}
        up = {("holding", one)}
    elif name in ("stack", "unstack") and len(blocks) == 2:
        two = blocks[1]
        down = {("on", one, two), ("clear", one), ("handempty",)}
        up = {("holding", one), ("clear", two)}
    else:
        return None
    needs, adds = (down, up) if name in ("pick-up", "unstack") else (up, down)
    return (facts - needs) | adds if needs <= facts else None


def _against(value: float, optimum: float) -> Judged:
    """Compare with the record's optimum; what beats it shows that the record is at fault."""
    gap = value / (optimum or 1) - 1.0
    return Judged("solved" if value <= optimum else "suboptimal", gap)


_JUDGES: dict[str, Callable[[Data, str], Judged | bool]] = {
    "prontoqa": _truth,
    "prosqa": _prosqa,
    "logical_deduction": _choice,
    "sudoku": _sudoku,
    "sudoku_multi": _sudoku_multi,
    "planning": _planning,
    "game24": _game24,
    "maze": _maze,
    "weighted_grid": _weighted_grid,
    "knapsack": _knapsack,
    "tsp": _tour,
}
