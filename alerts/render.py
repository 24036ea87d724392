"""How a digest looks: HTML and text for people, JSON for programs."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import accumulate
from typing import Any

import msgspec
from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from alerts.coverage import complete
from alerts.glossary import Glossary
from alerts.marks import Piece
from alerts.story_view import CorrectedView, StoryView
from alerts.subscription import Language
from alerts.tag_names import TagTexts
from alerts.view import DigestView, view
from news.model import Digest, StoredArticle, Story

_WIDTH = 76
_NOTE = 3500  # characters; chats take between 2,000 and 4,096


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One digest in every format, rendered once for all recipients."""

    subject: str
    html: str
    text: str
    json: str
    note: str
    feed: str


def render(
    digest: Digest,
    *,
    language: Language,
    topic_names: Mapping[str, str],
    paper_names: Mapping[str, str],
    tag_texts: Mapping[str, TagTexts] | None = None,
    glossary: Glossary | None = None,
    archive: str = "",
) -> Rendered:
    """Render a digest in one language; the same digest always renders to the same text."""
    said = view(
        digest,
        language=language,
        topic_names=topic_names,
        paper_names=paper_names,
        tag_texts=tag_texts or {},
        glossary=glossary or Glossary(),
        archive=archive,
    )
    return Rendered(
        subject=said.subject,
        html=_html(said),
        text=_text(said),
        json=_json(digest, said.subject),
        note=_note(said),
        feed=_feed(digest, said),
    )


def _html(said: DigestView) -> str:
    return _inliner().inline(_template().render(digest=said))


