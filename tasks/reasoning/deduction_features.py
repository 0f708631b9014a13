"""What a net sees of a derivation: a row of features for each slot, in [-1, 1]."""

from __future__ import annotations

import numpy as np

from tasks.protocol import FloatArray
from tasks.reasoning import deduction_classes as classes
from tasks.reasoning import deduction_orders as orders
from tasks.reasoning.deduction_problem import MAX_NAMES

FEATURES = 18
# columns of a row; those in the second line are used by classes, in the third by orders
(
    PRESENT, OF_ORDERS, FIRST_VERB, SECOND_VERB, SUPPOSING, OPEN_CLAIMS,
    POSITIVE, HEAD_TRUE, HEAD_FALSE, MET, DISTANCE, IS_CLAIM,
    NAME, PLACE, POSSIBLE, LEFT_FOR_NAME, LEFT_FOR_PLACE, IN_CLAIM,
) = range(FEATURES)  # fmt: skip


def observe_classes(state: classes.Knowledge, slots: int) -> FloatArray:
    """Return `[slots, FEATURES]` float32: a row per rule, then one per claim."""
    rows = np.zeros((slots, FEATURES), dtype=np.float32)
    problem = state.problem
    true, false = classes.held(state)
    for slot, rule in enumerate(problem.rules):
        met = (rule.conditions & true).bit_count() / max(1, rule.conditions.bit_count())
        far = problem.distances.get((rule.head, rule.positive), 16)
        rows[slot, POSITIVE : IS_CLAIM + 1] = (
            1.0 if rule.positive else -1.0,
            float(bool(rule.head & true)),
            float(bool(rule.head & false)),
            met,
            min(1.0, far / 16),
            0.0,
        )
    for claim, (bit, positive) in enumerate(problem.claims):
        rows[len(problem.rules) + claim, POSITIVE : IS_CLAIM + 1] = (
            1.0 if positive else -1.0,
            float(bool(bit & true)),
            float(bool(bit & false)),
            float(state.supposed == claim),
            0.0,
            1.0,
        )
    present = len(problem.rules) + len(problem.claims)
    rows[:present, PRESENT] = 1.0
    rows[:present, SUPPOSING] = float(state.supposed != classes.NOBODY)
    rows[:present, OPEN_CLAIMS] = 1 - state.open.bit_count() / len(problem.claims)
    for slot, verb in classes.choices(state):
        rows[slot, FIRST_VERB + verb] = 1.0
    return rows


def observe_orders(state: orders.Cases, slots: int) -> FloatArray:
    """Return `[slots, FEATURES]` float32: a row per name and place, for the case under way."""
    rows = np.zeros((slots, FEATURES), dtype=np.float32)
    problem = state.problem
    if not state.cases:
        return rows
    places, count = state.cases[-1].places, problem.count
    asked = {
        name
        for c, claim in enumerate(problem.claims)
        if state.alive >> c & 1
        for name in claim.names
    }
    left_at = [sum(bits >> place & 1 for bits in places) for place in range(count)]
    for name in range(count):
        for place in range(count):
            rows[orders.slot_of(name, place), NAME : IN_CLAIM + 1] = (
                name / MAX_NAMES,
                place / MAX_NAMES,
                float(places[name] >> place & 1),
                places[name].bit_count() / count,
                left_at[place] / count,
                float(name in asked),
            )
            rows[orders.slot_of(name, place), [PRESENT, OF_ORDERS]] = 1.0
    present = rows[:, PRESENT] == 1.0
    rows[present, SUPPOSING] = min(1.0, len(state.cases[-1].supposed) / 8)
    rows[present, OPEN_CLAIMS] = state.alive.bit_count() / len(problem.claims)
    for slot, verb in orders.choices(state):
        rows[slot, FIRST_VERB + verb] = 1.0
    return rows
