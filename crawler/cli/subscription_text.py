"""How subscriptions look on a terminal, their schedules in words where they are simple."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from crawler.cli.language import _, plural
from crawler.cli.tables import console, minute

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def subscription_lines(rows: Sequence[Mapping[str, Any]]) -> None:
    """A paragraph a subscription: what it tells, to whom, when; what it told and what waits."""
    out = console()
    for row in rows:
        out.print(Text(row["name"], style="bold"))
        for title, said in _facts(row):
            if said:
                out.print(Text(f"    {title}: {said}"))


def _facts(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    mails = row["mails"]
    waiting = sum(mails.get(state, 0) for state in ("pending", "sending", "deferred"))
    return (
        (_("tells"), _wanted(row)),
        (_("to"), ", ".join(map(_route, row["routes"]))),
        (_("when"), _when(row)),
        (_("at once"), _at_once(row["immediate"])),
        (_("language"), {"vi": _("Vietnamese"), "en": _("English")}[row["language"]]),
        (_("last slot"), minute(row["last_slot"])),
        (_("last mail"), _mailed(row["last_mail"])),
        (_("next slot"), minute(row["next_slot"])),
        (_("stories not told yet"), str(row["waiting"])),
        (_("mails"), _("{waiting} waiting, {dead} given up").format(waiting=waiting, dead=mails.get("dead", 0))),
    )


def _mailed(mailed: Mapping[str, Any] | None) -> str:
    """The slot, and when its mail was made where that was another time."""
    if mailed is None:
        return "—"
    slot, made = minute(mailed["slot"]), minute(mailed["at"])
    return slot if slot == made else f"{slot} ({_('made')} {made})"


def _wanted(row: Mapping[str, Any]) -> str:
    parts = [
        _("topics {names}").format(names=", ".join(row["topics"])),
        _("tags {names}").format(names=", ".join(row["tags"])) if row["tags"] else "",
        _("papers {names}").format(names=", ".join(row["papers"])) if row["papers"] else "",
        _("from score {score} on").format(score=row["minimum_score"]) if row["minimum_score"] else "",
    ]
    return "; ".join(filter(None, parts))


def _route(route: Mapping[str, Any]) -> str:
    stopped = f" ({_('written to no more')})" if route["suspended"] else ""
    return f"{route['recipient']} ({route['channel']}){stopped}"


def _when(row: Mapping[str, Any]) -> str:
    parts = [
        f"{schedule_words(row['schedule'])} ({row['timezone']})",
        _("quiet {hours}").format(hours=row["quiet"]) if row["quiet"] else "",
        _("also when nothing is new") if row["empty"] else "",
        _heartbeat(row["heartbeat_hours"]) if row["heartbeat_hours"] else "",
    ]
    return "; ".join(filter(None, parts))


def _heartbeat(hours: float) -> str:
    return _("a sign of life after an hour") if hours == 1 else _("a sign of life after {hours:g} hours").format(hours=hours)


def _at_once(rule: Mapping[str, Any] | None) -> str:
    if rule is None:
        return ""
    parts = [
        _("from score {score} on").format(score=rule["minimum_score"]) if rule["minimum_score"] is not None else "",
        _("tags {names}").format(names=", ".join(rule["tags"])) if rule["tags"] else "",
    ]
    most = _("at most {count} an hour").format(count=rule["per_hour"])
    return f"{_(' or ').join(filter(None, parts))}; {most}"


def schedule_words(schedule: str) -> str:
    """A schedule in words where each of its lines is simple, else as it stands."""
    said = [_line_words(line.split()) for line in schedule.split(";")]
    return "; ".join(said) if all(said) else schedule


def _line_words(fields: Sequence[str]) -> str:
    """One cron line in words, nothing where it is not simple."""
    if len(fields) != 5 or fields[2:4] != ["*", "*"]:  # noqa: PLR2004 - minute, hour, day, month, weekday
        return ""
    minutes, hours, days = fields[0], fields[1], _days(fields[4].lower())
    every = re.fullmatch(r"\*(?:/(\d+))?", minutes)
    if every and hours == "*" and fields[4] == "*":
        return plural(int(every[1] or 1), _("every minute"), _("every {count} minutes"))
    if days and minutes.isdecimal() and re.fullmatch(r"\d+(,\d+)*", hours):
        times = ", ".join(f"{int(hour)}:{int(minutes):02}" for hour in hours.split(","))
        return _("{days} at {times}").format(days=days, times=times)
    return ""


def _days(field: str) -> str:
    if field == "*":
        return _("daily")
    names = (_("Sunday"), _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"))
    known = {**dict(zip(_DAYS, names, strict=True)), **{str(number): name for number, name in enumerate((*names, names[0]))}}
    ends = field.split("-")
    if len(ends) == 2 and all(end in known for end in ends):  # noqa: PLR2004 - the first and the last day
        return _("{first} to {last}").format(first=known[ends[0]], last=known[ends[1]])
    found = [known.get(day, "") for day in field.split(",")]
    return ", ".join(found) if all(found) else ""
