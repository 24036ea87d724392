"""Pages in the markup of the smaller families and of single papers, and quirks of papers that are no family's own."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from crawler.catalogue import all_sites
from news.model import Article, FetchedPage
from pipelines.dates import parse_time
from pipelines.extract import Layout, Paper, extract
from pipelines.extract.credits import own_names, strip_mark

HERE = Path(__file__).parent
FAMILIES = HERE.parents[1] / "crawler" / "families"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
TOLD_ELSEWHERE = {"dantri", "mcms", "vccorp", "vietnamnet", "vnexpress", "vov", "vtcnews"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a careful reader takes from a page; `starts` are the first words of each paragraph, the time is UTC."""

    title: str
    lead: str
    starts: tuple[str, ...]
    published: str
    authors: tuple[str, ...] = ()
    agency: str | None = None
    captions: tuple[str, ...] = ()
    language: str = "vi"


# Sorted by family.
TOLD = {
    "baohaiquan": Told(
        title="Hai tàu hải quân cùng tập cứu nạn",
        lead="Hai con tàu gặp nhau ngoài khơi hòn đảo xa nhất, cùng tập cứu một chiếc ghe chết máy.",
        starts=("Buổi tập bắt đầu", "Chiếc ghe được lai"),
        published="2026-11-20T23:45",
        authors=("Hải Mẫu",),
        captions=("Hai tàu trong buổi tập cứu nạn",),
    ),
    "baophapluat": Told(
        title="Phiên tòa lưu động ở chợ biên giới",
        lead="Phiên tòa lưu động xử vụ buôn gỗ lậu có hơn ba trăm người của hai xã đến nghe.",
        starts=("Phiên tòa mở ngay", "Tòa tuyên bốn"),
        published="2026-11-19T09:50",
        authors=("Luật Mẫu",),
    ),
    "baotintuc": Told(
        title="Hội chợ biên giới mở cửa đón khách",
        lead="Hơn hai trăm gian hàng của hai nước bày bán nông sản và đồ mây tre trong năm ngày.",
        starts=("Ngay trong buổi sáng", "Ban tổ chức cho biết"),
        published="2026-11-20T01:30",
        authors=("Tâm Mẫu",),
        agency="TTXVN",
    ),
    "fck": Told(
        title="Vùng biên vào vụ lúa mới",
        lead="Nước vừa rút, nông dân hai bên đường biên đã xuống đồng gieo vụ lúa sớm nhất trong năm.",
        starts=("Ở ấp đầu tiên", "Giống lúa năm nay"),
        published="2026-11-08T11:21",
        authors=("P.Mẫu",),
        captions=("Gieo lúa ở ấp giáp biên",),
    ),
    "joomla": Told(
        title="Officers meet at the border post",
        lead="",
        starts=("Officers of both sides", "The meeting was", "Farmers had asked", "The new hours"),
        published="2026-11-14T02:05",
        authors=("Dara Example",),
        language="en",
    ),
    "laodong": Told(
        title="Công nhân vùng biên có nhà mới",
        lead="Một trăm căn nhà cho công nhân cao su đã dựng xong trước mùa mưa.",
        starts=("Mỗi căn rộng", "Công đoàn hai nước"),
        published="2026-11-18T07:20",
        authors=("Minh Mẫu",),
        captions=("Dãy nhà mới bên vườn cao su. Ảnh: Minh Thử",),
    ),
    "onecms": Told(
        title="Hai tỉnh họp bàn việc mở bến phà",
        lead="Bến phà mới sẽ nối hai xã ở hai bên biên giới, mỗi ngày chạy sáu chuyến.",
        starts=("Theo dự kiến", "Hai bên thống nhất"),
        published="2026-11-18T00:15",
        authors=("Thu Mẫu",),
        captions=("Bờ sông nơi sẽ dựng bến phà",),
    ),
    "qdnd": Told(
        title="Quân y hai nước khám bệnh chung ở vùng biên",
        lead="Hai bệnh viện quân y cùng mở một phòng khám dưới mái đình làng trong ba ngày liền.",
        starts=("Ngày đầu tiên", "Bác sĩ hai bên"),
        published="2026-11-17T12:40",
        authors=("QUÂN MẪU",),
        captions=("Khám bệnh dưới mái đình. Ảnh: VĂN THỬ",),
    ),
    "td": Told(
        title="Đội quy tập lên đường mùa khô thứ hai mươi",
        lead="Ba mươi cán bộ, chiến sĩ của đội quy tập lên đường sang nước bạn tìm đồng đội trong mùa khô thứ hai mươi.",
        starts=("Chuyến đi kéo dài", "Trước giờ xuất phát"),
        published="2026-11-19T13:05",
        authors=("Văn Mẫu",),
    ),
    "wordpress": Told(
        title="Two towns share a ferry",
        lead="",
        starts=("The two towns", "The ferry now leaves", "Its keepers say"),
        published="2026-11-15T03:10",
        authors=("Sok Example",),
        captions=("The ferry on its first morning.",),
        language="en",
    ),
    "znews": Told(
        title="Đoàn xe đạp qua ba nước",
        lead="Bảy người bạn đạp xe một nghìn cây số qua ba nước để quyên tiền xây trường học vùng biên.",
        starts=("Đoàn xe khởi hành", "Đến ngày thứ mười bảy"),
        published="2026-11-16T02:02",
        authors=("Phong Mẫu",),
        captions=("Đoàn xe nghỉ chân bên đường. Ảnh: Lê Thử.",),
    ),
}
# What stands in boxes beside and inside these articles.
FOREIGN = (
    "Tin liên quan",
    "Tin cũ",
    "tin cũ",
    "Tin khác",
    "Một tin khác",
    "Tin trong ô",
    "Tin xếp",
    "Quảng cáo",
    "cuốn sách",
    "older",
    "Older",
)
FOREIGN_ENGLISH = ("Another story", "Other item", "Share this", "POWERED")


