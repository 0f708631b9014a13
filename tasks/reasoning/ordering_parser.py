"""Find a problem of order in a message: who is left of, older than, finished above whom.

A statement is a subject, perhaps a verb, and relations (`taller than Sue but shorter than Tom`).
What a relation says is read by `ordering_relations`, statements by `ordering_facts`, questions by
`ordering_questions`; names are those of a list (`there are five books: ...`), or else all that are
compared (`ordering_names`).
"""

from __future__ import annotations

import re

from tasks.protocol import InvalidTaskError
from tasks.reasoning.deduction_problem import LETTERS, MAX_NAMES, DeductionPayload
from tasks.reasoning.deduction_sentences import plain
from tasks.reasoning.deduction_text import Message
from tasks.reasoning.ordering_facts import Fact, read_facts
from tasks.reasoning.ordering_names import Names, read_list
from tasks.reasoning.ordering_questions import read_question
from tasks.reasoning.ordering_relations import spelled_out, written
from tasks.reasoning.ordering_words import shared_axis, sign_on

_CUE = re.compile(
    r"\b(?:than|left|right|leftmost|rightmost|\w+est|most|least|above|below|before|after|behind|"
    r"ahead|first|second|third|last|between|order|position|place|next|adjacent|"
    r"beat|beats|won|lost|costs?|weighs?)\b|[<>]",
    re.I,
)


def read_order(message: Message) -> DeductionPayload | None:
    """Return the problem of order that a message poses, None if it is none.

    Raises:
        InvalidTaskError: if it is one with too many names, or places beyond the last.
    """
    whole = [*message.statements, message.question, *(text for _, text in message.options)]
    if not any(_CUE.search(text) for text in whole):
        return None
    found = read_list(message.statements)
    if found is None:
        return None
    listed, statements = found
    names = Names(listed)
    premises: list[Fact] = []
    for statement in statements:
        facts = read_facts(statement, names)
        if facts is None:
            return None
        premises += facts
    if not premises:
        return None
    return _payload(message, names, premises)


def _payload(message: Message, names: Names, premises: list[Fact]) -> DeductionPayload | None:
    question = spelled_out(plain(message.question))
    if len(names.names) > MAX_NAMES:
        raise InvalidTaskError(f"{len(names.names)} names to put in order; at most {MAX_NAMES}")
    known = Names(names.names)  # a question brings in no new names
    known.listed = True
    asked = read_question(question, message.options, known)
    if asked is None:
        return None
    claims, first_end = asked
    words = [
        r.directions for _, r in (*premises, *((a, r) for a, r, _ in claims or ())) if r.directions
    ]
    if first_end:
        words.append(first_end)
    axis = shared_axis(words) if words else "row"
    if axis is None or len(names.names) < 2:
        return None
    count = len(names.names)
    texts = [written(a, r, axis, count) for a, r in premises]
    if any(text is None for text in texts):
        return None
    if claims is None:
        order = range(1, count + 1)
        if first_end and sign_on(first_end, axis) < 0:
            order = range(count, 0, -1)
        cells = [(f"{LETTERS[n]} == {p}", names.names[n]) for p in order for n in range(count)]
        return DeductionPayload(
            "sequence", tuple(names.names), tuple(t for t in texts if t),
            tuple(cell for cell, _ in cells), tuple(name for _, name in cells),
        )  # fmt: skip
    claimed = [written(a, r, axis, count) for a, r, _ in claims]
    if any(text is None for text in claimed):
        return None
    return DeductionPayload(
        "order",
        tuple(names.names),
        tuple(t for t in texts if t),
        tuple(t for t in claimed if t),
        tuple(label for _, _, label in claims),
    )
