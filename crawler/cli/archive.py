"""Commands about the pages kept as evidence: check them, list them, give one back, take them all in again."""

import json
import sys
import unicodedata
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.cli.language import SpokenCommand, SpokenGroup, _, plural
from crawler.cli.options import config_option, json_option

if TYPE_CHECKING:
    from crawler.jobs import Program
    from news.model import Capture, FetchedPage

_LOST = ("missing", "unreadable", "changed")
_BAD = {"crashed", "error"}


@click.group("archive", cls=SpokenGroup)
def archive_group() -> None:
    """Pages kept as evidence, with `archive.warc = true`."""


@archive_group.command("verify", cls=SpokenCommand, key="archive verify")
@config_option
@json_option
def verify(config_path: str | None, as_json: bool) -> None:
    """Read back every page that was kept, and say what is missing, damaged or changed.

    \b
    Example:
      tuantra archive verify
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli import archive_text as shown  # noqa: PLC0415
    from crawler.config import archive_folder, load_config  # noqa: PLC0415
    from news.archive import Archive  # noqa: PLC0415

    config = load_config(config_path)
    archive, counts, rows = Archive(archive_folder(config)), Counter[str](), []
    with jobs.opened(config) as program:
        captures = list(program.store.captures.all())
    with shown.bar() as bar:
        for finding in shown.watched(archive.verify(captures), bar, len(captures)):
            counts[finding.state] += finding.count or 1
            if finding.state != "ok":
                rows.append(shown.finding_row(finding))
                if not as_json:
                    click.echo(shown.finding_line(finding))
    lost = sum(counts[state] for state in _LOST)
    proof = _("This shows that the bytes are the same as when they were kept; it does not show who sent them.")
    if as_json:
        summary = {name: counts[name] for name in ("ok", *_LOST, "unclaimed", "torn")}
        click.echo(json.dumps({"captures": len(captures), **summary, "findings": rows, "proves": proof}, ensure_ascii=False))
    else:
        total = plural(len(captures), _("1 page kept"), _("{count} pages kept"))
        told = _("{total}: {ok} unchanged, {missing} missing, {unreadable} unreadable, {changed} changed")
        click.echo(told.format(total=total, ok=counts["ok"], **{name: counts[name] for name in _LOST}))
        click.echo(proof)
    sys.exit(1 if lost else 0 if captures else 3)


@archive_group.command("show", cls=SpokenCommand, key="archive show")
@click.argument("url")
@click.option(
    "--at", default="", metavar="TIME", help="As it was then, such as 2026-11-22 or 2026-11-22T07:00; default: the newest."
)
@click.option("--output", default="", metavar="FILE", help="Write the page to this file instead of standard output.")
@click.option("--text", "as_text", is_flag=True, help="Print the article that is read on it instead of the page.")
@config_option
def show(url: str, at: str, output: str, as_text: bool, config_path: str | None) -> None:
    """Give a kept page back, byte for byte; what is known of it goes to standard error.

    \b
    Example:
      tuantra archive show https://vov.vn/chinh-tri/tin-post1234567.vov --at 2026-11-22 --output page.html
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli import archive_text as shown  # noqa: PLC0415
    from crawler.config import archive_folder, load_config  # noqa: PLC0415
    from news.archive import Archive  # noqa: PLC0415
    from news.store.captures import latest  # noqa: PLC0415

    config, moment = load_config(config_path), _moment(at)
    with jobs.opened(config) as program:
        found = _captures(program, url)
    capture = latest(found, moment) if moment else found[-1] if found else None
    if capture is None:
        click.echo(_("No page of this address was kept.") if not found else _("No page was kept that early."), err=True)
        sys.exit(3)
    page = Archive(archive_folder(config)).read(capture)
    for name, value in shown.facts(capture, page).items():
        click.echo(f"{name}: {value}", err=True)
    _write(_article(page).encode() if as_text else page.body, output)


