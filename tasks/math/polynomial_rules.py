"""The rules by which a sum is rewritten, one at a time: each keeps its value.

A rule is applied to a node by a verb. A node is a path of indices: term, factor of it, term inside
that factor, and so on; so paths of odd length are terms, of even length factors. Which rules apply
where is `polynomial_moves`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt
from typing import TypeAlias

from tasks.math.polynomial_state import (
    Bracket,
    Call,
    Definition,
    Factor,
    Number,
    Sum,
    Term,
    reduced,
    term,
    total,
)

Path: TypeAlias = tuple[int, ...]

COMBINE, DROP, MULTIPLY, POWER, EXPAND, SPLIT, CALL = range(7)
VERBS = 7
MOST_BITS = 4000  # of a number that a rule may write
MOST_TERMS = 120  # of a sum that a rule may write


def rewritten(terms: Sum, path: Path, verb: int, known: Mapping[str, Definition]) -> Sum:
    """Apply a verb to the node at a path; the verb must be one that `polynomial_moves` offers.

    Verbs, the first two for terms, the others for factors:
        COMBINE: `2x + y + 3x` to `5x + y`, at the later one of two terms with the same factors.
        DROP: `0x` to nothing.
        MULTIPLY: `2*3` to `6`, `x**2*x**3` to `x**5`, at the later one of two factors.
        POWER: `3**2` to `9`, `(2*x)**3` to `2**3*x**3`, `x**0` to `1`.
        EXPAND: multiply one thing that stands beside a bracket into it, or drop the brackets.
        SPLIT: `(x + 1)**3` to `(x + 1)*(x + 1)**2`.
        CALL: put the definition of a function or a name in its place.
    """
    i = path[0]
    if len(path) > 2:
        one, j = terms[i], path[1]
        factor = one.factors[j]
        base = factor.base
        if isinstance(base, Bracket):
            inner = Bracket(rewritten(base.terms, path[2:], verb, known))
            changed = factor._replace(base=inner)
        else:
            assert isinstance(base, Call)
            argument = rewritten(base.argument, path[2:], verb, known)
            changed = factor._replace(base=Call(base.name, argument))
        after: Sum = (_replaced(one, j, (changed,)),)
    elif len(path) == 1:
        return _dropped(terms, i) if verb == DROP else _combined(terms, i)
    else:
        after = _RULES[verb](terms[i], path[1], known)
    return total(terms[:i] + after + terms[i + 1 :])


def power(base: Number, num: int, den: int) -> Number | None:
    """Return the exact value of a number's power; None if it is no rational, or too large."""
    above, below = base
    if num < 0:
        above, below, num = below, above, -num
        if below < 0:
            above, below = -above, -below
    if below == 0 or num * max(above.bit_length(), below.bit_length()) > MOST_BITS:
        return None
    if den != 1:
        roots = root(above, den), root(below, den)
        if roots[0] is None or roots[1] is None:
            return None
        above, below = roots[0], roots[1]
    return Number(above**num, below**num)


