"""What the matcher promises: parties are bound, spellings are one, and every verdict explains itself."""

import html
import tomllib
import unicodedata
from pathlib import Path

import lxml.html
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.model import Match
from pipelines.match import Matcher, Topic
from pipelines.match.spelling import fold, fold_page

TOPIC = Path(__file__).parents[2] / "pipelines/topics/vietnam-cambodia-defence.toml"
MATCHER = Matcher([msgspec.convert(tomllib.loads(TOPIC.read_text("utf-8")), Topic)])


def judge(title: str = "", lead: str = "", text: str = "") -> Match:
    return MATCHER.match(title=title, lead=lead, text=text)[0]


RELEVANT = {
    "named": "Việt Nam - Campuchia đối thoại chính sách quốc phòng",
    "by rank and unit": "Vùng 5 Hải quân và Căn cứ Hải quân Ream họp rút kinh nghiệm tuần tra chung",
    "by province": "Bộ Chỉ huy Quân sự tỉnh An Giang tiếp đoàn Tiểu khu Quân sự tỉnh Takeo",
    "by post": "Đồn Biên phòng Xa Mát kết nghĩa đồn - trạm với Đồn Cảnh sát bảo vệ biên giới Trapeang Phlong",
    "by person": "Đại tướng Phan Văn Giang hội đàm với Đại tướng Tea Seiha",
    "remains": "Đội K51 quy tập 12 hài cốt liệt sĩ hy sinh ở Campuchia",
    "three countries": "Diễn tập cứu hộ, cứu nạn giữa quân đội ba nước Việt Nam - Lào - Campuchia",
    "English": "Vietnam, Cambodia boost defence cooperation",
    "without accents": "Phan Van Giang received Tea Banh in Hanoi to sign a defence cooperation plan",
}
IRRELEVANT = {
    "another country in the same role": "Hải quân Trung Quốc và Campuchia diễn tập chung ở căn cứ Ream",
    "the Thai border war": "Quân đội Thái Lan và Campuchia giao tranh ở Oddar Meanchey, hai bên ký thỏa thuận ngừng bắn",
    "Laos in place of Cambodia": "Việt Nam - Lào đối thoại chính sách quốc phòng lần thứ 5",
    "China in place of Cambodia": "Giao lưu hữu nghị quốc phòng biên giới Việt Nam - Trung Quốc lần thứ 8",
    "sport": "Thủ quân đội tuyển Việt Nam nói gì trước trận gặp Campuchia",
    "crime": "Bộ đội Biên phòng bắt giữ nghi phạm vận chuyển ma túy từ Campuchia về Việt Nam",
    "trade": "Kim ngạch thương mại Việt Nam - Campuchia tăng 20%",
    "domestic": "Bộ Chỉ huy Quân sự tỉnh An Giang tiễn 1.200 tân binh lên đường nhập ngũ",
    "a word within a word": "Các thầy quân sựng lại trước campuchiana",
}


@pytest.mark.parametrize("title", RELEVANT.values(), ids=RELEVANT)
def test_a_matter_of_both_armies_is_relevant(title: str) -> None:
    assert judge(title).relevant


@pytest.mark.parametrize("title", IRRELEVANT.values(), ids=IRRELEVANT)
def test_the_same_words_without_both_parties_are_not(title: str) -> None:
    assert not judge(title).relevant


def test_hai_nuoc_means_those_who_were_named_before() -> None:
    said = "Bộ Quốc phòng hai nước ký kế hoạch hợp tác, hải quân hai nước tuần tra chung."
    assert judge("Việt Nam và Campuchia hội đàm", text=said).relevant
    assert not judge("Trung Quốc và Campuchia hội đàm", text=said).relevant


def test_nothing_matches_nothing() -> None:
    assert judge().score == 0
    assert Matcher([]).match(title="Campuchia", lead="", text="") == ()
    assert not Matcher([]).could_match("Campuchia")


