from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.model import Article, StoredArticle
from pipelines.origin import origin

NUMBERS = count(1)
MORNING = datetime(2026, 11, 22, 1, tzinfo=UTC)
TEXT = "\n".join(
    f"Đoạn {n} của bài viết nói về cuộc hội đàm giữa hai đoàn và các nội dung hợp tác số {n} được hai bên nhất trí."
    for n in range(8)
)


def copy(site: str, minutes: int = 0, **changes: Any) -> StoredArticle:
    """One paper's copy, published that many minutes after eight; `published=None` where the page does not say."""
    url = f"https://{site}.vn/{changes.pop('slug', 'hoi-dam')}"
    when = MORNING + timedelta(minutes=minutes)
    fields = {"title": "Hội đàm", "text": TEXT, "published": when} | changes
    return StoredArticle(
        id=next(NUMBERS),
        article=Article(site=site, url=url, canonical_url=url, **fields),
        first_seen=when,
        fetched=when,
        story_id=1,
        joined="",
    )


def writer(*copies: StoredArticle) -> tuple[str, str]:
    told = {origin(order) for order in permutations(copies)}
    assert len(told) == 1, "the order of arrival must not matter"
    found = told.pop()
    return found.kind, found.writer


def evidence(*copies: StoredArticle) -> list[tuple[str, str, str]]:
    return [(each.kind, each.site, each.words) for each in origin(copies).evidence]


def test_nothing_has_no_writer():
    assert origin(()).kind == "unknown"


def test_the_agency_that_copies_credit_wrote_it():
    copies = copy("tuoitre", authors=("Lê Nam",)), copy("plo", 9, agency="TTXVN", credit_line="Theo TTXVN")
    assert writer(*copies) == ("agency", "TTXVN")
    assert evidence(*copies) == [("credit", "plo", "Theo TTXVN")]


def test_an_agency_keeps_the_name_that_papers_print():
    assert writer(copy("vnexpress", agency="Reuters", credit_line="Theo Reuters")) == ("agency", "Reuters")


def test_a_dateline_that_a_copy_has_kept_names_the_agency():
    copies = copy("tuoitre"), copy("thanhnien", 20, text=f"Hà Nội (TTXVN) - {TEXT}")
    assert writer(*copies) == ("agency", "TTXVN")
    assert evidence(*copies) == [("dateline", "thanhnien", "Hà Nội (TTXVN) -")]


def test_the_reporter_of_an_agency_is_a_dateline():
    assert writer(copy("tuoitre", lead="Theo phóng viên TTXVN, hai bên đã hội đàm.")) == ("agency", "TTXVN")


def test_the_mark_of_another_paper_names_that_paper():
    assert writer(copy("plo", text=f"TTO - {TEXT}")) == ("paper", "tuoitre")


def test_a_papers_own_mark_is_no_source():
    assert writer(copy("tuoitre", text=f"TTO - {TEXT}")) == ("paper", "tuoitre")
    assert evidence(copy("tuoitre", text=f"TTO - {TEXT}"))[0][0] == "first"


def test_the_page_of_the_agency_itself_is_evidence():
    own = copy("vietnamplus", agency="TTXVN", credit_line="(TTXVN/Vietnam+)")
    kinds = [kind for kind, _, _ in evidence(own, copy("plo", 20, agency="TTXVN", credit_line="Theo TTXVN"))]
    assert kinds == ["credit", "credit", "own_page", "first"]


def test_the_agencys_own_page_without_credit_supports_a_credit():
    assert writer(copy("qdnd", 5), copy("plo", 20, agency="Báo QĐND")) == ("agency", "Báo QĐND")


def test_most_papers_decide_between_two_agencies():
    copies = copy("plo", agency="VOV"), copy("tuoitre", 5, agency="TTXVN"), copy("thanhnien", 9, agency="TTXVN")
    assert writer(*copies) == ("agency", "TTXVN")


def test_many_copies_of_one_paper_are_one_voice():
    copies = (
        copy("plo", 2, agency="VOV"),
        copy("plo", 3, agency="VOV", slug="amp"),
        copy("tuoitre", 5, agency="TTXVN"),
        copy("thanhnien", 9, agency="TTXVN"),
    )
    assert writer(*copies) == ("agency", "TTXVN")


def test_a_tie_goes_to_the_agency_whose_own_page_is_there():
    copies = copy("plo", agency="VOV"), copy("tuoitre", 5, agency="TTXVN"), copy("baotintuc", 9)
    assert writer(*copies) == ("agency", "TTXVN")


def test_a_papers_own_page_breaks_no_tie_with_an_earlier_claim():
    copies = (
        copy("nhandan", text=f"Hà Nội (TTXVN) – {TEXT}"),
        copy("tienphong", 5),
        copy("dantri", 6, text=f"TPO - {TEXT}"),
    )
    assert writer(*copies) == ("agency", "TTXVN")
    late = copy("plo", agency="VOV"), copy("thanhnien", 6, agency="Báo QĐND"), copy("qdnd", 5)
    assert writer(*late) == ("agency", "VOV")


