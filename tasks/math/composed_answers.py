"""Find the answer to a composed problem in what a person or a language model wrote around it."""

from __future__ import annotations

import re
from typing import Any

from tasks.math.announced import candidates
from tasks.math.composed_derivation import read_number
from tasks.math.composed_grader import Judges, Left, left_of, mentioned
from tasks.math.composed_polynomials import UnreadableError
from tasks.math.composed_values import meaning_of
from tasks.protocol import Answer

LONGEST = 20_000


def find_answer(payload: Any, text: str, judges: Judges) -> Answer | None:
    """Return the answer; None if the text has none."""
    text = text[-LONGEST:]
    try:
        left = left_of(
            payload.question, meaning_of(payload.definitions), mentioned(payload.definitions)
        )
    except UnreadableError:
        return None
    if left.number is not None:
        for candidate in candidates(text):
            if read_number(candidate) is not None:
                return Answer(candidate.strip(" ."))
        return None
    if left.verb == "choose":
        for candidate in candidates(text):
            if (said := _choice(left, candidate)) is not None:
                return Answer(said)
    task = judges.opened(left.verb, left.text)
    found: Answer | None = None
    if task is not None:
        found = judges[task.kind].kind.answer_from_text(task, text)
    return None if found is None else Answer(found.text)


def _choice(left: Left, candidate: str) -> str | None:
    """Return the choices as typed that a candidate names."""
    typed = {name for name, _ in left.choices}
    parts = [part.strip(" .()") for part in re.split(r",| and ", candidate)]
    parts = [part for part in parts if part]
    return ", ".join(parts) if parts and all(part in typed for part in parts) else None
