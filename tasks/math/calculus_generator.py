"""Make problems of calculus from a seed and a difficulty.

With the difficulty grow the number of terms, the letters, the order of the derivative, and what has
to be multiplied out; like terms are left uncollected.
"""

from __future__ import annotations

import random

from tasks.math.calculus_parser import CalculusProblem
from tasks.protocol import Split, split_seed
from tasks.splits import split_of

LETTERS = "abcdfghjkmnpqrstuvwxyz"
ORDINALS = ("first", "second", "third")
_DERIVATIVES = (
    "Find the {o}derivative of {e}{w}.",
    "What is the {o}derivative of {e}{w}?",
    "Find the {o}derivative of {e}{w}.",
)
_FIRST_ONLY = ("Differentiate {e}{w}.", "d/d{v} ({e})", "differentiate {e} with respect to {v}")
_INTEGRALS = ("Find the antiderivative of {e}{w}.", "Integrate {e}{w}.", "integral of {e} d{v}")
_DEFINITE = ("Integrate {e} from {v} = {lo} to {v} = {hi}.", "∫_{lo}^{hi} ({e}) d{v}")


def make_problem(seed: int, difficulty: float, split: Split) -> tuple[CalculusProblem, str]:
    """Return a problem of the split and a prompt that poses it."""
    rng = random.Random(f"calculus {split_seed(split, seed)} {difficulty}")
    while True:
        problem, letters = _problem(rng, difficulty)
        if split_of(canonical(problem)) == split:
            return problem, _prompt(rng, problem, letters)


def canonical(problem: CalculusProblem) -> str:
    """Return the problem with its letters renamed in the order of their first use."""
    names: dict[str, str] = {}
    text = "".join(
        names.setdefault(c, chr(ord("a") + len(names))) if c.isalpha() else c
        for c in f"{problem.unknown} {problem.text}"
    )
    return f"{problem.operation} {problem.order} {problem.lower} {problem.upper} {text}"


def difficulty_of(problem: CalculusProblem) -> float:
    """Estimate the difficulty, in [0, 1], of a problem that was not generated, from its form."""
    size = sum(problem.text.count(sign) for sign in "+-(*") * problem.order
    return max(0.0, min(1.0, (size - 4) / 60))


def _problem(rng: random.Random, difficulty: float) -> tuple[CalculusProblem, tuple[str, ...]]:
    unknown, *others = rng.sample(LETTERS, 3)
    several = rng.random() < 0.8 * difficulty
    letters = (unknown, *others[: 1 + (rng.random() < difficulty - 0.3)]) if several else (unknown,)
    chance = rng.random()
    operation, order, lower, upper = "derivative", 1, "", ""
    if chance < 0.25:
        operation = "integral"
        if chance < 0.12 and not several:
            start = rng.randint(-3, 3)
            lower, upper = str(start), str(start + rng.randint(1, 4))
    else:
        order += (rng.random() < 0.05 + 0.9 * difficulty) + (rng.random() < 0.8 * difficulty - 0.1)
    count = 1 + round(8 * difficulty) + rng.randint(0, 1)
    terms = [_term(rng, difficulty, letters, order) for _ in range(count)]
    if rng.random() < 0.7 * difficulty - 0.2:
        terms[rng.randrange(count)] = _product(rng, difficulty, unknown)
    text = terms[0] + "".join(
        f" - {term[1:]}" if term[0] == "-" else f" + {term}" for term in terms[1:]
    )
    return CalculusProblem(operation, text, unknown, order, lower, upper), letters


def _term(rng: random.Random, difficulty: float, letters: tuple[str, ...], order: int) -> str:
    size = 40 + round(60 * difficulty)
    number = rng.choice([n for n in range(-size, size + 1) if n])
    factors = []
    for place, letter in enumerate(letters):
        exponent = rng.randint(0, 4 + order) if place == 0 else rng.randint(0, 2)
        if exponent:
            factors.append(letter if exponent == 1 else f"{letter}**{exponent}")
    if not factors:
        return str(number)
    sign, number = ("-", -number) if number < 0 else ("", number)
    return sign + "*".join(([] if number == 1 else [str(number)]) + factors)


def _product(rng: random.Random, difficulty: float, letter: str) -> str:
    size = 2 + round(7 * difficulty)
    a, b, c, d = (rng.choice([n for n in range(-size, size + 1) if n]) for _ in range(4))
    first, second = (
        f"{u}*{letter}{w:+d}".replace("+", " + ").replace(f"{u}*{letter}-", f"{u}*{letter} - ")
        for u, w in ((abs(a), b), (abs(c), d))
    )
    return f"({first})**2" if rng.random() < 0.4 else f"({first})*({second})"


def _prompt(rng: random.Random, problem: CalculusProblem, letters: tuple[str, ...]) -> str:
    facts = {"e": problem.text, "v": problem.unknown, "lo": problem.lower, "hi": problem.upper}
    wrt = f" wrt {problem.unknown}" if len(letters) > 1 or rng.random() < 0.3 else ""
    if problem.operation == "integral":
        return rng.choice(_DEFINITE if problem.upper else _INTEGRALS).format(w=wrt, **facts)
    forms = _DERIVATIVES + (_FIRST_ONLY if problem.order == 1 else ())
    ordinal = f"{ORDINALS[problem.order - 1]} " if problem.order > 1 or rng.random() < 0.5 else ""
    return rng.choice(forms).format(o=ordinal, w=wrt, **facts)
