"""Find a label in what a person or a language model wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tasks.text.intent_data import plain_label

MAX_ANSWER = 20_000  # characters that are looked at, from the end
INTRODUCED = re.compile(
    r"(?:answer|intent|label|category|class|decision)\b[ \t]*(?:is|:|=)[ \t:]*([^\n]{1,200})",
    re.IGNORECASE,
)
BOXED = re.compile(r"\\boxed\{(?:\\text\{)?([^{}\n]{1,200})\}")


def find_label(text: str, labels: Mapping[str, str]) -> str | None:
    """Return the label that a text settles on; None if it names none or leaves several open.

    Args:
        text: the label alone, or prose that ends with it.
        labels: plain spelling -> label.
    """
    text = text[-MAX_ANSWER:]
    alone = labels.get(plain_label(text))
    if alone is not None:
        return alone
    told = [*BOXED.findall(text)[-1:], *INTRODUCED.findall(text)[-1:]]
    lines = [line for line in text.splitlines() if line.strip()]
    for piece in [*told, *lines[-1:]]:
        found = _mentioned(piece, labels)
        if len(found) == 1:
            return found.pop()
    return None


def _mentioned(piece: str, labels: Mapping[str, str]) -> set[str]:
    """Return the labels in a piece of text, except those within a longer one."""
    left = f" {plain_label(piece[:1000])} "
    found = set()
    for plain in sorted((p for p in labels if f" {p} " in left), key=len, reverse=True):
        if f" {plain} " in left:
            found.add(labels[plain])
            left = left.replace(f" {plain} ", " | ")
    return found
