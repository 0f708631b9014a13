"""Find a round trip in a person's or a model's text, and write one."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_CHARACTERS = 20_000  # only the end of a longer text is read
_LENGTH = re.compile(r"\b(?:length|distance|cost|total)\b\D{0,25}?(\d{1,9}(?:[.,]\d{1,3})?)", re.I)
_LINK = (
    r"\s{0,3}(?:->|→|=>|⟶|–|—|-|,|;|>|\bto\b|\bthen\b|\band\b|\s){1,3}\s{0,3}(?:city |stop |the )?"
)


def tour_text(names: Sequence[str], tour: Sequence[int], length: str) -> str:
    """Write `1 -> 3 -> 2 -> 1 (length 2389)`."""
    return f"{' -> '.join(names[city] for city in tour)} (length {length})"


def length_text(length: int, parts: int) -> str:
    """Write a length counted in parts of a unit, with two digits after the point unless whole."""
    return str(length) if parts == 1 else f"{length / parts:.2f}"


def find_answer(text: str, names: tuple[str, ...]) -> str | None:
    """Return the last sequence of all cities, with the length said after it; None without one.

    A sequence that repeats or leaves out cities is taken where no proper one is found.
    """
    plain = re.sub(r"[*`$]|\\(?:boxed|text)|[{}]", "", text[-MOST_CHARACTERS:])
    plain = re.sub(r"\\(?:right|long)?arrow|\\to\b", "->", plain.replace("\\rightarrow", "->"))
    plain = re.sub(r"[^\S\n]+", " ", plain)
    longest_first = sorted(names, key=len, reverse=True)
    name = rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})(?![\w]|\.\d)"
    number = {n.casefold(): n for n in names}
    found: list[tuple[bool, int, int, list[str]]] = []
    for run in re.finditer(rf"(?:city )?{name}(?:{_LINK}{name})+", plain, re.I):
        stops = [number[stop.casefold()] for stop in re.findall(name, run[0], re.I)]
        proper = len(set(stops)) == len(names) and len(stops) - len(names) in (0, 1)
        found.append((proper, run.start(), run.end(), stops))
    if not found:
        return None
    _, _, end, stops = max(found, key=lambda way: (way[0], way[1]))
    if len(stops) > len(names) + 1 and stops[0] == stops[len(names)]:
        stops = stops[: len(names) + 1]  # a number after the tour that looks like a city
    said = _LENGTH.search(plain, end, end + 100)
    way = " -> ".join(stops)
    return f"{way} (length {said[1].replace(',', '.')})" if said else way