def test_headlines_after_a_marker_are_furniture() -> None:
    body = "Giá lúa hè thu tại An Giang tăng nhẹ so với tuần trước do nhu cầu mua của thương lái ở các địa phương."
    related = "Việt Nam - Campuchia đối thoại chính sách quốc phòng lần thứ 8\nTuần tra chung hải quân Việt Nam - Campuchia"
    for marker in ("Tin liên quan", "Đọc thêm", "Có thể bạn quan tâm", "XEM THÊM:", "Tin lie\u0302n quan"):
        assert judge("Giá lúa tăng", text=f"{body}\n{marker}\n{related}").score == 0
    assert judge("Giá lúa tăng", text=f"{body}\n{related}").relevant


def test_a_furniture_line_before_the_text_hides_only_itself() -> None:
    text = "Theo dõi Báo Gia Lai trên Google News\nBộ Quốc phòng Việt Nam và Campuchia ký kế hoạch hợp tác quốc phòng."
    assert judge("Ký kết", text=text).relevant


def test_a_verdict_shows_its_words() -> None:
    text = "Sáng 29/10, hội nghị diễn ra.\nThượng tướng Hoàng Xuân Chiến và Đại tướng Neang Phat ký biên bản hợp tác quốc phòng."
    match = judge("Đối thoại chính sách quốc phòng", text=text)
    assert {("text", "Neang Phat", "party_b"), ("text", "Hoàng Xuân Chiến", "party_a")} <= {
        (span.part, span.words, span.role) for span in match.evidence
    }
    assert "Neang Phat" in match.sentence
    assert "đối thoại" in match.tags
    assert match.missing == ()


def test_a_refusal_says_what_was_missing_and_what_stood_against_it() -> None:
    assert judge("Hải quân Việt Nam tuần tra").missing == ("party_b",)
    refused = judge("Hải quân Trung Quốc và Campuchia diễn tập chung")
    assert ("Trung Quốc", "other") in {(span.words, span.role) for span in refused.near_misses}
    assert "other" in refused.why


@pytest.mark.parametrize("page", [
    "<p>Qu&acirc;n y <b>Camp</b>uchia</p>",
    "<p>n&#432;&#7899;c\n  b&#7841;n</p>",
    unicodedata.normalize("NFD", "<p>Phnôm Pênh</p>"),
    "<title>CAM-PU-CHIA</title>",
    "<p>Svay&nbsp;Rieng</p>",
    "<p>Tiểu khu\u00a0Quân sự</p>",
])  # fmt: skip
def test_a_page_that_could_match_is_read(page: str) -> None:
    assert MATCHER.could_match(page)


def test_a_page_that_names_no_cambodian_is_not_read() -> None:
    assert not MATCHER.could_match("<html><p>Bộ Quốc phòng Việt Nam và Lào hội đàm về hợp tác quốc phòng.</p></html>")


WORDS = (
    "Việt Nam", "Campuchia", "Lào", "Trung Quốc", "hợp tác quốc phòng", "thỏa thuận", "hòa bình", "tùy viên quân sự", "sĩ quan", "liệt sĩ",
    "Ủy ban Chuyên trách", "Tea Banh", "Phnom Penh", "hài cốt", "Svay Rieng", "Đồn Biên phòng", "hai nước", "ký", "bóng đá", "và", "ở", ".", ",", "\n",
    "Môn Đôn Ki Ri", "An Giang", "tuần tra chung", "(TTXVN)", "Cam-pu-chia", "&", "bắt giữ", "kỷ niệm", "Quân đội Hoàng gia",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=24)
SPELLINGS = {
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "new tone": lambda text: text.replace("hòa", "hoà").replace("thỏa", "thoả").replace("tùy", "tuỳ").replace("Ủy", "Uỷ"),
    "y for i": lambda text: text.replace("sĩ", "sỹ").replace("kỷ", "kỉ"),
    "en dash": lambda text: text.replace(" - ", "–").replace("-", "‐"),
    "no spaces at dashes": lambda text: text.replace(" - ", "-"),
    "wide spaces": lambda text: text.replace(" ", "\u00a0 "),
    "entities": lambda text: html.escape(text).replace("ê", "&ecirc;").replace("â", "&acirc;").replace("à", "&#224;"),
    "escaped twice": lambda text: html.escape(html.escape(text).replace("ê", "&ecirc;")),
    "invisible": lambda text: text.replace("a", "a\u00ad").replace("n", "\u200bn"),
}


