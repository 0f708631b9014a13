"""Find the way, or the claim that there is none, in a person's or a model's text."""

from __future__ import annotations

import re

MOST_CHARACTERS = 30_000  # only the end of a longer text is read
NO_PATH = "no path"
_ARROWS = str.maketrans("↑→↓←⬆➡⬇⬅", "URDLURDL")
_WORDS = {"up": "U", "right": "R", "down": "D", "left": "L",
          "north": "U", "east": "R", "south": "D", "west": "L"}  # fmt: skip
_WORD_RUN = re.compile(
    r"\b(?:up|right|down|left|north|east|south|west)\b"
    r"(?:[\s,;>\-]{1,4}(?:then )?(?:up|right|down|left|north|east|south|west)\b)*",
    re.I,
)
_LETTER_RUN = re.compile(r"(?<![A-Za-z])[URDL](?:[ ,\-]{0,2}[URDL])*(?![A-Za-z])")
_CELL = r"[\[(]\s{0,2}\d{1,3}\s{0,2},\s{0,2}\d{1,3}\s{0,2}[\])]"
_CELL_RUN = re.compile(rf"{_CELL}(?:(?:\s{{0,2}}(?:->|→|,|;|-|to)\s{{0,2}}|\s{{1,2}})?{_CELL})+")
_SAYS = re.compile(r"\b(length|cost)\b\D{0,20}?(\d{1,6})|\b(\d{1,6}) (steps|moves)\b", re.I)
_NONE = re.compile(
    r"\bno (?:possible |valid )?(?:path|way|route|solution)\b|\bunreachable\b"
    r"|\b(?:cannot|can't|can not) be (?:reached|solved)\b|\bnot reachable\b|\bimpossible\b",
    re.I,
)


def way_text(moves: str, cost: int, weighted: bool) -> str:
    """Write `RRDL, length 4`, or `RRDL, cost 17` where cells have costs."""
    return f"{moves}, {'cost' if weighted else 'length'} {cost}"


def find_answer(text: str) -> str | None:
    """Return the last way, with the length or cost said after it, or `no path`; else None."""
    plain = text[-MOST_CHARACTERS:]
    plain = re.sub(r"[^\S\n]+", " ", re.sub(r"[*`$]", "", plain))
    ways = [(match.start(), match.end(), _letters(match[0])) for match in _WORD_RUN.finditer(plain)]
    plain = re.sub(r"([↑→↓←⬆➡⬇⬅]) ?(?=[↑→↓←⬆➡⬇⬅])", r"\1", plain)
    arrows = re.compile(r"[↑→↓←⬆➡⬇⬅]{2,}")
    ways += [(m.start(), m.end(), m[0].translate(_ARROWS)) for m in arrows.finditer(plain)]
    ways += [(m.start(), m.end(), re.sub("[^URDL]", "", m[0]))
             for m in _LETTER_RUN.finditer(plain)]  # fmt: skip
    cells = [(m.start(), m.end(), _cells(m[0])) for m in _CELL_RUN.finditer(plain)]
    nones = [match.start() for match in _NONE.finditer(plain)]
    last = max([*ways, *cells], default=None, key=lambda way: (len(way[2]) > 1, way[0]))
    if nones and (last is None or nones[-1] > last[0]):
        return NO_PATH
    if last is None:
        return None
    said = _SAYS.search(plain, last[1], last[1] + 80)
    if said is None:
        return last[2]
    what = (said[1] or "length").lower()
    return f"{last[2]}, {what} {said[2] or said[3]}"


def _letters(run: str) -> str:
    return "".join(_WORDS[word.lower()] for word in re.findall(r"[A-Za-z]+", run) if
                   word.lower() in _WORDS)  # fmt: skip


def _cells(run: str) -> str:
    numbers = re.findall(r"\d+", run)
    return " -> ".join(f"({r}, {c})" for r, c in zip(numbers[::2], numbers[1::2], strict=True))
