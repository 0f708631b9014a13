"""What a search may know of equations of higher degree: which rule brings them nearer to an end."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.math.roots_factors import WHOLE_RULES, candidates_of, zeros_among_candidates
from tasks.math.roots_rules import (
    COMBINE,
    EXPAND,
    FIRST_RULE,
    GATHER,
    MOVE,
    MULTIPLY,
    RULES,
    SWAP,
    TRY,
    VERBS,
    WHOLE,
    legal_actions,
    term_openings,
)
from tasks.math.roots_state import RootsState

_TIDYING = (MULTIPLY, COMBINE, EXPAND)
_BEFORE = ("denominators", "sign", "common", "letter", "zero", "formula", "square")
_AFTER = ("discriminant", "keep", "substitute", "back", "two squares")


class RootsGuide:
    """Tidy up, gather, then split the first factor by zeros where its value is 0.

    Every rule keeps the zeros and none makes another impossible for good, so that one way is
    enough; candidates that are no zeros are not tried.
    """

    name = "values at the candidates of the rational root theorem"
    weight = 8.0
    admissible = False
    commutes = True

    def actions(self, state: RootsState) -> Sequence[int]:
        """Return the legal actions that lead on, the most promising first."""
        legal = legal_actions(state)
        if not state.gathered:
            return _tidying(state, legal)
        focus = state.open[0]
        zeros = set(zeros_among_candidates(focus))
        slots = [n for n, ratio in enumerate(candidates_of(focus)) if ratio in zeros]
        named = {RULES[a % VERBS - FIRST_RULE]: a for a in legal if a // VERBS == WHOLE}
        if "substitute" in named and not _splits_substituted(state):
            del named["substitute"]
        return [
            *(named[name] for name in _BEFORE if name in named),
            *(slot * VERBS + TRY for slot in slots),
            *(named[name] for name in _AFTER if name in named),
        ]

    def cost(self, state: RootsState, action: int) -> float:
        """Return 1: a step is a step."""
        return 1.0

    def estimate(self, state: RootsState) -> float:
        """Return how much is left to do, about."""
        if not state.gathered:
            untidy = sum(bool(opening.verbs) for _, opening in term_openings(state))
            return 12.0 + 3 * untidy + 2 * len(state.right) + len(state.left)
        return float(sum(2 * len(f.coefficients) - (f.square > 0) for f in state.open))


def _tidying(state: RootsState, legal: tuple[int, ...]) -> list[int]:
    """Multiply out and combine, bring all to the longer side, then gather."""
    swaps = len(state.right) > len(state.left)
    order = {MULTIPLY: 0, COMBINE: 1, EXPAND: 3, SWAP: 4, MOVE: 5, GATHER: 6}
    openings = term_openings(state)
    ranked = []
    for action in legal:
        slot, verb = divmod(action, VERBS)
        if verb == SWAP and not swaps:
            continue
        if verb == MOVE and openings[slot][0]:
            continue  # to the right: away from a zero there
        depth = len(openings[slot][1].path) if verb in _TIDYING else 0
        ranked.append((order[verb], -depth, action))
    return [action for _, _, action in sorted(ranked)]


def _splits_substituted(state: RootsState) -> bool:
    after = WHOLE_RULES["substitute"].apply(state)
    return bool(zeros_among_candidates(after.open[0]))
