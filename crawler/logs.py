"""One structured log line an event, on standard error."""

import logging
import sys

import structlog

from news.store import DatabaseError


def configure(*, level: str = "info", as_json: bool = True) -> None:
    """Send our events and those of the libraries to standard error: JSON for machines, short lines for people."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    # JSON escapes line breaks and control characters, so that a hostile title cannot forge a line.
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    # Set on the handler too: Scrapy opens the root logger wide for itself.
    least = max(getattr(logging, level.upper()), logging.WARNING)
    handler.setLevel(least)
    # A database that fails is told once, by who started the work; the libraries would print a traceback at every page.
    handler.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], DatabaseError)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(least)
