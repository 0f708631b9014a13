"""Find the answer to a polynomial task in what a person or a language model wrote around it."""

from __future__ import annotations

import re

from tasks.math.plain_text import plain_math
from tasks.math.polynomial_form import UnreadableError
from tasks.math.polynomial_grader import read_claim
from tasks.math.polynomial_problem import PolynomialPayload
from tasks.math.polynomial_values import Values, Work
from tasks.protocol import Answer

_LONGEST = 8000  # only the end of a longer text is read
_BOXED = re.compile(r"\\boxed\s*\{")
_ANNOUNCED = re.compile(
    r"\b(?:answer|result|solution|gives?|get|equals?|is)\b\s*(?:is|:|=|to)*\s*", re.I
)
_WORD = re.compile(r"(?!sqrt)[a-zA-Z]{4,}|(?<![\w*^])(?:the|and|for|are|was|can)(?!\w)")


def find_answer(payload: PolynomialPayload, text: str) -> Answer | None:
    """Return the expression that a text ends up with; None if it names none.

    A boxed or announced one counts before one in passing, a later one before an earlier one.
    """
    text = text[-_LONGEST:]
    values = Values(payload.definitions, Work())
    for candidate in _candidates(text):
        plain = candidate.strip().rstrip(".,;:!").strip()
        if not plain or len(plain) > 1000 or _WORD.search(plain):
            continue
        for shorter in (plain, plain.rpartition("=")[2].strip()):
            try:
                read_claim(payload, shorter, values)
            except UnreadableError:
                continue
            return Answer(shorter)
    return None


def _candidates(text: str) -> list[str]:
    """Return parts of a text that may be its answer, the most likely first."""
    found: list[str] = []
    for match in reversed(list(_BOXED.finditer(text))[-3:]):
        found.append(plain_math(_braced(text[match.end() :])))
    lines = [plain_math(line) for line in text.strip().splitlines() if line.strip()][-12:]
    if len(lines) == 1:
        found.append(lines[0])
    for line in reversed(lines):
        for match in reversed(list(_ANNOUNCED.finditer(line))[-6:]):
            found += [line[match.end() :], _first_part(line[match.end() :])]
    for line in reversed(lines):
        found += [line, line.rpartition("=")[2]]
    return found


def _braced(text: str) -> str:
    depth = 1
    for place, character in enumerate(text[:1000]):
        depth += (character == "{") - (character == "}")
        if not depth:
            return text[:place]
    return ""


def _first_part(text: str) -> str:
    """Return what stands before the sentence goes on."""
    return re.split(
        r"[.,;!?](?!\d)| (?:when|where|which|because|so|as|for|and|if)\b", text, maxsplit=1
    )[0]
