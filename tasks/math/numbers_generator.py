"""Make problems about whole numbers, digits, rounding and bases, from a seed and a difficulty.

The difficulty is the size of the numbers: 4 digits to 12. Questions have answers that matter: half
of the primes asked for are primes, common factors are built in.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tasks.math.numbers_primes import is_prime
from tasks.math.numbers_problem import NumbersPayload, checked
from tasks.math.numbers_words import COUNTS, RANKS, power_of_ten
from tasks.protocol import Split, split_seed
from tasks.splits import split_of

Made = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Operation, values, and the prompts that ask for it."""

_NUMBER_WORDS = list(COUNTS)
_RANK_WORDS = list(RANKS)
_PLACES = ("units", "tens", "hundreds", "thousands", "ten thousands", "hundred thousands",
           "millions", "ten millions", "hundred millions", "billions", "ten billions",
           "hundred billions")  # fmt: skip


def make_problem(seed: int, difficulty: float, split: Split) -> tuple[NumbersPayload, str]:
    """Return a problem of the split, and a prompt that asks for it."""
    rng = random.Random(f"numbers {split_seed(split, seed)} {difficulty}")
    digits = 4 + round(8 * difficulty)
    while True:
        operation, values, prompts = rng.choice(_MAKERS)(rng, digits)
        payload = checked(operation, values)
        if split_of(f"{operation} {' '.join(values)}") == split:
            return payload, rng.choice(prompts)


def difficulty_of(payload: NumbersPayload) -> float:
    """Estimate the difficulty, in [0, 1], of a problem that was not generated, from its size."""
    longest = max(sum(map(str.isalnum, value)) for value in payload.values)
    return max(0.0, min(1.0, (longest - 2) / 10))


def _whole(rng: random.Random, digits: int) -> int:
    length = rng.randint(digits - 1, digits)
    return rng.randrange(10 ** (length - 1), 10**length)


def _common(rng: random.Random, digits: int) -> Made:
    shared = rng.randint(1, 10 ** max(1, digits // 2))
    a, b = (shared * rng.randint(1, 10 ** max(1, digits // 2)) for _ in range(2))
    if rng.random() < 0.5:
        word = rng.choice(("greatest common divisor", "highest common factor"))
        return "gcd", (str(a), str(b)), (f"What is the {word} of {a} and {b}?", f"gcd({a}, {b})")
    word = rng.choice(("least common multiple", "lowest common multiple"))
    return "lcm", (str(a), str(b)), (f"Calculate the {word} of {a} and {b}.", f"lcm({a}, {b})")


def _prime(rng: random.Random, digits: int) -> Made:
    number = _whole(rng, digits) | 1
    while rng.random() < 0.5 and not is_prime(number):
        number += 2
    n = str(number)
    if rng.random() < 0.5:
        return "is prime", (n,), (f"Is {n} prime?", f"Is {n} a prime number?")
    return "is composite", (n,), (f"Is {n} composite?", f"Is {n} a composite number?")


def _factors(rng: random.Random, digits: int) -> Made:
    n = str(_whole(rng, digits))
    if rng.random() < 0.7:
        prompts = (f"List the prime factors of {n}.", f"What are the prime factors of {n}?")
        return "prime factors", (n,), prompts
    return "factorization", (n,), (f"What is the prime factorization of {n}?",)


def _divides(rng: random.Random, digits: int) -> Made:
    a = rng.randint(2, 10 ** max(1, digits // 3))
    b = _whole(rng, digits)
    b -= b % a if rng.random() < 0.5 else 0
    prompts = (f"Is {a} a factor of {b}?", f"Does {a} divide {b}?", f"Is {b} a multiple of {a}?")
    return "divides", (str(a), str(b)), prompts


def _remainder(rng: random.Random, digits: int) -> Made:
    a, b = _whole(rng, digits), _whole(rng, max(2, digits - 2))
    prompts = (f"What is the remainder when {a} is divided by {b}?", f"{a} mod {b}")
    return "remainder", (str(a), str(b)), prompts


def _digit(rng: random.Random, digits: int) -> Made:
    number = str(_whole(rng, digits))
    place = rng.randrange(min(len(number), len(_PLACES)))
    return "digit", (number, str(place)), (f"What is the {_PLACES[place]} digit of {number}?",)


def _round(rng: random.Random, digits: int) -> Made:
    whole = str(rng.choice((-1, 1)) * _whole(rng, digits))
    if rng.random() < 0.5:
        place = rng.randrange(len(whole) - (whole[0] == "-"))
        unit = power_of_ten(place)
        return "round", (whole, unit), (f"Round {whole} to the nearest {unit}.",)
    places = rng.randint(0, 5)
    number = f"{whole}.{rng.randrange(10**6):06d}"
    word = rng.choice((str(places), _NUMBER_WORDS[places]))
    prompts = (f"Round {number} to {word} decimal place{'s' * (places != 1)}.",
               f"What is {number} rounded to {word} dps?")  # fmt: skip
    return "round", (number, power_of_ten(-places)), prompts


def _convert(rng: random.Random, digits: int) -> Made:
    given, wanted = rng.sample(range(2, 17), 2)
    text = _digits(rng, given, digits)
    prompts = (f"Convert {text} (base {given}) to base {wanted}.",
               f"What is {text} (base {given}) in base {wanted}?")  # fmt: skip
    return "convert", (text, str(given), str(wanted)), prompts


def _sum(rng: random.Random, digits: int) -> Made:
    base = rng.randint(2, 16)
    a, b = (_digits(rng, base, digits) for _ in range(2))
    sign = rng.choice("+-")
    return "in base", (a, sign, b, str(base)), (f"In base {base}, what is {a} {sign} {b}?",)


def _digits(rng: random.Random, base: int, digits: int) -> str:
    alphabet = "0123456789abcdef"[:base]
    rest = "".join(rng.choice(alphabet) for _ in range(rng.randint(max(1, digits - 2), digits)))
    return f"{rng.choice(('', '', '-'))}{rng.choice(alphabet[1:])}{rest}"


def _root(rng: random.Random, digits: int) -> Made:
    number, which = str(_whole(rng, digits)), rng.randint(2, 10)
    prompts = (f"What is the {_RANK_WORDS[which - 1]} root of {number} to the nearest integer?",
               f"What is {number} to the power of 1/{which}, to the nearest integer?")  # fmt: skip
    return "root", (number, str(which), "1"), prompts


_MAKERS: tuple[Callable[[random.Random, int], Made], ...] = (
    _common, _common, _prime, _factors, _divides, _remainder, _digit, _round, _convert, _sum, _root,
)  # fmt: skip
