"""Edits: what a paper changed between two readings of one page, how grave it is, and who still carries the old version."""

import re
import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.model import Article, Change, StoredArticle
from pipelines.edits import Carriers, carriers, changes, gravest

TEXT = (
    "Sáng 12/5, tại Hà Nội, Thượng tướng Lê Văn Hưng, Thứ trưởng Bộ Quốc phòng, tiếp đoàn gồm 20 sĩ quan Campuchia.\n"
    "Hai bên nhất trí tăng cường tuần tra chung trên biển và trao đổi đoàn các cấp trong những tháng cuối năm nay.\n"
    "Ông nói: “Quân đội hai nước sẽ luôn sát cánh bên nhau”, rồi mời đoàn thăm một số đơn vị của Quân khu 7.\n"
    "Trước đó, đoàn đã đặt vòng hoa tại Đài tưởng niệm các Anh hùng Liệt sĩ trên đường Bắc Sơn, quận Ba Đình."
)
LAYOUT = {"title": "vccorp: h1", "lead": "vccorp: h2.sapo", "body": "vccorp: div.detail-content"}
STRANGER = {"title": "generic: h1", "lead": "generic: meta", "body": "generic: most of the prose: div.x"}


def article(text: str = TEXT, **more: object) -> Article:
    url = "https://a.vn/1"
    plain = Article(site="a", url=url, canonical_url=url, title="Hai nước tăng cường hợp tác quốc phòng", text=text)
    return replace(plain, **more)


def edited(before: str, after: str, text: str = TEXT) -> tuple[Change, ...]:
    assert before in text
    return changes(article(text), article(text.replace(before, after, 1)))


def graded(before: str, after: str) -> list[tuple[str, str, str]]:
    """The changes between two one-line texts, in the company of a paragraph that stays."""
    rest = TEXT.splitlines()[1]
    return [(c.grade, c.before, c.after) for c in changes(article(f"{before}\n{rest}"), article(f"{after}\n{rest}"))]


