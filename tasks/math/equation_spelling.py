"""Bring what people paste around an equation, such as LaTeX and Markdown, into plain characters."""

from __future__ import annotations

import re

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LATEX = (
    (re.compile(r"\\(?:left|right|displaystyle)(?![a-z])|\\[()\[\]]|\$"), " "),
    (re.compile(r"\\(?:cdot|times|ast)(?![a-z])"), "*"),
    (re.compile(r"\\div(?![a-z])"), "/"),
    (re.compile(r"\\(?:[,;:! ]|q?quad(?![a-z]))"), " "),
)
_FRACTION = re.compile(r"\\[dt]?frac\s?(?:\{([^{}]*)\}\s?\{([^{}]*)\}|(\d)\s?(\d))")
_MARKS = re.compile(r"`+|\"|[\u201c\u201d]|^\*\*|\*\*$|^'|'$")
_GREETING = re.compile(r"^(?:hi|hello|hey)(?:\s?[,!.]|(?=\s)) ?", re.IGNORECASE)
_COURTESY = re.compile(
    r"[ ,.!]*\b(?:for me|please|step by step"
    r"|and show (?:me )?(?:your|the|all) (?:work(?:ing)?|steps)|thanks|thank you)[ .!?]*$",
    re.IGNORECASE,
)
_BLANK_TO_FILL = re.compile(r"[,;.]? ?(?:then )?\b([a-z]) ?= ?\?+$", re.IGNORECASE)  # "..., x = ?"
_MOST_FRACTIONS = 20


def plain_spelling(text: str) -> str:
    """Return the text on one line, without marks, courtesies and LaTeX commands that it can spell.

    The time is linear in the length: runs of blanks, which backtracking expressions would share out
    in every way, are gone after the first step.
    """
    text = " ".join(_INVISIBLE.sub("", text).translate(_FULL_WIDTH).split())
    for command, spelling in _LATEX:
        text = command.sub(spelling, text)
    for _ in range(_MOST_FRACTIONS):  # from the inside out
        text, found = _FRACTION.subn(_quotient, text)
        if not found:
            break
    text = " ".join(_MARKS.sub("", " ".join(text.split())).split())
    return _BLANK_TO_FILL.sub(r", what is \1", _COURTESY.sub("", _GREETING.sub("", text)))


def _quotient(match: re.Match[str]) -> str:
    above, below = (match[1], match[2]) if match[1] is not None else (match[3], match[4])
    return f"(({above})/({below}))"