def layouts(family: str) -> tuple[Layout, ...]:
    return msgspec.convert(tomllib.loads((FAMILIES / f"{family}.toml").read_text("utf-8"))["layouts"], tuple[Layout, ...])


def fetched(body: str | bytes, url: str = "https://vidu.vn/mot-bai-bao-20261122080000123.htm") -> FetchedPage:
    content = body.encode() if isinstance(body, str) else body
    return FetchedPage(site="vidu", asked=url, url=url, body=content, fetched=NOW)


def paper(family: str = "") -> Paper:
    return Paper(key="vidu", name="Báo Ví Dụ", domains=("vidu.vn",), layouts=layouts(family) if family else (), names=("PLVN",))


def read(name: str, *, known: bool = True) -> Article:
    return extract(fetched((HERE / "pages" / f"{name}.html").read_bytes()), paper(name if known else ""))


@pytest.fixture(scope="module", params=TOLD)
def case(request: pytest.FixtureRequest) -> tuple[Told, Article]:
    return TOLD[request.param], read(request.param)


def test_every_family_has_a_page() -> None:
    assert {path.stem for path in FAMILIES.glob("*.toml")} == set(TOLD) | TOLD_ELSEWHERE
    assert all((HERE / "pages" / f"{name}.html").exists() for name in TOLD_ELSEWHERE)


@pytest.mark.parametrize("name", TOLD)
def test_the_family_s_own_layout_reads_its_page(name: str) -> None:
    assert read(name).how["body"].startswith(f"{layouts(name)[0].name}: ")


def test_headline_and_lead_are_the_visible_ones(case: tuple[Told, Article]) -> None:
    told, article = case
    assert (article.title, article.lead) == (told.title, told.lead)
    assert not told.lead or told.lead not in article.text


def test_the_text_is_whole_and_nothing_leaks_in(case: tuple[Told, Article]) -> None:
    told, article = case
    lines = article.text.splitlines()
    assert len(lines) == len(told.starts), lines
    assert all(line.startswith(start) for line, start in zip(lines, told.starts, strict=True)), lines
    assert not any(words in f"{article.lead}\n{article.text}" for words in (*FOREIGN, *FOREIGN_ENGLISH))


def test_captions_stand_apart(case: tuple[Told, Article]) -> None:
    told, article = case
    assert article.captions == told.captions


def test_who_signed_and_where_it_came_from(case: tuple[Told, Article]) -> None:
    told, article = case
    assert (article.authors, article.agency) == (told.authors, told.agency)


def test_the_time_is_right_to_the_minute(case: tuple[Told, Article]) -> None:
    told, article = case
    assert article.published is not None
    assert f"{article.published:%Y-%m-%dT%H:%M}" == told.published


def test_the_language_is_told(case: tuple[Told, Article]) -> None:
    told, article = case
    assert article.language == told.language


@pytest.mark.parametrize("name", TOLD)
def test_who_does_not_know_the_family_loses_no_paragraph_and_lets_nothing_in(name: str) -> None:
    told, article = TOLD[name], read(name, known=False)
    lines = [article.lead, *article.text.splitlines()]
    assert all(any(line.startswith(start) for line in lines) for start in told.starts), lines
    assert len(lines) <= len(told.starts) + 2, lines
    assert not any(words in line for line in lines for words in (*FOREIGN, *FOREIGN_ENGLISH))


