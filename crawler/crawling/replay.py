"""Takes the pages of WARC files in, from the disk alone: what a crawl would have made of them.

They are read in a child process with the limits of a crawl. It tells which page it is about to take apart; where a page ends it, by time,
memory or a crash, another child tries that page once more, and then passes it over.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from crawler.clock import clock
from crawler.config import database_url
from crawler.crawling import child
from crawler.crawling.batch import BatchError, heard
from crawler.crawling.plan import Plan
from crawler.crawling.replay_steps import LISTING, TAKEN_IN, Step, Task
from news.store import open_store


def replay(plan: Plan, files: tuple[Path, ...]) -> Iterator[Step]:
    """Take in every page of the files, in their order. Raises BatchError.

    Articles that are stored already stay as they are, unless the plan says `force`.
    """
    task, suspect, taken = Task(plan=plan, files=files), None, set[str]()
    while task.number < len(files):
        last: Step | None = None
        for last in heard(child.replay, replace(task, taken=frozenset(taken)), patience=plan.config.batch.deadline):
            if last.outcome:
                task = _past(task, last)
                yield last
            if last.outcome in TAKEN_IN:
                taken.add(last.url)
        if last is None:
            raise BatchError("the replay ended before it had begun; [batch] memory_mb may be too little")
        if last.outcome:
            continue  # it has used its time, and another goes on
        if last == suspect:
            last = _given_up(task, last)
            task = _past(task, last)
            yield last
        suspect = last


def _past(task: Task, step: Step) -> Task:
    """What is left to do after a step."""
    if step.whole:
        return replace(task, number=step.number + 1, offset=0, after=False)
    return replace(task, number=step.number, offset=step.offset, after=True)


def _given_up(task: Task, step: Step) -> Step:
    """The step that ended two children: its page is passed over, or the file from there on if none was named yet."""
    if not step.url:
        return replace(step, url=str(task.files[step.number]), outcome="crashed", whole=True)
    with closing(open_store(database_url(task.plan.config))) as store:
        known = store.addresses.by_url(step.url)
        if known is not None and known.listing == LISTING and known.state == "pending":
            store.addresses.quarantine(step.url, clock(task.plan.now)())
    return replace(step, outcome="crashed")
