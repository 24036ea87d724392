"""A story is told once, to each recipient on its own, and nothing that was decided is lost."""

import threading
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from alerts.channels.file import File
from alerts.deliver import Letterhead, alert, preview, tell
from alerts.outbox import PAUSE, Deferred, Paused, Refused, Sent
from alerts.send import send_due
from alerts.subscription import Immediate, Subscription
from news.model import Change
from news.store import open_store
from tests.builders import fetched_page, grouping

READERS = ("a@mod.gov.vn", "b@mod.gov.vn", "c@mod.gov.vn")
MORNING, NOON, EVENING = "2026-11-22T07:00+07:00", "2026-11-22T12:00+07:00", "2026-11-22T17:00+07:00"


@pytest.fixture
def desk(store, build):
    """What the daemon does: decide a slot, send what is due at a time."""
    made = SimpleNamespace(
        now=build.NOW, channel=build.Recorder(), subscription=Subscription(name="analysts", to=READERS), store=store
    )

    def decide(slot=MORNING, subscription=None, **options):
        return tell(
            made.store.alerts,
            subscription or made.subscription,
            made.now,
            **{
                "slot": slot,
                "coverage": lambda _since, _until: (build.watched("vov"),),
                "letterhead": Letterhead(sender="news@example.org"),
                "channels": (made.channel,),
            }
            | options,
        )

    made.tell = decide
    made.send = lambda *channels: send_due(made.store.outbox, channels or (made.channel,), lambda: made.now)
    return made


def states(store):
    return {row.recipient: row.state for row in store.outbox.rows()}


def test_a_story_is_told_once(desk, build):
    build.put(desk.store, build.copy(1))
    assert len(desk.tell().digest.stories) == 1
    assert desk.send().sent == 3
    desk.now += timedelta(hours=5)
    build.put(desk.store, build.copy(2, first_seen=desk.now), story=1)
    decision = desk.tell(NOON)
    assert decision.done
    assert decision.digest is None
    assert desk.send().sent == 0
    assert [message.recipient for message in desk.channel.messages] == list(READERS)


def test_a_slot_is_decided_once(desk, build):
    build.put(desk.store, build.copy(1))
    assert desk.tell().done
    build.put(desk.store, build.copy(2))
    assert not desk.tell().done
    assert len(desk.store.outbox.rows()) == 3


def test_a_quiet_slot_is_done_too(desk, build):
    assert desk.tell().done
    assert desk.store.alerts.last_slot("analysts").slot == MORNING
    assert desk.store.outbox.rows() == ()


def test_an_article_stored_late_by_a_crawl_is_not_lost(desk, build):
    desk.tell()
    build.put(desk.store, build.copy(1, first_seen=build.NOW - timedelta(minutes=20)))
    desk.now += timedelta(hours=5)
    assert len(desk.tell(NOON).digest.stories) == 1


def test_the_readers_period_begins_with_their_last_mail(desk, build):
    build.put(desk.store, build.copy(1))
    desk.tell()
    first = desk.now
    for hours in (5, 10):
        desk.now = first + timedelta(hours=hours)
        desk.tell(f"quiet {hours}")
    build.put(desk.store, build.copy(2, first_seen=desk.now))
    desk.now += timedelta(hours=1)
    assert desk.tell(NOON).digest.since == first


def test_every_subscription_is_told_on_its_own(desk, build):
    build.put(desk.store, build.copy(1, score=0.6))
    strict = Subscription(name="strict", to=("x@y.vn",), minimum_score=0.8)
    other = Subscription(name="other", to=("x@y.vn",), topics=("another",))
    english = Subscription(name="english", to=("x@y.vn",), topics=("vietnam-cambodia-defence",), language="en")
    assert desk.tell().digest is not None
    assert desk.tell(subscription=strict).digest is None
    assert desk.tell(subscription=other).digest is None
    assert desk.tell(subscription=english).digest is not None


def test_an_empty_mail_is_sent_to_who_asked_for_it(desk):
    desk.tell(subscription=Subscription(name="analysts", to=("x@y.vn",), empty=True))
    desk.send()
    [message] = desk.channel.messages
    assert "không có tin mới" in message_from_bytes(message.payload, policy=policy.default)["Subject"]


