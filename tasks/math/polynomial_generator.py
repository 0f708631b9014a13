"""Make problems about polynomials from a seed and a difficulty.

Seven sorts in the manner of the Mathematics Dataset and of people: expand, collect, add functions,
compose them, evaluate, a coefficient of a form, powers. More terms, brackets, names and fractions
come with the difficulty; every problem has at least one step.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tasks.math.polynomial_problem import PolynomialPayload
from tasks.math.polynomial_rewriting import moves
from tasks.math.polynomial_state import Polynomial
from tasks.protocol import Split, split_seed
from tasks.splits import split_of

LETTERS = "abcdghjkmnpqrstuvwxyz"
Problem = tuple[PolynomialPayload, str]


def make_problem(seed: int, difficulty: float, split: Split) -> Problem:
    """Return a problem of the split and a prompt that asks it."""
    rng = random.Random(f"polynomials {split_seed(split, seed)} {difficulty}")
    sort = rng.choice(_SORTS)
    while True:
        payload, prompt = sort(rng, difficulty)
        if split_of(canonical(payload)) == split:
            return payload, prompt


def canonical(payload: PolynomialPayload) -> str:
    """Return the problem with its letters renamed in the order in which they come."""
    names: dict[str, str] = {}
    text = "|".join((*payload.definitions, payload.text, payload.form, payload.wanted))
    for letter in text:
        if letter.isalpha():
            names.setdefault(letter, LETTERS[len(names) % len(LETTERS)])
    return "".join(names.get(letter, letter) for letter in text)


def difficulty_of(start: Polynomial) -> float:
    """Estimate the difficulty, in [0, 1], of a problem that was not generated, from its form."""
    size = len(moves(start)) + 3 * len(start.definitions)
    return min(1.0, size / 24)


def _expand(rng: random.Random, difficulty: float) -> Problem:
    x = _letter(rng)
    products = 1 + (rng.random() < difficulty - 0.1)
    parts = []
    for _ in range(products):
        sums = [_untidy(rng, x, difficulty, 2) for _ in range(2 + (rng.random() < difficulty / 2))]
        parts.append("*".join(f"({part})" for part in sums))
    if rng.random() < 0.2 + difficulty / 2:
        parts.append(_monomial(rng, x, 9, 3))
    text = _joined(parts)
    ask = rng.choice(("Expand {}.", "Expand {}.", "Expand and simplify {}", "Multiply out {}."))
    return PolynomialPayload(text), ask.format(text)


def _collect(rng: random.Random, difficulty: float) -> Problem:
    x = _letter(rng)
    names = [x] if rng.random() < 1 - difficulty / 2 else [x, _letter(rng, x)]
    powers = [_power(rng.choice(names), rng.randint(0, 3)) for _ in range(1 + round(difficulty))]
    powers.append(_power(x, rng.randint(1, 3)))
    size = 10 ** rng.randint(1, 2 + round(4 * difficulty))
    more = [rng.choice(powers) for _ in range(rng.randint(2, 3) + round(14 * difficulty))]
    parts = [_with_coefficient(_number(rng, size), power) for power in (*powers, *more)]
    rng.shuffle(parts)
    text = _joined(parts)
    ask = rng.choice(("Collect the terms in {}.", "Simplify {}.", "Collect like terms: {}"))
    return PolynomialPayload(text), ask.format(text)


def _add(rng: random.Random, difficulty: float) -> Problem:
    x, f, g, y, z = _letters(rng, 5)
    size = 5 + round(40 * difficulty)
    bodies = [_untidy(rng, name, difficulty, 2 + round(difficulty)) for name in (y, z)]
    definitions = (f"{f}({y}) = {bodies[0]}", f"{g}({z}) = {bodies[1]}")
    a, b = _number(rng, size), _number(rng, size)
    text = _joined([_with_coefficient(a, f"{f}({x})"), _with_coefficient(b, f"{g}({x})")])
    return _asked(rng, text, definitions)


def _compose(rng: random.Random, difficulty: float) -> Problem:
    x, f, g, y, z = _letters(rng, 5)
    outer = _tidy(rng, y, 12, 1 + (rng.random() < 0.3 + difficulty), 2)
    if rng.random() < 2 * difficulty:
        outer = _joined([outer, *(_monomial(rng, y, 20, 2) for _ in range(round(6 * difficulty)))])
    inner = _untidy(rng, z, difficulty, 1 + round(difficulty))
    return _asked(rng, f"{f}({g}({x}))", (f"{f}({y}) = {outer}", f"{g}({z}) = {inner}"))


def _evaluate(rng: random.Random, difficulty: float) -> Problem:
    f, y = _letters(rng, 2)
    if rng.random() < 2 * difficulty:
        body = _untidy(rng, y, difficulty, 2 + round(2 * difficulty))
    else:
        body = _tidy(rng, y, 9 + round(900 * difficulty**2), 2 + round(2 * difficulty), 3)
    at = str(_number(rng, 5 + round(30 * difficulty)))
    if rng.random() < 0.3 * difficulty:
        at = rng.choice(("1/2", "-3/2", "0.5", "-1.5", "2/3", "2.5"))
    definitions = [f"{f}({y}) = {body}"]
    if rng.random() < difficulty / 2:
        g, z = _letters(rng, 2, f + y)
        definitions.append(f"{g}({z}) = {_untidy(rng, z, difficulty, 2)}")
        text = rng.choice((f"{f}({at})", f"{f}({at})", f"{f}({g}({at}))", f"{f}({at}) + {g}({at})"))
    else:
        text = f"{f}({at})"
    return _asked(rng, text, tuple(definitions))


def _coefficient(rng: random.Random, difficulty: float) -> Problem:
    x = _letter(rng)
    parts = [_untidy(rng, x, difficulty, 3)]
    degree = 3
    if rng.random() < difficulty:
        first, second = (_tidy(rng, x, 6, 2, 1) for _ in range(2))
        parts.append(f"({first} - {rng.randint(1, 9)} + {rng.randint(1, 9)})*({second})")
    text = _joined(parts)
    letters = _letters(rng, degree + 1, x)
    shape = [_with_coefficient(1, _power(x, n), letters[n]) for n in range(degree + 1)]
    rng.shuffle(shape)
    form, wanted = " + ".join(shape), rng.choice(letters)
    ask = rng.choice(("Rearrange {} to the form {} and give {}.", "Express {} as {} and give {}."))
    return PolynomialPayload(text, (), form, wanted), ask.format(text, form, wanted)


def _powers(rng: random.Random, difficulty: float) -> Problem:
    x = _letter(rng)
    depth = 1 + round(2.4 * difficulty)
    text = ""
    while text.count("*") + text.count("/") < 4 + 8 * difficulty:
        parts = [_power_part(rng, x, depth, difficulty) for _ in range(2 + round(difficulty))]
        text = rng.choice("*/").join(f"({part})" for part in parts)
    ask = f"Simplify {text} assuming {x} is positive."
    return PolynomialPayload(text, positive=x), ask


_SORTS: tuple[Callable[[random.Random, float], Problem], ...] = (
    _expand,
    _collect,
    _add,
    _compose,
    _evaluate,
    _coefficient,
    _powers,
)


def _power_part(rng: random.Random, x: str, depth: int, difficulty: float) -> str:
    if not depth or rng.random() < 0.3:
        exponent = _exponent(rng, difficulty)
        return rng.choice((x, f"{x}**{exponent}" if exponent.isdigit() else f"{x}**({exponent})"))
    factors = 2 + (rng.random() < difficulty)
    text = _power_part(rng, x, depth - 1, difficulty)
    for _ in range(factors - 1):
        other = _power_part(rng, x, depth - 1, difficulty)
        text += rng.choice("*/") + (f"({other})" if "*" in other or "/" in other else other)
    return f"({text})**({_exponent(rng, difficulty)})" if rng.random() < 0.4 else text


def _exponent(rng: random.Random, difficulty: float) -> str:
    num = _number(rng, 9 + round(20 * difficulty))
    return f"{num}/{rng.randint(2, 9)}" if rng.random() < 0.2 + difficulty / 2 else str(num)


def _asked(rng: random.Random, text: str, definitions: tuple[str, ...]) -> Problem:
    ask = rng.choice(("What is {}?", "Calculate {}.", "Determine {}.", "Give {}."))
    sentences = "".join(f"Let {definition}. " for definition in definitions)
    return PolynomialPayload(text, definitions), sentences + ask.format(text)


def _tidy(rng: random.Random, x: str, size: int, terms: int, degree: int) -> str:
    """Write unlike terms in random order."""
    powers = rng.sample(range(degree + 1), min(terms, degree + 1))
    if powers == [0]:
        powers = [1]
    return _joined([_with_coefficient(_number(rng, size), _power(x, n)) for n in powers])


def _untidy(rng: random.Random, x: str, difficulty: float, terms: int) -> str:
    """Write unlike terms and one or more that are like one of them."""
    size = 6 + round(40 * difficulty)
    powers = rng.sample(range(4), min(4, terms))
    if powers == [0]:
        powers = [1]
    alike = [rng.choice(powers) for _ in range(1 + round(6 * difficulty + rng.random() - 0.5))]
    parts = [_with_coefficient(_number(rng, size), _power(x, n)) for n in (*powers, *alike)]
    rng.shuffle(parts)
    return _joined(parts)


def _monomial(rng: random.Random, x: str, size: int, degree: int) -> str:
    return _with_coefficient(_number(rng, size), _power(x, rng.randint(0, degree)))


def _with_coefficient(number: int, power: str, letter: str = "") -> str:
    if letter:
        return f"{letter}*{power}" if power else letter
    if not power:
        return str(number)
    return power if number == 1 else f"-{power}" if number == -1 else f"{number}*{power}"


def _power(x: str, n: int) -> str:
    return "" if n == 0 else x if n == 1 else f"{x}**{n}"


def _joined(parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        text += f" - {part[1:]}" if part.startswith("-") else f" + {part}"
    return text


def _number(rng: random.Random, size: int) -> int:
    return rng.choice((1, 1, -1)) * rng.randint(1, size)


def _letter(rng: random.Random, but: str = "") -> str:
    return rng.choice([letter for letter in LETTERS if letter not in but])


def _letters(rng: random.Random, count: int, but: str = "") -> list[str]:
    return rng.sample([letter for letter in LETTERS if letter not in but], count)
