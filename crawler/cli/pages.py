"""Commands that try the reading and the topics on pages and texts at hand."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from crawler.cli.language import SpokenCommand, _
from crawler.cli.options import config_option, json_option
from crawler.cli.words import detail


@click.command("extract", cls=SpokenCommand)
@click.argument("source", metavar="FILE|URL")
@click.option("--url", default="", help="The address the page came from; needed for a file.")
@click.option("--site", "site_key", default="", metavar="KEY", help="Read it as a page of this paper.")
@click.option("--via", default="", metavar="PREFIX", help="Fetch every address U as PREFIX + U (a web archive's replay).")
@config_option
@json_option
def extract_command(source: str, url: str, site_key: str, via: str, config_path: str | None, as_json: bool) -> None:
    """Show what is read on a page: title, lead, text, authors, times, and which rule found each.

    \b
    Example:
      tuantra extract page.html --url https://vov.vn/chinh-tri/tin-post1234567.vov
    """
    from crawler.clock import clock  # noqa: PLC0415
    from crawler.trials import page_trial  # noqa: PLC0415
    from crawler.views.rows import article_row  # noqa: PLC0415
    from news.model import Rejected  # noqa: PLC0415

    try:
        if source.startswith(("http://", "https://")):
            body, url = page_trial.fetch_page(source, config_path, via)
        else:
            if not url:
                raise click.UsageError(_("--url is needed: where did this page come from?"))
            body = _bytes(source)
        article = page_trial.read_page(body, url, site_key, clock()())
    except Rejected as verdict:
        row = {"url": url or source, "rejected": verdict.reason, "detail": verdict.detail}
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _("rejected: {why}").format(why=detail(str(verdict))))
        sys.exit(3)
    row = article_row(article)
    click.echo(json.dumps(row, ensure_ascii=False) if as_json else _readable(row))


@click.command("save", cls=SpokenCommand)
@click.argument("site", metavar="SITE")
@click.argument("url")
@click.option("--folder", default="tests/sites", show_default=True, help="Where fixtures lie.")
@click.option("--via", default="", metavar="PREFIX", help="Fetch every address U as PREFIX + U (a web archive's replay).")
@config_option
def save_command(site: str, url: str, folder: str, via: str, config_path: str | None) -> None:
    """Write a site's test fixture: a listing, its entries, the page at URL, and the article read on it, to be corrected by hand.

    \b
    Example:
      tuantra save vov https://vov.vn/chinh-tri/tin-post1234567.vov
    """
    from crawler.clock import clock  # noqa: PLC0415
    from crawler.config import load_config, sites  # noqa: PLC0415
    from crawler.trials.save import save  # noqa: PLC0415
    from news.model import Rejected  # noqa: PLC0415

    (chosen,) = sites(load_config(config_path), [site])
    try:
        written = save(chosen, url, Path(folder), config_path=config_path, via=via, now=clock()())
    except Rejected as verdict:
        click.echo(_("rejected: {why}").format(why=detail(str(verdict))), err=True)
        sys.exit(3)
    except OSError as error:
        raise click.UsageError(f"{folder}: {error.strerror}") from error
    for path in written:
        click.echo(path)
    click.echo(_("Read article.json against the page, correct it, and run the tests."), err=True)


def _readable(row: Mapping[str, object]) -> str:
    lines = []
    for name, value in row.items():
        if isinstance(value, dict):
            lines += [f"{name}:", *(f"  {key}: {found}" for key, found in value.items())]
        elif isinstance(value, list):
            lines += [f"{name}: {', '.join(map(str, value))}"]
        elif isinstance(value, str) and "\n" in value:
            lines += [f"{name}:", *(f"  {line}" for line in value.splitlines())]
        else:
            lines += [f"{name}: {'' if value is None else value}"]
    return "\n".join(lines)


def _bytes(source: str) -> bytes:
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{source}: {error.strerror}") from error


@click.command("match", cls=SpokenCommand)
@click.argument("source", metavar="[FILE|-]", default="-")
@click.option("--topic", "topic_file", default="", metavar="FILE", help="Try this topic file instead of the configured topics.")
@config_option
def match_command(source: str, topic_file: str, config_path: str | None) -> None:
    """Try the topics on a collection: JSON lines of {"id", "title", "lead", "text"} in, verdicts out; "url" stands in for "id".

    \b
    Example:
      tuantra match articles.jsonl --topic my-topic.toml > verdicts.jsonl
    """
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.trials import page_trial  # noqa: PLC0415

    matcher = page_trial.matcher(load_config(config_path), topic_file)
    try:
        lines = click.open_file(source, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{source}: {error.strerror}") from error
    with lines:
        try:
            for row in page_trial.match_lines(lines, matcher, source):
                click.echo(json.dumps(row, ensure_ascii=False))
        except UnicodeDecodeError as error:
            raise click.UsageError(_("{source}: not UTF-8 text; save it as UTF-8").format(source=source)) from error
