"""One training run per folder at a time.

The kernel holds the lock and lets go of it when the process ends, however it ends, so nothing has
to be cleaned up after a kill. What stands in the file is for people and for the error alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO

LOCK_FILE = "run.lock"


class FolderInUseError(RuntimeError):
    """A folder that another training run is working in."""


class FolderError(OSError):
    """A folder that a training run cannot write to."""


class RunLock:
    """Holds a run's folder while the `with` block lasts.

    Args:
        folder: of the run; made if it is missing.
        command: what was typed, for whoever meets the lock.
        clock: returns the time, with its zone.
    """

    def __init__(
        self,
        folder: Path,
        command: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder = folder
        self._command = command
        self._clock = clock
        self._file: IO[str] | None = None

    def __enter__(self) -> RunLock:
        """Take the lock.

        Raises:
            FolderInUseError: if another process, or this one, holds it.
            FolderError: if nothing can be written there.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = (self._folder / LOCK_FILE).open("a+")
        except OSError as error:
            raise FolderError(self._unwritable(error)) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._describe(file)
        except BlockingIOError:
            with file:
                raise FolderInUseError(self._in_use(file)) from None
        except OSError as error:
            with file:
                raise FolderError(self._unwritable(error)) from error
        self._file = file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Let go of the folder; the file stays, so that nobody locks a deleted one."""
        assert self._file is not None
        self._file.close()
        self._file = None

    def _describe(self, file: IO[str]) -> None:
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": self._clock().isoformat(timespec="seconds"),
            "command": self._command,
        }
        file.seek(0)
        file.truncate()
        json.dump(holder, file)
        file.flush()

    def _unwritable(self, error: OSError) -> str:
        return (
            f"cannot write to {self._folder}: {error.strerror}; a training run keeps its games and "
            "checkpoints there, so make room and make it writable, or choose another "
            "--checkpoint-dir"
        )

    def _in_use(self, file: IO[str]) -> str:
        file.seek(0)
        try:
            holder = json.loads(file.read())
            who = (
                f"another training run (process {holder['pid']} on {holder['host']} since "
                f"{holder['since']}, command: {holder['command']})"
            )
        except (ValueError, KeyError):  # it has the lock and is about to write this file
            who = "another training run"
        return (
            f"{who} uses {self._folder}; wait for it, stop it, or choose another --checkpoint-dir"
        )
