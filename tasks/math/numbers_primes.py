"""Primes and factors, with limits counted in steps so that a verdict never depends on the machine.

Miller-Rabin with fixed bases is a proof below 3.3 * 10^24 (Sorenson and Webster 2015); factors are
found by trial division and Brent's variant of Pollard's rho.
"""

from __future__ import annotations

from collections import Counter
from math import gcd, isqrt

from tasks.solving import TooHardError

PROVED_BELOW = 3_317_044_064_679_887_385_961_981
_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
_TRIAL = 1000
_MOST_STEPS = 400_000  # of rho for one number; finds factors of about 11 digits


def is_prime(number: int) -> bool:
    """Say whether a number is prime.

    Raises:
        TooHardError: if it passes as a prime, but is too large to be proved one.
    """
    if number < 2:
        return False
    for base in _BASES:
        if number % base == 0:
            return number == base
    if not all(_passes(number, base) for base in _BASES):
        return False
    if number >= PROVED_BELOW:
        raise TooHardError(f"numbers from {PROVED_BELOW} on are not proved to be prime here")
    return True


def factors(number: int) -> Counter[int]:
    """Return prime -> how often it divides the positive number.

    Raises:
        TooHardError: if its factors are too large to be found within the steps.
    """
    found: Counter[int] = Counter()
    for divisor in range(2, _TRIAL):
        while number % divisor == 0:
            found[divisor] += 1
            number //= divisor
    left = [number] if number > 1 else []
    steps = _MOST_STEPS
    while left:
        part = left.pop()
        if is_prime(part):
            found[part] += 1
            continue
        factor, steps = _divisor(part, steps)
        left += [factor, part // factor]
    return found


def _passes(number: int, base: int) -> bool:
    """Say whether an odd number is a strong probable prime to the base."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False


def _divisor(number: int, steps: int) -> tuple[int, int]:
    """Return a proper divisor of a composite number without small ones, and the steps left."""
    root = isqrt(number)
    if root * root == number:
        return root, steps
    for shift in range(1, 20):
        x = saved = 2
        length, product = 1, 1
        while steps > 0:
            saved = x
            for step in range(length):
                x = (x * x + shift) % number
                product = product * (saved - x) % number
                if step % 64 == 63 or step == length - 1:
                    common = gcd(product, number)
                    if common == number or product == 0:
                        break
                    if common > 1:
                        return common, steps - step
            else:
                steps -= length
                length *= 2
                continue
            factor = _slowly(number, shift, steps)
            if factor is not None:
                return factor, steps
            break
        if steps <= 0:
            break
    raise TooHardError(f"the factors of {number} are too large to be found")


def _slowly(number: int, shift: int, steps: int) -> int | None:
    """Floyd's rho, one step at a time: where Brent's took several factors at once."""
    slow = fast = 2
    for _ in range(min(steps, 100_000)):
        slow = (slow * slow + shift) % number
        fast = (fast * fast + shift) % number
        fast = (fast * fast + shift) % number
        common = gcd(slow - fast, number)
        if common == number:
            return None
        if common > 1:
            return common
    return None
