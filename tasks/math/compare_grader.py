"""Judge comparisons by cross-multiplied integers: counting what is before and after an answer.

Independent of how comparisons are worked out elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

from tasks.protocol import Answer, Task, Verdict

Ratio: TypeAlias = tuple[int, int]
"""Numerator and positive denominator, not reduced."""

_TRUTH = re.compile(r"(true|yes|false|no)\b", re.I)
_NUMBER = re.compile(r"([-+]?)(\d*)(?:\.(\d+))?(?:/(\d+))?(%?)")
_RELATIONS = {">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0), "=": (0,), "!=": (-1, 1)}
_LONGEST = 40_000


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it is the number (or its letter), the order, or the truth asked for."""
    payload = task.payload
    text = plain_answer(answer.text)
    if len(text) > _LONGEST:
        return Verdict(False, 0.0, f"an answer of {len(text)} characters is too long")
    numbers = [_ratio(value) for value in payload.values]
    if any("sqrt" in value for value in payload.values):  # squares with their signs instead
        numbers = [_squared(value) for value in payload.values]
    assert all(number is not None for number in numbers)
    sound = [number for number in numbers if number is not None]
    if payload.operation in _RELATIONS:
        match = _TRUTH.match(text)
        truth = _order(sound[0], sound[1]) in _RELATIONS[payload.operation]
        passed = match is not None and (match[1].lower() in ("true", "yes")) == truth
    elif payload.operation in ("ascending", "descending"):
        rooted = any("sqrt" in value for value in payload.values)
        passed = _is_sorted(
            sound,
            _listed(text, _squared if rooted else _ratio),
            1 if payload.operation == "ascending" else -1,
        )
    else:
        places = named(payload.values, payload.letters, text)
        passed = any(_is_chosen(payload, sound, place) for place in places)
    said = "is right" if passed else "is not right"
    return Verdict(passed, float(passed), f"{text[:60]!r} {said}")


def plain_answer(text: str) -> str:
    """Return an answer with plain signs and without the marks around it."""
    text = text.strip().rstrip(".").translate(str.maketrans("−–", "--"))
    return text[1:-1] if text[:1] + text[-1:] in ("[]", "{}") else text


def named(values: tuple[str, ...], letters: tuple[str, ...], text: str) -> list[int]:
    """Return the places of the numbers that an answer names, by letter or by value."""
    match = re.fullmatch(r"\(?([a-z])[).:]? ?(.*)", text, re.I)
    if match and letters:
        places = [i for i, letter in enumerate(letters) if letter == match[1].lower()]
        if not match[2]:
            return places
        text = match[2].strip("() ")
        return [i for i in places if _same(values[i], text)]
    return [i for i, value in enumerate(values) if _same(value, text)]


def is_sorting_answer(text: str) -> bool:
    """Say whether a text lists numbers."""
    return len(_listed(text, _squared)) > 1


def _squared(text: str) -> Ratio | None:
    """Return the signed square of a number or of a square root."""
    text = text.replace(" ", "").replace("√", "sqrt")
    root = re.fullmatch(r"([-+]?)sqrt\(?([^()]+)\)?", text)
    ratio = _ratio(root[2] if root else text)
    if ratio is None or root is None:
        return ratio and (ratio[0] * abs(ratio[0]), ratio[1] * ratio[1])
    return (-ratio[0] if root[1] == "-" else ratio[0]), ratio[1]


def _same(value: str, text: str) -> bool:
    a, b = _squared(value), _squared(text)
    return a is not None and b is not None and _order(a, b) == 0


def _ratio(text: str) -> Ratio | None:
    match = _NUMBER.fullmatch(text.strip()) if len(text) < 2000 else None
    if match is None or not (match[2] or match[3]):
        return None
    sign, whole, part, below, percent = match.groups()
    places = len(part or "")
    above = int((whole or "") + (part or ""))
    under = int(below or 1) * 10**places * (100 if percent else 1)
    return ((-above if sign == "-" else above), under) if under else None


def _order(a: Ratio, b: Ratio) -> int:
    """Return 1 if a is more than b, -1 if it is less, 0 if they are equal."""
    gap = a[0] * b[1] - b[0] * a[1]
    return (gap > 0) - (gap < 0)


def _is_sorted(numbers: list[Ratio], listed: list[Ratio], way: int) -> bool:
    if len(listed) != len(numbers):
        return False
    if any(_order(a, b) == way for a, b in pairwise(listed)):
        return False
    return all(
        sum(_order(a, b) == 0 for b in listed) == sum(_order(a, b) == 0 for b in numbers)
        for a in numbers
    )


def _listed(text: str, read: Callable[[str], Ratio | None]) -> list[Ratio]:
    parts = re.split(r" ?, and |,? and | ?[,;<>≤≥] ?=? ?|\s+", text.strip())
    found = [read(part) for part in parts if part]
    return [ratio for ratio in found if ratio is not None] if None not in found else []


def _is_chosen(payload: Any, numbers: list[Ratio], place: int) -> bool:
    operation, rank = payload.operation, payload.rank
    chosen = numbers[place]
    if operation == "closest":
        target = _ratio(payload.target)
        assert target is not None
        own = _gap(chosen, target)
        return all(_order(_gap(other, target), own) >= 0 for other in numbers)
    way = 1 if operation == "biggest" else -1
    before = sum(_order(other, chosen) == way for other in numbers)
    level = sum(_order(other, chosen) == 0 for other in numbers)
    return before < rank <= before + level


def _gap(a: Ratio, b: Ratio) -> Ratio:
    return abs(a[0] * b[1] - b[0] * a[1]), a[1] * b[1]
