"""Read graphs to be coloured as people type them: a graph, and colours or how many.

The reader is strict: apart from the graph and its colours, a text may hold only words of such a
question. Colours, vertices, given colours and edges are cut out in turn; what is left must be
known words. Edges are read in `colouring_edges`.
"""

from __future__ import annotations

import re

from tasks.reasoning.colouring_edges import AND, LONG_NAME, NAME, take_edges
from tasks.reasoning.colouring_words import WORDS, is_known
from tasks.reasoning.constraints_payload import ConstraintsPayload, graph_payload, is_name

MAX_CHARACTERS = 6000
MOST_EDGES = 2000
COLOURS = (
    *("red", "green", "blue", "yellow", "orange", "purple", "white", "black", "pink", "brown"),
    *("grey", "gray", "cyan", "magenta", "violet", "teal", "gold", "silver", "lime", "navy"),
)
_WORDS_FOR = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NUMBERS = {word: number for number, word in enumerate(_WORDS_FOR, 1)}
_LOOK = re.compile(r"colou?r", re.I)
_HUE = rf"(?:{'|'.join(COLOURS)})"
_COUNT = re.compile(
    r"\b(?:(?:with|using|in|by|only|just|at\smost|exactly|no\smore\sthan|use|and|have|has|the|into"
    r"|can|be|is)\s){0,5}"
    rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})[ -]{{0,3}}(?:different\s|distinct\s|available\s)?"
    r"colou?r(?:s|ing|able|ed|ability)?\b(?!\s[a-z]-)"
    r"|\bk\s?=\s?(\d{1,3})\b|\b(?:number\sof\s)?colou?rs\s?[:=]\s?(\d{1,3})\b",
    re.I,
)
_PALETTE = re.compile(
    r"(?:\b(?:with|using|the|from|only|available|allowed|colou?rs?|are|in|use|namely|by)\b"
    r"|[:=(\[{\"'\s]){1,12}"
    rf"({_HUE}(?:[\"']?(?:\s?[,/]\s?(?:(?:and|or)\s)?|\s(?:and|or)\s|\s?&\s?|\s)[\"']?{_HUE}\b)+)"
    r"[\])}\"']*",
    re.I,
)
_RANGE = re.compile(
    r"\b(\d{1,2}|[A-Za-z])\s?(?:,\s?(?:\d{1,2}|[A-Za-z])\s?){0,2},?\s?(?:\u2026|\.{2,3})\s?,?\s?"
    r"(\d{1,2}|[A-Za-z])\b"
)
_REMARK = re.compile(r"\(([^()\d-]*)\)")
_EDGE = re.compile(r"\w\s?(?:-|\u2013|~)\s?\w|\(\s?\w+\s?,")
_VERTICES = re.compile(
    r"\b(?:(?:the|its|these|with|and|has|have|on|of|following|there|are|\d{1,2}|two|three|four"
    r"|five|six|seven|eight|nine|ten)\s){0,5}(?:vertices|nodes|regions|countries|states|provinces|points|vertexes|areas|territories"
    r"|districts|vertex\sset)\s?(?:are\s|is\s|named\s|called\s|:|=)*",
    re.I,
)
_NAMES = (
    re.compile(
        rf"[\[({{]?\s?({LONG_NAME}(?:(?:\s?,\s?(?:and\s)?|\sand\s){LONG_NAME})+)\s?[\])}}]?"
    ),
    re.compile(r"[\[({]?\s?([A-Za-z]\d{0,2}(?: [A-Za-z]\d{0,2})+|\d{1,2}(?: \d{1,2})+)\s?[\])}]?"),
)


_SAME_COLOUR = re.compile(  # asked for, instead of forbidden
    r"^(?!.*(?:\bno\b|\bnot\b|never|n't|\bwithout\b|cannot|different|differ))"
    r".*\bsame colou?r",
    re.I | re.S,
)