# One change each: the sentence before, the sentence after, the grade, the words before and after.
CASES = [
    # Names of people, places and units.
    ("Ông Nguyễn Văn Hưng tiếp đoàn tại trụ sở.", "Ông Nguyễn Văn Hùng tiếp đoàn tại trụ sở.", "name", "Nguyễn Văn Hưng", "Nguyễn Văn Hùng"),
    ("Đoàn thăm tỉnh Svay Rieng vào cuối tuần.", "Đoàn thăm tỉnh Prey Veng vào cuối tuần.", "name", "Svay Rieng", "Prey Veng"),
    ("Đoàn đến thăm Quân khu 7 và nhà máy.", "Đoàn đến thăm Quân khu 9 và nhà máy.", "name", "Quân khu 7", "Quân khu 9"),
    ("Hà Nội là nơi diễn ra hội nghị lần này.", "Viêng Chăn là nơi diễn ra hội nghị lần này.", "name", "Hà Nội", "Viêng Chăn"),
    ("Campuchia đề nghị tổ chức diễn tập chung.", "Lào đề nghị tổ chức diễn tập chung.", "name", "Campuchia", "Lào"),
    ("Đoàn làm việc với Bộ Quốc phòng nước bạn.", "Đoàn làm việc với Bộ Công an nước bạn.", "name", "Bộ Quốc phòng", "Bộ Công an"),
    ("General Tea Banh met the delegation in Phnom Penh.", "General Tea Seiha met the delegation in Phnom Penh.", "name", "Tea Banh", "Tea Seiha"),
    ("Theo ASEAN, các bên đã đồng thuận.", "Theo APEC, các bên đã đồng thuận.", "name", "ASEAN", "APEC"),
    # Ranks and offices.
    ("Trung tướng Lê Văn A chủ trì buổi lễ.", "Thượng tướng Lê Văn A chủ trì buổi lễ.", "rank", "Trung tướng", "Thượng tướng"),
    ("Đồng chí là Phó Tư lệnh Quân khu 7 từ lâu.", "Đồng chí là Tư lệnh Quân khu 7 từ lâu.", "rank", "Phó Tư lệnh", "Tư lệnh"),
    ("Cùng dự có Thứ trưởng Lê Văn A và các đại biểu.", "Cùng dự có Bộ trưởng Lê Văn A và các đại biểu.", "rank", "Thứ trưởng", "Bộ trưởng"),
    ("Đón đoàn có Đại úy Lê Văn A ở cửa khẩu.", "Đón đoàn có Đại tá Lê Văn A ở cửa khẩu.", "rank", "Đại úy", "Đại tá"),
    ("Phó Đô đốc Lê Văn A thăm căn cứ.", "Chuẩn Đô đốc Lê Văn A thăm căn cứ.", "rank", "Phó Đô đốc", "Chuẩn Đô đốc"),
    ("The visit was led by Major General Le Van A.", "The visit was led by Lieutenant General Le Van A.", "rank", "Major General", "Lieutenant General"),
    ("Buổi lễ có nguyên Bộ trưởng Lê Văn A dự.", "Buổi lễ có Bộ trưởng Lê Văn A dự.", "rank", "nguyên Bộ trưởng", "Bộ trưởng"),
    # Numbers and ordinals.
    ("Đoàn gồm 20 sĩ quan của hai nước.", "Đoàn gồm 25 sĩ quan của hai nước.", "number", "20", "25"),
    ("Đối thoại lần thứ 8 diễn ra tại Hà Nội.", "Đối thoại lần thứ 9 diễn ra tại Hà Nội.", "number", "lần thứ 8", "lần thứ 9"),
    ("Đối thoại lần thứ nhất diễn ra tại đây.", "Đối thoại lần thứ hai diễn ra tại đây.", "number", "lần thứ nhất", "lần thứ hai"),
    ("Nghị quyết Đại hội khóa XII đã nêu rõ.", "Nghị quyết Đại hội khóa XIII đã nêu rõ.", "number", "khóa XII", "khóa XIII"),
    ("Phía bạn trao tặng ba xe cứu thương mới.", "Phía bạn trao tặng bốn xe cứu thương mới.", "number", "ba", "bốn"),
    ("Dự án trị giá 1,5 triệu USD cho vùng biên.", "Dự án trị giá 1,5 tỷ USD cho vùng biên.", "number", "1,5 triệu USD", "1,5 tỷ USD"),
    ("Hai nước đã cắm được 84% số mốc.", "Hai nước đã cắm được 86% số mốc.", "number", "84%", "86%"),
    ("Phi đội tiêm kích Su-30 cất cánh từ sớm.", "Phi đội tiêm kích Su-35 cất cánh từ sớm.", "number", "Su-30", "Su-35"),
    ("The exercise involved 300 troops from both sides.", "The exercise involved 500 troops from both sides.", "number", "300", "500"),
    # Days, months, years, weekdays and times of day.
    ("Lễ ký diễn ra ngày 12/5 ở biên giới.", "Lễ ký diễn ra ngày 13/5 ở biên giới.", "date", "ngày 12/5", "ngày 13/5"),
    ("Lễ ký diễn ra ngày 12 tháng 5 ở biên giới.", "Lễ ký diễn ra ngày 12 tháng 6 ở biên giới.", "date", "ngày 12 tháng 5", "ngày 12 tháng 6"),
    ("Hiệp ước được ký năm 1982 tại đây.", "Hiệp ước được ký năm 1983 tại đây.", "date", "năm 1982", "năm 1983"),
    ("Sáng nay, đoàn lên đường về nước.", "Chiều qua, đoàn lên đường về nước.", "date", "Sáng nay", "Chiều qua"),
    ("Đoàn tới nơi lúc 8h30 cùng ngày.", "Đoàn tới nơi lúc 9h30 cùng ngày.", "date", "8h30", "9h30"),
    ("Cuộc họp sẽ diễn ra vào thứ Hai tại trụ sở.", "Cuộc họp sẽ diễn ra vào thứ Ba tại trụ sở.", "date", "thứ Hai", "thứ Ba"),
    ("The talks were held on 12 May in Hanoi.", "The talks were held on 14 May in Hanoi.", "date", "12 May", "14 May"),
    # Words between quotation marks, and the marks themselves.
    ("Ông nói: “Chúng tôi hài lòng với kết quả”.", "Ông nói: “Chúng tôi thất vọng với kết quả”.", "quote", "hài lòng", "thất vọng"),
    ('Ông nói: "Chúng tôi rất hài lòng".', 'Ông nói: "Chúng tôi hài lòng".', "quote", "rất", ""),
    ("Ông gọi đó là bước ngoặt của hai nước.", "Ông gọi đó là “bước ngoặt” của hai nước.", "quote", "bước ngoặt", "“bước ngoặt”"),
    # Wording, slips of the pen, and other spellings of the same.
    ("Trogn ngày, hai bên họp kín.", "Trong ngày, hai bên họp kín.", "wording", "Trogn", "Trong"),
    ("Hai bên đã đợưc thông báo trước.", "Hai bên đã được thông báo trước.", "wording", "đợưc", "được"),
    ("Ông nói: “Chúng tôi kôhng lo”.", "Ông nói: “Chúng tôi không lo”.", "wording", "kôhng", "không"),
    ("Hai bên sẽ tăng cường trao đổi.", "Hai bên sẽ đẩy mạnh trao đổi.", "wording", "tăng cường", "đẩy mạnh"),
    ("Đoàn sang thăm Căm-pu-chia trong tuần.", "Đoàn sang thăm Campuchia trong tuần.", "wording", "Căm-pu-chia", "Campuchia"),
    ("Đối thoại lần thứ VIII diễn ra tại đây.", "Đối thoại lần thứ 8 diễn ra tại đây.", "wording", "lần thứ VIII", "lần thứ 8"),
    ("Có hai mươi chiến sĩ dự lễ.", "Có 20 chiến sĩ dự lễ.", "wording", "hai mươi", "20"),
    ("Có 15 chiến sĩ dự lễ.", "Có mười lăm chiến sĩ dự lễ.", "wording", "15", "mười lăm"),
    ("Có 105 chiến sĩ dự lễ.", "Có một trăm linh năm chiến sĩ dự lễ.", "wording", "105", "một trăm linh năm"),
    ("Có hai mươi chiến sĩ dự lễ.", "Có ba mươi chiến sĩ dự lễ.", "number", "hai mươi", "ba mươi"),
    ("Lễ ký diễn ra ngày 12/05 ở biên giới.", "Lễ ký diễn ra ngày 12-5 ở biên giới.", "wording", "ngày 12/05", "ngày 12-5"),
    ("Ông Bộ Trưởng đã tới dự lễ.", "Ông Bộ trưởng đã tới dự lễ.", "wording", "Bộ Trưởng", "Bộ trưởng"),
    ("Tại buổi lễ, hai bên ký kết.", "Ở buổi lễ, hai bên ký kết.", "wording", "Tại", "Ở"),
    ("Đoàn có một số chuyên gia đi cùng.", "Đoàn có nhiều chuyên gia đi cùng.", "wording", "một số", "nhiều"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "grade", "said", "says"), CASES)
