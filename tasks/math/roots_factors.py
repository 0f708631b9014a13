"""The rules on a product, each for its first open factor.

A factor is taken out, split by one zero, or finished; the product of the number and all factors
never changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt, lcm
from typing import Any, cast

from tasks.math import roots_integers as integers
from tasks.math.roots_integers import Coefficients, Ratio
from tasks.math.roots_state import FACTOR, KEPT, OPEN, SOLVE, SOLVED, Factor, RootsState


@dataclass(frozen=True, slots=True)
class WholeRule:
    """A rule that needs no choice.

    Attributes:
        text: what it does.
        allows: whether it can be applied.
        apply: the state after it.
    """

    text: str
    allows: Callable[[RootsState], bool]
    apply: Callable[[RootsState], RootsState]


def candidates_of(factor: Factor) -> tuple[Ratio, ...]:
    """Return what can be tried as zeros of a factor, tried ones included."""
    whole = whole_coefficients(factor)
    if whole is None or len(whole) < 3 or not whole[-1]:
        return ()
    return integers.candidates(whole)


def zeros_among_candidates(factor: Factor) -> tuple[Ratio, ...]:
    """Return all rational zeros; the last coefficient must not be 0."""
    whole = whole_coefficients(factor)
    if whole is None:
        return ()
    return tuple(r for r in candidates_of(factor) if integers.remainder(whole, r) == 0)


def whole_coefficients(factor: Factor) -> Coefficients | None:
    """Return the coefficients if they are whole."""
    coefficients = factor.coefficients
    for coefficient in coefficients:
        if not isinstance(coefficient, int):
            return None
    return cast(Coefficients, coefficients)


def tried(state: RootsState, place: int) -> RootsState:
    """Divide the first open factor by one candidate, or note that it is no zero."""
    factor = state.open[0]
    whole = whole_coefficients(factor)
    assert whole is not None
    zero = candidates_of(factor)[place]
    if integers.remainder(whole, zero):
        noted = factor._replace(tried=tuple(sorted((*factor.tried, zero))))
        return state._replace(open=(noted, *state.open[1:]))
    num, den = zero
    linear = Factor((den, -num), factor.step)
    quotient = Factor(integers.divided(whole, zero), factor.step)
    return filed(state, (linear, quotient))


def filed(state: RootsState, new: tuple[Factor, ...], scale: Fraction = Fraction(1)) -> RootsState:
    """Put new factors and a number in the place of the first open factor."""
    ends = state.asks == FACTOR  # a linear factor is an end there, else its zero is read off
    finished = [f for f in new if f.status != OPEN or (ends and _is_simple(f))]
    left = tuple(factor for factor in new if factor not in finished)
    kept = (f if f.status != OPEN else f._replace(tried=(), status=KEPT) for f in finished)
    return state._replace(
        scale=state.scale * scale,
        done=tuple(sorted((*state.done, *kept), key=_order)),
        open=left + state.open[1:],
    )


def _order(factor: Factor) -> tuple[Any, ...]:
    """Put the letter alone first, then lower degrees, then larger zeros."""
    last = factor.coefficients[-1]
    return len(factor.coefficients), last != 0, [-c for c in factor.coefficients[::-1]], factor


def _is_simple(factor: Factor) -> bool:
    """Say whether a factor is `a*x + b` with nothing to take out."""
    whole = whole_coefficients(factor)
    return (
        whole is not None
        and len(whole) == 2
        and factor.step == 1
        and whole[0] > 0
        and gcd(*whole) == 1
    )


def _focus(state: RootsState) -> tuple[Factor, Coefficients | None]:
    return state.open[0], whole_coefficients(state.open[0])


def _has_zero(state: RootsState) -> bool:
    return state.asks == SOLVE and _is_simple(state.open[0])


def _with_zero(state: RootsState) -> RootsState:
    return filed(state, (Factor(state.open[0].coefficients, status=SOLVED),))


def _has_denominators(state: RootsState) -> bool:
    return _focus(state)[1] is None


def _without_denominators(state: RootsState) -> RootsState:
    factor = state.open[0]
    below = lcm(*(c.denominator for c in factor.coefficients))
    whole = tuple(int(c * below) for c in factor.coefficients)
    return filed(state, (factor._replace(coefficients=whole),), Fraction(1, below))


def _has_common(state: RootsState) -> bool:
    _, whole = _focus(state)
    return whole is not None and gcd(*whole) > 1


def _without_common(state: RootsState) -> RootsState:
    factor, whole = _focus(state)
    assert whole is not None
    common = gcd(*whole)
    smaller = factor._replace(coefficients=integers.primitive(whole), square=0, below=0)
    return filed(state, (smaller,), Fraction(common))


def _is_negative(state: RootsState) -> bool:
    return state.open[0].coefficients[0] < 0


def _with_sign_out(state: RootsState) -> RootsState:
    factor = state.open[0]
    turned = factor._replace(coefficients=tuple(-c for c in factor.coefficients))
    return filed(state, (turned,), Fraction(-1))


def _ends_in_zero(state: RootsState) -> bool:
    coefficients = state.open[0].coefficients
    return len(coefficients) > 2 and not coefficients[-1]


def _without_letter(state: RootsState) -> RootsState:
    factor = state.open[0]
    shorter = factor._replace(coefficients=factor.coefficients[:-1], square=0, below=0)
    return filed(state, (Factor((1, 0)), shorter))


def _common_exponent(factor: Factor) -> int:
    degree = len(factor.coefficients) - 1
    return gcd(*(degree - place for place, c in enumerate(factor.coefficients) if c))


def _is_in_a_power(state: RootsState) -> bool:
    factor = state.open[0]
    if factor.step > 1 or factor.substituted or not factor.coefficients[-1]:
        return False
    return 1 < _common_exponent(factor) < len(factor.coefficients) - 1


def _substituted(state: RootsState) -> RootsState:
    factor = state.open[0]
    step = _common_exponent(factor)
    return filed(state, (Factor(factor.coefficients[::step], step, substituted=True),))


def _is_substituted(state: RootsState) -> bool:
    return state.open[0].step > 1


def _back(state: RootsState) -> RootsState:
    factor = state.open[0]
    spread: list[int | Fraction] = []
    for coefficient in factor.coefficients:
        spread += [coefficient, *[0] * (factor.step - 1)]
    full = tuple(spread[: len(spread) - factor.step + 1])
    return filed(state, (Factor(full, substituted=True),))


def _is_quadratic(state: RootsState) -> bool:
    factor, whole = _focus(state)
    return whole is not None and len(whole) == 3 and factor.step == 1


def _lacks_discriminant(state: RootsState) -> bool:
    return _is_quadratic(state) and not state.open[0].square


def _with_discriminant(state: RootsState) -> RootsState:
    factor, whole = _focus(state)
    assert whole is not None
    a, b, c = whole
    return filed(state, (factor._replace(square=1, below=b * b - 4 * a * c),))


def _has_square(state: RootsState) -> bool:
    factor = state.open[0]
    return factor.square > 0 and factor.below > 1 and integers.square_below(factor.below) > 1


def _with_square_out(state: RootsState) -> RootsState:
    factor = state.open[0]
    root = integers.square_below(factor.below)
    smaller = factor._replace(square=factor.square * root, below=factor.below // (root * root))
    return filed(state, (smaller,))


def _has_formula(state: RootsState) -> bool:
    factor = state.open[0]
    if not factor.square or factor.below < 0 or _has_square(state):
        return False
    return factor.below <= 1 or state.asks == SOLVE


def _solved(state: RootsState) -> RootsState:
    factor, whole = _focus(state)
    assert whole is not None
    if factor.below > 1:
        return filed(state, (factor._replace(tried=(), status=SOLVED),))
    a, b, _ = whole
    width = factor.square * factor.below
    zeros = [Fraction(-b - width, 2 * a), Fraction(-b + width, 2 * a)]
    linear = tuple(Factor((zero.denominator, -zero.numerator)) for zero in zeros)
    return filed(state, linear, Fraction(a, zeros[0].denominator * zeros[1].denominator))


def _is_two_squares(state: RootsState) -> bool:
    factor, whole = _focus(state)
    return whole is not None and factor.step == 1 and integers.two_squares(whole) is not None


def _split_in_squares(state: RootsState) -> RootsState:
    _, whole = _focus(state)
    assert whole is not None
    pair = integers.two_squares(whole)
    assert pair is not None
    return filed(state, tuple(Factor(part, substituted=True) for part in pair))


def _stays(state: RootsState) -> bool:
    """Say whether the factor has no real zero, or where factors are asked for, no factor."""
    factor, whole = _focus(state)
    if whole is None or factor.step > 1 or len(whole) < 3 or not whole[-1]:
        return False
    if whole[0] < 0 or gcd(*whole) > 1:
        return False
    if len(whole) == 3:
        root = isqrt(max(0, factor.below))
        irrational = factor.below > 0 and root * root != factor.below
        return factor.square > 0 and (factor.below < 0 or (irrational and state.asks == FACTOR))
    if state.asks == SOLVE:
        return integers.real_zeros(whole) == 0
    if zeros_among_candidates(factor):
        return False
    return len(whole) == 4 or (len(whole) == 5 and integers.is_prime_in_squares(whole))


def _kept(state: RootsState) -> RootsState:
    factor = state.open[0]
    return filed(state, (factor._replace(tried=(), square=0, below=0, status=KEPT),))


WHOLE_RULES = {
    "denominators": WholeRule(
        "take the denominators out", _has_denominators, _without_denominators
    ),
    "common": WholeRule("take the common factor out", _has_common, _without_common),
    "sign": WholeRule("take the sign out", _is_negative, _with_sign_out),
    "letter": WholeRule("take out the letter", _ends_in_zero, _without_letter),
    "zero": WholeRule("read off the zero", _has_zero, _with_zero),
    "substitute": WholeRule("write a power as one letter", _is_in_a_power, _substituted),
    "back": WholeRule("put the power back in", _is_substituted, _back),
    "discriminant": WholeRule("work out the discriminant", _lacks_discriminant, _with_discriminant),
    "square": WholeRule("take a square out of the discriminant", _has_square, _with_square_out),
    "formula": WholeRule("use the quadratic formula", _has_formula, _solved),
    "two squares": WholeRule("split a difference of squares", _is_two_squares, _split_in_squares),
    "keep": WholeRule("leave the factor as it is", _stays, _kept),
}
