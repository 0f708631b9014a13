"""The environment of `math/arithmetic`: an action works out one operation on two numbers.

An action names a place (a slot) and a verb: `action = slot * VERBS + verb`. Slots are the first K
operations whose operands are numbers already, from left to right, or the single number that is
left. No verb works out more than one operation: products of sums and division by roots are
rewritten first. The order does not matter to the result. What a net sees is
`arithmetic_features`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tasks.math.arithmetic_features import FEATURES, observe
from tasks.math.arithmetic_parser import read_calculation
from tasks.math.arithmetic_state import (
    BINARY,
    Calculation,
    Token,
    calculation_text,
    settled,
)
from tasks.math.arithmetic_values import (
    MAX_EXPONENT,
    ONE,
    Value,
    added,
    divided,
    is_simplified,
    multiplied,
    negated,
    of,
    raised,
    rational,
    rationalising,
    rooted,
    simplified,
    whole_root,
)
from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task

K = 24  # operations that can be worked out next; later ones move up
CALCULATE, TAKE_OUT, RATIONALISE = range(3)
VERBS = 3
NUM_ACTIONS = K * VERBS
MAX_EXPANDED = 20  # exponent of a sum, which is multiplied out factor by factor


class ArithmeticEnvironment:
    """Work out an expression operation by operation; the return is 1 at a number, -1 if stuck."""

    version = "arithmetic-1"
    num_actions = NUM_ACTIONS
    observation_shape: tuple[int, ...] = (K, FEATURES)
    num_players = 1
    max_steps = 500
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> Calculation:
        """Return the expression as the task writes it."""
        return _read(task.payload.text)

    def legal(self, state: Calculation) -> BoolArray:
        """Return `[72]` bool."""
        mask = np.zeros(NUM_ACTIONS, dtype=np.bool_)
        mask[list(_successors(state))] = True
        return mask

    def step(self, state: Calculation, action: int) -> Calculation:
        """Return the expression after one operation."""
        after = _successors(state).get(action)
        if after is None:
            raise IllegalActionError(
                f"action {action} (slot {action // VERBS}, verb {action % VERBS}) is not legal in "
                f"{self.describe(state)}"
            )
        return Calculation(state.decimal, after)

    def is_terminal(self, state: Calculation) -> bool:
        """Say whether the result stands there, or nothing can be worked out."""
        return not _successors(state)

    def returns(self, state: Calculation) -> FloatArray:
        """Return `[1.0]` at a result, `[-1.0]` at an expression without a value within limits."""
        return np.array([1.0 if result(state) is not None else -1.0], dtype=np.float32)

    def to_play(self, state: Calculation) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: Calculation) -> FloatArray:
        """Return `[K, FEATURES]` float32; see `arithmetic_features`."""
        return observe(state.tokens, _places(state.tokens)[:K], K)

    def order(self, action: int) -> tuple[int, int]:
        """Return by what to sort actions so that the leftmost operation comes first.

        Squares are taken out of its roots before it is worked out.
        """
        slot, verb = divmod(action, VERBS)
        return slot, 0 if verb == TAKE_OUT else 1

    def describe(self, state: Calculation) -> str:
        """Return `2 * 3 + (-4)`; a mark tells calculations in decimals from those in fractions."""
        return calculation_text(state) + (" (in decimals)" if state.decimal else "")

    def describe_action(self, state: Calculation, action: int) -> str:
        """Return `calculate 2 * 3`, `take squares out of sqrt(12)`, `rationalise 1 / sqrt(2)`."""
        slot, verb = divmod(action, VERBS)
        start, end = _places(state.tokens)[slot]
        text = calculation_text(Calculation(state.decimal, state.tokens[start : end + 1]))
        return ("calculate ", "take squares out of ", "rationalise ")[verb] + text


def result(state: Calculation) -> Value | None:
    """Return the number that is left, its roots simplified; None before the end."""
    first = state.tokens[0]
    if len(state.tokens) == 1 and not isinstance(first, str) and is_simplified(first):
        return first
    return None


def divides_by_zero(state: Calculation) -> bool:
    """Say whether an operation that comes next is a division by 0."""
    return any(
        state.tokens[end] == "/" and state.tokens[end - 1] == ()
        for _, end in _places(state.tokens)
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _read(text: str) -> Calculation:
    return read_calculation(text)


@lru_cache(maxsize=4096)
def _successors(state: Calculation) -> dict[int, tuple[Token, ...]]:
    """Return the tokens after each legal action."""
    tokens = state.tokens
    after: dict[int, tuple[Token, ...]] = {}
    for slot, (start, end) in enumerate(_places(tokens)[:K]):
        part = tokens[start : end + 1]
        for verb, rule in enumerate((_calculate, _take_out, _rationalise)):
            new = rule(part)
            if new is not None:
                changed = settled((*tokens[:start], *new, *tokens[end + 1 :]))
                after[slot * VERBS + verb] = changed
    return after


def _places(tokens: tuple[Token, ...]) -> list[tuple[int, int]]:
    """Return first and last token of each operation on numbers, or of the only number."""
    if len(tokens) == 1:
        return [(0, 0)]
    places = []
    for end, token in enumerate(tokens):
        if isinstance(token, str):
            start = end - (2 if token in BINARY else 1)
            if start >= 0 and not any(isinstance(t, str) for t in tokens[start:end]):
                places.append((start, end))
    return places


def _calculate(part: tuple[Token, ...]) -> tuple[Token, ...] | None:
    """Work out an operation, or write a power of a sum as a product; None if that is not legal."""
    if len(part) == 1:
        return None
    *operands, sign = part
    a = operands[0]
    assert not isinstance(a, str)
    value: Value | None
    if len(operands) == 1:
        value = _unary(str(sign), a)
        return None if value is None else (value,)
    b = operands[1]
    assert not isinstance(b, str)
    if sign == "+":
        value = added(a, b)
    elif sign == "-":
        value = added(a, negated(b))
    elif sign == "*":
        value = multiplied(a, b)
    elif sign == "/":
        divisor = rational(b)
        value = divided(a, divisor) if divisor else None
    else:
        return _power(a, b)
    return None if value is None else (value,)


def _unary(sign: str, value: Value) -> Value | None:
    if sign == "neg":
        return negated(value)
    if sign == "sqrt":
        return rooted(value)
    if len(value) > 1:  # the sign of a sum of roots is not decided here
        return None
    return negated(value) if value and value[0][0] < 0 else value


def _power(base: Value, exponent: Value) -> tuple[Token, ...] | None:
    number = rational(exponent)
    if number is None or (abs(number) > MAX_EXPONENT and len(base) > 1):
        return None
    if number.denominator == 2:  # a power of the square root
        return (base, "sqrt", of(number.numerator), "^")
    if number.denominator > 2:  # a power of a root that is a number without roots
        root = whole_root(base, number.denominator)
        return None if root is None else (root, of(number.numerator), "^")
    times = int(number)
    if len(base) < 2:
        value = raised(base, times)
        return None if value is None else (value,)
    if times in (0, 1):
        return (base,) if times else (ONE,)
    if times < 0:
        return (ONE, base, of(-times), "^", "/")
    if times > MAX_EXPANDED:
        return None
    return (base, base, "*") if times == 2 else (base, base, of(times - 1), "^", "*")


def _take_out(part: tuple[Token, ...]) -> tuple[Token, ...] | None:
    """Take the square factors out of the first operand that has some."""
    for place, token in enumerate(part):
        if not isinstance(token, str) and not is_simplified(token):
            return (*part[:place], simplified(token), *part[place + 1 :])
    return None


def _rationalise(part: tuple[Token, ...]) -> tuple[Token, ...] | None:
    """Multiply both parts of a fraction by what takes roots out of the lower one."""
    if part[-1] != "/":
        return None
    above, below = part[0], part[1]
    assert not isinstance(above, str)
    assert not isinstance(below, str)
    if rational(below) is not None or not is_simplified(below):
        return None
    factor = rationalising(below)
    return (above, factor, "*", below, factor, "*", "/")
