"""Judge a label by the one that came with the text; shares nothing with nets or rules."""

from __future__ import annotations

from collections.abc import Collection

from tasks.protocol import Verdict


def grade(said: str, accepted: Collection[str]) -> Verdict:
    """Compare labels, but for case and the blanks around them.

    Args:
        said: the answer's text.
        accepted: the label that came with the text, and other names of it; empty where no label
            came with it, so that no verdict can be given.
    """
    if not accepted:
        return Verdict(None, 0.0, "no label came with this text, so nobody can say")
    right = said.strip().casefold() in {label.casefold() for label in accepted}
    return Verdict(right, float(right))
