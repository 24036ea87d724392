"""The configuration names real papers and topics, and the example is what the program believes."""

from importlib.resources import files
from pathlib import Path

import pytest

from crawler.config import Config, all_sites, load_config, site_of, sites, topics
from crawler.site import Site
from crawler.toml import ConfigError

FOUNDERS = {"thanhnien", "baophapluat", "tienphong", "vov", "baogialai"}


def test_the_sixteen_papers_are_there() -> None:
    assert set(all_sites()) >= FOUNDERS | {
        "tuoitre", "nld", "baochinhphu", "plo", "vietnamplus", "nhandan", "sggp", "vnexpress", "dantri", "vietnamnet", "vtcnews"
    }  # fmt: skip


@pytest.mark.parametrize("site", all_sites().values(), ids=all_sites().keys())
def test_every_listing_of_a_site_lies_on_its_own_hosts(site: Site) -> None:
    for listing in site.listings:
        assert site.owns(listing.url), listing.url


@pytest.mark.parametrize("site", all_sites().values(), ids=all_sites().keys())
def test_no_listing_of_a_site_is_taken_for_an_article(site: Site) -> None:
    for url in (*site.feeds, *site.sections):
        assert not site.wants(url), url


def test_the_example_says_what_is_built_in(tmp_path: Path) -> None:
    example = tmp_path / "tuantra.toml"
    example.write_text((files("crawler") / "tuantra.example.toml").read_text(encoding="utf-8"), encoding="utf-8")
    read, built_in = load_config(str(example)), Config()
    for name in ("watch", "fetch", "batch", "store", "mail", "file", "subscriptions"):
        assert getattr(read, name) == getattr(built_in, name), name


def test_an_unknown_paper_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"site 'thanhnein': unknown; did you mean 'thanhnien'\?"):
        sites(Config(), ["thanhnein"])
    path = tmp_path / "tuantra.toml"
    path.write_text('[watch]\nsites = ["vof"]\n')
    with pytest.raises(ConfigError, match=r"watch\.sites = 'vof': unknown site; did you mean 'vov'"):
        load_config(str(path))


def test_an_address_of_no_known_paper_is_refused() -> None:
    assert site_of("https://m.thanhnien.vn/x-185261119035308873.htm").key == "thanhnien"
    with pytest.raises(ConfigError, match=r"example\.org"):
        site_of("https://example.org/x.htm")


def test_a_topic_file_with_a_typo_is_told_with_file_and_key(tmp_path: Path) -> None:
    shipped = (files("pipelines") / "topics" / "vietnam-cambodia-defence.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(shipped + "\n[tresholds]\nrelevant = 0.5\n", encoding="utf-8")
    path = tmp_path / "tuantra.toml"
    path.write_text('[watch]\ntopics = ["mine.toml"]\n')
    with pytest.raises(ConfigError, match=r"mine\.toml.*tresholds"):
        topics(load_config(str(path)))


def test_a_subscription_to_an_unknown_topic_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tuantra.toml"
    path.write_text('[[subscriptions]]\nname = "a"\ntopics = ["vietnam-laos"]\n')
    with pytest.raises(ConfigError, match="vietnam-laos"):
        load_config(str(path))
