"""A tag is said in the reader's language."""

import pytest

from alerts.tag_names import tag_in

TEXTS = (
    {"vi": "thăm", "en": "visit"},
    {"vi": "tuần tra chung", "en": "joint patrol"},
    {"vi": "tuần tra chung lần thứ {n}", "en": "joint patrol no. {n}"},
    {"vi": "Ủy ban Chuyên trách kỳ họp thứ {n}", "en": "session no. {n} on soldiers' remains"},
    {},
    {"vi": "chỉ tiếng Việt"},
)


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("thăm", "visit"),
        ("tuần tra chung", "joint patrol"),
        ("tuần tra chung lần thứ 78", "joint patrol no. 78"),
        ("Ủy ban Chuyên trách kỳ họp thứ 24", "session no. 24 on soldiers' remains"),
    ],
)
def test_a_tag_is_said_in_either_language(vietnamese, english):
    assert tag_in("en", vietnamese, TEXTS) == tag_in("en", english, TEXTS) == english
    assert tag_in("vi", english, TEXTS) == tag_in("vi", vietnamese, TEXTS) == vietnamese


@pytest.mark.parametrize(
    "tag", ["Svay Rieng", "Đại tướng Sok Dara", "Quân khu 7", "tuần tra chung lần thứ", "chỉ tiếng Việt", ""]
)
def test_places_persons_and_what_has_no_text_stay_as_they_are(tag):
    assert tag_in("en", tag, TEXTS) == tag_in("vi", tag, TEXTS) == tag


def test_without_texts_a_tag_stays_as_it_is():
    assert tag_in("en", "thăm", ()) == "thăm"


def test_a_word_that_both_languages_know_stays_as_the_reader_knows_it():
    texts = ({"vi": "thăm", "en": "patrol"}, {"vi": "patrol", "en": "something else"})
    assert tag_in("en", "patrol", texts) == "patrol"
