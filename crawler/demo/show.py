"""The demonstration from the first line to the last: serve, crawl, send, look, and crawl again."""

import time
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from crawler import jobs
from crawler.cli.language import _, language
from crawler.cli.tables import console, crawl_progress, crawl_table
from crawler.clock import clock
from crawler.config import Config
from crawler.crawling.batch import Batch
from crawler.crawling.rounds import SiteReport
from crawler.demo.check import repetitions, shortcomings, told, unfinished
from crawler.demo.folder import MAIL, SETTINGS, make_room, settle
from crawler.demo.postbox import Arrived, Postbox, postbox
from crawler.demo.press import Press, Printed, press
from crawler.demo.web import Web, pages, served
from crawler.toml import ConfigError
from crawler.views import papers


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One crawl of all papers with the sending after it."""

    reports: tuple[SiteReport, ...]
    sent: jobs.SentNow


def demonstrate(folder: Path) -> int:
    """Show the whole job in `folder`; the exit status is 0 only when the right mail has really arrived."""
    began, now = time.monotonic(), clock()()
    try:
        make_room(folder)
    except ConfigError as error:
        click.echo(str(error), err=True)
        return 1
    except OSError as error:
        click.echo(f"{folder}: {error.strerror}", err=True)
        return 1
    printed = press(now)
    with served(pages(printed, now), now) as web, postbox(folder / MAIL) as box:
        config = settle(folder, sites=printed.sites, via=web.prefix, port=box.port, language=language())
        _say_where(printed, web, box)
        wrong = _first_round(config, printed, box)
        if not wrong:
            wrong = _second_round(config, web, box)
            _say_more(folder, printed, box.arrived[0])
    for line in wrong:
        click.echo(_("The demonstration failed: {line}").format(line=line), err=True)
    if not wrong:
        click.echo(_("All of it was checked; it took {seconds} s.").format(seconds=round(time.monotonic() - began)))
    return 1 if wrong else 0


def _first_round(config: Config, printed: Press, box: Postbox) -> list[str]:
    _head(_("1. The crawl"))
    first = _crawl_and_send(config)
    crawl_table(first.reports)
    if wrong := [*unfinished(first.reports), *first.sent.report.paused.values()]:
        return wrong
    _head(_("2. What arrived"))
    for one in box.arrived:
        _say_what(printed, one)
    _head(_("3. What was left out, and why"))
    _say_left_out(config, printed)
    return shortcomings(printed, box.arrived)


def _second_round(config: Config, web: Web, box: Postbox) -> list[str]:
    _head(_("4. The same again"))
    before = len(web.asked)
    second = _crawl_and_send(config)
    unchanged = sum(status == HTTPStatus.NOT_MODIFIED for status, _url in web.asked[before:])
    text = _("{fetched} articles fetched, {mails} mails sent; {unchanged} of {asked} listings said that nothing had changed.")
    fetched, asked = sum(report.fetched for report in second.reports), len(web.asked) - before
    click.echo(text.format(fetched=fetched, mails=second.sent.report.sent, unchanged=unchanged, asked=asked))
    return [*unfinished(second.reports), *repetitions(second.reports, box.arrived)]


def _crawl_and_send(config: Config) -> Round:
    """What `tuantra crawl` and `tuantra digest` do."""
    with crawl_progress(len(config.watch.sites), quiet=False) as show:
        reports = jobs.crawl(Batch(jobs.plan(config), log_level="error", log_json=False), show)
    with jobs.opened(config) as program:
        return Round(reports=reports, sent=jobs.send_now(program, program.subscriptions, None))


def _say_where(printed: Press, web: Web, box: Postbox) -> None:
    click.echo(_("Everything happens on this machine: the papers are real, their articles are invented."))
    click.echo(
        _("{articles} articles of {papers} papers are served at {web}, mail is taken at 127.0.0.1:{port}.").format(
            articles=len(printed.articles), papers=len(printed.sites), web=web.prefix, port=box.port
        )
    )


def _say_what(printed: Press, first: Arrived) -> None:
    out, by_url = console(), {article.url: article for article in printed.articles.values()}
    out.print(Text(_("To: {readers}").format(readers=", ".join(first.recipients))))
    out.print(Text(_("Subject: {subject}").format(subject=first.mail["Subject"])))
    for number, copies in enumerate(told(first.mail), 1):
        known = [by_url[url] for url in copies if url in by_url]
        if known:
            out.print(Text(f"{number:>3}. {known[0].title}", style="bold"))
        for copy in known:
            out.print(Text(f"       {printed.sites[copy.paper].name}: {copy.title}", style="dim"))


def _say_left_out(config: Config, printed: Press) -> None:
    """Count what is in no digest by the reason that the crawl noted, with a headline for each."""
    # Pages that show a headline of the subject in a box come first: they make the better examples.
    left = sorted((each for each in printed.articles.values() if not each.tells), key=lambda each: not _is_trap(each))
    with jobs.opened(config) as program:
        reasons = {article: _reason(papers.explain(program, article.url)) for article in left}
    for reason, count in Counter(reasons.values()).most_common():
        example = next(article.title for article in left if reasons[article] == reason)
        console().print(Text(f"{count:>4}  {reason}"), Text(f"      “{example}”", style="dim"), sep="\n")


def _is_trap(article: Printed) -> bool:
    return any(other.tells for other in article.beside)


def _reason(row: dict[str, Any]) -> str:
    """Say in the reader's words why an address came to nothing; `row` is what `tuantra explain --json` prints."""
    why = row["matched"][0]["why"] if "matched" in row else row["fetched"]["detail"].get("why", "")
    if "party_b" in why:
        return _("name Cambodia only in menus and headlines of other articles")
    if "party_a" in why:
        return _("tell of Cambodia, but of nothing that Vietnam does with it")
    if "role matter" in why:
        return _("tell of both countries, but not of defence")
    return _("come near the subject, but too little speaks for it")


def _say_more(folder: Path, printed: Press, first: Arrived) -> None:
    _head(_("5. Look for yourself"))
    trap = next(article for article in printed.articles.values() if "quân đội" in article.title and not article.tells)
    settings = folder / SETTINGS
    for title, what in (
        (_("the mail in a browser"), first.page),
        (_("the mail as it was sent"), first.eml),
        (_("the stories"), f"tuantra stories --config {settings}"),
        (_("why one was left out"), f"tuantra explain --config {settings} {trap.url}"),
        (_("the real papers"), "tuantra init && tuantra run"),
    ):
        click.echo(f"  {title}: {what}")


def _head(title: str) -> None:
    click.echo()
    console().print(Text(title, style="bold"))
