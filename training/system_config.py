"""The documented configuration records; networks of one's own follow with the agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from graphs.mcts.search import SearchConfig


class SystemConfigError(ValueError):
    """A setting that is unknown or out of its range."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MCTSConfig:
    """How self-play searches and chooses.

    Attributes:
        num_simulations: per move or step.
        c_puct: exploration weight.
        temperature_init, temperature_final: of the choice by visits, for the first
            `temperature_moves` actions of a run and after them; 0 takes the most visited action.
        temperature_moves: actions.
        dirichlet_alpha, noise_share: of the noise on root priors; none if either is 0.
    """

    num_simulations: int = 100
    c_puct: float = 1.25
    temperature_init: float = 1.0
    temperature_final: float = 0.0
    temperature_moves: int = 4
    dirichlet_alpha: float = 1.0
    noise_share: float = 0.25

    def __post_init__(self) -> None:
        if min(self.temperature_init, self.temperature_final, self.temperature_moves) < 0:
            raise SystemConfigError(
                f"temperatures {self.temperature_init}, {self.temperature_final} and "
                f"temperature_moves {self.temperature_moves} must be 0 or more"
            )
        try:
            self.searching()
        except ValueError as error:
            raise SystemConfigError(f"MCTSConfig: {error}") from None

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> MCTSConfig:
        """Read documented keys.

        Raises:
            SystemConfigError: if one is unknown or out of its range.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(given or {}) - known)
        if unknown:
            raise SystemConfigError(
                f"unknown mcts keys {', '.join(unknown)}; known: {', '.join(sorted(known))}"
            )
        return cls(**(given or {}))

    def searching(self, *, stop_at_solution: bool = False) -> SearchConfig:
        """Return how one position is searched."""
        return SearchConfig(
            simulations=self.num_simulations,
            c_puct=self.c_puct,
            dirichlet_alpha=self.dirichlet_alpha,
            noise_share=self.noise_share,
            stop_at_solution=stop_at_solution,
        )

    def temperature(self, place: int) -> float:
        """Return the temperature of a run's action number `place`, from 0."""
        return self.temperature_init if place < self.temperature_moves else self.temperature_final
