"""Writes a digest that shows everything a digest can show, with invented news: `python bench/sample.py OUT.html [vi|en]`.

For looking at it: chromium --headless --screenshot=docs/digest-800.png --window-size=800,2200 OUT.html
"""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from alerts.deliver import Letterhead
from alerts.render import render
from alerts.subscription import Language
from crawler.config import Config
from crawler.jobs import letterhead
from news.model import Article, Change, Digest, Match, Origin, Part, Revision, SiteCoverage, Span, StoredArticle, Story

NOW = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
TOPIC = "vietnam-cambodia-defence"
DIALOGUE = "Đối thoại chính sách quốc phòng Việt Nam - Campuchia lần thứ 9 tại Hà Nội"
PATROL = "Hải quân Việt Nam và Campuchia tuần tra chung lần thứ 81"


def spans(part: Part, text: str, *words: str) -> tuple[Span, ...]:
    return tuple(
        Span(part=part, start=found.start(), end=found.end(), words=found[0], role="act")
        for word in words
        for found in re.finditer(word, text)
    )


def copy(
    number: int,
    site: str,
    title: str,
    lead: str,
    *,
    hours: float,
    words: tuple[str, ...],
    tags: tuple[str, ...] = (),
    **more: object,
) -> StoredArticle:
    url = f"https://{site}.vn/quan-su-quoc-phong/bai-viet-{number}.html"
    agency = cast("str | None", more.pop("agency", None))
    published = NOW - timedelta(hours=hours)
    article = Article(
        site=site, url=url, canonical_url=url, title=title, lead=lead, text=lead, agency=agency, published=published
    )
    evidence = (*spans("title", title, *words), *spans("lead", lead, *words))
    verdict = Match(topic=TOPIC, score=0.9, relevant=True, evidence=evidence, tags=tags)
    seen = published + timedelta(minutes=9 + 7 * number)
    plain = StoredArticle(id=number, article=article, first_seen=seen, fetched=seen, story_id=1, joined="", matches=(verdict,))
    return plain if not more else _with(plain, **more)


def _with(plain: StoredArticle, **more: object) -> StoredArticle:
    from dataclasses import replace  # noqa: PLC0415

    return replace(plain, **more)  # type: ignore[arg-type]


def digest() -> Digest:
    lead = "Ngày 21/11, tại Hà Nội, Thượng tướng Nguyễn Văn An, Thứ trưởng Bộ Quốc phòng Việt Nam và Đại tướng Sok Dara, Quốc vụ khanh Bộ Quốc phòng Campuchia, đồng chủ trì Đối thoại."
    tags = ("đối thoại", "đối thoại chính sách quốc phòng lần thứ 9", "cấp thứ trưởng", "Hà Nội")
    words = ("Đối thoại", "Bộ Quốc phòng", "Campuchia")
    rank = Change(part="text", grade="rank", before="Trung tướng", after="Thượng tướng")
    number = Change(part="text", grade="number", before="12", after="15")
    first = copy(1, "vietnamplus", DIALOGUE, lead, hours=10, words=words, tags=tags, agency="TTXVN")
    past = Revision(article=first.article, seen=first.fetched, replaced=NOW - timedelta(hours=2), changes=(rank, number))
    dialogue = Story(
        id=1,
        articles=(
            first,
            copy(
                2,
                "vov",
                "Việt Nam - Campuchia đối thoại chính sách quốc phòng",
                lead,
                hours=9,
                words=words,
                agency="TTXVN",
                revisions=(past,),
            ),
            copy(
                3,
                "thanhnien",
                "Đối thoại quốc phòng Việt Nam - Campuchia lần 9",
                lead,
                hours=8,
                words=words,
                agency="TTXVN",
                gone="deleted",
                gone_at=NOW,
            ),
        ),
        origin=Origin(writer="TTXVN", kind="agency"),
        event_id=1,
    )
    own = Story(
        id=2,
        articles=(
            copy(
                4,
                "qdnd",
                "Hai Thứ trưởng Quốc phòng hội đàm trước Đối thoại",
                "Trước phiên Đối thoại, hai Thứ trưởng đã hội đàm về hợp tác biên giới và quy tập hài cốt liệt sĩ.",
                hours=11,
                words=("Đối thoại", "biên giới"),
            ),
        ),
        origin=Origin(writer="qdnd", kind="paper"),
        event_id=1,
    )
    patrol = Story(
        id=3,
        articles=(
            copy(
                5,
                "tienphong",
                PATROL,
                "Biên đội tàu của Vùng 5 Hải quân và cảng Sihanoukville, Hải quân Hoàng gia Campuchia, bắt đầu tuần tra chung trên vùng nước lịch sử.",
                hours=4,
                words=("tuần tra chung", "Hải quân"),
                tags=("tuần tra chung lần thứ 81", "hải quân", "cấp quân khu"),
            ),
        ),
    )
    before = copy(
        6, "plo", "Bộ đội Biên phòng Tây Ninh giao lưu với lực lượng bảo vệ biên giới Svay Rieng", "", hours=40, words=()
    )
    fixed = Revision(article=before.article, seen=before.fetched, replaced=NOW - timedelta(hours=1), changes=(
        Change(part="lead", grade="name", before="Đại tá Lê Văn Bình", after="Đại tá Lê Văn Bính"),
        Change(part="text", grade="date", before="19/11", after="20/11"),
    ))  # fmt: skip
    told = Story(id=4, articles=(_with(before, revisions=(fixed,)),))
    coverage = (
        *(
            SiteCoverage(site=site, polls=48, failed=0, state="ok")
            for site in ("qdnd", "thanhnien", "tienphong", "vietnamplus", "vov")
        ),
        SiteCoverage(site="plo", polls=44, failed=4, state="ok", missed=timedelta(minutes=52)),
        SiteCoverage(
            site="nhandan", polls=48, failed=0, state="silent", detail="newest item 2026-11-21 02:10 UTC", last_success=NOW
        ),
        SiteCoverage(
            site="tuoitre",
            polls=9,
            failed=9,
            state="challenge",
            detail="challenge",
            missed=timedelta(minutes=620),
            last_success=NOW - timedelta(hours=11),
        ),
    )
    return Digest(
        subscription="analysts", slot="2026-11-22T07:00+07:00", created=NOW, since=NOW - timedelta(hours=14),
        stories=(patrol, dialogue, own), corrected=(told,), coverage=coverage,
    )  # fmt: skip


def main() -> None:
    out, language = Path(sys.argv[1]), cast("Language", sys.argv[2] if len(sys.argv) > 2 else "vi")
    head: Letterhead = letterhead(Config(), language)
    shown = render(
        digest(), language=language, topic_names=head.topic_names, paper_names=head.paper_names, tag_texts=head.tag_texts, glossary=head.glossary,
    )  # fmt: skip
    out.write_text(shown.html, encoding="utf-8")
    print(shown.subject)
    print(shown.text)


if __name__ == "__main__":
    main()
