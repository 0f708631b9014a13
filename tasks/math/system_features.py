"""What a net sees of a system: a row of features per term, and one for each equation as a whole.

All features lie in [-1, 1]. Rows of absent terms are zero. As in `equation_features`, numbers enter
only by sign, size and denominator: which rewrite helps depends on the form.
"""

from __future__ import annotations

from math import log2

import numpy as np

from tasks.math.equation_state import CONSTANT, Side
from tasks.math.system_state import System, alone, unknowns_of
from tasks.protocol import FloatArray

FEATURES = 22


def observe_system(state: System, slots_a_side: int) -> FloatArray:
    """Return `[4 * slots_a_side + 2, FEATURES]` float32; the last rows sum up the equations."""
    rows = np.zeros((4 * slots_a_side + 2, FEATURES), dtype=np.float32)
    for at, line in enumerate(state.lines):
        mate = state.lines[1 - at]
        told = alone(mate)
        for on_right in (0, 1):
            base = (2 * at + on_right) * slots_a_side
            side, opposite = line[on_right], line[1 - on_right]
            bodies = [body for _, _, body in side]
            facing = [body for _, _, body in opposite]
            elsewhere = [body for _, _, body in mate[on_right]]
            for place, (num, den, body) in enumerate(side[:slots_a_side]):
                inner: Side = () if isinstance(body, int) else body
                rows[base + place] = (
                    1.0,
                    -1.0 if on_right else 1.0,
                    float(body == CONSTANT),
                    float(bool(inner)),
                    float(body in state.asked) if not inner else 0.0,
                    1.0 if num > 0 else -1.0,
                    max(-1.0, min(1.0, (log2(abs(num)) - log2(den)) / 16)),
                    min(1.0, log2(den) / 8),
                    float(num == 1 and den == 1),
                    float(num == -1 and den == 1),
                    float(body in bodies[:place]),
                    place / slots_a_side,
                    min(1.0, len(inner) / 8),
                    min(1.0, (bodies.count(body) - 1) / 4),
                    min(1.0, facing.count(body) / 4),
                    min(1.0, elsewhere.count(body) / 4),
                    float(len(side) == 1),
                    float(told is not None and told == body),
                    float(alone(line) is not None),
                    float(body in (1, 2) and body not in state.asked),
                    min(1.0, len(opposite) / slots_a_side),
                    0.0,
                )
        rows[4 * slots_a_side + at] = _whole(state, at, slots_a_side)
    return rows


def _whole(state: System, at: int, slots_a_side: int) -> tuple[float, ...]:
    line, mate = state.lines[at], state.lines[1 - at]
    held, told = unknowns_of(line), alone(line)
    counts = [
        sum(body == wanted for side in line for _, _, body in side) for wanted in (CONSTANT, 1, 2)
    ]
    return (
        1.0,
        float(told is not None),
        float(told in state.asked),
        float(told is not None and told in unknowns_of(mate)),
        float(1 in held),
        float(2 in held),
        float(1 in state.asked),
        float(2 in state.asked),
        min(1.0, len(line.left) / slots_a_side),
        min(1.0, len(line.right) / slots_a_side),
        float(not line.left),
        float(not line.right),
        min(1.0, counts[0] / 4),
        min(1.0, counts[1] / 4),
        min(1.0, counts[2] / 4),
        float(any(not isinstance(body, int) for side in line for _, _, body in side)),
        float(any(den != 1 for side in line for _, den, _ in side)),
        float(max(map(len, line)) > slots_a_side),
        0.0,
        0.0,
        0.0,
        1.0,
    )
