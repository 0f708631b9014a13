"""Read a language model's judgement strictly: what is not of the form asked for is an error.

Nothing is guessed: an unreadable reply is never a uniform prior, a value of 0 or action 0.
Letters: `A` actions.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from graphs.llm.policy import UnparsableReplyError
from tasks.protocol import BoolArray, FloatArray

SUM_TOLERANCE = 0.1  # models round; priors that are further from 1 than this are refused
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)
_NUMBER = re.compile(r"(?:action|value)?\s*[:=]?\s*([-+]?\d+(?:\.\d+)?)\s*\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model says of a state: `[A]` priors, value in [-1, 1], stated confidence in [0, 1]."""

    priors: FloatArray
    value: float
    confidence: float


def read_judgement(text: str, legal: BoolArray) -> Judgement:
    """Read the reply to `prompts.JUDGE`.

    Raises:
        UnparsableReplyError: if it is no such object, names an action that is not legal, or a
            number is out of its range.
    """
    data = _object(text)
    weights = data.get("actions")
    if not isinstance(weights, dict) or not weights:
        _refuse(text, "it has no actions")
    priors = np.zeros(len(legal), np.float32)
    for index, weight in weights.items():
        priors[_action(text, index, legal)] = _number(text, "probability", weight, 0.0, 1.0)
    total = float(priors.sum())
    if abs(total - 1.0) > SUM_TOLERANCE:
        _refuse(text, f"the probabilities sum to {total:.3f}, not 1")
    value = _number(text, "value", data.get("value"), -1.0, 1.0)
    confidence = _number(text, "confidence", data.get("confidence"), 0.0, 1.0)
    return Judgement(priors / np.float32(total), value, confidence)


def read_choice(text: str, legal: BoolArray) -> tuple[int, float | None]:
    """Read the reply to `prompts.CHOOSE`, or an index alone (`3`, `Action: 3`).

    Returns:
        The legal action, and the stated confidence in [0, 1]; None where none was stated.

    Raises:
        UnparsableReplyError: as `read_judgement`.
    """
    if alone := _NUMBER.fullmatch(text.strip()):
        return _action(text, alone[1], legal), None
    data = _object(text)
    return _action(text, data.get("action"), legal), _stated(text, data)


def read_value(text: str) -> tuple[float, float | None]:
    """Read the reply to `prompts.APPRAISE`, or a value alone (`0.4`, `Value: 0.4`).

    Returns:
        The value in [-1, 1], and the stated confidence in [0, 1]; None where none was stated.

    Raises:
        UnparsableReplyError: as `read_judgement`.
    """
    if alone := _NUMBER.fullmatch(text.strip()):
        return _number(text, "value", float(alone[1]), -1.0, 1.0), None
    data = _object(text)
    return _number(text, "value", data.get("value"), -1.0, 1.0), _stated(text, data)


def _object(text: str) -> dict[str, Any]:
    fenced = _FENCE.findall(text)
    try:
        data = json.loads(fenced[0] if len(fenced) == 1 else text)
    except json.JSONDecodeError as error:
        raise UnparsableReplyError(_complaint(text, f"it is not JSON ({error.msg})")) from error
    if not isinstance(data, dict):
        _refuse(text, "it is no JSON object")
    return data


def _action(text: str, index: Any, legal: BoolArray) -> int:
    if isinstance(index, bool) or not re.fullmatch(r"\d{1,9}", str(index)):
        _refuse(text, f"action {index!r} is no index")
    action = int(index)
    if action >= len(legal) or not legal[action]:
        _refuse(text, f"action {action} is not legal")
    return action


def _number(text: str, name: str, number: Any, low: float, high: float) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        _refuse(text, f"{name} {number!r} is no number")
    if not low <= number <= high:
        _refuse(text, f"{name} {number} is outside [{low:g}, {high:g}]")
    return float(number)


def _stated(text: str, data: dict[str, Any]) -> float | None:
    stated = data.get("confidence")
    return None if stated is None else _number(text, "confidence", stated, 0.0, 1.0)


def _refuse(text: str, fault: str) -> NoReturn:
    raise UnparsableReplyError(_complaint(text, fault))


def _complaint(text: str, fault: str) -> str:
    return f"{fault}; the reply began {text[:120]!r}"
