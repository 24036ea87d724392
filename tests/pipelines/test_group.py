import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.model import Article, StoredArticle
from pipelines.duplicates import bands, nearest
from pipelines.group import Placement, differences, place

SHARED = Path(__file__).parents[3] / "shared" / "corpus"
DAY = datetime(2026, 1, 20, 3, tzinfo=UTC)
PARAGRAPHS = (
    "Ngày 20/1, tại Phnom Penh, Đại tướng Phan Văn Giang và Đại tướng Tea Seiha chủ trì Đối thoại chính sách quốc phòng lần thứ 7.",
    "Hai bên đánh giá hợp tác quốc phòng giữa quân đội hai nước thời gian qua được triển khai toàn diện và thực chất.",
    "Đội K53 đã quy tập được 15 hài cốt liệt sĩ tại tỉnh Ratanakiri và bàn giao cho địa phương trong mùa khô vừa qua.",
    "Bộ trưởng Tea Seiha cảm ơn nhân dân Việt Nam đã giúp Campuchia thoát khỏi chế độ diệt chủng và hồi sinh đất nước.",
    "Hai bộ trưởng nhất trí sẽ tiếp tục duy trì cơ chế đối thoại, mở rộng hợp tác quân y, an ninh mạng và công nghiệp quốc phòng.",
    "Dự buổi hội đàm có 120 đại biểu là lãnh đạo Bộ Tổng Tham mưu, Tổng cục Chính trị và các cơ quan chức năng của hai bộ.",
    "Trước đó đoàn đã đặt vòng hoa tại Tượng đài Hữu nghị và chào xã giao Thủ tướng Vương quốc Campuchia Hun Manet.",
    "Chiều cùng ngày, đoàn thăm Học viện Quốc phòng và trao tặng trang thiết bị thông tin cho quân đội nước bạn.",
)
TWIN = (("20/1", "15/3"), ("lần thứ 7", "lần thứ 8"), ("15 hài cốt", "22 hài cốt"), ("Phan Văn Giang", "Nguyễn Tân Cương"))
ADDED = "Báo chí trong và ngoài nước cũng đã đưa tin về sự kiện được dư luận hai nước quan tâm này."


def article(
    paragraphs: Iterable[str] = PARAGRAPHS, *, title: str = "", lead: str = "", published: datetime | None = DAY
) -> Article:
    return Article(
        site="a.vn",
        url="https://a.vn/1",
        canonical_url="https://a.vn/1",
        title=title,
        lead=lead,
        text="\n".join(paragraphs),
        published=published,
    )


def stored(of: Article, number: int = 1, story: int | None = None) -> StoredArticle:
    return StoredArticle(
        id=number, article=of, first_seen=DAY, fetched=DAY, story_id=number if story is None else story, joined=""
    )


def changed(*changes: tuple[str, str], paragraphs: Iterable[str] = PARAGRAPHS) -> list[str]:
    text = "\n".join(paragraphs)
    for before, after in changes:
        text = text.replace(before, after)
    return text.split("\n")


def joins(new: Article, old: Article) -> bool:
    one, other = (place(a, [stored(b)]).story_id is not None for a, b in ((new, old), (old, new)))
    assert one == other, "the order of arrival must not matter"
    return one


def stories(articles: Sequence[Article]) -> list[int]:
    """Place them one after the other, as the store does: candidates share a band, merged stories take one number."""
    by_band: dict[int, list[int]] = defaultdict(list)
    story: list[int] = []
    for number, new in enumerate(articles):
        keys = bands(new)
        near = nearest(Counter(i for key in keys for i in by_band[key]))
        placed = place(new, [stored(articles[i], i, story[i]) for i in near])
        story.append(number if placed.story_id is None else placed.story_id)
        story = [story[number] if s in placed.merges else s for s in story]
        for key in keys:
            by_band[key].append(number)
    return story


def partition(articles: Sequence[Article], order: Iterable[int]) -> frozenset[frozenset[int]]:
    order = list(order)
    together = defaultdict(set)
    for number, story in zip(order, stories([articles[i] for i in order]), strict=True):
        together[story].add(number)
    return frozenset(frozenset(members) for members in together.values())