@settings(max_examples=60, deadline=None)
@given(title=PIECES, lead=PIECES, text=PIECES, dash=st.sampled_from([" ", " - "]))
def test_the_verdict_does_not_depend_on_the_spelling(title: list[str], lead: list[str], text: list[str], dash: str) -> None:
    parts = [dash.join(words) for words in (title, lead, text)]
    plain = judge(*parts)
    for name, spell in SPELLINGS.items():
        other = judge(*map(spell, parts))
        assert (other.score, other.relevant, other.tags) == (plain.score, plain.relevant, plain.tags), name
    assert judge(parts[0].upper(), *parts[1:]).score == plain.score
    assert judge(*[part.upper() for part in parts]).score == plain.score


@settings(max_examples=60, deadline=None)
@given(words=PIECES, spell=st.sampled_from(sorted(SPELLINGS)))
def test_spans_point_at_what_was_printed(words: list[str], spell: str) -> None:
    printed = SPELLINGS[spell](" ".join(words))
    match = judge("Việt Nam - Campuchia", "", printed)
    for span in (*match.evidence, *match.near_misses):
        source = {"title": "Việt Nam - Campuchia", "lead": "", "text": printed}[span.part]
        assert source[span.start : span.end] == span.words
        assert fold(span.words).words.strip()


@settings(max_examples=60, deadline=None)
@given(words=PIECES, spell=st.sampled_from(sorted(SPELLINGS)))
def test_no_page_of_a_matching_article_is_passed_over(words: list[str], spell: str) -> None:
    text = " ".join(words)
    if judge(text=text).score:
        assert MATCHER.could_match(f"<html><body><p>{SPELLINGS[spell](text)}</p></body></html>")


AROUND = (
    '<script>for(i=0;i<n;i++){document.write("x")}</script>', "<style>p > a {color: red}</style>", '<script src="a.js"></script>', "<!-- <script> -->",
    '<div title="<script>">', '<div title="a > b">', "<!-- </style> <style> -->", '<script type="application/ld+json">{"a": "b"}</script>', "<script>",
    "a < b", "<noscript><img src=x></noscript>", "<p>", "</p>", "<br/>", '<a href="?a=1&b=2">x</a>', "</SCRIPT >", "<style media=print>", "</style>",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    words=PIECES,
    before=st.lists(st.sampled_from(AROUND), max_size=6),
    after=st.lists(st.sampled_from(AROUND), max_size=6),
    spell=st.sampled_from(sorted(SPELLINGS)),
)
def test_no_paragraph_is_taken_for_code(words: list[str], before: list[str], after: list[str], spell: str) -> None:
    """What a parser shows of the page is what counts, however broken the page is around it."""
    page = f"<html><body>{''.join(before)}<div><p>{SPELLINGS[spell](' '.join(words))}</p></div>{''.join(after)}</body></html>"
    tree = lxml.html.document_fromstring(page)
    shown = "\n".join(
        text for node in tree.iter("p") for text in node.xpath(".//text()[not(ancestor::script or ancestor::style)]")
    )
    if judge(text=shown).score:
        assert MATCHER.could_match(page)


@pytest.mark.parametrize("page", [
    '<meta property="og:title" content="Bộ Quốc phòng Campuchia">',
    '<META NAME=description CONTENT="n&#432;&#7899;c b&#7841;n">',
    r'<script type="application/ld+json">{"headline": "n\u01b0\u1edbc b\u1ea1n"}</script>',
    "<script>var a = '<script>';</script><p>Campuchia</p>",
    '<p>Cam<st1:place w:st="on">pu</st1:place>chia, n<q>ước</q> bạn</p>',
    "<!-- <script> --><p>Campuchia</p><!-- </script> -->",
])  # fmt: skip
def test_what_a_page_says_of_its_article_is_read(page: str) -> None:
    assert MATCHER.could_match(f"<html>{page}</html>")


