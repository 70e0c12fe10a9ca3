"""Creating, changing, ending and bringing back, for every kind of thing in the directory."""

import inspect
import uuid
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    AuditEntry,
    Caller,
    Contract,
    Customer,
    Ladder,
    Product,
    Role,
    ServiceNumber,
    Team,
    User,
)
from hotline.services import directory, lists
from hotline.services.accounts import people as accounts
from hotline.services.callflow import authentication
from hotline.services.directory import contracts, customers, people, pin_letters, teams
from hotline.services.directory.changes import version
from hotline.services.lists import audit
from hotline.services.operation import Operation
from tests.hotline.house import DEWI, MADE, MADES_CONTRACT, MADES_LINE, SITI, House, at_once

KINDS = [
    teams.TEAMS,
    teams.PRODUCTS,
    customers.CUSTOMERS,
    customers.CALLERS,
    customers.NUMBERS,
    contracts.CONTRACTS,
]
JAKARTA = {"time_zone": "Asia/Jakarta", "language": "id"}


def admin(op: Operation) -> uuid.UUID:
    return op.session.scalars(sa.select(User.id).where(User.phone == SITI)).one()


def made(op: Operation, kind: Any) -> Any:
    """A new thing of a kind that nothing holds."""
    me, ladder = admin(op), op.session.scalars(sa.select(Ladder)).first()
    product = op.session.scalars(sa.select(Product)).first()
    contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
    assert ladder is not None
    assert product is not None
    values = {
        "team": {"name": "Payments", **JAKARTA},
        "product": {"name": "Payments engine", "code": "payments", "position": 9},
        "customer": {"name": "Acme", **JAKARTA},
        "caller": {"name": "Wati", "phone": "+628111234567", "contract": contract.id},
        "service number": {
            "phone": "+622150100777", "label": "Acme's", "customer": "", "support_number": "",
            "ladder": ladder.id, **JAKARTA,
        },
        "contract": {
            "number": "999001", "plan": "premier_plus", "starts_on": date(2026, 1, 1),
            "cover_from": date(2026, 2, 1), "cover_until": None, "ladder": ladder.id,
            "products": {product.id: 2}, "customer": contract.customer_id,
        },
    }[kind.name]  # fmt: skip
    return directory.create(op, kind, me, values)


def make(house: House, kind: Any) -> uuid.UUID:
    return house.do(lambda op: made(op, kind)).row_id


def trail(house: House, row_id: uuid.UUID) -> list[AuditEntry]:
    return house.all(AuditEntry, AuditEntry.subject_id == row_id)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_thing_ends_and_comes_back_and_is_never_gone(house: House, kind: Any) -> None:
    row_id = make(house, kind)
    assert house.do(lambda op: directory.end(op, kind, admin(op), row_id))
    assert not house.do(lambda op: directory.end(op, kind, admin(op), row_id))
    kept = house.one(kind.model, kind.model.id == row_id)
    assert kept.ended_at == house.clock.now()
    assert row_id not in house.do(lambda op: [row.id for row in directory.present(op, kind)])
    assert house.do(lambda op: directory.bring_back(op, kind, admin(op), row_id))
    assert not house.do(lambda op: directory.bring_back(op, kind, admin(op), row_id))
    assert row_id in house.do(lambda op: [row.id for row in directory.present(op, kind)])
    assert [entry.action for entry in trail(house, row_id)] == ["created", "ended", "brought back"]


def test_the_directory_offers_no_delete() -> None:
    modules = [directory, contracts, customers, people, pin_letters, teams]
    offered = {
        name for module in modules for name, thing in vars(module).items() if inspect.isfunction(thing)
    }
    assert not [name for name in offered if "delete" in name or "destroy" in name]
    deleting = [
        line.strip()
        for module in modules
        for line in inspect.getsource(module).splitlines()
        if "session.delete" in line or "sa.delete" in line
    ]
    # A contract's line of products: nothing refers to it, and the trail keeps what it was.
    assert deleting == ["op.session.delete(entry)"]


def test_before_and_after_are_kept_of_what_differs_alone(house: House) -> None:
    row_id = make(house, teams.TEAMS)

    def work(op: Operation) -> directory.Change:
        seen = version(op, teams.TEAMS, directory.find(op, teams.TEAMS, row_id))
        values = {"name": "Payments", "time_zone": "UTC"}
        return directory.change(op, teams.TEAMS, admin(op), row_id, values, seen)

    assert house.do(work).after == {"time_zone": "UTC"}
    assert house.do(work).after == {}
    created, changed = trail(house, row_id)
    assert (created.before, created.after) == (None, {"name": "Payments", "time_zone": "Asia/Jakarta"})
    assert (changed.before, changed.after) == ({"time_zone": "Asia/Jakarta"}, {"time_zone": "UTC"})
    assert (changed.kind, changed.subject) == ("team", "Payments")


