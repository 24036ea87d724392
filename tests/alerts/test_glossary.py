"""English digests explain Vietnamese terms, from a list that is right, sorted and open to the operator."""

import re
import tomllib
import unicodedata
from dataclasses import fields, replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from alerts.glossary import Gloss, Glossary, Wordlist, compiled, gloss
from alerts.render import render
from crawler import jobs
from crawler.config import Config, GlossaryConfig, glossary, load_config
from crawler.toml import ConfigError, load

FILE = Path(str(files("alerts") / "glossary.toml"))
SHIPPED = glossary(Config())
TOPIC = "vietnam-cambodia-defence"
OPERATING = Path(__file__).parent.parent.parent / "docs/operating.md"


def told(text: str, words: Glossary = SHIPPED) -> dict[str, str]:
    return {one.term: one.english for one in gloss(text, words)}


def own(folder: Path, text: str) -> Config:
    """A configuration that names a glossary file with this text."""
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    (folder / "tuantra.toml").write_text('[glossary]\nfile = "mine.toml"\n', encoding="utf-8")
    return load_config(str(folder / "tuantra.toml"))


# ---- what is found in a text


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Đại tướng", "General"),
        ("Thượng tướng", "Senior Lieutenant General"),
        ("Trung tướng", "Lieutenant General"),
        ("Thiếu tướng", "Major General"),
        ("Chuẩn Đô đốc", "Rear Admiral"),
        ("Thứ trưởng Bộ Quốc phòng", "Deputy Minister of National Defence"),
        ("Tổng Tham mưu trưởng", "Chief of the General Staff"),
        ("Chính ủy", "Political Commissar"),
        ("BĐBP", "Border Guard"),
        ("Quân khu 7", "Military Region 7"),
        ("QK9", "Military Region 9"),
        ("Vùng 5 Hải quân", "Naval Region 5"),
        ("CSB Vùng 4", "Coast Guard Region 4"),
        ("Quân đội Hoàng gia Cam-pu-chia", "Royal Cambodian Armed Forces (RCAF)"),
        ("Đội K53", "Team K53 (search for fallen soldiers' remains)"),
        ("Kỳ họp lần thứ XXIV", "session no. XXIV"),
        ("Đối thoại chính sách quốc phòng", "Defence Policy Dialogue"),
        ("Giao lưu hữu nghị quốc phòng biên giới", "Border Defence Friendship Exchange"),
        ("vùng nước lịch sử", "historic waters (shared under the agreement of 1982)"),
        ("Nghị định thư", "protocol"),
    ],
)
def test_a_term_is_explained(text, english):
    assert gloss(f"Sáng nay, {text}, theo tin.", SHIPPED) == (Gloss(term=text, english=english),)


@pytest.mark.parametrize(
    "spelling",
    ["Chính ủy", "Chính uỷ", "CHÍNH ỦY", "chính ủy", "Chính\u00a0ủy", "Chính-ủy", "Chính   ủy", unicodedata.normalize("NFD", "Chính ủy")],
)  # fmt: skip
def test_the_way_of_writing_makes_no_difference_and_is_kept(spelling):
    assert told(f"({spelling})") == {unicodedata.normalize("NFC", spelling): "Political Commissar"}


def test_i_and_y_are_one_vowel_where_readers_call_them_one():
    assert set(told("liệt sỹ").values()) == set(told("liệt sĩ").values()) == {"fallen soldier (martyr)"}
    assert set(told("qui tập").values()) == {"recovery of remains"}


@pytest.mark.parametrize(
    "text", ["Đại táo", "tổng biên phòngg", "QK", "Quân khux 7", "Chinh uy", "hội đàmm", "xĐại tá", "Quân\nkhu"]
)
def test_only_whole_words_with_their_accents_count(text):
    assert not told(text)


def test_of_terms_that_overlap_the_first_and_longest_is_explained():
    assert told("Thượng tướng A, Phó Tổng Tham mưu trưởng") == {
        "Thượng tướng": "Senior Lieutenant General",
        "Phó Tổng Tham mưu trưởng": "Deputy Chief of the General Staff",
    }


def test_a_term_is_explained_once_in_order_of_appearance_with_its_other_spelling():
    assert list(told("BĐBP gặp Đại tá A. Bộ đội Biên phòng và Đại tá B, BĐBP.").items()) == [
        ("BĐBP, Bộ đội Biên phòng", "Border Guard"),
        ("Đại tá", "Senior Colonel (in Cambodia: Colonel)"),
    ]


def test_numbers_make_different_units():
    assert told("Quân khu 7 và Quân khu 9, Quân khu V") == {
        "Quân khu 7": "Military Region 7",
        "Quân khu 9": "Military Region 9",
        "Quân khu V": "Military Region V",
    }


