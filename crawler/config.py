"""What an operator can set: tuantra.toml as dataclasses, and the papers, topics and words that it chooses."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from alerts.channels import NAMES, TARGETED
from alerts.channels.apprise import Apprise
from alerts.channels.email import Email
from alerts.channels.feed import Feed
from alerts.channels.file import File
from alerts.channels.webhook import Webhook
from alerts.glossary import Glossary, Wordlist, compiled
from alerts.operator import NAME as OPERATOR
from alerts.operator import Operator
from alerts.subscription import Subscription
from crawler.catalogue import all_sites, site_keys
from crawler.site import Site
from crawler.toml import INTERNAL, ConfigError, load
from news.problem import BadValueError, Problem, nearest
from pipelines.match import Topic

DEFAULT_FILE = "tuantra.toml"
_TOPICS = Path(str(files("pipelines") / "topics"))
_GLOSSARY = Path(str(files("alerts") / "glossary.toml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What to watch: site keys (empty: every shipped paper that is verified), topics (shipped names or paths), how often."""

    sites: tuple[str, ...] = ()
    topics: tuple[str, ...] = ("vietnam-cambodia-defence",)
    every: timedelta = timedelta(minutes=15)
    horizon: timedelta = timedelta(days=3)

    def __post_init__(self) -> None:
        if self.every < timedelta(minutes=1):
            raise BadValueError("every: papers are not polled more than once a minute; write '15m'")
        if self.horizon < timedelta(hours=1):
            raise BadValueError("horizon: less than an hour; write '3d'")
        if not self.topics:
            raise BadValueError("topics: none is named; write topics = ['vietnam-cambodia-defence'] or leave the key out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """How to fetch: politeness, limits, and `via`, a prefix put before every address (a web archive's replay)."""

    contact: str = ""
    delay: timedelta = timedelta(seconds=1)
    timeout: timedelta = timedelta(seconds=20)
    concurrency: int = 16
    page_bytes: int = 4 * 1024 * 1024
    via: str = ""

    def __post_init__(self) -> None:
        if self.via and not self.via.startswith(("http://", "https://")):
            raise BadValueError("via: must be an address prefix such as 'http://127.0.0.1:8900/'")
        _at_least(self, timeout=timedelta(seconds=1), concurrency=1, page_bytes=100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one crawl batch, a process of its own, may use before it is stopped."""

    memory_mb: int = 1500
    cpu: timedelta = timedelta(minutes=10)
    deadline: timedelta = timedelta(minutes=30)
    page: timedelta = timedelta(seconds=20)

    def __post_init__(self) -> None:
        second = timedelta(seconds=1)
        _at_least(self, memory_mb=300, cpu=second, deadline=second, page=second)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreConfig:
    """Where everything is kept; a relative path counts from the configuration file."""

    database: str = "sqlite:///data/tuantra.db"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"sqlite:///.*[^/:]", self.database):
            raise BadValueError(
                "database: {database!r} is no SQLite file; write 'sqlite:///data/tuantra.db'", database=self.database
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveConfig:
    """Whether matched pages are kept as evidence, and where; a relative path counts from the configuration file.

    `link` is what a replay server puts before a page's address; digests then link to the archived copies.
    """

    warc: bool = False
    folder: Path = Path("data/archive")
    link: str = ""

    def __post_init__(self) -> None:
        if self.link and not self.link.startswith(("http://", "https://")):
            raise BadValueError("link: must be an address prefix such as 'https://archive.example.org/web/'")


@dataclass(frozen=True, slots=True, kw_only=True)
class GlossaryConfig:
    """A word list of the operator's own, laid over the shipped one; a relative path counts from the configuration file."""

    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything an operator can set; all of it has a default.

    Without `mail`, a mail server, digests go to the folder of `file`.
    """

    watch: Watch = field(default_factory=Watch)
    fetch: Fetch = field(default_factory=Fetch)
    batch: Batch = field(default_factory=Batch)
    store: StoreConfig = field(default_factory=StoreConfig)
    archive: ArchiveConfig = field(default_factory=ArchiveConfig)
    glossary: GlossaryConfig = field(default_factory=GlossaryConfig)
    mail: Email | None = None
    file: File = field(default_factory=File)
    feed: Feed = field(default_factory=Feed)
    webhook: Webhook | None = None
    apprise: Apprise | None = None
    operator: Operator = field(default_factory=Operator)
    subscriptions: tuple[Subscription, ...] = (Subscription(name="digest"),)
    folder: Path = field(default_factory=Path, metadata=INTERNAL)
    source: Path = field(default_factory=Path, metadata=INTERNAL)

    def __post_init__(self) -> None:
        names = [subscription.name for subscription in self.subscriptions]
        for name in names:
            if names.count(name) > 1:
                raise BadValueError("subscriptions: two are named {name!r}; names must differ", name=name)
            if name == OPERATOR:
                raise BadValueError(
                    "subscriptions: {name!r} is the name of the notices to the operator; choose another one", name=name
                )


def _at_least(settings: object, **least: timedelta | int) -> None:
    for name, limit in least.items():
        if getattr(settings, name) < limit:
            shown = f"{limit.total_seconds():g}s" if isinstance(limit, timedelta) else limit
            raise BadValueError("{name}: is too little to work with; write {least} or more", name=name, least=shown)


def load_config(path: str | None = None) -> Config:
    """Read the configuration: the file named, else TUANTRA_CONFIG, else ./tuantra.toml, else the defaults."""
    named = path or os.environ.get("TUANTRA_CONFIG")
    file = Path(named or DEFAULT_FILE)
    if not named and not file.exists():
        return Config(folder=Path.cwd(), source=file)
    config = load(file, Config, folder=str(file.resolve().parent), source=str(file))
    check_names(config)
    own_words(config)
    return config


def check_names(config: Config) -> None:
    """Every site and topic that is named exists. Raises ConfigError with the nearest known name."""
    problems = [
        Problem(
            "{source}: {key} = {name!r}: unknown; {remedy}",
            source=config.source,
            key=where,
            name=name,
            remedy=nearest(name, known),
        )
        for where, names, known in (
            ("watch.sites", config.watch.sites, site_keys()),
            *(
                (f"subscriptions.{subscription.name}.topics", subscription.topics, [*topics(config)])
                for subscription in config.subscriptions
            ),
            *(
                (f"subscriptions.{subscription.name}.papers", subscription.papers, site_keys())
                for subscription in config.subscriptions
            ),
            *(
                (f"subscriptions.{subscription.name}.channels", subscription.channels, _channel_names(config))
                for subscription in config.subscriptions
            ),
        )
        for name in names
        if name not in known
    ]
    if problems:
        raise ConfigError.all(problems)


def _channel_names(config: Config) -> list[str]:
    """What a subscription may name as its channels: of those with several targets, each target."""
    targets = (f"{channel.name}:{name}" for channel in (config.apprise, config.webhook) if channel for name in channel.targets)
    return [*(name for name in NAMES if name not in TARGETED), *targets]


def database_url(config: Config) -> str:
    """The database's URL, a relative file taken from the configuration's folder."""
    prefix = "sqlite:///"
    url = config.store.database
    if url.startswith(prefix):
        return prefix + str(config.folder / url.removeprefix(prefix))
    return url


def data_folder(config: Config) -> Path:
    """Where locks lie: beside the database."""
    return Path(database_url(config).removeprefix("sqlite:///")).parent


def archive_folder(config: Config) -> Path:
    """Where pages are kept as evidence."""
    return config.folder / config.archive.folder


def glossary(config: Config) -> Glossary:
    """What English digests explain: the shipped terms and, over them, the operator's own. Raises ConfigError."""
    return compiled(load(_GLOSSARY, Wordlist), *own_words(config))


def own_words(config: Config) -> tuple[Wordlist, ...]:
    """The word list of [glossary] file, if one is named. Raises ConfigError."""
    own = config.glossary.file
    return (load(config.folder / Path(own).expanduser(), Wordlist),) if own else ()


def sites(config: Config, keys: Iterable[str] = ()) -> tuple[Site, ...]:
    """The papers named, else those of [watch] sites, else all verified ones. Raises ConfigError for an unknown key."""
    known = all_sites()
    wanted = tuple(dict.fromkeys(keys)) or tuple(dict.fromkeys(config.watch.sites))
    for key in wanted:
        if key not in known:
            raise ConfigError("site {key!r}: unknown; {remedy} (`tuantra sites` lists them)", key=key, remedy=nearest(key, known))
    if wanted:
        return tuple(known[key] for key in wanted)
    return tuple(site for site in known.values() if not site.unverified)


def topics(config: Config) -> dict[str, Topic]:
    """The topics of [watch] topics by key: shipped ones by name, others by path. Raises ConfigError."""
    found, shipped = {}, {path.stem: path for path in _TOPICS.glob("*.toml")}
    for name in config.watch.topics:
        path = Path(name) if name.endswith(".toml") else shipped.get(name)
        if path is None:
            raise ConfigError(
                "{source}: watch.topics = {name!r}: unknown; {remedy}; a topic of your own is named by its file, with .toml at the end",
                source=config.source,
                name=name,
                remedy=nearest(name, shipped),
            )
        if not path.is_absolute() and not path.exists():
            path = config.folder / path
        topic = load_topic(path)
        found[topic.key] = topic
    return found


def load_topic(path: Path) -> Topic:
    """One topic file. Raises ConfigError."""
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _topic(path, changed)


@lru_cache(maxsize=32)
def _topic(path: Path, _changed: int) -> Topic:
    """The daemon asks for its topics at every tick, and reading one takes 20 ms."""
    return load(path, Topic)


def check_topics(chosen: Mapping[str, Topic], subscriptions: Sequence[Subscription]) -> tuple[Subscription, ...]:
    """The subscriptions with their topics filled in: none named means all."""
    return tuple(
        subscription if subscription.topics else replace(subscription, topics=tuple(chosen)) for subscription in subscriptions
    )
