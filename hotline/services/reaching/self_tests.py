"""Once a week the service pages a volunteer, for real: outbox, network, call, and a 1 pressed in time.

Everything that could be broken without anybody noticing is in that chain. Volunteers take turns. The
week's own instant is unique in the database, so two workers begin one test. It passes with a pressed 1;
the volunteer is rung twice. Otherwise the managers are told, and the health page shows since when nothing
was proved.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    CallStatus,
    Effect,
    MessageKind,
    SelfTest,
    ServiceNumber,
    TestResult,
    User,
)
from hotline.errors import ConflictError
from hotline.services import rows
from hotline.services.callflow.instructions import Ask, HangUp, Heard, Instruction, Say
from hotline.services.operation import Operation
from hotline.services.outgoing import messages, outbox
from hotline.services.reaching import notification_rules, trials
from hotline.services.response import paging
from hotline.settings import Settings
from hotline.speech import Minutes, Prompt
from hotline.week import WeekTime

OVERDUE_AFTER = timedelta(days=8)
TOO_LATE_TO_BEGIN = timedelta(hours=2)  # a test that was missed is not made up for in the night
_BEGIN = rows.on_conflict(
    lambda insert: insert(SelfTest).on_conflict_do_nothing(index_elements=["slot"]).returning(SelfTest.id)
)


@dataclass(frozen=True, slots=True)
class Health:
    """When the last test passed (None: never), whether one is overdue, and who takes part."""

    last_passed_at: datetime | None
    is_overdue: bool
    is_running: bool
    volunteers: int


def slot_before(settings: Settings, now: datetime) -> datetime:
    """The latest instant of the week's test at or before ``now``; a local time, whatever its clocks do."""
    return WeekTime.parse(settings.self_test_at).before(now)


def slot_after(settings: Settings, now: datetime) -> datetime:
    """The first instant of the week's test after ``now``."""
    return WeekTime.parse(settings.self_test_at).after(now)


def take_part(op: Operation, user: User, *, wanted: bool) -> bool:
    """Join the volunteers, or leave them; False when it was so already."""
    if (user.volunteer_since is not None) == wanted:
        return False
    user.volunteer_since = op.now if wanted else None
    return True


def begin_week(op: Operation, slot: datetime) -> bool:
    """Begin the test of a week; False when it was begun before, or its time is long past."""
    return op.now - slot < TOO_LATE_TO_BEGIN and _begin(op, slot, None) is not None


def begin_now(op: Operation, by: User | None = None) -> SelfTest:
    """Begin a test by hand. Raises :class:`ConflictError` while one is under way."""
    op.session.refresh(trials.line(op), with_for_update=True)  # two at once come one after the other
    if op.session.execute(sa.select(SelfTest.id).where(SelfTest.next_at.is_not(None))).first() is not None:
        raise ConflictError("A test is under way already.")
    test = _begin(op, None, None if by is None else by.id)
    if test is None:
        raise ConflictError("A test is under way already.")
    return test


def sweep(op: Operation, limit: int = 10) -> int:
    """Ring volunteers once more, or give their tests up, as is due; returns how many."""
    query = sa.select(SelfTest).where(SelfTest.next_at <= op.now).order_by(SelfTest.next_at).limit(limit)
    due = op.session.scalars(query.with_for_update(skip_locked=True)).all()
    for test in due:
        if op.now >= test.answer_by:
            _finish(op, test, _why_failed(op, test))
        else:
            test.next_at = test.answer_by
            _ring(op, test, trials.line(op))
    return len(due)


def answered(op: Operation, call: Call) -> list[Instruction]:
    """Somebody, or a machine, picked up."""
    return [Ask("self-test-key", (Prompt.of("self_test.ask"),), digits=1, timeout=6)]


