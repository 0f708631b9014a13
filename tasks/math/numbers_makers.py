"""Make operation and values of `math/numbers` from the parts that a form has found in a question.

Each maker takes the groups of its form in their order; None means that the form does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tasks.math.numbers_problem import MAX_DIGITS
from tasks.math.numbers_words import (
    BASES,
    count_of,
    place_of,
    power_of_ten,
    rank_of,
)
from tasks.math.plain_text import point_decimals
from tasks.protocol import InvalidTaskError

Made = tuple[str, tuple[str, ...]]
Maker = Callable[..., Made | None]
_PREFIXES = {"0x": "16", "0o": "8", "0b": "2"}
_SIGNS = {"+": "+", "-": "-", "*": "*", "plus": "+", "minus": "-", "times": "*"}


def a_list(operation: str, whole: bool = True) -> Maker:
    """Make an operation on a list of numbers: `12, 18 and 24`."""

    def make(text: str) -> Made | None:
        values = _values(text, whole)
        return None if values is None else (operation, values)

    return make


def _values(text: str, whole: bool) -> tuple[str, ...] | None:
    """Return the numbers of a list; commas between thousands only where blanks part the list."""
    text = text.replace("(", " ").replace(")", " ").strip(" ,.;:?")
    parts = [p for p in re.split(r",? and |,? ?& ?|, +|;", text) if p.strip()]
    if len(parts) < 2:
        parts = text.split(",") if "," in text else text.split()
    form = r"-?\d+" if whole else r"-?\d+(?:\.\d+)?(?:/\d+)?"
    values = tuple(re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", p.strip()).replace(" ", "")
                   for p in parts)  # fmt: skip
    return values if len(values) > 1 and all(re.fullmatch(form, v) for v in values) else None


def integers(operation: str, turned: bool = False) -> Maker:
    """Make an operation on whole numbers, in the order of the question or `turned`."""

    def make(*texts: str) -> Made | None:
        values = tuple(_integer(text) for text in texts)
        if any(value is None for value in values):
            return None
        sound = tuple(str(value) for value in values)
        return operation, sound[::-1] if turned else sound

    return make


def _integer(text: str) -> str | None:
    text = text.rstrip(",")
    if "," in text:
        return text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+", text) else None
    return text


def parity(number: str, word: str) -> Made | None:
    """Make `is 12 odd`, `is 12 even`."""
    value = _integer(number)
    if value is None:
        return None
    return ("is odd", (value,)) if word == "odd" else ("divides", ("2", value))


def digit(place: str, number: str) -> Made:
    """Make the digit at a named place."""
    return "digit", (_decimal(number), str(place_of(place)))


def digit_last(number: str, place: str) -> Made:
    """Make the digit at a place that is named after the number."""
    return digit(place, number)


def rounding_last(nearest: str, places: str, figures: str, number: str) -> Made:
    """Make rounding where the number comes last."""
    return rounding(number, nearest, places, figures)


def _decimal(text: str) -> str:
    return point_decimals(text.rstrip(",."))


def rounding(number: str, nearest: str, places: str, figures: str) -> Made:
    """Make rounding to a unit, to decimal places or to significant figures."""
    value = _decimal(number)
    if figures:
        return "significant", (value, str(count_of(figures)))
    return "round", (value, _unit(nearest, places))


def _unit(nearest: str | None, places: str | None) -> str:
    if places:
        return power_of_ten(-min(count_of(places), MAX_DIGITS))
    if not nearest or nearest in ("integer", "whole number", "whole"):
        return "1"
    if nearest in ("half", "quarter"):
        return "1/2" if nearest == "half" else "1/4"
    return _decimal(nearest) if nearest[0].isdigit() else power_of_ten(place_of(nearest))


def _base(text: str) -> str:
    text = text.removeprefix("base ")
    return str({"two": 2, "eight": 8, "ten": 10, "sixteen": 16}.get(text, BASES.get(text, text)))


def conversion(digits: str, given: str | None, wanted: str) -> Made:
    """Make a change of base; digits without a base have base 10, or that of `0x`.

    Raises:
        InvalidTaskError: if the digits are to be written in base 10 and nothing says their own.
    """
    prefix = digits.removeprefix("-")[:2]
    if not given and prefix in _PREFIXES:  # 0xff
        return "convert", (digits.replace(prefix, ""), _PREFIXES[prefix], _base(wanted))
    if not given and _base(wanted) == "10":
        raise InvalidTaskError(
            f"{digits[:40]} is to be written in base 10, but not said to be in another one; "
            f"name its base, as in `{digits[:40]} (base 2) to base 10`"
        )
    return "convert", (digits, _base(given or "10"), _base(wanted))


def turned_conversion(given: str, digits: str, wanted: str) -> Made:
    """Make a change of base where the base comes before the digits."""
    return conversion(digits, given, wanted)


def in_base(a: str, sign: str, b: str, base: str) -> Made:
    """Make a sum or product in a base."""
    return "in base", (a, _SIGNS[sign or "+"], b, _base(base))


def base_first(base: str, a: str, sign: str, b: str) -> Made:
    """Make a sum or product in a base that is named first."""
    return in_base(a, sign, b, base)


def root(rank: str, number: str, inside: str, nearest: str, places: str) -> Made:
    """Make a rounded root: `cube root of 50`, or `sqrt(50)` as what is `inside`."""
    which = str(rank_of(rank)) if rank else "2"
    return "root", (_decimal(number or inside), which, _unit(nearest, places))


def power_root(number: str, which: str, nearest: str, places: str) -> Made:
    """Make a rounded root from a power of 1/k."""
    return "root", (_decimal(number), which, _unit(nearest, places))


def unrounded_root(rank: str, number: str, inside: str) -> Made:
    """Make a root to the nearest integer."""
    return root(rank, number, inside, "", "")


def power_remainder(base: str, exponent: str, by: str = "10") -> Made:
    """Make the remainder of a power; its last digit is that of 10."""
    return "power remainder", (base, exponent, by)
