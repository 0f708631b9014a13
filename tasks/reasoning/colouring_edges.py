"""Find the edges of a graph in text: `a-b, b-c`, `(1, 2)`, `a: b, c`, `a borders b and c`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from tasks.reasoning.colouring_words import WORDS, is_known

Edge = tuple[str, str]

NAME = r"[A-Za-z0-9]\w*(?:'\w+)?"
LONG_NAME = rf"{NAME}(?: {NAME}){{0,3}}"
AND = re.compile(r"\s?,\s?(?:and\s|&\s?)?|\s(?:and|or)\s|\s?&\s?")
_DASH = r"\s?(?:<?-{1,2}>?|\u2013|\u2014|~|\u2194|\u2192)\s?"
_PAIR = re.compile(
    rf"[(\[{{]\s?[\"']?({LONG_NAME})[\"']?\s?[,;-]\s?[\"']?({LONG_NAME})[\"']?\s?[)\]}}]"
)
_ENTRY = re.compile(rf"[\"']?({LONG_NAME})[\"']?\s?:\s?[\[{{]([^\[\](){{}}]*)[\]}}]")
_CHAIN = re.compile(rf"(?<![\w-]){NAME}(?:{_DASH}{NAME})+(?![\w-])")
_LONG_CHAIN = re.compile(rf"{LONG_NAME}(?:{_DASH}{LONG_NAME})+")
_BESIDE = (
    r"(?:(?:is|are)\s)?(?:(?:directly\s)?(?:borders?(?:\son)?|bordering|touch(?:es)?|touching"
    r"|adjacent\s(?:to|with)|next\sto|adjoins?|neighbou?rs?(?:\s(?:of|to))?|neighbou?ring"
    r"|connect(?:ed|s)\s(?:to|with)|beside|linked\s(?:to|with)|conflicts?\swith|joined\s(?:to|with)"
    r"|meets?|shares\s(?:a\sborder|an\sedge|borders)\swith|has\san\sedge\sto))"
)
_LISTED = re.compile(rf"({LONG_NAME})(?:\s?:|\s{_BESIDE})\s?[\[({{]?\s?(.+?)\s?[\])}}]?", re.I)
_SAID = re.compile(rf"({LONG_NAME})\s{_BESIDE}\s(.+?)", re.I)
_BOTH = re.compile(
    rf"(?<![\w-])({LONG_NAME}) and ({LONG_NAME}) (?:are|share)\s(?:both\s|directly\s)?(?:adjacent"
    r"|connected|neighbou?rs|neighbou?ring|joined|linked|a\sborder|borders|an\sedge|touching)\b"
    r"(?:\s(?:to\seach\sother|by\san\sedge))?",
    re.I,
)
_MARK = re.compile(
    r"\b(?:(?:the|its|these|with|and|has|have|following|whose|are|by)\s){0,5}"
    r"(?:edges?(?:\s(?:list|set))?|e\s?=|borders|adjacenc(?:y|ies)(?:\slist)?|connections|conflicts"
    r"|neighbou?r(?:ing)?(?:\s?pairs|s)?|links|pairs|constraints|adjacent\s(?:pairs|regions))"
    r"\s?(?:list\s|are\s|is\s|:|=|between\s)*",
    re.I,
)
_OTHERS = re.compile(
    rf"({LONG_NAME})\s{_BESIDE}\s(?:all(?:\sof)?|every)\s?(?:the\s)?others?"
    r"(?:\s(?:regions?|ones|vertices))?\b",
    re.I,
)
_CLAUSE = re.compile(
    rf"(?:\s?,\s?(?:and\s|while\s)?|\s(?:and|while)\s)(?={NAME}(?:\s{NAME}){{0,2}}\s{_BESIDE}\s)",
    re.I,
)
_LETTER_PAIRS = re.compile(r"(?<=\b[Ee]dges )((?:[A-Z]{2}(?:, (?:and )?| and |\b)){2,60})")
_MOST_STARTS = 15  # words of the question in front of the edges of a sentence


def take_edges(text: str, vertices: Sequence[str] = ()) -> tuple[str, list[Edge]]:
    """Return the text without the edges, and these in the order of the text.

    Args:
        text: without the colours.
        vertices: all of them, if known, for `a touches all the others`.
    """
    if vertices:
        text = _OTHERS.sub(lambda match: _all_others(match, vertices), text)
    entries = [(m[1], m[2]) for m in _ENTRY.finditer(text) if not is_known(m[1])]
    if entries:
        return _MARK.sub(" ", _ENTRY.sub(" ", text)), [
            (name, other)
            for name, others in entries
            for other in re.findall(rf"[\"']?({LONG_NAME})[\"']?", others)
        ]
    pairs = [(match[1], match[2]) for match in _PAIR.finditer(text)]
    if pairs:
        return _MARK.sub(" ", _PAIR.sub(" ", text)), pairs
    found: list[Edge] = []
    left: list[str] = []
    text = _CLAUSE.sub(" ; ", _LETTER_PAIRS.sub(_dashed, text))
    for sentence in re.split(r"\n+|;|[.?!](?=\s|$)", text):
        rest, edges = _edges_of_sentence(sentence)
        found += edges
        left.append(rest)
    return " . ".join(left), found


def _all_others(match: re.Match[str], vertices: Sequence[str]) -> str:
    return f"{match[1]}: {', '.join(name for name in vertices if name != match[1])} ; "


def _dashed(match: re.Match[str]) -> str:
    """Write `AB, BC` as `A-B, B-C`."""
    return re.sub(r"\b([A-Z])([A-Z])\b", r"\1-\2", match[1])


def _edges_of_sentence(sentence: str) -> tuple[str, list[Edge]]:
    """Return what is said besides the edges, and these."""
    both = [(match[1], match[2]) for match in _BOTH.finditer(sentence)]
    if both:
        return _BOTH.sub(" ", sentence), both
    words = list(re.finditer(r"[\w']+", sentence))
    end = len(sentence)
    while words and words[-1][0].lower() in WORDS and len(words[-1][0]) > 1:
        end = words.pop().start()
    starts = [word.end() for word in words if word[0].lower() in WORDS and len(word[0]) > 1]
    for start in (0, *starts[:_MOST_STARTS]):
        edges = list(_edges_of(sentence[start:end].strip(" ,:=[](){}\"'")))
        if edges and not any(is_known(name) for edge in edges for name in edge):
            return f"{sentence[:start]} {sentence[end:]}", edges
    return sentence, []


def _edges_of(piece: str) -> Iterator[Edge]:
    """Yield the edges of a piece that is nothing but edges."""
    if _CHAIN.sub("", piece).replace("and", "").strip(" ,&") == "":
        for chain in _CHAIN.findall(piece):
            yield from itertools.pairwise(re.split(_DASH, chain))
        return
    items = [item.strip() for item in AND.split(piece) if item.strip()]
    if items and all(_LONG_CHAIN.fullmatch(item) for item in items):
        for item in items:
            yield from itertools.pairwise(re.split(_DASH, item))
        return
    parts = [part.strip() for part in re.split(r",(?:\s?and\b)?", piece) if part.strip()]
    said = [_SAID.fullmatch(part) for part in parts]
    listed = [_LISTED.fullmatch(piece)] if not all(said) or len(parts) == 1 else said
    for match in listed:
        others = (
            [] if match is None else [one.strip() for one in AND.split(match[2]) if one.strip()]
        )
        if match is None or not all(re.fullmatch(LONG_NAME, other) for other in others):
            return
        for other in others:
            yield match[1], other.removeprefix("the ")