def test_a_change_is_graded_and_shown_by_whole_words(before: str, after: str, grade: str, said: str, says: str) -> None:
    assert graded(before, after) == [(grade, said, says)]
    assert graded(after, before) == [(grade, says, said)]


# More of them, by grade only.
MORE_CASES = [
    ("Lễ bàn giao 15 hài cốt liệt sĩ diễn ra sáng qua.", "Lễ bàn giao 17 hài cốt liệt sĩ diễn ra sáng qua.", "number"),
    ("Đại tá Lê Văn B, Chính ủy Lữ đoàn 950, dự lễ.", "Đại tá Lê Văn B, Chính ủy Lữ đoàn 957, dự lễ.", "name"),
    ("Tàu 264 của Vùng 5 Hải quân rời cảng An Thới.", "Tàu 265 của Vùng 5 Hải quân rời cảng An Thới.", "number"),
    ("Đoàn đại biểu Bộ đội Biên phòng tỉnh Tây Ninh sang thăm.", "Đoàn đại biểu Bộ đội Biên phòng tỉnh Bình Phước sang thăm.", "name"),
    ("Từ ngày 13 đến 15/5, hai bên tuần tra chung.", "Từ ngày 14 đến 15/5, hai bên tuần tra chung.", "date"),
    ("Trong 3 ngày, hai bên tuần tra chung.", "Trong 5 ngày, hai bên tuần tra chung.", "number"),
    ("Thủ tướng Hun Manet đã phát biểu như vậy.", "Thủ tướng Hun Sen đã phát biểu như vậy.", "name"),
    ("Chủ tịch nước Lê A tiếp khách.", "Phó Chủ tịch nước Lê A tiếp khách.", "rank"),
    ("Cục trưởng Cục Đối ngoại Lê A đón đoàn.", "Phó Cục trưởng Cục Đối ngoại Lê A đón đoàn.", "rank"),
    ("Chuyến thăm kéo dài từ thứ Tư đến thứ Sáu.", "Chuyến thăm kéo dài từ thứ Ba đến thứ Sáu.", "date"),
    ("Tháng 12/2025, hai bên ký nghị định thư.", "Tháng 11/2025, hai bên ký nghị định thư.", "date"),
    ("Kim ngạch đạt 10 tỉ USD năm qua.", "Kim ngạch đạt 10,5 tỉ USD năm qua.", "number"),
    ("Cuộc tập trận có hơn một nghìn quân nhân dự.", "Cuộc tập trận có hơn hai nghìn quân nhân dự.", "number"),
    ("Hai bên đồng ý mở thêm cửa khẩu.", "Ba bên đồng ý mở thêm cửa khẩu.", "number"),
    ("Buổi tiếp diễn ra tại trụ sở Bộ Tổng Tham mưu.", "Buổi tiếp diễn ra tại trụ sở Tổng cục Chính trị.", "name"),
    ("Ông khẳng định “không có căn cứ quân sự nước ngoài” ở đây.", "Ông khẳng định “không cho phép căn cứ quân sự nước ngoài” ở đây.", "quote"),
    ("Đoàn rời Thành phố Hồ Chí Minh lúc trưa.", "Đoàn rời TP.HCM lúc trưa.", "wording"),
    ("Ông cho biết kế họach đã xong.", "Ông cho biết kế hoạch đã xong.", "wording"),
    ("Cuộc gặp diễn ra trong không khí hữu nghị.", "Cuộc gặp diễn ra trong bầu không khí hữu nghị.", "wording"),
    ("Nguyên Thủ tướng Lê A đến viếng.", "Thủ tướng Lê A đến viếng.", "rank"),
    ("Vietnam and Cambodia held their seventh defence dialogue.", "Vietnam and Cambodia held their eighth defence dialogue.", "number"),
    ("Deputy Defence Minister Le A hosted the guests.", "Defence Minister Le A hosted the guests.", "rank"),
    ("The ship left Sihanoukville on Monday morning.", "The ship left Sihanoukville on Tuesday morning.", "date"),
    ("“We are satisfied,” he said after the talks.", "“We are very pleased,” he said after the talks.", "quote"),
    ("The ministry said the base was open.", "The ministry said that the base was open.", "wording"),
    ("Ngày 2/9/2025, đoàn dự lễ.", "Ngày 3/9/2025, đoàn dự lễ.", "date"),
    ("Lúc 10 giờ, lễ chào cờ bắt đầu.", "Lúc 11 giờ, lễ chào cờ bắt đầu.", "date"),
    ("Thiếu tướng Phạm A (trái) và Thiếu tướng Lê B.", "Thiếu tướng Phạm A (phải) và Thiếu tướng Lê B.", "wording"),
    ("Đoàn có 4 nữ quân nhân và 12 nam quân nhân.", "Đoàn có 4 nữ quân nhân và 13 nam quân nhân.", "number"),
    ("Khoảng cách là 5 km tính từ biên giới.", "Khoảng cách là 5 hải lý tính từ biên giới.", "number"),
    ("Theo ông Lê Văn Tám, tình hình đã ổn.", "Theo ông Lê Văn Tấm, tình hình đã ổn.", "name"),
    ("Nạn nhân là bà Nguyễn Thị Năm ở xã này.", "Nạn nhân là bà Nguyễn Thị Nam ở xã này.", "name"),
    ("Sư đoàn 330 nhận nhiệm vụ mới.", "Sư đoàn 303 nhận nhiệm vụ mới.", "name"),
    ("Mốc 314 nằm giữa hai tỉnh Kiên Giang và Kampot.", "Mốc 313 nằm giữa hai tỉnh Kiên Giang và Kampot.", "number"),
    ("Tướng Tea Banh nói như vậy hôm qua.", "Đại tướng Tea Banh nói như vậy hôm qua.", "rank"),
    ("Trung úy Lê A được thăng quân hàm.", "Thượng úy Lê A được thăng quân hàm.", "rank"),
    ("Ông Hun Xen phát biểu tại lễ khai mạc.", "Ông Hun Sen phát biểu tại lễ khai mạc.", "name"),
    ("Cảng Ream nằm ở tỉnh Preah Sihanouk.", "Cảng Ream nằm ở tỉnh Preah Vihear.", "name"),
    ("Hai bên thống nhất duy trì đường dây nóng.", "Hai bên thống nhất thiết lập đường dây nóng.", "wording"),
    ("Năm 2026 là năm kỷ niệm 59 năm quan hệ.", "Năm 2027 là năm kỷ niệm 59 năm quan hệ.", "date"),
    ("Đây là năm thứ 5 hai bên phối hợp.", "Đây là năm thứ 6 hai bên phối hợp.", "number"),
    ("Quý I/2026, hai bên tuần tra 4 lần.", "Quý II/2026, hai bên tuần tra 4 lần.", "date"),
    ("Tổng Tham mưu trưởng Lê A chủ trì.", "Phó Tổng Tham mưu trưởng Lê A chủ trì.", "rank"),
    ("Đồn Biên phòng Vĩnh Xương tiếp nhận 3 công dân.", "Đồn Biên phòng Long Bình tiếp nhận 3 công dân.", "name"),
    ("Trong chiều 5-6, lực lượng chức năng bàn giao.", "Trong chiều 6-6, lực lượng chức năng bàn giao.", "date"),
    ("Sau 2 giờ, đám cháy được dập tắt.", "Sau 3 giờ, đám cháy được dập tắt.", "number"),
    ("Giá trị hợp đồng là 500.000 USD.", "Giá trị hợp đồng là 5.000.000 USD.", "number"),
    ("Đại diện hai nước ký biên bản ghi nhớ.", "Đại diện ba nước ký biên bản ghi nhớ.", "number"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "grade"), MORE_CASES)
