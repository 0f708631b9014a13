"""Examples of one type as a torch Dataset of tensors. Letters: `A` actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.utils.data import Dataset

from training.extraction import EXAMPLE_TYPES, ExampleType, TrainingExample
from training.selfplay.traces import State


class ExampleShapeError(ValueError):
    """Examples that do not make one batch, or are not of a known type."""


class SelfPlayDataset(Dataset[dict[str, Any]]):
    """The examples of one type; fits ConcatDataset and DataLoader.

    An item is {state, target, weight}: `state` the representation, `weight` a float32 scalar.
    `target` is `[A]` float32 for a policy, a float32 scalar for a value and {chosen, rejected},
    int64 action numbers, for a negative example (chosen -1: no action is preferred). A reasoning
    item is {query, steps, weight}, the steps one to a line.

    Attributes:
        action_ids: `[A]`, the action of each place of a policy target.
    """

    def __init__(self, examples: Sequence[TrainingExample], example_type: ExampleType) -> None:
        """Keep the examples of the type; others are left out.

        Raises:
            ExampleShapeError: if the type is unknown, or the examples are of several shapes: make
                one dataset per kind, which each example's metadata name.
        """
        if example_type not in EXAMPLE_TYPES:
            raise ExampleShapeError(
                f"unknown example type {example_type!r}; expected {', '.join(EXAMPLE_TYPES)}"
            )
        self.example_type = example_type
        self._examples = [e for e in examples if e.example_type == example_type]
        shapes = {
            (tuple(e.state.representation.shape), e.metadata.get("num_actions"))
            for e in self._examples
            if isinstance(e.state, State)
        }
        if len(shapes) > 1:
            told = ", ".join(
                f"{list(shape)} with {n} actions" for shape, n in sorted(shapes, key=str)
            )
            raise ExampleShapeError(f"states of several shapes ({told}); make one dataset per kind")
        self.action_ids = _action_ids(self._examples)
        self._place = {action: place for place, action in enumerate(self.action_ids)}

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, index: int) -> dict[str, Any]:
        example = self._examples[index]
        weight = torch.tensor(example.weight, dtype=torch.float32)
        if not isinstance(example.state, State):
            return {"query": example.state, "steps": "\n".join(example.target), "weight": weight}
        state = example.state.representation
        return {"state": state, "target": self._target(example), "weight": weight}

    def _target(self, example: TrainingExample) -> Any:
        if self.example_type == "value":
            return torch.tensor(example.target, dtype=torch.float32)
        if self.example_type == "negative":
            chosen, rejected = example.target["chosen"], example.target["rejected"]
            return {
                "chosen": torch.tensor(-1 if chosen is None else self._place[chosen]),
                "rejected": torch.tensor(self._place[rejected]),
            }
        policy = torch.zeros(len(self.action_ids))
        for action, share in example.target.items():
            policy[self._place[action]] = share
        return policy


def _action_ids(examples: Sequence[TrainingExample]) -> list[str]:
    """Return all action ids by place: the environment's numbers, or a caller's names in order."""
    for example in examples:
        if "num_actions" in example.metadata:
            return [str(action) for action in range(example.metadata["num_actions"])]
    met: set[str] = set()
    for example in examples:
        if example.example_type == "policy":
            met.update(example.target)
        elif example.example_type == "negative":
            met.update(a for a in example.target.values() if a is not None)
    return sorted(met)
