"""The environment of `math/calculus`: an action is one rule of calculus applied at one place.

An action names a term (a slot: the first K terms, brackets' and operators' included, for which some
rule is left) and a verb: `action = slot * VERBS + verb`. No verb differentiates a whole expression:
a sum is split, a constant factor comes out, the power rule works on one power, and so on. What the
net sees is `calculus_features`, tidying up is `product_sums`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from tasks.math import calculus_operators as operators
from tasks.math import product_sum_places as places
from tasks.math.calculus_features import FEATURES, observe
from tasks.math.calculus_parser import CalculusProblem, read_body
from tasks.math.product_sums import (
    BRACKET,
    DIFF,
    INSERT,
    INTEGRAL,
    MOST_TERMS,
    OPERATORS,
    Sum,
    Term,
    is_tidy,
    ordered,
    sum_text,
    term_text,
)
from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task

K = 32  # terms that can be acted on; the others come in when these are done
VERBS = 9
CONSTANT, SPLIT, FACTOR, POWER, MULTIPLY, COMBINE, CHAIN, PRODUCT, EXPAND = range(VERBS)
NUM_ACTIONS = (K + 1) * VERBS  # those of the last row, the whole, are never legal


class CalculusState(NamedTuple):
    """What is still to be worked out; equal sums are equal states."""

    terms: Sum


class CalculusEnvironment:
    """Apply rules until all terms are tidy; the return is 1 then, -1 where no rule is left."""

    version = "calculus-1"
    num_actions = NUM_ACTIONS
    observation_shape: tuple[int, ...] = (K + 1, FEATURES)
    num_players = 1
    max_steps = 1000
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> CalculusState:
        """Return the problem as operators around the expression as typed."""
        return _posed(task.payload)

    def legal(self, state: CalculusState) -> BoolArray:
        """Return `[297]` bool."""
        mask = np.zeros(NUM_ACTIONS, dtype=np.bool_)
        if not is_tidy(state.terms):
            for slot, opening in enumerate(openings(state)):
                for verb in opening.verbs:
                    mask[slot * VERBS + verb] = True
        return mask

    def step(self, state: CalculusState, action: int) -> CalculusState:
        """Return the state after one rule."""
        slot, verb = divmod(action, VERBS)
        found = () if is_tidy(state.terms) else openings(state)
        if not 0 <= slot < len(found) or verb not in found[slot].verbs:
            raise IllegalActionError(
                f"action {action} (slot {slot}, verb {verb}) is not legal in {self.describe(state)}"
            )
        return CalculusState(places.changed(state.terms, found[slot].path, _applied(verb)))

    def is_terminal(self, state: CalculusState) -> bool:
        """Say whether the answer stands there, or no rule is left."""
        return is_tidy(state.terms) or not openings(state)

    def returns(self, state: CalculusState) -> FloatArray:
        """Return `[1.0]` for an answer, `[-1.0]` where no rule is left."""
        return np.full(1, 1.0 if is_tidy(state.terms) else -1.0, dtype=np.float32)

    def to_play(self, state: CalculusState) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: CalculusState) -> FloatArray:
        """Return `[K + 1, FEATURES]` float32; see `calculus_features`."""
        rows = [
            (places.term_at(state.terms, path), verbs, len(path), inside)
            for path, verbs, inside in openings(state)
        ]
        return observe(state.terms, rows, K, VERBS)

    def describe(self, state: CalculusState) -> str:
        """Return `3*diff(x**2, x) + diff(5, x)`."""
        return sum_text(state.terms)

    def describe_action(self, state: CalculusState, action: int) -> str:
        """Return such as `power rule on diff(x**2, x)`."""
        slot, verb = divmod(action, VERBS)
        return (
            f"{_NAMES[verb]} {term_text(places.term_at(state.terms, openings(state)[slot].path))}"
        )


_NAMES = {
    CONSTANT: "rule for a constant on",
    SPLIT: "sum rule on",
    FACTOR: "take the constant factor out of",
    POWER: "power rule on",
    MULTIPLY: "multiply two factors of",
    COMBINE: "add to its like term",
    CHAIN: "chain rule on",
    PRODUCT: "product rule on",
    EXPAND: "multiply out",
}


def solution_text(state: CalculusState) -> str | None:
    """Return the finished expression in order; None where something is left to do."""
    return sum_text(ordered(state.terms)) if is_tidy(state.terms) else None


@lru_cache(maxsize=4096)
def openings(state: CalculusState) -> tuple[places.Opening, ...]:
    """Return the first K terms for which rules are left, from the outside in."""
    return places.openings(state.terms, _verbs, K)


def _verbs(terms: Sum, place: int) -> tuple[int, ...]:
    tidying = (_TIDYING[verb] for verb in places.tidying_verbs(terms, place))
    return (*_operator_verbs(terms[place], MOST_TERMS - len(terms)), *tidying)


def _operator_verbs(term: Term, room: int) -> tuple[int, ...]:
    at = next((n for n, part in enumerate(term) if part[0] in OPERATORS), -1)
    if at < 0:
        return ()
    part = term[at]
    form, body = part[0], part[-1]
    if len(body) != 1:
        return (SPLIT,) if body and len(body) <= room + 1 else () if body else (CONSTANT,)
    constants, rest = operators.divided(body[0], part[1])
    if not rest:
        return (CONSTANT,)
    verbs = [FACTOR] if constants else []
    if form == DIFF and len(body[0]) > 1:
        verbs.append(PRODUCT)
    if not constants and len(rest) == 1:
        if rest[0][0] == BRACKET and form == DIFF and rest[0][2] > 1:
            verbs.append(CHAIN)
        elif operators.has_power_rule(part, rest[0]):
            verbs.append(POWER)
    return tuple(verbs)


def _applied(verb: int) -> Callable[[Sum, int], Sum]:
    """Return the rule that a verb applies to the term at a place of a sum."""
    if verb in _TIDYING.values():
        return places.TIDYING[next(v for v, own in _TIDYING.items() if own == verb)]

    def rule(terms: Sum, place: int) -> Sum:
        new = operators.applied(terms[place], verb, _RULES)
        return terms[:place] + new + terms[place + 1 :]

    return rule


_TIDYING = {places.MULTIPLY: MULTIPLY, places.COMBINE: COMBINE, places.EXPAND: EXPAND}
_RULES = {
    CONSTANT: operators.constant,
    SPLIT: operators.split,
    FACTOR: operators.factor,
    POWER: operators.power,
    CHAIN: operators.chain,
    PRODUCT: operators.product,
}


@lru_cache(maxsize=4096)
def _posed(problem: CalculusProblem) -> CalculusState:
    body: Any = read_body(problem.text)
    name = problem.unknown
    if problem.operation == "derivative":
        for _ in range(problem.order):
            body = (((DIFF, name, body),),)
    else:
        body = (((INTEGRAL, name, body),),)
    if problem.upper:
        bounds = tuple(
            (value.numerator, value.denominator) if text else ()
            for text in (problem.lower, problem.upper)
            for value in [Fraction(text or "0")]
        )
        body = (((INSERT, name, *bounds, body),),)
    return CalculusState(body)
