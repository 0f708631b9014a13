"""What an equation or polynomial is while it is taken apart, and how it is written.

First two sums, as typed; then one product: a number, finished factors, and factors to work on.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import NamedTuple

from tasks.math.product_sums import Sum, letter_part, number_part, sum_text
from tasks.math.roots_integers import Ratio

SOLVE, FACTOR = "solve", "factor"
OPEN, KEPT, SOLVED = range(3)  # of a factor: to work on, stays as it is, its zeros are known


class Factor(NamedTuple):
    """A polynomial in `x**step`.

    Attributes:
        coefficients: falling in degree, the first not 0; whole numbers are ints.
        step: 1, or the exponent of the power that stands for one letter just now.
        substituted: whether that was tried already.
        tried: fractions that are no zeros.
        square, below: of a quadratic, the discriminant as square**2 * below; (0, 0) if not
            worked out.
        status: OPEN, KEPT or SOLVED.
    """

    coefficients: tuple[int | Fraction, ...]
    step: int = 1
    substituted: bool = False
    tried: tuple[Ratio, ...] = ()
    square: int = 0
    below: int = 0
    status: int = OPEN


class RootsState(NamedTuple):
    """Two sums until they are gathered into `scale` times the factors; equal ones are equal states.

    Attributes:
        asks: SOLVE or FACTOR.
        left, right: the sides as typed; the right one is empty for FACTOR.
        gathered: whether the product counts, and the sums are empty.
        scale: the number before the product; 0 if nothing else is left.
        done: finished factors in order.
        open: factors to work on, the first one first.
    """

    unknown: str
    asks: str
    left: Sum
    right: Sum
    gathered: bool = False
    scale: Fraction = Fraction(1)
    done: tuple[Factor, ...] = ()
    open: tuple[Factor, ...] = ()


def state_text(state: RootsState) -> str:
    """Write `3*(x - 2)*(x**2 + x - 1) = 0; x**2 + x - 1: discriminant 5`."""
    equals = " = 0" if state.asks == SOLVE else ""
    if not state.gathered:
        right = f" = {sum_text(state.right)}" if state.asks == SOLVE else ""
        return f"{sum_text(state.left)}{right}"
    product = product_text(state.unknown, state.scale, state.done + state.open, in_brackets=True)
    notes = [note for factor in state.done + state.open if (note := _note(state, factor))]
    return "; ".join([product + equals, *notes])


def product_text(
    unknown: str, scale: Fraction, factors: tuple[Factor, ...], in_brackets: bool = False
) -> str:
    """Write `-3*x*(x - 2)**2/4`; a sum alone has brackets if that is wanted."""
    if not factors or not scale:
        return str(scale)
    written: dict[str, int] = {}
    for factor in factors:
        text = polynomial_text(unknown, factor)
        written[text] = written.get(text, 0) + 1
    parts = [] if abs(scale.numerator) == 1 else [str(abs(scale.numerator))]
    alone = len(written) == 1 and scale == 1 and not in_brackets
    for text, count in written.items():
        plain = text == unknown or (alone and count == 1)
        power = f"**{count}" if count > 1 else ""
        parts.append((text if plain else f"({text})") + power)
    below = "" if scale.denominator == 1 else f"/{scale.denominator}"
    return f"{'-' if scale < 0 else ''}{'*'.join(parts)}{below}"


def polynomial_text(unknown: str, factor: Factor) -> str:
    """Write `x**2 - x/2 + 3`."""
    degree = len(factor.coefficients) - 1
    terms = tuple(
        number_part(c) + letter_part(unknown, Fraction((degree - place) * factor.step))
        for place, c in enumerate(factor.coefficients)
        if c
    )
    return sum_text(terms)


def _note(state: RootsState, factor: Factor) -> str:
    """Write what is known of a factor besides itself."""
    notes = []
    name = state.unknown
    if factor.step > 1:
        name = "w" if state.unknown == "z" else "z"
        notes.append(f"{name} = {state.unknown}**{factor.step}")
    elif factor.substituted and factor.status == OPEN:
        notes.append("no substitution")
    if factor.status == OPEN:
        notes += [f"{name} != {Fraction(*ratio)}" for ratio in factor.tried]
    if factor.square and factor.status != SOLVED:
        square = "" if factor.square == 1 else f"{factor.square}**2*"
        notes.append(f"discriminant {square}{factor.below}")
    if factor.status == SOLVED:
        notes += [f"{state.unknown} = {root}" for root in zero_texts(factor)]
    elif factor.status == KEPT and len(factor.coefficients) > 2:
        notes.append("no real zero" if state.asks == SOLVE else "irreducible")
    return f"{polynomial_text(state.unknown, factor)}: {', '.join(notes)}" if notes else ""


def answer_text(state: RootsState) -> str | None:
    """Return `x = -2, x = 1/2`, `no real solution`, `every number`, `3*(x - 1)*(x + 2)`.

    None where a factor is left to work on.
    """
    if not state.gathered or state.open:
        return None
    if state.asks == FACTOR:
        return product_text(state.unknown, state.scale, state.done)
    if not state.scale:
        return "every number"
    roots: dict[str, int] = {}
    for factor in state.done:
        if factor.status == SOLVED:
            roots.update(zip(zero_texts(factor), _places(factor), strict=True))
    texts = sorted(roots, key=lambda text: roots[text])
    return ", ".join(f"{state.unknown} = {text}" for text in texts) or "no real solution"


def zero_texts(factor: Factor) -> tuple[str, ...]:
    """Return the zeros of a solved factor, such as `1/2 - 3*sqrt(5)/2`, smaller first."""
    a, b = (Fraction(c) for c in factor.coefficients[:2])
    if len(factor.coefficients) == 2:
        return (str(-b / a),)
    middle = -b / (2 * a)
    width = Fraction(factor.square) / abs(2 * a)
    number = "" if width.numerator == 1 else f"{width.numerator}*"
    below = "" if width.denominator == 1 else f"/{width.denominator}"
    root = f"{number}sqrt({factor.below}){below}"
    if not middle:
        return f"-{root}", root
    return f"{middle} - {root}", f"{middle} + {root}"


def _places(factor: Factor) -> tuple[int, ...]:
    """Return where on the number line the zeros lie, to some 50 digits."""
    a, b = (Fraction(c) for c in factor.coefficients[:2])
    if len(factor.coefficients) == 2:
        return (int(-b / a * 4**90),)
    middle = -b / (2 * a) * 4**90
    width = Fraction(isqrt(factor.square**2 * factor.below * 16**90)) / abs(2 * a)
    return int(middle - width), int(middle + width)
