"""Say whether a piece that no kind reads belongs to the problem beside it.

A premise or a rule that is not understood ("Anna is at least as tall as Ben", "with diagonals")
changes the answer of the riddle or the drawing that it stands beside; that is left open then.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]{3,}")
_IDLE_WORDS = (
    "the and are was were will would can could should may might must has have had not but for from "
    "with without that this these those then than which what who whom whose when where how why his "
    "her its their our your you they them she one two three all any some every each there here "
    "please solve find give tell help need want know question questions problem problems puzzle "
    "puzzles answer answers following let suppose given into about also just"
)
_IDLE = frozenset(_IDLE_WORDS.split())
_LETTER = re.compile(r"(?<![^\W_])(?<!')[b-zA-HJ-Z](?![^\W_])")
_RULE = re.compile(
    r"\b(?:must|can ?not|cannot|can't|don't|mustn't|may|only|never|not|no|allowed|forbidden"
    r"|instead|except|unless|without|at (?:most|least)|exactly|same|different|twice)\b",
    re.IGNORECASE,
)
_POINTS_AHEAD = re.compile(r":$|\b(?:this|these|the following|below)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:(?:and|now|next|also|then|please|finally)\b,? )*(?:solve|find|calculate|compute|work out"
    r"|what|which|who|how|tell|give|show|explain|write|list|is|are|does|why|when|where)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:problems|questions|tasks|exercises|puzzles|things)\b", re.IGNORECASE)


def belongs_before(unread: str, problem: str) -> bool:
    """Say whether an unread piece belongs to the riddle or the drawing that follows it."""
    if _is_drawn(problem):
        return bool(_POINTS_AHEAD.search(unread)) and not _SEVERAL.search(unread)
    shared = _named(unread) & _named(problem)  # what x stands for is judged elsewhere
    return not asks(unread) and any(not name.islower() or len(name) > 1 for name in shared)


def belongs_after(unread: str, problem: str, is_riddle: bool) -> bool:
    """Say whether an unread piece belongs to the problem before it.

    Args:
        unread: the piece.
        problem: what stands before it.
        is_riddle: whether that is a drawing, or several sentences; a single sentence is only
            changed by a rule for what it names ("x must be positive"), not by a wish ("show me
            how, I must learn").
    """
    if asks(unread):
        return False
    is_rule = _RULE.search(unread) is not None
    if is_riddle:
        return is_rule or _is_premise(unread, problem)
    return is_rule and _is_premise(unread, problem)


def asks(text: str) -> bool:
    """Say whether a text asks for something."""
    return text.rstrip().endswith("?") or _ASKS.match(text) is not None


def _is_premise(unread: str, problem: str) -> bool:
    return not asks(unread) and not _named(unread).isdisjoint(_named(problem))


def _is_drawn(text: str) -> bool:
    """Say whether it is rows of signs without a word that says what is asked."""
    return "\n" in text and not _WORD.search(text.split("\n", 1)[0])


def _named(text: str) -> frozenset[str]:
    """Return what a text speaks of: letters, and words that are not idle, in the singular."""
    words = {word.lower() for word in _WORD.findall(text)} - _IDLE
    return frozenset(word.removesuffix("s") for word in words) | set(_LETTER.findall(text))
