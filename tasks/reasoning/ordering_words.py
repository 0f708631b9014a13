"""Words that put things in order: comparatives, superlatives, ordinals, and which end they mean.

A direction is (axis, sign): with sign 1 the first place of the order is the leftmost, oldest, most
expensive, tallest ... and with sign -1 the last. A word may belong to several axes (`faster` to
speed and to a race); a problem uses one that all its words share.
"""

from __future__ import annotations

from collections.abc import Iterable

Direction = tuple[str, int]
Directions = frozenset[Direction]

_AXES = {
    "row": ("left", "right"),
    "rank": ("above over ahead before high early soon fast quick good front top",
             "below under behind after low late slow bad back bottom rear beneath underneath"),
    "age": ("old eld senior ancient aged", "new young junior recent modern fresh"),
    "price": ("expensive costly dear pricey pricy", "cheap inexpensive affordable economical"),
    "height": ("tall high", "short low small"),
    "length": ("long", "short brief"),
    "weight": ("heavy fat weighty", "light thin"),
    "size": ("big large great huge", "small little tiny"),
    "speed": ("fast quick swift rapid speedy", "slow sluggish"),
    "time": ("early soon", "late recent"),
    "strength": ("strong powerful", "weak"),
    "wealth": ("rich wealthy", "poor"),
    "heat": ("hot warm", "cold cool chilly"),
    "light": ("bright light", "dark dim"),
    "thickness": ("thick fat", "thin slim"),
    "width": ("wide broad", "narrow"),
    "depth": ("deep", "shallow"),
    "noise": ("loud noisy", "quiet soft silent"),
    "hardness": ("hard", "soft"),
    "difficulty": ("hard difficult tough", "easy simple"),
    "mood": ("happy glad cheerful", "sad unhappy"),
    "distance": ("far distant remote", "near close"),
    "wit": ("smart clever intelligent bright wise", "dumb stupid"),
    "quality": ("good", "bad"),
    "popularity": ("popular famous", "unpopular"),
    "moisture": ("wet", "dry"),
    "fullness": ("full", "empty"),
    "sweetness": ("sweet", "sour bitter"),
}  # fmt: skip
_IRREGULAR = {
    "better": "good", "best": "good", "worse": "bad", "worst": "bad", "farther": "far",
    "farthest": "far", "further": "far", "furthest": "far", "elder": "eld", "eldest": "eld",
}  # fmt: skip
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_SHORT = ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th"]
_CARDINALS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def adjective(word: str) -> Directions:
    """Return the directions of a plain word: `expensive`, `left`, `above`; its own axis if new."""
    return _PLAIN.get(word) or frozenset({(word, 1)})


def comparative(word: str) -> Directions | None:
    """Return the directions of `older`, `newer`, `better`; None if it is no comparative."""
    if word in _IRREGULAR:
        return adjective(_IRREGULAR[word])
    return _stemmed(word, "er")


def superlative(word: str) -> Directions | None:
    """Return the directions of `oldest`, `leftmost`, `best`; None if it is no superlative."""
    if word in _IRREGULAR:
        return adjective(_IRREGULAR[word])
    if word.endswith("most") and len(word) > 4:
        stem = word[:-4]
        return _PLAIN.get(stem) or _PLAIN.get(stem.removesuffix("er"))
    return _stemmed(word, "est")


def flipped(directions: Directions) -> Directions:
    """Return the opposite directions."""
    return frozenset((axis, -sign) for axis, sign in directions)


def shared_axis(words: Iterable[Directions]) -> str | None:
    """Return the axis that all words share, or None."""
    axes: list[str] | None = None
    for directions in words:
        here = {axis for axis, _ in directions}
        axes = [a for a in (axes if axes is not None else _ordered(here)) if a in here]
    return axes[0] if axes else None


def sign_on(directions: Directions, axis: str) -> int:
    """Return the sign of a word on the axis."""
    return next(sign for a, sign in directions if a == axis)


def ordinal(word: str) -> int | None:
    """Return 1 for `first` and `1st`, up to 9."""
    for words in (_ORDINALS, _SHORT):
        if word in words:
            return words.index(word) + 1
    return None


def cardinal(word: str) -> int | None:
    """Return 1 for `one` and `1`, up to 10."""
    if word in _CARDINALS:
        return _CARDINALS.index(word) + 1
    return int(word) if word.isascii() and word.isdigit() and 0 < int(word[:3]) <= 10 else None


def _ordered(axes: set[str]) -> list[str]:
    known = [axis for axis in _AXES if axis in axes]
    return [*known, *sorted(axes - set(known))]


def _stemmed(word: str, ending: str) -> Directions | None:
    if not word.endswith(ending) or len(word) < len(ending) + 2:
        return None
    stem = word[: -len(ending)]
    return _STEMS.get(stem) or frozenset({(stem, 1)})


def _stem(word: str) -> str:
    """Return what is left of the comparative without `er`: `bigg`, `heavi`, `larg`, `old`."""
    if word.endswith("y"):
        return f"{word[:-1]}i"
    if word.endswith("e"):
        return word[:-1]
    if len(word) < 5 and word[-1] in "bdgmnpt" and word[-2] in "aeiou" and word[-3] not in "aeiou":
        return word + word[-1]
    return word


def _plain() -> dict[str, Directions]:
    found: dict[str, set[Direction]] = {}
    for axis, ends in _AXES.items():
        for words, sign in zip(ends, (1, -1), strict=True):
            for word in words.split():
                found.setdefault(word, set()).add((axis, sign))
    return {word: frozenset(directions) for word, directions in found.items()}


_PLAIN = _plain()
_STEMS = {_stem(word): directions for word, directions in _PLAIN.items()}
