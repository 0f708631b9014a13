from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from graphs.store.database import DATABASE_FILE, HEAD, MIGRATIONS, SchemaTooNewError
from graphs.store.store import Store
from graphs.store.tables import metadata

OPEN_AND_WRITE = """
import sys
from pathlib import Path
from graphs.store.store import Store
with Store.open(Path(sys.argv[1])) as store:
    for i in range(20):
        store.create_request(f"{sys.argv[2]}-{i}", {"i": i})
"""


def test_migrations_make_exactly_the_declared_tables(store: Store) -> None:
    def differences(connection: object) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})  # type: ignore[arg-type]
        return list(compare_metadata(context, metadata))

    assert store.read(differences) == []


def test_a_new_home_is_for_its_owner_alone(tmp_path: Path) -> None:
    Store.open(tmp_path / "home").close()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


def test_head_is_the_newest_migration_file() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrations_go_down_and_up_again(tmp_path: Path) -> None:
    from alembic import command

    with Store.open(tmp_path) as store:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))

        def down(connection: object) -> None:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")

        store.write(down)
        tables = store.read(lambda c: c.scalars(text("SELECT name FROM sqlite_master")).all())
        assert "episodes" not in tables
    with Store.open(tmp_path) as store:
        assert store.unfinished_requests() == []


def test_sqlite_runs_in_wal_with_full_sync_and_foreign_keys(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    for name, value in wanted.items():
        found = store.write(lambda c, name=name: c.scalar(text(f"PRAGMA {name}")))  # type: ignore[misc]
        assert found == value, name


def test_hasty_writes_do_not_make_later_writes_hasty(store: Store) -> None:
    assert store.write(lambda c: c.scalar(text("PRAGMA synchronous")), durable=False) == 1
    assert store.write(lambda c: c.scalar(text("PRAGMA synchronous"))) == 2


def test_a_newer_schema_is_refused_by_name(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNewError, match=r"'9999'.*knows 0001.*Upgrade"):
        Store.open(tmp_path)


def test_a_database_opens_again_with_what_was_written(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.create_request("r1", {"text": "hello"})
    with Store.open(tmp_path) as store:
        assert store.request("r1").body == {"text": "hello"}


def test_processes_that_open_a_new_home_at_once_all_succeed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-c", OPEN_AND_WRITE, str(home)]
    processes = [subprocess.Popen([*command, str(i)]) for i in range(3)]
    assert [p.wait(timeout=60) for p in processes] == [0, 0, 0]
    with Store.open(home) as store:
        assert len(store.unfinished_requests()) == 60


def test_the_migrations_are_package_data_that_the_wheel_carries() -> None:
    # hatch packs every file below the package folders that git does not ignore
    names = sorted(p.name for p in (MIGRATIONS / "versions").glob("0*.py"))
    assert names == ["0001_first_tables.py"]
    assert (MIGRATIONS / "env.py").exists()
