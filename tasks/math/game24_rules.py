"""The rules of make-24: two of the numbers become one until a single one is left.

Numbers are exact, as numerator and denominator of a reduced fraction (two ints hash several times
quicker than `Fraction`). Letters: `P` pairs of slots, `F` features of a pair.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple, TypeAlias

import numpy as np

from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task

Number: TypeAlias = tuple[int, int]

MOST_NUMBERS = 6
PAIRS = tuple((i, j) for j in range(MOST_NUMBERS) for i in range(j))  # first those of few slots
VERBS = ("{0} + {1}", "{0} * {1}", "{0} - {1}", "{1} - {0}", "{0} / {1}", "{1} / {0}")
REST = MOST_NUMBERS - 2
FEATURES = 7 + 2 * len(VERBS) + 2 * REST


class Hand(NamedTuple):
    """The numbers that are left, in ascending order of their pairs, and what they shall make."""

    numbers: tuple[Number, ...]
    target: int


class Game24Environment:
    """One player; an action is `pair * 6 + verb`: the pair's numbers become one.

    The one number left at the end wins (return 1) if it is the target, else loses (-1). What is
    observed is a row for each pair of slots: its two numbers, what each verb makes of them, and
    the rest of the hand.
    """

    version = "game24-1"
    num_actions = len(PAIRS) * len(VERBS)
    observation_shape: tuple[int, ...] = (len(PAIRS), FEATURES)
    num_players = 1
    max_steps = MOST_NUMBERS - 1
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> Hand:
        """Return the whole hand."""
        return hand_of(task.payload.numbers, task.payload.target)

    def legal(self, state: Hand) -> BoolArray:
        """Return `[90]` bool: pairs of numbers that are there, no division by zero."""
        mask = np.zeros(self.num_actions, dtype=np.bool_)
        for pair in range(_pairs(state)):
            mask[pair * 6 : pair * 6 + 6] = True
            i, j = PAIRS[pair]
            mask[pair * 6 + 4] = state.numbers[j][0] != 0
            mask[pair * 6 + 5] = state.numbers[i][0] != 0
        return mask

    def step(self, state: Hand, action: int) -> Hand:
        """Return the hand with the pair's result in place of the pair."""
        pair, verb = divmod(action, 6)
        result = None
        if 0 <= pair < _pairs(state):
            i, j = PAIRS[pair]
            result = combined(state.numbers[i], state.numbers[j], verb)
        if result is None:
            raise IllegalActionError(f"action {action} is not legal in {self.describe(state)!r}")
        rest = [n for slot, n in enumerate(state.numbers) if slot not in (i, j)]
        return Hand(tuple(sorted([*rest, result])), state.target)

    def is_terminal(self, state: Hand) -> bool:
        """Say whether one number is left."""
        return len(state.numbers) == 1

    def returns(self, state: Hand) -> FloatArray:
        """Return `[1]`: 1 for the target, else -1."""
        won = state.numbers == ((state.target, 1),)
        return np.array([1.0 if won else -1.0], dtype=np.float32)

    def to_play(self, state: Hand) -> int:
        """Return the only player."""
        return 0

    def observe(self, state: Hand) -> FloatArray:
        """Return `[15, 27]` in [-1, 1], a row for each pair; rows of absent pairs are zero."""
        rows = np.zeros(self.observation_shape, dtype=np.float32)
        target = state.target
        size = abs(target) + 1
        values = [num / den for num, den in state.numbers]
        squashed = [value / (abs(value) + size) for value in values]
        for pair in range(_pairs(state)):
            i, j = PAIRS[pair]
            a, b = state.numbers[i], state.numbers[j]
            row = [1.0, len(values) / MOST_NUMBERS, squashed[i], squashed[j], a[1] == 1, b[1] == 1]
            row.append(size / (size + 24))
            for verb in range(len(VERBS)):
                result = combined(a, b, verb)
                if result is None:
                    row += [-1.0, 0.0]
                    continue
                gap = result[0] / result[1] - target
                row += [gap / (abs(gap) + 4), result[1] == 1]
            rest = [s for slot, s in enumerate(squashed) if slot not in (i, j)]
            for s in rest:
                row += [1.0, s]
            rows[pair, : len(row)] = row
        return rows

    def describe(self, state: Hand) -> str:
        """Return `make 24 from 4, 5/2, 9`."""
        return f"make {state.target} from {', '.join(map(number_text, state.numbers))}"

    def describe_action(self, state: Hand, action: int) -> str:
        """Return the operation: `9 - 5/2`."""
        pair, verb = divmod(action, 6)
        i, j = PAIRS[pair]
        a, b = (number_text(state.numbers[slot]) for slot in (i, j))
        return VERBS[verb].format(a, b)


def hand_of(numbers: tuple[int, ...], target: int) -> Hand:
    """Return the state that holds these whole numbers."""
    return Hand(tuple(sorted((n, 1) for n in numbers)), target)


def combined(a: Number, b: Number, verb: int) -> Number | None:
    """Return what a verb makes of two numbers; None for a division by zero."""
    (p, q), (r, s) = a, b
    if verb == 0:
        num, den = p * s + r * q, q * s
    elif verb == 1:
        num, den = p * r, q * s
    elif verb == 2:
        num, den = p * s - r * q, q * s
    elif verb == 3:
        num, den = r * q - p * s, q * s
    elif verb == 4:
        num, den = p * s, q * r
    else:
        num, den = r * q, s * p
    if den == 0:
        return None
    common = gcd(num, den) if den > 0 else -gcd(num, den)
    return num // common, den // common


def number_text(number: Number) -> str:
    """Write `4` or `5/2`."""
    return f"{number[0]}" if number[1] == 1 else f"{number[0]}/{number[1]}"


def expression_of(numbers: tuple[int, ...], target: int, actions: tuple[int, ...]) -> str:
    """Return what the actions make of the hand, as one expression; unfinished ones side by side.

    Raises:
        IllegalActionError: if an action is not legal.
    """
    state = hand_of(numbers, target)
    environment = Game24Environment()
    texts = [number_text(number) for number in state.numbers]
    for action in actions:
        after = environment.step(state, action)
        pair, verb = divmod(action, 6)
        i, j = PAIRS[pair]
        result = combined(state.numbers[i], state.numbers[j], verb)
        rest = [(n, t) for slot, (n, t) in enumerate(zip(state.numbers, texts, strict=True))
                if slot not in (i, j)]  # fmt: skip
        text = VERBS[verb].format(texts[i], texts[j])
        text = f"({text})" if rest else text
        assert result is not None
        # a stable sort by value keeps texts beside their numbers
        texts = [t for _, t in sorted([*rest, (result, text)], key=lambda entry: entry[0])]
        state = after
    return ", ".join(texts)


def _pairs(state: Hand) -> int:
    count = len(state.numbers)
    return count * (count - 1) // 2
