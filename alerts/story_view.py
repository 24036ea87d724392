"""What a digest says of one story: plain text that the HTML and the text of a mail share."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.glossary import Gloss
from alerts.marks import Piece, pieces
from alerts.safe import one_line, web_link
from alerts.tongue import Tongue
from news.model import GRADES, Change, Origin, Part, StoredArticle, Story

TITLE = 300
_LEAD = 600
_WORDS, _MOST_LINES = 120, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """One paper's copy; `url` is empty where the address must not be followed, `archived` where no archive is served."""

    paper: str
    title: str
    url: str
    times: str
    state: str
    archived: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedView:
    """A story told before, and what its papers have changed since, a line each, the gravest first."""

    title: str
    url: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """One story with all its copies."""

    title: tuple[Piece, ...]
    url: str
    beside: str
    byline: str
    lead: tuple[Piece, ...]
    sentence: tuple[Piece, ...]
    terms: tuple[Gloss, ...]
    tags: tuple[str, ...]
    carried: str
    copies: tuple[CopyView, ...]


def story_view(story: Story, tongue: Tongue, *, several_topics: bool, after: Story | None) -> StoryView:
    """Say one story; `after` is the one that stands before it."""
    main = next((copy for copy in story.articles if copy.relevant), story.articles[0])
    matches = [match for copy in story.articles for match in copy.relevant]
    tags = [tongue.topic(match.topic) for match in matches] if several_topics else []
    tags = list(dict.fromkeys(tags + [tag for match in matches for tag in tongue.tags(match)]))
    authors = next((copy.article.authors for copy in (main, *story.articles) if copy.article.authors), ())
    byline = [_origin(story.origin, tongue)] if story.origin.writer else []
    byline += [tongue.say("authors", names=one_line(", ".join(authors)))] if authors else []
    part: Part = "lead" if main.article.lead else "text"
    lead = main.article.lead or main.article.text.partition("\n")[0]
    count = len(story.articles)
    title = pieces(main.article.title, _spans(main, "title"), TITLE)
    passage = pieces(lead, _spans(main, part), _LEAD)
    sentence = _sentence(main, shown=f"{main.article.title}\n{lead}")
    shown = "\n".join("".join(piece.text for piece in text) for text in (title, passage, sentence))
    return StoryView(
        title=title,
        url=web_link(main.article.url),
        beside=tongue.say("same_event") if after and story.event_id is not None and after.event_id == story.event_id else "",
        byline=" · ".join(byline),
        lead=passage,
        sentence=sentence,
        terms=tongue.terms(main, "\n".join((shown, *tags))),
        tags=tuple(tags),
        carried=tongue.say("copy") if count == 1 else tongue.say("copies", count=count),
        copies=tuple(_copy(copy, tongue) for copy in story.articles),
    )


def _origin(origin: Origin, tongue: Tongue) -> str:
    name = one_line(origin.writer) if origin.kind == "agency" else tongue.paper(origin.writer)
    return tongue.say("origin", agency=name)


def _state(copy: StoredArticle, tongue: Tongue) -> str:
    """What became of the copy since it was first seen: the gravest edit, and whether its page is gone."""
    grade = min((change.grade for past in copy.revisions for change in past.changes), key=GRADES.index, default=None)
    said = [tongue.say("edited", grade=tongue.say(f"grade_{grade}"))] if grade else []
    said += [tongue.say(f"gone_{copy.gone}")] if copy.gone else []
    return " · ".join(said)


def _copy(copy: StoredArticle, tongue: Tongue) -> CopyView:
    published = copy.article.published
    said = tongue.say("published", time=tongue.time(published)) if published else tongue.say("published_unknown")
    seen = tongue.say("seen", time=tongue.time(copy.first_seen, after=published))
    return CopyView(
        paper=tongue.paper(copy.article.site),
        title=one_line(copy.article.title, TITLE),
        url=web_link(copy.article.url),
        times=f"{said} · {seen}",
        state=_state(copy, tongue),
        archived=web_link(tongue.archive + copy.article.url) if tongue.archive else "",
    )


def _spans(copy: StoredArticle, part: Part) -> list[tuple[int, int]]:
    return [(span.start, span.end) for match in copy.relevant for span in match.evidence if span.part == part]


def _sentence(copy: StoredArticle, *, shown: str) -> tuple[Piece, ...]:
    """Quote the sentence that decided, with its words marked, unless the reader has it before the eyes already."""
    for match in copy.relevant:
        sentence = match.sentence.strip()
        at = copy.article.text.find(sentence)
        if sentence and sentence not in shown:
            moved = [(start - at, end - at) for start, end in _spans(copy, "text")] if at >= 0 else []
            return pieces(sentence, moved, _LEAD)
    return ()


def corrected_view(story: Story, tongue: Tongue) -> CorrectedView:
    """Say what the readers were not told of a story yet: all that it holds."""
    main = next((copy for copy in story.articles if copy.relevant), story.articles[0])
    graver = sorted((line for copy in story.articles for line in _news(copy, tongue)), key=lambda line: line[0])
    lines = [line for _, line in graver[:_MOST_LINES]]
    if len(graver) > _MOST_LINES:
        lines.append(tongue.say("corrected_more", count=len(graver) - _MOST_LINES))
    return CorrectedView(title=one_line(main.article.title, TITLE), url=web_link(main.article.url), lines=tuple(lines))


def _news(copy: StoredArticle, tongue: Tongue) -> Iterator[tuple[int, str]]:
    """What became of one copy, a line each, with its place among the grave."""
    paper = tongue.paper(copy.article.site)
    if copy.gone:
        yield -1, f"{paper}: {tongue.say(f'gone_{copy.gone}')}"
    if copy.back:
        yield -1, f"{paper}: {tongue.say('back')}"
    for past in copy.revisions:
        yield from ((GRADES.index(change.grade), f"{paper}: {_change(change, tongue)}") for change in past.changes)


def _change(change: Change, tongue: Tongue) -> str:
    before, after = one_line(change.before, _WORDS), one_line(change.after, _WORDS)
    if not before or not after:
        key, words = ("added", after) if after else ("dropped", before)
        return tongue.say(key, grade=tongue.say(f"grade_{change.grade}"), words=words)
    return tongue.say("replaced", grade=tongue.say(f"grade_{change.grade}"), before=before, after=after)
