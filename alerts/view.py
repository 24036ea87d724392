"""What a digest says, in the order in which it says it: plain text that the HTML and the text of a mail share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.coverage import CoverageView, coverage_view
from alerts.marks import Piece, pieces
from alerts.phrases import clock_time, phrases
from alerts.safe import harmless, one_line, web_link
from alerts.subscription import Language
from news.model import GRADES, Digest, Match, Origin, Part, StoredArticle, Story

_TITLE, _LEAD = 300, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """One paper's copy; `url` is empty where the address must not be followed."""

    paper: str
    title: str
    url: str
    times: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """One story with all its copies."""

    title: tuple[Piece, ...]
    url: str
    beside: str
    byline: str
    lead: tuple[Piece, ...]
    sentence: tuple[Piece, ...]
    tags: tuple[str, ...]
    carried: str
    copies: tuple[CopyView, ...]


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
    nothing: str
    coverage_title: str
    coverage: CoverageView
    footer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tongue:
    """How one digest names and dates things."""

    language: Language
    topic_names: Mapping[str, str]
    paper_names: Mapping[str, str]
    now: datetime

    def say(self, key: str, **values: object) -> str:
        return phrases(self.language)(key, **values)

    def time(self, moment: datetime, *, after: datetime | None = None) -> str:
        return clock_time(moment, self.language, self.now, after=after)

    def topic(self, key: str) -> str:
        return one_line(self.topic_names.get(key, key))

    def paper(self, key: str) -> str:
        return one_line(self.paper_names.get(key, key))


def view(digest: Digest, *, language: Language, topic_names: Mapping[str, str], paper_names: Mapping[str, str]) -> DigestView:
    """Say a digest in one language; topics and papers without a given name are called by their key."""
    tongue = _Tongue(language=language, topic_names=topic_names, paper_names=paper_names, now=digest.created)
    say = tongue.say
    topics = dict.fromkeys(match.topic for story in digest.stories for copy in story.articles for match in _relevant(copy))
    stories = tuple(
        _story(story, tongue, several_topics=len(topics) > 1, after=before)
        for before, story in zip((None, *digest.stories), digest.stories, strict=False)
    )
    coverage = coverage_view(digest.coverage, language=language, paper_names=paper_names, now=digest.created)
    count = {0: say("none"), 1: say("story")}.get(len(stories), say("stories", count=len(stories)))
    return DigestView(
        language=language,
        subject=_subject(digest, stories, count, tongue, degraded=bool(digest.coverage) and not coverage.complete),
        brand=say("brand"),
        headline=count[0].upper() + count[1:],
        about=", ".join(tongue.topic(key) for key in topics),
        period=say("period", since=tongue.time(digest.since), until=tongue.time(digest.created)),
        zone=say("zone"),
        stories=stories,
        nothing="" if stories else say("none_note"),
        coverage_title=say("coverage"),
        coverage=coverage,
        footer=say("why_you", subscription=harmless(digest.subscription)),
    )


def _subject(digest: Digest, stories: tuple[StoryView, ...], count: str, tongue: _Tongue, *, degraded: bool) -> str:
    subject = f"{tongue.say('brand')} {tongue.time(datetime.fromisoformat(digest.slot))}: {count}"
    if stories:
        return one_line(f"{subject} – " + "".join(piece.text for piece in stories[0].title))
    # Silence must not look like proof when we did not look.
    return one_line(f"{subject} ({tongue.say('coverage_degraded_short')})" if degraded else subject)


def _story(story: Story, tongue: _Tongue, *, several_topics: bool, after: Story | None) -> StoryView:
    main = next((copy for copy in story.articles if _relevant(copy)), story.articles[0])
    matches = [match for copy in story.articles for match in _relevant(copy)]
    tags = [tongue.topic(match.topic) for match in matches] if several_topics else []
    tags += [one_line(tag, 60) for match in matches for tag in match.tags]
    authors = next((copy.article.authors for copy in (main, *story.articles) if copy.article.authors), ())
    byline = [_origin(story.origin, tongue)] if story.origin.writer else []
    byline += [tongue.say("authors", names=one_line(", ".join(authors)))] if authors else []
    part: Part = "lead" if main.article.lead else "text"
    lead = main.article.lead or main.article.text.partition("\n")[0]
    count = len(story.articles)
    return StoryView(
        title=pieces(main.article.title, _spans(main, "title"), _TITLE),
        url=web_link(main.article.url),
        beside=tongue.say("same_event") if after and story.event_id is not None and after.event_id == story.event_id else "",
        byline=" · ".join(byline),
        lead=pieces(lead, _spans(main, part), _LEAD),
        sentence=_sentence(main, shown=f"{main.article.title}\n{lead}"),
        tags=tuple(dict.fromkeys(tags)),
        carried=tongue.say("copy") if count == 1 else tongue.say("copies", count=count),
        copies=tuple(_copy(copy, tongue) for copy in story.articles),
    )


def _origin(origin: Origin, tongue: _Tongue) -> str:
    name = one_line(origin.writer) if origin.kind == "agency" else tongue.paper(origin.writer)
    return tongue.say("origin", agency=name)


def _state(copy: StoredArticle, tongue: _Tongue) -> str:
    """What became of the copy since it was first seen: the gravest edit, and whether its page is gone."""
    grade = min((change.grade for past in copy.revisions for change in past.changes), key=GRADES.index, default=None)
    said = [tongue.say("edited", grade=tongue.say(f"grade_{grade}"))] if grade else []
    said += [tongue.say(f"gone_{copy.gone}")] if copy.gone else []
    return " · ".join(said)


def _copy(copy: StoredArticle, tongue: _Tongue) -> CopyView:
    published = copy.article.published
    said = tongue.say("published", time=tongue.time(published)) if published else tongue.say("published_unknown")
    seen = tongue.say("seen", time=tongue.time(copy.first_seen, after=published))
    return CopyView(
        paper=tongue.paper(copy.article.site),
        title=one_line(copy.article.title, _TITLE),
        url=web_link(copy.article.url),
        times=f"{said} · {seen}",
        state=_state(copy, tongue),
    )


def _relevant(copy: StoredArticle) -> tuple[Match, ...]:
    return tuple(match for match in copy.matches if match.relevant)


def _spans(copy: StoredArticle, part: Part) -> list[tuple[int, int]]:
    return [(span.start, span.end) for match in _relevant(copy) for span in match.evidence if span.part == part]


def _sentence(copy: StoredArticle, *, shown: str) -> tuple[Piece, ...]:
    """Quote the sentence that decided, with its words marked, unless the reader has it before the eyes already."""
    for match in _relevant(copy):
        sentence = match.sentence.strip()
        at = copy.article.text.find(sentence)
        if sentence and sentence not in shown:
            moved = [(start - at, end - at) for start, end in _spans(copy, "text")] if at >= 0 else []
            return pieces(sentence, moved, _LEAD)
    return ()
