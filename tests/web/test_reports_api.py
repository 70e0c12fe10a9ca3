"""Customers' programs report problems for the contract whose key they show, and ask how they stand."""

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hotline.db.models import Contract, ContractKey, Customer, Incident, User
from hotline.services.arrivals import keys, programs
from hotline.services.operation import Operation
from hotline.web.api import caller, reports

from .reading import count
from .test_api import token_of
from .world import World

REPORTS = "/api/v1/reports"
GOOD = {"product": "sql", "summary": "Disk of node 2 is full"}


def key_of(world: World, customer: str = "Contoso") -> str:
    def work(op: Operation) -> str:
        contract = op.session.query(Contract).join(Customer).filter(Customer.name == customer).one()
        admin = op.session.query(User).filter(User.name == "Nadia Noor").one()
        return keys.make(op, admin.id, contract.id, "Monitoring", f"a nonce for {customer}")

    return str(world.ask(work))


class Program:
    """A customer's program with its key."""

    def __init__(self, app: Flask, key: str) -> None:
        self._client, self.key = app.test_client(), key

    def report(self, body: Any = None, reference: str | None = "alert-1", **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key}"}
        if reference is not None:
            headers["Idempotency-Key"] = reference
        options = {"content_type": "application/json", **options}
        data = body if isinstance(body, str) else json.dumps(GOOD if body is None else body)
        return self._client.post(REPORTS, data=data, headers=headers, **options)

    def state(self, reference: str) -> TestResponse:
        return self._client.get(f"{REPORTS}/{reference}", headers={"Authorization": f"Bearer {self.key}"})


@pytest.fixture
def program(world: World, app: Flask) -> Program:
    return Program(app, key_of(world))


def problem(answer: TestResponse) -> dict[str, Any]:
    assert answer.mimetype == "application/problem+json"
    found: dict[str, Any] = answer.get_json(force=True)
    assert found["status"] == answer.status_code
    return found


def test_a_report_opens_an_incident_and_says_by_when_somebody_answers(program: Program, world: World) -> None:
    answer = program.report()
    assert answer.status_code == 201
    assert "Set-Cookie" not in answer.headers
    said = answer.get_json()
    assert answer.headers["Location"] == f"{REPORTS}/{said['reference']}"
    assert said == {
        "reference": said["reference"],
        "state": "open",
        "channel": "api",
        "product": {"code": "sql", "name": "SQL Server"},
        "summary": "Disk of node 2 is full",
        "reported_at": "2026-11-22T15:00:00Z",
        "respond_by": "2026-11-22T15:30:00Z",
        "engineer": None,
        "taken_at": None,
        "told_at": None,
        "missed": False,
        "finished_at": None,
    }
    assert world.incident(said["reference"]).caller_phone == ""


def test_the_same_key_again_shows_the_same_incident(program: Program, world: World) -> None:
    first = program.report()
    world.clock.advance(600)
    again = program.report({**GOOD, "product": "SQL server"})
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert again.headers["Location"] == first.headers["Location"]
    other = program.report({**GOOD, "summary": "Disk of node 3 is full"})
    assert (other.status_code, problem(other)["parameter"]) == (409, "Idempotency-Key")
    assert count(world, Incident) == 1


def test_the_reference_may_stand_in_the_body(program: Program, world: World) -> None:
    body = {**GOOD, "reference": "INC-9"}
    assert program.report(body, reference=None).status_code == 201
    assert program.report(body, reference="INC-9").status_code == 200
    assert program.report(body, reference="INC-10").status_code == 400
    assert count(world, Incident) == 1


@pytest.mark.parametrize(
    ("body", "reference", "status", "parameter"),
    [
        ("", "a", 400, None),
        ("nonsense", "a", 400, None),
        ("[]", "a", 400, None),
        ('"text"', "a", 400, None),
        ({}, "a", 400, "product"),
        ({**GOOD, "product": 7}, "a", 400, "product"),
        ({**GOOD, "summary": None}, "a", 400, "summary"),
        ({**GOOD, "sumary": "x"}, "a", 400, "sumary"),
        (GOOD, None, 400, "reference"),
        ({**GOOD, "reference": 7}, None, 400, "reference"),
        (GOOD, "", 422, "reference"),
        (GOOD, "x" * 101, 422, "reference"),
        ({**GOOD, "product": "cobol"}, "a", 422, "product"),
        ({**GOOD, "summary": "  "}, "a", 422, "summary"),
        ({**GOOD, "summary": "x" * 1001}, "a", 422, "summary"),
        ({**GOOD, "summary": "x" * 20_000}, "a", 413, None),
    ],
)
def test_what_is_wrong_is_said_as_a_problem(
    program: Program, world: World, body: Any, reference: str | None, status: int, parameter: str | None
) -> None:
    answer = program.report(body, reference)
    assert answer.status_code == status
    said = problem(answer)
    assert said.get("parameter") == parameter
    assert said["detail"]
    assert count(world, Incident) == 0