def test_a_preview_stores_nothing(desk, build):
    build.put(desk.store, build.copy(1))
    for _ in range(2):
        assert preview(desk.store.alerts, desk.subscription, desk.now, slot=MORNING, coverage=lambda *_: ()).stories
    assert desk.store.alerts.last_slot("analysts") is None


def test_one_recipients_failure_never_touches_anothers(desk, build):
    answers = {READERS[0]: Deferred(reply="451 later"), READERS[1]: Refused(reply="550 nobody")}
    desk.channel.answer = lambda message: answers.get(message.recipient, Sent(reply="250 ok"))
    build.put(desk.store, build.copy(1))
    desk.tell()
    report = desk.send()
    assert (report.sent, report.deferred, report.dead) == (1, 1, 1)
    assert states(desk.store) == {READERS[0]: "deferred", READERS[1]: "dead", READERS[2]: "sent"}


def test_a_deferred_mail_is_sent_again_with_the_same_bytes(desk, build):
    desk.channel.answer = lambda _: Deferred(reply="lost after the final dot", ambiguous=True)
    build.put(desk.store, build.copy(1))
    desk.tell(subscription=Subscription(name="analysts", to=READERS[:1]))
    assert desk.send().ambiguous == 1
    assert desk.send().deferred == 0
    desk.now += timedelta(minutes=1)
    desk.channel.answer = lambda _: Sent(reply="250 ok")
    assert desk.send().sent == 1
    first, second = desk.channel.messages
    assert first == second
    [row] = desk.store.outbox.rows()
    assert (row.state, row.attempts, row.ambiguous, row.last_reply) == ("sent", 2, 1, "250 ok")


def test_a_mail_that_never_passes_is_given_up(desk, build):
    desk.channel.answer = lambda _: Deferred(reply="451 later")
    build.put(desk.store, build.copy(1))
    desk.tell(subscription=Subscription(name="analysts", to=READERS[:1]))
    begun = desk.now
    while desk.store.outbox.rows()[0].state != "dead":
        desk.send()
        desk.now += timedelta(minutes=1) if desk.now - begun < timedelta(hours=5) else timedelta(hours=1)
    assert timedelta(days=4, hours=18) < desk.now - begun < timedelta(days=5, hours=12)
    assert desk.store.outbox.rows()[0].last_reply == "451 later"


def test_a_wrong_password_pauses_the_queue_without_using_up_attempts(desk, build):
    desk.channel.answer = lambda _: Paused(reply="535 wrong password")
    build.put(desk.store, build.copy(1))
    desk.tell()
    assert desk.send().paused == {"email": "535 wrong password"}
    assert desk.send().paused == {}
    assert len(desk.channel.messages) == 1
    assert {(row.state, row.attempts, row.last_reply) for row in desk.store.outbox.rows()} == {
        ("pending", 0, "535 wrong password")
    }
    desk.now += PAUSE
    desk.channel.answer = lambda _: Sent(reply="250 ok")
    assert desk.send().sent == 3


def test_a_paused_target_stops_no_other_one(desk, build):
    broken = READERS[1]

    def answer(message):
        return Paused(reply="401 wrong secret", target=True) if message.recipient == broken else Sent(reply="250 ok")

    desk.channel.answer = answer
    build.put(desk.store, build.copy(1))
    desk.tell()
    report = desk.send()
    assert (report.sent, report.paused) == (2, {f"email:{broken}": "401 wrong secret"})
    assert desk.send().paused == {}
    assert [(row.state, row.attempts) for row in desk.store.outbox.rows() if row.recipient == broken] == [("pending", 0)]
    desk.now += PAUSE
    desk.channel.answer = lambda _: Sent(reply="250 ok")
    assert desk.send().sent == 1


def test_mails_for_a_channel_that_is_gone_wait_and_say_so(desk, build):
    build.put(desk.store, build.copy(1))
    desk.tell()
    with capture_logs() as log:
        report = send_due(desk.store.outbox, (), lambda: desk.now)
    assert "email" in report.paused
    assert [line["event"] for line in log] == ["queue_paused"]
    assert set(states(desk.store).values()) == {"pending"}