def test_a_change_is_graded(before: str, after: str, grade: str) -> None:
    assert [found for found, _, _ in graded(before, after)] == [grade]


def test_a_rank_and_a_name_that_change_together_are_two_changes() -> None:
    got = graded("Trung tướng Nguyễn Văn A dự lễ.", "Đại tá Trần B dự lễ.")
    assert got == [("rank", "Trung tướng", "Đại tá"), ("name", "Nguyễn Văn A", "Trần B")]


def test_unrelated_changes_in_one_sentence_stay_apart_in_reading_order() -> None:
    got = graded("Sáng 12/5, Thượng tướng Lê A tiếp 20 đại biểu.", "Sáng 13/5, Trung tướng Lê A tiếp 25 đại biểu.")
    assert [grade for grade, _, _ in got] == ["date", "rank", "number"]


def test_a_change_shows_the_sentences_in_which_it_stands() -> None:
    (change,) = edited("Thượng tướng", "Trung tướng")
    assert change.old == TEXT.splitlines()[0]
    assert change.new == TEXT.splitlines()[0].replace("Thượng", "Trung")
    assert change.part == "text"


def test_the_gravest_grade_is_the_first_of_the_scale() -> None:
    text = TEXT.replace("20 sĩ quan", "25 sĩ quan").replace("Lê Văn Hưng", "Lê Văn Hùng").replace("tăng cường", "đẩy mạnh")
    got = changes(article(), article(text))
    assert [change.grade for change in got] == ["name", "number", "wording"]
    assert gravest(got) == "name"
    assert gravest(()) is None


