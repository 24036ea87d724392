"""What a host's robots.txt means, also when there is none."""

import pytest

from crawler.fetch.robots import rules
from news.store.watch import RobotsFile
from tests.builders import NOON


@pytest.mark.parametrize(
    ("status", "obeyed"),
    [
        (200, b"User-agent: *\nDisallow: /in"),
        (404, b""),
        (403, b""),
    ],
)
def test_a_missing_file_allows(status: int, obeyed: bytes) -> None:
    answer = RobotsFile(host="vov.vn", status=status, body=b"User-agent: *\nDisallow: /in", fetched_at=NOON)
    assert rules(answer) == obeyed
