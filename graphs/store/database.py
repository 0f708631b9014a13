"""Open the database: engine, durability, migrations.

SQLite runs in WAL with `synchronous=FULL`, so that a commit that returned survives a power cut; a
transaction that may be lost then (traces) says `durable=False`. What is stored is in the other
files.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError

log = logging.getLogger(__name__)

DATABASE_FILE = "tandem.db"
LOCK_FILE = "migrate.lock"  # a SQLite file: its locks end with their process on every system
HEAD = "0001"  # newest migration; a test compares it with the files
BUSY_SECONDS = 30.0
MIGRATIONS = Path(__file__).parent / "migrations"


class StoreError(Exception):
    """The store cannot do what was asked; its subclasses say why."""


class SchemaTooNewError(StoreError):
    """The database was written by a newer Tandem."""


def open_engine(home: Path, url: str | None = None) -> Engine:
    """Return an engine on a database of the newest schema, made or migrated where needed.

    Args:
        home: folder of the SQLite file and of the lock; made if missing.
        url: SQLAlchemy URL of another database; None for the file in `home`.

    Raises:
        SchemaTooNewError: if the schema is not one of this version's.
        StoreError: if the folder cannot be made, the URL cannot be used, or another process holds
            the migration lock for BUSY_SECONDS.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)  # it will hold what people asked
    except OSError as error:
        raise StoreError(f"the home {home} cannot be made: {error.strerror}") from error
    try:
        engine = create_engine(url or f"sqlite:///{home / DATABASE_FILE}")
    except (ArgumentError, ImportError) as error:  # neither tells the URL, which holds a password
        raise StoreError(f"the database URL cannot be used: {error}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        if not _is_current(engine):
            with _alone(home):
                _migrate(engine)
    except BaseException:  # whatever it is, the connections must not stay open
        engine.dispose()
        raise
    return engine


def upsert(connection: Connection, table: Table) -> Insert:
    """Return an INSERT that replaces every column of a row whose primary key exists."""
    return _upsert(connection.dialect.name, table)


@lru_cache(maxsize=64)
def _upsert(dialect: str, table: Table) -> Insert:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    given = {c.name: insert.excluded[c.name] for c in table.c if not c.primary_key}
    return insert.on_conflict_do_update(index_elements=[*table.primary_key], set_=given)


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # the driver shall not begin transactions by itself
    connection.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # deleted threads shall not linger in free pages


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    level = "FULL" if options.get("durable", True) else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    # A writer takes its lock at once: a read lock that is upgraded later can fail without waiting.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if engine.dialect.name == "sqlite":
            return version == HEAD and connection.scalar(text("PRAGMA journal_mode")) == "wal"
        return version == HEAD


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:  # kept in the file; must be set outside a transaction
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.execute("PRAGMA journal_mode=WAL")
    with engine.execution_options(writes=True).begin() as connection:
        _refuse_newer(connection, config)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    log.info("database migrated", extra={"schema": HEAD})


def _refuse_newer(connection: Connection, config: Config) -> None:
    if not inspect(connection).has_table("alembic_version"):
        return
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if version is not None and version not in known:
        raise SchemaTooNewError(
            f"database {connection.engine.url.render_as_string()} has schema {version!r}; this "
            f"version of Tandem knows {', '.join(known)}. Upgrade Tandem or restore a backup."
        )


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the migration lock of this home."""
    lock = sqlite3.connect(home / LOCK_FILE, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"cannot lock {home / LOCK_FILE}: {error}. Another process is migrating the "
                "database; try again when it has finished."
            ) from error
        yield
    finally:
        lock.close()
