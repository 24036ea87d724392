"""The settings that keep the crawler safe and polite have the values they must have."""

import pytest

from crawler import settings

MANDATORY = {
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_TIMEOUT": 20,
    "REDIRECT_MAX_TIMES": 5,
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "REFERRER_POLICY": "no-referrer",
    "ROBOTSTXT_OBEY": True,
    "TWISTED_DNS_RESOLVER": "crawler.fetch.guard.PublicResolver",
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
}


@pytest.mark.parametrize(("name", "value"), MANDATORY.items())
def test_a_mandatory_setting_has_its_value(name: str, value: object) -> None:
    assert getattr(settings, name) == value


def test_only_the_web_is_fetched() -> None:
    assert {scheme for scheme, handler in settings.DOWNLOAD_HANDLERS.items() if handler} == {"http", "https"}
    assert {"file", "data", "ftp", "s3"} <= set(settings.DOWNLOAD_HANDLERS)


def test_no_answer_is_larger_than_8_mib() -> None:
    assert 0 < settings.DOWNLOAD_MAXSIZE <= 8 * 1024 * 1024
