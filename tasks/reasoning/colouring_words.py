"""Words that belong to a question about colouring, and name no vertex."""

from __future__ import annotations

import re

WORDS = frozenset(
    re.findall(
        r"\w+",
        """a none nothing nobody nowhere an they dashes mark marks hey quick question just check
        mean means ones differ dash joined bipartite looking these share shared line
        cycle complete triangle wheel path list lists pair pairs belong network
        connecting hello good minimum number here the this that following graph map
        colour color colouring coloring colours colors coloured colored colorable
        colourable colorability proper properly valid legal k of so such with using use
        only in to for and is are it its be can could would you please help me my i we
        us have has had find give show assign one each every all vertex vertices node
        nodes region regions country countries state states no two adjacent neighboring
        neighbouring neighbours neighbors connected same get gets different must may
        there any edge edges border borders bordering which where if then do does what
        how solve problem exists exist possible whether say or not undirected simple
        planar on from by between thanks thank hi sharing s at most least let g v e want
        need like paint fill way ways determine tell available allowed endpoints ends
        other another them touching next also given consider provinces areas connections
        conflict adjacency dashes should touch""",
    )
)


_NO_NAMES = frozenset(
    re.findall(
        r"[\w']+",
        """but while whereas not doesn't don't isn't aren't never also then only except touches
        borders touching adjoins meets neighbor neighbour neighbors neighbours connects links
        conflicts shares joins because both neither nor none""",
    )
)


def is_known(name: str) -> bool:
    """Say whether a word of a question is part of what should be a name."""
    words = name.lower().split()
    return any((word in WORDS and len(word) > 1) or word in _NO_NAMES for word in words)