@pytest.mark.parametrize(
    "name",
    list(TOLD),
)
def test_who_does_not_know_the_family_finds_the_headline(name: str) -> None:
    assert read(name, known=False).title == TOLD[name].title


# ---- papers with layouts of their own

LEAD = "Hai bên đường biên cùng dọn sạch con suối đã nghẽn từ mùa lũ năm ngoái, trước khi nước lại lên."
BODY = (
    "Sáng sớm, hơn một trăm người mang cuốc và quang gánh ra bờ suối, người bên này đứng lẫn với người bên kia.",
    "Đến xế chiều dòng nước đã trong trở lại, và lũ trẻ của hai bản là những người đầu tiên nhảy xuống tắm.",
)
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in BODY)
HEADLINE = "Hai bản cùng dọn một con suối"
SINGLE = {
    "cand": (
        f'<h1 class="box-title-detail entry-title">{HEADLINE}</h1><div class="box-date">22/11/2026 - 08:07</div>'
        f'<div class="box-des-detail"><p>{LEAD}</p></div><div class="detail-content-body">{PARAGRAPHS}'
        '<div class="contref simplebox"><a href="/a-i1234/">Một tin khác của tờ báo này</a></div></div>'
    ),
    "bienphong": (
        f'<h1 class="bp-detail-content-title-h1">{HEADLINE}</h1><span class="bp-date-time">22/11/2026 - 08:07</span>'
        f'<p class="bp-detail-sapo">Biên phòng - {LEAD}</p><div class="bp-detail-text-content">{PARAGRAPHS}</div>'
    ),
    "dangcongsan": (
        f'<div id="contenttitle">{HEADLINE}</div><div id="ngaytao">Chủ nhật, 22/11/2026 08:07 (GMT+7)</div>'
        f'<div id="description">(ĐCSVN) - {LEAD}</div><div class="noidungtt">{PARAGRAPHS}</div>'
    ),
    "baolamdong": (
        f'<h1 class="title">{HEADLINE}</h1><time datetime="2026-11-22 08:07">22/11/2026</time><div class="article__sapo">{LEAD}</div>'
        f'<div class="detail-content-body">{PARAGRAPHS}</div>'
    ),
    "baoquangngai": (
        f'<article><h1>{HEADLINE}</h1><time>08:07, 22/11/2026</time><p class="sapo">{LEAD}</p><div id="content">{PARAGRAPHS}</div>'
        "</article>"
    ),
}


@pytest.mark.parametrize("key", SINGLE)
def test_a_paper_may_have_a_layout_of_its_own(key: str) -> None:
    site = all_sites()[key]
    body = f'<html lang="vi"><head><meta property="og:type" content="article"></head><body>{SINGLE[key]}</body></html>'
    article = extract(fetched(body, f"https://{site.domains[0]}/tin-moi-20261122080000123.htm"), site.paper)
    assert (article.title, article.lead, tuple(article.text.splitlines())) == (HEADLINE, LEAD, BODY)
    assert article.published == datetime(2026, 11, 22, 1, 7, tzinfo=UTC)
    assert article.how["body"].startswith(f"{key}-")


# ---- quirks

HEAD = '<html lang="vi"><head><meta property="og:type" content="article"></head><body>'


def shape(body: str, *, head: str = HEAD, url: str = "https://vidu.vn/hai-ban-cung-don-mot-con-suoi.html") -> Article:
    return extract(fetched(head + body + "</body></html>", url), paper())


def test_a_page_inside_one_form_is_read() -> None:
    article = shape(f'<form method="post"><div><h1>{HEADLINE}</h1><time>22/11/2026 08:07</time>{PARAGRAPHS}</div></form>')
    assert (article.title, tuple(article.text.splitlines())) == (HEADLINE, BODY)


def test_the_second_of_two_headlines_may_be_the_article_s() -> None:
    head = HEAD.replace("</head>", f'<meta property="og:title" content="{HEADLINE}"></head>')
    article = shape(
        f"<h1>THỜI SỰ &gt; Biên giới</h1><div><h1>{HEADLINE}</h1><p>22/11/2026 - 08:07</p>{PARAGRAPHS}</div>", head=head
    )
    assert article.title == HEADLINE
    assert article.published == datetime(2026, 11, 22, 1, 7, tzinfo=UTC)


