"""``hotline statements``: list them, draw them up, write one into files."""

from pathlib import Path

import sqlalchemy as sa
import typer

from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.db.models import Contract, Statement
from hotline.services.statements import drawing, files, sending

PdfFile = typer.Option(None, "--pdf", help="Write the letter into this file.")
CsvFile = typer.Option(None, "--csv", help="Write the entries into this file.")

statements = typer.Typer(
    help="Statements of service credits, by month and contract year.", no_args_is_help=True
)


@statements.command("list")
def list_statements(as_json: bool = AsJson) -> None:
    """Every statement, the latest first."""
    with operation(ready_settings()) as op:
        query = (
            sa.select(Statement, Contract.number)
            .join(Contract, Contract.id == Statement.contract_id)
            .order_by(Statement.year.desc(), Statement.serial.desc())
        )
        rows = [
            {
                "number": row.number,
                "kind": row.kind.value,
                "customer": row.content["customer"],
                "contract": contract,
                "from": row.starts_on.isoformat(),
                "to": row.ends_on.isoformat(),
                "currency": row.currency,
                "opening_minor": row.opening,
                "moved_minor": row.moved,
                "closing_minor": row.closing,
            }
            for row, contract in op.session.execute(query)
        ]
    if as_json:
        print_json(rows)
    elif rows:
        heads = ["number", "kind", "customer", "contract", "from", "to", "currency", "closing_minor"]
        names = [*heads[:-1], "closing, minor units"]
        print_table("Statements", names, [[str(row[head]) for head in heads] for row in rows])
    else:
        typer.echo("No statement so far.")


@statements.command()
def draw(contract: str = typer.Argument(..., help="The contract's number.")) -> None:
    """Draw up what is over of a contract, without waiting another day."""
    with operation(ready_settings(), write=True) as op:
        numbers = [row.number for row in drawing.draw_by_hand(op, contract, None)]
    typer.echo(", ".join(numbers) or "Nothing to draw up: no month is over with an entry or a balance.")


@statements.command()
def write(
    number: str = typer.Argument(..., help="The statement's number, such as SC-2026-000042."),
    pdf: Path | None = PdfFile,
    csv: Path | None = CsvFile,
) -> None:
    """Write a statement into files, and say the SHA-256 of each."""
    with operation(ready_settings()) as op:
        statement = sending.find(op, number)
        wanted = [(pdf, files.as_pdf), (csv, files.as_csv)]
        made = [(path, make(statement)) for path, make in wanted if path is not None]
    if not made:
        raise typer.BadParameter("say --pdf FILE, --csv FILE or both")
    for path, file in made:
        path.write_bytes(file.data)
        typer.echo(f"{file.digest}  {path}")
