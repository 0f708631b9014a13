"""Which kinds exist, by name: one line each, no registration by side effect.

A user's own kind is one module with a `KIND` (or `KINDS`) attribute, named by
`--kinds package.module`; kinds made of labelled texts lie in a folder of the home.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tasks.framing import variants
from tasks.math.arithmetic import ArithmeticKind
from tasks.math.calculus import CalculusKind
from tasks.math.compare import CompareKind
from tasks.math.composed import ComposedKind
from tasks.math.equations import EquationsKind
from tasks.math.equations_system import EquationsSystemKind
from tasks.math.game24 import Game24Kind
from tasks.math.numbers import NumbersKind
from tasks.math.polynomials import PolynomialsKind
from tasks.math.roots import PolynomialEquationsKind
from tasks.open import OpenKind
from tasks.protocol import InvalidTaskError, Task, TaskKind
from tasks.reasoning.constraints import ConstraintsKind
from tasks.reasoning.deduction import DeductionKind
from tasks.reasoning.planning import PlanningKind
from tasks.search.connect_four import ConnectFourKind
from tasks.search.knapsack import KnapsackKind
from tasks.search.maze import MazeKind
from tasks.search.tictactoe import TicTacToeKind
from tasks.search.tour import TourKind
from tasks.text.intent_files import IntentFileError, read_kinds


class UnknownKindError(LookupError):
    """A kind name that the catalogue does not hold."""


class KindModuleError(ImportError):
    """A `--kinds` module that cannot be used."""


class Catalogue:
    """The kinds of one process, in the order in which their parsers are asked."""

    def __init__(self, kinds: Iterable[TaskKind]) -> None:
        self._kinds: dict[str, TaskKind] = {}
        for kind in kinds:
            if kind.name in self._kinds:
                raise KindModuleError(f"two kinds are named {kind.name!r}; rename one")
            self._kinds[kind.name] = kind

    def __getitem__(self, name: str) -> TaskKind:
        if name not in self._kinds:
            known = ", ".join(sorted(self._kinds))
            raise UnknownKindError(
                f"no task kind {name!r}; known: {known}. Add your own with --kinds package.module"
            )
        return self._kinds[name]

    def __iter__(self) -> Iterator[TaskKind]:
        return iter(self._kinds.values())

    def learned(self) -> list[TaskKind]:
        """Return the kinds that a trained net solves: they have an environment to train in."""
        return [k for k in self if k.solved_by == "learned" and k.environment is not None]

    def parse(self, text: str) -> Task | None:
        """Return the task of the first kind, `open` apart, that reads the text; None if none does.

        What no kind reads as it is, is tried without its idle words (`framing`); the task has the
        whole text as its prompt.

        Raises:
            InvalidTaskError: if no kind reads the text, but one recognised it and found it against
                its rules; what the first such kind says.
        """
        task, refusal = self._read(text)
        if task is None:
            for variant in variants(text):
                task, refused = self._read(variant)
                if task is not None:
                    return replace(task, prompt=text)
                refusal = refusal or refused
        if task is None and refusal is not None:
            raise refusal
        return task

    def _read(self, text: str) -> tuple[Task | None, InvalidTaskError | None]:
        """Return what the first kind makes of the text, or the first refusal."""
        refusal: InvalidTaskError | None = None
        for kind in self:
            if kind.name == OpenKind.name:
                continue
            try:
                task = kind.parse(text)
            except InvalidTaskError as error:
                refusal = refusal or error
                continue
            if task is not None:
                return task, None
        return None, refusal

    def task_from_json(self, data: dict[str, Any]) -> Task:
        """Read back `protocol.task_to_json`.

        Raises:
            UnknownKindError: if the kind is not in the catalogue.
            InvalidTaskError: if a field is missing, unknown or out of range.
        """
        try:
            kind = self[data["kind"]]
            return Task(**{**data, "payload": kind.payload_from_json(data["payload"])})
        except (KeyError, TypeError) as error:
            raise InvalidTaskError(
                f"not a task: {error}; expected {', '.join(Task.__slots__)}"
            ) from error


def default_catalogue(modules: Iterable[str] = (), intents: Path | None = None) -> Catalogue:
    """Return the kinds that ship, and those of the user's own.

    Args:
        modules: with kinds in them.
        intents: folder with kinds made of labelled texts; they are asked first, since their texts
            begin with their name.

    Raises:
        KindModuleError: if a module cannot be imported or holds no kind, or a kind in the folder
            does not read.
    """
    own = [kind for module in modules for kind in _kinds_of(module)]
    try:
        labelled = read_kinds(intents) if intents is not None else []
    except IntentFileError as error:
        raise KindModuleError(str(error)) from error
    return Catalogue([*labelled, *_shipped(), *own, OpenKind()])


def _shipped() -> list[TaskKind]:
    """Return our kinds: those that know their texts by a word first, bare expressions last."""
    return [
        TicTacToeKind(),
        ConnectFourKind(),
        ConstraintsKind(),
        MazeKind(),
        TourKind(),
        KnapsackKind(),
        PlanningKind(),
        DeductionKind(),
        NumbersKind(),
        CompareKind(),
        CalculusKind(),
        EquationsKind(),
        Game24Kind(),
        EquationsSystemKind(),
        PolynomialEquationsKind(),
        ArithmeticKind(),
        PolynomialsKind(),
        ComposedKind(),
    ]


def _kinds_of(module: str) -> list[TaskKind]:
    try:
        loaded = importlib.import_module(module)
    except ImportError as error:
        raise KindModuleError(
            f"cannot import kinds module {module!r}: {error}. It must be importable, "
            "for example from the current folder with PYTHONPATH=."
        ) from error
    kinds = getattr(loaded, "KINDS", None) or ([loaded.KIND] if hasattr(loaded, "KIND") else [])
    if not kinds:
        raise KindModuleError(
            f"module {module!r} has neither KIND nor KINDS; set KIND = YourKind()"
        )
    return list(kinds)
