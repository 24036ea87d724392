"""Series: which occasion a story tells of, when, where and led by whom; what belongs together and what is missing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from crawler.config import load_topic
from news.model import StoredArticle, Story
from pipelines.match import Topic
from pipelines.series import Chronicle, Occasion, chronicle, names, since
from pipelines.series.heads import heads
from pipelines.series.occasion import Side
from pipelines.series.when import days
from pipelines.series.where import core, places
from tests.builders import article, match

PUBLISHED = datetime(2025, 5, 14, 5, 0, tzinfo=UTC)
_ids = count(1)


@pytest.fixture(scope="module")
def topic() -> Topic:
    return load_topic(Path(__file__).parents[2] / "pipelines/topics/vietnam-cambodia-defence.toml")


def copy(
    title: str, lead: str = "", text: str = "", *, published: datetime = PUBLISHED, site: str = "vov", **more: Any
) -> StoredArticle:
    number = next(_ids)
    told = article(slug=f"tin-{number}", title=title, lead=lead, text=text, published=published, site=site)
    stored = StoredArticle(
        id=number, article=told, first_seen=published, fetched=published, story_id=number, joined="", matches=(match(),)
    )
    return replace(stored, **more)


def story(*copies: StoredArticle, event: int | None = None) -> Story:
    return Story(id=copies[0].id, articles=copies, event_id=event)


def patrol(number: int | None, day: date, force: str = "Hải quân", place: str = "vùng biển Phú Quốc") -> Story:
    said = f" lần thứ {number}" if number else ""
    told = datetime(day.year, day.month, day.day, 5, tzinfo=UTC) + timedelta(days=1)
    lead = f"Ngày {day.day}/{day.month}, tại {place}, hai bên tuần tra chung{said}."
    return story(copy(f"{force} Việt Nam - Campuchia tuần tra chung{said}", lead, published=told))


def told_by(topic: Topic, *stories: Story) -> dict[str, Chronicle]:
    return {one.key: one for one in chronicle(stories, topic)}


def only(topic: Topic, *stories: Story) -> Occasion:
    (told,) = chronicle(stories, topic)
    (occasion,) = told.occasions
    return occasion


# ---- what a story tells


def test_an_occasion_has_number_day_place_heads_and_articles(topic: Topic) -> None:
    told = copy(
        "Đối thoại chính sách quốc phòng Việt Nam - Campuchia lần thứ 8",
        "Sáng 12/5, tại Đà Nẵng diễn ra Đối thoại chính sách quốc phòng Việt Nam - Campuchia lần thứ 8.",
        "Đoàn đại biểu Bộ Quốc phòng Việt Nam do Trung tướng Nguyễn Văn An, Thứ trưởng Bộ Quốc phòng làm Trưởng đoàn. "
        "Đoàn đại biểu Bộ Quốc phòng Campuchia do Đại tướng Sok Dara, Quốc vụ khanh, dẫn đầu.",
    )
    (series,) = chronicle([story(told)], topic)
    (occasion,) = series.occasions
    assert (series.key, series.name["vi"], series.missing) == ("dialogue", "đối thoại chính sách quốc phòng", ())
    assert (occasion.number, occasion.start, occasion.end) == (8, date(2025, 5, 12), date(2025, 5, 12))
    assert (occasion.place, occasion.reported) == ("Đà Nẵng", False)
    assert [(head.rank, head.name, head.office, head.side) for head in occasion.heads] == [
        ("Trung tướng", "Nguyễn Văn An", "Thứ trưởng Bộ Quốc phòng", "party_a"),
        ("Đại tướng", "Sok Dara", "Quốc vụ khanh", "party_b"),
    ]
    assert [(report.paper, report.url) for report in occasion.articles] == [("vov", told.article.canonical_url)]


@pytest.mark.parametrize(
    ("title", "lead", "key", "number"),
    [
        ("Họp rút kinh nghiệm tuần tra chung", "Hải quân hai nước họp rút kinh nghiệm lần thứ 24.", "review-navy", 24),
        ("Hải quân họp rút kinh nghiệm công tác phối hợp tuần tra chung lần thứ 33", "", "review-navy", 33),
        ("Tìm kiếm hài cốt liệt sĩ", "Kỳ họp lần thứ XXIII giữa Ủy ban Chuyên trách hai Chính phủ.", "committee", 23),
        ("Rút kinh nghiệm cơ chế liên lạc đường dây nóng lần thứ 4", "", "hotline", 4),
        ("Đối thoại chính sách quốc phòng: tin cậy", "Trung tướng A chủ trì đối thoại lần thứ 8.", "dialogue", 8),
        ("Vietnam, Cambodia hold fifth defence policy dialogue", "", "dialogue", 5),
        ("Giao lưu hữu nghị quốc phòng biên giới Việt Nam - Campuchia lần thứ hai", "", "exchange", 2),
    ],
)
def test_numbers_are_read_in_every_form(topic: Topic, title: str, lead: str, key: str, number: int) -> None:
    (series,) = chronicle([story(copy(title, lead))], topic)
    assert (series.key, series.occasions[0].number) == (key, number)


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("Thượng tướng tiếp Đại sứ Campuchia", "Hai bên nhắc lại giao lưu hữu nghị biên giới lần thứ nhất."),
        ("Hội đàm cấp cao", "Cuộc gặp diễn ra trước thềm Giao lưu hữu nghị quốc phòng biên giới lần thứ 2."),
        ("Việt Nam - Campuchia đẩy mạnh tuần tra song phương", "Sáng 30/10, hai đoàn hội đàm tại Hà Nội."),
        ("Quân đội hai nước hợp tác", "Hải quân Việt Nam - Thái Lan tuần tra chung lần thứ 40."),
        ("Tây Ninh: giao lưu", "The two sides held their first friendly exchange: joint patrol between markers."),
    ],
)
def test_what_is_only_mentioned_is_no_occasion(topic: Topic, title: str, lead: str) -> None:
    assert chronicle([story(copy(title, lead))], topic) == ()


def test_an_article_that_the_topic_does_not_find_relevant_says_nothing(topic: Topic) -> None:
    told = copy("Tuần tra chung lần thứ 68", matches=(match(relevant=False),))
    assert chronicle([story(told)], topic) == ()


def test_most_copies_decide(topic: Topic) -> None:
    title, lead = "Hải quân tuần tra chung lần thứ {}", "Ngày {}/5, tại {}, biên đội tàu tuần tra chung."
    copies = [("68", 12, "Phú Quốc"), ("68", 12, "đảo Phú Quốc"), ("86", 13, "Hà Tiên")]
    told = story(*(copy(title.format(number), lead.format(day, place)) for number, day, place in copies))
    occasion = only(topic, told)
    assert (occasion.number, occasion.start.day, occasion.place, len(occasion.articles)) == (68, 12, "Phú Quốc", 3)


def test_without_a_day_the_day_of_the_first_report_stands_and_is_marked(topic: Topic) -> None:
    occasion = only(topic, story(copy("Hải quân hai nước tuần tra chung lần thứ 68")))
    assert (occasion.start, occasion.reported, occasion.place, occasion.heads) == (date(2025, 5, 14), True, "", ())


# ---- which stories tell of one occasion


def test_a_story_without_a_number_joins_the_one_that_has_it_by_day_and_place(topic: Topic) -> None:
    day = date(2025, 5, 12)
    occasion = only(topic, patrol(68, day), patrol(None, day))
    assert (occasion.number, len(occasion.stories)) == (68, 2)
    elsewhere = told_by(topic, patrol(68, day), patrol(None, day, place="Koh Kong"))["patrol-navy"]
    assert [one.number for one in elsewhere.occasions] == [68, None]


def test_stories_of_one_event_are_one_occasion_also_those_that_do_not_name_it(topic: Topic) -> None:
    named = story(copy("Giao lưu hữu nghị quốc phòng biên giới lần thứ 2", "Ngày 13/5 tại Tây Ninh."), event=7)
    school = story(copy("Khánh thành trường tiểu học Bến Cầu", "Hai Bộ trưởng cắt băng.", site="plo"), event=7)
    occasion = only(topic, named, school)
    assert (occasion.number, occasion.papers, occasion.stories) == (2, 2, (named.id, school.id))


def test_a_stretch_of_days_that_one_story_names_holds_for_all(topic: Topic) -> None:
    title = "Giao lưu hữu nghị quốc phòng biên giới lần thứ 2"
    leads = ("Sáng 13/5, lễ đón diễn ra.", "Sáng 14/5, hai đoàn trồng cây.", "Trong hai ngày 13-14/5 ở Tây Ninh và Svay Rieng.")
    occasion = only(topic, *(story(copy(title, lead)) for lead in leads))
    assert (occasion.start.day, occasion.end.day, occasion.place) == (13, 14, "Tây Ninh – Svay Rieng")


def test_two_numbers_for_one_day_are_both_kept_and_flagged(topic: Topic) -> None:
    day = date(2025, 5, 12)
    series = told_by(topic, patrol(68, day), patrol(69, day))["patrol-navy"]
    assert [(one.number, one.disputed) for one in series.occasions] == [(68, (69,)), (69, (68,))]


# ---- which occasions make a series


def test_missing_numbers_lie_between_the_smallest_and_the_largest(topic: Topic) -> None:
    stories = [patrol(number, date(2024, 1, 10) + timedelta(days=60 * number - 60 * 62)) for number in (62, 66, 67, 69)]
    series = told_by(topic, *stories)["patrol-navy"]
    assert (series.missing, series.gaps) == ((63, 64, 65, 68), ((63, 65), (68, 68)))


def test_forces_count_their_patrols_apart(topic: Topic) -> None:
    told = told_by(topic, patrol(68, date(2025, 5, 2)), patrol(2, date(2025, 5, 9), "Bộ đội Biên phòng", "Tây Ninh"))
    assert {key: [one.number for one in series.occasions] for key, series in told.items()} == {
        "patrol-navy": [68],
        "patrol-border_guard": [2],
    }
    assert told["patrol-border_guard"].name == {"vi": "tuần tra chung (biên phòng)", "en": "joint patrol (border guard)"}


def test_numbers_that_cannot_be_counted_together_are_two_series(topic: Topic) -> None:
    told = told_by(topic, patrol(68, date(2025, 5, 2)), patrol(2, date(2025, 5, 20)), patrol(69, date(2025, 8, 20)))
    assert [one.number for one in told["patrol-navy"].occasions] == [68, 69]
    assert [one.number for one in told["patrol-navy-2"].occasions] == [2]
    assert not any(series.missing for series in told.values())


def test_the_same_number_years_later_is_another_series(topic: Topic) -> None:
    told = told_by(topic, patrol(1, date(2016, 12, 28)), patrol(1, date(2022, 5, 15)), patrol(2, date(2025, 11, 13)))
    assert [one.start.year for one in told["patrol-navy"].occasions] == [2022, 2025]
    assert [one.start.year for one in told["patrol-navy-2"].occasions] == [2016]


def test_a_chronicle_from_a_day_on_keeps_the_gaps_after_it(topic: Topic) -> None:
    days_ = {60: date(2024, 1, 10), 63: date(2024, 6, 10), 66: date(2024, 12, 10)}
    series = told_by(topic, *(patrol(number, day) for number, day in days_.items()))["patrol-navy"]
    later = since(series, date(2024, 9, 1))
    assert ([one.number for one in later.occasions], later.missing) == ([66], (64, 65))
    assert since(series, date(2025, 9, 1)).missing == ()


def test_the_series_of_a_topic_have_names_without_their_number(topic: Topic) -> None:
    assert names(topic)["dialogue"] == {"vi": "đối thoại chính sách quốc phòng", "en": "defence policy dialogue"}
    assert not [words for named in names(topic).values() for words in named.values() if "{" in words or "  " in words]


def test_what_is_counted_apart_must_be_tags_of_the_topic(topic: Topic) -> None:
    patrols = topic.tags["patrol_series"]
    with pytest.raises(ValueError, match=r"tags\.patrol_series\.apart: 'nvy' is no tag; did you mean 'navy'"):
        replace(topic, tags={**topic.tags, "patrol_series": replace(patrols, apart=("nvy",))})
    with pytest.raises(ValueError, match="apart: only what is numbered"):
        replace(topic.tags["navy"], apart=("patrol",))


# ---- days


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("Ngày 12/5, tại Hà Nội", (2025, 5, 12), (2025, 5, 12)),
        ("Sáng 23-11 tại TP.HCM", (2024, 11, 23), (2024, 11, 23)),
        ("Chiều 4.12 ở Phú Quốc", (2024, 12, 4), (2024, 12, 4)),
        ("sáng nay (29/4)", (2025, 4, 29), (2025, 4, 29)),
        ("từ ngày 3 đến 5/7/2019", (2019, 7, 3), (2019, 7, 5)),
        ("Trong hai ngày 13-14/11", (2024, 11, 13), (2024, 11, 14)),
        ("từ 30/4 đến 2/5/2025", (2025, 4, 30), (2025, 5, 2)),
        ("ngày 27 và 28/8", (2025, 8, 27), (2025, 8, 28)),
        ("ngày 3-6-2016", (2016, 6, 3), (2016, 6, 3)),
        ("ngày 4 tháng 12", (2024, 12, 4), (2024, 12, 4)),
        ("ngày 4 tháng 12 năm 2023", (2023, 12, 4), (2023, 12, 4)),
        ("held on May 12–14, 2025", (2025, 5, 12), (2025, 5, 14)),
        ("on 19 April 2023", (2023, 4, 19), (2023, 4, 19)),
        ("hôm nay, hai bên", (2025, 5, 14), (2025, 5, 14)),
    ],
)
def test_days_are_read_in_every_form(words: str, start: tuple[int, int, int], end: tuple[int, int, int]) -> None:
    (said,) = days(words, date(2025, 5, 14))
    assert (said.start, said.end) == (date(*start), date(*end))


@pytest.mark.parametrize(
    "words", ["từ mốc 229/12 đến 230/11", "dài hơn 15,8km", "diễu binh 30.4 và 2.9", "ngày 31/2", "tỷ lệ 3/4"]
)
def test_other_numbers_are_no_days(words: str) -> None:
    assert days(words, date(2025, 5, 14)) == ()


# ---- places


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Sáng 29-10, tại TP.HCM diễn ra đối thoại", ("TP.HCM",)),
        ("tại trụ sở Bộ Quốc phòng Campuchia ở thủ đô Phnom Penh", ("thủ đô Phnom Penh",)),
        ("ở Đồn biên phòng Cửa khẩu Quốc tế Hoa Lư (Bình Phước) do", ("Đồn biên phòng Cửa khẩu Quốc tế Hoa Lư (Bình Phước)",)),
        ("ở Tây Ninh và Svay Rieng, đoàn", ("Tây Ninh", "Svay Rieng")),
        ("tại Phú Quốc, Thiếu tướng A chủ trì", ("Phú Quốc",)),
        ("held in Siem Reap on Monday", ("Siem Reap",)),
        ("trên vùng biển giáp ranh hai nước", ("vùng biển giáp ranh hai nước",)),
        ("quân tình nguyện hy sinh tại Campuchia", ()),
        ("tại Bộ Quốc phòng", ()),
    ],
)
def test_places_are_where_something_is_held(words: str, told: tuple[str, ...]) -> None:
    assert places(words) == told


def test_spellings_of_one_place_are_one() -> None:
    assert {core(name) for name in ("TP.HCM", "TP Hồ Chí Minh", "HCM City", "thành phố Hồ Chí Minh")} == {"hochiminh"}
    assert {core(name) for name in ("thủ đô Phnom Penh", "Phnom Pênh", "Phnompenh")} == {"phnompenh"}


# ---- heads


def side(words: str) -> Side:
    named = ("Việt Nam" in words, "Campuchia" in words)
    return {(True, False): "party_a", (False, True): "party_b"}.get(named, "")  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Đoàn Campuchia do Đại tướng Sok Dara dẫn đầu", [("Sok Dara", "", "party_b")]),
        ("Về phía Việt Nam có Trung tướng Lê Văn Ba, Ủy viên Trung ương Đảng, Phó Tư lệnh, Trưởng đoàn",
         [("Lê Văn Ba", "Phó Tư lệnh", "party_a")]),
        ("do đại tướng Sok Dara - quốc vụ khanh Bộ Quốc phòng Campuchia - làm trưởng đoàn",
         [("Sok Dara", "quốc vụ khanh Bộ Quốc phòng Campuchia", "party_b")]),
        ("Trung tướng Lê Văn Ba (Vùng 5) và Đại tướng Sok Dara (Campuchia) đồng chủ trì",
         [("Sok Dara", "Campuchia", "party_b"), ("Lê Văn Ba", "Vùng 5", "party_a")]),
        ("Trung tướng Lê Văn Ba, Thứ trưởng Bộ Quốc phòng Việt Nam và Đại tướng Sok Dara, Quốc vụ khanh, đồng chủ trì",
         [("Sok Dara", "Quốc vụ khanh", "party_b"), ("Lê Văn Ba", "Thứ trưởng Bộ Quốc phòng Việt Nam", "party_a")]),
        ("Bộ trưởng Quốc phòng Campuchia Sok Dara dẫn đầu", [("Sok Dara", "", "")]),
        ("dưới sự chủ trì của Trung tướng Lê Văn Ba", [("Lê Văn Ba", "", "")]),
        ("The delegation was headed by Deputy Defence Minister Sen. Lt. Gen. Le Van Ba", [("Le Van Ba", "", "")]),
        ("Sen. Lt. Gen. Le Van Ba and Cambodian Secretary of State Sok Dara co-chaired", [("Sok Dara", "", ""), ("Le Van Ba", "", "")]),
    ],
)  # fmt: skip
def test_heads_are_those_who_are_said_to_lead(words: str, told: list[tuple[str, str, str]]) -> None:
    assert [(head.name, head.office, head.side) for head in heads(words, side)] == told


@pytest.mark.parametrize(
    "words",
    [
        "Bộ trưởng Lê Văn Ba chủ trì lễ đón",
        "Ông Lê Văn Ba, nguyên Trưởng đoàn",
        "Trung tướng Lê Văn Ba, người đã gặp đoàn, do ai đó dẫn đầu",
        "Trung tướng Lê Văn Ba tiếp Đại tướng Sok Dara",
        "Trung tướng Lê Văn Ba cho biết hai bên chủ trì",
    ],
)
def test_nobody_is_better_than_the_wrong_one(words: str) -> None:
    assert heads(words, side) == ()