def test_another_name_in_a_heading_in_capitals_is_a_name() -> None:
    text = f"{TEXT}\nĐoàn đã rời Hà Nội để tới Đà Nẵng."
    got = changes(
        article(text, title="ĐOÀN CẤP CAO THĂM HÀ NỘI HÔM NAY"), article(text, title="ĐOÀN CẤP CAO THĂM ĐÀ NẴNG HÔM NAY")
    )
    assert [(change.part, change.grade) for change in got] == [("title", "name")]


def test_another_word_in_a_heading_in_capitals_is_wording() -> None:
    got = changes(article(title="HAI NƯỚC TĂNG CƯỜNG HỢP TÁC"), article(title="HAI NƯỚC ĐẨY MẠNH HỢP TÁC"))
    assert [(change.part, change.grade) for change in got] == [("title", "wording")]


def test_a_heading_written_anew_is_one_change() -> None:
    new = "Tàu hải quân ghé cảng nước bạn"
    (change,) = changes(article(), article(title=new))
    assert (change.part, change.grade, change.before, change.after) == ("title", "wording", article().title, new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tuần tra chung trên biển", "tuần  tra\u00a0chung trên\u200b biển"),
        ("“Quân đội hai nước sẽ luôn sát cánh bên nhau”", '"Quân đội hai nước sẽ luôn sát cánh bên nhau"'),
        ("“Quân đội hai nước sẽ luôn sát cánh bên nhau”", "«Quân đội hai nước sẽ luôn sát cánh bên nhau»"),
        ("tưởng niệm", unicodedata.normalize("NFD", "tưởng niệm")),
        ("trên đường Bắc Sơn", "\u200btrên đường Bắc Sơn"),
        (", quận Ba Đình.", " , quận Ba Đình ."),
    ],
)
def test_another_way_of_setting_the_same_words_is_no_edit(before: str, after: str) -> None:
    assert edited(before, after) == ()


def test_the_place_of_a_tone_mark_is_no_edit() -> None:
    assert (
        changes(article("Đoàn mong hoà bình, thuỷ chung, khoẻ mạnh."), article("Đoàn mong hòa bình, thủy chung, khỏe mạnh."))
        == ()
    )


def test_the_decomposed_form_gives_the_same_changes() -> None:
    new = TEXT.replace("Lê Văn Hưng", "Lê Đức Hùng")
    composed, decomposed = (changes(article(), article(unicodedata.normalize(form, new))) for form in ("NFC", "NFD"))
    assert composed == decomposed
    assert [(change.before, change.after) for change in composed] == [("Lê Văn Hưng", "Lê Đức Hùng")]


def test_a_lead_that_moves_into_the_text_is_no_edit() -> None:
    lead, _, rest = TEXT.partition("\n")
    for mark in ("", "(PLO)- ", "TPO - ", "Phnom Penh (TTXVN) - "):
        assert changes(article(rest, lead=lead), article(f"{mark}{lead}\n{rest}")) == ()
        assert changes(article(rest, lead=f"{mark}{lead}"), article(rest, lead=lead)) == ()


def test_a_change_in_a_lead_is_one_of_the_lead() -> None:
    lead, _, rest = TEXT.partition("\n")
    (change,) = changes(article(rest, lead=lead), article(rest, lead=lead.replace("20", "25")))
    assert (change.part, change.grade) == ("lead", "number")
    (change,) = changes(article(rest, lead=lead), article(TEXT.replace("20", "25")))
    assert change.grade == "number"