def test_what_begins_a_longer_term_goes_without_saying():
    assert list(told("Thứ trưởng A là Thứ trưởng Bộ Quốc phòng")) == ["Thứ trưởng Bộ Quốc phòng"]
    assert list(told("Giao lưu: giao lưu sĩ quan trẻ")) == ["giao lưu sĩ quan trẻ"]


def test_of_too_many_terms_the_longest_stay_in_their_order():
    terms = ["Đại tá", "Quân đội Hoàng gia Campuchia", "Đối thoại Chính sách Quốc phòng", "Tư lệnh", "Đô đốc", "Nghị định thư",
             "Tổng Tham mưu trưởng", "vùng nước lịch sử", "Vùng 5 Hải quân", "Biên bản ghi nhớ"]  # fmt: skip
    assert list(told("; ".join(terms))) == [term for term in terms if term not in ("Đại tá", "Đô đốc")]


def test_terms_of_two_lines_are_no_term():
    assert list(told("Bộ trưởng\nQuốc phòng")) == ["Bộ trưởng"]


def test_without_words_nothing_is_explained():
    assert gloss("Đại tướng", Glossary()) == gloss("", SHIPPED) == gloss("General Sok Dara", SHIPPED) == ()


# ---- the list that is shipped


def test_the_shipped_list_is_sorted_and_large():
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert list(tables) == [group.name for group in fields(Wordlist)]
    for name, table in tables.items():
        assert list(table) == sorted(table, key=str.lower), name
    assert sum(map(len, tables.values())) >= 300


def test_every_shipped_spelling_is_found_and_has_an_english():
    for where, spelling, english in load(FILE, Wordlist).entries():
        assert english, where
        assert english.isprintable(), where
        assert not set(english) & set("ăâđêôơư"), where
        text = spelling.replace("{n}", "12")
        assert told(text) == {text: english.replace("{n}", "12")}, where


def test_ranks_of_the_topic_are_explained():
    for rank in ("Chuẩn đô đốc", "Phó đô đốc", "Đô đốc", "Thống tướng", *(f"{a} {b}" for a in ("Thiếu", "Thượng", "Trung", "Đại") for b in ("tá", "tướng"))):  # fmt: skip
        assert rank in told(rank)


# ---- a list of one's own


