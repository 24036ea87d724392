"""What one crawl is to do; travels to the process that does it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from crawler.config import Config, load_config
from crawler.toml import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Crawl these sites (keys; none: all that are watched), or only these addresses, with this configuration.

    `since` widens the horizon of [watch]; `force` asks for listings unconditionally and reads known articles again; `now` starts
    the crawl's clock where a replayed one stands (None: the machine's).  `looks` says what becomes of stored articles: "due" looks
    again at those whose time has come, beside the listings; "only" does that alone; "all" looks at every article of the last week.
    """

    config: Config
    sites: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    since: timedelta | None = None
    force: bool = False
    now: datetime | None = None
    looks: Literal["due", "only", "all"] = "due"

    @property
    def horizon(self) -> timedelta:
        """How old an article may be to be taken in."""
        return self.since or self.config.watch.horizon


def plan_from_arguments(*, sites: str = "", urls: str = "", since: str = "", force: str = "", via: str = "") -> Plan:
    """The plan that `scrapy crawl news -a sites=vov,tienphong` describes. Raises ConfigError, ValueError."""
    config = load_config()
    if via:
        config = replace(config, fetch=replace(config.fetch, via=via))
    return Plan(
        config=config,
        sites=tuple(filter(None, sites.split(","))),
        urls=tuple(urls.split()),
        since=duration(since) if since else None,
        force=force.lower() in {"1", "true", "yes"},
    )
