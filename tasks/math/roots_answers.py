"""Find zeros or a product in what a person or a language model wrote around them."""

from __future__ import annotations

import re

from tasks.math.plain_text import plain_math
from tasks.math.roots_exact import UnreadableError, polynomial
from tasks.math.roots_grader import read_roots
from tasks.math.roots_parser import RootsProblem
from tasks.protocol import InvalidTaskError

_LONGEST = 20_000  # only the end of a longer text is read
_LONGEST_LINE = 2000
_SAID = re.compile(
    r"\b(?:answers?|solutions?|roots?|zeros?|result|factori[sz]ation|factored form|product)\b"
    r"[^=:\n]{0,60}?(?:\bis\b|\bare\b|=|:)(?: the)?(.*)",
    re.I,
)
_LOWERED = str.maketrans("", "", "₀₁₂₃₄₅₆₇₈₉")
_SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z])")


def find_answer(text: str, problem: RootsProblem) -> str | None:
    """Return the answer; None if the text has none.

    A boxed one counts before a whole short text, an announced one, and the last lines.
    """
    text = text[-_LONGEST:]
    lines = [line for line in text.splitlines() if line.strip()]
    candidates = _boxed(text)
    if len(lines) == 1:
        candidates.append(lines[0])
    said = (_SAID.search(line[-_LONGEST_LINE:]) for line in reversed(lines))
    candidates += [match[1] for match in said if match]
    if "=" in problem.text:
        named = re.compile(rf"^\W*{re.escape(problem.unknown)}(?:_?\d)? ?=", re.I)
        tail: list[str] = []
        for line in reversed(lines):
            if not named.match(line):
                break
            tail.insert(0, line)
        candidates.append("\n".join(tail))
    candidates += lines[-1:]
    for candidate in candidates[:12]:
        sentence = _SENTENCE_END.split(candidate, maxsplit=1)[0]
        for part in (candidate, sentence):
            if (found := _read(part, problem)) is not None:
                return found
    return None


def _plain(line: str) -> str:
    return plain_math(plain_math(line.strip("*_`:; ").replace("**", "^")))  # nested LaTeX


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


def _read(text: str, problem: RootsProblem) -> str | None:
    if len(text) > _LONGEST_LINE or not text.strip():
        return None
    try:
        lines = [_plain(line) for line in text.translate(_LOWERED).splitlines()]
    except InvalidTaskError:
        return None
    plain = "\n".join(lines).replace("^", "**").strip(" *_:;,")
    plain = re.sub(r"^(?:answer|result|solutions?|roots?)\b:? ?", "", plain, flags=re.I)
    if "=" not in problem.text:
        plain = plain.rsplit("=", 1)[-1].strip()
        try:
            return plain if polynomial(plain, problem.unknown) else None
        except UnreadableError:
            return None
    name = re.escape(problem.unknown)
    plain = re.sub(rf"({name} ?=)(?:(?:(?!\b(?:and|or)\b)[^=,;\n])*=)+", r"\1", plain)
    numbers = read_roots(plain, problem.unknown)
    if numbers is None and (start := re.search(rf"(?<![a-zA-Z]){name} ?(?:=|∈)", plain)):
        plain = plain[start.start() :]  # `so x = 1 or x = 2`
        numbers = read_roots(plain, problem.unknown)
    if numbers is None:
        return None
    if isinstance(numbers, str):
        return "no real solution" if numbers == "none" else "every number"
    return ", ".join(part.strip() for part in plain.splitlines() if part.strip())
