"""The environment of `math/calculus`: an action is one rule of calculus applied at one place.

An action names a term (a slot: the first K terms, brackets' and operators' included, for which some
rule is left) and a verb: `action = slot * VERBS + verb`. No verb differentiates a whole expression:
a sum is split, a constant factor comes out, the power rule works on one power, and so on. What the
net sees is `calculus_features`, tidying up is `product_sums`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from tasks.math import calculus_operators as operators
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
    combined,
    expanded,
    expansion_size,
    has_two_alike,
    is_bounded,
    is_tidy,
    like_place,
    multiplied,
    ordered,
    sum_text,
    term_text,
)
from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task

K = 32  # terms that can be acted on; the others come in when these are done
VERBS = 9
CONSTANT, SPLIT, FACTOR, POWER, MULTIPLY, COMBINE, CHAIN, PRODUCT, EXPAND = range(VERBS)
NUM_ACTIONS = K * VERBS
Path: TypeAlias = tuple[int, ...]
"""Where a term is: its place in the whole sum, or the places of a term, a part of it, a term in
that part's sum, and so on."""


class CalculusState(NamedTuple):
    """What is still to be worked out; equal sums are equal states."""

    terms: Sum


class Opening(NamedTuple):
    """A term for which rules are left."""

    path: Path
    verbs: tuple[int, ...]
    inside_integral: bool


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
        """Return `[288]` bool."""
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
        return CalculusState(_changed(state.terms, found[slot].path, verb))

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
            (_term_at(state.terms, path), verbs, len(path), inside)
            for path, verbs, inside in openings(state)
        ]
        return observe(state.terms, rows, K, VERBS)

    def describe(self, state: CalculusState) -> str:
        """Return `3*diff(x**2, x) + diff(5, x)`."""
        return sum_text(state.terms)

    def describe_action(self, state: CalculusState, action: int) -> str:
        """Return such as `power rule on diff(x**2, x)`."""
        slot, verb = divmod(action, VERBS)
        return f"{_NAMES[verb]} {term_text(_term_at(state.terms, openings(state)[slot].path))}"


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
def openings(state: CalculusState) -> tuple[Opening, ...]:
    """Return the first K terms for which rules are left, from the outside in."""
    found: list[Opening] = []
    _collect(state.terms, (), False, found)
    return tuple(found)


def _collect(terms: Sum, prefix: Path, inside: bool, found: list[Opening]) -> None:
    room = MOST_TERMS - len(terms)
    for place, term in enumerate(terms):
        if len(found) == K:
            return
        path = (*prefix, place)
        if verbs := _verbs(terms, place, term, room):
            found.append(Opening(path, verbs, inside))
        for number, part in enumerate(term):
            if part[0] == BRACKET:
                _collect(part[1], (*path, number), inside, found)
            elif part[0] in OPERATORS:
                _collect(part[-1], (*path, number), inside or part[0] == INTEGRAL, found)


def _verbs(terms: Sum, place: int, term: Term, room: int) -> tuple[int, ...]:
    verbs = list(_operator_verbs(term, room))
    if has_two_alike(term) and is_bounded((term,)):
        verbs.append(MULTIPLY)
    if place and like_place(terms, place) >= 0 and is_bounded((term,)):
        verbs.append(COMBINE)
    if 0 < expansion_size(term) <= room and is_bounded((term,)):
        verbs.append(EXPAND)
    return tuple(verbs)


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


def _changed(terms: Sum, path: Path, verb: int) -> Sum:
    """Apply a legal verb to the term at the path."""
    place = path[0]
    term = terms[place]
    if len(path) > 1:
        part = term[path[1]]
        inner = part[1] if part[0] == BRACKET else part[-1]
        inner = _changed(inner, path[2:], verb)
        part = (part[0], inner, part[2]) if part[0] == BRACKET else (*part[:-1], inner)
        if part[0] == BRACKET and len(inner) <= 1:
            return _spliced(terms, place, operators.without_bracket(term, path[1], inner, part[2]))
        return _spliced(terms, place, ((*term[: path[1]], part, *term[path[1] + 1 :]),))
    if verb == COMBINE:
        return combined(terms, place)
    if verb == MULTIPLY:
        return _spliced(terms, place, (multiplied(term),))
    if verb == EXPAND:
        return _spliced(terms, place, expanded(term))
    return _spliced(terms, place, operators.applied(term, verb, _RULES))


def _spliced(terms: Sum, place: int, new: Sum) -> Sum:
    return terms[:place] + new + terms[place + 1 :]


_RULES = {
    CONSTANT: operators.constant,
    SPLIT: operators.split,
    FACTOR: operators.factor,
    POWER: operators.power,
    CHAIN: operators.chain,
    PRODUCT: operators.product,
}


def _term_at(terms: Sum, path: Path) -> Term:
    term = terms[path[0]]
    if len(path) == 1:
        return term
    part = term[path[1]]
    return _term_at(part[1] if part[0] == BRACKET else part[-1], path[2:])


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
