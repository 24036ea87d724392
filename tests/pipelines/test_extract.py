"""Pages in the markup of each family, read by their layout, and read again as if nobody knew the paper."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from news.model import Article, FetchedPage
from pipelines.extract import Layout, Paper, extract

HERE = Path(__file__).parent
FAMILIES = HERE.parents[1] / "crawler" / "families"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
KNOWN = ["vccorp", "mcms", "vov", "vnexpress", "dantri", "vietnamnet", "vtcnews"]
TITLES = {
    "vccorp": "Tuần tra chung trên sông biên giới",
    "mcms": "Khám bệnh cho bà con bên kia biên giới",
    "vov": "Hai bên họp về việc tôn tạo cột mốc",
    "vnexpress": "Ba trạm đo mực nước ở vùng biên",
    "dantri": "Chợ phiên mở lại sau mùa mưa",
    "vietnamnet": "Cầu treo nối hai bờ sông",
    "vtcnews": "Mở rộng đường lên cửa khẩu",
}
LEADS = {
    "vccorp": "Hai đội tàu gặp nhau ở cột mốc số 12, trao đổi tình hình và cùng tuần tra một đoạn sông dài bảy cây số.",
    "mcms": "Đoàn quân y của tỉnh đã sang hai xã bên kia biên giới khám bệnh, phát thuốc cho gần ba trăm người.",
    "vov": "Cuộc họp bàn cách tôn tạo những cột mốc bị nước lũ làm nghiêng.",
    "vnexpress": "Ba trạm đo mực nước mới bắt đầu gửi số liệu mỗi giờ cho hai tỉnh ở hai bên biên giới.",
    "dantri": "Chợ phiên bên cửa khẩu phụ mở lại sau bốn tháng nghỉ vì đường ngập.",
    "vietnamnet": "Cây cầu treo dài một trăm mét giúp học trò hai bờ sông khỏi phải đi đò trong mùa nước lớn.",
    "vtcnews": "Con đường lên cửa khẩu được mở rộng gấp đôi sau tám tháng thi công.",
}
AUTHORS = {
    "vccorp": ("Lê Văn Mẫu",),
    "mcms": ("Anh Mẫu",),
    "vov": ("Hồng Mẫu", "Trần Thử"),
    "vnexpress": ("Hà Mẫu",),
    "dantri": ("Tri Mẫu",),
    "vietnamnet": ("Duy Mẫu",),
    "vtcnews": ("Lương Mẫu",),
}
TIMES = {
    "vccorp": "2026-03-01T02:51",
    "mcms": "2026-08-06T08:33",
    "vov": "2026-07-16T01:46",
    "vnexpress": "2026-03-06T17:05",
    "dantri": "2026-03-07T01:07",
    "vietnamnet": "2026-03-07T01:52",
    "vtcnews": "2025-12-24T02:30",
}
PARAGRAPHS = {"vccorp": 5, "mcms": 3, "vov": 3, "vnexpress": 3, "dantri": 2, "vietnamnet": 2, "vtcnews": 2}


def layouts(family: str) -> tuple[Layout, ...]:
    return msgspec.convert(tomllib.loads((FAMILIES / f"{family}.toml").read_text("utf-8"))["layouts"], tuple[Layout, ...])


def paper(family: str = "") -> Paper:
    return Paper(key="vidu", name="Báo Ví Dụ", domains=("vidu.vn",), layouts=layouts(family) if family else ())


def page(name: str) -> FetchedPage:
    address = f"https://vidu.vn/{name}-185260301094512345.htm?utm_source=rss"
    return FetchedPage(site="vidu", asked=address, url=address, body=(HERE / "pages" / f"{name}.html").read_bytes(), fetched=NOW)


def read(name: str, *, known: bool = True) -> Article:
    return extract(page(name), paper(name.partition("-")[0] if known else ""))


@pytest.fixture(scope="module", params=[f"{name}/{how}" for name in KNOWN for how in ("known", "unknown")])
def case(request: pytest.FixtureRequest) -> tuple[str, Article]:
    name, _, how = request.param.partition("/")
    return name, read(name, known=how == "known")


def test_the_title_is_the_visible_headline(case: tuple[str, Article]) -> None:
    name, article = case
    assert article.title == TITLES[name]


def test_the_lead_comes_without_the_house_mark(case: tuple[str, Article]) -> None:
    name, article = case
    assert article.lead == LEADS[name]
    assert article.lead not in article.text


def test_every_paragraph_is_there_and_nothing_else(case: tuple[str, Article]) -> None:
    name, article = case
    assert len(article.text.splitlines()) == PARAGRAPHS[name], article.text
    for foreign in (
        "Tin ",
        "tin không",
        "Lời dẫn",
        "Một chuyện khác",
        "Mời quý",
        "Đọc thêm",
        "Ảnh:",
        "ẢNH:",
        "Quảng cáo",
        "Từ khóa",
        "miền Bắc",
    ):
        assert foreign not in article.text


def test_authors_are_persons(case: tuple[str, Article]) -> None:
    name, article = case
    assert article.authors == AUTHORS[name]


def test_times_are_right_to_the_minute(case: tuple[str, Article]) -> None:
    name, article = case
    assert article.published is not None
    assert f"{article.published:%Y-%m-%dT%H:%M}" == TIMES[name]


def test_how_names_the_rule_that_found_each_field() -> None:
    how = read("vccorp").how
    assert how["body"] == "vccorp-2026: div.detail-content.afcbc-body"
    assert how["title"].startswith("vccorp-2026: ")
    assert how["published"] == "meta article:published_time"
    assert read("vccorp", known=False).how["body"].startswith("generic: ")


def test_captions_are_kept_apart_without_the_photographer_s_line() -> None:
    assert read("vccorp").captions == ("Hai con tàu rời bến lúc bình minh",)
    assert read("vov").captions == ("Cột mốc bên bờ sông (Ảnh: Lê Mẫu).",)


def test_words_in_links_and_text_boxes_stay() -> None:
    text = read("vccorp").text
    assert "hai bên trao đổi về buôn lậu trên sông." in text
    assert "Ba lần mỗi năm\nTheo thỏa thuận" in text
    assert read("dantri").text.splitlines()[1].startswith("Giá cả năm nay")
    assert "chương trình mà hai tỉnh đã ký" in read("mcms").text


def test_a_photo_story_is_told_by_its_captions() -> None:
    for known in (True, False):
        article = read("mcms-photo", known=known)
        assert article.lead == "Phóng viên theo chân các chiến sĩ trẻ từ lúc trời còn tối đến khi lên đèn."
        assert article.text.startswith("Năm giờ sáng, kẻng báo thức")
        assert article.captions == tuple(article.text.splitlines())
        assert "captions" in article.how["body"]


def test_the_canonical_address_is_the_page_s_own_where_it_names_one() -> None:
    assert read("mcms").canonical_url == "https://vidu.vn/kham-benh-cho-ba-con-ben-kia-bien-gioi-post596298.html"
    assert read("dantri").canonical_url == page("dantri").url


def test_modified_may_lie_before_published() -> None:
    article = read("mcms")
    assert article.modified is not None
    assert article.published is not None
    assert article.modified < article.published


def test_an_agency_is_told_from_a_byline() -> None:
    assert read("vnexpress").agency == "Reuters"
    assert read("vov").agency is None


def test_a_page_of_unknown_make_is_read_by_its_shape() -> None:
    article = read("unknown", known=False)
    assert article.title == "Diễn tập cứu nạn trên hồ lớn"
    assert article.lead == "Hơn hai trăm người của hai nước tham gia buổi diễn tập cứu nạn kéo dài trọn một ngày trên hồ."
    assert [line.split()[0] for line in article.text.splitlines()] == ["Buổi", "Hai", "Đến"]
    assert article.captions == ("Xuồng cao tốc trên hồ. Ảnh: Lê Mẫu",)
    assert article.published == datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    assert (article.authors, article.agency, article.credit_line) == (("Hiền Mẫu",), "TTXVN", "Theo Hiền Mẫu (TTXVN/Vietnam+)")
    assert article.language == "vi"


def test_every_family_file_holds_selectors_that_compile() -> None:
    for path in FAMILIES.glob("*.toml"):
        empty = FetchedPage(
            site="vidu", asked="", url="https://vidu.vn/", body=b"<html><body><h1>x</h1></body></html>", fetched=NOW
        )
        bare = Paper(key="vidu", name="Báo Ví Dụ", domains=("vidu.vn",), layouts=layouts(path.stem))
        with pytest.raises(Exception, match="not_article"):
            extract(empty, bare)
