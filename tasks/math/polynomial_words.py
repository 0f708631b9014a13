"""Split a message about polynomials into its words and the mathematics between them.

The result is a skeleton, words in order with one letter for each piece of mathematics: E for an
expression, D for a definition (`f(x) = 3x`), P for `x > 0`; and the pieces. What a skeleton asks is
`polynomial_prompts`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_COMPOSED = re.compile(r"\(? ?([a-zA-Z]) ?(?:∘|\\circ\b|\bo\b) ?([a-zA-Z]) ?\)? ?\(([^()]{1,40})\)")
_OF_BOTH = re.compile(r"\( ?([a-zA-Z]) ?([-+*]) ?([a-zA-Z]) ?\) ?\(([^()]{1,40})\)")
_BE = re.compile(
    r"(?<![a-zA-Z^*])([a-zA-Z](?: ?\([a-zA-Z]\))?)(?: :=| (?:be|is|equals|denotes?"
    r"|is (?:defined|given) (?:by|as)))"
    r" (?:(?:the|a) (?:function|polynomial|expression|number|value) )?"
    r"(?=[-+(\d.]|[a-zA-Z](?![a-zA-Z]))"
)
_HEAD = r"[a-zA-Z](?: ?\( ?[a-zA-Z] ?\))"
_RUN = re.compile(r"[a-zA-Z]+(?:'[a-z]+)?")
_CHUNKS = re.compile(rf"[,;.:?!] +|(?<=[^ (]) +(?={_HEAD} ?=)")
_DEFINITION = re.compile(r"([a-zA-Z])(?: ?\( ?([a-zA-Z]) ?\))? ?= ?(.+)")
_POSITIVE = re.compile(r"([a-zA-Z]) ?> ?0|0 ?< ?([a-zA-Z])")
_STARTS_SENTENCE = re.compile(r"(?:^|[.,;:!?] )$")
_VERB_AFTER = re.compile(
    r" (?!is |are |be |and |plus|minus|times|over|squared|cubed|equals?|positive)[a-zA-Z]{2,}"
)  # `I need`
_ENDS = " ,;.:?!"
_SHORT_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        "a am an and any as at by can has had my by why cry try fly all ask add act map may say"
        " way pay day was what hmm hm ms mr pls plz thx css sql npm nth th st nd rd"
        " ln lg tan abs gcd lcm mod max sgn csc ctg sh ch dx dy dt dz kg km cm mm mg ml dl cl ft"
        " lb lbs hr hrs mph kmh kw gb mb kb tb hz pm px pt yd sq usd gbp chf",
    )
)
MAX_PIECES = 24


class Skeleton(NamedTuple):
    """Lower-case words and letters for pieces, parted by blanks, and the pieces in order."""

    words: str
    pieces: tuple[str, ...]


def skeleton(text: str, fillers: frozenset[str]) -> Skeleton | None:
    """Split a message in plain characters; None if it holds too many pieces.

    Args:
        text: of `plain_text.plain_math`.
        fillers: words that say nothing and are left out.
    """
    if "∘" in text or "circ" in text or " o " in text:
        text = _COMPOSED.sub(r" \1(\2(\3))", text)
    text = _BE.sub(r"\1 = ", _OF_BOTH.sub(_of_both, text))
    words: list[str] = []
    pieces: list[str] = []
    start = 0
    for run in _RUN.finditer(text):
        if not _is_word(run[0], text, run.start(), run.end()):
            continue
        _add_pieces(text[start : run.start()], words, pieces)
        if run[0].lower() not in fillers:
            words.append(run[0].lower())
        start = run.end()
    _add_pieces(text[start:], words, pieces)
    return Skeleton(" ".join(words), tuple(pieces)) if len(pieces) <= MAX_PIECES else None


def definition_parts(piece: str) -> tuple[str, str, str] | None:
    """Return name, parameter (empty for a value) and body of a definition; None for no such."""
    match = _DEFINITION.fullmatch(piece)
    if match is None or "=" in match[3]:
        return None
    return match[1], match[2] or "", match[3]


def positive_name(piece: str) -> str:
    """Return the name in `x > 0`, empty if it is another statement."""
    match = _POSITIVE.fullmatch(piece)
    return "" if match is None else match[1] or match[2]


def _is_word(run: str, text: str, start: int, end: int) -> bool:
    """Say whether letters are a word of the sentence, and not names in an expression."""
    if len(run) == 1:
        if run not in "aAIiu":
            return False
        if run in "Ii" and _STARTS_SENTENCE.search(text[:start][-2:]):
            return _VERB_AFTER.match(text, end) is not None
        return text[start - 1 : start].isspace() and _letters_beside(text, start, end)
    if run == "sqrt":
        return False
    if len(run) > 3 or "'" in run or run.lower() in _SHORT_WORDS:
        return True
    return any(letter in "eiouEIOU" for letter in run)


def _letters_beside(text: str, start: int, end: int) -> bool:
    """Say whether whole words stand on both sides, so that `a` is an article."""
    before = re.search(r"[a-zA-Z]{2,} $", text[:start][-20:])
    after = re.match(r" (?!is |are |be |and |positive)[a-zA-Z]{2,}", text[end : end + 20])
    return before is not None and after is not None


def _add_pieces(span: str, words: list[str], pieces: list[str]) -> None:
    for chunk in _CHUNKS.split(span):
        piece = chunk.strip(_ENDS).removesuffix("=").rstrip(_ENDS)
        if not piece:
            continue
        if "=" in piece:
            words.append("D")
        else:
            words.append("P" if ">" in piece or "<" in piece else "E")
        pieces.append(piece)


def _of_both(match: re.Match[str]) -> str:
    """Write `(f + g)(x)` as `(f(x) + g(x))`."""
    first, sign, second, value = match.groups()
    return f"({first}({value}) {sign} {second}({value}))"