def test_own_words_add_change_and_take_away(tmp_path):
    config = own(
        tmp_path,
        '[forces]\n"Quân khu 7" = "Southern Military Region"\n"Lữ đoàn Tàu {n}" = "Ship Brigade {n}"\n"BĐBP" = "Border Force"\n'
        '[ranks]\n"Thiếu tá" = ""\n',
    )
    assert told("Quân khu 7, Quân khu 77, Lữ đoàn Tàu 127, Thiếu tá, BĐBP, Bộ đội Biên phòng, Đại úy", glossary(config)) == {
        "Quân khu 7": "Southern Military Region",
        "Quân khu 77": "Military Region 77",
        "Lữ đoàn Tàu 127": "Ship Brigade 127",
        "BĐBP": "Border Force",
        "Bộ đội Biên phòng": "Border Guard",
        "Đại úy": "Captain",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[rank]\n"Đại tá" = "Colonel"', "rank = {'Đại tá': 'Colonel'}: unknown key; did you mean 'ranks'?"),
        (
            '"Đại tá" = "Colonel"',
            "Đại tá = 'Colonel': unknown key; known: border, documents, forces, mechanisms, offices, ranks",
        ),
        ('[ranks]\n"Đại tá" = 6', "ranks.Đại tá = 6: must be text in quotes, not a whole number"),
        (
            '[forces]\n"QK {n}" = "Region"',
            'forces."QK {n}": {n} stands once in every spelling and in the English, or nowhere; correct it',
        ),
        ('[forces]\n"A | Đội {n}" = "Team {n}"', "{n} stands once in every spelling"),
        ('[forces]\n"BĐBP | " = "Border Guard"', "'' has no letter to look for; correct or delete it"),
        ('[forces]\n"Hoà" = "a"\n[ranks]\n"hòa" = "b"', """'Hoà' stands also in ranks."hòa"; delete it from one of the two"""),
        ("[forces\n", "not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_file_key_and_remedy(tmp_path, text, problem):
    with pytest.raises(ConfigError) as error:
        own(tmp_path, text)
    assert str(error.value).startswith(str(tmp_path / "mine.toml"))
    assert problem in str(error.value)


def test_a_file_that_is_missing_is_named(tmp_path):
    (tmp_path / "tuantra.toml").write_text('[glossary]\nfile = "none.toml"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(f"{tmp_path / 'none.toml'}: no such file")):
        load_config(str(tmp_path / "tuantra.toml"))


def test_the_example_in_the_documents_works(tmp_path):
    block = re.search(r"```toml\n(.+?)```", OPERATING.read_text(encoding="utf-8").partition("\n## The glossary\n")[2], re.DOTALL)
    assert block is not None
    words = glossary(own(tmp_path, block[1]))
    assert told("SCHTP Lữ đoàn Tàu 127 của Quân khu 7, Thiếu tá A", words) == {
        "SCHTP": "forward command post",
        "Lữ đoàn Tàu 127": "Ship Brigade 127",
        "Quân khu 7": "Military Zone 7",
    }


# ---- in a digest


def shown(build, copy, language, config=None):
    letterhead = jobs.letterhead(config or Config(), language)
    return render(
        build.digest(build.story(copy)),
        language=language,
        topic_names=letterhead.topic_names,
        paper_names=letterhead.paper_names,
        tag_texts=letterhead.tag_texts,
        glossary=letterhead.glossary,
    )


def test_an_english_digest_explains_a_vietnamese_article(build):
    copy = build.copy(tags=("tuần tra chung", "rút kinh nghiệm tuần tra chung lần thứ 33", "Chuẩn Đô đốc Sok Dara", "Svay Rieng"))
    said = shown(build, copy, "en")
    line = (
        "Terms: hợp tác quốc phòng – defence cooperation; Bộ Quốc phòng – Ministry of National Defence; tuần tra chung – joint patrol;"
        " Hải quân Hoàng gia Campuchia – Royal Cambodian Navy;"
        " vùng nước lịch sử – historic waters (shared under the agreement of 1982); Chuẩn Đô đốc – Rear Admiral"
    )
    assert line in " ".join(said.text.split())
    assert line in " ".join(re.sub(r"<[^>]+>", "", said.html).split())
    assert '<i lang="vi">Chuẩn Đô đốc</i> – Rear Admiral' in said.html
    assert "[joint patrol] [joint patrol review no. 33] [Chuẩn Đô đốc Sok Dara] [Svay Rieng]" in " ".join(said.text.split())
    assert "Vietnam–Cambodia defence cooperation" in said.text


def test_a_vietnamese_digest_explains_nothing_and_says_its_tags_in_vietnamese(build):
    copy = build.copy(language="en", title="Navies hold review", tags=("joint patrol review no. 33", "navy", "Svay Rieng"))
    said = shown(build, copy, "vi")
    assert "[rút kinh nghiệm tuần tra chung lần thứ 33] [hải quân] [Svay Rieng]" in " ".join(said.text.split())
    for digest in (said, shown(build, build.copy(), "vi")):
        assert "Terms" not in digest.text + digest.html
        assert "Thuật ngữ" not in digest.text + digest.html


def test_an_english_article_needs_no_terms(build):
    said = shown(build, build.copy(language="en", title="Đại tướng"), "en")
    assert "Terms" not in said.text + said.html


def test_own_words_reach_the_digest(build, tmp_path):
    config = own(tmp_path, '[border]\n"vùng nước lịch sử" = "<b>shared & old</b>"\n')
    said = shown(build, build.copy(), "en", config)
    assert "vùng nước lịch sử – <b>shared & old</b>" in said.text
    assert "&lt;b&gt;shared &amp; old&lt;/b&gt;" in said.html


def test_a_relative_file_counts_from_the_configuration(tmp_path):
    config = own(tmp_path, '[ranks]\n"Đại úy" = "Capt."\n')
    assert config.glossary.file == "mine.toml"
    assert told("Đại úy", glossary(config)) == {"Đại úy": "Capt."}
    absolute = replace(config, glossary=GlossaryConfig(file=str(tmp_path / "mine.toml")), folder=Path("/nowhere"))
    assert told("Đại úy", glossary(absolute)) == {"Đại úy": "Capt."}


def test_a_long_english_digest_explains_terms_once_and_stays_below_what_mail_programs_cut_off(build):
    letterhead = jobs.letterhead(Config(), "en")
    stories = [build.story(build.copy(key, tags=("thăm", "tuần tra chung lần thứ 7")), key=key) for key in range(1, 41)]
    last = build.story(build.copy(41, title="Đại tướng A thăm Campuchia", published=build.NOW - timedelta(days=3)), key=41)
    for digest, lines in ((build.digest(*stories, last), 2), (build.digest(*stories[:20]), 20)):
        said = render(
            digest, language="en", topic_names={}, paper_names={}, tag_texts=letterhead.tag_texts, glossary=letterhead.glossary
        )
        assert said.html.count("Terms:") == lines
        assert len(said.html.encode()) < 102_000


def test_compiling_no_words_gives_an_empty_glossary():
    assert compiled() == compiled(Wordlist(ranks={"Đại tá": ""})) == Glossary()