def test_only_json_is_read_and_nothing_in_the_address(program: Program) -> None:
    assert program.report("product=sql", content_type="application/x-www-form-urlencoded").status_code == 415
    assert program.report(query_string={"product": "sql"}).status_code == 400


def test_an_unknown_product_names_those_of_the_contract(program: Program) -> None:
    assert problem(program.report({**GOOD, "product": "cobol"}))["detail"].endswith("covers: sql, ex.")


def test_a_contract_that_does_not_entitle_says_why(program: Program, world: World) -> None:
    world.do(lambda op: op.session.query(Contract).update({"plan": "premier"}))
    answer = program.report()
    assert (answer.status_code, problem(answer)["reason"]) == (422, "plan_not_eligible")
    assert "no premier plan" in problem(answer)["detail"]


def test_the_state_follows_the_incident(program: Program, world: World) -> None:
    reference = program.report().get_json()["reference"]
    world.take(reference)
    world.clock.advance(60)
    said = program.state(reference).get_json()
    assert (said["state"], said["engineer"]) == ("acknowledged", "Bo Diddley")
    assert said["taken_at"] == "2026-11-22T15:00:00Z"
    assert said["told_at"] is None, "an acknowledgement tells the customer nothing yet"


def test_of_an_incident_that_was_called_in_only_its_own_contract_hears(
    program: Program, world: World, app: Flask
) -> None:
    called = world.report("Contoso")
    said = program.state(called).get_json()
    assert (said["channel"], said["summary"]) == ("call", None)
    stranger = Program(app, key_of(world, "Fabrikam"))
    for reference in (called, "0000-0", "junk", "a%00b"):
        answer = stranger.state(reference)
        assert answer.status_code == 404
        problem(answer)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Basic Ym86Ym8=", "Bearer hk_nonsense", "Bearer " + "a" * 5000]
)
def test_without_a_good_key_there_is_nothing(app: Flask, header: str) -> None:
    client = app.test_client()
    for answer in (
        client.post(REPORTS, json=GOOD, headers={"Authorization": header, "Idempotency-Key": "a"}),
        client.get(f"{REPORTS}/1234-5", headers={"Authorization": header}),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_persons_token_reports_nothing_and_a_contracts_key_opens_nothing_else(
    program: Program, world: World, app: Flask
) -> None:
    assert Program(app, token_of(world)).report().status_code == 401
    answer = app.test_client().get("/api/v1/on-call", headers={"Authorization": f"Bearer {program.key}"})
    assert answer.status_code == 401


def test_an_ended_key_is_refused_at_once(program: Program, world: World) -> None:
    assert program.report().status_code == 201
    world.do(lambda op: op.session.query(ContractKey).update({"ended_at": op.now}))
    assert program.report().status_code == 401


def test_the_use_of_a_key_is_noted(program: Program, world: World) -> None:
    program.report()
    with world.reading() as op:
        assert op.session.query(ContractKey).one().last_used_at == op.now


def test_who_guesses_keys_is_told_to_wait(app: Flask) -> None:
    wrong = Program(app, "hk_guess")
    assert {wrong.report().status_code for _ in range(caller.WRONG_PER_QUARTER)} == {401}
    assert wrong.report().status_code == 429


def test_too_many_requests_and_too_many_reports_are_told_to_wait(
    program: Program, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "AN_HOUR", 2)
    statuses = [program.report(reference=f"a-{place}").status_code for place in range(3)]
    assert statuses == [201, 201, 429]
    assert program.report(reference="a-1").status_code == 200, "what was opened is shown all the same"
    monkeypatch.setattr(caller, "PER_MINUTE", 4)
    refused = program.report(reference="a-1")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert count(world, Incident) == 2


def test_trouble_with_the_database_tells_nothing_of_it(program: Program, broken_database: None) -> None:
    answer = program.report()
    assert answer.status_code == 500
    assert "SELECT" not in answer.text
    assert reports.LONGEST_BODY > 1000
