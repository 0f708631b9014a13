"""Which split a problem belongs to, by its content.

Seeds of different splits never meet, but two seeds can make the same small problem. Generators
therefore also ask here, so that no problem that a net is tested on was in its training set under
another seed.
"""

from __future__ import annotations

import zlib

from tasks.protocol import Split

SPLITS: tuple[Split, Split, Split] = ("train", "calibration", "test")


def split_of(canonical: str) -> Split:
    """Return the only split that may hold this problem; each has a third of all problems.

    Args:
        canonical: text that equal problems share (symmetric boards, renamed unknowns).
    """
    return SPLITS[zlib.crc32(canonical.encode()) % len(SPLITS)]
