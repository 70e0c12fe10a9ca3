"""Teams and products, as an admin keeps them."""

import sqlalchemy as sa

from hotline.db.models import Contract, ContractProduct, Ladder, Product, Rotation, Team
from hotline.services.directory import checks
from hotline.services.directory.kind import Kind, Sentence, Values, WrongFieldError, sentence
from hotline.services.operation import Operation
from hotline.services.quoting import cards
from hotline.services.reports.words import marked


def _put_team(op: Operation, team: Team, values: Values) -> None:
    wanted = checks.name(values["name"])
    checks.only_one(op, team, Team.name, wanted, "name")
    team.name, team.time_zone = wanted, checks.time_zone(values["time_zone"])


def _holds_team(op: Operation, team: Team) -> list[Sentence]:
    layers = op.session.scalars(rotations_of(team)).all()
    ladders = op.session.scalars(ladders_of(team)).all()
    reasons = []
    if layers:
        names = ", ".join(rotation.layer for rotation in layers)
        reasons.append(
            sentence(marked("It has rotations: {names}. End them on the roster page first."), names=names)
        )
    if ladders:
        names = ", ".join(ladder.name for ladder in ladders)
        reasons.append(
            sentence(marked("It has ladders: {names}. End them, or give them to another team."), names=names)
        )
    return reasons


def rotations_of(team: Team) -> "sa.Select[Rotation]":
    """A team's rotations that have not ended, in order."""
    return (
        sa.select(Rotation)
        .where(Rotation.team_id == team.id, Rotation.ended_at.is_(None))
        .order_by(Rotation.position, Rotation.id)
    )


def ladders_of(team: Team) -> "sa.Select[Ladder]":
    """A team's ladders that have not ended, by name."""
    present = sa.select(Ladder).where(Ladder.team_id == team.id, Ladder.ended_at.is_(None))
    return present.order_by(Ladder.name)


TEAMS: Kind[Team] = Kind(
    "team",
    Team,
    called=lambda team: team.name,
    facts=lambda _op, team: {"name": team.name, "time_zone": team.time_zone},
    put=_put_team,
    holds=_holds_team,
)


def _put_product(op: Operation, product: Product, values: Values) -> None:
    wanted, code = checks.name(values["name"]), str(values["code"] or "").strip()
    if not code or len(code) > 40 or not code.isascii() or not code.replace("-", "").isalnum():
        raise WrongFieldError(
            "code",
            sentence(
                marked("A code has 1 to 40 letters and digits, and dashes if you like, such as sql-server.")
            ),
        )
    checks.only_one(op, product, Product.name, wanted, "name")
    checks.only_one(op, product, Product.code, code, "code")
    if code != product.code and any(card.rate_of(product.code or "") for card in cards.present(op)):
        words = marked("Rate cards price it as {code}: the code stays.")
        raise WrongFieldError("code", sentence(words, code=product.code))
    product.name, product.code = wanted, code
    product.position = values["position"] if values["position"] is not None else 0


def _holds_product(op: Operation, product: Product) -> list[Sentence]:
    query = (
        sa.select(Contract.number)
        .join(ContractProduct, ContractProduct.contract_id == Contract.id)
        .where(ContractProduct.product_id == product.id, Contract.ended_at.is_(None))
        .order_by(Contract.number)
    )
    numbers = list(op.session.scalars(query))
    if not numbers:
        return []
    return [
        sentence(
            marked("Contracts cover it: {numbers}. Take it out of them first."), numbers=", ".join(numbers)
        )
    ]


PRODUCTS: Kind[Product] = Kind(
    "product",
    Product,
    called=lambda product: product.name,
    facts=lambda _op, product: {
        "name": product.name,
        "code": product.code,
        "position": product.position,
    },
    put=_put_product,
    holds=_holds_product,
)
