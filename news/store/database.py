"""Opens the database, brings its schema up to date after a backup, and hands out transactions."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import msgspec
from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError as SqlError
from sqlalchemy.pool import ConnectionPoolEntry

from news.problem import Problem, Words

_BUSY_SECONDS = 30
_BACKUPS_KEPT = 3
_DAMAGED = re.compile(r"disk I/O|malformed|not a database")


class DatabaseError(Problem):
    """The database cannot be used; the message says which file, why and what to do."""


class Database:
    """Transactions on one SQLite file.

    Every writing transaction begins IMMEDIATE: with SQLAlchemy's default, two processes that read and then write lose updates
    silently.  Readers have an engine of their own that cannot write.
    """

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Commit at the end of the block, roll back on an exception. Raises DatabaseError when the disk is full."""
        try:
            with self._writer.begin() as connection:
                yield connection
        except SqlError as error:
            if known := _explained(error, self._writer):
                raise known from error
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; writing through it fails."""
        try:
            with self._reader.begin() as connection:
                yield connection
        except SqlError as error:
            if known := _explained(error, self._reader):
                raise known from error
            raise

    def close(self) -> None:
        """Close all connections."""
        self._writer.dispose()
        self._reader.dispose()


def open_database(url: str) -> Database:
    """Open and migrate. `url` is an SQLAlchemy URL; only sqlite:/// is supported."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        raise DatabaseError(
            "[store] database = {url!r}: only SQLite files are supported; write sqlite:///data/tuantra.db", url=url
        )
    path = Path(address.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.migrate.lock", timeout=120):
            _migrate(path)
    except (OSError, SqlError, sqlite3.Error) as error:
        if _DAMAGED.search(str(error)):
            raise _damaged(path, str(getattr(error, "orig", error))) from error
        raise DatabaseError(
            "{path}: cannot open the database: {error}; check the folder's permissions and free space",
            path=path,
            error=Words(error),
        ) from error
    return Database(_engine(path, "BEGIN IMMEDIATE", "PRAGMA query_only=OFF"), _engine(path, "BEGIN", "PRAGMA query_only=ON"))


def _engine(path: Path, begin: str, *pragmas: str) -> Engine:
    # The default escapes every Vietnamese letter into six bytes.
    engine = create_engine(f"sqlite:///{path}", json_serializer=lambda value: msgspec.json.encode(value).decode())

    @event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver must not open transactions by itself, or BEGIN IMMEDIATE below would come too late.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}",
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            *pragmas,
        ):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _migrate(path: Path) -> None:
    """Run the missing migrations after a backup; refuse a database that a newer program made."""
    current = _revision(path)
    if current == newest_revision():
        return
    # Alembic takes 0.2 s to import: only who migrates pays.
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(files("news") / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    if current is not None:
        known = {script.revision for script in scripts.walk_revisions()}
        if current not in known:
            raise DatabaseError(
                "{path}: this database was made by a newer version of tuantra (revision {current}); install that version, or point [store] database at another file",
                path=path,
                current=current,
            )
        _backup(path, current)
    from alembic import command  # noqa: PLC0415

    engine = create_engine(f"sqlite:///{path}")
    try:
        # Foreign keys stay off here: with them on, rebuilding a parent table deletes all child rows.
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise DatabaseError(
                    "{path}: migration left {count} dangling rows; restore the backup beside it", path=path, count=len(broken)
                )
            connection.commit()
    finally:
        engine.dispose()


def newest_revision() -> str:
    """The revision of the last migration: their files are named by number."""
    return max(file.name for file in files("news.migrations.versions").iterdir() if file.name[:4].isdigit())[:4]


def _revision(path: Path) -> str | None:
    if not path.exists() or path.stat().st_size == 0:
        return None
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if tables:
                raise DatabaseError(
                    "{path}: this is not a database of tuantra; point [store] database at another file", path=path
                )
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    finally:
        connection.close()
    return str(row[0]) if row else None


def _backup(path: Path, revision: str) -> None:
    """`VACUUM INTO` is consistent beside writers, where a stepwise backup never ends."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        connection.execute("VACUUM INTO ?", (f"{path}.{stamp}-{revision}.bak",))
    finally:
        connection.close()
    for old in sorted(path.parent.glob(f"{path.name}.*.bak"))[:-_BACKUPS_KEPT]:
        old.unlink()


def _explained(error: SqlError, engine: Engine) -> DatabaseError | None:
    reason = str(error.orig)
    if "full" in reason:
        return DatabaseError(
            "{database}: the disk is full; free some space, nothing that was stored is lost", database=engine.url.database
        )
    if "readonly" in reason:
        return DatabaseError(
            "{database}: the database cannot be written: {reason}; check its permissions",
            database=engine.url.database,
            reason=reason,
        )
    if "locked" in reason:
        return DatabaseError(
            "{database}: locked for more than {seconds} s by another program",
            database=engine.url.database,
            seconds=_BUSY_SECONDS,
        )
    if _DAMAGED.search(reason):
        return _damaged(engine.url.database, reason)
    return None


def _damaged(path: object, reason: str) -> DatabaseError:
    return DatabaseError("{path}: {reason}; check the disk, backups lie beside the database", path=path, reason=Words(reason))
