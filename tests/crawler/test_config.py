"""The configuration names real papers and topics, and the example is what the program believes."""

from importlib.resources import files
from pathlib import Path

import pytest

from alerts.channels.apprise import Apprise
from alerts.channels.feed import Feed
from alerts.channels.file import File
from alerts.channels.webhook import Webhook
from crawler import jobs
from crawler.catalogue import all_sites, site_of
from crawler.config import Config, load_config, sites, topics
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
    for name in ("watch", "fetch", "batch", "store", "mail", "file", "feed", "webhook", "apprise", "operator", "subscriptions"):
        assert getattr(read, name) == getattr(built_in, name), name


def test_an_unknown_paper_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"site 'thanhnein': unknown; did you mean 'thanhnien'\?"):
        sites(Config(), ["thanhnein"])
    path = tmp_path / "tuantra.toml"
    path.write_text('[watch]\nsites = ["vof"]\n')
    with pytest.raises(ConfigError, match=r"watch\.sites = 'vof': unknown; did you mean 'vov'"):
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


CHANNELS = """
[webhook]
secret = "env:HOOK_SECRET"
secrets = {archive = "env:HOOK_SECRET"}
[webhook.targets]
desk = "env:HOOK_DESK"
archive = "file:archive.url"
[apprise.targets]
duty = "env:APPRISE_DUTY"
[feed]
most = 7
[file]
layout = "maildir"
[[subscriptions]]
name = "analysts"
channels = ["feed", "webhook:desk", "apprise:duty"]
"""


def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, **variables: str) -> str:
    for name, value in {
        "HOOK_SECRET": "s3cr3t",
        "HOOK_DESK": "https://a.vn/T0k3n",
        "APPRISE_DUTY": "json://b/T0k3n",
        **variables,
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "archive.url").write_text("https://c.vn/T0k3n\n")
    path = tmp_path / "tuantra.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_all_channels_that_are_configured_are_there_and_keep_their_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config(written(tmp_path, monkeypatch, CHANNELS))
    feed, file, apprise, webhook = jobs.channels(config)
    assert (feed, file) == (Feed(folder=tmp_path / "data/feeds", most=7), File(folder=tmp_path / "data/mail", layout="maildir"))
    assert isinstance(webhook, Webhook)
    assert webhook.targets == {"desk": "https://a.vn/T0k3n", "archive": "https://c.vn/T0k3n"}
    assert (webhook.secret, webhook.secrets) == ("s3cr3t", {"archive": "s3cr3t"})
    assert isinstance(apprise, Apprise)
    assert apprise.targets == {"duty": "json://b/T0k3n"}
    assert "T0k3n" not in repr(config)
    assert "s3cr3t" not in repr(config)


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        (
            '"env:HOOK_DESK"',
            '"https://a.vn/T0k3n"',
            'webhook.targets.desk: a secret does not stand in this file; write "env:NAME"',
        ),
        ('"env:HOOK_DESK"', '"env:HOOK_DUSK"', "webhook.targets.desk: the environment has no variable HOOK_DUSK"),
        ('[webhook.targets]\ndesk = "env:HOOK_DESK"', 'targets = "T0k3n"\n[x]', "webhook.targets: not a table"),
        ('"webhook:desk"', '"webhook:dusk"', "unknown; did you mean 'webhook:desk'"),
        ('"apprise:duty"', '"apprise:dusty"', "unknown; did you mean 'apprise:duty'"),
        ("most = 7", "most = 0", "feed.most: must be 1 or more"),
        ('"maildir"', '"mbox"', "file.layout"),
    ],
)
def test_what_is_wrong_with_a_channel_is_told_without_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, right: str, told: str
) -> None:
    assert wrong in CHANNELS
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, monkeypatch, CHANNELS.replace(wrong, right)))
    assert told in str(caught.value)
    assert "T0k3n" not in str(caught.value)


def test_an_address_that_would_travel_unencrypted_is_told_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"webhook\.targets\.desk: would be sent unencrypted") as caught:
        load_config(written(tmp_path, monkeypatch, CHANNELS, HOOK_DESK="http://a.vn/T0k3n"))
    assert "T0k3n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[watch]\ntopics = []", "watch.topics: none is named"),
        (
            '[watch]\ntopics = ["vietnam-cambodia"]',
            "watch.topics = 'vietnam-cambodia': unknown; did you mean 'vietnam-cambodia-defence'?",
        ),
        ('[watch]\nhorizon = "5m"', "watch.horizon: less than an hour"),
        ("[fetch]\npage_bytes = -4", "fetch.page_bytes: is too little to work with; write 100000 or more"),
        ('[batch]\ncpu = "0s"', "batch.cpu: is too little to work with; write 1s or more"),
        ("[batch]\nmemory_mb = 1", "batch.memory_mb: is too little"),
        ('[store]\ndatabase = "data/x.db"', "store.database: 'data/x.db' is no SQLite file; write 'sqlite:///data/tuantra.db'"),
        ('[store]\ndatabase = "sqlite:///:memory:"', "store.database: "),
        ('[mail]\nhost = ""\nsender = "a@b.vn"', "mail.host: is empty"),
        ('[mail]\nhost = "x"\nport = 99999999\nsender = "a@b.vn"', "mail.port: 99999999 is no port"),
    ],
)
def test_a_setting_with_which_nothing_could_work_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "tuantra.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        topics(load_config(str(path)))
    assert f"{path}: {told}" in str(caught.value)


def test_a_paper_named_twice_is_watched_once(tmp_path: Path) -> None:
    path = tmp_path / "tuantra.toml"
    path.write_text('[watch]\nsites = ["vov", "vov"]\n', encoding="utf-8")
    assert [site.key for site in sites(load_config(str(path)))] == ["vov"]
