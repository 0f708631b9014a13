"""Draw labelled texts by split and difficulty."""

from __future__ import annotations

import zlib
from collections import Counter

from tasks.protocol import InvalidTaskError, Split
from tasks.text.intent_data import IntentSet
from tasks.text.intent_features import WORD

RANKS = 5  # texts that seeds choose among together; the difficulty says which of them


class Drawer:
    """Texts of a set in groups of RANKS, by split; within a group the easiest comes first.

    A text is the harder, the smaller the share of its words that other texts of its label have.
    """

    def __init__(self, intents: IntentSet) -> None:
        texts_with: dict[str, Counter[str]] = {}
        for text, label in intents.texts.items():
            texts_with.setdefault(label, Counter()).update(_words(text))

        def familiar(text: str) -> float:
            words = _words(text)
            shared = sum(texts_with[intents.texts[text]][word] > 1 for word in words)
            return shared / max(len(words), 1)

        self._groups: dict[Split, list[list[str]]] = {}
        for split, texts in intents.by_split().items():
            mixed = sorted(texts, key=lambda text: (zlib.crc32(text[::-1].encode()), text))
            count = -(-len(mixed) // RANKS)
            self._groups[split] = [
                sorted(mixed[n::count], key=familiar, reverse=True) for n in range(count)
            ]

    def draw(self, seed: int, difficulty: float, split: Split) -> str:
        """Return a text of the split; neighbouring seeds draw from different groups.

        Raises:
            InvalidTaskError: if the split has no texts.
        """
        groups = self._groups[split]
        if not groups:
            raise InvalidTaskError(
                f"no text is kept for the split {split}; make the set with a larger share of it"
            )
        group = groups[seed % len(groups)]
        return group[min(int(difficulty * len(group)), len(group) - 1)]


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.casefold()))
