"""How each kind of thing is kept: its place in the address, its form, and what its page shows beside it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from wtforms.fields.choices import SelectChoice

import sla
from hotline.db.models import Contract, ContractProduct, Customer, Ladder, Product
from hotline.errors import NotFoundError
from hotline.services.directory import Change, Kind, contracts, find
from hotline.services.directory.contracts import CONTRACTS
from hotline.services.directory.customers import CALLERS, CUSTOMERS, NUMBERS
from hotline.services.directory.people import PEOPLE
from hotline.services.directory.recipients import RECIPIENTS
from hotline.services.directory.teams import PRODUCTS, TEAMS
from hotline.services.operation import Operation
from hotline.services.quoting.cards import CARDS
from hotline.web.pages.admin import forms
from hotline.web.pages.quotes import cards as rate_cards
from hotline.web.pages.words import gettext, marked


@dataclass(frozen=True, slots=True)
class Desk:
    """One kind of thing on the pages. ``place`` is its address below ``/admin``.

    ``form`` gives the class of the form, ``prepare`` fills in the choices, ``fill`` is what the form
    shows of a row, and ``begin`` what it shows of a new one, by what it belongs to. ``parent`` is the name
    under which the services are told that. ``ending`` says what ending means; empty for what never ends.
    ``template`` is its form's if not the usual one, and ``show`` what that gets besides: of the form, and of
    the change where one was tried.
    """

    place: str
    kind: Kind[Any]
    many: str
    new: str
    form: Callable[[Operation, Any], type[forms.Edited]]
    fill: Callable[[Any], dict[str, Any]]
    columns: Sequence[str] = ()
    prepare: Callable[[Operation, forms.Edited, Any], None] = lambda _op, _form, _row: None
    read: Callable[[forms.Edited], dict[str, Any]] = lambda form: values_of(form)
    begin: Callable[[Operation, Any, str], dict[str, Any]] = lambda _op, _parent, _of: {}
    parent: str = ""
    parent_kind: Kind[Any] | None = None
    ending: str = ""
    template: str = "admin/form.html"
    show: Callable[[forms.Edited, Change | None], Mapping[str, Any]] = lambda _form, _change: {}

    def parent_of(self, op: Operation, text: str | None) -> Any:
        """What a new row belongs to. Raises :class:`NotFoundError`; None for what belongs to nothing."""
        if self.parent_kind is None:
            return None
        try:
            return find(op, self.parent_kind, uuid.UUID(text or ""))
        except ValueError:
            raise NotFoundError(marked("There is no such thing.")) from None


def values_of(form: forms.Edited) -> dict[str, Any]:
    """What was typed, by the names of the fields."""
    hidden = {"seen", "reviewed", "new_id", "csrf_token"}
    return {name: data for name, data in form.data.items() if name not in hidden}


def _attributes(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda row: {name: getattr(row, name) for name in names}


def _choices(op: Operation, model: Any, kept: object) -> list[SelectChoice]:
    """Every row that has not ended, and the one that is chosen already."""
    query = sa.select(model).order_by(model.name)
    return [
        SelectChoice(str(row.id), row.name)
        for row in op.session.scalars(query)
        if getattr(row, "ended_at", None) is None or row.id == kept
    ]


def _prepare_number(op: Operation, form: Any, row: Any) -> None:
    shared = SelectChoice("", gettext(marked("Shared: for every customer without their own")))
    form.customer.choices = [shared, *_choices(op, Customer, row and row.customer_id)]
    form.ladder.choices = _choices(op, Ladder, row and row.ladder_id)


def _fill_number(row: Any) -> dict[str, Any]:
    return {
        **_attributes("phone", "label", "language", "support_number")(row),
        "customer": str(row.customer_id or ""),
        "ladder": str(row.ladder_id),
    }


def _products(op: Operation, row: Contract | None) -> list[tuple[str, str]]:
    """Every product that has not ended, and those that the contract covers."""
    covered = set() if row is None else {entry.product_id for entry in row.products}
    query = sa.select(Product).where(sa.or_(Product.ended_at.is_(None), Product.id.in_(covered)))
    found = op.session.scalars(query.order_by(Product.position, Product.name))
    return [(str(product.id), product.name) for product in found]


def _fill_contract(row: Contract) -> dict[str, Any]:
    counts: list[ContractProduct] = row.products
    return {
        **_attributes("number", "plan", "starts_on", "cover_from", "cover_until")(row),
        "ladder": str(row.ladder_id),
        "statements": contracts.SENT_AT_ONCE if row.sends_statements else contracts.RELEASED,
        **{forms.product_field(str(entry.product_id)): entry.instances for entry in counts},
    }


def _prepare_contract(op: Operation, form: Any, row: Any) -> None:
    form.ladder.choices = _choices(op, Ladder, row and row.ladder_id)


def _read_contract(form: forms.Edited) -> dict[str, Any]:
    typed = values_of(form)
    products = {
        uuid.UUID(hex=name.removeprefix("product_")): count
        for name, count in typed.items()
        if name.startswith("product_")
    }
    return {**typed, "products": products}


DESKS: Mapping[str, Desk] = {
    desk.place: desk
    for desk in (
        Desk(
            "teams",
            TEAMS,
            marked("Teams"),
            marked("New team"),
            lambda _op, _row: forms.TeamForm,
            _attributes("name", "time_zone"),
            ("name", "time_zone"),
            ending=marked(
                "It can be chosen no more. Its incidents, shifts and overrides stay where they are."
            ),
        ),
        Desk(
            "products",
            PRODUCTS,
            marked("Products"),
            marked("New product"),
            lambda _op, _row: forms.ProductForm,
            _attributes("name", "code", "position"),
            ("name", "code", "position"),
            ending=marked("No contract can cover it any more. Incidents about it stay."),
        ),
        Desk(
            "numbers",
            NUMBERS,
            marked("Service numbers"),
            marked("New service number"),
            lambda _op, _row: forms.NumberForm,
            _fill_number,
            ("phone", "label", "customer", "ladder", "language"),
            _prepare_number,
            begin=lambda _op, _parent, of: {"customer": of},
            ending=marked(
                "Nothing leaves from it any more, and letters name it no more. A call that still arrives on "
                "it is answered as before: take the webhooks away at Twilio, or give the number back there."
            ),
        ),
        Desk(
            "customers",
            CUSTOMERS,
            marked("Customers"),
            marked("New customer"),
            lambda _op, _row: forms.CustomerForm,
            _attributes("name", "language", "locale", "time_zone"),
            ("name", "language", "time_zone"),
            ending=marked("They can be chosen no more. Their incidents, fines and letters stay."),
        ),
        Desk(
            "contracts",
            CONTRACTS,
            marked("Contracts"),
            marked("New contract"),
            lambda op, row: forms.contract_form(_products(op, row)),
            _fill_contract,
            ("number", "customer", "plan", "cover_from", "cover_until", "ladder"),
            _prepare_contract,
            _read_contract,
            begin=lambda _op, _parent, _of: {"plan": sla.Plan.PREMIER_PLUS.value},
            parent="customer",
            parent_kind=CUSTOMERS,
            ending=marked(
                "Its PIN opens nothing any more, and callers who give its number are treated as unknown: "
                "they still reach a person. Incidents, fines and letters stay."
            ),
        ),
        Desk(
            "recipients",
            RECIPIENTS,
            marked("Recipients of statements"),
            marked("New recipient of statements"),
            lambda _op, _row: forms.RecipientForm,
            _attributes("name", "email", "language"),
            ("name", "email", "language", "contract"),
            parent="contract",
            parent_kind=CONTRACTS,
            ending=marked("Statements go to them no more; one that waits to leave does not leave to them."),
        ),
        Desk(
            "callers",
            CALLERS,
            marked("Callers"),
            marked("New caller"),
            lambda _op, _row: forms.CallerForm,
            _attributes("name", "phone"),
            ("name", "phone", "contract"),
            parent="contract",
            parent_kind=CONTRACTS,
            ending=marked(
                "Their telephone is no longer known: whoever calls from it is asked for the contract number, "
                "and nobody is called back there. The PIN stays as it is: issue a new one if they know it."
            ),
        ),
        Desk(
            "rate-cards",
            CARDS,
            marked("Rate cards"),
            marked("New rate card"),
            rate_cards.form_of,
            rate_cards.fill,
            ("currency", "effective_from"),
            read=rate_cards.read,
            begin=lambda op, _parent, _of: rate_cards.begin(op),
            ending=marked("It has not begun: it is as if it had never been entered."),
            template="quotes/card.html",
            show=rate_cards.show,
        ),
    )
}
NEW_PERSON = Desk(
    "people",
    PEOPLE,
    marked("People"),
    marked("New person"),
    lambda _op, _row: forms.PersonForm,
    _attributes("name", "email", "language", "time_zone"),
)
PERSON = Desk(
    "people",
    PEOPLE,
    marked("People"),
    marked("Details"),
    lambda _op, _row: forms.DetailsForm,
    _attributes("name", "email", "language", "time_zone"),
)


def desk(place: str) -> Desk:
    """The desk at an address. Raises :class:`NotFoundError`."""
    found = DESKS.get(place)
    if found is None:
        raise NotFoundError(marked("There is nothing at this address."))
    return found
