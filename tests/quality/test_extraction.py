"""How exactly articles are read, on proofread pages that lie beside the checkout: with the families, and without."""

import json
from pathlib import Path
from statistics import mean

import pytest

from tests.quality.score_extraction import SHARED, Score, score_gold

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text("utf-8"))["extraction"]

pytestmark = pytest.mark.skipif(not (SHARED / "pages").is_dir(), reason="the proofread pages are not part of the project")


@pytest.fixture(scope="module", params=["known", "unknown"])
def case(request: pytest.FixtureRequest) -> tuple[dict[str, float], Score]:
    return FLOORS[request.param], score_gold(bare=request.param == "unknown")


def test_the_text_is_that_of_a_careful_reader(case: tuple[dict[str, float], Score]) -> None:
    floors, score = case
    assert mean(score.all_f1) >= floors["f1_mean"], score.report()
    assert min(score.all_f1) >= floors["f1_min"], score.report()


def test_nothing_leaks_in_and_nothing_is_lost(case: tuple[dict[str, float], Score]) -> None:
    _, score = case
    assert (score.leaks, score.lost) == ([], [])


@pytest.mark.parametrize("name", ["title", "lead", "published", "authors", "agency"])
def test_every_field_is_right(case: tuple[dict[str, float], Score], name: str) -> None:
    floors, score = case
    assert score.share(name) >= floors[name], score.wrong[name]
