"""The rules of calculus, each for one operator around one sum: `diff`, `integral`, `insert`.

A rule takes the operator part and returns the sum that it stands for; `applied` puts that sum into
the term. The rules keep the value, except that an integral is any one antiderivative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from tasks.math.product_sum_places import put
from tasks.math.product_sum_reader import number_power
from tasks.math.product_sums import (
    BRACKET,
    DIFF,
    INTEGRAL,
    LETTER,
    NUMBER,
    Part,
    Sum,
    Term,
    is_free_of,
    joined,
    letter_part,
    number_part,
    operator_place,
)


def applied(term: Term, verb: int, rules: Mapping[int, Callable[[Part], Sum]]) -> Sum:
    """Replace the term's first operator by what a rule makes of it."""
    place = operator_place(term)
    new = rules[verb](term[place])
    if len(term) == 1:
        return new
    return put(term, place, new, 1)


def divided(term: Term, name: str) -> tuple[Term, Term]:
    """Return the factors that do not depend on the letter, and those that do."""
    constants = tuple(part for part in term if is_free_of(part, name))
    return constants, tuple(part for part in term if not is_free_of(part, name))


def has_power_rule(operator: Part, part: Part) -> bool:
    """Say whether the power rule works on one part that depends on the operator's letter."""
    if part[0] != LETTER:
        return False
    if operator[0] == INTEGRAL:
        return bool(part[2] != -part[3])
    if operator[0] == DIFF:
        return True
    exponent = Fraction(part[2], part[3])
    return all(
        number_power(Fraction(*bound), exponent) is not None for bound in operator[2:4] if bound
    )


def constant(operator: Part) -> Sum:
    """Apply the operator to 0, or to one term that does not depend on its letter."""
    form, name, body = operator[0], operator[1], operator[-1]
    if form == DIFF or not body:
        return ()
    if form == INTEGRAL:
        return (joined(body[0], letter_part(name, Fraction(1))),)
    return () if operator[2] else tuple(body)


def split(operator: Part) -> Sum:
    """Apply the operator to each term."""
    return tuple(((*operator[:-1], (term,)),) for term in operator[-1])


def factor(operator: Part) -> Sum:
    """Take the constant factors out."""
    constants, rest = divided(operator[-1][0], operator[1])
    return (joined(constants, ((*operator[:-1], (rest,)),)),)


def power(operator: Part) -> Sum:
    """Apply the operator to one power of its letter."""
    form, name = operator[:2]
    _, _, num, den = operator[-1][0][0]
    exponent = Fraction(num, den)
    if form == DIFF:
        return (number_part(exponent) + letter_part(name, exponent - 1),)
    if form == INTEGRAL:
        return (number_part(1 / (exponent + 1)) + letter_part(name, exponent + 1),)
    _, _, lower, upper, _ = operator
    values = [(number_power(Fraction(*bound), exponent) or Fraction(0)) * sign
              for bound, sign in ((upper, 1), (lower, -1)) if bound]  # fmt: skip
    return tuple(number_part(value) for value in values if value)


def chain(operator: Part) -> Sum:
    """Differentiate a power of a bracket: exponent, one power less, inner derivative."""
    _, name, ((part,),) = operator
    _, inner, exponent = part
    return (((NUMBER, exponent, 1), (BRACKET, inner, exponent - 1), (DIFF, name, inner)),)


def product(operator: Part) -> Sum:
    """Differentiate a product: the first factor and all others."""
    _, name, (term,) = operator
    first, rest = term[:1], term[1:]
    return (
        joined(((DIFF, name, (first,)),), rest),
        joined(first, ((DIFF, name, (rest,)),)),
    )
