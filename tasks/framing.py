"""Take off what people say around a problem: greetings, excuses, thanks, Markdown.

Only what is surely idle goes. A clause is dropped if all its words are idle ones, so never one with
a number, a sign, a name of a variable, or a word that may change what is asked for (not, except,
only, at most, twice). Which words may stand inside a question is each kind's own affair.
"""

from __future__ import annotations

from collections.abc import Iterator

from tasks.framing_words import (
    ASKING,
    ASSIGNED,
    BOLD,
    CLAUSE_END,
    FENCE,
    HEADING,
    IDLE_WORDS,
    INTRODUCTION,
    LABEL,
    LOOKING,
    OPENER,
    TAIL,
    TAIL_JOINED,
    TAIL_START,
    TICKS,
    WORD,
    YOU,
)
from tasks.math.bullets import without_bullets

LONGEST = 2000
MOST_VARIANTS = 4
_MOST_CLAUSES = 4  # at either end
_LONGEST_CLAUSE = 160


def variants(text: str) -> Iterator[str]:
    """Yield the text without what is idle in it, at most MOST_VARIANTS ways, the mildest first.

    None of a text of more than LONGEST characters, nor of one in which nothing is idle. The time
    is linear in the length.
    """
    if len(text) > LONGEST:
        return
    seen = {text.strip()}
    for made in _ways(text):
        if made not in seen and any(map(str.isalnum, made)):
            seen.add(made)
            yield made
        if len(seen) > MOST_VARIANTS:
            return


def _ways(text: str) -> Iterator[str]:
    plain = _unmarked(text)
    yield plain
    listed = without_bullets(plain)
    shorter = _without_end(listed)
    core = _without_start(shorter)
    yield core
    if (asked := LOOKING.match(core)) is not None:
        yield f"find {core[asked.end() :]}"
    yield shorter
    yield _without_start(listed)


def _unmarked(text: str) -> str:
    """Take off Markdown, labels and names of data."""
    text = text.strip()
    if "**" in text or "__" in text:
        text = BOLD.sub(r"\2", text)
    if "`" in text:
        text = TICKS.sub(r"\1", FENCE.sub("", text))
    text = LABEL.sub("", HEADING.sub("", text)) if text[:1] in "#>PpQqEeTtNn" else text
    text = INTRODUCTION.sub(r"\1:\n", text)
    if "=" in text:
        text = ASSIGNED.sub(r"\1: ", text)
    return YOU.sub(r"\1 you", text).strip()


def _without_start(text: str) -> str:
    """Drop idle openers and clauses from the beginning."""
    for _ in range(_MOST_CLAUSES):
        found = OPENER.match(text)
        if found is None:
            end = CLAUSE_END.search(text, 0, _LONGEST_CLAUSE)
            if end is None or ASKING.match(text) or not _is_idle(text[: end.start()]):
                break
            rest = text[end.end() :]
        else:
            rest = text[found.end() :]
        if not rest.strip(" .,:;!?)\n"):
            break
        text = rest.lstrip(" .,;:!?\n…)")
    return text


def _without_end(text: str) -> str:
    """Drop idle questions, thanks and clauses from the end."""
    for _ in range(_MOST_CLAUSES):
        joined = TAIL_JOINED.search(text, max(0, len(text) - _LONGEST_CLAUSE))
        if joined is not None and joined.start() > 0:
            text = text[: joined.start()].rstrip()
            continue
        body = text.rstrip(" .!?…)\n:")
        closed = len(body)
        start = 0
        for mark in TAIL_START.finditer(body, max(0, closed - _LONGEST_CLAUSE), closed):
            start = mark.end()
        tail = text[start:].strip(" (\n")
        if not start or not tail or not (
            TAIL.fullmatch(tail) or (not text.endswith(":") and not ASKING.match(tail)
                                      and " " in tail and _is_idle(tail))
        ):  # fmt: skip
            break
        text = text[:start].rstrip(" (,;\n—–") if start else text
    return text


def _is_idle(clause: str) -> bool:
    """Say whether nothing in a clause can matter."""
    words = WORD.findall(clause.lower().replace("’", "'"))
    if not 0 < len(words) <= 25 or words[-1] in ("a", "i", "u"):  # these may be names
        return False
    return all(word.removesuffix("'s") in IDLE_WORDS for word in words)