def test_a_fault_of_ours_does_not_stall_the_queue(desk, build):
    def answer(message):
        if message.recipient == READERS[0]:
            raise RuntimeError("a bug")
        return Sent(reply="250 ok")

    desk.channel.answer = answer
    build.put(desk.store, build.copy(1))
    desk.tell()
    report = desk.send()
    assert (report.sent, report.deferred, report.ambiguous) == (2, 1, 1)


def test_a_kill_between_decision_and_mail_loses_nothing(desk, build, tmp_path):
    build.put(desk.store, build.copy(1))
    desk.tell()
    desk.store.close()
    desk.store = open_store(f"sqlite:///{tmp_path}/tuantra.db")
    assert desk.send().sent == 3
    desk.store.close()


def test_a_kill_in_the_middle_of_a_mail_repeats_that_mail_only(desk, build):
    class Killed(BaseException):
        """What a kill is to the code that runs: nothing after it happens."""

    def answer(message):
        if message.recipient == READERS[1]:
            raise Killed
        return Sent(reply="250 ok")

    desk.channel.answer = answer
    build.put(desk.store, build.copy(1))
    desk.tell()
    with pytest.raises(Killed):
        desk.send()
    assert states(desk.store) == {READERS[0]: "sent", READERS[1]: "sending", READERS[2]: "pending"}
    desk.channel.answer = lambda _: Sent(reply="250 ok")
    report = desk.send()
    assert (report.sent, report.ambiguous) == (2, 1)
    assert [message.recipient for message in desk.channel.messages] == [READERS[0], READERS[1], READERS[1], READERS[2]]
    assert desk.channel.messages[1] == desk.channel.messages[2]


def test_two_senders_by_mistake_send_each_mail_once(desk, build):
    build.put(desk.store, build.copy(1))
    desk.tell()
    inside, leave = threading.Event(), threading.Event()

    def answer(_message):
        inside.set()
        leave.wait(5)
        return Sent(reply="250 ok")

    desk.channel.answer = answer
    first = threading.Thread(target=desk.send)
    first.start()
    inside.wait(5)
    other = build.Recorder()
    assert send_due(desk.store.outbox, (other,), lambda: desk.now).busy
    leave.set()
    first.join(5)
    assert other.messages == []
    assert len(desk.channel.messages) == 3


def test_two_daemons_by_mistake_decide_each_slot_once(desk, build):
    build.put(desk.store, build.copy(1))
    together = threading.Barrier(4)
    decisions = []

    def daemon():
        together.wait(5)
        decisions.append(desk.tell().done)

    daemons = [threading.Thread(target=daemon) for _ in range(4)]
    for each in daemons:
        each.start()
    for each in daemons:
        each.join(10)
    assert sorted(decisions) == [False, False, False, True]
    assert len(desk.store.outbox.rows()) == 3


def test_a_run_can_be_stopped_between_mails(desk, build):
    build.put(desk.store, build.copy(1))
    desk.tell()
    report = send_due(desk.store.outbox, (desk.channel,), lambda: desk.now, keep_going=lambda: not desk.channel.messages)
    assert report.sent == 1
    assert desk.send().sent == 2


def test_without_a_mail_server_the_digest_lies_in_a_folder(desk, build, tmp_path):
    build.put(desk.store, build.copy(1))
    folder = File(folder=tmp_path / "mail")
    desk.tell(channels=(folder,), subscription=Subscription(name="digest"))
    assert desk.send(folder).sent == 1
    [page] = (tmp_path / "mail").glob("*.html")
    assert build.TITLE.partition("Campuchia")[0] in page.read_text(encoding="utf-8")
    [row] = desk.store.outbox.rows()
    assert (row.channel, row.recipient, row.state) == ("file", "digest", "sent")


