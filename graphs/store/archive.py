"""The file format of a backup: a .tar.gz of regular files that ends with a manifest.

A member may not lead out of the folder it is unpacked into, and may not be a link. SQLite files go
in through SQLite's online backup, and are checked for integrity on both ways. What is copied, and
how a home is replaced, is `backup`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from graphs.store.database import StoreError

FORMAT = 1
MANIFEST = "tandem-backup.json"
SQLITE_MAGIC = b"SQLite format 3\0"
SIDE_FILES = ("-wal", "-shm", "-journal")  # of a SQLite file; its backup needs none
CHUNK_BYTES = 1 << 20


class BackupError(StoreError):
    """A backup cannot be made or read; the message says why, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the manifest."""

    bytes: int
    sha256: str


def pack(file: IO[bytes], home: Path, names: Sequence[str]) -> dict[str, Entry]:
    """Write the archive; return what it holds, without the files that went away meanwhile.

    Raises:
        BackupError: if a database is damaged.
    """
    entries: dict[str, Entry] = {}
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
        for name in names:
            entry = _add(tar, home / name, name)
            if entry is not None:
                entries[name] = entry
        manifest = {"format": FORMAT, "files": {n: asdict(e) for n, e in entries.items()}}
        _add_bytes(tar, MANIFEST, json.dumps(manifest, indent=1).encode())
    return entries


def unpack(archive: Path, folder: Path) -> dict[str, Entry]:
    """Unpack the archive into the folder and check it; return what it holds.

    Raises:
        BackupError: if it is no complete backup, or holds what it should not.
    """
    found: dict[str, Entry] = {}
    manifest: bytes | None = None
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            for member in tar:
                name = _safe_name(member)
                content = tar.extractfile(member)
                assert content is not None  # a regular file, as `_safe_name` saw to
                if name == MANIFEST:
                    manifest = content.read()
                    continue
                found[name] = _write(content, folder / name)
    except FileNotFoundError as error:
        raise BackupError(f"there is no backup {archive}") from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{archive} is no complete backup: {error}") from error
    if _listed(manifest, archive) != found:
        raise BackupError(f"{archive} does not hold what its manifest says; it is damaged")
    for name in found:
        if is_sqlite(folder / name):
            _check_database(folder / name, name)
    return found


def is_sqlite(path: Path) -> bool:
    """Say whether the file is a SQLite database; False if it is not there."""
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    except FileNotFoundError:
        return False


def _add(tar: tarfile.TarFile, path: Path, name: str) -> Entry | None:
    """Add one file; return its entry in the manifest, or None if it went away meanwhile."""
    if is_sqlite(path):
        with tempfile.TemporaryDirectory(prefix="tandem-backup-") as folder:
            copy = Path(folder) / "copy.db"
            _copy_database(path, copy)
            with copy.open("rb") as file:
                return _add_file(tar, file, name)
    try:
        with path.open("rb") as file:
            return _add_file(tar, file, name)
    except FileNotFoundError:
        return None


def _copy_database(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)  # all pages in one step: one moment of the database, however busy
    except sqlite3.DatabaseError as error:
        raise BackupError(f"database {source} cannot be copied: {error}") from error
    _check_database(target, str(source))


def _add_file(tar: tarfile.TarFile, file: IO[bytes], name: str) -> Entry:
    info = tarfile.TarInfo(name)
    status = os.fstat(file.fileno())
    info.size, info.mtime, info.mode = status.st_size, int(status.st_mtime), 0o600
    reader = _Hashing(file, info.size)
    tar.addfile(info, reader)
    return Entry(info.size, reader.digest())


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    tar.addfile(info, BytesIO(data))


class _Hashing:
    """A reader that hashes what passes, and reads no further than the size that was announced."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        return self._hash.hexdigest()


def _safe_name(member: tarfile.TarInfo) -> str:
    path = PurePosixPath(member.name)
    if not member.isreg():
        raise BackupError(f"{member.name!r} in the archive is no regular file; refused")
    if path.is_absolute() or ".." in path.parts or "\\" in member.name or ":" in member.name:
        raise BackupError(f"{member.name!r} in the archive leads out of the folder; refused")
    return path.as_posix()


def _write(content: IO[bytes], target: Path) -> Entry:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Entry(size, digest.hexdigest())


def _listed(manifest: bytes | None, archive: Path) -> dict[str, Entry]:
    if manifest is None:
        raise BackupError(f"{archive} has no {MANIFEST}; it is no backup, or it was cut off")
    try:
        read = json.loads(manifest)
        if read["format"] != FORMAT:
            raise BackupError(f"{archive} has format {read['format']}; this version reads {FORMAT}")
        return {name: Entry(**entry) for name, entry in read["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{archive} has an unreadable {MANIFEST}: {error}") from error


def _check_database(path: Path, name: str) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BackupError(f"database {name} is damaged: {error}") from error
    for end in SIDE_FILES:
        path.with_name(path.name + end).unlink(missing_ok=True)
    if said != "ok":
        raise BackupError(f"database {name} is damaged: {said}")
