"""Words for numbers, ranks, places of digits and units of rounding, as problems use them."""

from __future__ import annotations

_COUNT_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen", "twenty",
)  # fmt: skip
_RANK_WORDS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
COUNTS = {word: number for number, word in enumerate(_COUNT_WORDS)}
RANKS = {word: number + 1 for number, word in enumerate(_RANK_WORDS)}
_SIZES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "quadrillion": 15}
_PARTS = {"tenth": -1, "hundredth": -2, "thousandth": -3, "ten thousandth": -4,
          "hundred thousandth": -5, "millionth": -6, "billionth": -9}  # fmt: skip
_STEPS = {"": 0, "one ": 0, "a ": 0, "ten ": 1, "hundred ": 2, "one hundred ": 2, "a hundred ": 2}

PLACES: dict[str, int] = {
    "unit": 0, "one": 0, "ten": 1, "one ten": 1, "hundred": 2, "one hundred": 2, "a hundred": 2,
    **{step + size: place + by for size, place in _SIZES.items() for step, by in _STEPS.items()},
    **_PARTS,
}  # fmt: skip
"""Name of a place, in the singular and with blanks -> power of ten: `ten million` -> 7."""

BASES = {"binary": 2, "ternary": 3, "octal": 8, "decimal": 10, "denary": 10, "hexadecimal": 16,
         "hex": 16, "duodecimal": 12}  # fmt: skip

COUNT = "|".join(COUNTS) + r"|\d{1,4}"
RANK = "|".join((*RANKS, "square", "cube")) + r"|\d{1,4}(?:st|nd|rd|th)"
PLACE = "|".join(sorted((name.replace(" ", "[- ]") + "s?" for name in PLACES), key=len)[::-1])
BASE = "|".join(BASES)


def count_of(word: str) -> int:
    """Return the number that one of COUNT says."""
    return COUNTS[word] if word in COUNTS else int(word)


def rank_of(word: str) -> int:
    """Return the number that one of RANK says; `square` is 2, `cube` 3."""
    if word in ("square", "cube"):
        return 2 if word == "square" else 3
    return RANKS[word] if word in RANKS else int(word[:-2])


def place_of(word: str) -> int:
    """Return the power of ten of one of PLACE."""
    word = word.replace("-", " ")
    return PLACES[word] if word in PLACES else PLACES[word.removesuffix("s")]


def power_of_ten(place: int) -> str:
    """Write a power of ten: `100`, `0.01`."""
    return f"1{'0' * place}" if place >= 0 else f"0.{'0' * (-place - 1)}1"
