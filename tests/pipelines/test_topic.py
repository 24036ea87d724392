"""What a topic file may say, and what it is told when it says something else."""

import dataclasses
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipelines.match import Matcher, Topic, topic_schema
from pipelines.match.topic import ROLES, Furniture, Group, Rules, Tag, Thresholds

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
    ({"rules": {"lead": 2.0}}, "lead"),
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


def test_a_topic_of_too_many_terms_is_refused_before_they_are_written_out() -> None:
    choice = "(" + "|".join(f"w{number}" for number in range(40)) + ")"
    with pytest.raises(ValueError, match="more than"):
        groups(odd={"role": "act", "terms": [f"{choice} {choice} {choice} {choice} {choice}"]})
    with pytest.raises(ValueError, match="more than"):
        groups(a={"terms": [f"{choice} {choice}"]}, b={"terms": ["{a} {a}"]})


def test_the_schema_knows_every_key_of_the_shipped_topics_and_no_other() -> None:
    schema = topic_schema()

    def allowed(value: Any, part: dict[str, Any]) -> None:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        assert value in part.get("enum", [value])
        if isinstance(value, dict):
            for name, inner in value.items():
                allowed(inner, part.get("properties", {}).get(name) or part["additionalProperties"])
            assert set(part.get("required", ())) <= set(value)

    for path in SHIPPED:
        allowed(tomllib.loads(path.read_text("utf-8")), schema)
    with pytest.raises(TypeError):
        allowed({**SMALL, "grups": {}}, schema)
    with pytest.raises(AssertionError):
        allowed({**SMALL, "groups": {"a": {"role": "actor", "terms": []}}}, schema)


def test_every_key_and_role_is_documented() -> None:
    known = [field.name for kind in (Topic, Thresholds, Rules, Furniture, Group, Tag) for field in dataclasses.fields(kind)]
    for word in (*known, *ROLES):
        assert re.search(rf"`([a-z]+\.)?{word}(\.[A-Za-z]+)?`", DOCS), word


def test_the_documented_example_is_a_topic_that_works() -> None:
    example = "\n".join(re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL))
    matcher = Matcher([msgspec.convert(tomllib.loads(example), Topic, strict=True)])
    (lines,) = re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)
    rows = [json.loads(line) for line in lines.splitlines()]
    found = [row["id"] for row in rows if matcher.match(title=row["title"], lead="", text=row.get("text", ""))[0].relevant]
    assert found == [row["id"] for row in rows if row["label"] == "relevant"]
    patrol = "Tuần tra song phương lần thứ tư giữa Bộ đội Biên phòng Việt Nam và Đại đội Biên phòng 321 Savannakhet"
    assert matcher.match(title=patrol, lead="", text="")[0].tags == ("tuần tra lần thứ 4", "Savannakhet")
