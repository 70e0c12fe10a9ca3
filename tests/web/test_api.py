"""What programs get: JSON for a token, problems that say what is wrong, and never a cookie."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hotline.db.models import ApiToken, Role, User
from hotline.services.accounts import api_tokens
from hotline.web.api import caller

from .conftest import Browser
from .world import World

ON_CALL, SHIFTS = "/api/v1/on-call", "/api/v1/shifts"


def token_of(world: World, name: str = "Bo") -> str:
    return str(
        world.ask(
            lambda op: api_tokens.create(
                op, op.session.query(User).filter(User.name.startswith(name)).one(), "test"
            )
        )
    )


@pytest.fixture
def ask(world: World, app: Flask) -> Any:
    """Ask with Bo's token."""
    client, token = app.test_client(), token_of(world)

    def get(path: str, **query: str) -> TestResponse:
        return client.get(path, query_string=query, headers={"Authorization": f"Bearer {token}"})

    return get


def test_who_is_on_call_now(ask: Any) -> None:
    answer = ask(ON_CALL)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.json["at"] == "2026-11-22T15:00:00Z"
    primary, backup = answer.json["on_call"]
    assert (primary["team"], primary["layer"], primary["time_zone"]) == (
        "Databases",
        "primary",
        "Europe/Berlin",
    )
    assert [member["name"] for member in primary["members"]] == ["Ada Lovelace"]
    assert primary["since"] == "2026-11-16T08:00:00Z"
    assert primary["until"] == "2026-11-23T08:00:00Z"
    assert primary["override"] is False
    assert backup["members"][0]["name"] == "Bo Diddley"
    assert "+62" not in answer.text, "no telephone number is told to a program"


def test_of_one_team_one_layer_and_another_instant(ask: Any, world: World) -> None:
    answer = ask(ON_CALL, team="Databases", layer="backup", at="2026-12-24T00:00:00+07:00")
    assert [row["layer"] for row in answer.json["on_call"]] == ["backup"]
    assert answer.json["at"] == "2026-12-23T17:00:00Z"
    assert ask(ON_CALL, team=str(_team_id(world))).json["on_call"]


