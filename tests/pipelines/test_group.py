import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.model import Article, StoredArticle
from pipelines.differences import differences
from pipelines.duplicates import bands, nearest
from pipelines.group import Placement, place

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


def test_the_next_of_a_series_stays_apart_in_whatever_letters_it_is_counted():
    half_a_year_later = DAY + timedelta(days=180)
    for one, other in (("mười một", "mười hai"), ("hai mươi mốt", "hai mươi hai"), ("VIII", "IX"), ("75", "76")):
        series = [
            "Lần thứ " + one + " quân đội hai nước tổ chức chương trình giao lưu trên tuyến biên giới chung.",
            *PARAGRAPHS[3:],
        ]
        next_one = changed((f"Lần thứ {one}", f"Lần thứ {other}"), paragraphs=series)
        assert not joins(article(next_one, published=half_a_year_later), article(series))


def test_a_text_with_another_number_is_a_correction_within_weeks_and_next_years_event_after_a_year():
    year_later = DAY + timedelta(days=365)
    assert joins(article(published=year_later), article())
    assert joins(article(changed(("120 đại biểu", "130 đại biểu")), published=DAY + timedelta(weeks=3)), article())
    assert not joins(article(changed(("120 đại biểu", "130 đại biểu")), published=year_later), article())


OFFICES = ("Bộ trưởng", "Đại sứ", "Tỉnh trưởng", "Chính ủy", "Thứ trưởng", "Quốc vụ khanh Bộ Quốc phòng", "Chủ tịch UBND tỉnh")


@pytest.mark.parametrize("office", OFFICES)
def test_the_head_of_a_yearly_visit_tells_the_years_apart_whatever_the_office(office):
    visit = [f"Nhân dịp năm mới, đoàn do {office} Keo Samnang dẫn đầu đến thăm, chúc mừng bộ đội.", *PARAGRAPHS[3:]]
    other = changed(("Keo Samnang", "Chan Vuthy"), paragraphs=visit)
    assert not joins(article(other, published=DAY + timedelta(days=365)), article(visit))


HANDOVER = (
    "Sáng 20/1, tại nghĩa trang liệt sĩ tỉnh Gia Lai, Đại tá Nguyễn Văn Mẫu và Thiếu tướng Keo Samnang dự lễ an táng 12 hài cốt liệt sĩ.",
    *PARAGRAPHS[1:2],
    "Trong không khí trang nghiêm, các đại biểu dâng hương, đặt vòng hoa và bày tỏ lòng biết ơn đối với những người đã ngã xuống.",
    "Đội quy tập đã vượt nhiều khó khăn, phối hợp với chính quyền và nhân dân nước bạn tìm kiếm trong suốt mùa khô vừa qua.",
    "Sau lễ truy điệu, các anh được đưa về an táng theo nghi thức quân đội trong niềm tiếc thương của đồng đội và nhân dân.",
)
OTHER_PROVINCE = ("tỉnh Gia Lai", "tỉnh Kon Tum")
OTHER_COUNT = ("12 hài cốt", "15 hài cốt")
OTHER_HEADS = (("Nguyễn Văn Mẫu", "Trần Văn Thử"), ("Keo Samnang", "Chan Vuthy"))
OTHER_EVENTS = [
    (OTHER_PROVINCE, OTHER_COUNT),
    (OTHER_PROVINCE,),
    (OTHER_PROVINCE, OTHER_HEADS[0]),
    (OTHER_COUNT, OTHER_HEADS[0]),
    OTHER_HEADS,
]


def of_one_paper(*changes: tuple[str, str], title: str, hours: int = 0) -> Article:
    text = changed(*changes, paragraphs=HANDOVER)
    url = f"https://a.vn/{title}"
    return replace(article(text, title=title, published=DAY + timedelta(hours=hours)), url=url, canonical_url=url)


