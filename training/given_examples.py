"""Extracted examples as arrays for the fit of the loop. Letters: `N` rows, `A` actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tasks.catalogue import Catalogue
from training.extraction import ExampleType, TrainingExample
from training.rows import Examples
from training.selfplay.traces import State
from training.solving import environment_of


class UnfittableExampleError(ValueError):
    """Examples that belong to no kind, or are not of its shape."""


def examples_by_kind(
    given: Mapping[ExampleType, Sequence[TrainingExample]], kinds: Catalogue
) -> dict[str, Examples]:
    """Return the policy and value examples of each kind; other types have nothing for this fit.

    Args:
        given: as `TrainingDataExtractor.extract_examples` returns them; a policy and a value of the
            same step become one row, with the two weights.
        kinds: that they may be about.

    Raises:
        UnfittableExampleError: if there is neither a policy nor a value, or one names no kind, has
            no legal actions or another shape.
        UnknownKindError: if a kind is not among `kinds`.
    """
    rows: dict[str, dict[str, dict[str, TrainingExample]]] = {}
    for name in ("policy", "value"):
        for example in given.get(name, ()):  # type: ignore[call-overload]
            if not isinstance(example.state, State) or "kind" not in example.metadata:
                raise UnfittableExampleError(
                    f"example {example.example_id!r} names no kind in its metadata; only examples "
                    "of known kinds can be fitted here"
                )
            step = example.example_id.rpartition("/")[0]
            rows.setdefault(example.metadata["kind"], {}).setdefault(step, {})[name] = example
    if not rows:
        raise UnfittableExampleError("no policy and no value example; there is nothing to learn")
    return {kind: _arrays(list(of.values()), kind, kinds) for kind, of in rows.items()}


def _arrays(rows: list[dict[str, TrainingExample]], name: str, kinds: Catalogue) -> Examples:
    environment = environment_of(kinds[name])
    count, actions = len(rows), environment.num_actions
    observations = np.zeros((count, *environment.observation_shape), np.float32)
    legal = np.zeros((count, actions), np.bool_)
    policies = np.zeros((count, actions), np.float32)
    values, policy_weights, value_weights = np.zeros((3, count), np.float32)
    groups: dict[str, int] = {}
    numbers = np.zeros(count, np.int64)
    for n, row in enumerate(rows):
        one = next(iter(row.values()))
        assert isinstance(one.state, State)
        shape = tuple(one.state.representation.shape)
        if shape != tuple(environment.observation_shape) or not one.metadata.get("legal"):
            raise UnfittableExampleError(
                f"example {one.example_id!r} has a state of {list(shape)} and legal actions "
                f"{one.metadata.get('legal')}; {name} has {list(environment.observation_shape)}"
            )
        observations[n] = one.state.representation.numpy()
        legal[n, one.metadata["legal"]] = True
        numbers[n] = groups.setdefault(one.state.state_id, len(groups))
        if "policy" in row:
            policy_weights[n] = row["policy"].weight
            for action, share in row["policy"].target.items():
                policies[n, int(action)] = share
        if "value" in row:
            value_weights[n], values[n] = row["value"].weight, row["value"].target
    return Examples(
        observations,
        legal,
        policies,
        values,
        policy_weights,
        value_weights,
        numbers,
        {"visits": int((policy_weights > 0).sum()), "none": int((policy_weights == 0).sum())},
    )
