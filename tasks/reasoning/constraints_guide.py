"""What the search for sudokus and colourings knows: a contradiction ends it, colours are alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tasks.reasoning.constraints_propagation import HEADER
from tasks.reasoning.constraints_rules import Cells, next_cell


class ConstraintsGuide:
    """Depth first over the values of the most constrained cell.

    Of the colours that no vertex has yet only the first is tried: they can be exchanged.
    """

    name = "singles and locked candidates"
    weight = 1.0
    admissible = True
    commutes = False

    def actions(self, state: Cells) -> Sequence[int]:
        """Return the candidates of the cell to fill."""
        cell = next_cell(state)
        if cell < 0:
            return ()
        candidates = np.frombuffer(state.candidates, dtype=np.int64)
        side, cells, values = np.frombuffer(state.problem, dtype=np.int64, count=HEADER).tolist()
        bits = int(candidates[cell])
        found = [value for value in range(values) if bits >> value & 1]
        if side:
            return found
        used = 0
        for other in candidates[:cells].tolist():
            used |= other if other.bit_count() == 1 else 0
        unused = [value for value in found if not used >> value & 1]
        return [value for value in found if value not in unused[1:]]

    def cost(self, state: Cells, action: int) -> float:
        """Return 0: all ways to an end are alike."""
        return 0.0

    def estimate(self, state: Cells) -> float:
        """Return `inf` for a contradiction, 0 otherwise."""
        return 0.0 if any(state.candidates) else math.inf