@pytest.mark.parametrize(
    "line",
    [
        "Xem thêm: Hai nước diễn tập chung lần thứ 9",
        "Theo TTXVN",
        "Ảnh: Lê Văn A",
        "Bình luận (12)",
        "1.234 lượt xem",
        "Cập nhật lúc 10:35 ngày 12/05/2026",
        "10:35 | 12/05/2026",
        "Quảng cáo",
        "Từ khóa: quốc phòng, biên giới",
        "Lê Thu Hà",
    ],
)
@pytest.mark.parametrize("how", [{}, LAYOUT, STRANGER])
def test_furniture_that_comes_changes_or_goes_is_no_edit(line: str, how: dict[str, str]) -> None:
    without = article(how=how, authors=("Lê Thu Hà",))
    for text in (f"{line}\n{TEXT}", f"{TEXT}\n{line}", TEXT.replace("\n", f"\n{line}\n", 1)):
        with_it = replace(without, text=text)
        assert changes(without, with_it) == changes(with_it, without) == ()
        assert changes(with_it, replace(with_it, text=text.replace(line, line.replace("1", "2")))) == ()


def test_a_counter_that_counts_on_is_no_edit() -> None:
    assert edited("1.234 lượt xem", "1.301 lượt xem", f"{TEXT}\n1.234 lượt xem") == ()
    assert edited("(12)", "(15)", f"{TEXT}\nBình luận (12)") == ()


def test_a_credit_at_the_end_of_a_line_is_no_edit() -> None:
    assert changes(article(), article(f"{TEXT} (TTXVN)")) == ()
    assert changes(article(f"{TEXT} (TTXVN)"), article(f"{TEXT} (Theo VOV)")) == ()


def test_a_change_in_brackets_at_the_end_of_a_line_is_one() -> None:
    text = f"{TEXT}\nĐoàn thăm cửa khẩu Móng Cái (Quảng Ninh)."
    assert [change.grade for change in edited("Quảng Ninh", "Quảng Nam", text)] == ["name"]


def test_another_layout_adds_and_drops_lines_without_an_edit() -> None:
    old = article(how=LAYOUT)
    boxes = f"Hai nước diễn tập chung lần thứ 9\n{TEXT}\nTàu hải quân thăm cảng.\nĐây là một đoạn giới thiệu của tòa soạn về chuyên mục này."
    assert changes(old, article(boxes, how=STRANGER)) == ()
    assert changes(article(boxes, how=STRANGER), old) == ()


def test_another_layout_does_not_hide_an_edit_within_a_line() -> None:
    got = changes(article(how=LAYOUT), article(f"Tin mới nhận\n{TEXT.replace('20', '25')}", how=STRANGER))
    assert [(change.grade, change.before, change.after) for change in got] == [("number", "20", "25")]


def test_another_layout_may_break_lines_elsewhere() -> None:
    old = "Đoàn tới Hà Nội sáng nay. Hai bên đã hội đàm ngay sau đó. Buổi chiều đoàn thăm bảo tàng."
    new = "Đoàn tới Hà Nội sáng nay.\nHai bên đã hội đàm ngay sau đó. Buổi chiều đoàn thăm bảo tàng."
    assert changes(article(old, how=LAYOUT), article(new, how=STRANGER)) == ()
    assert changes(article(old), article(new)) == ()


def test_a_headline_that_another_rule_found_counts_by_its_facts_only() -> None:
    old = article(title="Đối thoại lần thứ 8 tại Hà Nội", how=LAYOUT)
    assert changes(old, article(title="Khai mạc đối thoại lần thứ 8 ở Hà Nội", how=STRANGER)) == ()
    assert [c.grade for c in changes(old, article(title="Đối thoại lần thứ 9 tại Hà Nội", how=STRANGER))] == ["number"]


def test_a_list_of_links_that_changes_under_a_generic_rule_is_no_edit() -> None:
    old, new = (f"{TEXT}\nĐối thoại quốc phòng lần thứ {n} giữa hai nước" for n in (8, 9))
    assert changes(article(old, how=STRANGER), article(new, how=STRANGER)) == ()
    assert [change.grade for change in changes(article(old, how=LAYOUT), article(new, how=LAYOUT))] == ["number"]


def test_a_paragraph_added_or_dropped_is_one_change_of_wording() -> None:
    added = "Theo kế hoạch, ngày 15/5 đoàn sẽ thăm Vùng 5 Hải quân. Thiếu tướng Trần B sẽ đón đoàn."
    (change,) = changes(article(), article(f"{TEXT}\n{added}"))
    assert (change.part, change.grade, change.before, change.after) == ("text", "wording", "", added)
    assert (change.old, change.new) == ("", added)
    (change,) = changes(article(f"{added}\n{TEXT}"), article())
    assert (change.before, change.after, change.old, change.new) == (added, "", added, "")


