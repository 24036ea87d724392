import random
import sqlite3
import subprocess
import sys
import unicodedata
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.model import Article
from pipelines import duplicates
from pipelines.duplicates import bands, likeness, nearest, words
from tests import builders

LEAD = "Sáng 20/1, tại Hà Nội, Đại tướng Phan Văn Giang đón Đại tướng Tea Seiha, Bộ trưởng Quốc phòng Campuchia."
PARAGRAPHS = (
    "Hai bên đánh giá hợp tác quốc phòng giữa quân đội hai nước thời gian qua được triển khai toàn diện và thực chất.",
    "Nổi bật là trao đổi đoàn các cấp, huấn luyện đào tạo, bảo vệ biên giới và tìm kiếm quy tập hài cốt liệt sĩ.",
    "Bộ trưởng Tea Seiha cảm ơn nhân dân Việt Nam đã giúp Campuchia thoát khỏi chế độ diệt chủng và hồi sinh đất nước.",
    "Hai bộ trưởng nhất trí sẽ tiếp tục duy trì cơ chế đối thoại chính sách, mở rộng hợp tác quân y và an ninh mạng.",
    "Trong khuôn khổ chuyến thăm, đoàn sẽ đến chào lãnh đạo Đảng, Nhà nước và thăm một số đơn vị của quân đội.",
    "Trước đó đoàn đã đặt vòng hoa tại Đài tưởng niệm các Anh hùng Liệt sĩ trên đường Bắc Sơn, quận Ba Đình.",
)
SYLLABLES = (
    "hoà",
    "thuỷ",
    "kỹ",
    "sỹ",
    "quý",
    "toàn",
    "quân",
    "biên",
    "phòng",
    "giới",
    "tuần",
    "tra",
    "chung",
    "hải",
    "đội",
    "lần",
    "thứ",
    "20/1",
    "1.000",
    "Việt",
    "Nam",
)
sentences = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=60).map(" ".join)


def article(*paragraphs: str, lead: str = "", captions: tuple[str, ...] = ()) -> Article:
    return Article(
        site="a.vn",
        url="https://a.vn/1",
        canonical_url="https://a.vn/1",
        title="",
        lead=lead,
        text="\n".join(paragraphs),
        captions=captions,
    )


def said(text: str) -> str:
    return " ".join(words(article(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà bình, thuỷ lợi, khoẻ", "hòa bình, thủy lợi, khỏe"),
        ("liệt sĩ, tỉ đồng, kĩ thuật, lí do, quí khách", "liệt sỹ, tỷ đồng, kỹ thuật, lý do, quý khách"),
        ("Việt Nam - Cam-pu-chia tại Phnôm Pênh", "Việt Nam – Campuchia tại Phnom Penh"),
        ("ngày 20/1", "ngày 20.1"),
        ("ngày 20-01-2026", "ngày 20/1/2026"),
        ("ngày 5 tháng 3 năm 2026", "ngày 5/3/2026"),
        ("1.500 quân nhân", "1,500 quân nhân"),
        ("TP.HCM", "Thành phố Hồ Chí Minh"),
        ("UBND tỉnh", "Uỷ ban nhân dân tỉnh"),
    ],
)
def test_house_spellings_of_the_same_words_are_the_same(one, other):
    assert said(one) == said(other)


@pytest.mark.parametrize(
    "line",
    [
        "Phnom Penh (TTXVN) - Hai bên nhất trí.",
        "(PLO)- Hai bên nhất trí.",
        "TPO - Hai bên nhất trí.",
        "VOV.VN - Hai bên nhất trí.",
        "Theo phóng viên TTXVN tại Campuchia, Hai bên nhất trí.",
        "Hai bên nhất trí. (TTXVN/Vietnam+)",
        "Hai bên nhất trí./.",
    ],
)
def test_datelines_and_credits_are_not_compared(line):
    assert said(line) == "hai bên nhất trí"


@pytest.mark.parametrize(
    "line",
    [
        "Theo TTXVN",
        "Nguồn: QĐND",
        "Tin, ảnh: Minh Phú",
        "Quang cảnh buổi tiếp. Ảnh: TTXVN",
        "Tin liên quan: Tuần tra chung trên biển",
        ">>> Đọc tin thế giới trên VietNamNet",
        "Mời quý độc giả theo dõi VOV.VN trên Google News",
        "Hai bộ trưởng chụp ảnh lưu niệm",
    ],
)
def test_captions_and_furniture_lines_are_not_compared(line):
    captions = ("Hai bộ trưởng chụp ảnh lưu niệm",)
    assert words(article(PARAGRAPHS[0], line, captions=captions)) == words(article(PARAGRAPHS[0]))


@pytest.mark.parametrize(
    "line",
    [
        "Theo đó, hai bên sẽ tổ chức tuần tra chung.",
        "Chia sẻ với báo chí, ông nói hai bên hài lòng.",
        "Ảnh hưởng của bão khiến chuyến thăm bị hoãn.",
    ],
)
def test_a_sentence_that_begins_like_furniture_is_kept(line):
    assert said(line)


def test_the_lists_that_people_extend_are_sorted():
    assert list(duplicates._SPELLINGS) == sorted(duplicates._SPELLINGS)


@given(sentences)
def test_composed_and_decomposed_text_are_the_same(text):
    assert bands(article(unicodedata.normalize("NFD", text))) == bands(article(unicodedata.normalize("NFC", text)))


@given(sentences)
def test_the_place_of_the_tone_mark_does_not_matter(text):
    old = text.replace("hoà", "hòa").replace("thuỷ", "thủy")
    assert words(article(old)) == words(article(text))


@given(sentences, sentences)
def test_likeness_is_symmetric_and_lies_between_0_and_1(one, other):
    a, b = article(one), article(other)
    assert likeness(a, b) == likeness(b, a)
    assert 0 <= likeness(a, b).resemblance <= likeness(a, b).containment <= 1
    assert likeness(a, a).resemblance == 1


def test_an_empty_text_has_no_bands_and_is_like_nothing():
    empty = article("Theo TTXVN")
    assert bands(empty) == ()
    assert likeness(empty, empty) == likeness(empty, article(*PARAGRAPHS))
    assert likeness(empty, article(*PARAGRAPHS)).shared == 0


def test_a_text_shorter_than_a_shingle_still_has_bands():
    assert bands(article("Hai bên")) == bands(article("hai bên."))


def test_bands_are_64_signed_numbers_of_64_bits():
    keys = bands(article(*PARAGRAPHS, lead=LEAD))
    assert len(set(keys)) == 64
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert min(keys) < 0 < max(keys)


def test_bands_never_change_since_they_are_stored():
    assert bands(article("Hai bên nhất trí tăng cường hợp tác quốc phòng."))[::21] == (
        8628613413973260271,
        -5573231261449938411,
        3645716125515677167,
        -6665939738825382923,
    )


def test_bands_are_the_same_in_another_process():
    program = (
        "from news.model import Article; from pipelines.duplicates import bands;"
        f"print(bands(Article(site='', url='', canonical_url='', title='', text={PARAGRAPHS[0]!r})))"
    )
    printed = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"PYTHONHASHSEED": "7"},
    )
    assert printed.stdout.strip() == str(bands(article(PARAGRAPHS[0])))


