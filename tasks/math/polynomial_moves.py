"""Which rules apply to which nodes of a sum, in a fixed order: what is inside comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tasks.math.polynomial_rules import (
    CALL,
    COMBINE,
    DROP,
    EXPAND,
    MOST_BITS,
    MOST_TERMS,
    MULTIPLY,
    POWER,
    SPLIT,
    Path,
    power,
)
from tasks.math.polynomial_state import (
    Base,
    Bracket,
    Call,
    Definition,
    Factor,
    Number,
    Polynomial,
    Sum,
    Term,
    factor_text,
    monomials,
    number_text,
    term_text,
)

EXPRESSION = -1


class Node(NamedTuple):
    """A node that rules apply to.

    Attributes:
        place: EXPRESSION, or the index of the definition whose body it is in.
        path: inside that sum.
        verbs: that apply there, at least one.
    """

    place: int
    path: Path
    verbs: tuple[int, ...]


def nodes_with_moves(state: Polynomial) -> list[Node]:
    """Return the nodes that rules apply to, definitions first, inner nodes before outer ones.

    Where a name that stands for something is divided by, only definitions are put in: cancelling
    it first would hide that it is 0.
    """
    known = {definition.name: definition for definition in state.definitions}
    if known and any(map(_divides, (state.expression, *(body for _, _, body in known.values())))):
        found: list[tuple[Path, tuple[int, ...]]] = []
        _walk(state.expression, (), known, found)
        calls = [Node(EXPRESSION, path, (CALL,)) for path, verbs in found if CALL in verbs]
        if calls:
            return calls
    nodes: list[Node] = []
    for place, (_, parameter, body) in enumerate(state.definitions):
        own = known
        if parameter in known:
            own = {name: value for name, value in known.items() if name != parameter}
        found = []
        _walk(body, (), own, found)
        nodes += [Node(place, path, verbs) for path, verbs in found]
    found = []
    _walk(state.expression, (), known, found)
    return nodes + [Node(EXPRESSION, path, verbs) for path, verbs in found]


def sum_at(state: Polynomial, place: int) -> Sum:
    """Return the expression, or the body of a definition."""
    return state.expression if place == EXPRESSION else state.definitions[place].body


def node_at(terms: Sum, path: Path) -> Term | Factor:
    """Return the term or factor at a path."""
    one = sum_around(terms, path)[path[-1 if len(path) % 2 else -2]]
    return one if len(path) % 2 else one.factors[path[-1]]


def sum_around(terms: Sum, path: Path) -> Sum:
    """Return the sum that the term of the path stands in."""
    for k in range(0, len(path) - 2, 2):
        base = terms[path[k]].factors[path[k + 1]].base
        assert isinstance(base, Bracket | Call)
        terms = _inside(base)
    return terms


def move_text(terms: Sum, path: Path, verb: int) -> str:
    """Return a rule as text: `combine 2*x and 3*x`, `expand (x + 1) in 3*(x + 1)`."""
    around = sum_around(terms, path)
    if len(path) % 2:
        one = around[path[-1]]
        if verb == DROP:
            return f"drop {term_text(one)}"
        earlier = next(other for other in around if other.factors == one.factors)
        return f"combine {term_text(earlier)} and {term_text(one)}"
    one = around[path[-2]]
    factor = one.factors[path[-1]]
    text = factor_text(factor)
    if verb == MULTIPLY:
        if isinstance(factor.base, Number):
            return f"multiply {number_text(one.num, one.den)} by {text}"
        earlier_factor = next(f for f in one.factors if f.base == factor.base)
        return f"multiply {factor_text(earlier_factor)} by {text}"
    if verb == EXPAND:
        return f"expand {text} in {term_text(one)}"
    words = {POWER: "work out", SPLIT: "take one factor out of", CALL: "put in the definition for"}
    return f"{words[verb]} {text}"


def _walk(
    terms: Sum,
    path: Path,
    known: Mapping[str, Definition],
    nodes: list[tuple[Path, tuple[int, ...]]],
) -> None:
    seen = set()
    for i, one in enumerate(terms):
        for j, factor in enumerate(one.factors):
            base = factor.base
            if isinstance(base, Bracket):
                _walk(base.terms, (*path, i, j), known, nodes)
                verbs = _of_bracket(terms, one, j, base)
            elif isinstance(base, str):
                verbs = _of_name(one, j, base, known)
            elif isinstance(base, Number):
                verbs = _of_number(one, factor, base)
            else:
                _walk(base.argument, (*path, i, j), known, nodes)
                verbs = _of_call(one, j, base, known)
            if verbs:
                nodes.append(((*path, i, j), verbs))
        if one.factors in seen:
            first = next(other for other in terms if other.factors == one.factors)
            if _bounded(first.num, first.den, one.num, one.den):
                verbs = (COMBINE, DROP) if _is_nothing(one) else (COMBINE,)
                nodes.append(((*path, i), verbs))
        else:
            seen.add(one.factors)
            if _is_nothing(one):
                nodes.append(((*path, i), (DROP,)))


def _divides(terms: Sum) -> bool:
    """Say whether something with names in it has an exponent that is not positive."""
    for one in terms:
        for base, num, _ in one.factors:
            if num <= 0 and not isinstance(base, Number) and _names(base):
                return True
            if isinstance(base, Bracket | Call) and _divides(_inside(base)):
                return True
    return False


def _names(base: Base) -> bool:
    if isinstance(base, Bracket):
        return any(_names(factor.base) for one in base.terms for factor in one.factors)
    return not isinstance(base, Number)


def _inside(base: Bracket | Call) -> Sum:
    return base.terms if isinstance(base, Bracket) else base.argument


def _is_nothing(one: Term) -> bool:
    """Say whether a term is 0, and not 0 times what may be a division by 0."""
    return not one.num and all(isinstance(base, str) or num > 0 for base, num, _ in one.factors)


def _of_name(one: Term, j: int, name: str, known: Mapping[str, Definition]) -> tuple[int, ...]:
    factors = one.factors
    verbs: tuple[int, ...] = ()
    if j and factors[j - 1].base == name:  # factors are in order
        verbs = (MULTIPLY,)
    if not factors[j].num:
        verbs += (POWER,)
    if name in known and not known[name].parameter:
        verbs += (CALL,)
    return verbs


def _of_number(one: Term, factor: Factor, base: Number) -> tuple[int, ...]:
    _, num, den = factor
    if num != 1 or den != 1:
        if not num:
            return (POWER,) if base.num else ()
        return (POWER,) if power(base, num, den) is not None else ()
    return (MULTIPLY,) if _bounded(one.num, one.den, *base) else ()


def _of_call(one: Term, j: int, base: Call, known: Mapping[str, Definition]) -> tuple[int, ...]:
    verbs = _merging(one, j)
    definition = known.get(base.name)
    return (*verbs, CALL) if definition is not None and definition.parameter else verbs


def _of_bracket(terms: Sum, one: Term, j: int, base: Bracket) -> tuple[int, ...]:
    _, num, den = one.factors[j]
    size = len(base.terms)
    verbs = _merging(one, j)
    if not num:
        return (*verbs, POWER) if size and monomials(base.terms) else verbs
    if size == 0 and num > 0:
        return (*verbs, POWER)
    if size == 1:
        above = base.terms[0].num
        return (*verbs, POWER) if above > 0 or (above and den == 1) else verbs
    if size > 1 and den == 1:
        if num == 1:
            return (*verbs, EXPAND) if len(terms) + size <= MOST_TERMS else verbs
        if num > 1:
            return (*verbs, SPLIT)
    return verbs


def _merging(one: Term, j: int) -> tuple[int, ...]:
    """Allow to add exponents, unless that could cancel a division by 0."""
    base, num, _ = one.factors[j]
    first = next((factor for factor in one.factors[:j] if factor.base == base), None)
    return (MULTIPLY,) if first is not None and first.num * num > 0 else ()


def _bounded(num: int, den: int, above: int, below: int) -> bool:
    bits = num.bit_length() + den.bit_length() + above.bit_length() + below.bit_length()
    return bits <= MOST_BITS
