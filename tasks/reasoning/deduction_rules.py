"""The environment of deduction: one inference an action, over classes or over orders.

An action is `slot * 2 + verb`. What a slot is, which inferences there are and when a derivation
ends is in `deduction_classes` and `deduction_orders`; what a net sees in `deduction_features`.
Every end is a proof, of a claim or that none follows; to be quick is what can be learned.
"""

from __future__ import annotations

import numpy as np

from tasks.protocol import (
    BatchRules,
    BoolArray,
    FloatArray,
    IllegalActionError,
    Task,
)
from tasks.reasoning import deduction_classes as classes
from tasks.reasoning import deduction_orders as orders
from tasks.reasoning.deduction_features import FEATURES, observe_classes, observe_orders
from tasks.reasoning.deduction_problem import LETTERS, MAX_NAMES

SLOTS = 128  # rules and claims, or the 81 cells of nine names and places
VERBS = 2
State = classes.Knowledge | orders.Cases


class DeductionEnvironment:
    """Derive which claim follows from the premises, one inference at a time."""

    version = "deduction-1"
    num_actions = SLOTS * VERBS
    observation_shape: tuple[int, ...] = (SLOTS, FEATURES)
    num_players = 1
    max_steps = 2000
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> State:
        """Return what is given."""
        if task.payload.form == "classes":
            return classes.start(task.payload)
        return orders.start(task.payload)

    def legal(self, state: State) -> BoolArray:
        """Return `[A]` bool: the inferences that add something, and suppositions."""
        mask = np.zeros(self.num_actions, dtype=np.bool_)
        for slot, verb in _choices(state):
            mask[slot * VERBS + verb] = True
        return mask

    def step(self, state: State, action: int) -> State:
        """Make an inference."""
        return self.explain(state, action)[0]

    def explain(self, state: State, action: int) -> tuple[State, str]:
        """Make an inference; return the state after it, and a line that says what was inferred.

        Raises:
            IllegalActionError: if the inference is not possible here.
        """
        slot, verb = divmod(int(action), VERBS)
        if (slot, verb) not in _choices(state):
            raise IllegalActionError(
                f"inference {action} is not possible here: {self.describe(state)[-200:]}"
            )
        if isinstance(state, classes.Knowledge):
            return classes.infer(state, slot, verb)
        return orders.infer(state, slot, verb)

    def is_terminal(self, state: State) -> bool:
        """Say whether it is proved which claim follows, if any."""
        if isinstance(state, classes.Knowledge):
            return classes.is_over(state)
        return orders.is_over(state)

    def returns(self, state: State) -> FloatArray:
        """Return `[1]`: 1 at the end of a proof, -1 before."""
        return np.array([1.0 if self.is_terminal(state) else -1.0], dtype=np.float32)

    def to_play(self, state: State) -> int:
        """Return the only player."""
        return 0

    def observe(self, state: State) -> FloatArray:
        """Return `[SLOTS, FEATURES]` in [-1, 1]; rows of absent slots are zero."""
        if isinstance(state, classes.Knowledge):
            return observe_classes(state, SLOTS)
        return observe_orders(state, SLOTS)

    def describe(self, state: State) -> str:
        """Return premises, claims and what was derived."""
        if isinstance(state, classes.Knowledge):
            return classes.describe(state)
        return orders.describe(state)

    def describe_action(self, state: State, action: int) -> str:
        """Return what the inference uses."""
        slot, verb = divmod(int(action), VERBS)
        if isinstance(state, classes.Knowledge):
            rules = state.problem.rules
            if slot >= len(rules):
                claims = state.problem.payload.claims
                return f"suppose that this is false: {claims[(slot - len(rules)) % len(claims)]}"
            way = "forwards" if verb == classes.FORWARD else "backwards"
            return f"apply {way}: {rules[slot].text} ({slot + 1})"
        name, place = divmod(slot, MAX_NAMES)
        what = "rule out" if verb == orders.RULE_OUT else "suppose"
        letter = LETTERS[name] if name < len(LETTERS) else "?"
        return f"{what} {letter} at {place + 1}"

    def answer(self, state: State) -> str | None:
        """Return the answer at an end, None before."""
        if isinstance(state, classes.Knowledge):
            return classes.answer(state)
        return orders.answer(state)


class DeductionGuide:
    """Makes inferences that lead towards a claim first, and supposes only where none is left."""

    name = "distance to a claim"
    weight = 1.0
    admissible = False
    commutes = True  # facts only grow, cases only shrink: every derivation ends in the same answer

    def actions(self, state: State) -> list[int]:
        """Return the legal inferences, the nearest to a claim first."""
        if isinstance(state, classes.Knowledge):
            ranked = sorted(_choices(state), key=lambda choice: _distance(state, *choice))
            return [slot * VERBS + verb for slot, verb in ranked]
        return [slot * VERBS + verb for slot, verb in sorted(
            _choices(state), key=lambda choice: _narrowness(state, *choice)
        )]  # fmt: skip

    def cost(self, state: State, action: int) -> float:
        """Return 1: an inference."""
        return 1.0

    def estimate(self, state: State) -> float:
        """Return 0: one chain of inferences is followed, whatever is estimated."""
        return 0.0


def _choices(state: State) -> list[tuple[int, int]]:
    if isinstance(state, classes.Knowledge):
        return classes.choices(state)
    return orders.choices(state)


def _distance(state: classes.Knowledge, slot: int, verb: int) -> tuple[int, int]:
    problem = state.problem
    if slot >= len(problem.rules):
        return (len(problem.rules) + 1, slot)
    fact = classes.conclusion(state, slot, verb)
    return (problem.distances.get(fact, len(problem.rules)), slot)


def _narrowness(state: orders.Cases, slot: int, verb: int) -> tuple[int, int, int]:
    if verb == orders.RULE_OUT:
        return (0, 0, slot)
    name = slot // MAX_NAMES
    return (1, state.cases[-1].places[name].bit_count(), slot)
