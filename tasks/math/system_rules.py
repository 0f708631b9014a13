"""The environment of `math/equations_system`: an action is a step that a careful pupil writes down.

An action names a term (a slot) and a verb: `action = slot * VERBS + verb`. Slots are the first K
terms of each of the four sides (first equation left, right, second equation left, right), and last
the two equations as wholes. Every verb rewrites by a single rule and keeps the set of solutions;
none solves an equation. What a net sees is `system_features`.
"""

from __future__ import annotations

import numpy as np

from tasks.math.equation_state import CONSTANT, MAX_TERMS, Body, Side, Term, number_text, reduced
from tasks.math.system_features import FEATURES, observe_system
from tasks.math.system_state import Line, System, alone, line_text, outcome, term_text
from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task

K = 6  # terms of a side that can be acted on; combining brings the rest in
SIDES = 4
SLOTS = SIDES * K + 2
MOVE, COMBINE, EXPAND, DIVIDE, MULTIPLY, SUBSTITUTE, ADD, SWAP = range(8)
VERBS = 8
NUM_ACTIONS = SLOTS * VERBS
MOST_ADDED = 12  # terms of a side after adding a multiple
LARGEST = 10**60  # coefficients beyond it are not multiplied any more, so that numbers stay bounded


class SystemEnvironment:
    """Rewrite two equations until they say what is asked; the return is 1 at every end."""

    version = "equations_system-1"
    num_actions = NUM_ACTIONS
    observation_shape: tuple[int, ...] = (SLOTS, FEATURES)
    num_players = 1
    max_steps = 100
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> System:
        """Return the equations as the task writes them."""
        return task.payload.system()

    def legal(self, state: System) -> BoolArray:
        """Return `[208]` bool; swapping sides is always legal before the end."""
        mask = np.zeros(NUM_ACTIONS, dtype=np.bool_)
        if outcome(state) != "open":
            return mask
        for action in legal_actions(state):
            mask[action] = True
        return mask

    def step(self, state: System, action: int) -> System:
        """Return the system after one rewrite."""
        slot, verb = divmod(action, VERBS)
        if outcome(state) == "open" and 0 <= slot < SLOTS:
            if slot >= SIDES * K:
                if verb == SWAP:
                    at = slot - SIDES * K
                    left, right = state.lines[at]
                    return _with(state, at, Line(right, left))
            else:
                group, place = divmod(slot, K)
                if verb in _verbs(state, group, place):
                    return _rewritten(state, group, place, verb)
        raise IllegalActionError(
            f"action {action} (slot {slot}, verb {verb}) is not legal in {self.describe(state)}"
        )

    def is_terminal(self, state: System) -> bool:
        """Say whether the equations answer themselves."""
        return outcome(state) != "open"

    def returns(self, state: System) -> FloatArray:
        """Return `[1.0]`: every end is an answer."""
        return np.ones(1, dtype=np.float32)

    def to_play(self, state: System) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: System) -> FloatArray:
        """Return `[SLOTS, FEATURES]` float32; see `system_features`."""
        return observe_system(state, K)

    def describe(self, state: System) -> str:
        """Return `3x + 2y = 5, x - y = 0`."""
        return ", ".join(line_text(line, state.unknowns) for line in state.lines)

    def describe_action(self, state: System, action: int) -> str:
        """Return `in the first equation, subtract 5 from both sides`, and so on."""
        slot, verb = divmod(action, VERBS)
        if slot >= SIDES * K:
            return f"swap the sides of the {_NUMERALS[slot - SIDES * K]} equation"
        group, place = divmod(slot, K)
        side = state.lines[group // 2][group % 2]
        return f"in the {_NUMERALS[group // 2]} equation, {_about(state, side, group, place, verb)}"


_NUMERALS = ("first", "second")


def legal_actions(state: System) -> list[int]:
    """Return the legal actions of a system that is not at its end, in ascending order."""
    found = []
    for group in range(SIDES):
        for place in range(min(K, len(state.lines[group // 2][group % 2]))):
            base = (group * K + place) * VERBS
            found += [base + verb for verb in _verbs(state, group, place)]
    found += [(SIDES * K + at) * VERBS + SWAP for at in (0, 1)]
    return found


def _verbs(state: System, group: int, place: int) -> list[int]:
    """Return the legal verbs of a term, in ascending order."""
    at, on_right = divmod(group, 2)
    line, mate = state.lines[at], state.lines[1 - at]
    side, opposite = line[on_right], line[1 - on_right]
    if place >= min(K, len(side)):
        return []
    num, den, body = side[place]
    found = []
    if len(opposite) < MAX_TERMS:
        found.append(MOVE)
    if any(term[2] == body for term in side[:place]):
        found.append(COMBINE)
    small = -LARGEST < num < LARGEST and den < LARGEST
    if not isinstance(body, int) and small and len(side) - 1 + len(body) <= MAX_TERMS:
        found.append(EXPAND)
    if small and body != CONSTANT and (num != 1 or den != 1):
        found.append(DIVIDE)
    if small and den != 1:
        found.append(MULTIPLY)
    if isinstance(body, int) and body != CONSTANT and small:
        if alone(mate) == body and len(side) - 1 + len(mate.right) <= MAX_TERMS:
            found.append(SUBSTITUTE)
        like = _like(mate[on_right], body)
        if (
            like is not None
            and max(abs(like[0]), like[1]) < LARGEST
            and max(len(line[n]) + len(mate[n]) for n in (0, 1)) <= MOST_ADDED
        ):
            found.append(ADD)
    return found


def _like(side: Side, body: Body) -> Term | None:
    """Return the first term with the unknown, outside of brackets."""
    return next((term for term in side if term[2] == body), None)


def _rewritten(state: System, group: int, place: int, verb: int) -> System:
    """Apply a legal verb to a term."""
    at, on_right = divmod(group, 2)
    line, mate = state.lines[at], state.lines[1 - at]
    side, other = line[on_right], line[1 - on_right]
    num, den, body = side[place]
    before, after = side[:place], side[place + 1 :]
    if verb == MOVE:
        side, other = before + after, (*other, (-num, den, body))
    elif verb == COMBINE:
        side = _combined(side, place)
    elif verb == EXPAND:
        assert not isinstance(body, int)
        side = before + _times(body, num, den) + after
    elif verb in (DIVIDE, MULTIPLY):
        factor = (den, num) if verb == DIVIDE else (den, 1)
        side, other = _times(side, *factor), _times(other, *factor)
    elif verb == SUBSTITUTE:
        side = before + _bracket(mate.right, num, den) + after
    else:
        n, d, _ = _like(mate[on_right], body) or (1, 1, body)
        above, below = -num * d, den * n
        side = side + _times(mate[on_right], above, below)
        other = other + _times(mate[1 - on_right], above, below)
    return _with(state, at, Line(other, side) if on_right else Line(side, other))


def _with(state: System, at: int, line: Line) -> System:
    first, second = state.lines
    return state._replace(lines=(line, second) if at == 0 else (first, line))


def _bracket(side: Side, num: int, den: int) -> Side:
    """Return a multiple of a sum as one term: a bracket if it has several."""
    if len(side) > 1:
        return ((num, den, side),)
    return _times(side, num, den)


def _combined(side: Side, place: int) -> Side:
    num, den, body = side[place]
    first = next(i for i, term in enumerate(side) if term[2] == body)
    n, d, _ = side[first]
    total = n * den + num * d
    merged: tuple[Term, ...] = (reduced(total, d * den, body),) if total else ()
    return side[:first] + merged + side[first + 1 : place] + side[place + 1 :]


def _times(side: Side, num: int, den: int) -> Side:
    return tuple(reduced(n * num, d * den, body) for n, d, body in side)


def _about(state: System, side: Side, group: int, place: int, verb: int) -> str:
    num, den, body = term = side[place]
    text = term_text(term, state.unknowns)
    if verb == MOVE:
        if num < 0:
            return f"add {term_text((-num, den, body), state.unknowns)} to both sides"
        return f"subtract {text} from both sides"
    if verb == COMBINE:
        earlier = next(t for t in side[:place] if t[2] == body)
        return f"combine {term_text(earlier, state.unknowns)} and {text}"
    if verb == EXPAND:
        return f"expand {text}"
    if verb == DIVIDE:
        return f"divide both sides by {number_text(num, den)}"
    if verb == MULTIPLY:
        return f"multiply both sides by {den}"
    name = state.unknowns[body - 1] if isinstance(body, int) else ""
    other = _NUMERALS[1 - group // 2]
    if verb == SUBSTITUTE:
        return f"put what the {other} equation says of {name} into {text}"
    return f"add the multiple of the {other} equation that cancels {text}"
