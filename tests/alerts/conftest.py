"""Builders of the values that flow through the alerts, with plausible defaults."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.outbox import Outcome, Sent
from news.model import Article, Digest, Match, Message, Origin, SiteCoverage, Span, StoredArticle, Story
from news.store import Store, open_store
from tests.builders import fetched_page, grouping

NOW = datetime(2026, 11, 22, 0, 0, 5, tzinfo=UTC)
TITLE = "Việt Nam - Campuchia tăng cường hợp tác quốc phòng biên giới"
LEAD = "Bộ Quốc phòng hai nước thống nhất kế hoạch tuần tra chung năm 2027."
SENTENCE = "Hải quân Việt Nam và Hải quân Hoàng gia Campuchia sẽ tuần tra chung trên vùng nước lịch sử."


def spans(text: str, part: str, *words: str) -> tuple[Span, ...]:
    return tuple(
        Span(part=part, start=found.start(), end=found.end(), words=found[0], role="defence")
        for word in words
        for found in re.finditer(re.escape(word), text)
    )


def build_copy(
    key: int = 1, *, words: tuple[str, ...] = ("Campuchia",), tags: tuple[str, ...] = (), **changes: Any
) -> StoredArticle:
    plain = {
        "site": "thanhnien",
        "url": f"https://thanhnien.vn/hop-tac-quoc-phong-{key}.htm",
        "title": TITLE,
        "lead": LEAD,
        "text": f"Sáng 21/11, hai đoàn đã hội đàm tại Phnom Penh.\n{SENTENCE}",
        "authors": ("Mai Hà",),
        "agency": "TTXVN",
        "published": datetime(2026, 11, 21, 10, 40, tzinfo=UTC),
    } | changes
    fields = {name: plain.pop(name) for name in list(plain) if name in Article.__slots__}
    article = Article(**{"canonical_url": fields["url"], **fields})
    verdict = Match(
        topic=plain.get("topic", "vietnam-cambodia-defence"),
        score=plain.get("score", 0.9),
        relevant=plain.get("relevant", True),
        sentence=plain.get("sentence", SENTENCE),
        evidence=(
            *spans(article.title, "title", *words),
            *spans(article.lead, "lead", *words),
            *spans(article.text, "text", *words),
        ),
        tags=tags,
    )
    seen = plain.get("first_seen", datetime(2026, 11, 21, 10, 55, tzinfo=UTC))
    return StoredArticle(
        id=key, article=article, first_seen=seen, fetched=seen, story_id=plain.get("story_id", 1), joined="", matches=(verdict,)
    )


def build_story(*copies: StoredArticle, key: int = 1) -> Story:
    copies = copies or (build_copy(key),)
    agency = next((copy.article.agency for copy in copies if copy.article.agency), None)
    return Story(id=key, articles=copies, origin=Origin(writer=agency, kind="agency") if agency else Origin())


def build_digest(*stories: Story, **changes: Any) -> Digest:
    return Digest(
        **{
            "subscription": "analysts",
            "slot": "2026-11-22T07:00+07:00",
            "created": NOW,
            "since": datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
            "stories": stories,
            "coverage": (watched("thanhnien"), watched("vov")),
        }
        | changes
    )


def watched(site: str, **changes: Any) -> SiteCoverage:
    return SiteCoverage(**{"site": site, "polls": 28, "failed": 0, "state": "ok", "last_success": NOW} | changes)


def put(store: Store, copy: StoredArticle, *, story: int | None = None) -> StoredArticle:
    """Store an article as the pipelines would, in its own story or in a given one."""
    added = store.articles.add(
        copy.article,
        page=fetched_page(copy.article.canonical_url, site=copy.article.site, fetched=copy.fetched),
        matches=copy.matches,
        bands=(),
        grouping=grouping(story),
        first_seen=copy.first_seen,
        outcome="article",
    )
    assert added is not None
    return added


class Recorder:
    """A channel that takes everything, or answers as it is told to."""

    name = "email"

    def __init__(self, answer: Callable[[Message], Outcome] = lambda _message: Sent(reply="250 ok")) -> None:
        self.answer = answer
        self.messages: list[Message] = []

    @contextmanager
    def session(self) -> Iterator[Callable[[Message], Outcome]]:
        def send(message: Message) -> Outcome:
            self.messages.append(message)
            return self.answer(message)

        yield send


@pytest.fixture(scope="session")
def build() -> SimpleNamespace:
    return SimpleNamespace(
        NOW=NOW,
        TITLE=TITLE,
        LEAD=LEAD,
        SENTENCE=SENTENCE,
        Recorder=Recorder,
        copy=build_copy,
        digest=build_digest,
        put=put,
        spans=spans,
        story=build_story,
        watched=watched,
        minutes=lambda count: timedelta(minutes=count),
    )


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrations run once; every test gets a copy of what they made."""
    path = tmp_path_factory.mktemp("database") / "fresh.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(tmp_path: Path, fresh_database: Path) -> Iterator[Store]:
    copyfile(fresh_database, tmp_path / "tuantra.db")
    opened = open_store(f"sqlite:///{tmp_path}/tuantra.db")
    yield opened
    opened.close()
