"""Cut a message into the pieces that problems are put together of.

Which pieces are one problem is `decompose`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

BREAK = re.compile(
    r"(?<=[^\d\s][.;?!])\s+|(?<=\d[.;?!])\s+(?=[A-Z])|(?<=;)\s*|\n+"
    r"|(?:,?\s*\b(?:and\s+)?then\b,?\s*)|(?:,?\s+and\s+(?=(?:solve|find|what\s+is)\b))",
    re.IGNORECASE,
)
BLANKS = re.compile(r"\s+")
NUMBERING = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|\(?[a-h]\)|[-*\u2022])\s+")
INLINE_NUMBER = re.compile(  # `2) ` is none in `(x + 2) - 3`
    r"(?<=[^\s+*/^(=<>\u2212\u2013\u00d7\u00b7\u00f7-]) "
    r"(?=\(?\d{1,2}\) (?:[^\s+*/^=<>)\u2212\u2013-]|[-\u2212\u2013]\S))"
    r"|(?<=[.?!;]) (?=\d{1,2}\. [A-Z])"
)
COMMA_OR_AND = re.compile(r", ?(?:and )?| and ")
NUMBER_ALONE = re.compile(r"\(?(?:\d{1,2}|[a-h])[.)]")  # what is left of "1. connect four ..."
EMPTY_ROW = re.compile(r"\.(?: ?\.)+")  # of a drawn board


class Segment(NamedTuple):
    """A piece of a message; where it stands in it, if it stands there by itself."""

    text: str
    start: int = 0
    end: int = 0


def segments_of(text: str) -> list[Segment]:
    """Cut at sentence ends, line ends and words such as "then"; drop numbering and blanks."""
    squeezed, origins = _squeezed(text)
    squeezed = INLINE_NUMBER.sub(_unless_closing, squeezed)
    segments: list[Segment] = []
    start = 0
    for cut in (*BREAK.finditer(squeezed), None):
        end = cut.start() if cut is not None else len(squeezed)
        piece = NUMBERING.sub("", squeezed[start:end]).strip(" ,;\t\r")
        named = (piece.strip(" .,;:") or EMPTY_ROW.fullmatch(piece)) and not NUMBER_ALONE.fullmatch(
            piece
        )
        if named:
            first = start + squeezed[start:end].rindex(piece)
            place = (origins[first], origins[first + len(piece) - 1] + 1)
            segments.append(Segment(piece, *place))
        start = cut.end() if cut is not None else end
    return segments


def _unless_closing(match: re.Match[str]) -> str:
    """Cut before `2)`, unless it closes a bracket of the line."""
    line = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
    closing = match.string[match.end()] != "(" and line.count("(") > line.count(")")
    return " " if closing else "\n"


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Return the text with runs of blanks as one, and where each of its characters stood.

    BREAK needs a time that grows with the square of a run of blanks.
    """
    pieces: list[str] = []
    origins: list[int] = []
    start = 0
    for run in BLANKS.finditer(text):
        pieces += [text[start : run.start()], "\n" if "\n" in run[0] else " "]
        origins += range(start, run.start() + 1)
        start = run.end()
    pieces.append(text[start:])
    origins += range(start, len(text))
    return "".join(pieces), origins


def equations_in(piece: str) -> list[str]:
    """Cut "2x = 4, 3y = 6 and z = 1" where every part is an equation; else leave it whole."""
    if piece.count("=") < 2:
        return [piece]
    parts = COMMA_OR_AND.split(piece)
    return parts if all(part.count("=") == 1 for part in parts) else [piece]
