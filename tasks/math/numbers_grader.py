"""Judge answers of `math/numbers` by properties that only the right answer has.

Independent of how answers are worked out elsewhere: multiplying back, subtractive common factors,
trial division and the Baillie-PSW test, Python's own reading of bases, digits by their place.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import isqrt

from tasks.protocol import Answer, Task, Verdict

_TRUTH = re.compile(r"(true|yes|false|no)\b", re.I)
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?|-?\.\d+)(?:/(\d+))?")
_WORDS = {"parity": ("odd", "even"), "prime or composite": ("prime", "composite", "neither")}
_LONGEST = 4200
_TRIAL_BELOW = 10**9
_LONGEST_GAP = 5000  # between primes; those of 25 digits lie nearer


def grade(task: Task, answer: Answer) -> Verdict:
    """Pass an answer iff it has the properties that the question asks for."""
    operation, values = task.payload.operation, task.payload.values
    text = answer.text.strip().rstrip(".").translate(str.maketrans("−–", "--"))
    if len(text) > 4 * _LONGEST:
        return Verdict(False, 0.0, f"an answer of {len(text)} characters is too long")
    reads = readable(operation, text)
    if not reads:
        return Verdict(False, 0.0, f"no answer found in {text[:80]!r}")
    passed = _holds(operation, values, text)
    said = "is right" if passed else "is not right"
    return Verdict(passed, float(passed), f"{text[:60]} {said} for {operation} of {_shown(values)}")


def readable(operation: str, text: str) -> bool:
    """Say whether a text has the form of an answer to the operation."""
    if re.search(rf"\d{{{_LONGEST}}}", text):
        return False
    if operation in ("is prime", "is composite", "divides", "is odd"):
        return _TRUTH.match(text) is not None
    if operation in _WORDS:
        return text.lower() in _WORDS[operation]
    if operation in ("convert", "in base"):
        return re.fullmatch(r"-?(?=[0-9a-z]*\d|[a-z]{1,6}$)[0-9a-z]+", text, re.I) is not None
    if operation in ("prime factors", "divisors"):
        return text == "none" or _listed(text) is not None
    if operation == "factorization":
        return _product(text) is not None
    return _number(text) is not None


def _holds(operation: str, values: tuple[str, ...], text: str) -> bool:
    if operation in ("is prime", "is composite", "divides", "is odd"):
        match = _TRUTH.match(text)
        return match is not None and (match[1].lower() in ("true", "yes")) == _truth(
            operation, [int(value) for value in values]
        )
    if operation == "parity":
        return text.lower() == ("odd" if values[0][-1] in "13579" else "even")
    if operation == "prime or composite":
        asked = int(values[0])
        return text.lower() == ("neither", "composite", "prime")[(asked > 1) + prime(asked)]
    if operation in ("convert", "in base"):
        return _same_in_base(operation, values, text.lower())
    if operation in ("prime factors", "divisors", "factorization"):
        return _lists_factors(operation, int(values[0]), text)
    number = _number(text)
    assert number is not None
    if operation in ("round", "significant", "root", "digit"):
        return _rounds(operation, values, number)
    if number.denominator != 1:
        return False
    return _is_whole_answer(operation, values, int(number))


def _is_whole_answer(operation: str, values: tuple[str, ...], answer: int) -> bool:
    if operation == "remainder":
        number, by = int(values[0]), int(values[1])
        return 0 <= answer < by and (number - answer) % by == 0
    if operation == "power remainder":
        return answer == _power_remainder(*(int(value) for value in values))
    if operation == "number of divisors":
        return answer == _count_divisors(int(values[0]))
    if operation in ("least prime factor", "greatest prime factor"):
        return _is_outer_factor(int(values[0]), answer, operation == "least prime factor")
    if operation in ("next prime", "previous prime"):
        return _is_neighbour(int(values[0]), answer, operation == "next prime")
    if operation == "common denominator":
        return _is_multiple([Fraction(value).denominator for value in values], answer)
    numbers = [abs(int(value)) for value in values]
    if operation == "lcm":
        return _is_multiple(numbers, answer)
    if not any(numbers):
        return answer == 0
    if answer < 1 or any(number % answer for number in numbers):
        return False
    rest = 0
    for number in numbers:
        rest = _common(rest, number // answer)
    return rest == 1


def _is_neighbour(number: int, answer: int, above: bool) -> bool:
    """Say whether the answer is a prime, and none lies between it and the number."""
    first, last = (max(number, 1), answer) if above else (answer, number)
    if not 0 < last - first <= _LONGEST_GAP or not prime(answer):
        return False
    return not any(prime(between) for between in range(first + 1, last))


def _is_outer_factor(number: int, answer: int, least: bool) -> bool:
    """Say whether the answer is the least (or greatest) prime that divides the number."""
    if answer < 2 or number % answer or not prime(answer):
        return False
    found, rest, divisor = {answer}, number, 2
    while divisor**2 <= rest and divisor < 300_000:
        while rest % divisor == 0:
            found.add(divisor)
            rest //= divisor
        divisor += 1
    while rest % answer == 0:
        rest //= answer
    if rest > 1 and prime(rest):
        found.add(rest)
    elif rest > 1 and not (least and answer < divisor):
        return False  # its factors cannot be told here; no answer passes
    return answer == (min(found) if least else max(found))


def _is_multiple(numbers: list[int], answer: int) -> bool:
    """Say whether the answer is the least positive number that all divide."""
    if 0 in numbers:
        return answer == 0
    if answer < 1 or any(answer % number for number in numbers):
        return False
    rest = 0
    for number in numbers:
        rest = _common(rest, answer // number)
    return rest == 1


def _common(a: int, b: int) -> int:
    """Return the greatest common divisor by halving and subtracting (Stein 1967)."""
    if not a or not b:
        return a or b
    twos = 0
    while not (a | b) & 1:
        a, b, twos = a >> 1, b >> 1, twos + 1
    while not a & 1:
        a >>= 1
    while b:
        while not b & 1:
            b >>= 1
        a, b = min(a, b), abs(a - b)
    return a << twos


def _truth(operation: str, values: list[int]) -> bool:
    if operation == "divides":
        return values[1] == 0 or (
            values[0] != 0 and values[1] // values[0] * values[0] == values[1]
        )
    if operation == "is odd":
        return str(values[0])[-1] in "13579"
    return prime(values[0]) if operation == "is prime" else values[0] > 3 and not prime(values[0])


def _lists_factors(operation: str, number: int, text: str) -> bool:
    if operation == "factorization":
        parts = _product(text) or []
        product = 1
        for base, exponent in parts:
            if exponent > number.bit_length() or (base != 1 and not prime(base)):
                return False
            product *= base**exponent
        return product == number and (number == 1 or all(base != 1 for base, _ in parts))
    listed = [] if text == "none" else _listed(text) or []
    if len(set(listed)) != len(listed):
        return False
    if operation == "divisors":
        return all(d > 0 and number % d == 0 for d in listed) and len(listed) == _count_divisors(
            number
        )
    for factor in listed:
        if factor < 2 or number % factor or not prime(factor):
            return False
        while number % factor == 0:
            number //= factor
    return number == 1


def _power_remainder(base: int, exponent: int, by: int) -> int:
    """Square and multiply from the highest bit of the exponent."""
    value = 1 % by
    for bit in bin(exponent)[2:]:
        value = value * value * (base if bit == "1" else 1) % by
    return value


def _count_divisors(number: int) -> int:
    """Count divisors from the prime factors below the cube root and what is left then."""
    count, rest, divisor = 1, number, 2
    while divisor**3 <= rest and divisor < 300_000:
        times = 0
        while rest % divisor == 0:
            rest, times = rest // divisor, times + 1
        count *= times + 1
        divisor += 1
    if divisor**3 <= rest:
        return -1  # cannot be counted here; no answer passes
    if rest == 1:
        return count
    if prime(rest):
        return count * 2
    return count * (3 if isqrt(rest) ** 2 == rest else 4)


def _same_in_base(operation: str, values: tuple[str, ...], text: str) -> bool:
    try:
        if operation == "convert":
            return int(text, int(values[2])) == int(values[0], int(values[1]))
        a, sign, b, base = values[0], values[1], values[2], int(values[3])
        x, y = int(a, base), int(b, base)
        return int(text, base) == (x + y if sign == "+" else x - y if sign == "-" else x * y)
    except ValueError:  # a digit that the base does not have
        return False


def _rounds(operation: str, values: tuple[str, ...], answer: Fraction) -> bool:
    number = Fraction(values[0])
    if operation == "digit":
        whole, _, part = _expanded(abs(number)).partition(".")
        place = int(values[1])
        digits = whole[::-1] if place >= 0 else part
        index = place if place >= 0 else -place - 1
        return answer == (int(digits[index]) if index < len(digits) else 0)
    if operation == "root":
        which, unit = int(values[1]), Fraction(values[2])
        if (answer < 0) != (number < 0) and answer and number:
            return False
        size = abs(answer)
        below = max(Fraction(0), size - unit / 2)
        near = below**which <= abs(number) < (size + unit / 2) ** which
        return near and (size / unit).denominator == 1
    unit = Fraction(values[1]) if operation == "round" else _last_figure(number, int(values[1]))
    if not unit:
        return answer == 0
    if (answer / unit).denominator != 1:
        return False
    gap = abs(number) - abs(answer)
    return -unit / 2 <= gap < unit / 2 and (answer == 0 or (answer < 0) == (number < 0))


def _last_figure(number: Fraction, figures: int) -> Fraction:
    """Return the unit of the last significant figure; 0 for the number 0."""
    if not number:
        return Fraction(0)
    whole, _, part = _expanded(abs(number), 700).partition(".")
    if whole.strip("0"):
        leading = len(whole.lstrip("0")) - 1
    else:
        leading = -(len(part) - len(part.lstrip("0")) + 1)
    return Fraction(10) ** (leading + 1 - figures)


def _expanded(number: Fraction, places: int = 400) -> str:
    """Write out a number's digits, cut after some places."""
    scaled = str(number.numerator * 10**places // number.denominator).rjust(places + 1, "0")
    return f"{scaled[:-places]}.{scaled[-places:]}"


def _number(text: str) -> Fraction | None:
    text = re.sub(r"(?<=\d),(?=\d{3}(?:,\d{3})*(?:\D|$))", "", text)
    match = _NUMBER.fullmatch(text.replace(" ", "") if text.count(" ") < 3 else "x")
    if match is None or re.search(r"\d \d", text) or (match[2] and not int(match[2])):
        return None
    return Fraction(match[1]) / int(match[2] or 1)


def _listed(text: str) -> list[int] | None:
    parts = re.split(r" ?, and |,? and | ?, ?", text.strip("{}[] "))
    return [int(part) for part in parts] if all(re.fullmatch(r"\d+", p) for p in parts) else None


def _product(text: str) -> list[tuple[int, int]] | None:
    parts = re.split(r"[*x]", re.sub(r"\s|[{}]", "", text.replace("**", "^")))
    matches = [re.fullmatch(r"\(?(\d+)(?:\^(\d{1,4}))?\)?", part) for part in parts]
    if not all(matches):
        return None
    return [(int(m[1]), int(m[2] or 1)) for m in matches if m is not None]


def _shown(values: tuple[str, ...]) -> str:
    text = ", ".join(values)
    return text if len(text) <= 80 else text[:77] + "..."


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
