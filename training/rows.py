"""One training example as a row, rows of equal states merged, and rows as arrays for the fit.

Where rows come from is `examples`; which rows are images of each other is `augment`. Letters: `N`
rows, `A` actions.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import BoolArray, Environment, FloatArray

TargetSource = Literal["visits", "path", "none"]


class BadTargetError(ValueError):
    """A target that is no distribution over legal actions, or no return."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be learned about one state.

    Attributes:
        state: not terminal; the observation is made from it.
        policy: `[A]`, sums to 1 over legal actions; None where there is no policy target.
        target_source: `visits` (a search's visit distribution), `path` (the executed action of a
            solved derivation, all mass on it), `none`.
        value: discounted return in [-1, 1] for the player to move; 0 with weight 0 where there is
            none.
        policy_weight, value_weight: 0 or more; how much the row counts in each loss.
        group: equal for states that are images of each other, so that none is held out while
            another trains.
    """

    state: Any
    policy: FloatArray | None
    target_source: TargetSource
    value: float
    policy_weight: float
    value_weight: float
    group: Hashable = None


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows as arrays.

    Attributes:
        observations: `[N, *observation_shape]` float32.
        legal: `[N, A]` bool.
        policies: `[N, A]` float32; rows sum to 1, or are 0 where the policy weight is 0.
        values: `[N]` float32 in [-1, 1], for the player to move.
        policy_weights, value_weights: `[N]` float32.
        groups: `[N]` int64; equal for images of each other.
        sources: rows by target source.
    """

    observations: FloatArray
    legal: BoolArray
    policies: FloatArray
    values: FloatArray
    policy_weights: FloatArray
    value_weights: FloatArray
    groups: NDArray[np.int64]
    sources: dict[str, int]

    def __len__(self) -> int:
        return len(self.values)

    def take(self, index: NDArray[np.int64]) -> Examples:
        """Return the rows of an index; `sources` stays that of the whole."""
        return Examples(
            self.observations[index],
            self.legal[index],
            self.policies[index],
            self.values[index],
            self.policy_weights[index],
            self.value_weights[index],
            self.groups[index],
            self.sources,
        )


def merged(rows: Iterable[Row]) -> list[Row]:
    """Return one row per state: weighted mean targets, weights added.

    The gradient of a loss that is linear in its targets (cross-entropy, and the mean of a square)
    stays the same, with fewer rows and less noise per row.
    """
    table: dict[Any, Row] = {}
    for row in rows:
        known = table.get(row.state)
        table[row.state] = row if known is None else _sum(known, row)
    return list(table.values())


def to_examples(
    environment: Environment[Any], rows: Sequence[Row], repeat_power: float = 1.0
) -> Examples:
    """Turn rows into arrays; observations and legal actions come from the environment.

    Args:
        environment: makes the observations.
        rows: one per state.
        repeat_power: weights are raised to it; below 1 a state that came up a hundred times
            counts less than a hundred states that came up once.

    Raises:
        BadTargetError: if a policy has mass on an illegal action or does not sum to 1, or a value
        leaves
            [-1, 1].
    """
    count, actions = len(rows), environment.num_actions
    observations = np.zeros((count, *environment.observation_shape), np.float32)
    legal = np.zeros((count, actions), np.bool_)
    policies = np.zeros((count, actions), np.float32)
    numbers: dict[Hashable, int] = {}
    sources: dict[str, int] = {}
    for n, row in enumerate(rows):
        observations[n] = environment.observe(row.state)
        legal[n] = environment.legal(row.state)
        if row.policy is not None:
            policies[n] = row.policy
        numbers.setdefault(row.state if row.group is None else row.group, len(numbers))
        sources[row.target_source] = sources.get(row.target_source, 0) + 1
    given = np.array([row.policy is not None for row in rows], np.bool_)
    if (policies[~legal] > 0).any() or (np.abs(policies[given].sum(1) - 1.0) > 1e-3).any():
        raise BadTargetError("a policy target must sum to 1 over the legal actions of its state")
    values = np.array([row.value for row in rows], np.float32)
    if count and not (np.abs(values) <= 1.0 + 1e-6).all():
        raise BadTargetError("a value target leaves [-1, 1]; scale the kind's rewards")
    policy_weights = np.array([row.policy_weight for row in rows], np.float32) ** repeat_power
    value_weights = np.array([row.value_weight for row in rows], np.float32) ** repeat_power
    groups = [numbers[row.state if row.group is None else row.group] for row in rows]
    return Examples(
        observations,
        legal,
        policies,
        values,
        policy_weights * given,
        value_weights,
        np.array(groups, np.int64),
        sources,
    )


def _sum(one: Row, other: Row) -> Row:
    policy, source, policy_weight = one.policy, one.target_source, one.policy_weight
    if policy is None:
        policy, source, policy_weight = other.policy, other.target_source, other.policy_weight
    elif other.policy is not None:
        policy_weight = one.policy_weight + other.policy_weight
        share = other.policy_weight / policy_weight if policy_weight else 0.5
        policy = ((1.0 - share) * policy + share * other.policy).astype(np.float32)
    value_weight = one.value_weight + other.value_weight
    share = other.value_weight / value_weight if value_weight else 0.0
    value = (1.0 - share) * one.value + share * other.value
    return Row(one.state, policy, source, value, policy_weight, value_weight, one.group)