@cache
def _template() -> Template:
    # Nothing that a page says is ever markup: matched words come as runs of text, and the template marks them.
    environment = Environment(
        loader=PackageLoader("alerts"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("digest.html")


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def _text(said: DigestView) -> str:
    return "\n".join(_lines(said)) + "\n"


def _lines(said: DigestView) -> Iterator[str]:
    yield f"{said.brand.upper()} – {said.headline}"
    yield from filter(None, (*_wrapped(said.about), said.period, said.zone))
    if said.nothing:
        yield from ("", said.nothing)
    for number, story in enumerate(said.stories, start=1):
        yield from ("", "", *_wrapped(_marked(story.title), f"{number}. ", "   "))
        yield from _wrapped(f"({story.beside})" if story.beside else "", "   ")
        yield from _story_lines(story, said.terms_title)
    if said.corrected:
        yield from ("", "", f"-- {said.corrected_title}")
    for changed in said.corrected:
        yield from ("", *_wrapped(changed.title, "   "), *([f"   {changed.url}"] if changed.url else []))
        for line in changed.lines:
            yield from _wrapped(line, "   - ", "     ")
    coverage = said.coverage
    if coverage.verdict == "":
        yield from ("", *_wrapped(said.footer))
        return
    yield from ("", "", f"-- {said.coverage_title}: {coverage.verdict}", *_wrapped(coverage.figures))
    for trouble in coverage.troubles:
        yield from _wrapped(f"{trouble.paper}: {trouble.reason}", "- ", "  ")
    yield from (*_wrapped(coverage.good), *_wrapped(coverage.made_up), *_wrapped(said.latency), "", *_wrapped(said.footer))


def _story_lines(story: StoryView, terms_title: str) -> Iterator[str]:
    yield from _wrapped(story.byline, "   ")
    for passage in (_marked(story.lead), f"“{_marked(story.sentence)}”" if story.sentence else ""):
        if passage:
            yield from ("", *_wrapped(passage, "   "))
    if story.terms:
        terms = "; ".join(f"{term.term} – {term.english}" for term in story.terms)
        yield from ("", *_wrapped(f"{terms_title}: {terms}", "   "))
    if story.tags:
        yield from ("", *_wrapped(" ".join(f"[{tag}]" for tag in story.tags), "   "))
    yield from ("", f"   {story.carried}:")
    for copy in story.copies:
        yield from (
            *_wrapped(f"{copy.paper}: {copy.title}", "   - ", "     "),
            *_wrapped(" · ".join(filter(None, (copy.times, copy.state))), "     "),
        )
        yield from (f"     {url}" for url in (copy.url, copy.archived) if url)


def _marked(text: Iterable[Piece]) -> str:
    return "".join(f"*{piece.text}*" if piece.marked else piece.text for piece in text)


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _json(digest: Digest, subject: str) -> str:
    document = {
        "subscription": digest.subscription,
        "slot": digest.slot,
        "subject": subject,
        "created": digest.created,
        "since": digest.since,
        "kind": digest.kind,
        "stories": [_story_json(story) for story in digest.stories],
        "corrected": [_story_json(story) for story in digest.corrected],
        "coverage": {"complete": complete(digest.coverage), "papers": digest.coverage},
    }
    return _json_of(document, indent=2)


def _story_json(story: Story) -> dict[str, Any]:
    return {
        "id": story.id,
        "event": story.event_id,
        "origin": story.origin.writer or None,
        "articles": [_article_json(copy) for copy in story.articles],
    }


def _article_json(copy: StoredArticle) -> dict[str, Any]:
    article = copy.article
    return {
        "site": article.site,
        "url": article.url,
        "title": article.title,
        "lead": article.lead,
        "authors": article.authors,
        "agency": article.agency,
        "published": article.published,
        "first_seen": copy.first_seen,
        "edits": [{"at": past.replaced, "changes": past.changes} for past in copy.revisions],
        "gone": copy.gone,
        "back": copy.back,
        "topics": [
            {"topic": match.topic, "score": match.score, "sentence": match.sentence, "tags": match.tags}
            for match in copy.matches
            if match.relevant
        ],
    }


def _note(said: DigestView) -> str:
    """A few lines for a chat: headlines with their addresses, as many as fit."""
    lines = [
        *(f"• {_plain(story.title)}\n  {story.url}" for story in said.stories),
        *(f"✎ {story.title}: {'; '.join(story.lines)}\n  {story.url}" for story in said.corrected),
    ]
    if said.coverage.warning:
        lines.append(said.coverage.warning)
    shown = list(accumulate((len(line) + 1 for line in lines), initial=0))
    fitting = sum(length <= _NOTE for length in shown[1:])
    left = len(lines) - fitting
    body = "\n".join((*lines[:fitting], *([f"… +{left}"] if left else []))) or said.nothing
    return _json_of({"title": said.subject, "body": body})


def _feed(digest: Digest, said: DigestView) -> str:
    """An entry a story, under a name that stays; what was changed in an earlier one is an entry of its own."""
    entries = [_entry(story, shown, digest) for story, shown in zip(digest.stories, said.stories, strict=True)]
    entries += [
        _corrected_entry(story, shown, digest, said.corrected_title)
        for story, shown in zip(digest.corrected, said.corrected, strict=True)
    ]
    document = {
        "subscription": digest.subscription,
        "title": f"{said.brand}: {said.about or digest.subscription}",
        "language": said.language,
        "updated": digest.created,
        "entries": entries,
    }
    return _json_of(document)


def _entry(story: Story, shown: StoryView, digest: Digest) -> dict[str, Any]:
    copies = "".join(
        f"<li><b>{escape(copy.paper)}</b>: " + (f'<a href="{escape(copy.url)}">{escape(copy.title)}</a>' if copy.url else escape(copy.title))
        + f" ({escape(copy.times)})</li>"
        for copy in shown.copies
    )  # fmt: skip
    return {
        "id": f"urn:tuantra:story:{story.id}",
        "title": _plain(shown.title),
        "url": shown.url,
        "summary": _plain(shown.lead),
        "html": f"<p>{escape(_plain(shown.lead))}</p><p>{escape(shown.byline)}</p><ul>{copies}</ul>",
        "published": story.began,
        "updated": digest.created,
        "authors": next((copy.article.authors for copy in story.articles if copy.article.authors), ()),
        "tags": shown.tags,
    }


def _corrected_entry(story: Story, shown: CorrectedView, digest: Digest, heading: str) -> dict[str, Any]:
    return {
        "id": f"urn:tuantra:story:{story.id}:changed:{digest.slot}",
        "title": f"{heading}: {shown.title}",
        "url": shown.url,
        "summary": "; ".join(shown.lines),
        "html": f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in shown.lines)}</ul>",
        "published": digest.created,
        "updated": digest.created,
        "authors": (),
        "tags": (),
    }


def _plain(text: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in text)


def _json_of(document: dict[str, Any], *, indent: int | None = None) -> str:
    """JSON in Vietnamese letters; what is no character becomes a question mark."""
    text = json.dumps(msgspec.to_builtins(document), ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "replace").decode()
