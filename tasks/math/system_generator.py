"""Make systems of two linear equations from a seed and a difficulty.

Structure grows with the difficulty: from equations that name one unknown each over standard form to
terms on both sides, several of a kind, brackets and fractions. The constants are chosen so that the
intended numbers solve both.
"""

from __future__ import annotations

import random
from fractions import Fraction

from tasks.math.equation_state import CONSTANT, Side, reduced
from tasks.math.system_prompts import Request
from tasks.math.system_state import FIRST, SECOND, Line, System, line_text, outcome
from tasks.protocol import Split, split_seed
from tasks.splits import split_of

LETTERS = "abcdghkmnpqrstuvwxyz"
SPECIAL_SHARE = 0.05  # of the tasks have no solution or infinitely many
PROMPTS = (
    ("Solve {e}, {f} for {a}.", 1),
    ("Solve {e}, {f} for {a}.", 1),
    ("Solve {e}, {f} for {a} and {b}.", 2),
    ("What is {a} if {e} and {f}?", 1),
    ("Find {a} and {b}: {e}, {f}", 2),
    ("{e}, {f}", 2),
    ("Solve the system {e}; {f}", 2),
)
Values = tuple[Fraction, Fraction]


def make_system(seed: int, difficulty: float, split: Split) -> tuple[Request, str]:
    """Return a system of the split and a prompt that asks to solve it; some rewriting is left."""
    rng = random.Random(f"equations_system {split_seed(split, seed)} {difficulty}")
    while True:
        lines = _lines(rng, difficulty)
        prompt, count = rng.choice(PROMPTS)
        asked = (FIRST, SECOND) if count == 2 else (rng.choice((FIRST, SECOND)),)
        if split_of(" ".join(line_text(line, ("x", "y")) for line in lines)) != split:
            continue
        if outcome(System(("x", "y"), asked, lines)) == "open":
            break
    first, second = sorted(rng.sample(LETTERS, 2))
    unknowns = (first, second)
    texts = [line_text(line, unknowns) for line in lines]
    if rng.random() < 0.5:
        texts = [_with_signs(text, unknowns) for text in texts]
    names = [unknowns[body - 1] for body in asked]
    said = prompt.format(e=texts[0], f=texts[1], a=names[0], b=names[-1])
    return Request(texts[0], texts[1], first + second, "".join(names)), said


def difficulty_of(lines: tuple[Line, Line]) -> float:
    """Estimate the difficulty, in [0, 1], of a system that was not generated, from its form."""
    size = sum(_weight(side) for line in lines for side in line)
    return max(0.0, min(1.0, (size - 5) / 18))


def _weight(side: Side) -> float:
    return sum(
        1 + 0.5 * (den != 1) + (0 if isinstance(body, int) else 1 + _weight(body))
        for _, den, body in side
    )


def _lines(rng: random.Random, difficulty: float) -> tuple[Line, Line]:
    values = (_value(rng, difficulty), _value(rng, difficulty))
    special = rng.random() < SPECIAL_SHARE
    while True:
        rows = [_coefficients(rng, difficulty), _coefficients(rng, difficulty)]
        (a, b), (c, d) = rows
        if special and a and b:
            factor = rng.choice((-3, -2, -1, 1, 2, 3))
            rows[1] = (factor * a, factor * b)
            break
        if a * d - b * c and (a or c) and (b or d):
            break
    shift = rng.choice((0, *range(1, 7))) if special else 0
    first = _line(rng, difficulty, rows[0], values, 0)
    return first, _line(rng, difficulty, rows[1], values, shift)


def _value(rng: random.Random, difficulty: float) -> Fraction:
    size = 5 + round(15 * difficulty)
    if rng.random() < 0.4 * difficulty - 0.2:
        return Fraction(rng.randint(-size, size), rng.choice((2, 3, 4, 5)))
    return Fraction(rng.randint(-size, size))


def _coefficients(rng: random.Random, difficulty: float) -> tuple[int, int]:
    size = 3 + round(9 * difficulty)
    a, b = (rng.choice([n for n in range(-size, size + 1) if n]) for _ in range(2))
    bare = 0.6 - 1.2 * difficulty
    if rng.random() < bare:
        return (a, 0) if rng.random() < 0.5 else (0, b)
    if rng.random() < bare:
        return (1, b) if rng.random() < 0.5 else (a, 1)
    return a, b


def _line(
    rng: random.Random, difficulty: float, row: tuple[int, int], values: Values, shift: int
) -> Line:
    """Spread the terms of `a x + b y = c` over both sides, some of them in parts."""
    sides: tuple[list[Side], list[Side]] = ([], [])
    total = Fraction(shift)
    for body, coefficient in ((FIRST, row[0]), (SECOND, row[1])):
        left = Fraction(coefficient)
        total += left * values[body - 1]
        if left and rng.random() < 0.9 * difficulty - 0.2:
            part = Fraction(rng.choice([n for n in range(-9, 10) if n]))
            sides[rng.randrange(2)].append(((part.numerator, 1, body),))
            left += -part if sides[0] and sides[0][-1][0][2] == body else part
        if left:
            sides[0].append((reduced(left.numerator, left.denominator, body),))
    if rng.random() < 0.8 * difficulty - 0.1:
        total += _add_bracket(rng, difficulty, sides, values)
    if rng.random() < 0.9 * difficulty - 0.1:
        number = rng.choice([n for n in range(-20, 21) if n])
        sides[0].append(((number, 1, CONSTANT),))
        total += number
    if rng.random() < 0.3 + 0.4 * difficulty and len(sides[0]) > 1:
        num, den, moved = sides[0].pop(0)[0]
        sides[1].append(((-num, den, moved),))
    if total:
        sides[1].append(((total.numerator, total.denominator, CONSTANT),))
    line = Line(*(_shuffled(rng, side) for side in sides))
    return Line(line.right, line.left) if rng.random() < 0.3 else line


def _add_bracket(
    rng: random.Random, difficulty: float, sides: tuple[list[Side], list[Side]], values: Values
) -> Fraction:
    """Add a bracket to the left side; returns its value at the intended numbers."""
    body = rng.choice((FIRST, SECOND))
    size = 3 + round(6 * difficulty)
    inner = rng.choice([n for n in range(-size, size + 1) if n])
    number = rng.choice([n for n in range(-9, 10) if n])
    factor = Fraction(rng.choice([n for n in range(-size, size + 1) if n]))
    if rng.random() < 0.4 * difficulty - 0.15:
        factor /= rng.choice((2, 3, 4))
    bracket: Side = ((inner, 1, body), (number, 1, CONSTANT))
    sides[0].append(((factor.numerator, factor.denominator, bracket),))
    return factor * (inner * values[body - 1] + number)


def _shuffled(rng: random.Random, terms: list[Side]) -> Side:
    rng.shuffle(terms)
    return tuple(term for part in terms for term in part)


def _with_signs(text: str, unknowns: tuple[str, str]) -> str:
    """Write products with a star, as in `3*x + 2*(x - 1)`."""
    for thing in (*unknowns, "("):
        for digit in "0123456789":
            text = text.replace(f"{digit}{thing}", f"{digit}*{thing}").replace(
                f"{digit} {thing}", f"{digit}*{thing}"
            )
    return text
