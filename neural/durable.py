"""Files that survive a kill: replaced whole or not at all, appended with their line complete."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # disk, quota, limit of a file's size


class DiskFullError(OSError):
    """There is no room for a file; what stood there before is as it was."""


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that a reader sees the old bytes or the new ones, also after a power cut.

    Written to a hidden neighbour, flushed to the disk, renamed, and the folder flushed as well.

    Raises:
        DiskFullError: if there is no room.
    """
    temporary = path.parent / f".{path.name}.{secrets.token_hex(6)}.tmp"
    with _room_for(path, len(data)):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        flush_folder(path.parent)


def append_durably(path: Path, line: str) -> None:
    """Append one line, which holds no line break, and flush it to the disk.

    A line that a power cut left unfinished is closed first, so that it spoils itself alone.

    Raises:
        DiskFullError: if there is no room.
    """
    with _room_for(path, len(line)):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        with path.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
            broken = bool(size) and file.read(1) != b"\n"
            file.write((b"\n" if broken else b"") + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Flush a folder's own entries: names that were added, renamed or removed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _room_for(path: Path, size: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise DiskFullError(
            f"no room for {path}: {error.strerror}. It takes {size} bytes, and {_free(path)} bytes "
            "of its disk are free. All that was finished before is safe; make room and run the "
            "same command again"
        ) from error


def _free(path: Path) -> int:
    place = next(folder for folder in path.absolute().parents if folder.exists())
    return shutil.disk_usage(place).free
