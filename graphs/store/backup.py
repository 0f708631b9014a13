"""Copy a whole TANDEM_HOME into one file, and back.

Every SQLite file in the home (the store, checkpoints) is copied as it is at one moment, so that a
server may go on writing; everything else is copied after the databases, since weights are written
once under a name and then never change. Nothing appears under its final name before it is complete
and on the disk.
A database that is at a URL is not in the home; its own tools copy it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from graphs.store.archive import (
    MANIFEST,
    SIDE_FILES,
    BackupError,
    Entry,
    is_sqlite,
    pack,
    unpack,
)
from graphs.store.database import DATABASE_FILE, LOCK_FILE

LOCK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds.

    Attributes:
        files: how many; `databases` of them are SQLite's.
        bytes: before compression.
        left_out: links in the home, which are not followed.
    """

    files: int
    databases: int
    bytes: int
    left_out: tuple[str, ...] = ()


def backup(home: Path, archive: Path) -> BackupReport:
    """Write a consistent copy of the home to `archive` (.tar.gz), replacing it only when complete.

    Raises:
        BackupError: if there is no home, or the archive would be inside it.
    """
    home = home.resolve()
    archive = archive.absolute()
    if not home.is_dir():
        raise BackupError(f"{home} is no folder; there is nothing to back up")
    if archive.parent.resolve().is_relative_to(home):
        raise BackupError(f"{archive} is inside {home}; name a file outside of what is backed up")
    names, left_out = _names(home)
    with _whole(archive) as file:
        entries = pack(file, home, names)
    databases = sum(is_sqlite(home / name) for name in entries)
    return _report(entries, databases, left_out)


def restore(home: Path, archive: Path, *, force: bool = False) -> BackupReport:
    """Make the home what the archive holds.

    Everything is unpacked and checked beside the home first, and then takes its place by renaming.

    Raises:
        BackupError: if the archive is no complete backup, names files outside the home or holds
            links; if the home is not empty and `force` is not set, or another process has its
            database open.
    """
    home = home.absolute()
    if home.exists() and not home.is_dir():
        raise BackupError(f"{home} is no folder; name the folder to restore into")
    full = home.is_dir() and any(home.iterdir())
    if full and not force:
        raise BackupError(
            f"{home} is not empty; restore elsewhere, or force it to replace everything"
        )
    if os.path.ismount(home):
        raise BackupError(f"{home} is a mount point and cannot be replaced; use a folder inside it")
    home.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{home.name}-restore-", dir=home.parent))
    try:
        entries = unpack(archive, staging)
        databases = sum(is_sqlite(staging / name) for name in entries)
        if full:
            _refuse_if_open(home / DATABASE_FILE)
        _swap(home, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return _report(entries, databases)


def _report(
    entries: Mapping[str, Entry], databases: int, left_out: tuple[str, ...] = ()
) -> BackupReport:
    return BackupReport(
        len(entries), databases, sum(entry.bytes for entry in entries.values()), left_out
    )


def _names(home: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return the files to copy, databases first, so that what they refer to is copied after them.

    The second part names the links, which are left out.
    """
    names, links = [], []
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_symlink():
            links.append(name)
        elif path.is_file() and name not in (LOCK_FILE, MANIFEST) and not _is_side_file(path):
            names.append(name)
    return sorted(names, key=lambda name: (not is_sqlite(home / name), name)), tuple(links)


def _is_side_file(path: Path) -> bool:
    ends = [end for end in SIDE_FILES if path.name.endswith(end)]
    return any(is_sqlite(path.with_name(path.name.removesuffix(end))) for end in ends)


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """Write a file that appears under its name only when it is complete and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        # for its owner alone: it holds what people asked
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # only there can a folder be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_if_open(database: Path) -> None:
    """Refuse to pull a database from under a running process.

    Leaving WAL mode needs the database for oneself, so it fails while anybody has it open.
    """
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=LOCK_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise BackupError(
            f"{database} is in use ({error}); stop the server that has it open, then restore"
        ) from error
    except sqlite3.DatabaseError:
        return  # damaged: that may be why it is being replaced


def _swap(home: Path, staging: Path) -> None:
    """Put the new folder in the place of the old one; put the old one back if that fails."""
    old = home.with_name(f".{home.name}-replaced-{secrets.token_hex(4)}")
    if home.exists():
        home.rename(old)
    try:
        staging.rename(home)
    except OSError:
        if old.exists():
            old.rename(home)
        raise
    _sync_folder(home.parent)
    shutil.rmtree(old, ignore_errors=True)
