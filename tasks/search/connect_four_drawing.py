"""Find a drawn connect-four board in a text: rows of marks, framed or not, beside other words.

Marks are X and O, R and Y (or red and yellow discs), or 1 and 2; a free cell is a dot, a dash, a
line, a star, a blank between bars, or 0 beside 1 and 2. Whether the position can arise is for
`connect_four_parser` to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.protocol import InvalidTaskError

COLUMNS, ROWS = 7, 6
FEWEST, MOST = 4, 10  # cells of a line that is taken for a row, if not a good one
FEWEST_KNOWN = 3  # cells with known marks of a line that is taken for a row with unknown ones
_BLANKS = ".-_*\u00b7\u25a1"
_MARKS = frozenset("XORY012.")
_PAIRS = ("XO", "RY", "12")
_NAMES = {"XO": ("X", "O"), "RY": ("Red", "Yellow"), "12": ("1", "2")}
_DISCS = str.maketrans(
    "\U0001f534\U0001f7e1\U0001f7e5\U0001f7e8\u26aa\u26ab\u2b1c\u2b1b\U0001f535\u2502\u2551\u2503",
    "RYRY.....|||",
    "\ufe0f",
)
_INLINE = re.compile(r"(?<!\S)([XORY.*_\u00b7-]{42})(?=[?!,;.]?(?:\s|$))", re.I)
_RULER = re.compile(r"[-+=_|\s\u2500-\u257f]+")
_PLAIN = re.compile(r"[-_]{7}")  # a row of free cells, or a ruler
_LABELS = ("1234567", "0123456", "ABCDEFG")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A board and what stands around it.

    Attributes:
        board: 42 characters of `XO.`, the top row first; X for the first mark of its pair.
        names: of the two marks, for messages.
        words: the text without the board.
    """

    board: str
    names: tuple[str, str]
    words: str


def split_off_board(text: str, named: bool) -> Drawn | None:
    """Return the board that the text draws; None if none.

    Args:
        text: without the name of the game.
        named: whether the text names the game; if not, only a sound board is taken for one.

    Raises:
        InvalidTaskError: if the game is named, and the rows of a board do not make 6 of 7 cells,
            or hold marks that are nobody's.
    """
    text = text.translate(_DISCS)
    words, rows = _split_off_rows(text)
    digits = all(mark in "012" for row in rows for mark in row)
    if not rows or (digits and (not named or len(rows) == 1)):
        return None
    sound = len(rows) == ROWS and all(len(row) == COLUMNS for row in rows)
    pair = _pair("".join(rows))
    if not named and (not sound or pair is None or not set(pair) & set("".join(rows))):
        return None
    if not sound:
        _refuse_unknown_marks(text)
        widths = sorted({len(row) for row in rows})
        raise InvalidTaskError(
            f"the board has {len(rows)} rows of {' or '.join(map(str, widths))} cells; "
            f"expected {ROWS} rows of {COLUMNS}"
        )
    if pair is None:
        marks = " ".join(sorted(set("".join(rows)) - {"."}))
        raise InvalidTaskError(
            f"the board has the marks {marks}; expected two players, X and O, R and Y, or 1 and 2"
        )
    zero = "." if pair == "12" else "O"
    board = "".join(rows).translate(str.maketrans(f"{pair}0", f"XO{zero}"))
    return Drawn(board, _NAMES[pair], words)


def _split_off_rows(text: str) -> tuple[str, list[str]]:
    """Return the words, and the rows from the top as marks and dots."""
    inline = _INLINE.findall(text)
    if len(inline) == 1:
        cells = _cleaned(inline[0])
        return _INLINE.sub(" ", text), [
            cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)
        ]
    words: list[str] = []
    rows: list[str] = []
    plain: list[int] = []  # places of lines that are rows of free cells or just rulers
    for line in _lines(text):
        row = _row(line)
        if _PLAIN.fullmatch(line):
            plain.append(len(rows))
        elif row is not None:
            rows.append(row)
        elif not _RULER.fullmatch(line) and not _is_label(line):
            words.append(line)
    if plain and len(rows) + len(plain) == ROWS:
        for place in reversed(plain):
            rows.insert(place, "." * COLUMNS)
    return "\n".join(words), rows


def _lines(text: str) -> list[str]:
    if text.count("/") == ROWS - 1:
        text = text.replace("/", "\n")
    if text.count("[") >= ROWS:
        text = re.sub(r"[\[\]]", "\n", re.sub(r"['\"]", "", text))
    return [line.strip(" \t\r,;`") for line in text.replace(":", ":\n").splitlines()]


def _refuse_unknown_marks(text: str) -> None:
    """Name the unknown marks of a row, if the text has six rows together with such ones."""
    rows = [row for line in _lines(text) if (row := _row_of_any_marks(line)) is not None]
    for number, row in enumerate(rows if len(rows) == ROWS else [], 1):
        if unknown := sorted(set(row) - _MARKS):
            raise InvalidTaskError(
                f"row {number} from the top holds {' '.join(unknown)}; the marks are X and O, "
                "R and Y, or 1 and 2, and a dot for a free cell"
            )


def _row_of_any_marks(line: str) -> str | None:
    if _is_label(line):
        return None
    for cut in (cut for reading in _unnumbered(line) for cut in _cuts(reading)):
        cells = _cleaned("".join(cut))
        if len(cut) == len(cells) == COLUMNS and sum(c in _MARKS for c in cells) >= FEWEST_KNOWN:
            return cells
    return None


def _row(line: str) -> str | None:
    """Return the marks of a line that holds nothing else, None for any other line."""
    cuts = (_joined(cut) for reading in _unnumbered(line) for cut in _cuts(reading))
    found = [cells for cells in cuts if cells is not None]
    return next((cells for cells in found if len(cells) == COLUMNS), next(iter(found), None))


def _unnumbered(line: str) -> list[str]:
    return [line, line[1:].lstrip()] if line[:1] in set("123456") else [line]


def _cuts(line: str) -> list[list[str]]:
    """Return the ways to cut a line into cells."""
    inner = line.removeprefix("|").removesuffix("|")
    if "|" in inner:
        return [[field.strip() or "." for field in part.split("|")] for part in (inner, line)]
    tokens = re.split(r"[\s,]+", inner.strip())
    return [tokens, list(tokens[0])] if len(tokens) == 1 else [tokens]


def _joined(marks: list[str]) -> str | None:
    """Return the marks as one text; None if there are too few or too many, or others than marks."""
    if not FEWEST <= len(marks) <= MOST or any(len(mark) != 1 for mark in marks):
        return None
    cells = _cleaned("".join(marks))
    return cells if set(cells) <= _MARKS else None


def _cleaned(cells: str) -> str:
    return re.sub(rf"[{re.escape(_BLANKS)}]", ".", cells.upper())


def _is_label(line: str) -> bool:
    return re.sub(r"[\s|,]", "", line).upper() in _LABELS


def _pair(cells: str) -> str | None:
    """Return which marks the board uses, `XO` for an empty one; None for a mixture."""
    used = set(cells) - {"."}
    if used & set("12"):
        used -= {"0"}
    elif "0" in used:
        used = used - {"0"} | {"O"}
    return next((pair for pair in _PAIRS if used <= set(pair)), None)
