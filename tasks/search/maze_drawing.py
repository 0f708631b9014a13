"""Find the drawing of a maze in a text, and turn its marks into rows of `#` and `.`.

Drawings are lines of one character a cell, or with a blank between cells; lists of quoted rows or
of numbers; or rows joined by slashes. Which mark means what may be said in a legend.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

FEWEST_ROWS, FEWEST_COLUMNS = 2, 2
WALLS = "#█■▓▒▉⬛xX*%@|W"
FREE = ".·_ □░▢⬜-oO,:"
STARTS, GOALS = "SsA", "GgEeFB"
_MARKS = frozenset(WALLS + FREE + STARTS + GOALS + "0123456789")
_QUOTED = re.compile(r"[\"']([^\"'\n]{2,64})[\"']")
_NUMBERS = re.compile(r"\[\s*\d(?:\s*,\s*\d)+\s*\]")
_SLASHED = re.compile(r"(?:[#.SGEsge0-9]{2,64}/)+[#.SGEsge0-9]{2,64}")
_ONE_ROW = re.compile(r"(?=.{3})[#.]*(?:S[#.]*[GE]|[GE][#.]*S)[#.]*")
_TABLE_RULE = re.compile(r"^ *\|(?: *:?-+:? *\|)+ *$", re.M)
_TABLE_ROW = re.compile(r" *\|(?: *[^\s|] *\|)+ *")
_MEANINGS = {
    "wall": r"walls?|blocked(?: cells?)?|blocks?|obstacles?|impassable|closed|rocks?",
    "free": r"open(?: cells?| spaces?)?|free(?: cells?| spaces?)?|empty(?: cells?| spaces?)?"
    r"|paths?|passages?|floors?|corridors?|walkable|passable|clear",
    "start": r"starts?(?:ing)?(?: (?:point|cell|position))?|entrance|you|me|beginning",
    "goal": r"goals?|ends?|exit|finish|target|destination|out",
}
_NAMED = {"dot": ".", "dots": ".", "hash": "#", "hashes": "#", "space": " ", "spaces": " ",
          "blank": " ", "blanks": " ", "asterisk": "*", "asterisks": "*", "period": ".",
          "periods": ".", "underscore": "_"}  # fmt: skip
_MARK = (
    r"(?P<{0}>dots?|hash(?:es)?|spaces?|blanks?|asterisks?|periods?|underscore|[^\s\w]|[sgexaobf@])"
)
_IS = r"\s*(?:=|:|is|are|marks?|means?|denotes?|represents?|for|stands? for|->)?\s*(?:the |an? )?"
_LEGEND = {
    meaning: re.compile(
        rf"(?<![\w'])[\"'`]?{_MARK.format('a')}[\"'`]?s?{_IS}(?:{words})\b"
        rf"|\b(?:{words})\s*(?:=|:|is|are|marked(?: as| with| by)?|shown as)?\s*\(?[\"'`]?"
        rf"{_MARK.format('b')}[\"'`]?\)?(?![\w'])"
    )
    for meaning, words in _MEANINGS.items()
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """Rows of equal length as they were drawn, and the text around them."""

    rows: tuple[str, ...]
    words: str

    def marked(
        self, legend: Mapping[str, str]
    ) -> tuple[tuple[str, ...], tuple[int, int] | None, tuple[int, int] | None]:
        """Return rows of `#`, `.` and unknown marks, start and goal where they are drawn."""
        meaning = dict.fromkeys(WALLS, "#") | dict.fromkeys(FREE, ".")
        start, goal = self._one_of(STARTS, legend, "start"), self._one_of(GOALS, legend, "goal")
        if start is not None and not self._one_of("Ss", legend, "start") and goal is None:
            start = None  # an A without a B is no start
        meaning |= {mark: {"wall": "#", "free": "."}[what] for mark, what in legend.items()
                    if what in ("wall", "free")}  # fmt: skip
        rows = [[meaning.get(mark, mark) for mark in row] for row in self.rows]
        for cell in (start, goal):
            if cell is not None:
                rows[cell[0]][cell[1]] = "."
        return tuple(map("".join, rows)), start, goal

    def digits(
        self,
    ) -> tuple[tuple[str, ...], tuple[int, int] | None, tuple[int, int] | None]:
        """Return rows of digits, start and goal where they are drawn; such a cell costs 1."""
        start, goal = self._one_of("S", {}, "start"), self._one_of("GE", {}, "goal")
        return tuple(re.sub("[SGE]", "1", row) for row in self.rows), start, goal

    def _one_of(
        self, marks: str, legend: Mapping[str, str], meaning: str
    ) -> tuple[int, int] | None:
        """Return the only cell with such a mark; a mark of the legend counts before others."""
        named = [mark for mark, what in legend.items() if what == meaning]
        for group in (named, *marks):
            cells = [(r, c) for r, row in enumerate(self.rows) for c, mark in enumerate(row)
                     if mark in group or (group is named and mark.lower() in group)]  # fmt: skip
            if len(cells) == 1 and (legend.get(self.rows[cells[0][0]][cells[0][1]], meaning)
                                    == meaning):  # fmt: skip
                return cells[0]
        return None


def split_off_drawing(text: str) -> Drawing | None:
    """Return the only drawing of a text; None if there is none, or more than one."""
    text = _without_table(text)
    for pattern in (_QUOTED, _NUMBERS):
        found = pattern.findall(text)
        if len(found) >= FEWEST_ROWS:
            listed = tuple(re.sub(r"\D", "", f) if pattern is _NUMBERS else f for f in found)
            if _fits(listed):
                return Drawing(listed, re.sub(r"\[[\s,]*\]", " ", pattern.sub(" ", text)))
    if "\n" not in text:
        slashed = _SLASHED.findall(text)
        if len(slashed) != 1 or not _fits(rows := tuple(slashed[0].split("/"))):
            return None
        return Drawing(rows, text.replace(slashed[0], " "))
    lines = [line.rstrip("\r") for line in text.split("\n") if not line.strip().startswith("```")]
    best: tuple[int, int] = (0, 0)
    begin = None
    for place, line in enumerate([*lines, "end of the text"]):
        if _is_row(line):
            begin = place if begin is None else begin
        elif begin is not None:
            if place - begin > best[1] - best[0]:
                best = (begin, place)
            begin = None
    block = _squared(lines[best[0] : best[1]])
    if block is None:
        return None
    return Drawing(block, "\n".join([*lines[: best[0]], *lines[best[1] :]]))


def _without_table(text: str) -> str:
    """Write the rows of a Markdown table of single marks without bars; drop its head if empty."""
    if not _TABLE_RULE.search(text):
        return text
    lines = []
    for line in text.split("\n"):
        if _TABLE_ROW.fullmatch(line):
            line = line.replace("|", "").replace(" ", "")
        elif _TABLE_RULE.fullmatch(line) or not line.strip(" |\t\r"):
            continue
        lines.append(line)
    return "\n".join(lines)


def legend_of(words: str) -> tuple[dict[str, str], str]:
    """Return what marks are said to mean (`wall`, `free`, `start`, `goal`), and the words left."""
    legend: dict[str, str] = {}
    for meaning, pattern in _LEGEND.items():
        for match in list(pattern.finditer(words))[:4]:
            mark = match["a"] or match["b"]
            legend.setdefault(_NAMED.get(mark, mark), meaning)
    return legend, re.sub(r"[^\w\s'(),\[\]:=>.-]", " ", words)


def _is_row(line: str) -> bool:
    """Say whether a line is nothing but marks, and not a word such as `see`."""
    body = line.strip()
    if len(line) < FEWEST_COLUMNS or not body or not _MARKS.issuperset(line):
        return False
    return sum(mark.isalpha() and mark not in "xXWoO" for mark in body) <= 2


def _squared(lines: list[str]) -> tuple[str, ...] | None:
    """Take away indentation and blanks between cells; fill up rows that lost blanks at the end."""
    if len(lines) < FEWEST_ROWS:
        one = lines[0].strip() if lines else ""
        return (one,) if _ONE_ROW.fullmatch(one) else None
    indent = min(len(line) - len(line.lstrip(" ")) for line in lines)
    rows = [line[indent:] for line in lines]
    stripped = [row.strip() for row in rows]
    alike = len({len(row) for row in stripped}) == 1
    if alike and all(
        len(row) % 2 and not row[1::2].strip() and " " not in row[::2] for row in stripped
    ):
        rows = [row[::2] for row in stripped]
    elif alike and not any(" " in row for row in stripped):
        rows = stripped
    else:
        width = max(len(row.rstrip()) for row in rows)
        rows = [row.rstrip().ljust(width) for row in rows]
        if any(len(row.rstrip()) < width for row in rows) and not any(" " in r for r in stripped):
            return None  # no blanks inside: the rows just differ in length
    return tuple(rows) if _fits(tuple(rows)) else None


def _fits(rows: tuple[str, ...]) -> bool:
    return (
        len(rows) >= FEWEST_ROWS
        and len({len(row) for row in rows}) == 1
        and len(rows[0]) >= FEWEST_COLUMNS
        and _MARKS.issuperset("".join(rows))
    )
