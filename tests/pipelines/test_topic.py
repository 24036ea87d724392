"""What a topic file may say, and what it is told when it says something else."""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipelines.match import Matcher, Topic
from pipelines.match.topic import ROLES, Furniture, Group, Rules, Thresholds

DOCS = (Path(__file__).parents[2] / "docs/topics.md").read_text("utf-8")
SHIPPED = sorted((Path(__file__).parents[2] / "pipelines/topics").glob("*.toml"))
SMALL: dict[str, Any] = {
    "key": "vietnam-laos",
    "name": {"vi": "Việt – Lào", "en": "Vietnam–Laos"},
    "groups": {
        "vietnam": {"role": "party_a", "terms": ["Việt Nam"]},
        "laos": {"role": "party_b", "terms": ["Lào"]},
        "guards": {"role": "matter", "terms": ["(bộ đội|lính) biên phòng", "biên phòng {laos}"]},
    },
}


def topic(**changed: Any) -> Topic:
    return msgspec.convert(SMALL | changed, Topic)


def groups(**changed: Any) -> Topic:
    return topic(groups=SMALL["groups"] | changed)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_topic_loads_and_is_named_like_its_file(path: Path) -> None:
    shipped = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Topic, strict=True)
    assert shipped.key == path.stem
    assert {"vi", "en"} <= set(shipped.name)


def test_a_small_topic_is_enough() -> None:
    matcher = Matcher([topic()])
    assert matcher.match(title="Lính biên phòng Việt Nam thăm Lào", lead="", text="")[0].relevant
    assert not matcher.match(title="Lính biên phòng Việt Nam thăm Thái Lan", lead="", text="")[0].relevant


def test_choices_and_groups_are_put_into_terms() -> None:
    spelled = set(topic().spelled())
    assert {"bộ đội biên phòng", "lính biên phòng", "biên phòng lào"} <= spelled


def test_names_may_be_joined_or_bare() -> None:
    spelled = groups(places={"role": "party_b", "terms": ["Đắk Lắk"], "joined": True, "plain": True}).spelled()
    assert {"đắk lắk", "đắklắk", "dak lak", "daklak"} <= set(spelled)


def test_spellings_by_rule_need_no_variants() -> None:
    spelled = groups(more={"role": "matter", "terms": ["thỏa thuận", "liệt sĩ", "kết nghĩa đồn - trạm"]}).spelled()
    assert {"thỏa thuận", "thoả thuận", "liệt sĩ", "liệt sỹ", "kết nghĩa đồn trạm"} <= set(spelled)


@pytest.mark.parametrize(("changed", "named"), [
    ({"key": "Việt Lào"}, "key"),
    ({"name": {}}, "name"),
    ({"thresholds": {"relevant": 0.2, "borderline": 0.3}}, "thresholds"),
    ({"rules": {"lead": 2.0}}, "rules.lead"),
    ({"groups": {"vietnam": {"role": "party_a", "terms": ["Việt Nam"]}}}, "party_b"),
    ({"groups": SMALL["groups"] | {"odd": {"role": "actor", "terms": ["x"]}}}, "role"),
    ({"groups": SMALL["groups"] | {"odd": {"role": "act", "weight": 3.0, "terms": ["x"]}}}, "weight"),
    ({"groups": SMALL["groups"] | {"odd": {"role": "act", "terms": []}}}, "terms"),
    ({"groups": SMALL["groups"] | {"odd": {"role": "act", "terms": ["{nobody} x"]}}}, "nobody"),
    ({"groups": SMALL["groups"] | {"odd": {"role": "act", "terms": ["-"]}}}, "odd.terms"),
    ({"groups": SMALL["groups"] | {"a": {"terms": ["{b}"]}, "b": {"terms": ["{a}"]}}}, "circle"),
])  # fmt: skip
def test_a_mistake_is_named(changed: dict[str, Any], named: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)) as told:
        topic(**changed)
    assert named in str(told.value)


def test_a_topic_of_too_many_spellings_is_refused_when_it_is_compiled() -> None:
    choice = "(" + "|".join(f"w{number}" for number in range(40)) + ")"
    with pytest.raises(ValueError, match="spellings"):
        Matcher([groups(odd={"role": "act", "terms": [f"{choice} {choice} {choice}"]})])


def test_every_key_and_role_is_documented() -> None:
    known = [field.name for kind in (Topic, Thresholds, Rules, Furniture, Group) for field in dataclasses.fields(kind)]
    for word in (*known, *ROLES):
        assert re.search(rf"`([a-z]+\.)?{word}(\.[A-Za-z]+)?`", DOCS), word


def test_the_documented_example_is_a_topic_that_works() -> None:
    example = "\n".join(re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL))
    matcher = Matcher([msgspec.convert(tomllib.loads(example), Topic)])
    patrol = "Đồn Biên phòng Thanh tuần tra song phương với Đại đội Biên phòng 321 Savannakhet"
    assert matcher.match(title=patrol, lead="", text="")[0].relevant
    assert not matcher.match(title="Bộ đội Biên phòng Lào Cai tuần tra chung với Trung Quốc", lead="", text="")[0].relevant
