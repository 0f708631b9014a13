"""What a problem of `math/compare` is: numbers as they were typed, and what is asked of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from tasks.protocol import InvalidTaskError

MAX_DIGITS = 300
MAX_VALUES = 100
_DIGITS = rf"\d{{1,{MAX_DIGITS}}}"
_VALUE = re.compile(rf"-?(?:{_DIGITS}(?:\.{_DIGITS})?|\.{_DIGITS})(?:/{_DIGITS})?%?")
_ROOT = re.compile(r"(-?)sqrt\((.*)\)")
RELATIONS = (">", "<", ">=", "<=", "=", "!=")
OPERATIONS = ("biggest", "smallest", "closest", "ascending", "descending", *RELATIONS)


@dataclass(frozen=True, slots=True)
class ComparePayload:
    """One comparison.

    Attributes:
        operation: one of OPERATIONS.
        values: the numbers as text (`3`, `-1/2`, `2.5`, `50%`, `sqrt(10)`), in the order
            in which they were listed.
        letters: what names them, `(a)` and so on; the answer is then a letter; else empty.
        rank: 1 for the biggest, 2 for the second biggest, ...; 1 where there is no rank.
        target: what `closest` is close to; else empty.
    """

    operation: str
    values: tuple[str, ...]
    letters: tuple[str, ...] = ()
    rank: int = 1
    target: str = ""


def checked(payload: ComparePayload) -> ComparePayload:
    """Return the payload of a sound problem.

    Raises:
        InvalidTaskError: if a part is not what it must be.
    """
    operation, values, letters = payload.operation, payload.values, payload.letters
    if operation not in OPERATIONS:
        raise InvalidTaskError(f"no comparison {operation[:40]!r}; known: {', '.join(OPERATIONS)}")
    least, most = (2, 2) if operation in RELATIONS else (1 if payload.target else 2, MAX_VALUES)
    if not least <= len(values) <= most:
        raise InvalidTaskError(f"{len(values)} numbers to compare; {least} to {most}")
    for value in (*values, *((payload.target,) if operation == "closest" else ())):
        root = _ROOT.fullmatch(value) if operation != "closest" else None
        plain = root[2] if root else value
        if not _VALUE.fullmatch(plain) or re.search(r"/0+%?$", plain) or (root and plain[0] == "-"):
            raise InvalidTaskError(f"{value[:60]!r} is no number within the limits")
    if payload.target and operation != "closest":
        raise InvalidTaskError(f"{operation} has no target; only closest has one")
    if letters and (len(letters) != len(values) or len(set(letters)) != len(letters)
                    or not all(re.fullmatch("[a-z]", x) for x in letters)):  # fmt: skip
        raise InvalidTaskError(f"the letters {', '.join(letters)[:60]} do not name the numbers")
    if not 1 <= payload.rank <= len(values):
        raise InvalidTaskError(f"rank {payload.rank} among {len(values)} numbers")
    if payload.rank > 1 and operation not in ("biggest", "smallest"):
        raise InvalidTaskError(f"{operation} has no rank; biggest and smallest have")
    return payload


def signed_square_of(text: str) -> Fraction:
    """Return the square of a checked number or square root, with the number's sign.

    It orders numbers as they are, and is exact for roots.
    """
    root = _ROOT.fullmatch(text)
    if root:
        return -number_of(root[2]) if root[1] else number_of(root[2])
    number = number_of(text)
    return number * abs(number)


def number_of(text: str) -> Fraction:
    """Return the value of a checked number that is no root."""
    above, _, below = text.rstrip("%").partition("/")
    return Fraction(above) / int(below or 1) / (100 if text.endswith("%") else 1)