def test_whoever_saves_upon_an_old_page_is_told_whose_change_it_was(house: House) -> None:
    row_id = make(house, customers.CUSTOMERS)
    old = house.do(
        lambda op: version(op, customers.CUSTOMERS, directory.find(op, customers.CUSTOMERS, row_id))
    )

    def save(name: str) -> directory.Change:
        values = {"name": name, **JAKARTA}
        return house.do(lambda op: directory.change(op, customers.CUSTOMERS, admin(op), row_id, values, old))

    save("Acme Bank")
    with pytest.raises(directory.StaleError) as stale:
        save("Acme Ltd")
    assert stale.value.by is not None
    assert (stale.value.before, stale.value.after) == ({"name": "Acme"}, {"name": "Acme Bank"})
    assert house.one(Customer, Customer.id == row_id).name == "Acme Bank"
    house.do(
        lambda op: directory.change(
            op, customers.CUSTOMERS, admin(op), row_id, {"name": "Acme Ltd", **JAKARTA}, stale.value.seen
        )
    )
    assert house.one(Customer, Customer.id == row_id).name == "Acme Ltd"


def test_of_two_with_one_name_at_once_the_database_lets_one_through(house: House) -> None:
    def save() -> str:
        try:
            make(house, teams.TEAMS)
        except directory.WrongFieldError as wrong:
            return f"{wrong.field}: {wrong.why}"
        return "made"

    assert sorted(at_once(save, save)) == ["made", "name: Payments has that name already. Choose another."]
    assert len(house.all(Team, Team.name == "Payments")) == 1


def test_a_second_tap_makes_no_second_row(house: House) -> None:
    row_id = uuid.uuid4()
    values = {"name": "Acme", **JAKARTA}

    def tap() -> bool:
        return house.do(
            lambda op: directory.create(op, customers.CUSTOMERS, admin(op), values, row_id).was_there
        )

    assert sorted(at_once(tap, tap)) == [False, True]
    assert len(house.all(Customer, Customer.name == "Acme")) == 1


