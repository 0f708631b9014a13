"""Find the answer to a deduction in what a person or a language model wrote around it."""

from __future__ import annotations

import re
from typing import Any

from tasks.reasoning.deduction_grader import claimed

_LONGEST = 20_000  # only the end of a longer text is read
_ANNOUNCED = re.compile(
    r"(?:\banswer|\bconclusion|\bresult|\bfinal order|\border|\bchoice|\boption)\b"
    r"[ :*]*(?:is|=|:|must be|would be|are)?[ :*]*(?:that |option |choice )?(?P<said>[^\n]{1,300})",
    re.I,
)
_UNKNOWN = re.compile(
    r"\b(?:cannot|can't|can not) be (?:decided|determined|concluded)|\bunknown\b|\bundetermined\b",
    re.I,
)
_TORN = re.compile(r"\bcontradict(?:ion|ory)\b|\binconsistent\b", re.I)


def find_answer(payload: Any, text: str) -> str | None:
    """Return the answer as a label, `unknown` or `contradiction`; None if the text has none.

    A boxed or announced answer counts before one in passing, a later one before an earlier one.
    """
    text = _plain(text[-_LONGEST:])
    if (found := _short(payload, text)) is not None:
        return found
    boxed = re.findall(r"boxed\s*\{([^{}]{1,300})\}", text)
    announced = [match["said"] for match in _ANNOUNCED.finditer(text)]
    lines = [line for line in text.split("\n") if line.strip()][-3:]
    sentences = re.split(r"(?<=[.!?])\s+", lines[-1]) if lines else []
    for piece in (*reversed(boxed), *reversed(announced), *reversed(sentences), *reversed(lines)):
        found = _short(payload, piece) or _mentioned(payload, piece)
        if found is not None:
            return found
    return None


def _short(payload: Any, text: str) -> str | None:
    text = re.sub(
        r"^(?:the )?(?:final )?(?:answer|conclusion)(?: is|:)+ *", "", text.strip(), flags=re.I
    )
    said = claimed(payload, text.split(". ")[0] if len(text) < 400 else text)
    if said is None:
        return None
    if isinstance(said, str):
        return said
    if payload.form == "sequence":
        order = [payload.labels[n] for n in sorted(said)]
        return ", ".join(order)
    return " and ".join(payload.labels[n] for n in sorted(said))


def _mentioned(payload: Any, piece: str) -> str | None:
    """Return the only label that a piece of text mentions without denying it."""
    if payload.form == "sequence":
        return None
    found = []
    for label in dict.fromkeys(payload.labels):
        bare = label.strip("()")
        body = rf"\({bare}\)|\b{bare}\)" if label != bare else rf"\b{re.escape(label)}\b"
        if label == bare and re.search(rf"\bnot (?:an? |the )?{re.escape(label)}\b", piece, re.I):
            continue
        if re.search(body, piece, re.I):
            found.append(label)
    if len(found) == 1 and not _UNKNOWN.search(piece):
        return found[0]
    if not found and _UNKNOWN.search(piece):
        return "unknown"
    return "contradiction" if not found and _TORN.search(piece) else None


def _plain(text: str) -> str:
    """Take away the marks of LaTeX and Markdown."""
    text = re.sub(r"\\(?:text|mathrm|textbf)\s*\{([^{}]*)\}", r"\1", text)
    text = text.replace("\\boxed", "boxed").replace("**", "").replace("$", "")
    return re.sub(r"[^\S\n]+", " ", text).strip()
