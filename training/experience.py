"""The documented buffer of experience: the newest records, on disk as data only.

Which records there are is `record_files`; bulk self-play of the training loop keeps its games in
shards (`training.selfplay.shards`).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from neural.durable import write_durably
from training.record_files import BrokenRecordsError, Record, records_from_bytes, records_to_bytes

NAME_RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
DEFAULT_NAME = "experience"


class ExperienceError(ValueError):
    """A buffer that cannot do what was asked: no room, nothing in it, nowhere to save."""


class BrokenExperienceError(RuntimeError):
    """A file that is no complete buffer of a format that this version reads."""


class ExperienceBuffer:
    """The newest `max_size` records, first in, first out.

    Attributes:
        max_size: records; the oldest make room.
        notes: JSON values that are saved and loaded with the records.
        added: records ever added.
    """

    def __init__(
        self, max_size: int = 100_000, save_dir: str | Path | None = None, seed: int = 0
    ) -> None:
        """Start empty; `load` reads what was saved.

        Args:
            max_size: 1 or more.
            save_dir: folder of its files; None: it cannot be saved.
            seed: of `sample`.
        """
        if max_size < 1:
            raise ExperienceError(f"max_size {max_size} must be 1 or more")
        self.max_size = max_size
        self.notes: dict[str, Any] = {}
        self.added = 0
        self._folder = Path(save_dir) if save_dir is not None else None
        self._records: deque[Record] = deque(maxlen=max_size)
        self._rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: Record) -> None:
        """Add an episode or an example."""
        self._records.append(record)
        self.added += 1

    def add_batch(self, records: Iterable[Record]) -> None:
        """Add several, in order."""
        for record in records:
            self.add(record)

    def sample(self, batch_size: int, rng: np.random.Generator | None = None) -> list[Record]:
        """Draw records without replacement; all of them, shuffled, where there are fewer.

        Args:
            batch_size: 1 or more.
            rng: without one the buffer's own, whose state is saved too.

        Raises:
            ExperienceError: if there is nothing to draw.
        """
        if not self._records or batch_size < 1:
            raise ExperienceError(f"cannot draw {batch_size} of {len(self)} records; add some")
        order = (rng or self._rng).permutation(len(self))[:batch_size]
        return [self._records[place] for place in order.tolist()]

    def get_all(self) -> list[Record]:
        """Return all records, oldest first."""
        return list(self._records)

    def save(self, name: str = DEFAULT_NAME) -> Path:
        """Write all records; a reader, also after a kill, sees the old file or the new one.

        Raises:
            ExperienceError: if there is no folder, or the name is no file name.
            UnstorableRecordError: if a record holds something that is no data.
        """
        path = self._path(name)
        about = {
            "added": self.added,
            "notes": self.notes,
            "rng": self._rng.bit_generator.state,
        }
        write_durably(path, records_to_bytes(self.get_all(), about))
        return path

    def load(self, name: str = DEFAULT_NAME) -> int:
        """Replace the content by what was saved, and go on from there; return the records kept.

        A smaller buffer than the saved one keeps the newest. A file that cannot be read leaves
        the buffer as it was.

        Raises:
            BrokenExperienceError: if the file is missing, damaged, or of another format.
        """
        path = self._path(name)
        try:
            records, about = records_from_bytes(path.read_bytes())
            rng = np.random.default_rng()
            rng.bit_generator.state = about["rng"]
            self.notes, self.added = about["notes"], about["added"]
        except (OSError, BrokenRecordsError, KeyError, TypeError, ValueError) as error:
            raise BrokenExperienceError(
                f"experience {path} cannot be used: {error}; restore the file, or delete it and "
                "collect again"
            ) from error
        self._rng = rng
        self._records = deque(records, maxlen=self.max_size)
        return len(self)

    @property
    def has_folder(self) -> bool:
        """Say whether it can be saved."""
        return self._folder is not None

    def is_saved(self, name: str = DEFAULT_NAME) -> bool:
        """Say whether there is a folder, and such a file in it."""
        return self._folder is not None and self._path(name).exists()

    def _path(self, name: str) -> Path:
        if self._folder is None:
            raise ExperienceError("the buffer has no save_dir; give one to save and load")
        if not NAME_RULE.fullmatch(name):
            raise ExperienceError(f"{name!r} is no file name; use letters, digits, '.', '_', '-'")
        return self._folder / f"{name}.safetensors"
