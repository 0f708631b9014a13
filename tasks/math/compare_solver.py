"""Work out a comparison: order exact values, answer with the numbers as they were typed."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

from tasks.math.compare_problem import ComparePayload, number_of, signed_square_of

_HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "=": operator.eq,
    "!=": operator.ne,
}  # fmt: skip


def solve(problem: ComparePayload) -> str:
    """Return a number or its letter, all numbers with commas between, `True` or `False`."""
    operation = problem.operation
    by = number_of if operation == "closest" else signed_square_of
    numbers = [by(value) for value in problem.values]
    if operation in _HOLDS:
        return str(_HOLDS[operation](numbers[0], numbers[1]))
    names = problem.letters or problem.values
    places = list(range(len(numbers)))
    if operation == "closest":
        target = number_of(problem.target)
        return names[min(places, key=lambda place: abs(numbers[place] - target))]
    falling = operation in ("biggest", "descending")
    places.sort(key=lambda place: numbers[place], reverse=falling)
    if operation in ("ascending", "descending"):
        return ", ".join(names[place] for place in places)
    return names[places[problem.rank - 1]]
