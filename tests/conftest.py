"""What all tests share: a real store on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from news.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'watch.db'}")
    yield opened
    opened.close()
