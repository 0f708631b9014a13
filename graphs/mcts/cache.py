"""Remember what one set of weights said about a state, so that it is asked once.

A cache belongs to one weights version and one environment version; whoever else asks is refused, so
that no network can see another's answers. Not safe for use by several threads at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from tasks.protocol import BoolArray, FloatArray


class ForeignCacheError(ValueError):
    """A cache that belongs to other weights or to other rules."""


class EvaluationCache:
    """Evaluations by full state; the one used longest ago goes first.

    Attributes:
        weights_version: of the evaluator that filled it; a language model's name.
        environment_version: of the rules that its states obey.
        hits, misses: of `find`.
    """

    def __init__(
        self, weights_version: str, environment_version: str, entries: int = 2**16
    ) -> None:
        if entries < 1:
            raise ValueError(
                f"a cache of {entries} entries holds nothing; use 1 or more, or no cache"
            )
        self.weights_version = weights_version
        self.environment_version = environment_version
        self.hits = 0
        self.misses = 0
        self._entries = entries
        self._known: OrderedDict[Hashable, tuple[BoolArray, FloatArray, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def check(self, weights_version: str, environment_version: str) -> None:
        """Refuse anyone but the owner.

        Raises:
            ForeignCacheError: if weights or rules are others than the cache was made for.
        """
        owner = (self.weights_version, self.environment_version)
        if (weights_version, environment_version) != owner:
            raise ForeignCacheError(
                f"the cache holds evaluations by {owner[0]!r} under rules {owner[1]!r}, but "
                f"{weights_version!r} under {environment_version!r} asks; make a new cache"
            )

    def find(self, state: Hashable) -> tuple[BoolArray, FloatArray, float] | None:
        """Return `[A]` legal, `[A]` priors and the value, or None."""
        known = self._known.get(state)
        if known is None:
            self.misses += 1
            return None
        self.hits += 1
        self._known.move_to_end(state)
        return known

    def add(self, state: Hashable, legal: BoolArray, priors: FloatArray, value: float) -> None:
        """Keep an evaluation; the arrays must not change afterwards."""
        self._known[state] = (legal, priors, value)
        self._known.move_to_end(state)
        if len(self._known) > self._entries:
            self._known.popitem(last=False)
