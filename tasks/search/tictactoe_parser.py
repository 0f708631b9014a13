"""Read drawn tic-tac-toe boards and moves from what people and language models type.

The reader is strict: apart from the board, a text may contain only words that belong to such a
question, so that prose, and messages with a second problem in them, are left to others.
"""

from __future__ import annotations

import re

from tasks.protocol import InvalidTaskError
from tasks.search.tictactoe_grader import mover, winner
from tasks.search.tictactoe_rules import CELL_NAMES

MAX_CHARACTERS = 600
_NAME = re.compile(r"\b(tic[\s-]*tac[\s-]*toe|noughts\s+and\s+crosses|xs\s+and\s+os)\b", re.I)
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """x o s m d t to move moves play plays playing best find the what whats is where wheres
        should in this position for board next turn it its my your a an game given i im me am as
        with please first opening empty good optimal strongest winning win here of on can you help
        which cell square go choose pick tell now current side player from start starting make put
        would be and""",
    )
)
_SIDE = re.compile(
    r"\b([xo])(?:'s)?\s+(?:is\s+)?(?:to\s+(?:move|play)|turn|plays\b|moves\b)"
    r"|\b(?:move\s+for|turn\s+for|should|i\s+am|i'm|i\s+play|playing|playing\s+as)\s+([xo])\b",
    re.I,
)
_INLINE = re.compile(r"(?<!\S)([XO._-]{9})(?=[?!,;]?(?:\s|$))")
_INLINE_IF_NAMED = re.compile(r"(?<!\S)((?=\S*[XO])[XO._-]{4,20}?)(?=[?!,;]?(?:\s|$))", re.I)
_DASHES = re.compile(r"[-+=|_\s\u2500-\u257f]*[-+=_\u2500-\u257f][-+=|_\s\u2500-\u257f]*")
_BLANKS = ".-_*·□"

_NUMBER = re.compile(
    r"\b(?:answer|move|moves|play|plays|choose|pick|take|cell|square|position|spot|number|go|mark)\b"
    r"(?:\s|[:=*`(\"']|\b(?:is|be|at|in|to|on|for|with|the|cell|square|number|spot|position|should|would)\b)*"
    r"([1-9])\b(?!\s*[.,]\d)",
    re.I,
)
_ROW_COLUMN = re.compile(r"\brow\s*([1-3])\b\D{0,12}\bcol(?:umn)?\s*([1-3])\b", re.I)
_PLACE = re.compile(
    r"\b(?:(top|upper|bottom|lower|middle|center|centre)[\s-]+(left|right|center|centre|middle)"
    r"|(left|right)[\s-]+(?:middle|center|centre|side|edge)"
    r"|(top|bottom|left|right|center|centre|middle))\b",
    re.I,
)


def read_board(text: str) -> str | None:
    """Return the board that the text draws or implies, nine characters of `XO.`; None if none.

    Raises:
        InvalidTaskError: if it names the game or draws a board, but not one with a move to play.
    """
    if len(text) > MAX_CHARACTERS:
        return None
    named = bool(_NAME.search(text))
    rest, cells = _split_off_cells(_NAME.sub(" ", text), _INLINE_IF_NAMED if named else _INLINE)
    words = re.findall(r"[a-z]+", rest.lower().replace("'", ""))
    if any(w not in _WORDS for w in words) or re.search(r"[=\d]", rest):
        return None
    if not cells:
        opening = {"first", "opening", "empty", "start", "starting"} & set(words)
        return "." * 9 if named and opening else None
    if not named and (len(cells) != 9 or not {"X", "O"} & set(cells)):
        return None
    check_position(cells, rest)
    return cells


def read_move(text: str) -> int | None:
    """Return the cell (0-8) that a text decides on; None if it names none or leaves it open."""
    text = " ".join(text[-4000:].split())
    alone = re.fullmatch(r"\W*([1-9])\W*(?:[a-z][a-z\s-]*)?\W*", text, re.I)
    if alone:
        return int(alone[1]) - 1
    if found := _ROW_COLUMN.findall(text):
        row, column = found[-1]
        return 3 * int(row) + int(column) - 4
    if found := _NUMBER.findall(text):
        return int(found[-1]) - 1
    if places := list(_PLACE.finditer(text)):
        return _place(places[-1])
    digits = set(re.findall(r"(?<![\d.])[1-9](?![\d.]*\d)", text))
    return int(digits.pop()) - 1 if len(digits) == 1 else None


