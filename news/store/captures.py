"""Where the pages lie that were kept as evidence."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import Capture
from news.store.database import Database
from news.tables import capture

_CHUNK = 500


def note(db: Connection, new: Capture) -> None:
    """Remember a capture within a transaction that is open already; the same one again changes nothing."""
    row = {name: getattr(new, name) for name in new.__slots__}
    db.execute(upsert(capture).values(row).on_conflict_do_nothing())


class CaptureStore:
    """The captures, by address and time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: Capture) -> None:
        """Remember a capture, in a transaction of its own."""
        with self._database.write() as db:
            note(db, new)

    def of(self, *urls: str) -> tuple[Capture, ...]:
        """Every capture of an address, or of several that lead to one article, oldest first."""
        query = select(capture).where(capture.c.url.in_(urls)).order_by(capture.c.fetched, capture.c.id)
        with self._database.read() as db:
            return tuple(map(_capture, db.execute(query)))

    def at(self, url: str, moment: datetime) -> Capture | None:
        """What the address showed then: the last capture at or before that moment."""
        return latest(self.of(url), moment)

    def all(self) -> Iterator[Capture]:
        """Every capture in the order in which they were stored."""
        last = 0
        while True:
            with self._database.read() as db:
                query = select(capture).where(capture.c.id > last).order_by(capture.c.id).limit(_CHUNK)
                rows = db.execute(query).all()
            yield from map(_capture, rows)
            if len(rows) < _CHUNK:
                return
            last = rows[-1].id


def latest(found: Iterable[Capture], moment: datetime) -> Capture | None:
    """The last of some captures at or before that moment."""
    return max((one for one in found if one.fetched <= moment), key=lambda one: one.fetched, default=None)


def _capture(row: Row[Any]) -> Capture:
    return Capture(**{name: getattr(row, name) for name in Capture.__slots__})