def test_shifts_are_whole_and_the_gaps_are_there(ask: Any) -> None:
    answer = ask(
        SHIFTS, **{"from": "2026-11-22T00:00:00Z", "until": "2026-11-24T00:00:00Z", "layer": "primary"}
    )
    (layer,) = answer.json["layers"]
    assert [(one["starts_at"], one["ends_at"]) for one in layer["shifts"]] == [
        ("2026-11-16T08:00:00Z", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z"),
    ]
    assert layer["gaps"] == []
    early = ask(
        SHIFTS, **{"from": "2026-01-01T00:00:00Z", "until": "2026-01-06T00:00:00Z", "layer": "primary"}
    )
    assert early.json["layers"][0]["gaps"] == [
        {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-05T08:00:00Z"}
    ]
    usual = ask(SHIFTS)
    assert usual.json["from"] == "2026-11-22T15:00:00Z"
    assert usual.json["until"] == "2026-12-22T15:00:00Z"


@pytest.mark.parametrize(
    ("path", "query", "status", "parameter"),
    [
        (ON_CALL, {"at": "tomorrow"}, 400, "at"),
        (ON_CALL, {"at": "2026-11-22T15:00:00"}, 400, "at"),
        (ON_CALL, {"at": "9999-11-22T15:00:00Z"}, 400, "at"),
        (ON_CALL, {"at": ""}, 400, "at"),
        (ON_CALL, {"teem": "Databases"}, 400, "teem"),
        (ON_CALL, {"team": "Nobody"}, 404, "team"),
        (ON_CALL, {"team": "a\0b"}, 404, "team"),
        (ON_CALL, {"team": "00000000-0000-0000-0000-000000000000"}, 404, "team"),
        (ON_CALL, {"layer": "cellar"}, 404, "layer"),
        (SHIFTS, {"from": "2026-11-22T00:00:00Z", "until": "2026-11-22T00:00:00Z"}, 400, "until"),
        (SHIFTS, {"from": "2026-01-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}, 400, "until"),
        (SHIFTS, {"until": "junk"}, 400, "until"),
    ],
)
def test_what_is_wrong_is_said_as_a_problem(
    ask: Any, path: str, query: dict[str, str], status: int, parameter: str
) -> None:
    answer = ask(path, **query)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json(force=True)
    assert (problem["status"], problem["parameter"]) == (status, parameter)
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic Ym86Ym8=", "Bearer hl_nonsense", "Bearer ü", "Bearer " + "a" * 5000],
)
def test_without_a_good_token_there_is_nothing(app: Flask, header: str) -> None:
    answer = app.test_client().get(
        ON_CALL, headers={"Authorization": header.encode("latin-1").decode("latin-1")}
    )
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_of_the_pages_opens_nothing_here(bo: Browser) -> None:
    assert bo.get(ON_CALL).status_code == 401


def test_a_revoked_token_and_a_disabled_account_are_refused_at_once(world: World, app: Flask) -> None:
    token, client = token_of(world), app.test_client()
    shown = {"Authorization": f"Bearer {token}"}
    assert client.get(ON_CALL, headers=shown).status_code == 200
    world.change_user("Bo", disabled_at=world.clock.now())
    assert client.get(ON_CALL, headers=shown).status_code == 401
    world.change_user("Bo", disabled_at=None)
    assert client.get(ON_CALL, headers=shown).status_code == 200
    with world.database.write() as session:
        session.query(ApiToken).update({"revoked_at": world.clock.now()})
    assert client.get(ON_CALL, headers=shown).status_code == 401


def test_the_role_of_the_owner_decides(world: World, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {"Authorization": f"Bearer {token_of(world, 'Otto')}"}
    assert app.test_client().get(ON_CALL, headers=shown).status_code == 200, "an auditor sees who is on call"
    monkeypatch.setattr(caller, "may", lambda role, _permission: role is not Role.AUDITOR)
    assert app.test_client().get(ON_CALL, headers=shown).status_code == 403


def test_a_token_is_kept_as_a_digest_and_its_use_is_noted(world: World, ask: Any) -> None:
    ask(ON_CALL)
    with world.reading() as op:
        (row,) = op.session.query(ApiToken).all()
        assert len(row.token_digest) == 64
        assert row.last_used_at == op.now
    world.clock.advance(30)
    ask(ON_CALL)
    with world.reading() as op:
        assert op.session.query(ApiToken).one().last_used_at == op.now - timedelta(seconds=30)


def test_too_many_requests_are_told_to_wait(ask: Any, world: World) -> None:
    statuses = [ask(ON_CALL).status_code for _ in range(caller.PER_MINUTE + 1)]
    assert statuses == [200] * caller.PER_MINUTE + [429]
    world.clock.advance(61)
    assert ask(ON_CALL).status_code == 200


def test_who_guesses_is_told_to_wait_and_nobody_else(app: Flask, ask: Any) -> None:
    client = app.test_client()
    wrong = {"Authorization": "Bearer hl_guess"}
    statuses = {client.get(ON_CALL, headers=wrong).status_code for _ in range(caller.WRONG_PER_QUARTER)}
    assert statuses == {401}
    last = client.get(ON_CALL, headers=wrong)
    assert (last.status_code, last.headers["Retry-After"]) == (429, "60")
    assert ask(ON_CALL).status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize("path", ["/api/v1/incidents", "/api/v2/on-call", "/api/x"])
def test_what_is_not_there_is_a_problem_too(app: Flask, method: str, path: str) -> None:
    answer = getattr(app.test_client(), method)(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_trouble_with_the_database_tells_nothing_of_it(ask: Any, broken_database: None) -> None:
    answer = ask(ON_CALL)
    assert answer.status_code == 500
    assert "disk" not in answer.text
    assert "SELECT" not in answer.text


def _team_id(world: World) -> object:
    from hotline.db.models import Team

    with world.reading() as op:
        return op.session.query(Team).one().id
