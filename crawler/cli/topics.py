"""Commands that improve a topic: try a changed one, apply it to what is stored, gather what analysts say."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.cli.language import SpokenCommand, _, plural
from crawler.cli.options import DURATION, config_option, json_option
from crawler.cli.setup import config_group

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.trials.topic_trial import Sample

_LABELS = ("relevant", "irrelevant", "borderline")


@click.command("backtest", cls=SpokenCommand)
@click.argument("topic", metavar="TOPIC.toml")
@click.option(
    "--against", default="", metavar="FILE", help="Compare with this topic file; default: the configured topic of the same key."
)
@click.option(
    "--input",
    "labelled",
    default="",
    metavar="FILE",
    help="Try it on these labelled JSON lines (or .gz) instead of the stored articles.",
)
@click.option("--store", "store_too", is_flag=True, help="With --input: on the stored articles as well.")
@click.option("--since", type=DURATION, help="Stored articles first seen within this time, such as 90d; default: all.")
@config_option
@json_option
def backtest_command(
    topic: str, against: str, labelled: str, store_too: bool, since: timedelta | None, config_path: str | None, as_json: bool
) -> None:
    """Try a changed topic on stored or labelled articles: what it gains and loses, and how often it is right.

    \b
    Example:
      tuantra backtest my-topic.toml --since 90d
    """
    from crawler.config import load_config, load_topic  # noqa: PLC0415
    from crawler.trials import topic_trial  # noqa: PLC0415

    config = load_config(config_path)
    new = load_topic(Path(topic))
    old, called = topic_trial.other_topic(config, new, against)
    sources: list[Iterator[Sample]] = [topic_trial.labelled_samples(Path(labelled))] if labelled else []
    if store_too or not labelled:
        sources.append(_stored(config, new.key, since))
    trial = topic_trial.backtest(new, old, called, chain.from_iterable(sources)).row()
    if as_json:
        click.echo(json.dumps(trial, ensure_ascii=False))
    elif trial["articles"]:
        _trial_lines(trial)
    else:
        click.echo(_("No articles."), err=True)
    sys.exit(0 if trial["articles"] else 3)


@click.command("rematch", cls=SpokenCommand)
@click.option("--since", type=DURATION, help="Articles first seen within this time, such as 90d; default: all.")
@click.option("--topic", default="", metavar="KEY", help="Apply only this topic; what others found stays.")
@config_option
@json_option
def rematch_command(since: timedelta | None, topic: str, config_path: str | None, as_json: bool) -> None:
    """Apply the configured topics to the stored articles again; what is newly relevant among them is shown here and not mailed.

    \b
    Example:
      tuantra rematch --since 90d
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.trials import topic_trial  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        done = topic_trial.rematch(program, since=_start(program.clock(), since), key=topic)
    if as_json:
        click.echo(json.dumps(done, ensure_ascii=False))
    elif done["articles"]:
        _difference_lines(done)
        click.echo(
            _("{articles}, {changed}, {gained} gained, {lost} lost").format(
                articles=plural(done["articles"], _("1 article judged again"), _("{count} articles judged again")),
                changed=plural(done["changed"], _("1 verdict changed"), _("{count} verdicts changed")),
                gained=len(done["gained"]),
                lost=len(done["lost"]),
            )
        )
    else:
        click.echo(_("No articles."), err=True)
    sys.exit(0 if done["articles"] else 3)


