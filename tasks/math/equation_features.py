"""What a net sees of an equation: a row of features per term, and one for the whole equation.

All features lie in [-1, 1]. Rows of absent terms are zero. Numbers enter only by sign, size and
denominator: which rewrite helps depends on the form of an equation, exact numbers are the
rewriting's affair.
"""

from __future__ import annotations

from math import log2

import numpy as np

from tasks.math.equation_state import (
    CONSTANT,
    UNKNOWN,
    Equation,
    Side,
    Term,
    holds_bracket,
    holds_unknown,
)
from tasks.protocol import FloatArray

FEATURES = 20
# columns of a term's row
(
    PRESENT, ON_LEFT, IS_UNKNOWN, IS_CONSTANT, IS_BRACKET, SIGN, MAGNITUDE, DENOMINATOR,
    IS_ONE, IS_MINUS_ONE, HAS_EARLIER_LIKE, PLACE, BRACKET_SIZE, NESTED, LIKE_HERE, LIKE_OPPOSITE,
    BRACKET_HOLDS_UNKNOWN, ALONE,
    IS_FRACTION, IS_WHOLE,
) = range(FEATURES)  # fmt: skip


def observe(state: Equation, slots_a_side: int) -> FloatArray:
    """Return `[2 * slots_a_side + 1, FEATURES]` float32; the last row sums up the equation."""
    _, left, right = state
    rows = np.zeros((2 * slots_a_side + 1, FEATURES), dtype=np.float32)
    _fill(rows, 0, left, right, 1.0, slots_a_side)
    _fill(rows, slots_a_side, right, left, -1.0, slots_a_side)
    rows[-1] = _whole(left, right, slots_a_side)
    return rows


def _fill(rows: FloatArray, start: int, side: Side, other: Side, sign: float, limit: int) -> None:
    if not side:
        return
    bodies = [body for _, _, body in side]
    opposite = [body for _, _, body in other]
    alone = float(len(side) == 1)
    table = []
    for place, term in enumerate(side[:limit]):
        num, den, body = term
        inner: Side = () if isinstance(body, int) else body
        table.append(
            (
                1.0,
                sign,
                float(body == UNKNOWN),
                float(body == CONSTANT),
                float(bool(inner)),
                1.0 if num > 0 else -1.0,
                _magnitude(num, den),
                min(1.0, log2(den) / 8) if den != 1 else 0.0,
                float(num == 1 and den == 1),
                float(num == -1 and den == 1),
                float(body in bodies[:place]),
                place / limit,
                min(1.0, len(inner) / 8),
                float(holds_bracket(inner)),
                min(1.0, (bodies.count(body) - 1) / 4),
                min(1.0, opposite.count(body) / 4),
                float(holds_unknown(inner)),
                alone,
                float(den != 1),
                0.0,
            )
        )
    rows[start : start + len(table)] = table


def _magnitude(num: int, den: int) -> float:
    """Return the size of a number as log2 scaled to [-1, 1]; 0 for 1 and -1."""
    if den == 1:
        return min(1.0, log2(abs(num)) / 16)
    return max(-1.0, min(1.0, (log2(abs(num)) - log2(den)) / 16))


def _whole(left: Side, right: Side, limit: int) -> tuple[float, ...]:
    a, b = _counts(left), _counts(right)
    return (
        1.0,
        0.0,
        min(1.0, a[0] / 4),
        min(1.0, b[0] / 4),
        min(1.0, a[1] / 4),
        min(1.0, b[1] / 4),
        min(1.0, a[2] / 4),
        min(1.0, b[2] / 4),
        min(1.0, len(left) / limit),
        min(1.0, len(right) / limit),
        float(not left),
        float(not right),
        min(1.0, (a[3] + b[3]) / 4),
        float(a[0] > 0 and b[0] > 0),
        float(a[1] > 0 and b[1] > 0),
        float(a[2] + b[2] > 0),
        float(a[0] + b[0] == 0),
        float(
            len(right) == 1
            and right[0] == (1, 1, UNKNOWN)
            and len(left) <= 1
            and not (a[0] or a[2])
        ),
        float(len(left) > limit or len(right) > limit),
        1.0,
    )


def _counts(side: Side) -> tuple[int, int, int, int]:
    """Count unknown terms, constants, brackets, and fractions."""
    unknowns = constants = fractions = 0
    term: Term
    for term in side:
        body = term[2]
        if body == UNKNOWN:
            unknowns += 1
        elif body == CONSTANT:
            constants += 1
        if term[1] != 1:
            fractions += 1
    return unknowns, constants, len(side) - unknowns - constants, fractions