COPIES = [
    article(title="Đối thoại chính sách quốc phòng Việt Nam - Campuchia"),
    article(PARAGRAPHS[:4], lead="Bộ trưởng Quốc phòng hai nước vừa có cuộc hội đàm."),
    article([*PARAGRAPHS[:6], ADDED], title="Việt Nam, Campuchia thắt chặt hợp tác"),
    article([ADDED, *PARAGRAPHS]),
    article(changed(("20/1", "20.1"), ("liệt sĩ", "liệt sỹ"), ("Campuchia", "Cam-pu-chia"), ("hoà", "hòa"))),
    article(["Phnom Penh (TTXVN) - " + PARAGRAPHS[0], *PARAGRAPHS[1:], "Theo TTXVN"]),
]
TWINS = [
    article(changed(*TWIN), published=DAY + timedelta(days=54)),
    article(changed(*TWIN, paragraphs=PARAGRAPHS[:5]), published=DAY + timedelta(days=55)),
]


@pytest.mark.parametrize("one", range(len(COPIES)))
@pytest.mark.parametrize("other", range(len(COPIES)))
def test_every_copy_of_one_text_joins_every_other(one, other):
    assert joins(COPIES[one], COPIES[other])


def test_a_copy_weeks_later_joins():
    assert joins(article(PARAGRAPHS[:5], published=DAY + timedelta(weeks=6)), article())


@pytest.mark.parametrize("change", [*TWIN, ("120 đại biểu", "130 đại biểu"), ("Đại tướng Tea", "Thượng tướng Tea")])
@pytest.mark.parametrize("kept", [8, 5])
def test_a_correction_of_one_fact_on_the_same_days_joins(change, kept):
    assert joins(article(changed(change)[:kept], published=DAY + timedelta(hours=30)), article())


@pytest.mark.parametrize("change", TWIN)
def test_one_fact_of_a_series_keeps_texts_apart_that_are_weeks_apart(change):
    assert not joins(article(changed(change), published=DAY + timedelta(weeks=3)), article())


def test_another_place_keeps_texts_apart_that_are_weeks_apart():
    assert not joins(article(changed(("Ratanakiri", "Mondulkiri")), published=DAY + timedelta(weeks=3)), article())


@pytest.mark.parametrize("published", [DAY, None, DAY + timedelta(days=365)])
def test_last_years_twin_stays_apart_whatever_its_date_of_publication(published):
    assert not joins(article(changed(*TWIN), published=published), article())


def test_a_correction_joins_where_the_page_has_no_date():
    assert joins(article(changed(("120 đại biểu", "130 đại biểu")), published=None), article())


def test_ordinals_in_words_and_figures_are_the_same_fact():
    weeks_later = DAY + timedelta(weeks=3)
    assert joins(article(changed(("lần thứ 7", "lần thứ bảy")), published=weeks_later), article())
    assert not joins(article(changed(("lần thứ 7", "lần thứ tám")), published=weeks_later), article())


def test_another_text_on_the_same_event_stays_apart():
    own = article(
        [
            "Chuyến thăm của Bộ trưởng Quốc phòng Phan Văn Giang mở ra một chương mới, theo giới quan sát ở thủ đô nước bạn.",
            "Nhiều cựu binh chờ từ sáng sớm trước Tượng đài Hữu nghị để gặp lại đồng đội cũ từng chiến đấu bên nhau.",
            PARAGRAPHS[1],
            "Ông Sok Phal, 68 tuổi, nói rằng ông chưa bao giờ quên những người lính tình nguyện đã cứu gia đình ông năm 1979.",
        ]
    )
    assert not joins(own, article())


def test_a_later_report_that_repeats_the_background_stays_apart():
    later = [
        f"Sáng nay cơ quan chức năng công bố kết luận số {n} về vụ việc gây chú ý, với nhiều tình tiết chưa từng được nêu."
        for n in range(1, 9)
    ]
    background = PARAGRAPHS[3:]
    assert not joins(article([*later, *background]), article())


def test_a_brief_joins_the_text_whose_beginning_it_is():
    long = [
        *PARAGRAPHS,
        *(f"Đoạn nói thêm thứ {n} về lịch sử quan hệ hai nước, {n} năm gắn bó keo sơn của vùng {n}." for n in range(30, 60)),
    ]
    assert joins(article(PARAGRAPHS[:1]), article(long))


def test_a_roundup_does_not_make_one_story_of_its_items():
    items = [
        [f"{word} {sentence}" for sentence in PARAGRAPHS[n : n + 2]]
        for n, word in ((1, "Một là"), (3, "Hai là"), (5, "Ba là"), (6, "Bốn"))
    ]
    articles = [*map(article, items), article([sentence for item in items for sentence in item])]
    assert len(set(stories(articles)[:4])) == 4


