"""Gathers the commands, and turns the project's own errors into one clear line."""

import sys

import typer

from hotline import __version__
from hotline.cli import (
    coverage,
    data,
    demo,
    emulator,
    facts,
    ladder,
    ledger,
    ledger_audit,
    on_call,
    phone,
    prompts,
    quote,
    run,
    self_test,
    serving,
    statements,
    terms,
    users,
)
from hotline.errors import HotlineError

app = typer.Typer(
    name="hotline",
    help="The telephone number behind a premier support promise.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(data.database, name="db")
app.add_typer(data.seeds, name="seed")
app.add_typer(users.users, name="users")
app.add_typer(statements.statements, name="statements")
app.add_typer(ledger.ledger, name="ledger")
ledger.ledger.command()(ledger_audit.audit)
for command in (
    demo.demo,
    run.run,
    phone.phone,
    emulator.emulator,
    serving.serve,
    serving.web,
    serving.worker,
    facts.incidents,
    on_call.on_call,
    coverage.coverage,
    ladder.ladder,
    terms.terms,
    quote.quote,
    prompts.prompts,
    self_test.self_test,
):
    app.command()(command)


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        typer.echo(f"hotline {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; an error of ours is a message and exit status 1, never a traceback."""
    try:
        app()
    except HotlineError as error:
        typer.echo(f"hotline: {error}", err=True)
        sys.exit(1)
