"""Find the column that a text decides on, in what people and language models write."""

from __future__ import annotations

import re

MAX_CHARACTERS = 4000  # from the end of the text
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven")
_WORDS = {
    **{word: column for column, word in enumerate(ORDINALS)},
    **{word: column for column, word in enumerate(NUMBERS)},
    **{str(column + 1): column for column in range(7)},
}
_PLACES = {"left": 0, "right": 6, "centre": 3, "center": 3, "middle": 3}

_NUMBER = re.compile(
    r"\b(?:answer|move|moves|play|plays|drop|drops|choose|pick|take|column|columns|col|go|slot)\b"
    r"(?:\s|[:=*`(\"']|\b(?:is|be|at|in|into|to|on|for|with|the|a|stone|disc|piece|column|col|slot|number"
    r"|should|would)\b)*"
    r"([1-7])\b(?!\s*[.,]\d)",
    re.I,
)
_NAMED = re.compile(r"\b(?:column|col|slot)\s(" + "|".join(NUMBERS) + r")\b", re.I)
_ORDINAL = re.compile(
    r"\b([1-7](?=st\b|nd\b|rd\b|th\b)|" + "|".join(ORDINALS) + r")(?:st|nd|rd|th)?"
    r"\s(?:column|col|slot)\b",
    re.I,
)
_PLACE = re.compile(
    r"\b(?:(?:far|outer|extreme)[\s-](left|right)|(left|right)[\s-]?(?:most|edge)"
    r"|(centre|center|middle)|(left|right)[\s-](?:column|side))\b",
    re.I,
)
_EITHER = re.compile(r"\b[1-7]\s?(?:or|and|/)\s?(?:(?:in|to|the|column|col)\s){0,3}[1-7]\b", re.I)
_ALONE = re.compile(r"\W*([1-7])\W*(?:\((?:centre|center|[a-z -]{1,20})\)\W*)?", re.I)


def read_move(text: str) -> int | None:
    """Return the column (0-6) that a text decides on; None if it names none or leaves it open."""
    text = " ".join(text[-MAX_CHARACTERS:].split())
    if alone := _ALONE.fullmatch(text):
        return _WORDS[alone[1]]
    open_until = max((match.end() for match in _EITHER.finditer(text)), default=0)
    for pattern in (_NUMBER, _NAMED, _ORDINAL):
        found = [m for m in pattern.finditer(text) if m.end() > open_until]
        if found:
            return _WORDS[found[-1][1].lower()]
    if open_until:
        return None
    places = {next(filter(None, match)).lower() for match in _PLACE.findall(text)}
    if places:
        columns = {_PLACES[place] for place in places}
        return columns.pop() if len(columns) == 1 else None
    digits = set(re.findall(r"(?<![\d.])[1-7](?![\d.]*\d)", text))
    return int(digits.pop()) - 1 if len(digits) == 1 else None