@pytest.mark.parametrize("page", [
    '<script>var menu = ["Campuchia"]; for (i = 0; i < 3; i++) show(menu[i]);</script>',
    "<style>.campuchia {color: red}</style>",
    '<a href="/campuchia.htm" title="Campuchia"><img alt="Campuchia"></a>',
    "<li>Trong nước</li><li>Bạn đọc</li>",
])  # fmt: skip
def test_code_and_attributes_are_not_read(page: str) -> None:
    assert not MATCHER.could_match(f"<html>{page}</html>")


NUMBERS = {
    "lần thứ 8": 8, "lần thứ VIII": 8, "lần thứ tám": 8, "lần 8": 8, "lần thứ nhất": 1, "lần thứ tư": 4, "lần thứ mười": 10,
    "lần thứ mười lăm": 15, "lần thứ hai mươi mốt": 21, "lần thứ XIX": 19, "lần thứ 77": 77,
}  # fmt: skip


@pytest.mark.parametrize(("written", "number"), NUMBERS.items())
def test_the_number_of_a_series_is_read_in_every_form(written: str, number: int) -> None:
    tags = judge(f"Đối thoại chính sách quốc phòng Việt Nam - Campuchia {written}").tags
    assert f"đối thoại chính sách quốc phòng lần thứ {number}" in tags


@pytest.mark.parametrize(("title", "expected"), [
    ("The 8th Vietnam-Cambodia defence policy dialogue held in Hanoi", "defence policy dialogue no. 8"),
    ("Vietnam, Cambodia hold eighth defence policy dialogue", "defence policy dialogue no. 8"),
    ("Vietnamese, Cambodian navies conduct their 75th joint patrol", "joint patrol no. 75"),
])  # fmt: skip
def test_english_numbers_stand_before_their_series(title: str, expected: str) -> None:
    assert expected in MATCHER.match(title=title, lead="", text="", site_language="en")[0].tags


def test_a_number_belongs_to_the_series_named_last_and_no_day_is_one() -> None:
    two = judge(
        "Hải quân Việt Nam - Campuchia họp rút kinh nghiệm tuần tra chung lần thứ 33, chuẩn bị tuần tra chung lần thứ 78"
    ).tags
    assert {"rút kinh nghiệm tuần tra chung lần thứ 33", "tuần tra chung lần thứ 78"} <= set(two)
    assert "tuần tra chung lần thứ 33" not in two
    day = "Vietnam and Cambodia mark 55th anniversary with naval joint patrol on 24th of June"
    assert not any("no." in tag for tag in MATCHER.match(title=day, lead="", text="", site_language="en")[0].tags)
    assert not any("lần thứ" in tag for tag in judge("Hải quân Việt Nam - Campuchia lần đầu tiên tuần tra chung").tags)


def test_tags_tell_kind_level_force_place_and_person() -> None:
    match = judge(
        "Hải quân Việt Nam - Campuchia tuần tra chung",
        "Vùng 5 Hải quân đón Trung tướng Tea Vinh của Hải quân Hoàng gia Campuchia thăm chính thức tại Phú Quốc.",
        "Trung tướng Tea Vinh đến từ Si Ha Núc. Tea Vinh cảm ơn Hải quân Việt Nam.",
    )
    assert match.tags == (
        "thăm",
        "tuần tra chung",
        "cấp quân khu",
        "hải quân",
        "Phú Quốc",
        "Preah Sihanouk",
        "Trung tướng Tea Vinh",
    )


def test_what_is_not_relevant_has_no_tags() -> None:
    assert judge("Hải quân Trung Quốc và Campuchia tuần tra chung").tags == ()


