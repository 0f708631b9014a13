"""Whether a number is prime, for the grader: by other means than the solver's `numbers_primes`."""

from __future__ import annotations

from math import isqrt

_TRIAL_BELOW = 10**9


def prime(number: int) -> bool:
    """Say whether a number is prime: trial division, above 10^9 the Baillie-PSW test.

    No composite number is known that passes it, and there is none below 2^64 (Feitsma 2013).
    """
    if number < 4:
        return number in (2, 3)
    if number % 2 == 0 or number % 3 == 0:
        return False
    if number < _TRIAL_BELOW:
        return all(number % d and number % (d + 2) for d in range(5, isqrt(number) + 1, 6))
    if isqrt(number) ** 2 == number or pow(2, number - 1, number) != 1:
        return False
    return _strong_base_two(number) and _lucas(number)


def _strong_base_two(number: int) -> bool:
    power = (number - 1) // ((number - 1) & (1 - number))
    value = pow(2, power, number)
    while power != number - 1 and value not in (1, number - 1):
        value, power = value * value % number, power * 2
    return value == number - 1 or power % 2 == 1


def _lucas(number: int) -> bool:
    """Say whether an odd number, no square, is a Lucas probable prime (Selfridge's parameters)."""
    d = 5
    while (symbol := _jacobi(d, number)) != -1:
        if symbol == 0 and abs(d) % number:
            return False
        d = -d - 2 if d > 0 else -d + 2
    q = (1 - d) // 4
    u, v, power = 1, 1, q  # of index 1
    for bit in bin(number + 1)[3:]:
        u, v, power = u * v % number, (v * v - 2 * power) % number, power * power % number
        if bit == "1":
            u, v = u + v, v + d * u
            u = (u + number * (u & 1)) // 2 % number
            v = (v + number * (v & 1)) // 2 % number
            power = power * q % number
    return u == 0


def _jacobi(a: int, n: int) -> int:
    a %= n
    sign = 1
    while a:
        while a % 2 == 0:
            a //= 2
            if n % 8 in (3, 5):
                sign = -sign
        a, n = n, a
        if a % 4 == 3 and n % 4 == 3:
            sign = -sign
        a %= n
    return sign if n == 1 else 0