def test_a_stray_end_of_the_document_does_not_end_it() -> None:
    filler = "<!-- " + "x" * 3000 + " -->"
    article = shape(f"<h1>{HEADLINE}</h1><time>22/11/2026 08:07</time>{PARAGRAPHS}{filler}", head="<html></html>" + HEAD)
    assert tuple(article.text.splitlines()) == BODY


def test_words_after_the_end_of_the_document_are_no_text() -> None:
    body = f"<h1>{HEADLINE}</h1><time>22/11/2026 08:07</time><div>{PARAGRAPHS}</div></body></html><!--u: 22/11/2026 09:00:00-->"
    assert tuple(shape(body).text.splitlines()) == BODY


def test_an_address_without_any_number_is_a_canonical_one() -> None:
    head = HEAD.replace("</head>", '<link rel="canonical" href="https://vidu.vn/hai-ban-cung-don-suoi.html"></head>')
    article = shape(f"<h1>{HEADLINE}</h1><time>22/11/2026 08:07</time>{PARAGRAPHS}", head=head)
    assert article.canonical_url == "https://vidu.vn/hai-ban-cung-don-suoi.html"


def test_a_canonical_link_to_the_front_page_or_elsewhere_is_not_believed() -> None:
    for claimed in ("https://vidu.vn/", "https://vidu.vn/tin-tuc", "https://baokhac.vn/hai-ban-cung-don-suoi-123456.html"):
        head = HEAD.replace("</head>", f'<link rel="canonical" href="{claimed}"></head>')
        article = shape(f"<h1>{HEADLINE}</h1><time>22/11/2026 08:07</time>{PARAGRAPHS}", head=head)
        assert article.canonical_url == "https://vidu.vn/hai-ban-cung-don-mot-con-suoi.html"


def test_where_the_query_is_the_identity_the_address_keeps_it() -> None:
    url = "https://vidu.vn/home/detail?current=true&urile=wcm:path:/mod/sa-mod-site/sa-ttsk/hai-ban-cung-don-mot-con-suoi"
    article = shape(f"<h1>{HEADLINE}</h1><time>22/11/2026 08:07</time>{PARAGRAPHS}", url=url)
    assert article.canonical_url == url


def test_the_clock_of_the_site_is_not_the_time_of_the_article() -> None:
    clock = '<div class="header"><span class="date">Sunday, November 22, 2026, 15:45 (GMT+7)</span></div>'
    article = shape(
        f'{clock}<div><h1>{HEADLINE}</h1><p class="date">Thursday, October 08, 2026, 09:11 (GMT+7)</p>{PARAGRAPHS}</div>'
    )
    assert article.published == datetime(2026, 10, 8, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("10/8/2026 9:11:00 AM", datetime(2026, 10, 8, 2, 11, tzinfo=UTC)),  # the mobile site of a journal
        ("9/30/2026 2:48:13 PM", datetime(2026, 9, 30, 7, 48, tzinfo=UTC)),
        ("10/08/2026", None),  # its lists: month first, which nobody can know
        ("22/11/2026 06:45:10", datetime(2026, 11, 21, 23, 45, tzinfo=UTC)),
        ("20:05, 19/11/2026", datetime(2026, 11, 19, 13, 5, tzinfo=UTC)),
    ],
)
def test_clocks_of_single_papers(printed: str, told: datetime | None) -> None:
    read_time = parse_time(printed)
    assert (read_time and read_time.replace(second=0)) == told


def test_a_naive_time_in_an_attribute_is_vietnamese() -> None:
    article = shape(f'<h1>{HEADLINE}</h1><time datetime="2026-11-22 08:07">Chủ nhật</time>{PARAGRAPHS}')
    assert article.published == datetime(2026, 11, 22, 1, 7, tzinfo=UTC)


def test_a_date_without_an_hour_gives_way_to_a_time_that_has_one() -> None:
    ld = '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-11-22","author":null}</script></head>'
    article = shape(f"<h1>{HEADLINE}</h1><p>22/11/2026 - 18:21</p>{PARAGRAPHS}", head=HEAD.replace("</head>", ld))
    assert article.published == datetime(2026, 11, 22, 11, 21, tzinfo=UTC)


def test_dates_in_the_text_are_not_the_time_of_the_article() -> None:
    article = shape(
        f"<h1>{HEADLINE}</h1>{PARAGRAPHS * 3}<p>Lúc 14 giờ 30 ngày 13.11.2026, mưa lớn trút xuống cả thung lũng và con suối lại đầy.</p>"
    )
    assert article.published is None


