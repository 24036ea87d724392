"""Marking loses no text and marks only what matched."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.marks import Piece, pieces


def test_matched_words_are_marked():
    assert pieces("Quân đội Campuchia", [(9, 18)], 100) == (
        Piece(text="Quân đội "),
        Piece(text="Campuchia", marked=True),
    )


def test_overlapping_spans_are_marked_once():
    assert [piece.text for piece in pieces("Bộ Quốc phòng Campuchia", [(3, 13), (0, 13), (3, 23)], 100)] == [
        "Bộ Quốc phòng Campuchia"
    ]


def test_a_span_behind_the_cut_marks_nothing():
    assert pieces("Hải quân hai nước tuần tra chung", [(18, 32)], 20) == (Piece(text="Hải quân hai nước…"),)


@given(
    st.text(alphabet="aăâ đ\n", max_size=60),
    st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6),
)
def test_no_text_is_lost_or_invented(text, spans):
    assert "".join(piece.text for piece in pieces(text, spans, 100)) == text.replace("\n", " ")
