"""What is known, as plain data for tables and JSON: papers, and the whole history of one address."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.catalogue import address_of, all_sites
from crawler.config import Config
from crawler.health import layout_state
from crawler.jobs import Program
from crawler.toml import ConfigError
from crawler.trials.page_trial import matcher, read_page
from crawler.views.rows import article_row, local_time, verdict_row
from news.model import Rejected, StoredArticle
from news.problem import Words
from pipelines.process import judge

_RECENT = timedelta(hours=12)


def sites(program: Program) -> list[dict[str, Any]]:
    """Every shipped paper with its state and its listings' states."""
    states = program.store.watch.sites()
    layouts = program.store.watch.layouts(program.clock() - _RECENT)
    rows = []
    for key, site in all_sites().items():
        state = states.get(key)
        rows.append(
            {
                "site": key,
                "name": site.name,
                "publisher": site.publisher,
                "family": site.family,
                "unverified": site.unverified,
                "state": state.state if state else "never polled",
                "detail": state.detail if state else "",
                "failures": state.failures if state else 0,
                "polled": local_time(state.polled_at) if state else None,
                "succeeded": local_time(state.succeeded_at) if state else None,
                "layout": layout_state(*layouts.get(key, (0, 0))),
                "due": local_time(state.due_at) if state else None,
                "listings": [
                    {
                        "url": listing.url,
                        "state": listing.state,
                        "entries": listing.entries,
                        "fetched": local_time(listing.fetched_at),
                        "newest": local_time(listing.newest_at),
                        "trusted": listing.trusted,
                        "detail": listing.detail,
                    }
                    for listing in program.store.watch.listings(key)
                ],
            }
        )
    return rows


def set_aside(program: Program) -> list[dict[str, Any]]:
    """Addresses that brought their batch down twice."""
    return [{"site": item.site, "url": item.url, "crashes": item.crashes} for item in program.store.addresses.quarantined()]


def fetched(program: Program, urls: Iterable[str], since: datetime) -> list[dict[str, Any]]:
    """What became of addresses that were to be fetched from then on; `article` says whether one of them is an article now."""
    return [_fetched(program, address_of(url), since) for url in dict.fromkeys(urls)]


def _fetched(program: Program, address: str, since: datetime) -> dict[str, Any]:
    known = program.store.addresses.by_url(address)
    if known is None:
        return {"url": address, "outcome": "", "detail": "", "next_attempt": None, "article": False}
    look = program.store.rechecks.of(known.article_id) if known.article_id is not None else None
    row = {"url": address, "next_attempt": local_time(known.next_attempt_at), "article": known.article_id is not None}
    if look and look.looked_at and look.looked_at >= since:
        return {**row, "outcome": look.gone or known.outcome, "detail": look.detail, "article": look.gone is None}
    if known.fetched_at is None or known.fetched_at < since:
        return {**row, "outcome": "", "detail": ""}
    return {**row, "outcome": known.outcome, "detail": "; ".join(str(value) for value in known.detail.values() if value)}


def explain(program: Program, url: str) -> dict[str, Any]:
    """Every step for one address."""
    address = address_of(url)
    known = program.store.addresses.by_url(address)
    stored = program.store.articles.by_url(address)
    row: dict[str, Any] = {"url": address, "found": known is not None or stored is not None}
    if known is not None:
        row["listed"] = {
            "at": local_time(known.listed_at), "by": known.listing, "title": known.title, "published": local_time(known.published)
        }  # fmt: skip
        row["fetched"] = {
            "at": local_time(known.fetched_at), "state": known.state, "outcome": known.outcome, "detail": dict(known.detail),
            "failed_attempts": known.attempts, "next_attempt": local_time(known.next_attempt_at),
        }  # fmt: skip
    if stored is not None:
        row["read"] = article_row(stored.article)
        row["matched"] = [verdict_row(verdict) for verdict in stored.matches]
        row["story"] = {"id": stored.story_id, "why": stored.joined}
        row["told"] = [
            {"subscription": mail.subscription, "slot": mail.slot, "to": mail.recipient, "state": mail.state,
             "sent": local_time(mail.sent_at), "reply": mail.last_reply}
            for mail in program.store.alerts.told_to(stored.story_id)
        ]  # fmt: skip
        hushed = program.store.alerts.hushed(stored.story_id)
        row["not_told"] = "" if row["told"] else _why_not_told(stored, hushed)
        look = program.store.rechecks.of(stored.id)
        row["looked_again"] = {
            "times": look.looks if look else 0, "last": local_time(look.looked_at) if look else None,
            "next": local_time(look.due_at) if look else None, "edits": len(stored.revisions), "gone": stored.gone,
            "detail": look.detail if look else "",
        }  # fmt: skip
    return row


def explain_file(config: Config, source: str, url: str) -> dict[str, Any]:
    """What a page at hand would come to: read and matched, but neither stored nor told."""
    try:
        body = Path(source).read_bytes()
    except OSError as error:
        raise ConfigError(
            "{source}: {reason}; give a file or an address that begins with https://", source=source, reason=Words(error.strerror)
        ) from error
    from crawler.clock import clock  # noqa: PLC0415

    try:
        article = read_page(body, url or f"file:///{Path(source).name}", "", clock()())
    except Rejected as verdict:
        return {"url": url or source, "found": False, "rejected": verdict.reason, "detail": verdict.detail}
    verdicts = judge(article, matcher(config))
    return {
        "url": url or source,
        "found": True,
        "read": article_row(article),
        "matched": [verdict_row(verdict) for verdict in verdicts],
    }


def _why_not_told(stored: StoredArticle, hushed: tuple[str, ...]) -> str:
    if hushed:
        return f"a changed topic found it among old articles, so it counts as told to {', '.join(hushed)}"
    if not stored.relevant:
        return "no topic finds it relevant"
    return "no digest has been due since it was found, or no subscription takes its topic and score"
