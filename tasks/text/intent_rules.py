"""The environment of a set of labels: one step, which chooses a label or abstains.

It does not know which label is right, so every end returns 0: a search through it learns nothing,
and only the labels that came with the data say what was right. Letters: `A` actions, `D` features.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

import numpy as np

from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task
from tasks.text.intent_data import ABSTAIN
from tasks.text.intent_features import FeatureSettings, observation

RULES = 1  # raised when observations or actions change their meaning


class IntentState(NamedTuple):
    """A text, and the action that was chosen; -1 before."""

    text: str
    chosen: int


class IntentEnvironment:
    """Choose one of `labels`, or abstain, which is the last action."""

    num_players = 1
    max_steps = 1
    discount = 0.99
    rules: BatchRules | None = None

    def __init__(self, name: str, labels: Sequence[str], features: FeatureSettings) -> None:
        self._name, self._features = name, features
        self._names = (*labels, ABSTAIN)
        self.num_actions = len(self._names)
        self.observation_shape: tuple[int, ...] = (features.dimensions,)
        told = json.dumps([RULES, self._names, asdict(features)])
        self.version = f"intents-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
        self._legal = np.ones(self.num_actions, np.bool_)

    def initial(self, task: Task) -> IntentState:
        """Return the text with nothing chosen."""
        return IntentState(task.payload.text, -1)

    def legal(self, state: IntentState) -> BoolArray:
        """Return `[A]` bool: everything until something is chosen."""
        return self._legal.copy() if state.chosen < 0 else np.zeros(self.num_actions, np.bool_)

    def step(self, state: IntentState, action: int) -> IntentState:
        """Choose.

        Raises:
            IllegalActionError: if something is chosen already, or there is no such action.
        """
        if state.chosen >= 0 or not 0 <= action < self.num_actions:
            raise IllegalActionError(
                f"action {action} at {self.describe(state)!r}; one choice is made, below "
                f"{self.num_actions}"
            )
        return IntentState(state.text, int(action))

    def is_terminal(self, state: IntentState) -> bool:
        """Say whether something is chosen."""
        return state.chosen >= 0

    def returns(self, state: IntentState) -> FloatArray:
        """Return 0: the rules cannot tell a right choice from a wrong one."""
        return np.zeros(1, np.float32)

    def to_play(self, state: IntentState) -> int:
        """Return the only player."""
        return 0

    def observe(self, state: IntentState) -> FloatArray:
        """Return the text's hashed features `[D]` in [0, 1]; nothing once a choice is made."""
        if state.chosen >= 0:
            return np.zeros(self.observation_shape, np.float32)
        return observation(state.text, self._features)

    def describe(self, state: IntentState) -> str:
        """Return the text as it is asked about, and the choice."""
        asked = f"{self._name}: {state.text}"
        return asked if state.chosen < 0 else f"{asked} -> {self._names[state.chosen]}"

    def describe_action(self, state: IntentState, action: int) -> str:
        """Return the label."""
        return self._names[action]