def test_spaces_entities_and_decomposed_letters_are_put_right() -> None:
    dressed = "Hai b\u1ea3n c\u00f9ng d\u1ecdn m\u1ed9t con su\u00f4\u0301i"
    text = BODY[0].replace(" ra bờ", "\u00a0ra\u202fb\u1edd\u200b").replace("quang", "qu\u00adang")
    article = shape(
        f"<h1>{dressed}</h1><time>22/11/2026 08:07</time><div><p>{text}</p><p>{BODY[1].replace('à', '&agrave;')}</p></div>"
    )
    assert (article.title, tuple(article.text.splitlines())) == (HEADLINE, BODY)


def test_a_place_glued_to_the_lead_is_no_part_of_it() -> None:
    body = (
        f'<h1 class="title-detail">{HEADLINE}</h1><span class="date">Chủ nhật, 22/11/2026, 08:07 (GMT+7)</span>'
        f'<p class="description"><span class="location-stamp">Tây Ninh</span>{LEAD}</p><article class="fck_detail">{PARAGRAPHS}</article>'
    )
    article = extract(fetched(HEAD + body + "</body></html>"), paper("vnexpress"))
    assert article.lead == LEAD


def test_the_longer_of_two_bodies_is_the_body() -> None:
    body = (
        f'<h1 class="detail-title">{HEADLINE}</h1><div data-role="publishdate">22/11/2026 08:07 GMT+7</div>'
        f'<div data-role="content"></div><div data-role="content">{PARAGRAPHS}</div>'
    )
    assert tuple(extract(fetched(HEAD + body + "</body></html>"), paper("vccorp")).text.splitlines()) == BODY


def test_entities_in_a_name_are_letters() -> None:
    ld = '<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"NH&#7852;T M&#7850;U"}}</script></head>'
    article = shape(f"<h1>{HEADLINE}</h1><time>22/11/2026 08:07</time>{PARAGRAPHS}", head=HEAD.replace("</head>", ld))
    assert article.authors == ("NHẬT MẪU",)


def test_a_script_that_only_mentions_a_cookie_is_no_wall() -> None:
    script = "<script>document.cookie='seen=1';</script>"
    assert shape(f"{script}<h1>{HEADLINE}</h1><time>22/11/2026 08:07</time>{PARAGRAPHS * 3}").title == HEADLINE


@pytest.mark.parametrize(
    ("key", "mark"),
    [
        ("baochinhphu", "(Chinhphu.vn) - "),
        ("baogialai", "(GLO)- "),
        ("baophapluat", "(PLVN) - "),
        ("bienphong", "Biên phòng - "),
        ("dangcongsan", "(ĐCSVN) - "),
        ("dantri", "(Dân trí) - "),
        ("nhandan", "NDO - "),
        ("qdnd", "QĐND Online - "),
        ("sggp", "SGGPO - "),
        ("tienphong", "TP - "),
        ("tienphong", "TPO - "),
        ("vov", "VOV.VN - "),
        ("vtcnews", "(VTC News) - "),
        ("vtv", "VTV.vn - "),
    ],
)
def test_the_mark_of_the_house_is_no_part_of_the_lead(key: str, mark: str) -> None:
    assert strip_mark(mark + LEAD, own_names(all_sites()[key].paper)) == LEAD


@pytest.mark.parametrize(
    ("key", "lead"),
    [
        ("baohaiquan", "Hải quân Việt Nam - Campuchia vừa kết thúc chuyến tuần tra chung lần thứ tám mươi."),
        ("canhsatbien", "Cảnh sát biển Việt Nam - Campuchia vừa kết thúc chuyến tuần tra chung trên vùng nước lịch sử."),
        ("vietnamnews", "Viet Nam - Cambodia defence ties were the subject of talks held in Phnom Penh on Friday."),
        ("vietnamvn", "Việt Nam - Campuchia ký bản ghi nhớ về hợp tác đào tạo sĩ quan trẻ của hai quân đội."),
    ],
)
def test_two_countries_at_the_head_of_a_lead_are_no_mark(key: str, lead: str) -> None:
    assert strip_mark(lead, own_names(all_sites()[key].paper)) == lead


def test_a_layout_without_a_time_leaves_it_to_shape() -> None:
    site = all_sites()["baoangiang"]
    body = f'<h1 class="title-detail">{HEADLINE}</h1><p>22/11/2026 - 08:07</p><div class="content-fck">{PARAGRAPHS}</div>'
    assert extract(fetched(HEAD + body, "https://baoangiang.com.vn/tin-moi-a465150.html"), site.paper).published is not None