def test_what_happens_is_logged_once_and_without_text_of_the_mail(desk, build):
    answers = {READERS[0]: Deferred(reply="451 later"), READERS[1]: Refused(reply="550 nobody")}
    desk.channel.answer = lambda message: answers.get(message.recipient, Sent(reply="250 ok"))
    build.put(desk.store, build.copy(1))
    with capture_logs() as log:
        desk.tell()
        desk.send()
    assert [line["event"] for line in log] == ["digest_decided", "mail_deferred", "mail_dead", "mail_sent"]
    assert log[0]["stories"] == 1
    assert log[1] == {
        "event": "mail_deferred",
        "log_level": "warning",
        "subscription": "analysts",
        "slot": MORNING,
        "channel": "email",
        "recipient": READERS[0],
        "message_id": desk.channel.messages[0].message_id,
        "attempt": 1,
        "reply": "451 later",
        "until": (desk.now + timedelta(minutes=1)).isoformat(),
        "ambiguous": False,
    }


def test_hundreds_of_recipients_each_get_their_own_mail(desk, build):
    build.put(desk.store, build.copy(1))
    many = Subscription(name="analysts", to=tuple(f"r{number}@mod.gov.vn" for number in range(300)))
    assert desk.tell(subscription=many).recipients == 300
    assert desk.send().sent == 300
    assert len({message.message_id for message in desk.channel.messages}) == 300


URGENT = Subscription(name="analysts", to=("x@y.vn",), immediate=Immediate(minimum_score=0.8, per_hour=2), quiet="22:00-06:00")


def alerted(desk, subscription=URGENT):
    return alert(
        desk.store.alerts,
        subscription,
        desk.now,
        slot=desk.now.isoformat(),
        letterhead=Letterhead(sender="news@example.org"),
        channels=(desk.channel,),
    )


def test_what_does_not_wait_is_told_at_once_and_not_again_by_the_digest(desk, build):
    build.put(desk.store, build.copy(1))
    build.put(desk.store, build.copy(2, score=0.7))
    decision = alerted(desk)
    assert [story.id for story in decision.digest.stories] == [1]
    assert alerted(desk) is None
    desk.send()
    [message] = desk.channel.messages
    mail = message_from_bytes(message.payload, policy=policy.default)
    assert mail["Subject"].startswith("Tuần tra 07:00 22/11: Tin cần báo ngay: 1 tin mới")
    assert "Tình hình theo dõi" not in mail.get_body(("plain",)).get_content()
    assert [story.id for story in desk.tell(subscription=URGENT).digest.stories] == [2]


def test_an_alert_does_not_use_up_a_slot(desk, build):
    build.put(desk.store, build.copy(1))
    alerted(desk)
    assert desk.store.alerts.last_slot("analysts") is None
    assert desk.tell(subscription=URGENT).done


def test_after_its_share_of_the_hour_alerts_gather_into_one(desk, build):
    told = []
    for number in range(1, 7):
        build.put(desk.store, build.copy(number, first_seen=desk.now))
        decision = alerted(desk)
        told.append(len(decision.digest.stories) if decision else 0)
        desk.now += timedelta(minutes=5)
    assert told == [1, 1, 0, 0, 0, 0]
    desk.now += timedelta(minutes=31)
    assert len(alerted(desk).digest.stories) == 4


def test_nobody_is_woken_in_the_quiet_hours(desk, build):
    desk.now = build.NOW + timedelta(hours=16)  # eleven at night in Hanoi
    build.put(desk.store, build.copy(1, first_seen=desk.now))
    assert alerted(desk) is None
    desk.now += timedelta(hours=7)
    assert alerted(desk) is not None


def edit(desk, copy, before, after, *, grade="number", read=None):
    """Its paper changes one word of a copy; the page is read now, or at another time."""
    old = desk.store.articles.by_url(copy.article.canonical_url)
    return desk.store.articles.replace(
        old,
        replace(old.article, text=f"{old.article.text} {after}"),
        page=fetched_page(old.article.url, fetched=read or desk.now),
        matches=old.matches,
        bands=(),
        grouping=grouping(),
        changes=(Change(part="text", grade=grade, before=before, after=after),),
    )


