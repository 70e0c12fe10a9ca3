"""A ladder that customers depend on and that reaches nobody is named, whatever the reason."""

import sqlalchemy as sa

from hotline.db.models import ContactMethod, Contract, Ladder, Override, Rotation, ServiceNumber, Team, User
from hotline.services.coverage import coverage
from hotline.services.operation import Operation
from tests.hotline.house import House


def names(house: House) -> list[str]:
    return house.do(lambda op: [ladder.name for ladder in coverage.unanswered(op)])


def nobody_in(op: Operation, team: Team) -> None:
    """Every layer of a team is emptied for an hour."""
    for rotation in op.session.scalars(sa.select(Rotation).where(Rotation.team_id == team.id)):
        op.session.add(
            Override(
                rotation_id=rotation.id,
                user_id=None,
                starts_at=op.now,
                ends_at=op.now.replace(hour=op.now.hour + 1),
                created_at=op.now,
            )
        )


def team_of_a_ladder_in_use(op: Operation) -> Ladder:
    number = op.session.scalars(sa.select(ServiceNumber).order_by(ServiceNumber.phone)).first()
    assert number is not None
    return op.session.get_one(Ladder, number.ladder_id)


def test_in_the_demo_world_somebody_answers_everywhere(house: House) -> None:
    assert names(house) == []


def test_a_ladder_without_anybody_is_named_before_the_change_is_committed(house: House) -> None:
    with house.operation() as op:
        coverage.unanswered(op)  # what was read before the change must not be believed after it
        ladder = team_of_a_ladder_in_use(op)
        nobody_in(op, op.session.get_one(Team, ladder.team_id))
        assert ladder.name in [row.name for row in coverage.unanswered(op)]
    assert ladder.name in names(house)
    house.clock.advance(3600)
    assert names(house) == [], "the override has ended"


def test_people_who_cannot_be_rung_are_nobody(house: House) -> None:
    house.do(lambda op: op.session.execute(sa.update(ContactMethod).values(verified_at=None)))
    with house.operation() as op:
        in_use = {
            *op.session.scalars(sa.select(ServiceNumber.ladder_id)),
            *op.session.scalars(sa.select(Contract.ladder_id)),
        }
    assert len(names(house)) == len(in_use)


def test_a_disabled_account_is_nobody(house: House) -> None:
    house.do(lambda op: op.session.execute(sa.update(User).values(disabled_at=op.now)))
    assert names(house)


def test_a_ladder_that_no_customer_leads_to_is_not_named(house: House) -> None:
    def work(op: Operation) -> None:
        nobody_in(op, op.session.get_one(Team, team_of_a_ladder_in_use(op).team_id))
        op.session.execute(sa.update(ServiceNumber).values(ended_at=op.now))
        op.session.execute(sa.update(Contract).values(ended_at=op.now))

    house.do(work)
    assert names(house) == []