def read_colouring(text: str) -> ConstraintsPayload | None:
    """Return the graph and its colours; None if the text is no such question.

    Raises:
        InvalidTaskError: if it surely is one, but too large, or with an edge from a vertex to
            itself.
    """
    if len(text) > MAX_CHARACTERS or not _LOOK.search(text) or _SAME_COLOUR.search(text):
        return None
    text = re.sub(r"[^\S\n]+", " ", text.replace("\u2019", "'")).strip()
    text = _RANGE.sub(_counted, text)
    text, colours = _take_colours(_REMARK.sub(_without_remark, text))
    if not colours:
        return None
    text, vertices = _take_vertices(text)
    text, fixed = _take_fixed(text, colours)
    text, edges = take_edges(text, vertices)
    names = [*vertices, *(name for edge in edges for name in edge)]
    if not edges or len(edges) > MOST_EDGES or not all(map(is_name, names)):
        return None
    if not all(word in WORDS for word in re.findall(r"\w+", text.lower())):
        return None
    if re.search(r"[#$%@^\\|+*<>]", text):
        return None
    return graph_payload(vertices, edges, colours, fixed)


def _without_remark(match: re.Match[str]) -> str:
    """Return nothing for brackets around known words only, such as `(a dash is a border)`."""
    words = re.findall(r"\w+", match[1].lower())
    known = len(words) > 1 and all(word in WORDS and len(word) > 1 for word in words)
    known = known or (len(words) > 2 and all(word in WORDS for word in words))
    return " " if known else match[0]


def _counted(match: re.Match[str]) -> str:
    """Write `1, ..., 4` as `1, 2, 3, 4`."""
    first, last = match[1], match[2]
    if first.isdigit() != last.isdigit() or first.islower() != last.islower():
        return match[0]
    if first.isdigit():
        return ", ".join(map(str, range(int(first), int(last) + 1))) or match[0]
    return ", ".join(map(chr, range(ord(first), ord(last) + 1))) or match[0]


def _take_colours(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text without the colours, and their names; `1`, `2` ... if only counted."""
    counts = list(_COUNT.finditer(text))
    numbers = {_number(count) for count in counts}
    if len(counts) > 1 and all(
        _EDGE.search(part)
        for part in (text[: counts[0].start()], text[counts[0].end() : counts[-1].start()])
    ):
        return text, ()  # two problems
    palette = _PALETTE.search(text)
    if palette is not None:
        named = tuple(dict.fromkeys(re.findall(_HUE, palette[1].lower())))
        if numbers - {len(named)}:
            return text, ()
        text = f"{text[: palette.start()]} . {text[palette.end() :]}"
        return _COUNT.sub(" ", text), named
    if len(numbers) != 1:
        return text, ()
    return _COUNT.sub(" ", text), tuple(str(one + 1) for one in range(min(100, *numbers, 100)))


def _number(match: re.Match[str]) -> int:
    written = next(group for group in match.groups() if group)
    return _NUMBERS.get(written.lower()) or int(written)


def _take_vertices(text: str) -> tuple[str, list[str]]:
    """Return the text without a list of vertices, and these."""
    for match in _VERTICES.finditer(text):
        for pattern in _NAMES:
            rest = pattern.match(text, match.end())
            if rest is None:
                continue
            names = [name for name in AND.split(rest[1]) if name]
            names = names if len(names) > 1 else rest[1].split()
            following = text[rest.end() :]
            known = any(map(is_known, names))
            if not known and not re.match(r"\s?(?:[-:=<]|is\b|are\b|border|touch)", following):
                return f"{text[: match.start()]} . {following}", names
    return text, []


def _take_fixed(text: str, colours: tuple[str, ...]) -> tuple[str, list[tuple[str, str]]]:
    """Return the text without given colours, and these: `a is red`, `b = 2`."""
    pattern = re.compile(
        rf"(?:\b(?:vertex|node|region|where|with|and|if|given|that)\s){{0,3}}(?<![\w-])({NAME})\s?"
        r"(?:is|must\sbe|should\sbe|has\sto\sbe|=|gets|stays)\s?(?:already\s)?(?:colou?r(?:ed)?\s)?"
        rf"({'|'.join(map(re.escape, colours))})(?![\w-])",
        re.I,
    )
    found = [(match[1], match[2].lower()) for match in pattern.finditer(text)]
    return pattern.sub(" . ", text), found
