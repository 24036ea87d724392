"""A digest reads well, in both languages, and nothing that a page says becomes markup."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.digest import in_order
from alerts.phrases import _TABLE, clock_time, length
from alerts.render import render
from news.model import Change, Revision, SiteCoverage

TOPICS = {"vietnam-cambodia-defence": "Hợp tác quốc phòng Việt Nam – Campuchia"}
PAPERS = {"thanhnien": "Thanh Niên", "vov": "VOV", "nhandan": "Nhân Dân"}


def rendered(digest, language="vi"):
    return render(digest, language=language, topic_names=TOPICS, paper_names=PAPERS)


class Tags(HTMLParser):
    """Lists the elements, their attributes, and the text in between."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.words, self.marked = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)
        if self.tags[-1] == "mark" and data.strip():
            self.marked.append(data)


def test_a_story_is_shown_with_all_its_copies(build):
    story = build.story(
        build.copy(1, site="thanhnien"),
        build.copy(2, site="nhandan", title="Tăng cường hợp tác biên giới", published=None),
    )
    said = rendered(build.digest(story))
    for text in (said.text, said.html):
        for expected in (
            "Nguồn: TTXVN · Tác giả: Mai Hà",
            "2 báo đăng",
            "Thanh Niên",
            "Nhân Dân",
            "Tăng cường hợp tác biên giới",
            "https://thanhnien.vn/hop-tac-quoc-phong-1.htm",
            "https://thanhnien.vn/hop-tac-quoc-phong-2.htm",
            "đăng 17:40 21/11 · phát hiện 17:55",
            "không rõ giờ đăng · phát hiện 17:55 21/11",
            "Giờ Việt Nam (Asia/Ho_Chi_Minh)",
            "Từ 17:00 21/11 đến 07:00 22/11",
        ):
            assert expected in text


def test_the_words_that_matched_are_marked(build):
    copy = build.copy(1, words=("Campuchia", "tuần tra chung"))
    said = rendered(build.digest(build.story(copy)))
    assert "*tuần tra chung*" in said.text
    assert "Hải quân Hoàng gia *Campuchia* sẽ *tuần tra chung*" in " ".join(said.text.split())
    assert Tags(said.html).marked.count("tuần tra chung") == 2


def test_the_deciding_sentence_is_not_said_twice(build):
    copy = build.copy(1, sentence=build.LEAD)
    assert rendered(build.digest(build.story(copy))).text.count("kế hoạch") == 1


def test_a_story_without_lead_begins_with_its_first_paragraph(build):
    assert "Sáng 21/11, hai đoàn đã hội đàm" in rendered(build.digest(build.story(build.copy(1, lead="")))).text


def test_the_subject_says_how_many_and_what(build):
    said = rendered(build.digest(build.story(), build.story(build.copy(2), key=2)))
    assert said.subject == f"Tuần tra 07:00 22/11: 2 tin mới – {build.TITLE}"


def test_an_english_digest_speaks_english_around_the_original(build):
    said = rendered(build.digest(build.story()), "en")
    assert said.subject == f"Tuần tra 07:00 22 Nov: 1 new story – {build.TITLE}"
    for expected in ("Source: TTXVN · By Mai Hà", "Carried once", "published 17:40 21 Nov · seen 17:55", "Coverage: complete"):
        assert expected in said.text
    assert '<html lang="en">' in said.html


def test_an_empty_digest_never_passes_blindness_for_silence(build):
    calm = rendered(build.digest())
    assert calm.subject == "Tuần tra 07:00 22/11: không có tin mới"
    blind = rendered(build.digest(coverage=(build.watched("vov", state="silent"),)))
    assert blind.subject == "Tuần tra 07:00 22/11: không có tin mới (theo dõi chưa đầy đủ)"
    assert "Theo dõi chưa đầy đủ: VOV" in blind.html


def test_tags_and_topics_are_shown(build):
    one = build.story(build.copy(1, tags=("hải quân", "ký kết")))
    other = build.story(build.copy(2, topic="border"), key=2)
    assert "[hải quân] [ký kết]" in rendered(build.digest(one)).text
    assert "[border]" in rendered(build.digest(one, other)).text
    assert "[border]" not in rendered(build.digest(other)).text


