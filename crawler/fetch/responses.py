"""What Scrapy's responses and failures say, in our words."""

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetch.answers import kind_of_answer
from crawler.fetch.whole import is_cut_off


def headers_of(response: Response) -> dict[str, str]:
    """The headers with names in lower case."""
    return {name.decode("latin-1").lower(): b",".join(values).decode("latin-1") for name, values in response.headers.items()}


def all_headers(response: Response) -> tuple[tuple[str, str], ...]:
    """Every header as it came, repeated ones too."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in response.headers.items() for value in values
    )


def kind(response: Response) -> str:
    """The answer's kind, as `kind_of_answer` names it, or "truncated"."""
    return "truncated" if is_cut_off(response) else kind_of_answer(response.status, headers_of(response), response.body)


def why(failure: Failure) -> str:
    """Why there is no answer, in one short stable word."""
    error = failure.value
    if isinstance(error, IgnoreRequest):
        text = str(error)
        if "did not answer" in text:
            return "robots_silent"
        return "robots" if "robots" in text else "redirected_away" if "offsite" in text.lower() else "ignored"
    name = type(error).__name__
    if "Timeout" in name:
        return "timeout"
    if name in {"DownloadCancelledError", "CancelledError"}:
        return "too_large"
    if "DataLoss" in name or "ConnectionLost" in name or "ResponseFailed" in name:
        return "truncated"
    return "network"


def header(response: Response, name: str) -> str | None:
    """One header's value."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def charset(response: Response) -> str | None:
    """The encoding that the server names."""
    kind = header(response, "Content-Type") or ""
    _, _, charset = kind.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None
