"""What a search may know of calculus: which rules are left, and which of them to apply first."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.math.calculus_rules import (
    CHAIN,
    COMBINE,
    CONSTANT,
    EXPAND,
    FACTOR,
    MULTIPLY,
    POWER,
    PRODUCT,
    SPLIT,
    VERBS,
    CalculusState,
    openings,
)
from tasks.math.product_sums import BRACKET, LONGEST_POWER, OPERATORS, Sum, Term, brackets

_ORDER = (CONSTANT, MULTIPLY, COMBINE, SPLIT, FACTOR, POWER, CHAIN, PRODUCT, EXPAND)
_RANK = {verb: rank for rank, verb in enumerate(_ORDER)}


class CalculusGuide:
    """Apply simplifying rules before those that make more terms, inner ones before outer ones.

    Every rule keeps the value, and none makes another impossible for good, so that one way is
    enough.
    """

    name = "rules left to apply"
    weight = 8.0
    admissible = False
    commutes = True

    def actions(self, state: CalculusState) -> Sequence[int]:
        """Return the legal actions, without multiplying out powers that may stay."""
        ranked = []
        for slot, (path, verbs, inside) in enumerate(openings(state)):
            stays = not inside and len(path) == 1 and brackets(state.terms[path[0]]) > LONGEST_POWER
            for verb in verbs:
                if not (verb == EXPAND and stays):
                    ranked.append((_RANK[verb], -len(path), slot * VERBS + verb))
        return [action for _, _, action in sorted(ranked)]

    def cost(self, state: CalculusState, action: int) -> float:
        """Return 1: a step is a step."""
        return 1.0

    def estimate(self, state: CalculusState) -> float:
        """Return how many rules are left, about."""
        return float(_left(state.terms))


def _left(terms: Sum) -> int:
    return sum(_left_of(term) for term in terms)


def _left_of(term: Term) -> int:
    left = max(0, len(term) - 3)
    for part in term:
        if part[0] in OPERATORS:
            left += 3 * max(1, len(part[-1])) + _left(part[-1])
        elif part[0] == BRACKET:
            left += part[2] * (len(part[1]) + _left(part[1]))
    return left
