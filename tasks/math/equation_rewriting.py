"""The environment of `math/equations`: an action is a step that a careful pupil writes down.

An action names a term (a slot) and a verb: `action = slot * VERBS + verb`. Slots are the first K
terms of the left side, the first K of the right side, and last the equation as a whole. No verb
solves an expression: every one of them rewrites by a single rule, and keeps the set of solutions.
What the net sees is `equation_features`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from tasks.math.equation_features import FEATURES, observe
from tasks.math.equation_parser import read_equation
from tasks.math.equation_state import (
    CONSTANT,
    MAX_TERMS,
    UNKNOWN,
    Equation,
    Side,
    Term,
    equation_text,
    number_text,
    reduced,
    term_text,
)
from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task

K = 10  # terms of a side that can be acted on; combining brings the rest in
SLOTS = 2 * K + 1
WHOLE = SLOTS - 1
MOVE, COMBINE, EXPAND, DIVIDE, MULTIPLY, SWAP = range(6)
VERBS = 6
NUM_ACTIONS = SLOTS * VERBS
LARGEST = (
    10**30
)  # coefficients beyond it are no longer divided or multiplied by, so that numbers stay bounded


class EquationEnvironment:
    """Rewrite an equation until it says what the unknown is; the return is 1 at every end."""

    version = "equations-1"
    num_actions = NUM_ACTIONS
    observation_shape: tuple[int, ...] = (SLOTS, FEATURES)
    num_players = 1
    max_steps = 40
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> Equation:
        """Return the equation as the task writes it."""
        return _read(task.payload.text, task.payload.unknown)

    def legal(self, state: Equation) -> BoolArray:
        """Return `[126]` bool; swapping sides is always legal before the end."""
        mask = bytearray(NUM_ACTIONS)
        if not is_solved(state):
            _, left, right = state
            _mark_side(mask, 0, left, len(right) < MAX_TERMS)
            _mark_side(mask, K * VERBS, right, len(left) < MAX_TERMS)
            mask[WHOLE * VERBS + SWAP] = 1
        return np.frombuffer(mask, dtype=np.bool_)

    def step(self, state: Equation, action: int) -> Equation:
        """Return the equation after one rewrite."""
        slot, verb = divmod(action, VERBS)
        name, left, right = state
        if 0 <= slot < WHOLE:
            on_left = slot < K
            side, other = (left, right) if on_left else (right, left)
            place = slot if on_left else slot - K
            if (
                place < len(side)
                and _allows(side, place, verb, len(other) < MAX_TERMS)
                and not is_solved(state)
            ):
                side, other = _rewrite(side, other, place, verb)
                return Equation(name, side, other) if on_left else Equation(name, other, side)
        elif action == WHOLE * VERBS + SWAP and not is_solved(state):
            return Equation(name, right, left)
        raise IllegalActionError(
            f"action {action} (slot {slot}, verb {verb}) is not legal in {self.describe(state)}"
        )

    def is_terminal(self, state: Equation) -> bool:
        """Say whether the equation answers itself."""
        return is_solved(state)

    def returns(self, state: Equation) -> FloatArray:
        """Return `[1.0]`: every end is an answer."""
        return np.ones(1, dtype=np.float32)

    def to_play(self, state: Equation) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: Equation) -> FloatArray:
        """Return `[SLOTS, FEATURES]` float32; see `equation_features`."""
        return observe(state, K)

    def describe(self, state: Equation) -> str:
        """Return `3x + 5 = 17`."""
        return equation_text(state)

    def describe_action(self, state: Equation, action: int) -> str:
        """Return `subtract 5 from both sides`, `combine 2x and 3x`, `divide both sides by 3`."""
        slot, verb = divmod(action, VERBS)
        if slot == WHOLE:
            return "swap the sides"
        side = state.left if slot < K else state.right
        place = slot if slot < K else slot - K
        num, den, body = term = side[place]
        text = term_text(term, state.unknown)
        if verb == MOVE:
            if num < 0:
                return f"add {term_text((-num, den, body), state.unknown)} to both sides"
            return f"subtract {text} from both sides"
        if verb == COMBINE:
            earlier = next(t for t in side[:place] if t[2] == body)
            return f"combine {term_text(earlier, state.unknown)} and {text}"
        if verb == EXPAND:
            return f"expand {text}"
        if verb == DIVIDE:
            return f"divide both sides by {number_text(num, den)}"
        return f"multiply both sides by {den}"


def is_solved(state: Equation) -> bool:
    """Say whether the equation reads `unknown = number`, or compares numbers, one a side."""
    _, left, right = state
    if len(left) > 1 or len(right) > 1 or (right and right[0][2] != CONSTANT):
        return False
    return not left or left[0][2] == CONSTANT or left[0] == (1, 1, UNKNOWN)


def solution_text(state: Equation) -> str | None:
    """Return `x = 4`, `no solution` or `every number` for a solved equation, None for any other."""
    if not is_solved(state):
        return None
    if state.left and state.left[0][2] == UNKNOWN:
        return equation_text(state)
    return "every number" if state.left == state.right else "no solution"


@lru_cache(maxsize=4096)
def _read(text: str, unknown: str) -> Equation:
    return read_equation(text, unknown)


def _mark_side(mask: bytearray, base: int, side: Side, room_opposite: bool) -> None:
    """Mark the legal verbs of one side's terms; the same rules as `_allows`, in one pass."""
    size = len(side)
    bodies: list[Any] = []
    for num, den, body in side[:K]:
        if room_opposite:
            mask[base] = 1
        if body in bodies:
            mask[base + COMBINE] = 1
        else:
            bodies.append(body)
        if -LARGEST < num < LARGEST and den < LARGEST:
            if body != CONSTANT and (num != 1 or den != 1):
                mask[base + DIVIDE] = 1
            if den != 1:
                mask[base + MULTIPLY] = 1
        if not isinstance(body, int) and size - 1 + len(body) <= MAX_TERMS:
            mask[base + EXPAND] = 1
        base += VERBS


