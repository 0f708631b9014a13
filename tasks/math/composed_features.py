"""What a net sees of a composed problem: a row of features per slot, the question's last.

Good enough to learn which slot is next; what happens inside a slot is the leaf kinds' affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np

from tasks.math.composed_slots import MAX_SLOTS
from tasks.math.composed_state import Composition, known
from tasks.math.expressions import nodes_of
from tasks.protocol import FloatArray

_VERBS = ("value", "formula", "derivative", "suppose", "solve", "factor", "expand", "coefficient",
          "ask", "choose", "unread")  # fmt: skip
_STATUSES = ("waiting", "open", "done", "stuck")
MOST_LEAVES = 9
FEATURES = 8 + len(_VERBS) + len(_STATUSES) + MOST_LEAVES


def observe_slots(state: Composition, leaf_names: Sequence[str]) -> FloatArray:
    """Return `[MAX_SLOTS, FEATURES]` float32 in [0, 1]; rows of absent slots are zero."""
    rows = np.zeros((MAX_SLOTS, FEATURES), dtype=np.float32)
    values = known(state)
    wanted = [name for slot in state if slot.status == "waiting" for name in slot.needs]
    for index, slot in enumerate(state):
        nodes = sum(1 for tree in slot.trees for _ in nodes_of(tree))
        ready = sum(name in values for name in slot.needs)
        row = [
            1.0,
            float(slot is state[-1]),
            float(slot.relevant),
            min(1.0, len(slot.needs) / 4),
            min(1.0, ready / 4),
            min(1.0, sum(wanted.count(name) for name in slot.work.defines) / 4),
            min(1.0, log2(1 + nodes) / 10),
            min(1.0, len(slot.taken) / 50),
            *(float(slot.work.verb == verb) for verb in _VERBS),
            *(float(slot.status == status) for status in _STATUSES),
        ]
        rows[index, : len(row)] = row
        if slot.task is not None and slot.task.kind in leaf_names:
            place = min(leaf_names.index(slot.task.kind), MOST_LEAVES - 1)
            rows[index, len(row) + place] = 1.0
    return rows