def root(value: int, degree: int) -> int | None:
    """Return the exact root of a number from 0 on, None if there is none."""
    if value < 0:
        return None
    if value < 2:
        return value
    if degree == 2:
        found = isqrt(value)
    else:
        low, high = 1, 1 << (value.bit_length() // degree + 1)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
        found = low
    return found if found**degree == value else None


def product_of_names(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Multiply equal names; `factors` in any order, other bases as they stand."""
    exponents: dict[str, tuple[int, int]] = {}
    others: list[Factor] = []
    for factor in factors:
        base, num, den = factor
        if not isinstance(base, str):
            others.append(factor)
        elif base in exponents:
            above, below = exponents[base]
            exponents[base] = reduced(above * den + num * below, below * den)
        else:
            exponents[base] = num, den
    names = (Factor(name, num, den) for name, (num, den) in exponents.items() if num)
    return (*names, *others)


def substituted(body: Sum, parameter: str, value: Sum) -> Sum:
    """Put a sum in the place of a name, without calculating."""
    return total(
        term(one.num, one.den, [_with_value(f, parameter, value) for f in one.factors])
        for one in body
    )


def _with_value(factor: Factor, parameter: str, value: Sum) -> Factor:
    base, num, den = factor
    if base == parameter and isinstance(base, str):
        return as_factor(value, num, den)
    if isinstance(base, Bracket):
        return Factor(Bracket(substituted(base.terms, parameter, value)), num, den)
    if isinstance(base, Call):
        return Factor(Call(base.name, substituted(base.argument, parameter, value)), num, den)
    return factor


def as_factor(value: Sum, num: int, den: int) -> Factor:
    """Raise a sum to a power, without brackets around a number or a lone name."""
    if not value:
        return Factor(Number(0, 1), num, den)
    if len(value) == 1:
        above, below, factors = value[0]
        if not factors:
            return Factor(Number(above, below), num, den)
        if (above, below) == (1, 1) and len(factors) == 1 and factors[0][1:] == (1, 1):
            return Factor(factors[0].base, num, den)
    return Factor(Bracket(value), num, den)


def _combined(terms: Sum, i: int) -> Sum:
    num, den, factors = terms[i]
    first = next(k for k, one in enumerate(terms) if one.factors == factors)
    above, below, _ = terms[first]
    num, den = reduced(num * below + above * den, den * below)
    merged = (Term(num, den, factors),) if num else ()
    return total(terms[:first] + merged + terms[first + 1 : i] + terms[i + 1 :])


def _dropped(terms: Sum, i: int) -> Sum:
    return total(terms[:i] + terms[i + 1 :])


def _multiplied(one: Term, j: int, known: Mapping[str, Definition]) -> Sum:
    base, num, den = one.factors[j]
    if isinstance(base, Number):
        above, below = reduced(one.num * base.num, one.den * base.den)
        return (term(above, below, one.factors[:j] + one.factors[j + 1 :]),)
    first = next(k for k, factor in enumerate(one.factors) if factor.base == base)
    _, above, below = one.factors[first]
    above, below = reduced(above * den + num * below, below * den)
    kept = one.factors[:first] + one.factors[first + 1 : j] + one.factors[j + 1 :]
    if above:
        kept = (*kept, Factor(base, above, below))
    return (term(one.num, one.den, kept),)


def _powered(one: Term, j: int, known: Mapping[str, Definition]) -> Sum:
    base, num, den = one.factors[j]
    if num == 0:
        return (_replaced(one, j, ()),)
    if isinstance(base, Number):
        value = power(base, num, den)
        assert value is not None
        return (_replaced(one, j, (Factor(value),)),)
    assert isinstance(base, Bracket)
    if not base.terms:
        return (_replaced(one, j, (Factor(Number(0, 1)),)),)
    above, below, inner = base.terms[0]
    raised = [Factor(b, *reduced(n * num, d * den)) for b, n, d in inner]
    if (above, below) != (1, 1):
        raised.append(Factor(Number(above, below), num, den))
    return (_replaced(one, j, tuple(raised)),)


def _expanded(one: Term, j: int, known: Mapping[str, Definition]) -> Sum:
    """Multiply what are numbers and names into the bracket, or else one factor beside it."""
    bracket = one.factors[j].base
    assert isinstance(bracket, Bracket)
    plain: list[Factor] = []
    others: list[Factor] = []
    for k, factor in enumerate(one.factors):
        if k != j:
            (plain if isinstance(factor.base, str | Number) else others).append(factor)
    if others and not plain and one.num == 1 and one.den == 1:
        plain.append(others.pop(0))
    inner = tuple(
        term(*reduced(one.num * num, one.den * den), product_of_names((*plain, *factors)))
        for num, den, factors in bracket.terms
    )
    return (term(1, 1, (Factor(Bracket(inner)), *others)),) if others else inner


def _split(one: Term, j: int, known: Mapping[str, Definition]) -> Sum:
    base, num, den = one.factors[j]
    return (_replaced(one, j, (Factor(base), Factor(base, num - 1, den))),)


def _called(one: Term, j: int, known: Mapping[str, Definition]) -> Sum:
    base, num, den = one.factors[j]
    if isinstance(base, Call):
        definition = known[base.name]
        value = substituted(definition.body, definition.parameter, base.argument)
    else:
        assert isinstance(base, str)
        value = known[base].body
    if one == (1, 1, (Factor(base),)):
        return value
    return (_replaced(one, j, (as_factor(value, num, den),)),)


def _replaced(one: Term, j: int, factors: tuple[Factor, ...]) -> Term:
    return term(one.num, one.den, one.factors[:j] + factors + one.factors[j + 1 :])


_RULES = {
    MULTIPLY: _multiplied,
    POWER: _powered,
    EXPAND: _expanded,
    SPLIT: _split,
    CALL: _called,
}