def check_position(cells: str, words: str = "") -> None:
    """Refuse what is no legal position with a move to play, or not of the side that the words name.

    Raises:
        InvalidTaskError: with the reason.
    """
    if len(cells) != 9:
        raise InvalidTaskError(f"the board {cells!r} has {len(cells)} cells; expected 3 rows of 3")
    x, o = cells.count("X"), cells.count("O")
    if x - o not in (0, 1):
        raise InvalidTaskError(
            f"{x} X and {o} O cannot arise: X begins, so there are as many X as O, or one more"
        )
    lines = {m for m in "XO" if winner("".join(c if c == m else "." for c in cells))}
    if lines == {"X", "O"}:
        raise InvalidTaskError(
            "both X and O have three in a row; the game ends with the first line"
        )
    if lines:
        raise InvalidTaskError(f"the game is over: {lines.pop()} has three in a row")
    if "." not in cells:
        raise InvalidTaskError("the game is over: the board is full")
    sides = {(a or b).upper() for a, b in _SIDE.findall(words)}
    if sides and mover(cells) not in sides:
        raise InvalidTaskError(
            f"with {x} X and {o} O {mover(cells)} is to move, not {sides.pop()}: X begins"
        )


def _split_off_cells(text: str, in_a_row: re.Pattern[str]) -> tuple[str, str]:
    """Return the words, and the cells of all board rows (of any number) in reading order."""
    inline = in_a_row.findall(text)
    if len(inline) == 1:
        return in_a_row.sub(" ", text), re.sub(r"[_-]", ".", inline[0].upper())
    if text.count("/") == 2:
        text = text.replace("/", "\n")
    words: list[str] = []
    rows: list[str] = []
    dashes: list[int] = []  # lines that are rows of blanks or just rulers
    for line in text.replace(":", ":\n").splitlines():
        row = _row(line.strip(), 3 * len(rows))
        if row is not None and _DASHES.fullmatch(line):
            dashes.append(len(rows))
        elif row is not None:
            rows.append(row)
        elif not _DASHES.fullmatch(line):
            words.append(line)
    if dashes and sum(map(len, rows)) + 3 * len(dashes) == 9:
        for place in reversed(dashes):
            rows.insert(place, "...")
    return "\n".join(words), "".join(rows)


def _row(line: str, start: int) -> str | None:
    """Return 3 or 9 cells when the line is nothing but cells, None otherwise."""
    if "|" in line:
        fields = [f.strip() for f in line.split("|")]
        if len(fields) == 5 and not fields[0] and not fields[-1]:
            fields = fields[1:-1]
        marks = [f or "." for f in fields]
    else:
        tokens = re.split(r"[\s,]+", line)
        marks = list("".join(tokens)) if {len(t) for t in tokens} in ({1}, {3}) else []
    if len(marks) not in (3, 9) or any(len(m) != 1 for m in marks):
        return None
    cells = [str(_mark(m, start + i)) for i, m in enumerate(marks)]
    return "".join(cells) if "None" not in cells else None


def _mark(mark: str, cell: int) -> str | None:
    """Return X, O or a dot; a free cell may be shown by its own number."""
    if mark in "xX":
        return "X"
    if mark in "oO0":
        return "O"
    return "." if mark in _BLANKS or mark == str(cell + 1) else None


def _place(match: re.Match[str]) -> int:
    first, second, side, single = (g.lower() if g else "" for g in match.groups())
    names = {"upper": "top", "lower": "bottom", "centre": "center", "middle": "center"}
    words = [names.get(w, w) for w in (first, second, side, single) if w]
    words = [w for w in words if w != "center"] or ["center"]
    return CELL_NAMES.index(" ".join(words))
