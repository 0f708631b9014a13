"""Work out a problem of `math/numbers` by one exact operation."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from tasks.math.arithmetic_state import decimal_text
from tasks.math.numbers_primes import factors, is_prime
from tasks.math.numbers_problem import NumbersPayload, number_of
from tasks.solving import TooHardError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_DIVISORS = 2000
_LONGEST = 4000  # digits of an answer


def solve(problem: NumbersPayload) -> str:
    """Return the answer's text: a number, numbers with commas between, `True` or `False`.

    Raises:
        TooHardError: if factors are too large to be found, or the answer is too long.
    """
    operation, values = problem.operation, problem.values
    if operation in ("gcd", "lcm"):
        numbers = [abs(int(value)) for value in values]
        return _whole(gcd(*numbers) if operation == "gcd" else lcm(*numbers))
    if operation == "common denominator":
        return _whole(lcm(*(number_of(value).denominator for value in values)))
    if operation in ("convert", "in base"):
        return _in_base(problem)
    if operation in ("round", "significant", "root", "digit"):
        return _rounded(problem)
    first = int(values[0])
    if operation == "divides":
        second = int(values[1])
        return str(second % first == 0 if first else second == 0)
    if operation == "remainder":
        return str(first % int(values[1]))
    if operation == "power remainder":
        return str(pow(first, int(values[1]), int(values[2])))
    if operation == "is odd":
        return str(first % 2 == 1)
    if operation == "parity":
        return "odd" if first % 2 else "even"
    if operation == "prime or composite":
        return "neither" if first < 2 else "prime" if is_prime(first) else "composite"
    if operation == "is prime":
        return str(is_prime(first))
    if operation == "is composite":
        return str(first > 3 and not is_prime(first))
    if operation in ("next prime", "previous prime"):
        return str(_neighbour(first, 1 if operation == "next prime" else -1))
    return _factors(operation, first)


def _whole(number: int) -> str:
    if number.bit_length() > _LONGEST * 3:
        raise TooHardError(f"the answer has more than {_LONGEST} digits")
    return str(number)


def _neighbour(number: int, step: int) -> int:
    """Return the nearest prime above or below a number; there must be one."""
    number = max(number, 1) + step
    while not is_prime(number):
        number += step
    return number


def _factors(operation: str, number: int) -> str:
    found = factors(number)
    if operation == "prime factors":
        return ", ".join(map(str, sorted(found))) or "none"
    if operation == "factorization":
        parts = [f"{p}^{n}" if n > 1 else str(p) for p, n in sorted(found.items())]
        return " * ".join(parts) or "1"
    if operation in ("least prime factor", "greatest prime factor"):
        return str(min(found) if operation == "least prime factor" else max(found))
    count = 1
    for times in found.values():
        count *= times + 1
    if operation == "number of divisors":
        return str(count)
    if count > _MOST_DIVISORS:
        raise TooHardError(f"{number} has {count} divisors; at most {_MOST_DIVISORS} are listed")
    divisors = [1]
    for prime, times in found.items():
        divisors = [d * prime**n for d in divisors for n in range(times + 1)]
    return ", ".join(map(str, sorted(divisors)))


def _in_base(problem: NumbersPayload) -> str:
    values = problem.values
    if problem.operation == "convert":
        return _written(_read(values[0], int(values[1])), int(values[2]))
    a, sign, b, base = values[0], values[1], values[2], int(values[3])
    x, y = _read(a, base), _read(b, base)
    return _written(x + y if sign == "+" else x - y if sign == "-" else x * y, base)


def _read(text: str, base: int) -> int:
    value = 0
    for digit in text.lstrip("-"):
        value = value * base + _DIGITS.index(digit)
    return -value if text.startswith("-") else value


def _written(number: int, base: int) -> str:
    digits = []
    rest = abs(number)
    while rest:
        rest, digit = divmod(rest, base)
        digits.append(_DIGITS[digit])
    return ("-" if number < 0 else "") + ("".join(reversed(digits)) or "0")


def _rounded(problem: NumbersPayload) -> str:
    number = number_of(problem.values[0])
    operation, second = problem.operation, problem.values[1]
    if operation == "digit":
        place = int(second)
        scaled = abs(number) / 10**place if place >= 0 else abs(number) * 10**-place
        return str(int(scaled) % 10)
    if operation == "root":
        return _root(number, int(second), number_of(problem.values[2]))
    if operation == "round":
        return decimal_text(_to_multiple(number, number_of(second)))
    if not number:
        return "0"
    leading = 0  # the place of the first digit
    while abs(number) >= Fraction(10) ** (leading + 1):
        leading += 1
    while abs(number) < Fraction(10) ** leading:
        leading -= 1
    return decimal_text(_to_multiple(number, Fraction(10) ** (leading + 1 - int(second))))


def _to_multiple(number: Fraction, unit: Fraction) -> Fraction:
    """Round to a multiple of the unit; halves away from zero."""
    times = int(abs(number) / unit + Fraction(1, 2))
    return (-times if number < 0 else times) * unit


def _root(number: Fraction, which: int, unit: Fraction) -> str:
    """Return the root to the nearest multiple of the unit, halves away from zero."""
    # root/unit + 1/2 >= t  <=>  number / unit^k * 2^k >= (2t - 1)^k
    bound = abs(number) * 2**which / unit**which
    odd = _integer_root(bound.numerator // bound.denominator, which)  # floor(2 * root / unit)
    nearest = (odd + 1) // 2 * unit
    return decimal_text(-nearest if number < 0 else nearest)


def _integer_root(number: int, which: int) -> int:
    """Return the largest whole number whose power is not above the number, by Newton's method."""
    if number < 2:
        return number
    guess = 1 << -(-number.bit_length() // which)
    while True:
        better = ((which - 1) * guess + number // guess ** (which - 1)) // which
        if better >= guess:
            return guess
        guess = better
