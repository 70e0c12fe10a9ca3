"""``hotline ladder``: the ladders, and what would happen on one at a given minute."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import typer

from hotline.cli.on_call import instant
from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.db.models import Contract, Ladder, Product
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services.ladders import assigning
from hotline.services.ladders.plans import LADDERS, clock
from hotline.services.ladders.rehearsing import Line, Rehearsal, rehearse
from hotline.services.ladders.taking import ladder_of_contract
from hotline.services.operation import Operation

_REASONS = {"nobody_on_call": "nobody is on call", "already_tried": "was rung a moment ago"}


def ladder(
    name: str | None = typer.Argument(None, help="The whole name of a ladder; without it all are listed."),
    at: str | None = typer.Option(None, "--at", help="The call comes then, such as 2026-11-29T03:00+07:00."),
    contract: str | None = typer.Option(None, "--contract", help="The ladder of this contract, by number."),
    product: str | None = typer.Option(None, "--product", help="And of this product of it, by its code."),
    ring_on: bool = typer.Option(
        False, "--ring-on", help="Telephones ring on and on: each step at the latest."
    ),
    as_json: bool = AsJson,
) -> None:
    """What would happen if a customer called and nobody took it. Nobody is rung."""
    with operation(ready_settings()) as op:
        if name is None and contract is None:
            _list(op, as_json=as_json)
            return
        when = op.now if at is None else instant(at)
        rings_for = None if ring_on else timedelta(seconds=op.settings.ring_seconds)
        ladder_id, row = _chosen(op, name, contract, product)
        found = rehearse(op, ladder_id, when, contract=row, rings_for=rings_for)
    if as_json:
        print_json(as_data(found))
        return
    print_table(
        f"{found.ladder}, called at {found.at:%Y-%m-%d %H:%M} UTC, if nobody answers",
        ["after", "round", "rings", "skips"],
        [*(_row(found, line) for line in found.lines), _over(found)],
    )


def as_data(found: Rehearsal) -> dict[str, Any]:
    """A dry run for programs."""
    return {
        "ladder": found.ladder,
        "at": found.at.isoformat(),
        "over_at": found.over_at.isoformat(),
        "fine": None if found.fine is None else str(found.fine.amount),
        "steps": [
            {
                "at": line.at.isoformat(),
                "ladder": line.ladder,
                "round": line.round,
                "step": line.step,
                "rings": [
                    {
                        "name": one.name,
                        "target": one.target,
                        "by": [
                            {
                                "channel": use.channel.value,
                                "to": use.to,
                                "after_seconds": int(use.after.total_seconds()),
                            }
                            for use in one.uses
                        ],
                    }
                    for one in line.rung
                ],
                "skips": [
                    {"name": one.name, "target": one.target, "reason": _REASONS.get(one.reason, one.reason)}
                    for one in line.passed
                ],
            }
            for line in found.lines
        ],
    }


def _list(op: Operation, *, as_json: bool) -> None:
    query = sa.select(Ladder).where(Ladder.ended_at.is_(None)).order_by(Ladder.name)
    rows = [LADDERS.facts(op, row) for row in op.session.scalars(query)]
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo("There is no ladder yet: make one on the pages, under Ladders.")
    else:
        print_table(
            "Ladders",
            ["ladder", "team", "steps", "then"],
            [
                [row["name"], row["team"], "\n".join(row["rungs"]), row["fallback"] or "begins again"]
                for row in rows
            ],
        )


def _chosen(op: Operation, name: str | None, contract: str | None, product: str | None) -> Any:
    """The ladder's id, and the contract if one is asked about. Raises for what is not there."""
    if contract is not None:
        if name is not None:
            raise InvalidInputError("Give the name of a ladder or --contract, not both.")
        row: Contract = assigning.find(op, contract)
        found = None if product is None else _product(row, product)
        return ladder_of_contract(row, found), row
    if product is not None:
        raise InvalidInputError("--product goes with --contract.")
    ladder_id = op.session.scalars(sa.select(Ladder.id).where(Ladder.name == name)).first()
    if ladder_id is None:
        raise NotFoundError(f"There is no ladder called {name!r}. hotline ladder lists them.")
    return ladder_id, None


def _product(contract: Contract, code: str) -> Product:
    for entry in contract.products:
        if entry.product.code == code:
            return entry.product
    raise NotFoundError(f"Contract {contract.number} does not cover {code!r}.")


def _row(found: Rehearsal, line: Line) -> list[str]:
    rings = "\n".join(
        one.name if one.target == one.name else f"{one.name} ({one.target})" for one in line.rung
    )
    skips = "\n".join(
        f"{one.name or one.target}: {_REASONS.get(one.reason, one.reason)}" for one in line.passed
    )
    is_here = line.ladder == found.ladder
    where = str(line.round) if is_here else f"{line.round} of {line.ladder}"
    return [_after(found, line), where, rings or "NOBODY", skips]


def _after(found: Rehearsal, line: Line) -> str:
    return clock(int((line.at - found.at).total_seconds()))


def _over(found: Rehearsal) -> list[str]:
    cost = "" if found.fine is None else f", which costs {found.fine.amount}"
    return [clock(int((found.over_at - found.at).total_seconds())), "", f"the time is over{cost}", ""]
