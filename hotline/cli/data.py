"""``hotline db`` and ``hotline seed``."""

import typer

from hotline.cli.shared import AsJson, operation, print_json, ready_settings
from hotline.db import migrate
from hotline.demo import world
from hotline.demo.offers import OUTCOMES
from hotline.settings import load_settings

database = typer.Typer(help="The database's schema.", no_args_is_help=True)
seeds = typer.Typer(help="Data to begin with.", no_args_is_help=True)


@database.command()
def upgrade(
    revision: str = typer.Argument("head", help="The revision to go to; the newest if left out."),
) -> None:
    """Bring the database up to date. Safe to run again."""
    url = load_settings().database_url
    before = migrate.current(url)
    migrate.upgrade(url, revision)
    after = migrate.current(url)
    typer.echo(f"The database is at {after}." if before != after else f"Nothing to do: already at {after}.")


@database.command()
def downgrade(revision: str = typer.Argument(help="The revision to go back to, or base.")) -> None:
    """Take the database back to an older revision. What the newer ones held is lost."""
    url = load_settings().database_url
    migrate.downgrade(url, revision)
    typer.echo(f"The database is at {migrate.current(url) or 'base'}.")


@database.command()
def current() -> None:
    """Show which revision the database is at, and the newest there is."""
    url = load_settings().database_url
    typer.echo(f"at {migrate.current(url) or 'nothing yet'}, newest {migrate.newest()}")


@seeds.command()
def demo(as_json: bool = AsJson) -> None:
    """Put the demo world into an empty database, and show who is in it. Safe to run again."""
    settings = ready_settings()
    with operation(settings, write=True) as op:
        is_new = world.seed(op)
    with operation(settings) as op:
        facts = world.describe(op)
    if as_json:
        print_json(facts)
        return
    typer.echo("The demo world is in place." if is_new else "The demo world was there already.")
    for customer in facts["customers"]:
        for contract in customer["contracts"]:
            typer.echo(
                f"  {customer['name']}: dial {customer['service_number']} "
                f"from {contract['callers'][0]['phone']}, contract {contract['number']}, "
                f"PIN {contract['pin']}: {OUTCOMES[contract['entitled']]}"
            )
    typer.echo(f"  Sign in as {facts['users'][0]['email']} with password {facts['users'][0]['password']}.")