ENGLISH = {
    "ministers": (
        "Vietnamese, Cambodian defence ministers meet in Phnom Penh",
        "Phnom Penh (VNA) – Minister of National Defence General Phan Van Giang held talks with his Cambodian counterpart General Tea Seiha.",
        "The two sides agreed to step up cooperation in training, military medicine and border protection in line with a signed protocol.",
    ),
    "province and post": (
        "Tay Ninh border guards present medical supplies to Svay Rieng",
        "The Border Guard Command of Tay Ninh province handed over medicine to the military sub-region of Svay Rieng province.",
        "Officers of both sides thanked each other for protecting the shared border line.",
    ),
    "remains": (
        "Remains of Vietnamese volunteer soldiers repatriated from Cambodia",
        "A ceremony was held in Kampong Thom to hand over the remains of 12 Vietnamese volunteer soldiers.",
        "Team K73 searched for the remains during the dry season.",
    ),
    "as a Cambodian paper says it": (
        "Tea Seiha receives Vietnamese defence attaché",
        "Defence Minister Tea Seiha met the Vietnamese defence attaché on Tuesday to discuss military cooperation.",
        "He thanked Vietnam for training Cambodian officers.",
    ),
}
ENGLISH_ELSEWHERE = {
    "China at Ream": (
        "Cambodia, China begin Golden Dragon military exercise",
        "More than 2,000 Chinese and Cambodian soldiers began a joint exercise, Defence Ministry spokesperson Maly Socheata said.",
        "Chinese warships docked at Ream Naval Base ahead of the drill.",
    ),
    "Thailand at the border": (
        "Thai and Cambodian troops exchange fire near Preah Vihear",
        "The Royal Cambodian Army and Thai forces clashed on Thursday before a ceasefire was agreed by both sides.",
        "Defence ministers of the two countries will meet at the General Border Committee.",
    ),
    "trade with Vietnam": (
        "Cambodia-Vietnam trade tops $8 billion",
        "Bilateral trade between Cambodia and Vietnam rose 15 percent, the General Department of Customs said.",
        "The two countries will build more border markets.",
    ),
    "Laos and Vietnam": (
        "Vietnam, Laos border guards hold joint patrol",
        "Border guards of Quang Tri and Savannakhet conducted a bilateral patrol along the shared border.",
        "The two sides exchanged information on crime.",
    ),
}


@pytest.mark.parametrize("parts", ENGLISH.values(), ids=ENGLISH)
def test_english_papers_are_read_by_the_same_topic(parts: tuple[str, str, str]) -> None:
    title, lead, text = parts
    match = MATCHER.match(title=title, lead=lead, text=text, site_language="en")[0]
    assert match.relevant, match.why
    assert match.tags
    assert MATCHER.could_match(f"<p>{lead}</p>")


@pytest.mark.parametrize("parts", ENGLISH_ELSEWHERE.values(), ids=ENGLISH_ELSEWHERE)
def test_english_news_of_others_is_not_reported(parts: tuple[str, str, str]) -> None:
    title, lead, text = parts
    assert not MATCHER.match(title=title, lead=lead, text=text, site_language="en")[0].relevant


def test_a_deputy_is_no_minister() -> None:
    talks = "{} Bộ Quốc phòng hai nước Việt Nam và Campuchia hội đàm về hợp tác quốc phòng."
    levels = {"cấp bộ trưởng", "cấp thứ trưởng"}
    assert set(judge(talks.format("Thứ trưởng")).tags) & levels == {"cấp thứ trưởng"}
    assert set(judge(talks.format("Bộ trưởng")).tags) & levels == {"cấp bộ trưởng"}


def test_tags_speak_the_language_of_the_paper() -> None:
    title, lead, text = ENGLISH["ministers"]
    english = MATCHER.match(title=title, lead=lead, text=text, site_language="en")[0].tags
    assert {"talks", "ministers", "Phnom Penh", "General Tea Seiha"} <= set(english)
    assert {"hội đàm", "cấp bộ trưởng"} <= set(judge(title, lead, text).tags)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_folding_keeps_the_way_back(text: str) -> None:
    folded = fold(text)
    starts, ends = folded.places()
    assert len(starts) == len(ends) == len(folded.words)
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))
    assert fold(folded.words).words == folded.words or "&" in folded.words
    assert isinstance(fold_page(text), str)
