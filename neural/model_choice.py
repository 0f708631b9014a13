"""Which model each kind uses, and how that came about: `active.json` and `history.jsonl`.

Names only; what a name stands for is `model_store`. Any number of processes may share the folder.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from neural.durable import append_durably, write_durably

ACTIVE_FORMAT = 1
_REMEDY = "remove it to go back to the shipped weights"


class ModelChoiceError(RuntimeError):
    """A file of choices that does not read."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history: at `time` (ISO 8601, UTC) a kind went from one model to another."""

    time: str
    kind: str
    before: str
    after: str
    reason: str


class ModelChoice:
    """Choices kept in one folder.

    Args:
        folder: made when the first choice is; None allows no choice.
        clock: returns the time of a change, with its zone.
    """

    def __init__(self, folder: Path | None, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock

    def names(self) -> dict[str, str]:
        """Return kind -> model name, for kinds that were ever changed.

        Raises:
            ModelChoiceError: if the file does not read.
        """
        if self._folder is None:
            return {}
        path = self._folder / "active.json"
        try:
            data = json.loads(path.read_text())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise ModelChoiceError(f"{path} is not JSON: {error}; {_REMEDY}") from error
        if not isinstance(data, dict) or data.get("format") != ACTIVE_FORMAT:
            raise ModelChoiceError(f"{path} is not of format {ACTIVE_FORMAT}; {_REMEDY}")
        return dict(data["active"])

    def change(self, kinds: Iterable[tuple[str, str]], name: str, reason: str) -> None:
        """Let kinds use a model.

        Args:
            kinds: each with the name of the model that it uses where nothing was chosen yet.
            name: the model they use from now on.
            reason: one sentence for the history.

        Raises:
            ModelChoiceError: if there is no folder, or its file does not read.
        """
        if self._folder is None:
            raise ModelChoiceError("no home folder was given, so no choice can be kept; give one")
        with _locked(self._folder):
            names = self.names()
            for kind, default in kinds:
                # History first: a kill in between leaves a line that no active name refers to.
                line = {
                    "time": self._clock().isoformat(timespec="seconds"),
                    "kind": kind,
                    "from": names.get(kind, default),
                    "to": name,
                    "reason": reason,
                }
                append_durably(self._folder / "history.jsonl", json.dumps(line))
                names[kind] = name
            text = json.dumps({"format": ACTIVE_FORMAT, "active": names}, indent=1, sort_keys=True)
            write_durably(self._folder / "active.json", text.encode() + b"\n")

    def history(self) -> list[Change]:
        """Return all changes, oldest first; a line that a kill left unfinished is passed over.

        Raises:
            ModelChoiceError: if a finished line does not read.
        """
        if self._folder is None:
            return []
        path = self._folder / "history.jsonl"
        lines = path.read_bytes().split(b"\n") if path.exists() else []
        changes = []
        for number, line in enumerate(lines, 1):
            if line.startswith(b"{") and line.endswith(b"}"):
                try:
                    data = json.loads(line)
                    before, after = data.pop("from"), data.pop("to")
                    changes.append(Change(**data, before=before, after=after))
                except (ValueError, KeyError, TypeError) as error:
                    raise ModelChoiceError(f"{path}, line {number}: {error!r}") from error
        return changes

    def stamp(self) -> tuple[int, ...]:
        """Return a value that differs after every change; cheap enough to poll."""
        if self._folder is None:
            return ()
        try:
            found = (self._folder / "active.json").stat()
        except FileNotFoundError:
            return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder against other threads and processes that change it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file releases it
