"""Write a benchmark record as the message that a person would send.

Records with a question are sent as they are; records that hold data alone are put into plain words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


def prompt_of(task: str, data: Data) -> str | None:
    """Return the message; None for records that have no text door here (programs to write)."""
    writer = _WRITERS.get(task)
    if writer is not None:
        return writer(data)
    question = data.get("question")
    return question if isinstance(question, str) else None


def _prontoqa(data: Data) -> str:
    return f"{data['context']}\n{data['query']}"


def _sudoku(data: Data) -> str:
    return f"Solve this sudoku: {data['puzzle']}"


def _planning(data: Data) -> str | None:
    if data["domain"] != "blocksworld":
        return None
    init = " ".join(map(_fact, data["init"]))
    goal = " ".join(map(_fact, data["goal"]))
    return f"Find a plan for this blocks world.\n(:init {init})\n(:goal (and {goal}))"


def _fact(fact: list[str]) -> str:
    return f"({' '.join(fact)})"


def _maze(data: Data) -> str:
    return "Find the shortest path from S to G:\n" + "\n".join(data["grid"])


def _weighted_grid(data: Data) -> str:
    start, goal = data["start"], data["goal"]
    return (
        f"Find the cheapest path from ({start[0]}, {start[1]}) to ({goal[0]}, {goal[1]}) "
        "(row, column); entering a cell costs its digit, 0 is a wall:\n" + "\n".join(data["grid"])
    )


def _knapsack(data: Data) -> str:
    pairs = zip(data["profits"], data["weights"], strict=True)
    items = "\n".join(f"{n} {profit} {weight}" for n, (profit, weight) in enumerate(pairs, 1))
    return (
        f"Knapsack with capacity {data['capacity']}: which items give the greatest total value?\n"
        f"item value weight\n{items}"
    )


def _tour(data: Data) -> str:
    points = ", ".join(f"({x}, {y})" for x, y in data["points"])
    return (
        "Find the shortest round trip through these points (Euclidean distances, each rounded to "
        f"the nearest integer): {points}"
    )


def _game24(data: Data) -> str:
    return f"Make {data.get('target', 24)} from {', '.join(map(str, data['numbers']))}."


def _intent(name: str) -> Callable[[Data], str]:
    return lambda data: f"{name}: {data['text']}"


def intent_set(task: str) -> str | None:
    """Return the name of the set of labels that a text record belongs to; None for others."""
    return task.removeprefix("intent_") if task.startswith("intent_") else None


_WRITERS: dict[str, Callable[[Data], str | None]] = {
    "prontoqa": _prontoqa,
    "sudoku": _sudoku,
    "sudoku_multi": _sudoku,
    "planning": _planning,
    "maze": _maze,
    "weighted_grid": _weighted_grid,
    "knapsack": _knapsack,
    "tsp": _tour,
    "game24": _game24,
    "intent_banking77": _intent("banking77"),
    "intent_clinc150": _intent("clinc150"),
}