def test_a_sentence_added_within_a_paragraph_is_one_change() -> None:
    (change,) = edited("Hai bên nhất trí", "Buổi hội đàm kéo dài hai giờ. Hai bên nhất trí")
    assert (change.grade, change.before, change.after) == ("wording", "", "Buổi hội đàm kéo dài hai giờ.")


def test_a_sentence_split_in_two_is_no_new_sentence() -> None:
    got = edited("luôn sát cánh bên nhau”, rồi mời đoàn", "luôn sát cánh bên nhau”. Ông mời đoàn")
    assert len(got) == 1
    assert len(got[0].after) < 20


def test_paragraphs_in_another_order_are_no_edit() -> None:
    assert changes(article(), article("\n".join(reversed(TEXT.splitlines())))) == ()


def test_a_line_printed_twice_does_not_hide_a_change_of_one_of_them() -> None:
    text = f"{TEXT}\n{TEXT.splitlines()[0]}"
    assert [change.grade for change in edited("12/5", "13/5", text)] == ["date"]
    assert changes(article(text), article()) == ()


def test_a_caption_counts_where_its_own_words_changed() -> None:
    one, two = "Lễ đón Thượng tướng Lê Văn Hưng tại sân bay", "Hai đoàn hội đàm tại trụ sở bộ"
    old = article(captions=(one, two))
    assert changes(old, article(captions=(two, one))) == ()
    assert changes(old, article(captions=(one,))) == ()
    assert changes(old, article(captions=(f"{one} - Ảnh: Lê Hà", two))) == ()
    assert changes(old, article(f"{TEXT}\n{one}", captions=(two,))) == ()
    (change,) = changes(old, article(captions=(one.replace("Thượng", "Trung"), two)))
    assert (change.part, change.grade, change.before) == ("caption", "rank", "Thượng tướng")


def test_a_caption_that_was_read_as_text_counts_like_a_caption() -> None:
    text = f"{TEXT}\nThượng tướng Lê Văn Hưng tại lễ đón - Ảnh: Lê Hà"
    assert [change.grade for change in edited("Hưng tại lễ đón", "Hùng tại lễ đón", text)] == ["name"]


def test_an_empty_reading_against_a_full_one_does_not_fail() -> None:
    assert changes(article(""), article("")) == ()
    assert len(changes(article("", title=""), article(lead="Đoạn dẫn của bài."))) == 6


