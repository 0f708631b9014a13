"""What a run may use, and what it has used. Every payer adds to one Spend."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Limit = Literal["dollars", "seconds", "simulations", "llm_calls"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Limits of one run; None means no limit."""

    dollars: float | None = None
    seconds: float | None = None
    simulations: int | None = None
    llm_calls: int | None = None

    def __post_init__(self) -> None:
        for name in self.__slots__:
            limit = getattr(self, name)
            if limit is not None and limit < 0:
                raise ValueError(f"budget {name} is {limit}; it must be 0 or more")

    def spent(self, spend: Spend) -> Limit | None:
        """Return the first limit that is reached, or None while all of them hold."""
        for name in ("dollars", "seconds", "simulations", "llm_calls"):
            limit = getattr(self, name)
            if limit is not None and getattr(spend, name) >= limit:
                return name
        return None

    def to_json(self) -> dict[str, Any]:
        """Return the limits as JSON values."""
        return asdict(self)


@dataclass(kw_only=True, slots=True)
class Spend:
    """What a run has used so far; the one mutable record, owned by the run."""

    dollars: float = 0.0
    seconds: float = 0.0
    simulations: int = 0
    evaluations: int = 0  # positions a network judged
    llm_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    price_known: bool = True  # False once a price was unknown: dollars is then a lower bound

    def add(self, other: Spend) -> None:
        """Add another run's use to this one (seconds too: call it for sequential parts)."""
        for name in ("dollars", "seconds", "simulations", "evaluations"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("llm_calls", "input_tokens", "output_tokens"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.price_known = self.price_known and other.price_known

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return asdict(self)
