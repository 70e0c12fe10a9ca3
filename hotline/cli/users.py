"""``hotline users``: the first accounts, and a way back in when nobody can sign in any more."""

import sys

import typer

from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.db.models import Role, User
from hotline.errors import InvalidInputError
from hotline.services import pins
from hotline.services.accounts import factors, new_passwords, people
from hotline.services.operation import Operation

users = typer.Typer(help="The accounts that sign in.", no_args_is_help=True)

_Email = typer.Argument(help="The e-mail address of the account.")
_Generate = typer.Option(False, "--generate", help="Make a password up and print it, once.")


@users.command()
def add(
    email: str = typer.Argument(help="The e-mail address to sign in with."),
    name: str = typer.Option(..., "--name", help="First and last name, as customers hear it."),
    role: str = typer.Option("engineer", "--role", help="engineer, manager, admin or auditor."),
    time_zone: str = typer.Option("UTC", "--time-zone", help="Such as Asia/Jakarta."),
    language: str = typer.Option("en", "--language", help="en or id."),
    generate: bool = _Generate,
) -> None:
    """Add an account. The password is asked for, or made up with --generate."""
    settings = ready_settings()
    person = people.NewPerson(name, email, _role(role), time_zone, language)
    people.must_make_sense(person)
    password = _password(generate, name, email)
    hashed = pins.hash_secret(password)
    with operation(settings, write=True) as op:
        people.add(op, person, hashed)
    typer.echo(f"{name} can sign in as {email} ({person.role.value}).")
    _say(password, generate)


@users.command("list")
def list_(as_json: bool = AsJson) -> None:
    """Show every account: role, second factor, and whether it is disabled."""
    with operation(ready_settings()) as op:
        rows = [_facts(op, user) for user in op.session.query(User).order_by(User.name, User.id)]
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo(
            "No accounts yet. Add the first: hotline users add you@example.com --name 'You' --role admin"
        )
        return
    print_table(
        "Accounts", ("name", "e-mail", "role", "second factor", "state"), [_line(row) for row in rows]
    )


@users.command()
def disable(email: str = _Email) -> None:
    """Keep somebody from signing in, and sign them out everywhere."""
    with operation(ready_settings(), write=True) as op:
        is_new = people.disable(op, people.by_email(op, email).id, None)
    typer.echo(f"{email} is disabled." if is_new else f"{email} was disabled already.")


@users.command()
def enable(email: str = _Email) -> None:
    """Let somebody sign in again."""
    with operation(ready_settings(), write=True) as op:
        is_new = people.enable(op, people.by_email(op, email).id, None)
    typer.echo(f"{email} is enabled." if is_new else f"{email} was enabled already.")


@users.command()
def role(email: str = _Email, to: str = typer.Argument(help="engineer, manager, admin or auditor.")) -> None:
    """Give somebody a role."""
    wanted = _role(to)
    with operation(ready_settings(), write=True) as op:
        is_new = people.set_role(op, people.by_email(op, email).id, wanted, None)
    typer.echo(f"{email} is {wanted.value} now." if is_new else f"{email} was {wanted.value} already.")


@users.command()
def password(
    email: str = _Email,
    generate: bool = _Generate,
    reset_second_factor: bool = typer.Option(
        False, "--reset-second-factor", help="Forget app, passkeys and recovery codes as well."
    ),
) -> None:
    """Give somebody a new password, and sign them out everywhere."""
    settings = ready_settings()
    with operation(settings) as op:
        user = people.by_email(op, email)
        user_id, name, address = user.id, user.name, user.email
    chosen = _password(generate, name, address)
    hashed = pins.hash_secret(chosen)
    with operation(settings, write=True) as op:
        people.set_password(op, user_id, hashed, None)
        if reset_second_factor:
            factors.reset(op, user_id, None)
    typer.echo(f"{address} has a new password and is signed out everywhere.")
    _say(chosen, generate)


def _role(text: str) -> Role:
    try:
        return Role(text.lower())
    except ValueError:
        raise InvalidInputError(f"{text} is no role. The roles are {', '.join(Role)}.") from None


def _password(generate: bool, name: str, email: str) -> str:
    """Asked for twice at a terminal, read from a pipe, or made up. Raises ``InvalidInputError``."""
    if generate:
        return new_passwords.generate()
    if sys.stdin.isatty():
        typed = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if not typed:
        raise InvalidInputError("No password was given. Type one, or use --generate.")
    new_passwords.must_be_good(typed, name, email)
    return typed


def _say(password: str, generate: bool) -> None:
    if generate:
        typer.echo(f"Password, shown only now: {password}")


def _line(row: dict[str, object]) -> list[str]:
    second, state = "yes" if row["second_factor"] else "no", "disabled" if row["disabled_at"] else ""
    return [str(row["name"]), str(row["email"]), str(row["role"]), second, state]


def _facts(op: Operation, user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "email": user.email,
        "role": user.role.value,
        "second_factor": factors.of_user(op, user.id).is_any,
        "disabled_at": None if user.disabled_at is None else user.disabled_at.isoformat(),
    }
