"""Read graphs to be coloured as people type them: edges, neighbours, borders; colours."""

from __future__ import annotations

from tasks.reasoning.constraints_payload import ConstraintsPayload


def read_colouring(text: str) -> ConstraintsPayload | None:
    """Return the graph and its colours; None if the text is no such question."""
    return None
