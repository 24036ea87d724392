"""Every fixture of every paper is read as it says: one test a field, so that a failure names the field."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.catalogue import all_sites
from crawler.listings import Listing
from crawler.views.rows import article_row, local_time
from news.model import FetchedPage
from pipelines.extract import extract
from tests.builders import NOON

FIXTURES = sorted((Path(__file__).parent / "sites").glob("*/*/article.json"))
FIELDS = (
    "canonical_url", "title", "lead", "text", "captions", "authors", "agency", "credit_line", "published", "modified", "language",
)  # fmt: skip


def name(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.parent.name}"


@pytest.fixture(params=FIXTURES, ids=name, scope="module")
def fixture(request: pytest.FixtureRequest) -> Path:
    return Path(request.param).parent


@pytest.mark.parametrize("field", FIELDS)
def test_an_article_is_read_as_its_fixture_says(fixture: Path, field: str) -> None:
    expected = json.loads((fixture / "article.json").read_text(encoding="utf-8"))
    site = all_sites()[fixture.parent.name]
    page = FetchedPage(
        site=site.key, asked=expected["asked"], url=expected["url"], body=(fixture / "page.html").read_bytes(), fetched=NOON
    )
    assert article_row(extract(page, site.paper))[field] == expected[field]


def test_the_layout_of_a_fixture_is_its_papers_own(fixture: Path) -> None:
    how = json.loads((fixture / "article.json").read_text(encoding="utf-8"))["how"]
    assert not how["body"].startswith("generic:")


def test_a_listing_announces_what_its_fixture_says(fixture: Path) -> None:
    expected = json.loads((fixture / "entries.json").read_text(encoding="utf-8"))
    (body,) = (path.read_bytes() for path in fixture.glob("listing.*"))
    assert [row(entry) for entry in listing(fixture, expected["url"]).entries(body)] == expected["entries"]


def listing(fixture: Path, url: str) -> Listing:
    site, saved = all_sites()[fixture.parent.name], datetime.fromisoformat(f"{fixture.name}T12:00:00+07:00")
    (found,) = (known for known in site.dated_listings(saved) if known.url == url)
    return found


def row(entry: Any) -> dict[str, Any]:
    return {"url": entry.url, "title": entry.title, "published": local_time(entry.published)}


def test_the_founding_families_have_fixtures() -> None:
    families = {all_sites()[path.parent.parent.name].family for path in FIXTURES}
    assert families >= {"vccorp", "mcms", "vov", "vnexpress"}
