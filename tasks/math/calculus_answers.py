"""Find the expression that answers a problem of calculus in what somebody wrote around it."""

from __future__ import annotations

import re

from tasks.math.calculus_grader import without_constant
from tasks.math.calculus_normal_form import UnreadableError, normal_form
from tasks.math.calculus_parser import CalculusProblem
from tasks.math.plain_text import plain_math
from tasks.protocol import InvalidTaskError

_LONGEST = 20_000  # only the end of a longer text is read
_LONGEST_LINE = 4000
_SAID = re.compile(
    r"\b(?:answer|derivative|integral|antiderivative|result|solution|value|we get|gives)\b"
    r"[^=:\n]{0,60}?(?:\bis\b|=|:)(?: the)?(.*)",
    re.I,
)
_ABOUT_CONSTANT = re.compile(r",? \(?(?:where|with|for) [^=+*/]*\bconstant\b[^=+*/]*$", re.I)
_SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z])")


def find_answer(text: str, problem: CalculusProblem) -> str | None:
    """Return the expression; None if the text has none.

    A boxed one counts before an announced one, and that before the last line; of several equals
    signs the part behind the last one counts.
    """
    text = text[-_LONGEST:]
    lines = [line for line in text.splitlines() if line.strip()]
    candidates = _boxed(text)
    if len(lines) == 1:
        candidates.append(lines[0])
    candidates += [
        match[1] for line in reversed(lines) if (match := _SAID.search(line[-_LONGEST_LINE:]))
    ]
    candidates += lines[-1:]
    for candidate in candidates[:12]:
        sentence = _SENTENCE_END.split(candidate, maxsplit=1)[0]
        for part in (candidate, sentence):
            if (found := _read(part, problem)) is not None:
                return found
    return None


def _boxed(text: str) -> list[str]:
    r"""Return what stands in the last `\boxed{...}`."""
    start = text.rfind("\\boxed{")
    if start < 0:
        return []
    depth = 0
    for place in range(start + 6, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return [text[start + 7 : place]]
    return []


def _read(text: str, problem: CalculusProblem) -> str | None:
    if len(text) > _LONGEST_LINE:
        return None
    try:
        plain = plain_math(plain_math(text.strip("*_`:; ").replace("**", "^")))  # nested LaTeX
    except InvalidTaskError:
        return None
    plain = _ABOUT_CONSTANT.sub("", plain)
    plain = plain.rsplit("=", 1)[-1].strip().strip("*_:,; ").replace("{", "(").replace("}", ")")
    plain = re.sub(r"^(?:answer|result|solution)\b:? ?", "", plain, flags=re.I)
    if not plain or re.search(r"[a-zA-Z]{4}", plain.replace("constant", "").replace("sqrt", "")):
        return None
    expression, constant = without_constant(plain, problem)
    try:
        normal_form(expression)
    except UnreadableError:
        return None
    return f"{expression.strip()} + C" if constant else expression.strip()
