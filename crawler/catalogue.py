"""The papers that are shipped: read from their files, found by key or by address."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from crawler.site import Site
from crawler.toml import ConfigError, build, read
from news.problem import Problem, nearest
from news.urls import canonical, host_of

_SITES = Path(str(files("crawler") / "sites"))
_FAMILIES = Path(str(files("crawler") / "families"))


def site_keys() -> list[str]:
    """The keys of all shipped papers."""
    return sorted(path.stem for path in _SITES.glob("*.toml"))


@cache
def all_sites() -> Mapping[str, Site]:
    """Every shipped paper by key. Raises ConfigError with the problems of all files."""
    problems: list[Problem] = []
    found: dict[str, Site] = {}
    for key in site_keys():
        try:
            found[key] = _site(_SITES / f"{key}.toml")
        except ConfigError as error:
            problems.append(error)
    if problems:
        raise ConfigError.all(problems)
    return found


def site_of(url: str) -> Site:
    """The paper that an address belongs to. Raises ConfigError."""
    for site in all_sites().values():
        if site.owns(url):
            return site
    raise ConfigError(
        "{url}: no paper that tuantra knows has the host {host!r}; docs/adding-a-site.md says how to add one",
        url=url,
        host=host_of(url),
    )


def address_of(url: str) -> str:
    """The address under which a page is remembered: as its paper writes it, or as any page's where no known paper owns it."""
    try:
        return site_of(url).canonical(url)
    except ConfigError:
        return canonical(url)


def _site(path: Path) -> Site:
    data = read(path)
    family = data.get("family", "")
    if family:
        _family_exists(path, family)
    return build(data, Site, path, key=path.stem, **({"cms": read(_FAMILIES / f"{family}.toml")} if family else {}))


def _family_exists(path: Path, family: str) -> None:
    known = sorted(file.stem for file in _FAMILIES.glob("*.toml"))
    if family not in known:
        raise ConfigError(
            "{path}: family = {family!r}: unknown; {remedy}", path=path, family=family, remedy=nearest(family, known)
        )