def test_an_alert_names_no_period_since_what_it_tells_may_be_older(build):
    slot = build.digest(build.story())
    alert = rendered(replace(slot, kind="immediate"))
    assert re.search(r'class="period"[^>]*>Từ .* · Giờ Việt Nam', rendered(slot).html)
    assert re.search(r'class="period"[^>]*>Giờ Việt Nam', alert.html)
    assert "\nTừ " not in alert.text


def test_a_page_cannot_write_markup_or_links(build):
    hostile = build.copy(
        1,
        title='<script>alert(1)</script>"><img src=http://evil/x>',
        lead="</p></div><a href='http://evil'>x</a>{{ 7*7 }}",
        url='javascript:alert("x")',
        agency="<b>TTXVN</b>",
        authors=("<i>A</i>",),
        site="<u>x</u>",
        tags=("<s>t</s>",),
    )
    page = Tags(rendered(build.digest(build.story(hostile), subscription="<h6>")).html)
    assert not {"script", "img", "i", "u", "s", "h6"} & set(page.tags)
    assert "href" not in dict(page.attributes)
    assert any("{{ 7*7 }}" in words for words in page.words)


def test_a_mail_loads_nothing_and_every_link_is_safe(build):
    page = Tags(rendered(build.digest(build.story())).html)
    assert not {"img", "script", "link", "iframe", "form"} & set(page.tags)
    assert {"src", "background", "onclick"}.isdisjoint(name for name, _ in page.attributes)
    links = [value for name, value in page.attributes if name == "href"]
    assert links
    assert all(link.startswith("https://thanhnien.vn/") for link in links)
    assert [value for name, value in page.attributes if name == "rel"] == ["noopener noreferrer"] * len(links)
    assert "url(" not in rendered(build.digest(build.story())).html


def test_a_phone_and_the_dark_keep_their_styles(build):
    page = rendered(build.digest(build.story())).html
    assert "prefers-color-scheme: dark" in page
    assert "max-width: 480px" in page
    assert 'style="margin: 0' in page


def test_programs_get_json(build):
    document = json.loads(rendered(build.digest(build.story())).json)
    assert document["stories"][0]["articles"][0]["title"] == build.TITLE
    assert document["stories"][0]["origin"] == "TTXVN"
    assert document["coverage"]["complete"] is True
    assert document["coverage"]["papers"][0]["site"] == "thanhnien"


def test_the_same_digest_always_renders_the_same(build):
    digest = build.digest(build.story())
    assert rendered(digest) == rendered(digest)


def test_a_day_of_forty_stories_stays_below_what_mail_programs_cut_off(build):
    stories = [build.story(build.copy(key, tags=("a", "b")), key=key) for key in range(1, 41)]
    assert len(rendered(build.digest(*stories)).html.encode()) < 102_000


@pytest.mark.parametrize(
    ("minutes", "vietnamese", "english"),
    [
        (0, "0 phút", "0 min"),
        (119, "119 phút", "119 min"),
        (120, "2 giờ", "2 h"),
        (1406, "23 giờ 26 phút", "23 h 26 min"),
        (3072, "51 giờ 12 phút", "51 h 12 min"),
    ],
)
def test_a_length_of_time_is_said_in_hours_from_two_hours_on(minutes, vietnamese, english):
    assert (length(minutes, "vi"), length(minutes, "en")) == (vietnamese, english)


def test_how_long_the_news_took_is_said_in_hours_and_minutes(build):
    published = build.NOW - timedelta(minutes=1406, seconds=5)
    story = build.story(build.copy(1, published=published, first_seen=build.NOW - timedelta(seconds=5)))
    vietnamese, english = (" ".join(rendered(build.digest(story), language).text.split()) for language in ("vi", "en"))
    assert (
        "Từ lúc đăng đến lúc thấy: trung vị 23 giờ 26 phút, lâu nhất 23 giờ 26 phút; đến lúc báo: trung vị 0 phút" in vietnamese
    )
    assert "Published to seen: median 23 h 26 min, at most 23 h 26 min; seen to told: median 0 min" in english


@pytest.mark.parametrize("key", sorted(_TABLE))
def test_both_languages_say_the_same(key):
    fields = [{name for _, name, _, _ in Formatter().parse(phrase) if name} for phrase in _TABLE[key]]
    assert fields[0] == fields[1]
    assert all(_TABLE[key])


def test_the_table_of_phrases_is_sorted():
    assert list(_TABLE) == sorted(_TABLE)


