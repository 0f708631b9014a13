"""Remember what one set of weights said about a state, so that it is asked once.

A cache belongs to one weights version and one environment version; whoever else asks is refused, so
that no network can see another's answers. Not safe for use by several threads at once.
Letters: `A` actions, `W` state words.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

import numpy as np

from graphs.mcts.arena import FREE, KNOWN, Memory
from tasks.protocol import BoolArray, FloatArray


class ForeignCacheError(ValueError):
    """A cache that belongs to other weights or to other rules."""


class EvaluationCache:
    """Evaluations by state, for `TreeSearch`; the one used longest ago goes first.

    Attributes:
        weights_version: of the evaluator that filled it; a language model's name.
        environment_version: of the rules that its states obey.
        hits, misses: of `find`.
    """

    def __init__(
        self, weights_version: str, environment_version: str, entries: int = 2**16
    ) -> None:
        if entries < 1:
            raise ValueError(f"a cache of {entries} entries holds nothing; use 1 or more, or none")
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
        _refuse(self, weights_version, environment_version)

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


class WordCache:
    """Evaluations by state words, for `CompiledSearch`; a newer one takes the place of an older.

    Attributes:
        weights_version: of the evaluator that filled it.
        environment_version: of the rules that its states obey.
        memory: the arrays that the kernel reads and writes.
    """

    def __init__(
        self,
        weights_version: str,
        environment_version: str,
        words: int,
        num_actions: int,
        entries: int = 2**16,
    ) -> None:
        """Make room.

        Args:
            weights_version: of the evaluator to serve.
            environment_version: of the rules.
            words: W.
            num_actions: A.
            entries: a power of 2; 0 remembers nothing.

        Raises:
            ValueError: if `entries` is no power of 2.
        """
        if entries & (entries - 1):
            raise ValueError(
                f"{entries} entries are no power of 2; use {1 << entries.bit_length()}"
            )
        self.weights_version = weights_version
        self.environment_version = environment_version
        self.memory = Memory(
            keys=np.zeros((entries, words), np.int64),
            asked=np.full(entries, FREE, np.int64),
            legal=np.zeros((entries, num_actions), np.bool_),
            priors=np.zeros((entries, num_actions), np.float32),
            values=np.zeros(entries, np.float32),
        )

    def __len__(self) -> int:
        return int((self.memory.asked == KNOWN).sum())

    def check(self, weights_version: str, environment_version: str) -> None:
        """Refuse anyone but the owner.

        Raises:
            ForeignCacheError: if weights or rules are others than the cache was made for.
        """
        _refuse(self, weights_version, environment_version)

    def check_shape(self, words: int, num_actions: int) -> None:
        """Refuse states and policies of other sizes than the cache was made for.

        Raises:
            ForeignCacheError: if they are.
        """
        made_for = (self.memory.keys.shape[1], self.memory.legal.shape[1])
        if made_for != (words, num_actions):
            raise ForeignCacheError(
                f"the cache is for {made_for[0]} state words and {made_for[1]} actions, but the "
                f"search has {words} and {num_actions}; make a new cache"
            )

    def restart(self, weights_version: str) -> None:
        """Forget everything and serve other weights from now on."""
        self.memory.asked[:] = FREE
        self.weights_version = weights_version


def _refuse(
    cache: EvaluationCache | WordCache, weights_version: str, environment_version: str
) -> None:
    owner = (cache.weights_version, cache.environment_version)
    if (weights_version, environment_version) != owner:
        raise ForeignCacheError(
            f"the cache holds evaluations by {owner[0]!r} under rules {owner[1]!r}, but "
            f"{weights_version!r} under {environment_version!r} asks; make a new cache"
        )
