"""Make equations and polynomials of degree 2 to 5 with known kinds of zeros, from a seed.

With the difficulty grow the degree, the zeros, and what has to be done first: denominators, common
factors, terms on both sides, like terms that are not combined, brackets.
"""

from __future__ import annotations

import random
from fractions import Fraction

from tasks.math.roots_parser import RootsProblem
from tasks.protocol import Split, split_seed
from tasks.splits import split_of

LETTERS = "abcdfghjkmnpqrstuvwxyz"
_SOLVE = ("Solve {e} for {v}.", "Let {e}. What is {v}?", "Find {v} such that {e}.", "{e}",
          "Determine {v}, given that {e}.", "What is {v} in {e}?")  # fmt: skip
_FACTOR = ("Factor {e}.", "Factor {e}.", "Factorise {e}")


def make_problem(seed: int, difficulty: float, split: Split) -> tuple[RootsProblem, str]:
    """Return a problem of the split and a prompt that poses it."""
    rng = random.Random(f"roots {split_seed(split, seed)} {difficulty}")
    while True:
        problem = _problem(rng, difficulty)
        if split_of(canonical(problem)) == split:
            break
    forms = _SOLVE if "=" in problem.text else _FACTOR
    return problem, rng.choice(forms).format(e=problem.text, v=problem.unknown)


def canonical(problem: RootsProblem) -> str:
    """Return the text with its unknown renamed to x."""
    return problem.text.replace(problem.unknown, "x")


def difficulty_of(problem: RootsProblem) -> float:
    """Estimate the difficulty, in [0, 1], of a problem that was not generated, from its form."""
    signs = sum(problem.text.count(sign) for sign in "+-/(")
    digits = sum(character.isdigit() for character in problem.text)
    return max(0.0, min(1.0, (signs - 2) / 16 + digits / 120))


def _problem(rng: random.Random, difficulty: float) -> RootsProblem:
    unknown = rng.choice(LETTERS)
    factors = rng.random() < 0.4
    product = [1]
    for factor in _factors(rng, difficulty, factors):
        product = _times(product, factor)
    scale = Fraction(rng.choice((1, 1, 2, 3, -1, 5, -2, 4)))
    if rng.random() < 0.9 * difficulty - 0.1:
        scale /= rng.choice((2, 3, 4, 5, 7))
    if scale == 1 and len(product) == 3 and difficulty >= 0.4:
        scale = Fraction(3)  # something has to be taken out first
    coefficients = [c * scale for c in product]
    if factors or rng.random() > difficulty:
        text = _sum(rng, _terms(coefficients, unknown), shuffles=False)
        return RootsProblem(text if factors else f"{text} = 0", unknown)
    return RootsProblem(_with_both_sides(rng, difficulty, coefficients, unknown), unknown)


def _factors(rng: random.Random, difficulty: float, rational: bool) -> list[list[int]]:
    """Return factors, rising in degree, of at least degree 2 and at most 5 together."""
    degree = min(5, 2 + (rng.random() < 0.15 + difficulty) + (rng.random() < 1.6 * difficulty - 0.5)
                 + (rng.random() < 1.6 * difficulty - 0.8))  # fmt: skip
    size = 10 + round(10 ** (1 + 1.5 * difficulty)) // 4
    found: list[list[int]] = []
    if not rational and rng.random() < 0.4:
        found.append(_quadratic(rng, difficulty))
        degree -= 2
    while degree > 0:
        zero = Fraction(rng.choice([n for n in range(-size, size + 1) if n or rng.random() < 0.5]))
        if rng.random() < 0.4 * difficulty:
            zero = Fraction(zero.numerator, rng.choice((2, 3, 4, 5, 7)))
        times = min(degree, 2 if rng.random() < 0.2 else 1)
        found += [[-zero.numerator, zero.denominator]] * times
        degree -= times
    return found


def _quadratic(rng: random.Random, difficulty: float) -> list[int]:
    """Return a quadratic that mostly has no rational zeros."""
    size = 3 + round(9 * difficulty)
    first = 1 + (rng.random() < difficulty)
    return [rng.randint(-size, size) or 1, rng.randint(-size, size), first]


def _times(a: list[int], b: list[int]) -> list[int]:
    product = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] += x * y
    return product


def _terms(coefficients: list[Fraction], unknown: str) -> list[str]:
    """Return the terms, falling in degree, such as `-5*x**2/3`."""
    terms = []
    for degree in range(len(coefficients) - 1, -1, -1):
        if value := coefficients[degree]:
            terms.append(_term(value, degree, unknown))
    return terms


def _term(value: Fraction, degree: int, unknown: str) -> str:
    power = "" if degree == 0 else unknown if degree == 1 else f"{unknown}**{degree}"
    number = abs(value.numerator)
    text = str(number) if not power else power if number == 1 else f"{number}*{power}"
    below = "" if value.denominator == 1 else f"/{value.denominator}"
    return f"{'-' if value < 0 else ''}{text}{below}"


def _sum(rng: random.Random, terms: list[str], shuffles: bool) -> str:
    if shuffles:
        rng.shuffle(terms)
    if not terms:
        return "0"
    return terms[0] + "".join(f" - {t[1:]}" if t[0] == "-" else f" + {t}" for t in terms[1:])


def _with_both_sides(
    rng: random.Random, difficulty: float, coefficients: list[Fraction], unknown: str
) -> str:
    """Write the equation with other terms added to both sides, and a term split in two."""
    left = list(coefficients)
    right = [Fraction(0)] * len(left)
    highest = len(left) - 1
    for _ in range(1 + round(3 * difficulty)):
        degree = rng.randrange(highest)
        moved = Fraction(rng.randint(-9, 9))
        left[degree] += moved
        right[degree] += moved
    if not left[highest]:
        left[highest] = coefficients[highest]
    terms = _terms(left, unknown)
    if rng.random() < difficulty:
        degree, part = rng.randrange(highest + 1), Fraction(rng.randint(1, 9))
        terms = [*_terms([*left[:degree], left[degree] - part, *left[degree + 1 :]], unknown),
                 _term(part, degree, unknown)]  # fmt: skip
    sides = (_sum(rng, terms, True), _sum(rng, _terms(right, unknown), True))
    return " = ".join(sides if rng.random() < 0.7 else sides[::-1])
