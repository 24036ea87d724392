"""Notices that the configuration has changed while the daemon runs, and takes it over if it is right."""

from pathlib import Path

import structlog

from crawler.config import Config, database_url, load_config, sites, topics
from crawler.toml import ConfigError

log = structlog.get_logger()

Stamps = dict[Path, tuple[int, int]]
"""Each file with its time of change and its size; a file that is not there is left out."""


class Reloading:
    """The configuration as its files last said it rightly."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._seen = _stamps(config)

    def changed(self) -> bool:
        """Read the files again if one of them has changed; whether there is another configuration now.

        A wrong file is told once in the log, and what was right before goes on.
        """
        now = _stamps(self.config)
        if now == self._seen:
            return False
        self._seen = now
        try:
            fresh = load_config(str(self.config.source))
            sites(fresh)
            topics(fresh)
        except ConfigError as error:
            log.error("config_refused", error=str(error))
            return False
        if database_url(fresh) != database_url(self.config):
            log.error("config_refused", error="[store] database: another database needs a restart")
            return False
        self.config = fresh
        self._seen = _stamps(fresh)
        log.info("config_taken", file=str(fresh.source), papers=len(sites(fresh)), subscriptions=len(fresh.subscriptions))
        return True


def _stamps(config: Config) -> Stamps:
    files = [config.source, *(config.folder / name for name in config.watch.topics if name.endswith(".toml"))]
    found: Stamps = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found[file] = (status.st_mtime_ns, status.st_size)
    return found