@pytest.mark.parametrize(
    ("kind", "changed", "field", "why"),
    [
        (teams.TEAMS, {"name": " "}, "name", "Type a name"),
        (teams.TEAMS, {"name": "x" * 81}, "name", "1 to 80"),
        (teams.TEAMS, {"time_zone": "Mars/Base"}, "time_zone", "time zone"),
        (teams.PRODUCTS, {"code": "no spaces"}, "code", "letters and digits"),
        (customers.CUSTOMERS, {"name": "ACME  "}, "name", "Acme has that name already"),
        (customers.CUSTOMERS, {"name": "Other", "language": "tlh"}, "language", "languages"),
        (customers.CALLERS, {"phone": "12"}, "phone", "international number"),
        (customers.CALLERS, {"phone": MADE}, "phone", "has this number already"),
        (customers.NUMBERS, {"phone": "+6531590100"}, "phone", "here already"),
        (customers.NUMBERS, {"ladder": uuid.uuid4()}, "ladder", "Choose one"),
        (customers.NUMBERS, {"support_number": "7"}, "support_number", "international number"),
        (contracts.CONTRACTS, {"number": "12"}, "number", "Four to twelve digits"),
        (contracts.CONTRACTS, {"number": MADES_CONTRACT}, "number", "already"),
        (contracts.CONTRACTS, {"plan": "gold"}, "plan", "plan"),
        (contracts.CONTRACTS, {"starts_on": None}, "starts_on", "begins"),
        (contracts.CONTRACTS, {"cover_from": date(2025, 1, 1)}, "cover_from", "before the contract"),
        (contracts.CONTRACTS, {"cover_until": date(2026, 1, 31)}, "cover_until", "before the first"),
        (contracts.CONTRACTS, {"cover_from": None, "cover_until": date(2027, 1, 1)}, "cover_from", "as well"),
        (contracts.CONTRACTS, {"products": {uuid.uuid4(): 1}}, "products", "Choose one"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_of_its_field(
    lite: House, monkeypatch: pytest.MonkeyPatch, kind: Any, changed: dict[str, Any], field: str, why: str
) -> None:
    make(lite, customers.CUSTOMERS)
    real = directory.create

    def with_the_mistake(op: Operation, of: Any, me: uuid.UUID, values: Any) -> Any:
        return real(op, of, me, {**values, **changed})

    monkeypatch.setattr(directory, "create", with_the_mistake)
    before = lite.count(AuditEntry)
    with pytest.raises(directory.WrongFieldError, match=why) as wrong:
        make(lite, kind)
    assert wrong.value.field == field
    assert lite.count(AuditEntry) == before


def test_a_team_with_rotations_or_ladders_says_what_to_do_first(house: House) -> None:
    team = house.all(Team)[0]
    with pytest.raises(directory.InUseError) as refused:
        house.do(lambda op: directory.end(op, teams.TEAMS, admin(op), team.id))
    assert [reason.text.split(":")[0] for reason in refused.value.reasons] == [
        "It has rotations",
        "It has ladders",
    ]
    assert house.one(Team, Team.id == team.id).ended_at is None


def test_a_contract_with_an_open_incident_stays_and_a_customer_with_contracts_too(house: House) -> None:
    incident = house.report()
    contract = house.one(Contract, Contract.number == MADES_CONTRACT)
    with pytest.raises(directory.InUseError, match=incident.reference):
        house.do(lambda op: directory.end(op, contracts.CONTRACTS, admin(op), contract.id))
    with pytest.raises(directory.InUseError, match=MADES_CONTRACT):
        house.do(lambda op: directory.end(op, customers.CUSTOMERS, admin(op), contract.customer_id))


def test_the_only_number_stays(lite: House) -> None:
    first, *others = lite.all(ServiceNumber)
    for other in others:
        lite.do(lambda op, row_id=other.id: directory.end(op, customers.NUMBERS, admin(op), row_id))
    with pytest.raises(directory.InUseError, match="only number"):
        lite.do(lambda op: directory.end(op, customers.NUMBERS, admin(op), first.id))


def test_an_ended_caller_is_known_no_more_and_an_ended_contract_opens_nothing(house: House) -> None:
    caller, contract = (
        house.all(Caller, Caller.phone == MADE)[0],
        house.one(Contract, Contract.number == MADES_CONTRACT),
    )
    assert house.do(lambda op: [row.number for row in authentication.known_contracts(op, MADE)]) == [
        MADES_CONTRACT
    ]
    house.do(lambda op: directory.end(op, customers.CALLERS, admin(op), caller.id))
    assert house.do(lambda op: list(authentication.known_contracts(op, MADE))) == []
    house.do(lambda op: directory.end(op, contracts.CONTRACTS, admin(op), contract.id))

    def named(op: Operation) -> uuid.UUID | None:
        call = house.inbound(op, MADE, "+622150100200")
        authentication.name_contract(op, call, MADES_CONTRACT)
        return call.contract_id

    assert house.do(named) is None


def test_whole_numbers_never_reach_the_trail_and_alike_ones_are_told_apart(house: House) -> None:
    row_id = make(house, customers.CALLERS)

    def work(op: Operation) -> directory.Change:
        seen = version(op, customers.CALLERS, directory.find(op, customers.CALLERS, row_id))
        values = {"name": "Wati", "phone": "+628119999967"}
        return directory.change(op, customers.CALLERS, admin(op), row_id, values, seen)

    change = house.do(work)
    assert (change.before, change.after) == (
        {"phone": "+62\N{HORIZONTAL ELLIPSIS}67"},
        {"phone": "+62\N{HORIZONTAL ELLIPSIS}67 (2)"},
    )
    assert "8111234567" not in str([(entry.before, entry.after) for entry in trail(house, row_id)])


def test_products_of_a_contract_are_added_counted_and_taken_out(house: House) -> None:
    row_id = make(house, contracts.CONTRACTS)
    first, second = house.all(Product)[:2]

    def work(op: Operation) -> directory.Change:
        row = directory.find(op, contracts.CONTRACTS, row_id)
        seen = version(op, contracts.CONTRACTS, row)
        values = {
            "number": row.number, "plan": row.plan, "starts_on": row.starts_on,
            "cover_from": row.cover_from, "cover_until": row.cover_until, "ladder": row.ladder_id,
            "products": {first.id: None, second.id: 3},
        }  # fmt: skip
        return directory.change(op, contracts.CONTRACTS, admin(op), row_id, values, seen)

    change = house.do(work)
    assert change.before == {"products": [f"{first.name} × 2"]}
    assert change.after == {"products": [f"{second.name} × 3"]}


def test_what_the_command_line_does_to_accounts_is_in_the_trail_too(house: House) -> None:
    user = house.one(User, User.phone == SITI)
    house.do(lambda op: accounts.set_role(op, user.id, Role.ADMIN, None))
    house.do(lambda op: accounts.disable(op, house.one(User, User.phone == DEWI).id, None))
    changed, disabled = house.all(AuditEntry)
    assert (changed.actor_id, changed.before, changed.after) == (None, {"role": "manager"}, {"role": "admin"})
    assert (disabled.action, disabled.kind, disabled.before) == ("disabled", "person", None)


def test_a_call_to_an_ended_number_is_answered_as_before(house: House) -> None:
    number = house.one(ServiceNumber, ServiceNumber.phone == MADES_LINE)
    house.do(lambda op: directory.end(op, customers.NUMBERS, admin(op), number.id))
    house.open_incident()
    assert MADES_LINE not in house.do(lambda op: pin_letters.lines_of(op, number.customer_id))


def test_the_trail_is_read_newest_first_and_by_kind_subject_and_row(house: House) -> None:
    row_id = make(house, customers.CUSTOMERS)
    make(house, teams.TEAMS)

    def found(**asked: str) -> list[str]:
        question = lists.ask(lists.AUDIT, asked, ZoneInfo("UTC"))
        assert not question.problems
        return house.do(lambda op: [row.subject for row in lists.page(op, question).rows])

    assert found() == ["Payments", "Acme"]
    assert found(kind="team") == ["Payments"]
    assert found(q="acm") == ["Acme"]
    assert found(row=str(row_id)) == ["Acme"]
    (only,) = house.do(lambda op: audit.of_row(op, "customer", row_id))
    assert only.fields == [
        ("name", None, "Acme"),
        ("language", None, "id"),
        ("locale", None, None),
        ("time_zone", None, "Asia/Jakarta"),
    ]