@pytest.mark.parametrize("changes", OTHER_EVENTS)
@pytest.mark.parametrize("hours", [0, 5])
def test_two_events_told_in_the_same_words_are_two_stories(changes, hours):
    one, other = of_one_paper(title="Lễ an táng liệt sĩ"), of_one_paper(*changes, title="An táng liệt sĩ", hours=hours)
    assert not joins(other, one)
    assert place(other, [stored(one)]).same_item is None


def test_two_events_in_sentences_of_nothing_but_facts_are_two_stories():
    one = ["Sáng 20/1, Gia Lai an táng 12 hài cốt liệt sĩ.", *HANDOVER[1:]]
    other = ["Chiều 21/1, Kon Tum truy điệu 15 liệt sĩ.", *HANDOVER[1:]]
    assert not joins(article(other), article(one))


@pytest.mark.parametrize("change", [OTHER_COUNT, OTHER_HEADS[0], ("20/1", "21/1"), ("Đại tá", "Thượng tá")])
@pytest.mark.parametrize("kept", [5, 4])
def test_a_copy_that_corrects_one_fact_joins(change, kept):
    copy = article(changed(change, paragraphs=HANDOVER)[:kept], published=DAY + timedelta(days=1))
    assert joins(copy, article(HANDOVER))


def test_a_province_put_wrong_in_one_sentence_is_a_slip():
    text = [*HANDOVER, "Dịp này, lãnh đạo tỉnh Gia Lai thăm và tặng quà thân nhân của các anh."]
    slip = [changed(OTHER_PROVINCE, paragraphs=text)[0], *text[1:]]
    assert joins(article(slip), article(text))


def test_a_crossing_named_instead_of_its_province_is_the_same_place():
    assert joins(article(changed(("tỉnh Gia Lai", "cửa khẩu quốc tế Lệ Thanh"), paragraphs=HANDOVER)), article(HANDOVER))


def test_a_corrected_headline_is_the_same_item_and_a_changed_fact_is_not():
    first = of_one_paper(title="Lễ an táng liệt sĩ")
    headline = of_one_paper(("20/1", "21/1"), title="Lễ truy điệu và an táng liệt sĩ")
    assert place(headline, [stored(first)]).same_item == 1
    counted = of_one_paper(OTHER_COUNT, title="Lễ an táng")
    assert (place(counted, [stored(first)]).same_item, place(counted, [stored(first)]).story_id) == (None, 1)


SPELLED = [
    (("lần thứ hai", "lần thứ II"), ("Svay Rieng", "Svây Riêng")),
    (("lần thứ hai", "lần thứ 2"), ("Tea Seiha", "Tea Siha")),
    (("Svay Rieng", "Xvây Riêng"), ("Tea Seiha", "Tia Xây-ha"), ("lần thứ hai", "lần thứ II")),
]
EXCHANGE = (
    "Chiều 20/1, tại tỉnh Svay Rieng, Đại tướng Tea Seiha dự Chương trình Giao lưu hữu nghị quốc phòng biên giới lần thứ hai.",
    *PARAGRAPHS[3:],
)


@pytest.mark.parametrize("spelled", SPELLED)
@pytest.mark.parametrize("published", [DAY, DAY + timedelta(weeks=3), None])
def test_names_places_and_numerals_spelled_otherwise_are_the_same_facts(spelled, published):
    spelled_otherwise = changed(*spelled, paragraphs=EXCHANGE)
    assert joins(article(spelled_otherwise, published=published), article(EXCHANGE))
    assert joins(article([*spelled_otherwise[:3], ADDED, ADDED.replace("này", "đó")], published=published), article(EXCHANGE))


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


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_in_which_two_events_of_one_day_arrive_does_not_matter(order):
    events = [HANDOVER, changed(OTHER_PROVINCE, OTHER_COUNT, paragraphs=HANDOVER)]
    told = [copy for text in events for copy in (article(text), article(text[:4]), article([*text, ADDED]))]
    assert partition(told, order) == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}


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
