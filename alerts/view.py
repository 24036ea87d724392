"""What a digest says, in the order in which it says it: plain text that the HTML and the text of a mail share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from alerts.coverage import CoverageView, coverage_view
from alerts.glossary import Gloss, Glossary
from alerts.safe import harmless, one_line
from alerts.story_view import TITLE, CorrectedView, StoryView, corrected_view, story_view
from alerts.subscription import Language
from alerts.tag_names import TagTexts
from alerts.tongue import Tongue
from news.model import Digest

# A longer digest explains each term once: mail programs cut off what is longer than 102 kB.
_EXPLAINED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """Everything that a mail shows."""

    language: Language
    subject: str
    brand: str
    headline: str
    about: str
    period: str
    zone: str
    stories: tuple[StoryView, ...]
    terms_title: str
    nothing: str
    corrected_title: str
    archived: str
    corrected: tuple[CorrectedView, ...]
    latency: str
    coverage_title: str
    coverage: CoverageView
    footer: str


def view(
    digest: Digest,
    *,
    language: Language,
    topic_names: Mapping[str, str],
    paper_names: Mapping[str, str],
    tag_texts: Mapping[str, TagTexts],
    glossary: Glossary,
    archive: str = "",
) -> DigestView:
    """Say a digest in one language; topics and papers without a given name are called by their key."""
    tongue = Tongue(
        language=language,
        topic_names=topic_names,
        paper_names=paper_names,
        tag_texts=tag_texts,
        glossary=glossary,
        archive=archive,
        now=digest.created,
    )
    say = tongue.say
    topics = dict.fromkeys(match.topic for story in digest.stories for copy in story.articles for match in copy.relevant)
    stories = tuple(
        story_view(story, tongue, several_topics=len(topics) > 1, after=before)
        for before, story in zip((None, *digest.stories), digest.stories, strict=False)
    )
    if len(stories) > _EXPLAINED:
        stories = tuple(_explained_once(stories))
    coverage = coverage_view(digest.coverage, language=language, paper_names=paper_names, now=digest.created)
    if digest.kind == "immediate":
        coverage = replace(coverage, verdict="")  # an alert tells of its story alone
    count = _count(digest, tongue)
    return DigestView(
        language=language,
        subject=_subject(digest, stories, count, tongue, degraded=bool(digest.coverage) and not coverage.complete),
        brand=say("brand"),
        headline=count[0].upper() + count[1:],
        about=", ".join(tongue.topic(key) for key in topics),
        # An alert tells what has just been seen, whenever it was published: a period would only confuse.
        period=""
        if digest.kind == "immediate"
        else say("period", since=tongue.time(digest.since), until=tongue.time(digest.created)),
        zone=say("zone"),
        stories=stories,
        terms_title=say("terms"),
        nothing="" if stories or digest.corrected else say("none_note"),
        corrected_title=say("corrected"),
        archived=say("archived"),
        corrected=tuple(corrected_view(story, tongue) for story in digest.corrected),
        latency=_latency(digest, tongue),
        coverage_title=say("coverage"),
        coverage=coverage,
        footer=say("why_you", subscription=harmless(digest.subscription)),
    )


def _count(digest: Digest, tongue: Tongue) -> str:
    if digest.corrected and not digest.stories:
        return tongue.say("corrections", count=len(digest.corrected))
    count = {0: tongue.say("none"), 1: tongue.say("story")}.get(
        len(digest.stories), tongue.say("stories", count=len(digest.stories))
    )
    return tongue.say("alert", count=count) if digest.kind == "immediate" else count


def _latency(digest: Digest, tongue: Tongue) -> str:
    """How long the news took from the paper to the watch, and from there to this message."""
    first = (story.articles[0] for story in digest.stories)
    seen = [_minutes(copy.first_seen - copy.article.published) for copy in first if copy.article.published]
    told = [_minutes(digest.created - min(copy.first_seen for copy in story.articles)) for story in digest.stories]
    if not seen or not told:
        return ""
    figures = {"seen": round(median(seen)), "seen_worst": max(seen), "told": round(median(told)), "told_worst": max(told)}
    return tongue.say("latency", **figures)


def _minutes(length: timedelta) -> int:
    return max(0, round(length.total_seconds() / 60))


def _subject(digest: Digest, stories: tuple[StoryView, ...], count: str, tongue: Tongue, *, degraded: bool) -> str:
    subject = f"{tongue.say('brand')} {tongue.time(datetime.fromisoformat(digest.slot))}: {count}"
    titles = ["".join(piece.text for piece in story.title) for story in stories] or [
        one_line(story.articles[0].article.title, TITLE) for story in digest.corrected
    ]
    if titles:
        return one_line(f"{subject} – {titles[0]}")
    # Silence must not look like proof when we did not look.
    return one_line(f"{subject} ({tongue.say('coverage_degraded_short')})" if degraded else subject)


def _explained_once(stories: tuple[StoryView, ...]) -> Iterator[StoryView]:
    told: set[Gloss] = set()
    for story in stories:
        yield replace(story, terms=tuple(term for term in story.terms if term not in told))
        told.update(story.terms)
