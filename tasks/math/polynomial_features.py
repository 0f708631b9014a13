"""What a net sees of a polynomial expression: a row of features per node that a rule applies to.

All features lie in [-1, 1]; rows of absent nodes are zero; the last row sums up the expression.
Numbers enter by sign and size only.
"""

from __future__ import annotations

from math import log2

import numpy as np

from tasks.math.polynomial_moves import EXPRESSION, Node, node_at, sum_around, sum_at
from tasks.math.polynomial_rules import VERBS
from tasks.math.polynomial_state import (
    Bracket,
    Call,
    Factor,
    Number,
    Polynomial,
    Sum,
    Term,
    is_monomial,
)
from tasks.protocol import FloatArray

FEATURES = 32
_PRESENT = VERBS  # the columns before it say which verbs are legal


def observe(state: Polynomial, nodes: tuple[Node, ...], slots: int) -> FloatArray:
    """Return `[slots + 1, FEATURES]` float32."""
    rows = np.zeros((slots + 1, FEATURES), dtype=np.float32)
    for slot, (place, path, verbs) in enumerate(nodes[:slots]):
        rows[slot, list(verbs)] = 1.0
        whole = sum_at(state, place)
        around = sum_around(whole, path)
        one = around[path[-1 if len(path) % 2 else -2]]
        node = node_at(whole, path)
        depth = (len(path) - 1) // 2
        own = (
            1.0,
            float(place == EXPRESSION),
            min(1.0, depth / 4),
            float(len(path) % 2),
            *_of_term(one),
            min(1.0, len(around) / 16),
            path[-1 if len(path) % 2 else -2] / len(around),
            min(1.0, (sum(other.factors == one.factors for other in around) - 1) / 4),
            *(_of_factor(node) if isinstance(node, Factor) else (0.0,) * 10),
        )
        rows[slot, _PRESENT : _PRESENT + len(own)] = own
    rows[slots] = _whole(state, nodes, slots)
    return rows


def _of_term(one: Term) -> tuple[float, ...]:
    """Return sign, size, fraction, factors, brackets and calls, monomial or not: 6 numbers."""
    inner = sum(isinstance(factor.base, Bracket | Call) for factor in one.factors)
    return (
        float(one.num > 0) - float(one.num < 0),
        min(1.0, one.num.bit_length() / 32),
        float(one.den != 1),
        min(1.0, len(one.factors) / 8),
        min(1.0, inner / 4),
        float(is_monomial(one)),
    )


def _of_factor(factor: Factor) -> tuple[float, ...]:
    """Return the sort of base, the exponent, and what is inside: 10 numbers."""
    base, num, den = factor
    inner: Sum = ()
    if isinstance(base, Bracket):
        inner = base.terms
    elif isinstance(base, Call):
        inner = base.argument
    return (
        float(isinstance(base, str)),
        float(isinstance(base, Number)),
        float(isinstance(base, Bracket)),
        float(isinstance(base, Call)),
        max(-1.0, min(1.0, num / den / 8)),
        float(den != 1),
        min(1.0, len(inner) / 8),
        float(all(is_monomial(one) for one in inner)),
        min(1.0, (len(inner) - len({one.factors for one in inner})) / 8),
        min(1.0, log2(1 + len({f.base for one in inner for f in one.factors})) / 3),
    )


def _whole(state: Polynomial, nodes: tuple[Node, ...], slots: int) -> FloatArray:
    row = np.zeros(FEATURES, dtype=np.float32)
    top = state.expression
    for _, _, verbs in nodes:
        row[list(verbs)] += 1 / slots
    depths = [(len(path) - 1) // 2 for _, path, _ in nodes]
    row[_PRESENT : _PRESENT + 8] = (
        1.0,
        min(1.0, max(depths, default=0) / 4),
        min(1.0, len(nodes) / slots),
        min(1.0, len(top) / 16),
        min(1.0, (len(top) - len({one.factors for one in top})) / 16),
        min(1.0, sum(not is_monomial(one) for one in top) / 16),
        min(1.0, len(state.definitions) / 4),
        min(1.0, sum(len(one.factors) for one in top) / 32),
    )
    return np.minimum(row, np.float32(1.0))
