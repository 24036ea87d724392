"""What the matcher promises: parties are bound, spellings are one, and every verdict explains itself."""

import html
import tomllib
import unicodedata
from pathlib import Path

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
    assert "dialogue" in match.tags
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


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_folding_keeps_the_way_back(text: str) -> None:
    folded = fold(text)
    starts, ends = folded.places()
    assert len(starts) == len(ends) == len(folded.words)
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))
    assert fold(folded.words).words == folded.words or "&" in folded.words
    assert isinstance(fold_page(text), str)
