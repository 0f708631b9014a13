"""Make comparisons from a seed and a difficulty: more numbers, and closer ones, of mixed kinds."""

from __future__ import annotations

import random
from fractions import Fraction

from tasks.math.compare_problem import ComparePayload, checked, number_of
from tasks.protocol import Split, split_seed
from tasks.splits import split_of

_RANK_WORDS = ("", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ",
               "ninth ", "tenth ")  # fmt: skip
_RELATIONS = (
    (">", "Is {a} bigger than {b}?"), (">", "Is {a} > {b}?"), ("<", "Is {a} less than {b}?"),
    (">=", "Is {a} at least {b}?"), ("<=", "Is {a} less than or equal to {b}?"),
    ("=", "Is {a} equal to {b}?"), ("!=", "Do {a} and {b} have different values?"),
)  # fmt: skip


def make_problem(seed: int, difficulty: float, split: Split) -> tuple[ComparePayload, str]:
    """Return a comparison of the split, and a prompt that asks for it."""
    rng = random.Random(f"compare {split_seed(split, seed)} {difficulty}")
    while True:
        payload, prompt = _draw(rng, difficulty)
        parts = (payload.operation, *payload.values, str(payload.rank), payload.target)
        if split_of(" ".join(parts)) == split:
            return checked(payload), prompt


def difficulty_of(payload: ComparePayload) -> float:
    """Estimate the difficulty, in [0, 1], of a problem that was not generated, from its size."""
    return max(0.0, min(1.0, (len(payload.values) - 2) / 8))


def _draw(rng: random.Random, difficulty: float) -> tuple[ComparePayload, str]:
    kind = rng.choice(("pair", "relation", "sort", "sort", "rank", "rank", "closest", "closest"))
    if kind in ("pair", "relation"):
        a = _number(rng, difficulty)
        b = _near(rng, a) if rng.random() < difficulty else _number(rng, difficulty)
        if kind == "relation":
            operation, prompt = rng.choice(_RELATIONS)
            return ComparePayload(operation, (a, b)), prompt.format(a=a, b=b)
        operation, word = rng.choice((("biggest", "bigger"), ("smallest", "smaller")))
        return ComparePayload(operation, (a, b)), f"Which is {word}: {a} or {b}?"
    count = 3 + round(6 * difficulty) + rng.randint(0, 1)
    values = _distinct(rng, difficulty, count)
    listed = ", ".join(values)
    if kind == "sort":
        way = rng.choice(("ascending", "descending"))
        return ComparePayload(way, values), f"Sort {listed} in {way} order."
    letters = tuple("abcdefghij"[:count]) if rng.random() < 0.5 else ()
    lettered = "".join(f"  ({x}) {v}" for x, v in zip(letters, values, strict=False))
    if kind == "closest":
        target = _number(rng, difficulty)
        tail = f"?{lettered}" if letters else f" in {listed}?"
        start = "Which" if letters else "What"
        prompt = f"{start} is the closest to {target}{tail}"
        return ComparePayload("closest", values, letters, target=target), prompt
    rank = rng.randint(1, count)
    operation = rng.choice(("biggest", "smallest"))
    start = f"is the {_RANK_WORDS[rank - 1]}{operation} value"
    prompt = f"Which {start}?{lettered}" if letters else f"What {start} in {listed}?"
    return ComparePayload(operation, values, letters, rank), prompt


def _distinct(rng: random.Random, difficulty: float, count: int) -> tuple[str, ...]:
    values: dict[Fraction, str] = {}
    while len(values) < count:
        known = list(values.values())
        near = known and rng.random() < 0.6 * difficulty
        text = _near(rng, rng.choice(known)) if near else _number(rng, difficulty)
        values.setdefault(number_of(text), text)
    return tuple(values.values())


def _number(rng: random.Random, difficulty: float) -> str:
    size = 10 ** rng.randint(1, 2 + round(3 * difficulty))
    number = rng.randint(-size, size)
    style = rng.random()
    if style < 0.4:
        return str(number)
    if style < 0.7:
        return f"{number}.{rng.randint(1, 99):02d}"
    fraction = Fraction(number, rng.randint(2, 12 + round(50 * difficulty)))
    return str(fraction)


def _near(rng: random.Random, text: str) -> str:
    """Return a number close to another one, or equal to it, perhaps of another kind."""
    number = number_of(text)
    step = rng.choice((0, 1, -1)) * Fraction(1, 10 ** rng.randint(1, 3))
    below = rng.choice((10, 100, 1000))
    hundredths = round((number + step) * below)
    if rng.random() < 0.5:
        return str(Fraction(hundredths, below))
    places = len(str(below)) - 1
    digits = str(abs(hundredths)).rjust(places + 1, "0")
    return f"{'-' if hundredths < 0 else ''}{digits[:-places]}.{digits[-places:]}"
