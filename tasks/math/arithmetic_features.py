"""What a net sees of a calculation: a row of features per operation that can be worked out next.

All features lie in [-1, 1]; rows of absent operations are zero. Numbers enter by sign, size and
denominator: exact numbers are the rules' affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np

from tasks.math.arithmetic_state import Token
from tasks.math.arithmetic_values import Value, is_simplified
from tasks.protocol import FloatArray

_SIGNS = ("+", "-", "*", "/", "^", "neg", "sqrt", "abs")
_OF_OPERAND = 8
FEATURES = 5 + len(_SIGNS) + 2 * _OF_OPERAND


def observe(tokens: Sequence[Token], places: Sequence[tuple[int, int]], rows: int) -> FloatArray:
    """Return `[rows, FEATURES]` float32.

    Args:
        tokens: the calculation in postfix notation.
        places: first and last token of each operation on numbers; at most `rows`.
        rows: K, as many as the environment has slots.
    """
    view = np.zeros((rows, FEATURES), dtype=np.float32)
    operations = sum(isinstance(token, str) for token in tokens)
    for row, (start, end) in enumerate(places):
        sign = tokens[end] if isinstance(tokens[end], str) else ""
        operands = [token for token in tokens[start : end + 1] if not isinstance(token, str)]
        features = [1.0, row / rows, start / len(tokens), min(1.0, operations / 32)]
        features.append(float(not sign))
        features += [float(sign == name) for name in _SIGNS]
        for operand in operands:
            features += _operand(operand)
        view[row, : len(features)] = features
    return view


def _operand(value: Value) -> list[float]:
    if not value:
        return [1.0, *[0.0] * (_OF_OPERAND - 1)]
    num, den, radicand = value[-1]
    size = (log2(abs(num)) - log2(den)) / 64
    return [
        0.0,
        1.0 if num > 0 else -1.0,
        max(-1.0, min(1.0, size)),
        min(1.0, log2(den) / 32),
        float(radicand > 1),
        min(1.0, log2(radicand) / 50),
        float(is_simplified(value)),
        min(1.0, (len(value) - 1) / 4),
    ]