@pytest.mark.parametrize(
    "copy",
    [
        article(*PARAGRAPHS[:3], lead=LEAD),
        article(*PARAGRAPHS[:3], lead="Hai bộ trưởng quốc phòng vừa gặp nhau ở thủ đô."),
        article(*PARAGRAPHS, "Báo chí trong và ngoài nước cũng đã đưa tin về sự kiện này.", lead=LEAD),
        article("Đây là đoạn mới do toà soạn viết thêm vào đầu bài.", *PARAGRAPHS),
        article(PARAGRAPHS[0], lead=LEAD),
    ],
)
def test_a_copy_shares_a_band_and_most_of_the_shorter_text(copy):
    whole = article(*PARAGRAPHS, lead=LEAD)
    assert set(bands(copy)) & set(bands(whole))
    assert likeness(copy, whole).containment > 0.7


def test_unrelated_texts_share_little():
    alike = likeness(article(*PARAGRAPHS[:3]), article(*PARAGRAPHS[3:]))
    assert alike.containment < 0.1


def test_the_likeliest_copies_are_compared_and_never_more_than_ten():
    assert nearest({}) == []
    assert nearest({1: 0.1, 2: 0.1, 3: 0.2, 4: 0.1, 5: 0.1}) == [3, 1]
    assert nearest({1: 0.5, 2: 9, 3: 7, 4: 1.5, 5: 1, 6: 8}) == [2, 6, 3, 4]
    assert nearest(dict.fromkeys(range(50), 9)) == list(range(10))


def test_what_all_articles_of_a_paper_share_is_read_of_the_newest_hundred_and_counts_little(store, tmp_path):
    with closing(sqlite3.connect(tmp_path / "watch.db")) as base, base:
        shared = [(7, number) for number in range(1000, 1150)]
        base.executemany("INSERT INTO signature (band, article_id) VALUES (?, ?)", [*shared, (-8, 1149), (9, 3)])
    seen: dict[int, float] = {}

    def note(found):
        seen.update(found)
        return []

    builders.stored(store, builders.article(), bands=(7, -8, 12), grouping=builders.grouping(nearest=note))
    assert seen == pytest.approx({**dict.fromkeys(range(1050, 1149), 0.1), 1149: 1.1})


@pytest.mark.parametrize("first", [2, 3])
def test_a_copy_meets_its_source_among_many_with_the_same_beginning_and_end(store, first):
    rng = random.Random(1)
    texts = [(PARAGRAPHS[0], *(" ".join(rng.choices(SYLLABLES, k=40)) for _ in range(3)), PARAGRAPHS[1]) for _ in range(30)]
    for number, text in enumerate(texts):
        one = builders.article(slug=f"{number}", lead="", text="\n".join(text))
        builders.stored(store, one, bands=bands(one), grouping=builders.grouping(nearest=nearest))
    compared = []

    def note(_article, candidates):
        compared.extend(candidate.article.text for candidate in candidates)
        return builders.NewStory()

    copy = builders.article(slug="copy", lead=LEAD, text="\n".join((*texts[20][:first], PARAGRAPHS[1])))
    builders.stored(store, copy, bands=bands(copy), grouping=builders.grouping(nearest=nearest, place=note))
    assert "\n".join(texts[20]) in compared
    assert len(compared) <= 10