def test_the_year_is_said_when_it_is_another(build):
    assert clock_time(datetime(2025, 12, 31, 18, tzinfo=UTC), "vi", build.NOW) == "01:00 01/01"
    assert clock_time(datetime(2025, 1, 2, 3, tzinfo=UTC), "vi", build.NOW) == "10:00 02/01/2025"
    assert clock_time(datetime(2025, 1, 2, 3, tzinfo=UTC), "en", build.NOW) == "10:00 2 Jan 2025"


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=120))
def test_no_text_can_break_the_page(build, text):
    story = build.story(build.copy(1, title=text, lead=text, text=text, sentence=text, authors=(text,), words=("a",)))
    coverage = (SiteCoverage(site=text, polls=1, failed=1, state=text, detail=text),)
    said = rendered(build.digest(story, coverage=coverage))
    plain = Tags(rendered(build.digest(build.story(build.copy(1)))).html)
    assert set(Tags(said.html).tags) <= {*plain.tags, "p", "b", "mark"}
    assert "\x1b" not in said.text + said.html + said.subject


def test_stories_on_one_event_stand_together_and_say_so(build):
    stories = [
        build.story(build.copy(key, title=f"Tin {key}", published=build.NOW - timedelta(hours=key)), key=key) for key in (1, 2, 3)
    ]
    first, _, last = (replace(story, event_id=event) for story, event in zip(stories, (7, None, 7), strict=True))
    told = in_order([stories[1], last, first])
    assert [story.id for story in told] == [1, 3, 2]
    said = rendered(build.digest(*told))
    assert said.text.count("(Cùng sự kiện với tin trên)") == said.html.count("Cùng sự kiện với tin trên") == 1
    assert said.text.index("Tin 3") < said.text.index("Cùng sự kiện") < said.text.index("Tin 2")


def test_a_copy_that_was_edited_or_taken_down_is_marked(build):
    rank = Change(part="text", grade="rank", before="Đại tá", after="Thượng tá")
    typo = Change(part="text", grade="wording", before="đượ", after="được")
    past = Revision(article=build.copy(1).article, seen=build.NOW, replaced=build.NOW, changes=(typo, rank))
    copy = replace(build.copy(1), revisions=(past,), gone="deleted")
    said = rendered(build.digest(build.story(copy)))
    for text in (said.text, said.html):
        assert "đã sửa: cấp bậc, chức vụ · đã bị gỡ" in " ".join(text.split())
    assert "edited: rank · taken down" in " ".join(rendered(build.digest(build.story(copy)), "en").text.split())
    (article,) = json.loads(said.json)["stories"][0]["articles"]
    assert (article["gone"], article["edits"][0]["changes"][1]["grade"]) == ("deleted", "rank")


def test_of_many_corrections_the_gravest_are_shown_and_the_others_counted(build):
    def past(grade, count):
        changes = tuple(Change(part="text", grade=grade, before=f"cũ {key}", after=f"mới {key}") for key in range(count))
        return Revision(article=build.copy(1).article, seen=build.NOW, replaced=build.NOW, changes=changes)

    story = build.story(
        replace(build.copy(1), revisions=(past("wording", 12),)),
        replace(build.copy(2, site="vov"), revisions=(past("rank", 1),)),
        replace(build.copy(3, site="tuoitre"), back=True),
    )
    said = rendered(build.digest(corrected=(story,)))
    shown = [line.strip() for line in said.text.splitlines() if line.startswith("   - ")]
    assert shown[:3] == [
        "- tuoitre: nay đọc lại được",
        "- VOV: cấp bậc, chức vụ: “cũ 0” → “mới 0”",
        "- Thanh Niên: câu chữ: “cũ 0” → “mới 0”",
    ]
    assert (len(shown), shown[-1]) == (13, "- … và 2 chỗ sửa nữa")
    assert json.loads(said.json)["corrected"][0]["articles"][2]["back"] is True
    (entry,) = json.loads(said.feed)["entries"]
    assert entry["title"] == f"Đã sửa sau khi báo: {build.TITLE}"
    assert "VOV: cấp bậc, chức vụ: “cũ 0” → “mới 0”" in entry["summary"]
    assert entry["id"].endswith(f":changed:{build.digest().slot}")


def test_half_a_character_breaks_no_format(build):
    said = rendered(build.digest(build.story(build.copy(1, title="Tuần\udfff tra", lead="\ud800"))))
    for text in (said.text, said.html, said.json, said.note, said.feed, said.subject):
        assert text.encode()
    assert json.loads(said.json)["stories"][0]["articles"][0]["title"] == "Tuần? tra"
