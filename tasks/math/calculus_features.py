"""What a net sees of a calculus problem: a row per term that can be acted on, and the whole.

All features lie in [-1, 1]; rows of absent terms are zero. Numbers enter only by sign and size:
which rule helps depends on the form of a term.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np

from tasks.math.product_sums import (
    BRACKET,
    DIFF,
    INSERT,
    INTEGRAL,
    LETTER,
    NUMBER,
    OPERATORS,
    Sum,
    Term,
    brackets,
)
from tasks.protocol import FloatArray

FEATURES = 30
_FIRST_VERB = 18  # columns from here on: which verbs are legal
(
    PRESENT, DEPTH, INSIDE_INTEGRAL, FACTORS, NUMBERS, LETTERS, BRACKETS, OPERATORS_HERE,
    IS_DIFF, IS_INTEGRAL, IS_INSERT, BODY_TERMS, BODY_FACTORS, NESTED_OPERATOR, SIGN, MAGNITUDE,
    DENOMINATOR, DEGREE,
) = range(_FIRST_VERB)  # fmt: skip


def observe(
    terms: Sum, rows: Sequence[tuple[Term, Sequence[int], int, bool]], slots: int, verbs: int
) -> FloatArray:
    """Return `[slots + 1, FEATURES]` float32; the last row sums up the whole.

    Args:
        terms: the whole sum.
        rows: per term that can be acted on: the term, its legal verbs, the length of its path,
            whether it stands below an integral sign.
        slots: rows for such terms.
        verbs: how many there are, at most FEATURES - 18.
    """
    table = np.zeros((slots + 1, FEATURES), dtype=np.float32)
    for row, (term, legal, length, inside) in zip(table, rows[:slots], strict=False):
        _fill(row, term, length, inside)
        for verb in legal:
            row[_FIRST_VERB + verb] = 1.0
    whole = table[-1]
    whole[PRESENT] = 1.0
    whole[FACTORS] = min(1.0, len(terms) / 32)
    whole[OPERATORS_HERE] = min(1.0, sum(_holds_operator(term) for term in terms) / 32)
    whole[BRACKETS] = min(1.0, sum(brackets(term) > 0 for term in terms) / 32)
    for _, legal, _, _ in rows:
        for verb in legal:
            whole[_FIRST_VERB + verb] = min(1.0, whole[_FIRST_VERB + verb] + 1 / slots)
    assert verbs <= FEATURES - _FIRST_VERB
    return table


def _fill(row: FloatArray, term: Term, length: int, inside: bool) -> None:
    row[PRESENT] = 1.0
    row[DEPTH] = min(1.0, length / 16)
    row[INSIDE_INTEGRAL] = float(inside)
    row[FACTORS] = min(1.0, len(term) / 8)
    row[BRACKETS] = min(1.0, brackets(term) / 8)
    degree = 0.0
    for part in term:
        if part[0] == NUMBER:
            row[NUMBERS] = min(1.0, row[NUMBERS] + 0.25)
            row[SIGN] = 1.0 if part[1] > 0 else -1.0
            row[MAGNITUDE] = min(1.0, log2(abs(part[1])) / 64)
            row[DENOMINATOR] = min(1.0, log2(part[2]) / 32)
        elif part[0] == LETTER:
            row[LETTERS] = min(1.0, row[LETTERS] + 0.125)
            degree += max(-8.0, min(8.0, part[2] / part[3]))
        elif part[0] in OPERATORS:
            row[OPERATORS_HERE] = min(1.0, row[OPERATORS_HERE] + 0.25)
    row[DEGREE] = max(-1.0, min(1.0, degree / 16))
    operator = next((part for part in term if part[0] in OPERATORS), None)
    if operator is not None:
        body = operator[-1]
        row[{DIFF: IS_DIFF, INTEGRAL: IS_INTEGRAL, INSERT: IS_INSERT}[operator[0]]] = 1.0
        row[BODY_TERMS] = min(1.0, len(body) / 16)
        row[BODY_FACTORS] = min(1.0, len(body[0]) / 8) if len(body) == 1 else 0.0
        row[NESTED_OPERATOR] = float(any(_holds_operator(inner) for inner in body))


def _holds_operator(term: Term) -> bool:
    return any(
        part[0] in OPERATORS
        or (part[0] == BRACKET and any(_holds_operator(inner) for inner in part[1]))
        for part in term
    )