def corrections(desk, slot, hours=5, **options):
    """What a slot some hours later says of stories told before, line by line; None where it says nothing at all."""
    desk.now += timedelta(hours=hours)
    decision = desk.tell(slot, **options)
    desk.send()
    if decision.digest is None:
        return None
    mail = message_from_bytes(desk.channel.messages[-1].payload, policy=policy.default)
    told = mail.get_body(("plain",)).get_content().partition("Đã sửa sau khi báo")[2].partition("-- ")[0]
    return [line.strip().removeprefix("- ") for line in told.splitlines() if line.startswith("   - ")]


def test_an_edit_of_what_was_told_is_told_once(desk, build):
    new = build.put(desk.store, build.copy(1))
    desk.tell()
    desk.now += timedelta(hours=2)
    edit(desk, new, "Đại tá", "Thượng tá", grade="rank")
    desk.now += timedelta(hours=3)
    decision = desk.tell(NOON)
    assert (len(decision.digest.stories), len(decision.digest.corrected)) == (0, 1)
    desk.send()
    mail = message_from_bytes(desk.channel.messages[-1].payload, policy=policy.default)
    assert "1 tin đã báo nay được sửa" in mail["Subject"]
    for body in ("plain", "html"):
        assert "cấp bậc, chức vụ: “Đại tá” → “Thượng tá”" in mail.get_body((body,)).get_content()
    desk.now += timedelta(hours=5)
    assert desk.tell(EVENING).digest is None


def test_a_correction_has_its_line_though_an_alert_was_mailed_in_between(desk, build):
    new = build.put(desk.store, build.copy(1, score=0.7))
    desk.tell(subscription=URGENT)
    desk.now += timedelta(hours=1)
    edit(desk, new, "10", "12")
    desk.now += timedelta(hours=1)
    build.put(desk.store, build.copy(2, first_seen=desk.now))
    assert alerted(desk) is not None
    assert corrections(desk, NOON, hours=3, subscription=URGENT) == ["thanhnien: con số: “10” → “12”"]


def test_an_edit_read_before_a_slot_and_stored_after_it_is_told_by_the_next(desk, build):
    new = build.put(desk.store, build.copy(1))
    desk.tell()
    assert corrections(desk, NOON) is None
    edit(desk, new, "10", "12", read=desk.now - timedelta(seconds=3))
    assert corrections(desk, EVENING) == ["thanhnien: con số: “10” → “12”"]


def test_an_edit_that_was_read_before_its_story_was_told_and_stored_after_it_is_told(desk, build):
    new = build.put(desk.store, build.copy(1))
    desk.tell()
    edit(desk, new, "10", "12", read=desk.now - timedelta(seconds=3))
    assert corrections(desk, NOON) == ["thanhnien: con số: “10” → “12”"]


def test_an_edit_before_the_telling_is_no_correction(desk, build):
    new = build.put(desk.store, build.copy(1))
    edit(desk, new, "10", "12")
    desk.tell()
    assert corrections(desk, NOON) is None


def test_wording_waits_for_the_next_mail_and_brings_nothing_back_that_was_told(desk, build):
    one, two = build.put(desk.store, build.copy(1)), build.put(desk.store, build.copy(2))
    desk.tell()
    desk.now += timedelta(hours=1)
    edit(desk, one, "10", "12")
    desk.store.rechecks.missed(two.id, desk.now, None, gone="deleted", detail="404")
    assert sorted(corrections(desk, NOON)) == ["thanhnien: con số: “10” → “12”", "thanhnien: đã bị gỡ"]
    for copy in (one, two):
        edit(desk, copy, "này", "đó", grade="wording")
    assert corrections(desk, EVENING) is None
    build.put(desk.store, build.copy(3, first_seen=desk.now))
    assert corrections(desk, "2026-11-23T07:00+07:00") == ["thanhnien: câu chữ: “này” → “đó”"] * 2
    build.put(desk.store, build.copy(4, first_seen=desk.now))
    assert corrections(desk, "2026-11-23T12:00+07:00") == []


def test_what_an_alert_told_before_the_first_slot_is_corrected_by_that(desk, build):
    new = build.put(desk.store, build.copy(1))
    alerted(desk)
    desk.now += timedelta(hours=1)
    edit(desk, new, "10", "12")
    assert corrections(desk, NOON, subscription=URGENT) == ["thanhnien: con số: “10” → “12”"]
    assert corrections(desk, EVENING, subscription=URGENT) is None


