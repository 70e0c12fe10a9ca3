"""``hotline self-test``: ring a volunteer now, and see whether the whole way works."""

import time

import typer

from hotline.cli.shared import AsJson, operation, print_json, ready_settings
from hotline.db.models import SelfTest, TestResult
from hotline.services.reaching import self_tests
from hotline.settings import Settings

_LOOK_EVERY_SECONDS = 0.5
_GRACE_SECONDS = 30
_WORDS = {
    TestResult.PASSED: "Passed: the call came and 1 was pressed.",
    TestResult.UNANSWERED: "NOT passed: the telephone rang and nobody pressed 1 in time.",
    TestResult.FAILED: "NOT passed: no call came about.",
    TestResult.NOBODY: "NOT done: nobody takes part who can be rung (My numbers, the weekly test).",
}


def self_test(
    wait: bool = typer.Option(True, "--wait/--no-wait", help="Stay until the result is known."),
    status: bool = typer.Option(False, "--status", help="Start nothing: say when a test last passed."),
    as_json: bool = AsJson,
) -> None:
    """Ring a volunteer through the real path; exit status 1 unless a pressed 1 came back in time.

    A worker must be running, as for every call.
    """
    settings = ready_settings()
    if status:
        _say_status(settings, as_json=as_json)
        return
    with operation(settings, write=True) as op:
        test = self_tests.begin_now(op)
        test_id, result = test.id, test.result
    if result is None and not as_json:
        typer.echo("A volunteer is being rung now.")
    limit = time.monotonic() + settings.self_test_seconds + _GRACE_SECONDS
    while wait and result is None and time.monotonic() < limit:
        time.sleep(_LOOK_EVERY_SECONDS)
        with operation(settings) as op:
            result = op.session.get_one(SelfTest, test_id).result
    if as_json:
        print_json({"id": str(test_id), "result": None if result is None else result.value})
    elif result is not None:
        typer.echo(_WORDS[result])
    elif wait:
        typer.echo("No result: is a worker running?")
    if result is not TestResult.PASSED and (wait or result is not None):
        raise typer.Exit(1)


def _say_status(settings: Settings, *, as_json: bool) -> None:
    with operation(settings) as op:
        found = self_tests.health(op)
    last = None if found.last_passed_at is None else found.last_passed_at.isoformat()
    if as_json:
        print_json({"last_passed_at": last, "is_overdue": found.is_overdue, "volunteers": found.volunteers})
    else:
        typer.echo(f"Last passed: {last or 'never'}{', OVERDUE' if found.is_overdue else ''}.")
        typer.echo(f"Volunteers: {found.volunteers}.")
    if found.is_overdue:
        raise typer.Exit(1)
