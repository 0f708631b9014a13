"""What a finished search leaves behind: statistics of its root. Letters: `A` actions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SearchSummary:
    """Root statistics of one search.

    Attributes:
        visit_counts: `[A]`, 0 for illegal actions; sums to the simulations that passed the root.
        priors: `[A]`, the policy before search (after root noise, if any).
        action_values: `[A]` in [-1, 1] for the player to move at the root; 0 where unvisited.
        root_value: mean backed-up value for the player to move at the root.
        simulations: select-expand-evaluate-back-up passes made.
        evaluations: positions the evaluator was asked for (cache hits and terminals are free).
        depth: longest path from the root.
        seconds: wall time, shared equally among trees searched together.
    """

    visit_counts: tuple[int, ...]
    priors: tuple[float, ...]
    action_values: tuple[float, ...]
    root_value: float
    simulations: int
    evaluations: int
    depth: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SearchSummary:
        """Read back `to_json`."""
        lists = ("visit_counts", "priors", "action_values")
        fields: dict[str, Any] = {k: tuple(v) if k in lists else v for k, v in data.items()}
        return cls(**fields)
