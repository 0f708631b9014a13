from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from graphs.episode import Episode
from graphs.store.archive import BackupError
from graphs.store.backup import backup, restore
from graphs.store.database import DATABASE_FILE
from graphs.store.store import Store
from tasks.catalogue import Catalogue

MakeEpisode = Callable[..., Episode]

# Writes pairs: a store that holds half a pair was not copied at one moment.
WRITE_PAIRS = """
import sys
from pathlib import Path
from graphs.store.requests import NewRequest, write_request
from graphs.store.store import Store
with Store.open(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    for i in range(1_000_000):
        def pair(connection, i=i):
            for half in ("a", "b"):
                write_request(connection, NewRequest(id=f"{i}-{half}", body={"x": "y" * 500}), 0.0)
        store.write(pair)
"""


@pytest.fixture
def home(tmp_path: Path, make_episode: MakeEpisode) -> Path:
    home = tmp_path / "home"
    with Store.open(home) as store:
        store.save_episode(make_episode())
    (home / "models" / "equations").mkdir(parents=True)
    (home / "models" / "equations" / "w.safetensors").write_bytes(bytes(range(256)) * 40)
    (home / "models" / "active.json").write_text('{"math/equations": "equations"}')
    with sqlite3.connect(home / "checkpoints.sqlite") as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE checkpoints (id)")
        connection.execute("INSERT INTO checkpoints VALUES ('c1')")
    connection.close()
    return home


def test_a_backup_restores_everything(home: Path, tmp_path: Path, kinds: Catalogue) -> None:
    archive = tmp_path / "copies" / "b.tar.gz"
    made = backup(home, archive)
    assert (made.files, made.databases, made.left_out) == (4, 2, ())
    again = tmp_path / "again"
    assert restore(again, archive) == made
    with Store.open(home) as old, Store.open(again) as new:
        assert list(new.episodes(kinds)) == list(old.episodes(kinds))
    for name in ("models/equations/w.safetensors", "models/active.json"):
        assert (again / name).read_bytes() == (home / name).read_bytes()
    with sqlite3.connect(again / "checkpoints.sqlite") as connection:
        assert connection.execute("SELECT id FROM checkpoints").fetchall() == [("c1",)]
    assert [p.name for p in archive.parent.iterdir()] == ["b.tar.gz"]
    assert archive.stat().st_mode & 0o077 == 0


def test_a_backup_during_writes_is_one_moment_of_the_database(tmp_path: Path) -> None:
    home = tmp_path / "home"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_PAIRS, str(home)], stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    try:
        assert writer.stdout.readline() == b"ready\n"
        counts = []
        for i in range(4):
            backup(home, tmp_path / f"{i}.tar.gz")
            assert writer.poll() is None
            restore(tmp_path / f"home-{i}", tmp_path / f"{i}.tar.gz")
            with Store.open(tmp_path / f"home-{i}") as store:
                ids = {r.id for r in store.unfinished_requests()}
                assert store.read(lambda c: c.scalar(text("PRAGMA integrity_check"))) == "ok"
            assert ids == {f"{n}-{half}" for n in range(len(ids) // 2) for half in "ab"}
            counts.append(len(ids))
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]  # it did write meanwhile


def test_a_home_that_is_not_empty_is_only_replaced_by_force(
    home: Path, tmp_path: Path, kinds: Catalogue
) -> None:
    archive = tmp_path / "b.tar.gz"
    backup(home, archive)
    (home / "later.txt").write_text("made after the backup")
    with pytest.raises(BackupError, match="not empty"):
        restore(home, archive)
    assert (home / "later.txt").exists()
    restore(home, archive, force=True)
    assert not (home / "later.txt").exists()
    with Store.open(home) as store:
        assert len(list(store.episodes(kinds))) == 1
    leftovers = [p.name for p in tmp_path.iterdir() if p.name.startswith(".home")]
    assert leftovers == []


def test_a_home_in_use_is_not_replaced_even_by_force(
    home: Path, tmp_path: Path, kinds: Catalogue
) -> None:
    archive = tmp_path / "b.tar.gz"
    backup(home, archive)
    with Store.open(home) as store:
        with pytest.raises(BackupError, match="in use"):
            restore(home, archive, force=True)
        assert len(list(store.episodes(kinds))) == 1
        store.create_request("still", {"works": True})
    restore(home, archive, force=True)


def test_an_archive_inside_the_home_is_refused(home: Path) -> None:
    with pytest.raises(BackupError, match="inside"):
        backup(home, home / "models" / "b.tar.gz")


def test_links_are_left_out_and_named(home: Path, tmp_path: Path) -> None:
    (home / "link").symlink_to(tmp_path / "elsewhere")
    assert backup(home, tmp_path / "b.tar.gz").left_out == ("link",)


def member(name: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    info.linkname = "/etc/passwd" if kind != tarfile.REGTYPE else ""
    return info


@pytest.mark.parametrize(
    "bad",
    [
        member("../outside.txt"),
        member("/absolute.txt"),
        member("models/../../outside.txt"),
        member("link", kind=tarfile.SYMTYPE),
        member("hard", kind=tarfile.LNKTYPE),
        member("device", kind=tarfile.CHRTYPE),
    ],
    ids=lambda info: info.name,
)
def test_an_archive_that_leads_out_of_the_home_is_refused(
    tmp_path: Path, bad: tarfile.TarInfo
) -> None:
    archive = tmp_path / "bad.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(bad, io.BytesIO(b"x"))
    with pytest.raises(BackupError, match="refused"):
        restore(tmp_path / "home", archive)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.tar.gz"]


def test_an_archive_that_was_cut_off_or_changed_is_refused(home: Path, tmp_path: Path) -> None:
    archive = tmp_path / "b.tar.gz"
    backup(home, archive)
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupError, match="no complete backup"):
        restore(tmp_path / "again", archive)

    archive.write_bytes(whole)
    changed = tmp_path / "changed.tar.gz"
    with tarfile.open(archive) as old, tarfile.open(changed, "w:gz") as new:
        for info in old:
            content = old.extractfile(info)
            assert content is not None
            data = content.read()
            if info.name == "models/active.json":
                data = data.replace(b"math", b"mess")
            new.addfile(info, io.BytesIO(data))
    with pytest.raises(BackupError, match="damaged"):
        restore(tmp_path / "again", changed)

    bare = tmp_path / "bare.tar.gz"
    with tarfile.open(bare, "w:gz") as new:
        new.addfile(member("a.txt"), io.BytesIO(b"x"))
    with pytest.raises(BackupError, match="cut off"):
        restore(tmp_path / "again", bare)
    assert not (tmp_path / "again").exists()


def test_a_missing_archive_and_a_missing_home_are_said(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no backup"):
        restore(tmp_path / "home", tmp_path / "none.tar.gz")
    with pytest.raises(BackupError, match="nothing to back up"):
        backup(tmp_path / "home", tmp_path / "b.tar.gz")


def test_a_damaged_live_database_fails_the_backup_and_leaves_no_archive(
    home: Path, tmp_path: Path
) -> None:
    file = home / DATABASE_FILE
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    file.write_bytes(bytes(data))
    archive = tmp_path / "b.tar.gz"
    with pytest.raises(BackupError, match="damaged"):
        backup(home, archive)
    assert not archive.exists()