def key_pressed(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """A 1 in time passes the test; whatever a machine says does not."""
    if heard.digits[-1:] != "1":
        call.outcome = call.outcome or CallOutcome.UNANSWERED
        return [Say((Prompt.of("goodbye"),)), HangUp()]
    call.outcome = CallOutcome.ACCEPTED
    query = sa.select(SelfTest).where(SelfTest.user_id == call.user_id, SelfTest.next_at.is_not(None))
    test = op.session.scalars(query.with_for_update()).first()
    if test is not None:
        _finish(op, test, TestResult.PASSED)
    return [Say((Prompt.of("self_test.thanks"),)), HangUp()]


def health(op: Operation) -> Health:
    """How the weekly test stands."""
    passed = sa.select(sa.func.max(SelfTest.finished_at)).where(SelfTest.result == TestResult.PASSED)
    running = sa.select(sa.func.count()).where(SelfTest.next_at.is_not(None))
    volunteers = sa.select(sa.func.count()).where(
        User.volunteer_since.is_not(None), User.disabled_at.is_(None)
    )
    last = op.session.scalar(passed)
    return Health(
        last,
        last is None or op.now - last > OVERDUE_AFTER,
        bool(op.session.scalar(running)),
        op.session.scalar(volunteers) or 0,
    )


def latest(op: Operation, limit: int = 10) -> list[tuple[SelfTest, str | None]]:
    """The latest tests, the newest first, with the names of their volunteers."""
    query = sa.select(SelfTest, User.name).outerjoin(User, User.id == SelfTest.user_id)
    query = query.order_by(SelfTest.started_at.desc(), SelfTest.id.desc()).limit(limit)
    return [(test, name) for test, name in op.session.execute(query)]


def _begin(op: Operation, slot: datetime | None, by: uuid.UUID | None) -> SelfTest | None:
    """Whose turn it is, is rung; with nobody the test is over at once. None when the slot is taken."""
    volunteer = _whose_turn(op)
    answer_by = op.now + timedelta(seconds=op.settings.self_test_seconds)
    begun = rows.run(
        op,
        _BEGIN,
        id=new_id(),
        slot=slot,
        user_id=None if volunteer is None else volunteer.id,
        started_at=op.now,
        started_by_id=by,
        answer_by=answer_by,
        next_at=op.now + (answer_by - op.now) / 2,
    ).scalar_one_or_none()
    if begun is None:
        return None
    test = op.session.get_one(SelfTest, begun)
    if volunteer is None:
        _finish(op, test, TestResult.NOBODY)
        return test
    number = trials.line(op)
    messages.send(
        op,
        MessageKind.SELF_TEST,
        to=notification_rules.plan(op, volunteer.id).text_number or "",
        prompt=Prompt.of("sms.self_test"),
        language=volunteer.language,
        from_=number.phone,
        dedupe_key=f"self-test:{test.id}",
        user=volunteer,
    )
    _ring(op, test, number)
    return test


def _whose_turn(op: Operation) -> User | None:
    """The volunteer who can be rung and whose last test is the longest ago."""
    last = sa.select(sa.func.max(SelfTest.started_at)).where(SelfTest.user_id == User.id).scalar_subquery()
    query = sa.select(User).where(User.volunteer_since.is_not(None), User.disabled_at.is_(None))
    query = query.order_by(sa.case((last.is_(None), 0), else_=1), last, User.volunteer_since, User.id)
    able = (user for user in op.session.scalars(query) if notification_rules.plan(op, user.id).reason is None)
    return next(able, None)


def _ring(op: Operation, test: SelfTest, number: ServiceNumber) -> None:
    user = op.session.get_one(User, test.user_id)
    phone = notification_rules.plan(op, user.id).call_number
    if phone is None:
        return
    call = Call(
        kind=CallKind.SELF_TEST,
        from_phone=number.phone,
        to_phone=phone,
        created_at=op.now,
        service_number_id=number.id,
        user_id=user.id,
        language=user.language,
    )
    op.session.add(call)
    op.session.flush()
    outbox.add(op, Effect.PLACE_CALL, call.id, f"place:{call.id}", lifetime=outbox.CALL_LIFETIME)


def _why_failed(op: Operation, test: SelfTest) -> TestResult:
    """Whether the telephone rang in vain, or no call came about at all."""
    rang = sa.select(Call.id).where(
        Call.kind == CallKind.SELF_TEST,
        Call.user_id == test.user_id,
        Call.created_at >= test.started_at,
        Call.call_sid.is_not(None),
        Call.status != CallStatus.FAILED,
    )
    is_out = op.session.execute(rang.limit(1)).first() is not None
    return TestResult.UNANSWERED if is_out else TestResult.FAILED


def _finish(op: Operation, test: SelfTest, result: TestResult) -> None:
    before = sa.select(SelfTest.result).where(SelfTest.finished_at.is_not(None))
    last = op.session.scalars(before.order_by(SelfTest.started_at.desc())).first()
    test.result, test.finished_at, test.next_at = result, op.now, None
    op.session.flush()
    said_before = result is TestResult.NOBODY and last is TestResult.NOBODY  # once is enough to know
    if result is TestResult.PASSED or said_before:
        return
    values = {"link": f"{op.settings.public_url}/health"}
    if result is not TestResult.NOBODY:
        values["engineer"] = op.session.get_one(User, test.user_id).name
    prompt = Prompt.of(f"sms.alarm_test_{result.value}", **values)
    if result is TestResult.UNANSWERED:
        minutes = Minutes(op.settings.self_test_seconds // 60)
        prompt = Prompt.of("sms.alarm_test_unanswered", minutes=minutes, **values)
    paging.shout(op, prompt, from_=trials.line(op).phone, key=f"self-test:{test.id}")
