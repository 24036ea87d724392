"""Facts that differ between two texts are found in any spelling, after any office, and counted one by one."""

import pytest

from news.model import Article
from pipelines.differences import differences, values
from pipelines.events import vocabulary


def article(text: str) -> Article:
    return Article(site="a.vn", url="https://a.vn/1", canonical_url="https://a.vn/1", title="", text=text)


def told(kind: str, text: str) -> set[str]:
    return set(values(kind, article(text)))


@pytest.mark.parametrize(
    ("text", "ordinal"),
    [
        ("Đối thoại lần thứ 7", "7"),
        ("Lần thứ 75 hai bên tuần tra", "75"),
        ("Đối thoại lần thứ VIII", "8"),
        ("Giao lưu lần thứ hai", "2"),
        ("Tuần tra lần thứ mười một", "11"),
        ("Tuần tra lần thứ hai mươi mốt", "21"),
        ("Kỳ họp thứ XII", "12"),
    ],
)
def test_an_ordinal_is_read_in_words_figures_and_roman_letters_and_is_no_number(text, ordinal):
    assert told("ordinal", text) == {ordinal}
    assert told("number", text) == set()


def test_the_first_time_ever_is_no_ordinal():
    assert told("ordinal", "Đây là lần đầu tiên hai bên gặp nhau.") == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Đại tá Lê Thanh Mẫu", "le thanh mau"),
        ("đồng chí Trần Văn Thử", "tran van thu"),
        ("Tỉnh trưởng Keo Samnang", "keo samnang"),
        ("Chính ủy Bộ Chỉ huy Quân sự tỉnh, Đại tá Trần Văn Thử", "tran van thu"),
        ("Đại sứ Việt Nam Trần Văn Thử", "tran van thu"),
        ("Bộ trưởng Quốc phòng Campuchia Samdech Pichey Sena Tea Banh", "tea banh"),
        ("Đại tướng Tia Banh", "tea banh"),
        ("Đại tướng Tia Xây-ha", "tea seiha"),
        ("Chủ tịch UBND tỉnh Tây Ninh Trần Văn Thử", "tran van thu"),
        ("Gen. Tea Seiha", "tea seiha"),
    ],
)
def test_a_name_is_known_by_the_office_before_it_and_told_in_one_spelling(text, name):
    assert told("name", text) == {name}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("tại tỉnh Gia Lai", {"gia lai"}),
        ("Tại Gia Lai, hai bên gặp nhau", {"gia lai"}),
        ("Gia Lai an táng liệt sĩ", {"gia lai"}),
        ("đến Svây Riêng", {"svay rieng"}),
        ("đến tỉnh Xvây Riêng", {"svay rieng"}),
        ("đến Ra-ta-na-ki-ri", {"ratanakiri"}),
        ("tại cửa khẩu quốc tế Mộc Bài", {"tay ninh", "svay rieng"}),
        ("Chủ tịch UBND tỉnh Tây Ninh Trần Văn Thử", {"tay ninh"}),
        ("đồng chí Lê Thanh Mẫu ăn giảng đường", set()),
    ],
)
def test_a_place_is_told_by_its_provinces_in_one_spelling(text, places):
    assert told("place", text) == places


def test_a_place_that_nobody_listed_is_known_by_the_word_before_it():
    assert told("locality", "tại xã Mẫu Sơn, huyện Thử Nghiệm") == {"mau son", "thu nghiem"}


def test_two_facts_of_one_sentence_are_told_together():
    one = "Đại tá Trần Văn Thử và Đại tá Lê Văn Mẫu cùng chủ trì buổi gặp mặt của hai đoàn tại đồn biên phòng."
    other = one.replace("Trần Văn Thử", "Keo Samnang").replace("Lê Văn Mẫu", "Chan Vuthy")
    assert [(d.one, d.other) for d in differences(article(one), article(other))] == [
        ("le van mau, tran van thu", "chan vuthy, keo samnang")
    ]


@pytest.mark.parametrize("listed", [vocabulary.OFFICES.split("|"), list(vocabulary.SPELLINGS), list(vocabulary.PLACE_SPELLINGS)])
def test_the_lists_that_people_extend_are_sorted(listed):
    assert listed == sorted(listed)


def test_places_are_spelled_as_in_the_list_of_places():
    assert set(vocabulary.PLACE_SPELLINGS.values()) <= set(vocabulary.PLACES.split("|"))
