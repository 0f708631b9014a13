"""The environment of `math/composed`: decomposition is the task.

A state holds a slot for each statement. An action is `slot * verbs + verb`: verb 0 puts the next
value that is known into the slot's statement; as soon as nothing is missing, the statement is
handed as text to a leaf kind, and verb `1 + a` is action `a` of that kind's own environment, one
small rule. Kinds that compute have a single action. No verb works out a whole statement that a
leaf environment works out in steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from tasks.math.composed_features import FEATURES, observe_slots
from tasks.math.composed_leaves import Leaf, Leaves, chosen, values_of
from tasks.math.composed_slots import (
    MAX_NODES,
    MAX_SLOTS,
    Work,
    compiled,
    literal,
    needs_of,
    put_in,
    written,
)
from tasks.math.composed_state import Composition, Slot, known, slot_text
from tasks.math.composed_statement import read_line
from tasks.math.expressions import nodes_of, number, write_expression
from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task
from tasks.solving import TooHardError

PUT = 0  # the verb that puts a value in


class ComposedEnvironment:
    """Work out slots until the question's is done (return 1) or cannot be done any more (-1)."""

    version = "composed-1"
    observation_shape: tuple[int, ...] = (MAX_SLOTS, FEATURES)
    num_players = 1
    max_steps = 1500
    discount = 0.99
    rules: BatchRules | None = None

    def __init__(self, leaves: Leaves) -> None:
        self.leaves = leaves
        self.verbs = 1 + leaves.num_actions
        self.num_actions = MAX_SLOTS * self.verbs
        self._start = lru_cache(maxsize=1024)(self._started)

    def initial(self, task: Task) -> Composition:
        """Return all statements with nothing put in yet."""
        return self._start(task.payload.definitions, task.payload.question)

    def legal(self, state: Composition) -> BoolArray:
        """Return `[num_actions]` bool."""
        mask = np.zeros(self.num_actions, dtype=np.bool_)
        if self.is_terminal(state):
            return mask
        values = known(state)
        for index, slot in enumerate(state):
            base = index * self.verbs
            if slot.status == "waiting":
                mask[base + PUT] = any(name in values for name in slot.needs)
            elif slot.status == "open":
                leaf = self.leaf(slot)
                if leaf.environment is None:
                    mask[base + 1] = True
                else:
                    allowed = leaf.environment.legal(slot.leaf)
                    mask[base + 1 : base + 1 + len(allowed)] = allowed
        return mask

    def step(self, state: Composition, action: int) -> Composition:
        """Return the slots after a value was put in, or after one action of a leaf kind."""
        index, verb = divmod(action, self.verbs)
        if 0 <= index < len(state) and not self.is_terminal(state):
            slot = state[index]
            after = None
            if slot.status == "waiting" and verb == PUT:
                after = self._after_putting(slot, state)
            elif slot.status == "open" and verb > PUT:
                after = self._after_rule(slot, verb - 1)
            if after is not None:
                return (*state[:index], after, *state[index + 1 :])
        raise IllegalActionError(
            f"action {action} (slot {index}, verb {verb}) is not legal in {self.describe(state)}"
        )

    def is_terminal(self, state: Composition) -> bool:
        """Say whether the question is answered, or cannot be."""
        if state[-1].status == "done" or any(s.relevant and s.status == "stuck" for s in state):
            return True
        if any(slot.status == "open" for slot in state):
            return False
        values = known(state)
        return not any(
            slot.status == "waiting" and any(name in values for name in slot.needs)
            for slot in state
        )

    def returns(self, state: Composition) -> FloatArray:
        """Return `[1]`: 1 where the question is answered, else -1."""
        return np.array([1.0 if state[-1].status == "done" else -1.0], dtype=np.float32)

    def to_play(self, state: Composition) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: Composition) -> FloatArray:
        """Return `[MAX_SLOTS, FEATURES]` float32; see `composed_features`."""
        return observe_slots(state, self.leaves.names)

    def describe(self, state: Composition) -> str:
        """Return all slots, such as `a = 3; answer: 2x - 3 = 5`."""
        return "; ".join(self.line(slot) for slot in state)

    def describe_action(self, state: Composition, action: int) -> str:
        """Return `in b: put in a = 3`, or the leaf's words after the slot's label."""
        index, verb = divmod(action, self.verbs)
        slot = state[index]
        if verb == PUT:
            values = known(state)
            name = next(name for name in slot.needs if name in values)
            return f"in {slot.label}: put in {name}"
        leaf = self.leaf(slot)
        if leaf.environment is None:
            return f"in {slot.label}: work it out"
        return f"in {slot.label}: {leaf.environment.describe_action(slot.leaf, verb - 1)}"

    def leaf(self, slot: Slot) -> Leaf:
        """Return the leaf that an open slot is worked out by."""
        assert slot.task is not None
        return self.leaves[slot.task.kind]

    def line(self, slot: Slot) -> str:
        """Return a slot as one line of a derivation."""
        if slot.status != "open" or slot.leaf is None:
            return slot_text(slot, "")
        environment = self.leaf(slot).environment
        return slot_text(slot, "" if environment is None else environment.describe(slot.leaf))

    def _started(self, definitions: tuple[str, ...], question: str) -> Composition:
        works = compiled([read_line(line) for line in definitions], read_line(question))
        relevant = relevant_works(works)
        defined = {name for work in works for name in work.defines}
        slots = []
        for index, work in enumerate(works):
            missing = frozenset[str]().union(*(needs_of(tree, work.bound) for tree in work.trees))
            sound = missing <= defined and work.verb != "unread"
            slot = Slot(work, work.label, work.trees, tuple(sorted(missing)), "waiting",
                        index in relevant)  # fmt: skip
            slots.append(self._settled(slot) if sound else replace(slot, status="stuck"))
        return tuple(slots)

    def _after_putting(self, slot: Slot, state: Composition) -> Slot | None:
        values = known(state)
        name = next((name for name in slot.needs if name in values), None)
        if name is None:
            return None
        bound = slot.work.bound
        trees = tuple(put_in(tree, name, values[name], bound) for tree in slot.trees)
        if sum(1 for tree in trees for _ in nodes_of(tree)) > MAX_NODES:
            return replace(slot, status="stuck")
        missing = frozenset[str]().union(*(needs_of(tree, bound) for tree in trees))
        return self._settled(replace(slot, trees=trees, needs=tuple(sorted(missing - {name}))))

    def _after_rule(self, slot: Slot, action: int) -> Slot | None:
        leaf = self.leaf(slot)
        if leaf.environment is None:
            return self._computed(slot, leaf) if action == 0 else None
        after = leaf.environment.step(slot.leaf, action)
        return self._finished(replace(slot, leaf=after, taken=(*slot.taken, action)), leaf)

    def _settled(self, slot: Slot) -> Slot:
        """Open a slot in which nothing is missing, or find it done."""
        if slot.needs:
            return slot
        work = slot.work
        if work.verb == "formula":
            return replace(slot, status="done", values=(("fun", work.parameter, slot.trees[0]),))
        if work.verb == "value" and (value := literal(slot.trees[0])) is not None:
            values = (number(value),) if work.defines else ()
            return replace(slot, status="done", values=values, said=str(value))
        if work.verb == "expand" and slot.trees[0][0] in ("name", "num"):
            return replace(slot, status="done", said=write_expression(slot.trees[0]))
        task = self.leaves.opened(work.verb, written(work.words, slot.trees))
        if task is None:
            return replace(slot, status="stuck")
        slot = replace(slot, status="open", task=task)
        leaf = self.leaf(slot)
        if leaf.environment is None:
            return slot
        return self._finished(replace(slot, leaf=leaf.environment.initial(task)), leaf)

    def _finished(self, slot: Slot, leaf: Leaf) -> Slot:
        """Note the leaf's answer if it is at an end."""
        environment = leaf.environment
        assert environment is not None
        assert slot.task is not None
        if not environment.is_terminal(slot.leaf):
            return slot
        if float(environment.returns(slot.leaf)[0]) <= 0:
            return replace(slot, status="stuck")
        return _said(slot, leaf.kind.answer_from_actions(slot.task, slot.taken).text)

    def _computed(self, slot: Slot, leaf: Leaf) -> Slot:
        try:
            return _said(slot, leaf.kind.compute(slot.task).text)
        except TooHardError:
            return replace(slot, status="stuck")


def relevant_works(works: Sequence[Work]) -> frozenset[int]:
    """Return the places of the works that the last one needs, directly or not, and its own."""
    by_name = {name: place for place, work in enumerate(works) for name in work.defines}
    found: set[int] = set()
    left = [len(works) - 1]
    while left:
        place = left.pop()
        if place in found:
            continue
        found.add(place)
        for tree in works[place].trees:
            needs = needs_of(tree, works[place].bound)
            left += [by_name[name] for name in needs if name in by_name]
    return frozenset(found)


def _said(slot: Slot, text: str) -> Slot:
    values = values_of(slot.work, text)
    if values is None:
        return replace(slot, status="stuck")
    said = chosen(slot.work, slot.trees, text) if slot.work.verb == "choose" else text
    return replace(slot, status="done", values=values, said=said, leaf=None)