@pytest.mark.parametrize(
    ("one", "other", "same"), [("lãnh đạo hai nước", "lãnh đạo hai nước", True), ("lực lượng", "hải quân", False)]
)
def test_very_short_texts_join_only_where_nearly_identical(one, other, same):
    text = "Hình ảnh chuyến thăm chính thức Vương quốc Campuchia của {} trong tuần qua."
    assert joins(article([text.format(one)]), article([text.format(other)])) is same


def test_a_text_of_two_words_is_a_story_of_its_own():
    assert not joins(article(["Hai bên"]), article(["Hai bên"]))


def test_nothing_alike_is_a_new_story():
    assert place(article(), []) == Placement(story_id=None, why="no stored text is like it", copy_of=None)


def test_the_reason_names_the_article_and_the_figures():
    placed = place(article(), [stored(article(), 4, story=2)])
    assert (placed.story_id, placed.copy_of) == (2, 4)
    assert placed.why.startswith("same text as article 4 of a.vn (100% of the shorter text")
    apart = place(TWINS[0], [stored(article())])
    assert "date 15 3 ≠ 20 1" in apart.why
    assert "ordinal 8 ≠ 7" in apart.why


def test_the_most_alike_article_is_named_as_the_source():
    cut = stored(article(PARAGRAPHS[:4]), 1, story=1)
    whole = stored(article(), 2, story=1)
    assert place(article(), [cut, whole]).copy_of == 2


def test_a_whole_text_merges_the_stories_of_its_two_halves():
    halves = [article(PARAGRAPHS[:5]), article(PARAGRAPHS[3:])]
    assert not joins(*halves)
    placed = place(article(), [stored(halves[0], 1, story=1), stored(halves[1], 2, story=2)])
    assert (placed.story_id, placed.merges) == (1, (2,))


def test_a_brief_without_facts_does_not_merge_twins():
    placed = place(article(PARAGRAPHS[3:7]), [stored(article(), 1), stored(TWINS[0], 2)])
    assert placed.merges == ()


def test_a_repeated_change_is_one_difference():
    twice = [*PARAGRAPHS, "Đây là Đối thoại lần thứ 7 giữa hai bộ."]
    found = differences(article(twice), article(changed(("lần thứ 7", "lần thứ 8"), paragraphs=twice)))
    assert [(d.kind, d.one, d.other) for d in found] == [("ordinal", "7", "8")]


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(len(COPIES) + len(TWINS))))
def test_the_order_of_arrival_does_not_matter(order):
    copies = frozenset(range(len(COPIES)))
    twins = frozenset(range(len(COPIES), len(COPIES) + len(TWINS)))
    assert partition([*COPIES, *TWINS], order) == {copies, twins}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(4, 8), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_cuts_at_any_place_join_in_any_order(lengths, rng):
    cuts = [article(PARAGRAPHS[:length]) for length in lengths]
    order = rng.sample(range(len(cuts)), len(cuts))
    assert len(partition(cuts, order)) == 1


@pytest.mark.skipif(not SHARED.exists(), reason="the labelled texts lie beside the checkout")
def test_labelled_copies_are_together_and_events_apart():
    rows = [json.loads(line) for line in (SHARED / "dev.jsonl").read_text("utf-8").splitlines()]
    articles = []
    for row in rows:
        title, _, text = row["text"].partition("\n")
        articles.append(article([text or title], title=title, published=None))
    story = stories(articles)
    pairs = Counter()
    for (one, a), (other, b) in combinations(enumerate(rows), 2):
        cluster = a.get("syndication_cluster")
        # A translation shares no words with its original.
        if cluster and cluster == b.get("syndication_cluster") and a["lang"] == b["lang"]:
            pairs["copies", story[one] == story[other]] += 1
        elif a["event"] != b["event"]:
            pairs["events", story[one] != story[other]] += 1
    assert pairs["copies", True] / (pairs["copies", True] + pairs["copies", False]) >= 0.95
    assert pairs["events", True] / (pairs["events", True] + pairs["events", False]) >= 0.999


@pytest.mark.skipif(not SHARED.exists(), reason="the labelled texts lie beside the checkout")
def test_real_texts_cut_and_edited_join_and_others_do_not():
    with gzip.open(SHARED / "natural_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["read"] and len(row["text"]) > 1500][:120]
    whole = [article(row["text"].split("\n"), title=row["title"], lead=row["lead"]) for row in rows]
    cut = [article([*row["text"].split("\n")[: len(row["text"].split("\n")) * 6 // 10], ADDED], lead=row["lead"]) for row in rows]
    both = [*whole, *cut]
    parts = partition(both, random.Random(1).sample(range(len(both)), len(both)))
    assert sum({n, n + len(whole)} in parts for n in range(len(whole))) >= 0.95 * len(whole)
