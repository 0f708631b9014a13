"""Which fields a record must have to be asked and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]


def fault_of(task: str, data: Mapping[str, Any]) -> str:
    """Return what a record lacks, in words; empty if it can be asked and judged."""
    fields = _FIELDS.get(task)
    if fields is None:
        fields = _INTENT if task.startswith("intent_") else _ANSWERED
        if fields is _ANSWERED and not isinstance(data.get("question"), str):
            return ""  # no kind reads it
    if task == "planning" and data.get("domain") != "blocksworld":
        fields = {"domain": _is_text}
    for name, check in fields.items():
        if name not in data:
            return f"{task} without the field {name!r}"
        if not check(data[name]):
            return f"{task} with another type of {name!r} than expected"
    for one, other in _AS_MANY.get(task, ()):
        if len(data[one]) != len(data[other]):
            return f"{task} with {one!r} and {other!r} of different lengths"
    if task == "maze" and not all("".join(data["grid"]).count(cell) == 1 for cell in "SG"):
        return "maze without one S and one G in its 'grid'"
    if task == "maze" and data["reachable"] and data["optimal_length"] is None:
        return "maze without the number 'optimal_length'"
    return ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_plain(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_optimum(value: Any) -> bool:
    """Say whether it is a count; None stands where there is no solution."""
    return value is None or _is_count(value)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_truth(value: Any) -> bool:
    return _is_bool(value) or _is_text(value)


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and bool(value) and all(map(check, value))


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(n, int | float) for n in value)
    )


_FACTS = _list_of(_list_of(_is_text))
_ANSWERED: Mapping[str, Check] = {"answer": _is_plain}
_INTENT: Mapping[str, Check] = {"text": _is_text, "intent": _is_text}
_FIELDS: Mapping[str, Mapping[str, Check]] = {
    "prontoqa": {"context": _is_text, "query": _is_text, "answer": _is_truth},
    "prosqa": {"question": _is_text, "answer": _is_text},
    "sudoku": {"puzzle": _is_text, "solution": _is_text},
    "sudoku_multi": {"puzzle": _is_text},
    "planning": {
        "domain": _is_text, "init": _FACTS, "goal": _FACTS, "solvable": _is_bool,
        "optimal_length": _is_optimum,
    },
    "maze": {"grid": _list_of(_is_text), "reachable": _is_bool, "optimal_length": _is_optimum},
    "weighted_grid": {
        "grid": _list_of(_is_text), "start": _is_point, "goal": _is_point,
        "optimal_cost": _is_optimum,
    },
    "knapsack": {
        "n": _is_count, "profits": _list_of(_is_count), "weights": _list_of(_is_count),
        "capacity": _is_count, "optimal_profit": _is_count,
    },
    "tsp": {"n": _is_count, "points": _list_of(_is_point), "optimal_length": _is_count},
    "game24": {"numbers": _list_of(_is_count), "solvable": _is_bool},
}  # fmt: skip
_AS_MANY: Mapping[str, tuple[tuple[str, str], ...]] = {"knapsack": (("profits", "weights"),)}
