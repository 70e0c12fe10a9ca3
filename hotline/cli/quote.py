"""``hotline quote``: what a year of mission-critical support costs, with the arithmetic of each line."""

from collections.abc import Collection
from datetime import date
from difflib import get_close_matches

import sqlalchemy as sa
import typer

import sla
from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.db.models import Product
from hotline.errors import InvalidInputError
from hotline.services.operation import Operation
from hotline.services.quoting import quotes

_PRODUCTS = typer.Argument(help="Products by their code, with instances: sql-server=3")


def quote(
    products: list[str] = _PRODUCTS,
    plan: str = typer.Option("premier-plus", "--plan", help="premier, premier-plus or premier-ultimate."),
    on: str | None = typer.Option(None, "--on", help="The day, such as 2026-11-22; today if left out."),
    currency: str = typer.Option("USD", "--currency", help="The currency of the rate card."),
    as_json: bool = AsJson,
) -> None:
    """What a year of mission-critical support costs, with the arithmetic of each line."""
    with operation(ready_settings()) as op:
        day = op.now.date() if on is None else _day(on)
        base = sla.Plan(
            _one_of("plan", plan, [known.replace("_", "-") for known in sla.Plan]).replace("-", "_")
        )
        found = quotes.ask(op, base, _wanted(op, products), currency.upper(), day)
    if isinstance(found, sla.QuoteRefusal):
        raise InvalidInputError(str(quotes.why(found, currency.upper(), day)))
    if as_json:
        print_json(sla.quote_to_json(found))
        return
    print_table(
        f"{plan} on {day}, by the rate card of {found.effective_from}",
        ["product", "instances", "arithmetic", "a year"],
        [
            *([line.product, str(line.instances), line.arithmetic, str(line.amount)] for line in found.lines),
            ["annual fee", "", "", str(found.annual_fee)],
        ],
    )


def _wanted(op: Operation, words: list[str]) -> dict[str, int]:
    known = list(op.session.scalars(sa.select(Product.code).order_by(Product.position)))
    wanted: dict[str, int] = {}
    for word in words:
        code, equals, count = word.partition("=")
        is_count = count.isascii() and count.isdigit() and 0 < len(count) <= 4 and int(count) > 0
        if not equals or not is_count:
            raise InvalidInputError(f"{word!r} is no product with its instances: write {code}=3, say.")
        code = _one_of("product", code, known)
        if code in wanted:
            raise InvalidInputError(f"{code} stands there twice.")
        wanted[code] = int(count)
    return wanted


def _one_of(what: str, word: str, known: Collection[str]) -> str:
    """The word, if it is known. Raises :class:`InvalidInputError` with what was probably meant."""
    folded = word.lower().replace("_", "-")
    by_name = {one.lower(): one for one in known}
    if folded in by_name:
        return by_name[folded]
    close = get_close_matches(folded, by_name, n=1)
    hint = f"Did you mean {by_name[close[0]]}?" if close else f"There are: {', '.join(known) or 'none'}."
    raise InvalidInputError(f"There is no {what} {word!r}. {hint}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f"--on wants a day such as 2026-11-22, not {text!r}.") from None