def test_a_page_that_only_stumbled_is_neither_told_as_gone_nor_as_back(desk, build):
    new = build.put(desk.store, build.copy(1))
    desk.tell()
    desk.now += timedelta(hours=4, minutes=50)
    desk.store.rechecks.missed(new.id, desk.now, desk.now + timedelta(hours=1), gone="deleted", detail="404")
    assert corrections(desk, NOON, hours=0.2) is None
    desk.store.rechecks.failed(new.id, desk.now, desk.now + timedelta(hours=1), "timeout")
    assert corrections(desk, "2026-11-22T14:00+07:00", hours=2) is None
    desk.store.rechecks.found(new.id, desk.now, None, None)
    assert corrections(desk, EVENING, hours=3) is None


def test_a_page_is_told_as_gone_once_a_second_look_has_missed_it_and_as_back_once_it_is_there(desk, build):
    new = build.put(desk.store, build.copy(1))
    later = desk.now + timedelta(days=1)
    desk.tell()
    desk.store.rechecks.missed(new.id, desk.now, later, gone="deleted", detail="404")
    assert corrections(desk, NOON) is None
    desk.store.rechecks.missed(new.id, desk.now, later, gone="deleted", detail="404")
    assert corrections(desk, EVENING) == ["thanhnien: đã bị gỡ"]
    desk.store.rechecks.missed(new.id, desk.now, later, gone="soft_404", detail="")
    assert corrections(desk, "2026-11-22T18:00+07:00", hours=1) is None
    desk.store.rechecks.found(new.id, desk.now, later, None)
    assert corrections(desk, "2026-11-23T07:00+07:00") == ["thanhnien: nay đọc lại được"]
    assert corrections(desk, "2026-11-23T12:00+07:00") is None


def test_a_new_story_names_a_copy_as_gone_only_when_that_is_sure(desk, build):
    one = build.put(desk.store, build.copy(1))
    two = build.put(desk.store, build.copy(2, url="https://vov.vn/2.vov", site="vov"), story=one.story_id)
    for look, copy in ((None, one), (desk.now + timedelta(hours=1), two)):
        desk.store.rechecks.missed(copy.id, desk.now, look, gone="deleted", detail="404")
    [story] = desk.tell().digest.stories
    assert [(copy.article.site, copy.gone) for copy in story.articles] == [("thanhnien", "deleted"), ("vov", None)]
    desk.store.rechecks.missed(two.id, desk.now, None, gone="deleted", detail="404")
    assert corrections(desk, NOON) == ["vov: đã bị gỡ"]
    for copy in (one, two):
        desk.store.rechecks.found(copy.id, desk.now, None, None)
    assert corrections(desk, EVENING) == ["thanhnien: nay đọc lại được", "vov: nay đọc lại được"]


def test_copies_keep_what_was_told_of_them_when_stories_are_merged_and_taken_apart(desk, build):
    one, two = build.put(desk.store, build.copy(1, site="vov")), build.put(desk.store, build.copy(2, site="tuoitre"))
    desk.tell()
    edit(desk, one, "10", "12")
    assert corrections(desk, NOON) == ["vov: con số: “10” → “12”"]
    edit(desk, two, "3", "4")
    desk.store.stories.merge(one.story_id, two.story_id, grouping=grouping(), why="by hand", now=desk.now)
    assert corrections(desk, EVENING) == ["tuoitre: con số: “3” → “4”"]
    edit(desk, two, "5", "6")
    desk.store.stories.split(two.id, grouping=grouping(), why="by hand", now=desk.now)
    assert corrections(desk, "2026-11-23T07:00+07:00") == ["tuoitre: con số: “5” → “6”"]
    assert corrections(desk, "2026-11-23T12:00+07:00") is None


