"""Commands about stories: which there are, all about one, what was edited."""

import json
import sys
from datetime import timedelta

import click

from crawler.cli.language import SpokenCommand, _
from crawler.cli.options import DURATION, NUMBER, config_option, json_option


@click.command("stories", cls=SpokenCommand)
@click.option("--since", type=DURATION, help="Stories with a copy seen within this time, such as 7d.")
@click.option("--topic", help="Stories of this topic only.")
@click.option("--limit", type=NUMBER, default=20, show_default=True, help="At most this many.")
@config_option
@json_option
def stories_command(since: timedelta | None, topic: str | None, limit: int, config_path: str | None, as_json: bool) -> None:
    """List the stories found, each with all its copies; first the one of which tuantra saw a copy last, whenever it was published.

    \b
    Example:
      tuantra stories --since 7d --limit 5
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.story_text import brief  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import stories  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        rows = stories.listed(program, since=since, topic=topic, limit=limit)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif rows:
        brief(rows)
    else:
        click.echo(_("No stories."), err=True)
    sys.exit(0 if rows else 3)


@click.command("story", cls=SpokenCommand)
@click.argument("name", metavar="ID|URL")
@click.option("--merge", "other", metavar="ID", help="First make that story a part of this one.")
@click.option("--split", "apart", metavar="URL", help="First give that copy a story of its own, for good.")
@config_option
@json_option
def story_command(name: str, other: str | None, apart: str | None, config_path: str | None, as_json: bool) -> None:
    """Tell all about one story: who wrote it and how that is known, who carried it, what was edited, what else is on the event.

    \b
    Example:
      tuantra story 12
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.story_text import whole  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import stories  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        if other:
            name = stories.merge(program, name, other)
        if apart:
            name = stories.split(program, name, apart)
        row = stories.story(program, name)
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False))
    elif row:
        whole(row)
    else:
        click.echo(_("No such story; `tuantra stories` lists them."), err=True)
    sys.exit(0 if row else 3)


@click.command("diff", cls=SpokenCommand)
@click.argument("url", metavar="URL")
@config_option
@json_option
def diff_command(url: str, config_path: str | None, as_json: bool) -> None:
    """Show what a paper has changed in an article since it was first seen, word by word, and whether the page is still there.

    \b
    Example:
      tuantra diff https://vov.vn/chinh-tri/tin-post1234567.vov
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.story_text import edits  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import stories  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        row = stories.diff(program, url)
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False))
    elif row:
        edits(row)
    else:
        click.echo(_("No such article is stored; `tuantra explain URL` tells why."), err=True)
    sys.exit(0 if row else 3)
