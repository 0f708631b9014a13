"""What the search for an expanded and collected form knows: roughly how many steps are left.

Definitions are finished before they are put in, inner sums before anything is multiplied out, and
powers of sums are taken apart last. Named `work left`; it is an estimate, not a bound.
"""

from __future__ import annotations

from functools import lru_cache

from tasks.math.polynomial_moves import EXPRESSION
from tasks.math.polynomial_rewriting import moves
from tasks.math.polynomial_rules import (
    CALL,
    COMBINE,
    DROP,
    EXPAND,
    MULTIPLY,
    POWER,
    SPLIT,
    VERBS,
)
from tasks.math.polynomial_state import (
    Bracket,
    Call,
    Definition,
    Factor,
    Number,
    Polynomial,
    Sum,
    Term,
)

_RANK = {DROP: 0, CALL: 1, MULTIPLY: 2, POWER: 3, COMBINE: 4, SPLIT: 5, EXPAND: 6}
_LAST = 7
_CHOICES = 2  # successors looked at for each state
_MOST = 1e9


class WorkLeft:
    """Dive towards the form that has the fewest steps left."""

    name = "work left"
    weight = 1000.0
    admissible = False
    commutes = False

    def actions(self, state: Polynomial) -> list[int]:
        """Return the most promising actions: definitions and inner sums first."""
        ranked: list[tuple[bool, int, int, int]] = []
        for slot, (place, path, verbs) in enumerate(moves(state)):
            depth = (len(path) - 1) // 2
            for verb in verbs:
                rank = _RANK[verb]
                if verb == MULTIPLY and len(verbs) > 1 and (SPLIT in verbs or EXPAND in verbs):
                    rank = _LAST  # undoes SPLIT
                ranked.append((place == EXPRESSION, -depth, rank, slot * VERBS + verb))
        ranked.sort()
        return [action for _, _, _, action in ranked[:_CHOICES]]

    def cost(self, state: Polynomial, action: int) -> float:
        """Return 1: the length of the derivation counts."""
        return 1.0

    def estimate(self, state: Polynomial) -> float:
        """Return about how many rules must still be applied; 0 for a finished sum."""
        return _of_sum(state.expression, state.definitions)[0]


def _of_sum(terms: Sum, definitions: tuple[Definition, ...]) -> tuple[float, float]:
    """Return the steps left in a sum, and about how many terms it will have then."""
    steps = 0.0
    size = 0.0  # of terms that come out of products
    lone: set[tuple[Factor, ...]] = set()
    for one in terms:
        if _is_plain(one):
            steps += one.factors in lone
            lone.add(one.factors)
        else:
            own, terms_of_it = _of_term(one, definitions)
            steps += own + terms_of_it
            size += terms_of_it
    return steps, size + len(lone)


def _is_plain(one: Term) -> bool:
    """Say whether a term has at most one factor, and that a power of a name."""
    if not one.factors:
        return one.num != 0
    base, num, _ = one.factors[0]
    return len(one.factors) == 1 and isinstance(base, str) and num != 0 and one.num != 0


def _of_term(one: Term, definitions: tuple[Definition, ...]) -> tuple[float, float]:
    """Return the steps until a term is a sum of monomials, and how many those are."""
    steps = 0.0 if one.num else 1.0
    size = 1.0
    names = set()
    for base, num, den in one.factors:
        own, inner = 0.0, 1.0
        if isinstance(base, str):
            steps += (base in names) + (num == 0)
            names.add(base)
            if definitions:
                own, inner = _of_value(base, definitions)
        elif isinstance(base, Number):
            own = 1.0 if num == den == 1 else 2.0
        elif isinstance(base, Bracket):
            own, inner = _of_sum(base.terms, definitions)
            own += 1 + (len(base.terms[0].factors) + 2 if len(base.terms) == 1 else 0)
        else:
            own, inner = _of_call(base, definitions)
        copies = num if den == 1 and num > 0 and inner > 1 else 1
        steps += own + copies - 1
        for _ in range(min(copies, 40)):
            if inner > 1:
                steps = min(_MOST, steps + 1 + inner + (2 * size * inner if size > 1 else 0))
                size = min(_MOST, size * inner)
    return steps, size


def _of_value(name: str, definitions: tuple[Definition, ...]) -> tuple[float, float]:
    body, _ = _known(definitions).get(name, (None, 0))
    if body is None:
        return 0.0, 1.0
    steps, size = _of_sum(body, definitions)
    return steps + 2, size


def _of_call(base: Call, definitions: tuple[Definition, ...]) -> tuple[float, float]:
    steps, size = _of_sum(base.argument, definitions)
    body, degree = _known(definitions).get(base.name, (None, 0))
    if body is None:
        return steps, 1.0
    own, parts = _of_sum(body, definitions)
    grown = min(_MOST, (size + 1) ** min(degree, 20))
    return min(_MOST, steps + own + 2 + parts * (4 + 4 * grown)), min(_MOST, parts * grown)


@lru_cache(maxsize=256)
def _known(definitions: tuple[Definition, ...]) -> dict[str, tuple[Sum, int]]:
    """Return the body and the largest exponent of each definition, by name."""
    return {
        definition.name: (
            definition.body,
            max((f.num for one in definition.body for f in one.factors), default=0),
        )
        for definition in definitions
    }
