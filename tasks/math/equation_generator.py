"""Make linear equations with a known kind of solution, from a seed and a difficulty.

Structure grows with the difficulty: more terms, the unknown on both sides, brackets, brackets in
brackets, fractions. All numbers but one are free, the last constant is chosen so that the intended
number solves it.
"""

from __future__ import annotations

import random
from fractions import Fraction

from tasks.math.equation_state import CONSTANT, UNKNOWN, Equation, Side, equation_text
from tasks.protocol import Split, split_seed
from tasks.splits import split_of

LETTERS = "abcdghkmnpqrstuvwxyz"
SPECIAL_SHARE = 0.04  # of the tasks have no solution or every number as one
PROMPTS = (
    "Solve {e} for {v}.",
    "Solve {e} for {v}.",
    "what is {v} if {e}?",
    "Solve for {v}: {e}",
    "Find {v} if {e}.",
    "{e}",
    "Solve {e}",
)


def make_equation(seed: int, difficulty: float, split: Split) -> tuple[Equation, str, str]:
    """Return an equation of the split, its text, and a prompt that asks to solve it."""
    rng = random.Random(f"equations {split_seed(split, seed)} {difficulty}")
    while True:
        equation = _equation(rng, difficulty)
        if split_of(canonical(equation)) == split:
            break
    text = equation_text(equation)
    if rng.random() < 0.35:
        text = _with_signs(text, equation.unknown)
    return equation, text, rng.choice(PROMPTS).format(e=text, v=equation.unknown)


def canonical(equation: Equation) -> str:
    """Return the equation's text with its unknown renamed to x."""
    return equation_text(equation._replace(unknown="x"))


def difficulty_of(equation: Equation) -> float:
    """Estimate the difficulty, in [0, 1], of an equation that was not generated, from its form."""
    size = sum(_weight(side) for side in (equation.left, equation.right))
    return max(0.0, min(1.0, (size - 3) / 16))


def _weight(side: Side) -> float:
    return sum(
        1 + 0.5 * (den != 1) + (0 if isinstance(body, int) else 1 + _weight(body))
        for _, den, body in side
    )


def _equation(rng: random.Random, difficulty: float) -> Equation:
    sides: tuple[list[Side], list[Side]] = ([], [])
    both_sides = rng.random() < 0.2 + 1.2 * difficulty
    unknowns = 1 + both_sides + (rng.random() < difficulty) + (rng.random() < difficulty - 0.5)
    constants = 1 + (rng.random() < 0.3 + difficulty) + (rng.random() < difficulty - 0.3)
    brackets = sum(rng.random() < difficulty * share for share in (1.1, 0.7, 0.4))
    first = rng.randrange(2)
    for number in range(unknowns - (brackets > 0 and unknowns > 1)):
        sides[(first + number) % 2 if both_sides else first].append(
            ((*_coefficient(rng, difficulty), UNKNOWN),)
        )
    for _ in range(brackets):
        depth = 2 if rng.random() < 0.6 * difficulty - 0.15 else 1
        sides[rng.randrange(2) if both_sides else first].append(_bracket(rng, difficulty, depth))
    for _ in range(constants):
        sides[rng.randrange(2)].append(((*_coefficient(rng, difficulty), CONSTANT),))
    left, right = (_shuffled(rng, side) for side in sides)
    left, right = _balanced(rng, difficulty, left, right)
    return Equation(rng.choice(LETTERS), left, right)


def _balanced(rng: random.Random, difficulty: float, left: Side, right: Side) -> tuple[Side, Side]:
    """Add what the intended solution needs: a constant, or an unknown that cancels all others."""
    slope, offset = (a - b for a, b in zip(_line(left), _line(right), strict=True))
    special = rng.random() < SPECIAL_SHARE
    if special and slope:
        right = (*right, (slope.numerator, slope.denominator, UNKNOWN))
    elif not special and not slope:
        left = (*left, (1, 1, UNKNOWN))
        slope = Fraction(1)
    if special:
        offset += rng.choice((0, 0, 0, *range(1, 9)))
    elif rng.random() < 0.25 * difficulty:
        return left, right  # whatever rational number solves it
    else:
        offset += slope * _solution(rng, difficulty)
    if offset:
        constant = (offset.numerator, offset.denominator, CONSTANT)
        parts: list[Side] = [(constant,), *((term,) for term in right)]
        right = _shuffled(rng, parts)
    return left, right


def _solution(rng: random.Random, difficulty: float) -> Fraction:
    size = 6 + round(14 * difficulty)
    if rng.random() < 0.5 * difficulty - 0.15:
        return Fraction(rng.randint(-size, size), rng.choice((2, 3, 4, 5)))
    return Fraction(rng.choice([n for n in range(-size, size + 1) if n]))


def _line(side: Side) -> tuple[Fraction, Fraction]:
    """Return slope and offset of a sum as a function of the unknown."""
    slope = offset = Fraction(0)
    for num, den, body in side:
        factor = Fraction(num, den)
        a, b = (body, 1 - body) if isinstance(body, int) else _line(body)
        slope += factor * a
        offset += factor * b
    return slope, offset


def _bracket(rng: random.Random, difficulty: float, depth: int) -> Side:
    inner: list[Side] = [
        ((*_coefficient(rng, difficulty / 2), UNKNOWN),),
        ((*_coefficient(rng, difficulty / 2), CONSTANT),),
    ]
    if depth > 1:
        inner[rng.randrange(2)] = _bracket(rng, difficulty, depth - 1)
    return ((*_coefficient(rng, difficulty), _shuffled(rng, inner)),)


def _coefficient(rng: random.Random, difficulty: float) -> tuple[int, int]:
    size = 9 + round(11 * difficulty)
    num = rng.choice([n for n in range(-size, size + 1) if n])
    if rng.random() < 0.7 * difficulty - 0.35:
        fraction = Fraction(num, rng.choice((2, 3, 4, 5, 6)))
        return fraction.numerator, fraction.denominator
    return num, 1


def _shuffled(rng: random.Random, terms: list[Side]) -> Side:
    rng.shuffle(terms)
    return tuple(term for part in terms for term in part)


def _with_signs(text: str, unknown: str) -> str:
    """Write products with a star, as in `3*x + 2*(x - 1)`."""
    for thing in (unknown, "("):
        for digit in "0123456789":
            text = text.replace(f"{digit}{thing}", f"{digit}*{thing}").replace(
                f"{digit} {thing}", f"{digit}*{thing}"
            )
    return text