@pytest.mark.parametrize("into_the_untold", [True, False])
def test_edits_of_a_copy_before_it_came_to_a_told_story_are_no_corrections_and_later_ones_are(desk, build, into_the_untold):
    told, late = build.put(desk.store, build.copy(1, site="vov")), build.put(desk.store, build.copy(2, score=0.1, site="tuoitre"))
    desk.subscription = replace(desk.subscription, minimum_score=0.5)
    desk.tell()
    joined = build.put(desk.store, build.copy(3, site="nhandan"), story=told.story_id)
    for copy, number in ((told, "1"), (late, "2"), (joined, "3")):
        edit(desk, copy, "0", number)
    pair = (late.story_id, told.story_id) if into_the_untold else (told.story_id, late.story_id)
    desk.store.stories.merge(*pair, grouping=grouping(), why="by hand", now=desk.now)
    assert sorted(corrections(desk, NOON)) == ["nhandan: con số: “0” → “3”", "vov: con số: “0” → “1”"]
    edit(desk, late, "2", "22")
    assert corrections(desk, EVENING) == ["tuoitre: con số: “2” → “22”"]


@pytest.mark.parametrize("into_the_hushed", [True, False])
def test_a_told_story_that_is_merged_with_a_hushed_one_is_still_corrected(desk, build, into_the_hushed):
    hushed = build.put(desk.store, build.copy(1, relevant=False))
    desk.store.articles.rematch(hushed.id, build.copy(1).matches, [desk.subscription])
    told = build.put(desk.store, build.copy(2))
    desk.tell()
    pair = (hushed.story_id, told.story_id) if into_the_hushed else (told.story_id, hushed.story_id)
    desk.store.stories.merge(*pair, grouping=grouping(), why="by hand", now=desk.now)
    edit(desk, told, "10", "12")
    assert corrections(desk, NOON) == ["thanhnien: con số: “10” → “12”"]


def test_a_kill_while_a_correction_is_decided_neither_loses_nor_repeats_it(desk, build, monkeypatch):
    new = build.put(desk.store, build.copy(1))
    desk.tell()
    edit(desk, new, "10", "12")
    with monkeypatch.context() as patch:
        patch.setattr("news.store.alerts.remember", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.tell(NOON)
    assert corrections(desk, NOON) == ["thanhnien: con số: “10” → “12”"]
    assert corrections(desk, EVENING) is None


def test_a_page_that_is_gone_is_told_once_and_an_edit_before_the_telling_is_none(desk, build):
    new = build.put(desk.store, build.copy(1))
    desk.tell()
    desk.now += timedelta(hours=1)
    desk.store.rechecks.missed(new.id, desk.now, None, gone="deleted", detail="404")
    desk.now += timedelta(hours=4)
    assert desk.tell(NOON).digest.corrected[0].articles[0].gone == "deleted"
    desk.now += timedelta(hours=5)
    assert desk.tell(EVENING).digest is None


def test_who_is_suspended_is_written_to_no_more(desk, build):
    build.put(desk.store, build.copy(1))
    decision = desk.tell(suspended=lambda channel: {READERS[0]} if channel == "email" else ())
    assert decision.recipients == len(READERS) - 1
    assert READERS[0] not in states(desk.store)


def test_a_recipient_who_is_refused_for_days_is_suspended_until_he_is_reached(desk, build):
    refuses = build.Recorder(lambda _message: Refused(reply="550 no such user", recipient=True))
    for day in range(4):
        build.put(desk.store, build.copy(day + 1, first_seen=desk.now))
        desk.tell(f"2026-11-2{day + 2}T07:00+07:00")
        desk.send(refuses)
        desk.now += timedelta(days=1)
        assert (READERS[0] in desk.store.outbox.suspended("email")) == (day >= 2)
    assert desk.store.outbox.bounces()[0].score == 4
    build.put(desk.store, build.copy(9, first_seen=desk.now))
    desk.tell("2026-11-27T07:00+07:00")
    desk.send()
    assert desk.store.outbox.bounces() == ()


def test_a_refusal_that_is_not_the_recipients_is_not_held_against_him(desk, build):
    build.put(desk.store, build.copy(1))
    desk.tell()
    desk.send(build.Recorder(lambda _message: Refused(reply="554 looks like spam")))
    assert desk.store.outbox.bounces() == ()
