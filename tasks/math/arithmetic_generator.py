"""Make expressions to be worked out, from a seed and a difficulty.

The difficulty is the number of operations, 2 to 14; divisions, decimals and roots come with it.
Whatever divides is never 0: every part is made together with its value.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import NamedTuple

from tasks.protocol import Split, split_seed
from tasks.splits import split_of

PROMPTS = (
    "What is {e}?",
    "Calculate {e}.",
    "Evaluate {e}.",
    "Work out {e}",
    "What is the value of {e}?",
    "{e}",
    "{e} =",
)
ROOT_PROMPTS = ("Simplify {e}.", "Simplify {e}", "Calculate {e} exactly.")
_RADICANDS = (2, 3, 5, 6, 7, 10, 11, 13)
_LARGEST = 10**6
_ZERO = Fraction(0)


class Part(NamedTuple):
    """A piece of an expression: its text, how tightly it binds, `a + b * sqrt(r)` as its value."""

    text: str
    binds: int
    a: Fraction
    b: Fraction


def make_expression(seed: int, difficulty: float, split: Split) -> tuple[str, str]:
    """Return an expression of the split, and a prompt that asks to work it out."""
    rng = random.Random(f"arithmetic {split_seed(split, seed)} {difficulty}")
    while True:
        style = rng.choices(
            ("whole", "decimal", "roots"), (1.0, 0.25, 0.1 + 0.5 * difficulty)
        )[0]  # fmt: skip
        radicand = rng.choice(_RADICANDS) if style == "roots" else 0
        operations = 2 + round(12 * difficulty)
        part = _part(rng, operations, style, radicand, difficulty)
        bare = part.text.replace(" ", "")
        if split_of(bare) == split and not (radicand and "sqrt" not in bare):
            break
    prompts = ROOT_PROMPTS if radicand else PROMPTS
    return part.text, rng.choice(prompts).format(e=part.text)


def difficulty_of(operations: int) -> float:
    """Estimate the difficulty, in [0, 1], of an expression that was not generated."""
    return max(0.0, min(1.0, (operations - 2) / 12))


def _part(
    rng: random.Random, operations: int, style: str, radicand: int, difficulty: float
) -> Part:
    if operations == 0:
        return _leaf(rng, style, radicand, difficulty)
    left = rng.randrange(operations)
    a = _part(rng, left, style, radicand, difficulty)
    b = _part(rng, operations - 1 - left, style, radicand, difficulty)
    products = 0.0 if _large(a) or _large(b) else 0.5
    sign = rng.choices("+-*/", (1.0, 1.0, products * 1.6, products))[0]
    if sign == "/" and (style == "decimal" or not (_norm(b, radicand) if radicand else b.a)):
        sign = "-"
    return _joined(sign, a, b, radicand)


def _joined(sign: str, a: Part, b: Part, r: int) -> Part:
    level = 1 if sign in "+-" else 2
    text = f"{_within(a, level)}{f' {sign} ' if level == 1 else sign}{_within(b, level + 1)}"
    if sign == "+":
        return Part(text, level, a.a + b.a, a.b + b.b if r else a.b)
    if sign == "-":
        return Part(text, level, a.a - b.a, a.b - b.b if r else a.b)
    if sign == "/" and not r:
        b = b._replace(a=1 / b.a)
    elif sign == "/":
        norm = _norm(b, r)
        b = b._replace(a=b.a / norm, b=-b.b / norm)
    if not r:
        return Part(text, level, a.a * b.a, a.b)
    return Part(text, level, a.a * b.a + r * a.b * b.b, a.a * b.b + a.b * b.a)


def _norm(part: Part, r: int) -> Fraction:
    return part.a * part.a - r * part.b * part.b


def _large(part: Part) -> bool:
    return any(max(abs(n.numerator), n.denominator) > _LARGEST for n in (part.a, part.b))


def _leaf(rng: random.Random, style: str, radicand: int, difficulty: float) -> Part:
    size = 9 + round(90 * difficulty)
    number = rng.choice([1, 1, 1, -1]) * rng.randint(1, size)
    if style == "decimal" and rng.random() < 0.7:
        places = rng.randint(1, 3)
        value = Fraction(rng.randint(1, size * 10**places), 10**places)
        whole, part = divmod(value.numerator * (10**places // value.denominator), 10**places)
        return Part(f"{whole}.{part:0{places}d}", 4, value, _ZERO)
    if radicand and rng.random() < 0.6:
        times = rng.randint(1, 3 + round(5 * difficulty))
        return Part(f"sqrt({radicand * times * times})", 4, _ZERO, Fraction(times))
    return Part(str(number), 4 if number > 0 else 1, Fraction(number), _ZERO)


def _within(part: Part, level: int) -> str:
    return part.text if part.binds >= level else f"({part.text})"
