"""The database opens, migrates, refuses what it cannot read, and loses nothing."""

import sqlite3
import subprocess
import sys
import threading
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, insert, select, update

from news.model import Entry
from news.store import DatabaseError, Store, open_store
from news.store.database import newest_revision
from news.tables import metadata, site
from tests.builders import NOON, article, stored


def test_the_migrations_build_exactly_the_schema(store: Store, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'watch.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_newest_migration_is_known_by_its_file_name(store: Store, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "watch.db")
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest_revision(),)]
    connection.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    open_store(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match=r"watch\.db: .*newer version.*9999.*install"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE guests (name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(DatabaseError, match="not a database of tuantra"):
        open_store(f"sqlite:///{path}")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    path.write_text("this is a shopping list, and a rather long one at that" * 100)
    with pytest.raises(DatabaseError, match=r"watch\.db"):
        open_store(f"sqlite:///{path}")


def test_another_database_system_is_refused_with_a_remedy() -> None:
    with pytest.raises(DatabaseError, match="write sqlite:///"):
        open_store("postgresql://localhost/news")


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    opened = open_store(f"sqlite:///{path}")
    with opened.database.write() as db:
        db.execute(insert(site).values(key="vov", failures=0, state="ok", detail=""))
    opened.close()
    connection = sqlite3.connect(path)
    # No version is noted, so the first migration runs again and stumbles over the tables that are there.
    connection.executescript("DELETE FROM alembic_version; PRAGMA wal_checkpoint(TRUNCATE);")
    connection.close()
    with pytest.raises(DatabaseError, match="already exists"):
        open_store(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT key FROM site").fetchall() == [("vov",)]
    connection.close()


def test_the_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DatabaseError, match="readonly"), store.database.read() as db:
        db.execute(insert(site).values(key="vov", failures=0, state="ok", detail=""))


def test_concurrent_updates_are_not_lost(store: Store) -> None:
    with store.database.write() as db:
        db.execute(insert(site).values(key="vov", failures=0, state="ok", detail=""))

    def count_up() -> None:
        for _ in range(25):
            with store.database.write() as db:
                before = db.execute(select(site.c.failures)).scalar_one()
                db.execute(update(site).values(failures=before + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.database.read() as db:
        assert db.execute(select(site.c.failures)).scalar_one() == 100


def test_naive_times_are_refused(store: Store) -> None:
    with pytest.raises(Exception, match="naive"):
        store.addresses.announce("vov", "feed", {"https://vov.vn/a": Entry(url="https://vov.vn/a")}, NOON.replace(tzinfo=None))


def test_two_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    code = f"from news.store import open_store; open_store('sqlite:///{tmp_path / 'watch.db'}').close()"
    children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [child.wait(60) for child in children] == [0, 0, 0]


def test_a_database_of_the_first_version_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    config = AlembicConfig()
    config.set_main_option("script_location", str(files("news") / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO story VALUES (7, '2026-11-22 05:00:00')",
            (
                "INSERT INTO article VALUES (3, 'vov', 'https://vov.vn/a-post1.vov', 'https://vov.vn/a-post1.vov', 'Tin', 'Sapo', 'Nội dung', '[]', "
                "'[]', 'TTXVN', '(TTXVN)', '2026-11-22 05:00:00', NULL, 'vi', '{}', '2026-11-22 05:00:00', '2026-11-22 05:00:00', 7, '')"
            ),
            "INSERT INTO digest VALUES (1, 'analysts', '2026-11-22T12:00+07:00', '2026-11-22 05:00:00', 1)",
            "INSERT INTO told VALUES ('analysts', 7, 1)",
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()
    store = open_store(f"sqlite:///{path}")
    found = store.stories.by_number(7)
    assert [copy.article.text for copy in found.articles] == ["Nội dung"]
    assert (found.origin.writer, found.event_id) == ("TTXVN", None)
    assert store.alerts.last_slot("analysts").slot == "2026-11-22T12:00+07:00"
    assert store.rechecks.open("vov") == ()
    with store.database.read() as db:
        assert db.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    store.close()
    assert list(tmp_path.glob("watch.db.*-0001.bak"))


def test_a_database_from_before_copies_were_remembered_repeats_no_correction_and_loses_none(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    config = AlembicConfig()
    config.set_main_option("script_location", str(files("news") / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    article_of = (
        "INSERT INTO article VALUES ({0}, 'vov', 'https://vov.vn/{0}', 'https://vov.vn/{0}', 'Tin', '', '', '[]', '[]', NULL, NULL, NULL, NULL, "
        "'vi', '{{}}', '2026-11-20 05:00:00', '2026-11-20 05:00:00', {0}, '')"
    )
    past = """INSERT INTO revision VALUES ({}, 1, '2026-11-20 05:00:00', '{}', '[{{"part": "text", "grade": "number", "before": "", "after": "{}"}}]',
        '{{"site": "vov", "url": "u", "canonical_url": "u", "title": "Tin"}}')"""
    look = (
        "INSERT INTO recheck (article_id, site, ended, looks, failures, looked_at, gone, gone_at, detail) "
        "VALUES ({}, 'vov', 0, 2, 0, '{}', 'deleted', '{}', '')"
    )
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in (
            *(f"INSERT INTO story (id, created_at) VALUES ({key}, '2026-11-20 05:00:00')" for key in (1, 2, 3, 4)),
            *(article_of.format(key) for key in (1, 2, 3, 4)),
            "INSERT INTO digest VALUES (1, 'analysts', 's1', '2026-11-20 06:00:00', 4)",
            "INSERT INTO digest VALUES (2, 'analysts', 's2', '2026-11-22 05:00:00', 0)",
            *(f"INSERT INTO told VALUES ('analysts', {key}, 1)" for key in (1, 2, 3, 4)),
            past.format(1, "2026-11-21 05:00:00", "told"),
            past.format(2, "2026-11-22 06:00:00", "not told"),
            look.format(2, "2026-11-21 06:00:00", "2026-11-21 05:00:00"),
            look.format(3, "2026-11-22 07:00:00", "2026-11-22 06:00:00"),
            look.format(4, "2026-11-22 06:00:00", "2026-11-22 06:00:00"),
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()
    store = open_store(f"sqlite:///{path}")
    edited, gone = store.alerts.corrected("analysts")
    assert [change.after for past in edited.articles[0].revisions for change in past.changes] == ["not told"]
    assert (gone.id, gone.articles[0].gone) == (3, "deleted")
    store.close()


def test_vietnamese_is_stored_as_it_is_written_in_json_too(store: Store, tmp_path: Path) -> None:
    stored(store, article(captions=("Hai đoàn đồng chủ trì đối thoại",)))
    connection = sqlite3.connect(tmp_path / "watch.db")
    ((captions, explanation),) = connection.execute(
        "SELECT captions, explanation FROM article JOIN match ON article_id = id"
    ).fetchall()
    connection.close()
    assert captions == '["Hai đoàn đồng chủ trì đối thoại"]'
    assert "Đối thoại" in explanation


def test_a_damaged_database_says_where_help_lies(tmp_path: Path) -> None:
    path = tmp_path / "watch.db"
    store = open_store(f"sqlite:///{path}")
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
    with pytest.raises(DatabaseError, match="backups lie beside the database"):
        open_store(f"sqlite:///{path}").stories.relevant()
    path.write_bytes(b"no database at all")
    with pytest.raises(DatabaseError, match="not a database; check the disk"):
        open_store(f"sqlite:///{path}")
