"""Which kind works out which slot, and how its answers become values that others can use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from tasks.math.composed_slots import Work, literal
from tasks.math.expressions import ExpressionSyntaxError, Tree, number, read_expression
from tasks.protocol import Environment, InvalidTaskError, Task
from tasks.solving import Guide

LONGEST_VALUE = 2000


@dataclass(frozen=True, slots=True)
class Leaf:
    """A kind, and what it is guided by.

    Attributes:
        kind: offers `parse`, `grade` and `answer_from_text`, and either an environment with
            `answer_from_actions`, or `compute` (`tasks.solving.ComputedKind`).
        guide: of its environment; None where the kind computes, in one action.
    """

    kind: Any
    guide: Guide[Any] | None

    @property
    def environment(self) -> Environment[Any] | None:
        """Return the environment of a guided leaf; None for one that computes."""
        return self.kind.environment if self.guide is not None else None


_VERBS: dict[str, tuple[str, ...]] = {
    "value": ("math/arithmetic",),
    "expand": ("math/polynomials",),
    "coefficient": ("math/polynomials",),
    "derivative": ("math/calculus",),
    "suppose": ("math/equations", "math/equations_system", "math/equations_polynomial"),
    "solve": ("math/equations", "math/equations_system", "math/equations_polynomial"),
    "root": ("math/equations_polynomial",),
    "factor": ("math/equations_polynomial", "math/polynomials"),
    "ask": ("math/numbers", "math/compare", "math/calculus", "math/arithmetic"),
    "choose": ("math/compare", "math/numbers"),
}
"""Verb -> the kinds that are asked, in this order."""


class Leaves:
    """The leaf kinds by name; which of them reads a question is remembered."""

    def __init__(self, leaves: Mapping[str, Leaf]) -> None:
        self._leaves = dict(leaves)
        self.names = tuple(sorted(self._leaves))
        self.num_actions = max(
            leaf.environment.num_actions if leaf.environment is not None else 1
            for leaf in self._leaves.values()
        )
        self.opened = lru_cache(maxsize=2048)(self._opened)

    def __getitem__(self, name: str) -> Leaf:
        return self._leaves[name]

    def _opened(self, verb: str, text: str) -> Task | None:
        """Return the question as the task of the first kind that reads it; None if none does."""
        for name in _VERBS.get(verb, ()):
            if name in self._leaves:
                try:
                    task: Task | None = self._leaves[name].kind.parse(text)
                except InvalidTaskError:
                    continue
                if task is not None:
                    return task
        return None


def values_of(work: Work, text: str) -> tuple[Tree, ...] | None:
    """Return what a leaf's answer says of the names that a slot defines; None if it says it not."""
    if not work.defines:
        return ()
    if len(text) > LONGEST_VALUE:
        return None
    if work.verb == "derivative":
        try:
            return (("fun", work.parameter, read_expression(text)),)
        except (ExpressionSyntaxError, InvalidTaskError):
            return None
    if work.verb == "root":
        return _one_root(work.typed[0], text)
    if work.verb == "suppose":
        return _solutions(work.defines, text)
    value = _number(text.rpartition("=")[2])
    return None if value is None else (number(value),)


def chosen(work: Work, trees: Sequence[Tree], text: str) -> str:
    """Return an answer that names the choices as they were typed: `l, 0, c`."""
    options = [
        (literal(tree), typed)
        for tree, typed in list(zip(trees, work.typed, strict=True))[work.asked :]
    ]
    said = []
    for part in text.split(","):
        value = _number(part.strip())
        place = next((n for n, option in enumerate(options) if option[0] == value), None)
        if value is None or place is None:
            return text
        said.append(options.pop(place)[1])
    return ", ".join(said)


def _one_root(which: str, text: str) -> tuple[Tree, ...] | None:
    """Return the root that is wanted, if all roots are rational and the choice is clear."""
    roots = [_number(part.rpartition("=")[2].strip()) for part in text.split(",")]
    known = sorted(root for root in roots if root is not None)
    if len(known) < len(roots):
        return None
    if which in ("smaller", "larger"):
        return (number(known[0] if which == "smaller" else known[-1]),)
    wanted = [root for root in known if (root > 0) == (which == "positive") and root]
    return (number(wanted[0]),) if len(wanted) == 1 else None


def _solutions(names: Sequence[str], text: str) -> tuple[Tree, ...] | None:
    found = {}
    for part in text.split(","):
        name, _, said = part.partition("=")
        value = _number(said.strip())
        if value is None or name.strip() in found:
            return None  # several solutions, or none
        found[name.strip()] = value
    return tuple(number(found[name]) for name in names) if set(found) == set(names) else None


def _number(text: str) -> Fraction | None:
    if len(text) > 600:
        return None
    try:
        return Fraction(text.replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        return None
