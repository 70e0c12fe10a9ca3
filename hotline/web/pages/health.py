"""Whether it works: for load balancers without a sign-in and without any detail; for people, on a page."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog
from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from hotline.db.models import SelfTest, TestResult, User
from hotline.errors import HotlineError
from hotline.phone_numbers import mask
from hotline.services.access import Permission
from hotline.services.auditing import discrepancies
from hotline.services.promise import heartbeat
from hotline.services.reaching import flags, self_tests
from hotline.web.pages import live
from hotline.web.pages.guard import needs, viewer, viewer_may
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

log = structlog.get_logger(__name__)

_RUNNING = marked("Under way: the volunteer is being rung.")
_RESULTS = {
    TestResult.PASSED: marked("Passed: the call came and 1 was pressed."),
    TestResult.UNANSWERED: marked("Not passed: the telephone rang and nobody pressed 1 in time."),
    TestResult.FAILED: marked("Not passed: no call came about."),
    TestResult.NOBODY: marked("Not done: nobody takes part who can be rung."),
}
# What the service refuses, so that it has its translation.
REFUSALS = frozenset({marked("A test is under way already.")})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page of health shows; ``failing`` are a name, a masked number, and since when."""

    silent_since: datetime | None
    tests: self_tests.Health
    lines: tuple[tuple[datetime, str | None, TestResult | None, str], ...]
    failing: tuple[tuple[str, str, datetime | None], ...]
    is_outgoing: bool
    at: str
    auditor: discrepancies.Health


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/healthz")(healthz)
    blueprint.get("/healthz/worker")(worker_health)
    blueprint.get("/healthz/self-test")(self_test_health)
    blueprint.get("/healthz/auditor")(auditor_health)
    blueprint.get("/health")(health)
    blueprint.post("/health/self-test")(start_self_test)


def healthz() -> ResponseReturnValue:
    """200 when the database answers, else 503."""
    try:
        with the_site().reading() as op:
            op.session.execute(sa.text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        log.error("health.database_away", error=type(error).__name__)
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok")


def worker_health() -> ResponseReturnValue:
    """200 when a worker enforced the promise within the last half minute, else 503: for whoever is paged."""
    try:
        with the_site().reading() as op:
            silent = heartbeat.silent_since(op)
    except (SQLAlchemyError, OSError) as error:
        log.error("health.database_away", error=type(error).__name__)
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok") if silent is None else (jsonify(status="no worker is at work"), 503)


def self_test_health() -> ResponseReturnValue:
    """When the weekly test last passed; 503 when none did for more than eight days."""
    try:
        with the_site().reading() as op:
            found = self_tests.health(op)
    except (SQLAlchemyError, OSError) as error:
        log.error("health.database_away", error=type(error).__name__)
        return jsonify(status="unavailable"), 503
    last = None if found.last_passed_at is None else found.last_passed_at.isoformat()
    status = "overdue" if found.is_overdue else "ok"
    return jsonify(status=status, last_passed_at=last), 503 if found.is_overdue else 200


def auditor_health() -> ResponseReturnValue:
    """200 when the auditor is at work and everything that it found is explained, else 503; no details."""
    try:
        with the_site().reading() as op:
            is_red = discrepancies.health(op).is_red
    except (SQLAlchemyError, OSError) as error:
        log.error("health.database_away", error=type(error).__name__)
        return jsonify(status="unavailable"), 503
    return (jsonify(status="somebody has to look"), 503) if is_red else jsonify(status="ok")


@needs(Permission.SEE_INCIDENTS)
def health() -> ResponseReturnValue:
    """Is anybody at work, does a page reach people, and whose numbers do not work."""
    with the_site().reading() as op:
        facts = Facts(
            heartbeat.silent_since(op),
            self_tests.health(op),
            tuple(_line(test, name) for test, name in self_tests.latest(op)),
            tuple(
                (op.session.get_one(User, user_id).name, mask(method.value), method.flagged_at)
                for user_id, method in flags.flagged(op).items()
            ),
            op.settings.outgoing,
            op.settings.self_test_at,
            discrepancies.health(op),
        )
    may_start = viewer_may(Permission.PLAN_ROSTERS)
    return live.answer(facts, lambda: render_template("health.html", facts=facts, may_start=may_start))


@needs(Permission.PLAN_ROSTERS)
def start_self_test() -> ResponseReturnValue:
    """Begin a test now; one at a time."""
    me = viewer().id
    try:
        result = the_site().write(lambda op: self_tests.begin_now(op, op.session.get_one(User, me)).result)
    except HotlineError as refusal:
        flash(gettext(str(refusal)), "warning")
    else:
        words = gettext("A volunteer is being rung now.") if result is None else gettext(_RESULTS[result])
        flash(words, "success" if result is None else "warning")
    return redirect(url_for("pages.health"), 303)


def _line(test: SelfTest, name: str | None) -> tuple[datetime, str | None, TestResult | None, str]:
    """When, who, what came of it, and that in words."""
    words = _RUNNING if test.result is None else _RESULTS[test.result]
    return test.started_at, name, test.result, words
