r"""Find where prose says what its answer is, whatever the kind of problem.

A language model's text announces its answer (`\boxed{...}`, `the answer is ...`, the last line);
each kind reads the candidates with a grammar of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 20_000  # only the end of a longer text is read
_ANNOUNCED = re.compile(
    r"\b(?:answer|result|solution|total|value)\b(?: (?:is|are|of [^\n=]{1,80}? is)\b| ?[:=])[ :=]*"
    r"([^\n]+)",
    re.I,
)
_SAID = re.compile(r"\b(?:is|are|equals?|gives?|get|be)\b|:", re.I)
_MOST_SAID = 5  # of a line, from its end
_MARKS = re.compile(r"\\[()\[\],;!]|\$|\*\*|__|`")
_FRACTION = re.compile(r"\\[dt]?frac ?\{([^{}]*)\} ?\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt ?\{([^{}]*)\}|\\sqrt ?(\d)")
_WORDS = re.compile(r"\\(?:text|mathrm|mathbf) ?\{([^{}]*)\}")
_TRANSLATION = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "⁄": "/", "\u00a0": " "}
)


def candidates(text: str) -> Iterator[str]:
    r"""Yield texts that may be the answer, the most credible first, in plain characters.

    The whole text if it is one short line; what is boxed, then announced, then what stands after
    the last equals sign of a line, then whole lines, then what stands after `is`; later ones before
    earlier ones.
    """
    text = _plain(text[-LONGEST:])
    lines = [line for line in (part.strip() for part in text.splitlines()) if line]
    if not lines:
        return
    if len(lines) == 1 and len(lines[0]) <= 4000:
        yield lines[0]
    yield from reversed(_boxed(text))
    for match in reversed(list(_ANNOUNCED.finditer(text))):
        yield match[1].strip()
        yield _sentence(match[1])
        yield _sentence(match[1]).rpartition("=")[2].strip()
    for line in reversed(lines):
        if "=" in line:
            yield _sentence(line.rpartition("=")[2])
            yield re.split(r"[ ,;]", line.rpartition("=")[2].strip(), maxsplit=1)[0].rstrip(".")
        yield _sentence(line)
        for said in list(_SAID.finditer(line))[: -_MOST_SAID - 1 : -1]:
            yield _sentence(line[said.end() :])


def _sentence(text: str) -> str:
    """Return the text up to the end of its first sentence."""
    return re.split(r"[.!?;](?:\s|$)", text.strip(), maxsplit=1)[0].strip()


def _boxed(text: str) -> list[str]:
    found = []
    for match in re.finditer(r"\\boxed ?\{", text):
        depth = 1
        for place in range(match.end(), min(len(text), match.end() + 4000)):
            depth += (text[place] == "{") - (text[place] == "}")
            if not depth:
                found.append(text[match.end() : place].strip())
                break
    return found


def _plain(text: str) -> str:
    text = _MARKS.sub("", text.translate(_TRANSLATION))
    for pattern, spelling in (
        (_ROOT, lambda m: f"sqrt({m[1] or m[2]})"),
        (_FRACTION, lambda m: f"{_part(m[1])}/{_part(m[2])}"),
        (_WORDS, lambda m: m[1]),
    ):
        text = pattern.sub(spelling, text)
    text = re.sub(r"[^\S\n]+", " ", text)
    return text.replace("\\cdot", "*").replace("\\times", "*").replace("√", "sqrt")


def _part(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"
