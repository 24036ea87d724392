"""Commands for the first minutes: write a configuration, check it, see a demonstration."""

import sys
from pathlib import Path

import click

from crawler.cli.language import SpokenCommand, SpokenGroup, _, language, plural
from crawler.cli.options import config_option


@click.command("init", cls=SpokenCommand)
@click.argument("path", default="tuantra.toml")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def init(path: str, force: bool) -> None:
    """Write a configuration file, commented in your language.

    \b
    Example:
      tuantra init
    """
    from importlib.resources import files  # noqa: PLC0415

    target, example = Path(path), "tuantra.example.vi.toml" if language() == "vi" else "tuantra.example.toml"
    if target.exists() and not force:
        raise click.UsageError(_("{path} exists; --force replaces it").format(path=path))
    try:
        target.write_text((files("crawler") / example).read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
    click.echo(_("{path} written; change it, then run: tuantra config check").format(path=path))


@click.group("config", cls=SpokenGroup)
def config_group() -> None:
    """Check the configuration."""


@config_group.command("check", cls=SpokenCommand, key="config check")
@config_option
def config_check(config_path: str | None) -> None:
    """Read the configuration, the topics and the site files, and say what is wrong: file, key, value, remedy.

    \b
    Example:
      tuantra config check --config /etc/tuantra.toml
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.config import load_config, sites, topics  # noqa: PLC0415

    config = load_config(config_path)
    chosen = sites(config)
    counted = _("{papers}, {topics}, {subscriptions}, digests by {channels}").format(
        papers=plural(len(chosen), _("1 paper"), _("{count} papers")),
        topics=plural(len(topics(config)), _("1 topic"), _("{count} topics")),
        subscriptions=plural(len(config.subscriptions), _("1 subscription"), _("{count} subscriptions")),
        channels=", ".join(sorted({name for one in config.subscriptions for name in jobs.channel_names(config, one)})),
    )
    source = str(config.source) if config.source.exists() else _("no file, built-in defaults")
    click.echo(_("{source}: all right: {counted}").format(source=source, counted=counted))


@click.command("demo", cls=SpokenCommand)
@click.option("--folder", default="demo", show_default=True, help="Where the mails and the database of the demonstration go.")
def demo(folder: str) -> None:
    """Show the whole job in under a minute, without internet: a small web, a crawl, a mail server, a digest.

    \b
    Example:
      tuantra demo
    """
    from crawler import logs  # noqa: PLC0415
    from crawler.demo import demonstrate  # noqa: PLC0415

    logs.configure(level="error", as_json=False)
    sys.exit(demonstrate(Path(folder)))