@click.command("mark", cls=SpokenCommand)
@click.argument("url", default="", metavar="[URL]")
@click.argument("label", default="", metavar="[relevant|irrelevant|borderline|none]")
@click.option("--note", default="", help="Why, in your words.")
@click.option("--topic", default="", metavar="KEY", help="The topic it is said of; needed where several are configured.")
@click.option("--list", "listing", is_flag=True, help="Show what was marked, newest first.")
@config_option
@json_option
def mark_command(url: str, label: str, note: str, topic: str, listing: bool, config_path: str | None, as_json: bool) -> None:
    """Say whether an article belongs to the topic; `tuantra backtest` measures with what was marked. `none` takes a mark back.

    \b
    Example:
      tuantra mark https://vov.vn/chinh-tri/tin-post1234567.vov irrelevant --note "AFF Cup"
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.trials import topic_trial  # noqa: PLC0415

    asked = url.startswith(("http://", "https://")) and label in {*_LABELS, "none"}
    if listing == asked or (listing and url):
        raise click.UsageError(
            _("write: tuantra mark URL {labels}; or: tuantra mark --list").format(labels="|".join((*_LABELS, "none")))
        )
    with jobs.opened(load_config(config_path)) as program:
        if listing:
            found = [topic_trial.label_row(one) for one in program.store.labels.all(topic or None)]
            _mark_lines(found, as_json=as_json)
            sys.exit(0 if found else 3)
        done = topic_trial.mark(program, url, label, note=note, topic=topic)
    if as_json:
        click.echo(json.dumps(done, ensure_ascii=False))
    elif not done["done"]:
        click.echo(_("{url} was not marked.").format(url=done["url"]), err=True)
    else:
        click.echo(_("{url}: {label}").format(url=done["url"], label=label))
        if not done["stored"]:
            click.echo(_("The article is not stored, so backtest cannot read it."), err=True)
    sys.exit(0 if done["done"] else 3)


@config_group.command("schema", cls=SpokenCommand, key="config schema")
@click.argument("kind", type=click.Choice(["topic"]), default="topic")
def config_schema(kind: str) -> None:  # noqa: ARG001 - there is one kind so far
    """Print the JSON schema of a topic file, for an editor that checks and completes while one writes.

    \b
    Example:
      tuantra config schema topic > topic.schema.json
    """
    from pipelines.match import topic_schema  # noqa: PLC0415

    click.echo(json.dumps(topic_schema(), ensure_ascii=False, indent=2))


def _stored(config: "Config", key: str, since: timedelta | None) -> "Iterator[Sample]":
    from crawler import jobs  # noqa: PLC0415
    from crawler.trials import topic_trial  # noqa: PLC0415

    with jobs.opened(config) as program:
        yield from topic_trial.stored_samples(program, key, _start(program.clock(), since))


def _start(now: datetime, since: timedelta | None) -> datetime | None:
    return now - since if since else None


def _trial_lines(trial: Mapping[str, Any]) -> None:
    from crawler.trials.topic_trial import CONFIGURED  # noqa: PLC0415

    _difference_lines(trial)
    _item_lines(_("contradicts its label"), trial["mistaken"])
    against = trial["against"]
    if against is None:
        against = _("nothing: no topic of this key is configured")
    elif against == CONFIGURED:
        against = _("the configured topic")
    click.echo(
        _("{topic} on {articles}, compared with {against}: {gained} gained, {lost} lost").format(
            topic=trial["topic"],
            articles=plural(trial["articles"], _("1 article"), _("{count} articles")),
            against=against,
            gained=len(trial["gained"]),
            lost=len(trial["lost"]),
        )
    )
    if any(trial["labels"].values()):
        for name, row in (("", trial), *((month["month"], month) for month in trial["months"])):
            for which, figures in ((_("old"), row["old"]), (_("new"), row["new"])):
                if figures:
                    click.echo(_figures(f"{name or _('all labelled')} {which}", figures))


def _difference_lines(rows: Mapping[str, Any]) -> None:
    _item_lines(_("gained"), rows["gained"])
    _item_lines(_("lost"), rows["lost"])


def _item_lines(what: str, items: Sequence[Mapping[str, Any]]) -> None:
    for item in items:
        scores = " → ".join(f"{score:.2f}" if score is not None else "—" for score in (item["old_score"], item["score"]))
        label = f" [{item['label']}]" if item["label"] else ""
        click.echo(f"{what}: {scores}{label}  {item['title']}\n    {item['article']}")
        if item["sentence"]:
            click.echo(f"    {_('decided by')}: {item['sentence']}")


def _figures(name: str, figures: Mapping[str, Any]) -> str:
    shares = {key: "—" if figures[key] is None else f"{figures[key]:.3f}" for key in ("precision", "recall", "f1")}
    told = _("{name}: precision {precision}, recall {recall}, F1 {f1} ({found} found, {missed} missed, {wrong} wrong)")
    return told.format(name=name, found=figures["found"], missed=figures["missed"], wrong=figures["wrong"], **shares)


def _mark_lines(found: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif found:
        for one in found:
            note = f" — {one['note']}" if one["note"] else ""
            click.echo(f"{one['marked_at'][:10]}  {one['label']}  {one['topic']}  {one['url']}{note}")
            if one["title"]:
                click.echo(f"    {one['title']}")
    else:
        click.echo(_("Nothing is marked."), err=True)
