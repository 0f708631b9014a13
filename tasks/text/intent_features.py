"""What a net sees of a text: hashed counts of its words, pairs of words and pieces of words.

Words at the beginning and the end count once more as such.
No vocabulary is kept, so any text has features, and a set of labels is all that a kind needs.
Source: Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"; pieces of
words as in Bojanowski et al. 2017, "Enriching Word Vectors with Subword Information", section 3.2.
Letters: `D` dimensions, `N` features of a text.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.protocol import FloatArray

WORD = re.compile(r"\w+(?:'\w+)?")
FULL = 4.0  # 1 + the logarithm of a count that observes as 1; higher counts do as well


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureSettings:
    """How texts are read.

    Attributes:
        dimensions: D, slots that features are hashed into.
        words: shortest and longest sequence of words.
        characters: shortest and longest piece of a word, its ends marked.
        edges: first and last words that count once more as such.
    """

    dimensions: int = 16_384
    words: tuple[int, int] = (1, 2)
    characters: tuple[int, int] = (2, 5)
    edges: int = 2

    def __post_init__(self) -> None:
        spans = (self.words, self.characters)
        unfit = any(not 1 <= low <= high <= 10 for low, high in spans)
        if self.dimensions < 2 or not 0 <= self.edges <= 10 or unfit:
            raise ValueError(
                f"{self}: expected at least 2 dimensions, lengths from 1 to 10, the shorter first, "
                "and up to 10 words at the edges"
            )


def hashed_features(
    text: str, settings: FeatureSettings
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the slots that a text fills, ascending `[N]`, and how far, `[N]` in (0, 1]."""
    grams = _grams(text, settings)
    slots = np.fromiter(map(zlib.crc32, grams), np.int64, len(grams)) % settings.dimensions
    filled, counts = np.unique(slots, return_counts=True)
    return filled, np.minimum((1.0 + np.log(counts)) / FULL, 1.0).astype(np.float32)


def observation(text: str, settings: FeatureSettings) -> FloatArray:
    """Return the same as `[D]` float32, 0 where nothing was hashed to."""
    slots, values = hashed_features(text, settings)
    dense = np.zeros(settings.dimensions, np.float32)
    dense[slots] = values
    return dense


def _grams(text: str, settings: FeatureSettings) -> list[bytes]:
    words = [word.encode(errors="replace") for word in WORD.findall(text.casefold())]
    shortest, longest = settings.words
    grams = [
        b"w" + b" ".join(words[start : start + length])
        for length in range(shortest, longest + 1)
        for start in range(len(words) - length + 1)
    ]
    if settings.edges:
        grams += [b"f" + word for word in words[: settings.edges]]
        grams += [b"l" + word for word in words[-settings.edges :]]
    shortest, longest = settings.characters
    for word in words:
        marked = b" " + word + b" "
        for length in range(shortest, longest + 1):
            if len(marked) <= length:
                grams.append(b"c" + marked)
                break
            grams += [b"c" + marked[n : n + length] for n in range(len(marked) - length + 1)]
    return grams
