"""The environment of `math/equations_polynomial`: an action is one rule at one place.

While the sides are sums, slots are terms, left before right: multiply out, combine, move to the
other side. Once they are gathered into a product, slots are candidates for a zero of the first open
factor: an action divides by one of them, and notes it where it is none. The last slot is for the
whole: denominators, common factors, x**2 = z, the discriminant, its root, the formula. What the
rules on factors do is `roots_factors`, what the net sees `roots_features`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from tasks.math import product_sum_places as places
from tasks.math import roots_factors as factors
from tasks.math.product_sums import (
    BRACKET,
    LETTER,
    MOST_TERMS,
    NUMBER,
    Sum,
    coefficient,
    joined,
    number_part,
    term_text,
)
from tasks.math.roots_factors import WHOLE_RULES
from tasks.math.roots_features import FEATURES, observe
from tasks.math.roots_parser import read_sides
from tasks.math.roots_state import FACTOR, SOLVE, Factor, RootsState, answer_text, state_text
from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task

K = 24  # terms or candidates that can be acted on
SLOTS = K + 1
WHOLE = K
MULTIPLY, COMBINE, EXPAND, MOVE, TRY, SWAP, GATHER = range(7)
FIRST_RULE = 7  # verbs of the whole from here on: `roots_factors.WHOLE_RULES`, by name
RULES = tuple(WHOLE_RULES)
VERBS = FIRST_RULE + len(RULES)
NUM_ACTIONS = SLOTS * VERBS


class RootsEnvironment:
    """Take an equation or a polynomial apart; the return is 1 if no factor is left to work on."""

    version = "equations-polynomial-1"
    num_actions = NUM_ACTIONS
    observation_shape: tuple[int, ...] = (SLOTS, FEATURES)
    num_players = 1
    max_steps = 400
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> RootsState:
        """Return the sides as typed."""
        return _posed(task.payload)

    def legal(self, state: RootsState) -> BoolArray:
        """Return `[A]` bool."""
        mask = np.zeros(NUM_ACTIONS, dtype=np.bool_)
        for action in legal_actions(state):
            mask[action] = True
        return mask

    def step(self, state: RootsState, action: int) -> RootsState:
        """Return the state after one rule."""
        if action not in legal_actions(state):
            raise IllegalActionError(f"action {action} is not legal in {self.describe(state)}")
        slot, verb = divmod(action, VERBS)
        if verb == TRY:
            return factors.tried(state, slot)
        if verb >= FIRST_RULE:
            return WHOLE_RULES[RULES[verb - FIRST_RULE]].apply(state)
        if verb == SWAP:
            return state._replace(left=state.right, right=state.left)
        if verb == GATHER:
            return _gathered(state)
        on_left, opening = term_openings(state)[slot]
        side, other = (state.left, state.right) if on_left else (state.right, state.left)
        if verb == MOVE:
            (place,) = opening.path
            moved = joined(number_part(-1), side[place])
            side, other = side[:place] + side[place + 1 :], (*other, _one_sign(moved))
        else:
            side = places.changed(side, opening.path, places.TIDYING[verb])
        left, right = (side, other) if on_left else (other, side)
        return state._replace(left=left, right=right)

    def is_terminal(self, state: RootsState) -> bool:
        """Say whether the answer is there, or no rule is left."""
        return answer_text(state) is not None or not legal_actions(state)

    def returns(self, state: RootsState) -> FloatArray:
        """Return `[1.0]` for an answer, `[-1.0]` where no rule is left."""
        return np.full(1, -1.0 if answer_text(state) is None else 1.0, dtype=np.float32)

    def to_play(self, state: RootsState) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: RootsState) -> FloatArray:
        """Return `[SLOTS, FEATURES]` float32; see `roots_features`."""
        rows = [] if state.gathered else [
            (places.term_at(state.left if on_left else state.right, opening.path), on_left)
            for on_left, opening in term_openings(state)
        ]  # fmt: skip
        whole = [action % VERBS for action in legal_actions(state) if action // VERBS == WHOLE]
        return observe(state, rows, whole, K)

    def describe(self, state: RootsState) -> str:
        """Return `2*(x - 1)*(x**2 + x - 3) = 0; x**2 + x - 3: x != 1`."""
        return state_text(state)

    def describe_action(self, state: RootsState, action: int) -> str:
        """Return such as `divide by x - 2`, `move 3*x to the other side`, `take out x`."""
        slot, verb = divmod(action, VERBS)
        if verb == TRY:
            num, den = factors.candidates_of(state.open[0])[slot]
            return f"try {Fraction(num, den)} as a zero"
        if verb >= FIRST_RULE:
            return WHOLE_RULES[RULES[verb - FIRST_RULE]].text
        if verb == SWAP:
            return "swap the sides"
        if verb == GATHER:
            return "put the terms in order"
        on_left, opening = term_openings(state)[slot]
        text = term_text(places.term_at(state.left if on_left else state.right, opening.path))
        if verb == MOVE:
            return f"move {text} to the other side"
        names = {MULTIPLY: "multiply two factors of", COMBINE: "add to its like term"}
        return f"{names.get(verb, 'multiply out')} {text}"


@lru_cache(maxsize=4096)
def legal_actions(state: RootsState) -> tuple[int, ...]:
    """Return the legal actions in rising order."""
    if answer_text(state) is not None:
        return ()
    if state.gathered:
        focus = state.open[0]
        actions = [
            slot * VERBS + TRY
            for slot, ratio in enumerate(factors.candidates_of(focus)[:K])
            if ratio not in focus.tried
        ]
        rules = (n for n, name in enumerate(RULES) if WHOLE_RULES[name].allows(state))
        return (*actions, *(WHOLE * VERBS + FIRST_RULE + number for number in rules))
    actions = []
    for slot, (on_left, opening) in enumerate(term_openings(state)):
        actions += [slot * VERBS + verb for verb in opening.verbs]
        room = len(state.right if on_left else state.left) < MOST_TERMS
        if state.asks == SOLVE and len(opening.path) == 1 and room:
            actions.append(slot * VERBS + MOVE)
    if state.asks == SOLVE:
        actions.append(WHOLE * VERBS + SWAP)
    if _can_be_gathered(state):
        actions.append(WHOLE * VERBS + GATHER)
    return tuple(actions)


@lru_cache(maxsize=4096)
def term_openings(state: RootsState) -> tuple[tuple[bool, places.Opening], ...]:
    """Return the terms that can be acted on, and whether they stand on the left.

    Terms to tidy up come first, so that none is out of reach in a long sum.
    """
    found = []
    for on_left, side in ((True, state.left), (False, state.right)):
        tidying = places.openings(side, places.tidying_verbs, K)
        paths = {opening.path for opening in tidying}
        found += [(on_left, opening) for opening in tidying]
        if state.asks == SOLVE:
            found += [
                (on_left, places.Opening((place,), (), False))
                for place in range(min(K, len(side)))
                if (place,) not in paths
            ]
    found.sort(key=lambda item: (not item[1].verbs, item[0], item[1].path))
    return tuple(found[:K])


def _one_sign(term: tuple[Any, ...]) -> tuple[Any, ...]:
    """Write `-1*3*x` as `-3*x`: moving a term changes its sign and nothing else."""
    if len(term) > 1 and term[1][0] == NUMBER:
        return number_part(-Fraction(term[1][1], term[1][2])) + term[2:]
    return term


def _can_be_gathered(state: RootsState) -> bool:
    if state.right:
        return False
    degrees = set()
    for term in state.left:
        if any(part[0] == BRACKET for part in term) or len(term) > 2:
            return False
        letters = [part for part in term if part[0] == LETTER]
        if len(letters) > 1 or len(term) - len(letters) > 1:
            return False
        degrees.add(letters[0][2] if letters else 0)
    return len(degrees) == len(state.left)


def _gathered(state: RootsState) -> RootsState:
    by_degree: dict[int, Fraction] = {}
    for term in state.left:
        letters = [part for part in term if part[0] == LETTER]
        by_degree[letters[0][2] if letters else 0] = coefficient(term)
    bare = state._replace(left=(), right=(), gathered=True)
    highest = max(by_degree, default=0)
    if highest == 0:
        return bare._replace(scale=by_degree.get(0, Fraction(0)))
    falling = (by_degree.get(degree, Fraction(0)) for degree in range(highest, -1, -1))
    polynomial = Factor(tuple(int(c) if c.denominator == 1 else c for c in falling))
    return factors.filed(bare._replace(open=(polynomial,)), (polynomial,))


@lru_cache(maxsize=4096)
def _posed(problem: Any) -> RootsState:
    left, right = read_sides(problem.text)
    asks = FACTOR if right is None else SOLVE
    sides: tuple[Sum, Sum] = (left, right or ())
    return RootsState(problem.unknown, asks, *sides)