def _allows(side: Side, place: int, verb: int, room_opposite: bool) -> bool:
    num, den, body = side[place]
    if verb == MOVE:
        return room_opposite
    if verb == COMBINE:
        return any(t[2] == body for t in side[:place])
    if verb == EXPAND:
        return not isinstance(body, int) and len(side) - 1 + len(body) <= MAX_TERMS
    if not (-LARGEST < num < LARGEST and den < LARGEST):
        return False
    if verb == DIVIDE:
        return body != CONSTANT and (num != 1 or den != 1)
    return verb == MULTIPLY and den != 1


def _rewrite(side: Side, other: Side, place: int, verb: int) -> tuple[Side, Side]:
    """Apply a legal verb to a term; returns the term's side first."""
    num, den, body = side[place]
    if verb == MOVE:
        return side[:place] + side[place + 1 :], (*other, (-num, den, body))
    if verb == COMBINE:
        return _combined(side, place), other
    if verb == EXPAND:
        assert not isinstance(body, int)
        return side[:place] + _times(body, num, den) + side[place + 1 :], other
    if verb == DIVIDE:
        return _times(side, den, num), _times(other, den, num)
    return _times(side, den, 1), _times(other, den, 1)


def _combined(side: Side, place: int) -> Side:
    num, den, body = side[place]
    first = next(i for i, term in enumerate(side) if term[2] == body)
    n, d, _ = side[first]
    total = n * den + num * d
    merged: tuple[Term, ...] = (reduced(total, d * den, body),) if total else ()
    return side[:first] + merged + side[first + 1 : place] + side[place + 1 :]


def _times(side: Side, num: int, den: int) -> Side:
    return tuple(reduced(n * num, d * den, body) for n, d, body in side)
