"""Subscriptions as plain data: what each tells to whom and when, what it told last, what waits."""

from typing import Any

from alerts.deliver import preview
from alerts.subscription import Immediate, Subscription, next_slot
from crawler.jobs import Program, slot_now
from crawler.views.rows import local_time


def rows(program: Program) -> list[dict[str, Any]]:
    """All subscriptions, in the order of the configuration."""
    counts = program.store.outbox.counts()
    return [
        {**_wish(program, each), **_past(program, each), "mails": dict(counts.get(each.name, {}))}
        for each in program.subscriptions
    ]


def _wish(program: Program, subscription: Subscription) -> dict[str, Any]:
    """What the configuration says."""
    suspended = program.store.outbox.suspended
    return {
        "name": subscription.name,
        "topics": list(subscription.topics),
        "tags": list(subscription.tags),
        "papers": list(subscription.papers),
        "minimum_score": subscription.minimum_score,
        "routes": [
            {"channel": channel, "recipient": recipient, "suspended": recipient in suspended(channel)}
            for channel, recipient in subscription.routes(mail=program.config.mail is not None)
        ],
        "schedule": subscription.schedule,
        "timezone": subscription.timezone,
        "quiet": subscription.quiet or None,
        "immediate": _immediate(subscription.immediate),
        "language": subscription.language,
        "empty": subscription.empty,
        "heartbeat_hours": subscription.heartbeat.total_seconds() / 3600 if subscription.heartbeat else None,
    }


def _past(program: Program, subscription: Subscription) -> dict[str, Any]:
    """What was told, and what will be."""
    alerts, now = program.store.alerts, program.clock()
    last, mailed = alerts.last_slot(subscription.name), alerts.last_slot(subscription.name, mailed=True)
    digest = preview(alerts, subscription, now, slot=slot_now(program, subscription), coverage=lambda _since, _until: ())
    return {
        "last_slot": last.slot if last else None,
        "last_mail": {"slot": mailed.slot, "at": local_time(mailed.created)} if mailed else None,
        "next_slot": next_slot(subscription, now),
        "waiting": len(digest.stories) if digest else 0,
    }


def _immediate(rule: Immediate | None) -> dict[str, Any] | None:
    return {"minimum_score": rule.minimum_score, "tags": list(rule.tags), "per_hour": rule.per_hour} if rule else None
