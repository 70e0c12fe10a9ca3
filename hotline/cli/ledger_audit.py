"""``hotline ledger audit``: work every clock and every entry out again, for people and for monitoring."""

import uuid
from typing import Any

import sqlalchemy as sa
import typer

from hotline.app import create_clock, create_database
from hotline.cli.shared import AsJson, print_json, print_table, ready_settings
from hotline.db.models import Contract
from hotline.db.session import Database
from hotline.errors import NotFoundError
from hotline.services.auditing.auditor import Auditor
from hotline.services.auditing.differences import Difference

_CONTRACT = typer.Option(None, "--contract", help="Only this contract, by its number.")


def audit(contract: str | None = _CONTRACT, as_json: bool = AsJson) -> None:
    """Audit the ledger now and keep what is found. Status 1 when what was recorded is not what happened."""
    settings = ready_settings()
    clock, database = create_clock(settings), create_database(settings)
    try:
        auditor = Auditor(database, clock, settings)
        rows, count = [], 0
        for contract_id, number in _contracts(database, contract):
            rows += [_as_data(number, one) for one in auditor.audit(contract_id).differences]
            count += 1
    finally:
        database.close()
    if as_json:
        print_json(rows)
    elif rows:
        print_table(
            "Discrepancies",
            ["contract", "about", "what", "it has to be", "recorded"],
            [
                [
                    row["contract"],
                    row["subject"],
                    f"{row['kind']} {row['field']}",
                    row["expected"] or "nothing",
                    row["found"] or "nothing",
                ]
                for row in rows
            ],
        )
    else:
        typer.echo(f"What was recorded is what happened: {count} contracts.")
    if rows:
        raise typer.Exit(1)


def _contracts(database: Database, number: str | None) -> list[tuple[uuid.UUID, str]]:
    query = sa.select(Contract.id, Contract.number).order_by(Contract.number)
    if number is not None:
        query = query.where(Contract.number == number)
    with database.read() as session:
        found = [(row.id, row.number) for row in session.execute(query)]
    if number is not None and not found:
        raise NotFoundError(f"There is no contract {number}.")
    return found


def _as_data(number: str, one: Difference) -> dict[str, Any]:
    return {
        "contract": number,
        "kind": one.kind.value,
        "field": one.field,
        "subject": one.subject,
        "sequence": one.sequence,
        "expected": one.expected,
        "found": one.found,
    }
