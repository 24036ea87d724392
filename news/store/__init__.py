"""The one door to the database: values in, values out, split by who reads them."""

from dataclasses import dataclass

from news.store.addresses import AddressStore
from news.store.alerts import AlertStore
from news.store.articles import ArticleStore
from news.store.captures import CaptureStore
from news.store.database import Database, DatabaseError, open_database
from news.store.labels import LabelStore
from news.store.outbox import OutboxStore
from news.store.rechecks import RecheckStore
from news.store.stories import StoryStore
from news.store.troubles import TroubleStore
from news.store.watch import WatchStore

__all__ = [
    "AddressStore",
    "AlertStore",
    "ArticleStore",
    "CaptureStore",
    "DatabaseError",
    "LabelStore",
    "OutboxStore",
    "RecheckStore",
    "Store",
    "StoryStore",
    "TroubleStore",
    "WatchStore",
    "open_store",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What the program remembers, by who reads it.

    `watch`, `addresses` and `rechecks` are the crawler's, `articles`, `stories` and `captures` the pipelines', `alerts` and `outbox` the
    digests', `troubles` the operator's notices', `labels` the analysts'.
    """

    database: Database
    watch: WatchStore
    addresses: AddressStore
    articles: ArticleStore
    stories: StoryStore
    captures: CaptureStore
    alerts: AlertStore
    outbox: OutboxStore
    labels: LabelStore
    rechecks: RecheckStore
    troubles: TroubleStore

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()


def open_store(url: str) -> Store:
    """Open the database at an SQLAlchemy URL; create or migrate it first. Raises DatabaseError with a remedy."""
    database = open_database(url)
    return Store(
        database=database,
        watch=WatchStore(database),
        addresses=AddressStore(database),
        articles=ArticleStore(database),
        stories=StoryStore(database),
        captures=CaptureStore(database),
        alerts=AlertStore(database),
        outbox=OutboxStore(database),
        labels=LabelStore(database),
        rechecks=RecheckStore(database),
        troubles=TroubleStore(database),
    )