def test_a_papers_own_page_breaks_a_tie_with_a_claim_that_is_not_earlier():
    copies = copy("nhandan", 5, text=f"Hà Nội (TTXVN) – {TEXT}"), copy("tienphong", 5), copy("dantri", 6, text=f"TPO - {TEXT}")
    assert writer(*copies) == ("paper", "tienphong")


def test_a_tie_goes_to_the_credit_that_came_first():
    assert writer(copy("plo", 2, agency="VOV"), copy("tuoitre", 5, agency="TTXVN")) == ("agency", "VOV")


def test_a_credit_to_a_paper_leads_on_to_whom_that_paper_credits():
    copies = (
        copy("plo", 20, agency="VOV", credit_line="Theo VOV"),
        copy("tuoitre", 30, agency="VOV", credit_line="Theo VOV"),
        copy("vov", 5, agency="TTXVN", credit_line="Theo TTXVN"),
    )
    assert writer(*copies) == ("agency", "TTXVN")
    assert [site for kind, site, _ in evidence(*copies) if kind == "credit"] == ["vov", "plo", "tuoitre"]


@pytest.mark.parametrize("printed", ["Tuổi Trẻ", "Báo Tuổi Trẻ", "tuoitre.vn", "Tuổi Trẻ Online"])
def test_a_credited_paper_is_told_by_its_key(printed):
    assert writer(copy("plo", 20, agency=printed)) == ("paper", "tuoitre")


def test_papers_that_credit_each_other_lead_nowhere_but_to_an_end():
    copies = copy("thanhnien", 5, agency="Tuổi Trẻ"), copy("tuoitre", 9, agency="Thanh Niên")
    assert writer(*copies)[0] == "paper"


def test_a_single_report_is_its_papers_own():
    copies = [copy("baogialai", authors=("Vĩnh Hoàng",))]
    assert writer(*copies) == ("paper", "baogialai")
    assert evidence(*copies) == [("byline", "baogialai", "Vĩnh Hoàng"), ("first", "baogialai", "2026-11-22T01:00+00:00")]


def test_a_single_report_without_byline_is_its_papers_own_too():
    assert writer(copy("baogialai")) == ("paper", "baogialai")


def test_what_a_collector_of_others_texts_carries_alone_is_of_unknown_writer():
    assert writer(copy("vietnamvn")) == ("unknown", "")


def test_the_paper_that_was_first_wrote_it():
    copies = copy("plo", 40), copy("tuoitre", authors=("Lê Nam",)), copy("thanhnien", 10)
    assert writer(*copies) == ("paper", "tuoitre")


def test_the_first_text_that_holds_the_others_says_so():
    cut = "\n".join(TEXT.split("\n")[:5])
    assert ("contains", "tuoitre", "plo") in evidence(copy("tuoitre"), copy("plo", 30, text=cut))


def test_of_two_papers_within_minutes_nobody_knows():
    copies = copy("plo", 2), copy("tuoitre")
    assert writer(*copies) == ("unknown", "")
    assert [site for _, site, _ in evidence(*copies)] == ["tuoitre", "plo"]


def test_of_two_papers_within_minutes_the_one_that_signs_wrote_it():
    assert writer(copy("plo", 2, authors=("Lê Nam",)), copy("tuoitre")) == ("paper", "plo")


def test_of_two_papers_within_minutes_the_one_that_holds_the_other_wrote_it():
    cut = "\n".join(TEXT.split("\n")[:5])
    assert writer(copy("plo", 2), copy("tuoitre", text=cut)) == ("paper", "plo")


def test_first_seen_is_known_only_to_a_round_of_the_watch():
    assert writer(copy("plo", 20, published=None), copy("tuoitre")) == ("unknown", "")
    assert writer(copy("plo", 45, published=None), copy("tuoitre")) == ("paper", "tuoitre")


def test_a_byline_is_not_quoted_as_the_credit():
    one = copy("plo", agency="TTXVN", credit_line="Lê Nam", authors=("Lê Nam",))
    assert evidence(one) == [("credit", "plo", "TTXVN")]


SITES = ("baogialai", "plo", "qdnd", "tuoitre", "vietnamplus", "vov")
COPIES = st.builds(
    copy,
    st.sampled_from(SITES),
    st.integers(0, 90),
    agency=st.sampled_from((None, "TTXVN", "VOV", "Tuổi Trẻ", "Báo QĐND")),
    authors=st.sampled_from(((), ("Lê Nam",))),
)


@given(st.lists(COPIES, max_size=6, unique_by=lambda each: each.article.site), st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters(copies, rng):
    assert origin(copies) == origin(rng.sample(copies, len(copies)))