@archive_group.command("list", cls=SpokenCommand, key="archive list")
@click.argument("url", default="", metavar="[URL]")
@config_option
@json_option
def list_command(url: str, config_path: str | None, as_json: bool) -> None:
    """List the pages that were kept, all or those of one article, the newest last.

    \b
    Example:
      tuantra archive list https://vov.vn/chinh-tri/tin-post1234567.vov
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli import archive_text as shown  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415

    count = 0
    with jobs.opened(load_config(config_path)) as program:
        for count, capture in enumerate(_captures(program, url) if url else program.store.captures.all(), 1):  # noqa: B007
            row = shown.capture_row(capture)
            place = f"{row['file']}:{row['offset']}"
            line = f"{row['fetched']}  {row['status']}  {row['sha256'][:16]}  {row['url']}  {place}"
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else line)
    if not count:
        click.echo(_("No page of this address was kept.") if url else _("No page was kept."), err=True)
    sys.exit(0 if count else 3)


@archive_group.command("replay", cls=SpokenCommand, key="archive replay")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--force", is_flag=True, help="Read articles that are stored already again.")
@config_option
@json_option
def replay_command(files: tuple[str, ...], force: bool, config_path: str | None, as_json: bool) -> None:
    """Take in the article pages of WARC files, or of the whole archive, without network, and show what was found.

    \b
    Example:
      tuantra archive replay crawl.warc.gz
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli import archive_text as shown  # noqa: PLC0415
    from crawler.config import archive_folder, load_config  # noqa: PLC0415
    from crawler.crawling import replay  # noqa: PLC0415
    from news.archive import Archive  # noqa: PLC0415

    config = load_config(config_path)
    chosen = tuple(map(Path, files)) or tuple(Archive(archive_folder(config)).files())
    sites: dict[str, Counter[str]] = {}
    troubles = []
    with shown.bar() as bar:
        for step in shown.measured(replay.replay(jobs.plan(config, force=force), chosen), bar, chosen):
            # A step that goes by the file's name tells of a record, or of the whole file, that could not be read.
            if step.outcome in _BAD or step.url == str(chosen[step.number]):
                troubles.append({"url": step.url, "outcome": step.outcome, "detail": step.detail})
                click.echo(shown.trouble_line(step), err=True)
            if not step.whole:
                sites.setdefault(step.site, Counter())[step.outcome] += 1
    rows = [shown.site_row(site, counts) for site, counts in sorted(sites.items())]
    if as_json:
        click.echo(json.dumps({"sites": rows, "troubles": troubles}, ensure_ascii=False))
    elif rows:
        shown.site_table(rows)
    elif not troubles:
        click.echo(_("No page was kept."), err=True)
    sys.exit(1 if troubles else 0 if rows else 3)


def _captures(program: "Program", url: str) -> "tuple[Capture, ...]":
    """The captures of an address, and of the others under which its article was read."""
    from crawler.catalogue import site_of  # noqa: PLC0415
    from crawler.toml import ConfigError  # noqa: PLC0415
    from news.urls import canonical  # noqa: PLC0415

    url = unicodedata.normalize("NFC", url)
    try:
        address = site_of(url).canonical(url)
    except ConfigError:
        address = canonical(url)
    stored = program.store.articles.by_url(address)
    versions = (stored.article, *(old.article for old in stored.revisions)) if stored else ()
    return program.store.captures.of(url, address, *{each for one in versions for each in (one.url, one.canonical_url)})


def _moment(text: str) -> datetime | None:
    """A day means its end, and a time without offset is that of Hanoi."""
    from pipelines.dates import HOME  # noqa: PLC0415

    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        told = _("--at {text}: not a time; write 2026-11-22 or 2026-11-22T07:00:00+07:00")
        raise click.UsageError(told.format(text=text)) from error
    if len(text) <= len("2026-11-22"):
        moment += timedelta(days=1, microseconds=-1)
    return moment if moment.tzinfo else moment.replace(tzinfo=HOME)


def _article(page: "FetchedPage") -> str:
    from crawler.cli import words  # noqa: PLC0415
    from crawler.trials.page_trial import paper_for  # noqa: PLC0415
    from news.model import Rejected  # noqa: PLC0415
    from pipelines.extract import extract  # noqa: PLC0415

    try:
        article = extract(page, paper_for(page.url, page.site))
    except Rejected as verdict:
        click.echo(_("rejected: {why}").format(why=words.detail(str(verdict))), err=True)
        sys.exit(3)
    return "\n\n".join(part for part in (article.title, article.lead, article.text) if part) + "\n"


def _write(body: bytes, output: str) -> None:
    if not output:
        sys.stdout.buffer.write(body)
        return
    try:
        Path(output).write_bytes(body)
    except OSError as error:
        raise click.UsageError(f"{output}: {error.strerror}") from error
