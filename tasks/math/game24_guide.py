"""What a search and a trainer may know of make-24: look two numbers ahead, label every state."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tasks.math.game24_rules import Game24Environment, Hand, combined, hand_of

_VERBS = range(6)
_RULES = Game24Environment()


class TwoNumbersAhead:
    """A hand of two numbers is lost unless one of the six results is the target.

    All ways to an end are equally long, so that the search dives.
    """

    name = "two numbers ahead"
    weight = 1.0
    admissible = True
    commutes = False

    def actions(self, state: Hand) -> Sequence[int]:
        """Return one legal action for each hand that can follow."""
        return distinct_actions(state)

    def cost(self, state: Hand, action: int) -> float:
        """Return 1 for every action."""
        return 1.0

    def estimate(self, state: Hand) -> float:
        """Return the number of actions left; `inf` for one or two numbers that miss the target."""
        numbers, target = state
        goal = (target, 1)
        if len(numbers) == 1:
            return 0.0 if numbers[0] == goal else math.inf
        if len(numbers) == 2 and all(combined(*numbers, verb) != goal for verb in _VERBS):
            return math.inf
        return len(numbers) - 1.0


def distinct_actions(state: Hand) -> list[int]:
    """Return legal actions, one for each following hand (`2 * 3` and `3 * 2`, equal numbers)."""
    numbers = state.numbers
    count = len(numbers)
    found: dict[tuple[object, ...], int] = {}
    pair = 0
    for j in range(count):
        for i in range(j):
            a, b = numbers[i], numbers[j]
            for verb in _VERBS:
                result = combined(a, b, verb)
                if result is not None:
                    found.setdefault((min(a, b), max(a, b), result), pair * 6 + verb)
            pair += 1
    return list(found.values())


def solvable_states(numbers: tuple[int, ...], target: int = 24) -> dict[Hand, bool]:
    """Return every hand that can come up, and whether the target can still be made from it.

    Exact labels for value targets (1 for true, -1 for false), by exhaustion: about 3 000 hands for
    four numbers, 100 000 for five; do not ask for six.
    """
    labels: dict[Hand, bool] = {}

    def label(state: Hand) -> bool:
        known = labels.get(state)
        if known is None:
            if len(state.numbers) == 1:
                known = state.numbers[0] == (target, 1)
            else:
                found = [label(_RULES.step(state, a)) for a in distinct_actions(state)]
                known = any(found)  # only now: every successor gets its label
            labels[state] = known
        return known

    label(hand_of(numbers, target))
    return labels
