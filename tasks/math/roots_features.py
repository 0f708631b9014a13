"""What a net sees of an equation of higher degree: a row per term or candidate, and the whole.

All features lie in [-1, 1]; rows of absent terms are zero. Of numbers, sign, size and denominator
enter; of a candidate the size of the factor's value there as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np

from tasks.math.product_sums import LETTER, NUMBER, Term, brackets, has_two_alike
from tasks.math.roots_factors import candidates_of, whole_coefficients
from tasks.math.roots_integers import remainder
from tasks.math.roots_state import SOLVE, RootsState
from tasks.protocol import FloatArray

FEATURES = 40
_FIRST_VERB = 20  # columns of the last row from here on: which verbs are legal
(
    PRESENT, IS_TERM, IS_CANDIDATE, IS_WHOLE, ON_LEFT, SIGN, SIZE, DENOMINATOR, DEGREE, FACTORS,
    BRACKETS, UNTIDY, TRIED, VALUE_SIGN, VALUE_SIZE, FACTOR_DEGREE, OPEN_FACTORS, DONE_FACTORS,
    STEP, DISCRIMINANT,
) = range(_FIRST_VERB)  # fmt: skip


def observe(
    state: RootsState, terms: Sequence[tuple[Term, bool]], whole_verbs: Sequence[int], slots: int
) -> FloatArray:
    """Return `[slots + 1, FEATURES]` float32.

    Args:
        state: what is seen.
        terms: that can be acted on, and whether they stand on the left; none once gathered.
        whole_verbs: legal verbs of the last slot.
        slots: rows for terms or candidates.
    """
    table = np.zeros((slots + 1, FEATURES), dtype=np.float32)
    for row, (term, on_left) in zip(table, terms[:slots], strict=False):
        _fill_term(row, term, on_left)
    if state.gathered and state.open:
        _fill_candidates(table, state, slots)
    whole = table[-1]
    whole[PRESENT] = whole[IS_WHOLE] = 1.0
    whole[SIGN] = 1.0 if state.asks == SOLVE else -1.0
    whole[FACTORS] = min(1.0, (len(state.left) + len(state.right)) / 32)
    whole[ON_LEFT] = min(1.0, len(state.left) / 32)
    whole[OPEN_FACTORS] = min(1.0, len(state.open) / 4)
    whole[DONE_FACTORS] = min(1.0, len(state.done) / 8)
    if state.open:
        focus = state.open[0]
        whole[FACTOR_DEGREE] = min(1.0, (len(focus.coefficients) - 1) / 8)
        whole[STEP] = min(1.0, (focus.step - 1) / 4)
        whole[DISCRIMINANT] = 0.0 if not focus.square else 1.0 if focus.below >= 0 else -1.0
    for verb in whole_verbs:
        whole[_FIRST_VERB + verb] = 1.0
    return table


def _fill_term(row: FloatArray, term: Term, on_left: bool) -> None:
    row[PRESENT] = row[IS_TERM] = 1.0
    row[ON_LEFT] = 1.0 if on_left else -1.0
    row[SIGN] = 1.0
    row[FACTORS] = min(1.0, len(term) / 8)
    row[BRACKETS] = min(1.0, brackets(term) / 8)
    row[UNTIDY] = float(has_two_alike(term))
    for part in term:
        if part[0] == NUMBER:
            row[SIGN] = 1.0 if part[1] > 0 else -1.0
            row[SIZE], row[DENOMINATOR] = _size(part[1]), min(1.0, log2(part[2]) / 16)
        elif part[0] == LETTER:
            row[DEGREE] = min(1.0, row[DEGREE] + part[2] / part[3] / 8)


def _fill_candidates(table: FloatArray, state: RootsState, slots: int) -> None:
    focus = state.open[0]
    whole = whole_coefficients(focus)
    if whole is None:
        return
    for row, ratio in zip(table, candidates_of(focus)[:slots], strict=False):
        found = remainder(whole, ratio)
        row[PRESENT] = row[IS_CANDIDATE] = 1.0
        row[SIGN] = 1.0 if ratio[0] > 0 else -1.0
        row[SIZE], row[DENOMINATOR] = _size(ratio[0]), min(1.0, log2(ratio[1]) / 16)
        row[TRIED] = float(ratio in focus.tried)
        row[VALUE_SIGN] = float(np.sign(float(found > 0) - float(found < 0)))
        row[VALUE_SIZE] = _size(found)


def _size(number: int) -> float:
    return min(1.0, abs(number).bit_length() / 96)
