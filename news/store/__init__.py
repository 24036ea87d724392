"""The one door to the database: values in, values out, split by who reads them."""

from dataclasses import dataclass

from news.store.alerts import AlertStore
from news.store.articles import ArticleStore
from news.store.captures import CaptureStore
from news.store.database import Database, DatabaseError, open_database
from news.store.labels import LabelStore
from news.store.rechecks import RecheckStore
from news.store.watch import WatchStore

__all__ = [
    "AlertStore",
    "ArticleStore",
    "CaptureStore",
    "DatabaseError",
    "LabelStore",
    "RecheckStore",
    "Store",
    "WatchStore",
    "open_store",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What the program remembers, by who reads it.

    `watch` and `rechecks` are the crawler's, `articles` and `captures` the pipelines', `alerts` the digests', `labels` the analysts'.
    """

    database: Database
    watch: WatchStore
    articles: ArticleStore
    captures: CaptureStore
    alerts: AlertStore
    labels: LabelStore
    rechecks: RecheckStore

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()


def open_store(url: str) -> Store:
    """Open the database at an SQLAlchemy URL; create or migrate it first. Raises DatabaseError with a remedy."""
    database = open_database(url)
    return Store(
        database=database,
        watch=WatchStore(database),
        articles=ArticleStore(database),
        captures=CaptureStore(database),
        alerts=AlertStore(database),
        labels=LabelStore(database),
        rechecks=RecheckStore(database),
    )
