"""Bylines, agency credits and house marks, as Vietnamese papers print them."""

import pytest

from pipelines.extract.credits import Byline, agency_in_text, is_credit_line, own_names, read_byline, strip_mark
from pipelines.extract.layout import Paper

OWN = own_names(Paper(key="baobinhphuoc", name="Báo Bình Phước", domains=("baobinhphuoc.com.vn",), names=("BPO",)))
VOV = own_names(Paper(key="vov", name="VOV", domains=("vov.vn",)))
VIETNAMPLUS = own_names(Paper(key="vietnamplus", name="VietnamPlus", domains=("www.vietnamplus.vn",), names=("Vietnam+",)))


@pytest.mark.parametrize(
    ("text", "authors", "agency"),
    [
        ("NHẬT XUÂN - NGHI VŨ", ("NHẬT XUÂN", "NGHI VŨ"), None),
        ("Thanh Tâm, Hoàng Nam và Lê Anh", ("Thanh Tâm", "Hoàng Nam", "Lê Anh"), None),
        ("Tin, ảnh: P.Y", ("P.Y",), None),
        ("Bài và ảnh: Lê Hoàng", ("Lê Hoàng",), None),
        ("PV Nguyễn Văn Mẫu", ("Nguyễn Văn Mẫu",), None),
        ("Hà Thu (tổng hợp)", ("Hà Thu",), None),
        ("Hà Thu (theo Reuters)", ("Hà Thu",), "Reuters"),
        ("Theo Hiền Hạnh (TTXVN/Vietnam+)", ("Hiền Hạnh",), "TTXVN"),
        ("Tin, ảnh: Văn Đức (TTXVN)", ("Văn Đức",), "TTXVN"),
        ("Hoàng Minh (PV TTXVN tại Campuchia)", ("Hoàng Minh",), "TTXVN"),
        ("Theo TTXVN", (), "TTXVN"),
        ("Theo TTXVN/Vietnam+", (), "TTXVN"),
        ("(TTXVN/Vietnam+)", (), "TTXVN"),
        ("Theo Thông tấn xã Việt Nam", (), "TTXVN"),
        ("Nguồn: Báo QĐND", (), "Báo QĐND"),
        ("Theo qdnd.vn", (), "Báo QĐND"),
        ("Theo VOV.VN", (), "VOV"),
        ("Theo Thanh Niên", (), "Thanh Niên"),
        ("CTV Hồng Lực/VOV-Đông Bắc", ("Hồng Lực",), None),
        ("PV", (), None),
        ("Nhóm PV (tổng hợp)", (), None),
        ("Báo Bình Phước", (), None),
        ("baobinhphuoc.com.vn", (), None),
        ("https://www.facebook.com/bao", (), None),
        ("Ảnh: TTXVN", (), None),
    ],
)
def test_a_byline_is_taken_apart(text: str, authors: tuple[str, ...], agency: str | None) -> None:
    assert read_byline(text, OWN) == Byline(authors=authors, agency=agency)


def test_a_paper_that_names_itself_credits_nobody() -> None:
    assert read_byline("PV/VOV.VN", VOV) == Byline()
    assert read_byline("Theo VOV", VOV) == Byline()
    assert read_byline("(Vietnam+)", VIETNAMPLUS) == Byline()
    assert read_byline("(TTXVN/Vietnam+)", VIETNAMPLUS) == Byline(agency="TTXVN")


@pytest.mark.parametrize(
    ("lead", "lines", "agency"),
    [
        ("", ["Hai bên họp.", "Cuộc họp kết thúc lúc trưa. (TTXVN)"], "TTXVN"),
        ("", ["Hà Nội (TTXVN) - Sáng nay, hai bên họp."], "TTXVN"),
        ("Theo phóng viên TTXVN tại Phnom Penh, hai bên họp.", ["Cuộc họp kéo dài."], "TTXVN"),
        ("", ["Hai bên họp (ảnh chụp sáng nay)."], None),
        ("", ["Báo cáo của TTXVN được nhắc lại ở giữa câu này."], None),
    ],
)
def test_an_agency_is_found_in_the_running_text(lead: str, lines: list[str], agency: str | None) -> None:
    found = agency_in_text(lead, lines, OWN)
    assert (found[0] if found else None) == agency


@pytest.mark.parametrize(
    "text", ["Anh Dũng", "Theo TTXVN", "(TTXVN)", "Tin, ảnh: P.Y", "PV", "Hà Thu (tổng hợp)", "Nguồn: VOV", "Reuters"]
)
def test_a_line_may_be_nothing_but_a_credit(text: str) -> None:
    assert is_credit_line(text, OWN)


@pytest.mark.parametrize(
    "text",
    [
        "Hai bên hẹn gặp lại.",
        "Theo kế hoạch, hai bên sẽ gặp lại vào mùa khô năm sau.",
        "Bảy cây số đường sông",
        "- Quyết định mới.",
        "Sở Xây dựng được giao hoàn thiện hồ sơ để trình thành phố.",
        "Bộ Chỉ huy Quân sự tỉnh rút kinh nghiệm ngay trong đêm.",
        "Bộ Quốc phòng hai nước tăng cường hợp tác đào tạo sĩ quan trẻ",
    ],
)
def test_a_sentence_or_heading_is_no_credit(text: str) -> None:
    assert not is_credit_line(text, OWN)


@pytest.mark.parametrize(
    "mark",
    [
        "(PLO)- ",
        "TPO - ",
        "VOV.VN - ",
        "(Dân trí) - ",
        "(GLO)- ",
        "NDO - ",
        "SGGPO - ",
        "(Chinhphu.vn) - ",
        "(VTC News) – ",
        "BPO - ",
    ],
)
def test_a_house_mark_is_no_part_of_the_lead(mark: str) -> None:
    assert strip_mark(f"{mark}Sáng nay, hai bên họp.", OWN) == "Sáng nay, hai bên họp."


@pytest.mark.parametrize(
    "lead",
    ["NATO - Nga: căng thẳng", "TP.HCM - thành phố trẻ", "ASEAN - Trung Quốc họp", "Việt Nam - Campuchia ký", "Mỹ - Trung họp"],
)
def test_other_dashes_stay(lead: str) -> None:
    assert strip_mark(lead, OWN) == lead
