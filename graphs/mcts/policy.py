"""From visit counts to a move. Letters: `A` actions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import FloatArray


class EmptySearchError(ValueError):
    """A search that visited nothing says nothing about the move."""


def visit_policy(
    visit_counts: NDArray[np.integer] | Sequence[int], temperature: float
) -> FloatArray:
    """Turn root visit counts into a policy target.

    Args:
        visit_counts: `[A]` int, 0 for illegal actions.
        temperature: 1 keeps the shares; 0 puts all mass on the most visited action, ties shared.

    Returns:
        `[A]` float32, sums to 1.

    Raises:
        EmptySearchError: if nothing was visited.
        ValueError: if the temperature or a count is negative or no number.

    Source: Silver et al. 2017, AlphaGo Zero, Methods, "Play".
    """
    counts = np.asarray(visit_counts, np.float64)
    if not temperature >= 0.0 or not (counts >= 0.0).all():
        raise ValueError(
            f"temperature {temperature} and visit counts {counts.tolist()} must be 0 or more"
        )
    top = counts.max(initial=0.0)
    if top == 0.0:
        raise EmptySearchError("no visits at the root; search with at least one simulation")
    shares = counts / top
    with np.errstate(under="ignore"):
        weights = (
            (shares == 1.0).astype(float) if temperature == 0.0 else shares ** (1 / temperature)
        )
    policy: FloatArray = (weights / weights.sum()).astype(np.float32)
    return policy


def sample_action(policy: FloatArray, rng: np.random.Generator) -> int:
    """Draw an action from `[A]` probabilities; never one of probability 0."""
    edges = np.cumsum(policy, dtype=np.float64)
    return int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))
