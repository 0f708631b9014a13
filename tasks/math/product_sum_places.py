"""Where in a sum something can be done: terms inside brackets and operators, addressed by paths.

The tidying rules that need no operator are listed here too; what they do is `product_sums`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from tasks.math.product_sums import (
    BRACKET,
    INTEGRAL,
    MOST_TERMS,
    OPERATORS,
    Sum,
    Term,
    combined,
    expanded,
    expansion_size,
    has_two_alike,
    is_bounded,
    joined,
    like_place,
    multiplied,
)

Path: TypeAlias = tuple[int, ...]
"""A place in the whole sum; or the places of a term, of a part of it, of a term in that part's sum,
and so on."""

MULTIPLY, COMBINE, EXPAND = range(3)


class Opening(NamedTuple):
    """A term to which something can be done."""

    path: Path
    verbs: tuple[int, ...]
    inside_integral: bool


def openings(
    terms: Sum, verbs_of: Callable[[Sum, int], tuple[int, ...]], most: int
) -> tuple[Opening, ...]:
    """Return the first terms for which `verbs_of(their sum, their place)` is not empty."""
    found: list[Opening] = []
    _collect(terms, (), False, verbs_of, most, found)
    return tuple(found)


def changed(terms: Sum, path: Path, rule: Callable[[Sum, int], Sum]) -> Sum:
    """Return the sum after a rule, which takes a sum and a place in it, was applied at a path."""
    place = path[0]
    if len(path) == 1:
        return rule(terms, place)
    term, number = terms[place], path[1]
    part = term[number]
    if part[0] == BRACKET:
        inner = changed(part[1], path[2:], rule)
        return terms[:place] + put(term, number, inner, part[2]) + terms[place + 1 :]
    inner = changed(part[-1], path[2:], rule)
    new = (*term[:number], (*part[:-1], inner), *term[number + 1 :])
    return (*terms[:place], new, *terms[place + 1 :])


def put(term: Term, place: int, inner: Sum, exponent: int) -> Sum:
    """Put a sum in the place of a part; it needs a bracket if it has several terms."""
    before, after = term[:place], term[place + 1 :]
    if not inner:
        return ()
    if len(inner) > 1:
        return ((*before, (BRACKET, inner, exponent), *after),)
    return (joined(joined(before, inner[0] * exponent), after),)


def term_at(terms: Sum, path: Path) -> Term:
    """Return the term at a path."""
    term = terms[path[0]]
    if len(path) == 1:
        return term
    part = term[path[1]]
    return term_at(part[1] if part[0] == BRACKET else part[-1], path[2:])


def tidying_verbs(terms: Sum, place: int) -> tuple[int, ...]:
    """Return which of MULTIPLY, COMBINE and EXPAND can be done to a term."""
    term = terms[place]
    if not is_bounded((term,)):
        return ()
    verbs = [MULTIPLY] if has_two_alike(term) else []
    if place and like_place(terms, place) >= 0:
        verbs.append(COMBINE)
    if 0 < expansion_size(term) <= MOST_TERMS - len(terms):
        verbs.append(EXPAND)
    return tuple(verbs)


def _multiply(terms: Sum, place: int) -> Sum:
    return (*terms[:place], multiplied(terms[place]), *terms[place + 1 :])


def _expand(terms: Sum, place: int) -> Sum:
    return terms[:place] + expanded(terms[place]) + terms[place + 1 :]


TIDYING: dict[int, Callable[[Sum, int], Sum]] = {
    MULTIPLY: _multiply,
    COMBINE: combined,
    EXPAND: _expand,
}


def _collect(
    terms: Sum,
    prefix: Path,
    inside: bool,
    verbs_of: Callable[[Sum, int], tuple[int, ...]],
    most: int,
    found: list[Opening],
) -> None:
    for place, term in enumerate(terms):
        if len(found) == most:
            return
        path = (*prefix, place)
        if verbs := verbs_of(terms, place):
            found.append(Opening(path, verbs, inside))
        for number, part in enumerate(term):
            if part[0] == BRACKET:
                _collect(part[1], (*path, number), inside, verbs_of, most, found)
            elif part[0] in OPERATORS:
                below = inside or part[0] == INTEGRAL
                _collect(part[-1], (*path, number), below, verbs_of, most, found)
