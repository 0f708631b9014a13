"""What a composed problem is while it is being worked on: the state of each slot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tasks.math.composed_slots import Work, written
from tasks.math.expressions import Tree, write_expression
from tasks.protocol import Task

Status = Literal["waiting", "open", "done", "stuck"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One piece of work.

    Attributes:
        work: what it is; equal within a problem, so it is not compared.
        label: of the work.
        trees: with what was put in so far.
        needs: names that are still missing in the trees, in alphabetical order.
        status: `waiting` for names, `open` in a leaf kind, `done`, or `stuck`: no kind can do it.
        relevant: the question needs it, perhaps through others.
        leaf: the leaf's state while it is open.
        values: of the names that it defines; a function is `("fun", parameter, body)`.
        said: the leaf's answer.
        task: the leaf's task.
        taken: the leaf's actions so far; the answer is the same by any way.
    """

    work: Work = field(compare=False)
    label: str
    trees: tuple[Tree, ...]
    needs: tuple[str, ...]
    status: Status
    relevant: bool
    leaf: Any = None
    values: tuple[Tree, ...] = ()
    said: str = ""
    task: Task | None = field(default=None, compare=False)
    taken: tuple[int, ...] = field(default=(), compare=False)


Composition = tuple[Slot, ...]
"""All slots, the question's last."""


def known(state: Composition) -> dict[str, Tree]:
    """Return the values worked out so far, by name."""
    found: dict[str, Tree] = {}
    for slot in state:
        if slot.status == "done":
            found.update(zip(slot.work.defines, slot.values, strict=False))
    return found


def slot_text(slot: Slot, leaf_text: str) -> str:
    """Write a slot as one line of a derivation.

    Args:
        slot: any.
        leaf_text: the leaf's own description of its state, empty where there is none.
    """
    if slot.status == "done" and slot.values:
        return ", ".join(
            f"{slot.label if value[0] == 'fun' else name} = {value_text(value)}"
            for name, value in zip(slot.work.defines, slot.values, strict=True)
        )
    if slot.status == "done":
        return f"{slot.label}: {slot.said}"
    if slot.status == "open" and slot.taken:
        return f"{slot.label}: {leaf_text or slot.said}"
    return (
        f"{slot.label}: {written(slot.work.words, slot.trees) if slot.trees else slot.work.words}"
    )


def value_text(value: Tree) -> str:
    """Write a number or a function's body."""
    return write_expression(value[2] if value[0] == "fun" else value)
