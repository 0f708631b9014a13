"""What a composed problem is made of: statements, one of them the question.

A statement is kept as one line of text (`head | verb | parts ...`), so that a payload is a tuple of
lines; `composed_sentences` makes them from prose, `composed_slots` turns them into work. Formulas
stay as typed.

| verb | head | parts |
|---|---|---|
| `value` | the name, or nothing in a question | expression |
| `formula` | `f(x)` | expression |
| `derivative` | `f(x)`, or nothing in a question | expression, letter, order |
| `suppose` | nothing: its unknowns are the names that nothing else defines | equations |
| `solve` | what is asked for, perhaps nothing | equations |
| `factor` | nothing | expression |
| `coefficient` | nothing | expression, form, letter |
| `ask` | the name, or nothing in a question | words with holes `{}`, an expression for each |
| `choose` | nothing | words, how many of the expressions are no choices, the expressions |
| `root` | the name | which of the roots (smaller, larger, positive, negative), equation |
| `unread` | the name | the sentence |

A definition that asks without holes is for whatever kind understands its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.protocol import InvalidTaskError

PARTS = {
    "value": (1, 1), "formula": (1, 1), "derivative": (3, 3), "suppose": (1, 2), "solve": (1, 2),
    "factor": (1, 1), "coefficient": (3, 3), "ask": (1, 12), "choose": (3, 24),
    "root": (2, 2), "unread": (1, 1),
}  # fmt: skip
"""Verb -> the least and the greatest number of its parts."""

QUESTIONS = frozenset({"value", "derivative", "solve", "factor", "coefficient", "ask", "choose"})
LONGEST_LINE = 2000
_HEAD = re.compile(r"(?:[a-zA-Z](?:\([a-zA-Z]\))?)?")


@dataclass(frozen=True, slots=True)
class Statement:
    """One definition or question; see the table above."""

    head: str
    verb: str
    parts: tuple[str, ...]

    @property
    def line(self) -> str:
        """Return the statement as one line."""
        return " | ".join((self.head, self.verb, *self.parts))

    @property
    def name(self) -> str:
        """Return the name that the head defines, without a parameter."""
        return self.head[:1]

    @property
    def parameter(self) -> str:
        """Return the parameter of a function's head; empty for any other."""
        return self.head[2:3]


def read_line(line: str) -> Statement:
    """Read a statement back from its line.

    Raises:
        InvalidTaskError: if the line is none.
    """
    if len(line) > LONGEST_LINE:
        raise InvalidTaskError(f"a statement has {len(line)} characters; at most {LONGEST_LINE}")
    head, *rest = line.split(" | ")
    if len(rest) < 2 or rest[0] not in PARTS or not _HEAD.fullmatch(head):
        raise InvalidTaskError(f"{line[:80]!r} is no statement; expected 'head | verb | parts'")
    verb, *parts = rest
    least, most = PARTS[verb]
    if not least <= len(parts) <= most or not all(parts):
        raise InvalidTaskError(f"{verb} has {len(parts)} parts; expected {least} to {most}")
    if (verb == "formula") and not head[2:3]:
        raise InvalidTaskError(f"the formula of {head!r} has no parameter; expected such as 'f(x)'")
    return Statement(head, verb, tuple(parts))
