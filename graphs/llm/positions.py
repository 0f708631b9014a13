"""A state vector as text for a language model, with what the caller adds to it.

For callers who have no environment: where there is one, `prompts.judge_messages` describes the
state. Letters: `D` state length, `A` actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks.protocol import BoolArray, FloatArray

Context = Mapping[str, Any] | str | None


class ContextError(ValueError):
    """A context whose legal actions or names do not fit the network."""


@dataclass(frozen=True, slots=True)
class Position:
    """What a model reads: the text, `[A]` legal, and a line `INDEX: words` per legal action."""

    text: str
    legal: BoolArray
    actions: str


def position_of(state: FloatArray, context: Context, num_actions: int) -> Position:
    """Describe a `[1, D]` state.

    Args:
        state: its numbers are shown where the context has no `description`.
        context: text, or a mapping with `description`, `legal` (`[A]` bool, or legal indices),
            `actions` (`[A]` names) and anything else the model should read.
        num_actions: A; 0 where no action is asked for.

    Raises:
        ContextError: if no action is legal, or an index or the number of names is out of range.
    """
    given = {"description": context} if isinstance(context, str) else dict(context or {})
    legal = _legal(given.pop("legal", None), num_actions)
    names = list(given.pop("actions", ()))
    if names and len(names) != num_actions:
        raise ContextError(f"{len(names)} names for {num_actions} actions; give one for each")
    numbers = ", ".join(f"{x:.4g}" for x in state[0])
    described = given.pop("description", f"a state vector of {state.shape[1]} numbers: [{numbers}]")
    text = "\n".join([f"### Position\n{described}", *(f"{k}: {v}" for k, v in given.items())])
    lines = [f"{a}: {names[a] if names else f'action {a}'}" for a in np.flatnonzero(legal)]
    return Position(text, legal, "\n".join(lines))


def _legal(given: Any, num_actions: int) -> BoolArray:
    if given is None:
        return np.ones(num_actions, np.bool_)
    array = np.asarray(given)
    if array.dtype == np.bool_ and array.shape == (num_actions,):
        legal = array
    elif array.dtype.kind in "iu" and array.ndim == 1:
        if array.size and (array.min() < 0 or array.max() >= num_actions):
            raise ContextError(f"legal names {array.tolist()}, beyond {num_actions} actions")
        legal = np.zeros(num_actions, np.bool_)
        legal[array] = True
    else:
        raise ContextError(f"legal is {given!r}; expected {num_actions} booleans, or indices")
    if num_actions and not legal.any():
        raise ContextError("no action is legal here, so there is nothing to choose")
    return legal
