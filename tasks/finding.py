"""What a conformance check reports: what was expected, what was found, what to do."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What faulty code of a kind raises; a check reports it instead of ending with it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a kind breaks the contract of `tasks/protocol.py`.

    Attributes:
        check: short name of the check, such as `step is pure`.
        expected: what the contract asks for.
        found: what was seen instead, with the task or state it was seen at.
        advice: what to change.
    """

    check: str
    expected: str
    found: str
    advice: str

    def text(self) -> str:
        """Write the finding for a person, on four short lines."""
        return (
            f"{self.check}\n  expected: {self.expected}\n  found:    {self.found}\n"
            f"  to do:    {self.advice}"
        )


def shown(value: object, limit: int = 160) -> str:
    """Return a value's repr, cut to a readable length."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}..."