PLAY = 'Ông Trung tướng Lê Văn Hưng Hùng Hà Nội ngày 12/5 13/5 năm 2017 20 hai . , “ ” " ( ) - : và của lần thứ VIII 9 hòa hoà'
words_ = st.sampled_from(re.findall(r"\S+", PLAY))
lines_ = st.lists(st.lists(words_, max_size=12).map(" ".join), max_size=6).map("\n".join)
readings = st.builds(
    article, lines_, title=st.lists(words_, max_size=6).map(" ".join), lead=lines_, captions=st.lists(lines_, max_size=2).map(tuple),
    how=st.sampled_from([{}, LAYOUT, STRANGER]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(readings, readings)
def test_turning_the_readings_round_turns_every_change_round(one: Article, other: Article) -> None:
    turned = [replace(c, before=c.after, after=c.before, old=c.new, new=c.old) for c in changes(other, one)]
    assert list(changes(one, other)) == turned
    assert all(change.before != change.after for change in turned)
    assert changes(one, one) == ()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_makes_it_fail(one: str, other: str) -> None:
    for change in changes(article(one, title=other), article(other, title=one)):
        assert change.before != change.after


HOSTILE = {
    "one long line": ("tàu " * 100_000, "tàu " * 50_000 + "thuyền " * 50_000),
    "one long line, all other": (" ".join(map(str, range(60_000))), " ".join(map(str, range(60_000, 0, -1)))),
    "one long word": ("a" * 400_000, "a" * 399_999 + "b"),
    "ten thousand lines": ("\n".join(f"Tàu số {n} ra khơi." for n in range(10_000)), "\n".join(f"Tàu số {n} vào bờ." for n in range(10_000))),
    "ten thousand equal lines": ("tàu\n" * 10_000, "thuyền\n" * 10_000),
    "nothing but quotes": ("“" * 200_000, "‘" * 200_000),
    "nothing but marks": (". - : ( " * 50_000, ". - : ) " * 50_000),
    "nothing but sentences": ("A. B. " * 66_000, "B. C. " * 66_000),
    "nothing but names": ("Hà Nội " * 50_000, "Hà Nam " * 50_000),
    "nothing but digits": ("1/1-2.3" * 57_000, "1/1-2.4" * 57_000),
    "many sentences, each changed": (" ".join(f"Tàu số {n} ra khơi từ cảng." for n in range(15_000)), " ".join(f"Tàu số {n + 7} ra khơi từ cảng." for n in range(15_000))),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_little(name: str) -> None:
    one, other = HOSTILE[name]
    start = time.process_time()
    changes(article(one), article(other))
    changes(article(captions=tuple(one.splitlines())), article(captions=tuple(other.splitlines()), title=other[:1000]))
    assert time.process_time() - start < 4


def copy(number: int, text: str, **more: object) -> StoredArticle:
    noon = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    return StoredArticle(id=number, article=article(text, **more), first_seen=noon, fetched=noon, story_id=1, joined="")


def test_copies_are_told_apart_by_the_words_around_a_change() -> None:
    (change,) = edited("Lê Văn Hưng", "Lê Văn Hùng")
    new = TEXT.replace("Hưng", "Hùng")
    house = TEXT.replace("Thứ trưởng Bộ Quốc phòng", "THỨ TRƯỞNG Bộ quốc phòng").replace("12/5", "12-05")
    cut = "\n".join(TEXT.splitlines()[1:])
    copies = [copy(1, TEXT), copy(2, new), copy(3, house), copy(4, cut), copy(5, f"{TEXT}\n{new}")]
    assert carriers(change, copies) == Carriers(old=(1, 3, 5), new=(2, 5))


def test_a_number_that_stands_elsewhere_carries_nothing() -> None:
    (change,) = edited("20 sĩ quan", "25 sĩ quan")
    assert carriers(change, [copy(1, "Hôm ấy có 20 tàu và 25 xe."), copy(2, TEXT)]) == Carriers(old=(2,))


def test_words_that_were_only_added_or_only_dropped_tell_copies_apart() -> None:
    (added,) = edited("tuần tra chung trên biển", "tuần tra chung thường xuyên trên biển")
    assert (added.before, added.after) == ("", "thường xuyên")
    new = TEXT.replace("chung trên", "chung thường xuyên trên")
    assert carriers(added, [copy(1, TEXT), copy(2, new)]) == Carriers(old=(1,), new=(2,))
    (dropped,) = changes(article(new), article())
    assert carriers(dropped, [copy(1, TEXT), copy(2, new)]) == Carriers(old=(2,), new=(1,))


def test_an_office_that_holds_the_other_one_is_not_mistaken_for_it() -> None:
    old, new = "Đón đoàn có Tư lệnh Quân khu 7 và nhiều sĩ quan.", "Đón đoàn có Phó Tư lệnh Quân khu 7 và nhiều sĩ quan."
    (change,) = changes(article(old), article(new))
    assert carriers(change, [copy(1, old), copy(2, new)]) == Carriers(old=(1,), new=(2,))
    assert carriers(change, [copy(3, "Có mặt Phó Tư lệnh Quân khu 7 và nhiều sĩ quan.")]) == Carriers(new=(3,))


def test_of_an_added_paragraph_it_is_said_who_has_it() -> None:
    added = "Theo kế hoạch, ngày 15/5 đoàn sẽ thăm Vùng 5 Hải quân rồi lên đường về nước trong buổi chiều cùng ngày."
    (change,) = changes(article(), article(f"{TEXT}\n{added}"))
    assert carriers(change, [copy(1, TEXT), copy(2, f"{TEXT}\n{added}")]) == Carriers(new=(2,))


def test_nobody_carries_a_changed_headline() -> None:
    (change,) = changes(article(title="Đối thoại lần thứ 8"), article(title="Đối thoại lần thứ 9"))
    assert carriers(change, [copy(1, TEXT, title="Đối thoại lần thứ 8")]) == Carriers()


def test_a_caption_is_looked_for_among_captions() -> None:
    one = "Lễ đón Thượng tướng Lê Văn Hưng tại sân bay"
    (change,) = changes(article(captions=(one,)), article(captions=(one.replace("Thượng", "Trung"),)))
    assert carriers(change, [copy(1, TEXT, captions=(one,)), copy(2, TEXT)]) == Carriers(old=(1,))


def test_two_changes_in_one_sentence_do_not_hide_each_other_from_the_copies() -> None:
    text = TEXT.replace("20 sĩ quan Campuchia", "25 sĩ quan Lào")
    number, name = changes(article(), article(text))
    half = TEXT.replace("20 sĩ quan", "25 sĩ quan")
    assert carriers(number, [copy(1, TEXT), copy(2, text), copy(3, half)]) == Carriers(old=(1,), new=(2, 3))
    assert carriers(name, [copy(1, TEXT), copy(2, text), copy(3, half)]).old == (1, 3)
