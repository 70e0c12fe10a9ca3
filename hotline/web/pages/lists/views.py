"""The lists: of incidents, calls, messages, people and customers, each as a page and as a file."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from hotline.services import lists
from hotline.services.access import Permission
from hotline.services.lists import people as people_list
from hotline.services.operation import Operation
from hotline.services.reaching import flags
from hotline.services.reports import evidence
from hotline.web.pages.arrivals.words import CHANNELS
from hotline.web.pages.guard import needs
from hotline.web.pages.lists import fields, words
from hotline.web.pages.lists.sheet import Sheet
from hotline.web.pages.words import language, marked


def _incident_fields(op: Operation) -> list[fields.Field]:
    return [
        fields.text(marked("Reference, customer, contract number, or the end of a phone number")),
        *fields.days(marked("Reported from"), marked("Reported until")),
        fields.choice("status", marked("Status"), words.STATUSES),
        fields.choice("promise", marked("Promise"), words.PROMISES),
        fields.choice("channel", marked("How it was reported"), CHANNELS),
        fields.customer(op),
        fields.product(op),
        fields.person(op, "owner", marked("Who has it"), nobody=True),
    ]


def _call_fields(op: Operation) -> list[fields.Field]:
    return [
        fields.text(marked("Reference, customer, contract number, or the end of a phone number")),
        *fields.days(marked("From"), marked("Until")),
        fields.choice("kind", marked("Kind"), words.CALL_KINDS),
        fields.choice("end", marked("How it ended"), words.CALL_ENDS),
        fields.person(op, "person", marked("Person")),
        fields.customer(op),
    ]


def _message_fields(op: Operation) -> list[fields.Field]:
    return [
        fields.text(marked("Reference, customer, contract number, or the end of a phone number")),
        *fields.days(marked("From"), marked("Until")),
        fields.choice("kind", marked("Kind"), words.MESSAGE_KINDS),
        fields.choice("delivery", marked("Delivery"), words.DELIVERIES),
        fields.person(op, "person", marked("Person")),
        fields.customer(op),
    ]


def _people_fields(_op: Operation) -> list[fields.Field]:
    return [
        fields.text(marked("Name, or the end of a phone number")),
        fields.choice("role", marked("Role"), words.ROLES),
        fields.choice("account", marked("Account"), words.ACCOUNTS),
    ]


def _customer_fields(op: Operation) -> list[fields.Field]:
    return [
        fields.text(marked("Customer, contract number, or a caller's name or phone number")),
        fields.choice("plan", marked("Plan"), words.PLANS),
        fields.product(op),
        *fields.days(marked("Cover ends from"), marked("Cover ends until")),
    ]


def _ends(_op: Operation, _question: "lists.Question[Any]") -> Mapping[str, Any]:
    return {
        "kinds": words.CALL_KINDS,
        "ended": lambda row: evidence.how_it_ended(row, None, language()),
    }


def _who_is_on_call(op: Operation, _question: "lists.Question[Any]") -> Mapping[str, Any]:
    return {"on_call": people_list.on_call(op), "roles": words.ROLES, "flagged": flags.flagged(op)}


def _fixed(**values: Any) -> Any:
    return lambda _op, _question: values


INCIDENTS = Sheet(
    lists.INCIDENTS,
    "pages.incident_list",
    "pages.incident_file",
    "lists/incidents.html",
    _incident_fields,
    _fixed(statuses=words.STATUSES),
)
CALLS = Sheet(lists.CALLS, "pages.call_list", "pages.call_file", "lists/calls.html", _call_fields, _ends)
MESSAGES = Sheet(
    lists.MESSAGES,
    "pages.message_list",
    "pages.message_file",
    "lists/messages.html",
    _message_fields,
    _fixed(kinds=words.MESSAGE_KINDS, deliveries=words.DELIVERIES),
)
PEOPLE = Sheet(
    lists.PEOPLE, "pages.people", "pages.people_file", "lists/people.html", _people_fields, _who_is_on_call
)
CUSTOMERS = Sheet(
    lists.CUSTOMERS,
    "pages.customers",
    "pages.customer_file",
    "lists/customers.html",
    _customer_fields,
    _fixed(plans=words.PLANS, covers=words.COVERS),
)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/incidents")(incident_list)
    blueprint.get("/incidents.csv")(incident_file)
    blueprint.get("/calls")(call_list)
    blueprint.get("/calls.csv")(call_file)
    blueprint.get("/messages")(message_list)
    blueprint.get("/messages.csv")(message_file)
    blueprint.get("/people")(people)
    blueprint.get("/people.csv")(people_file)
    blueprint.get("/customers")(customers)
    blueprint.get("/customers.csv")(customer_file)


@needs(Permission.SEE_INCIDENTS)
def incident_list() -> ResponseReturnValue:
    """Every incident there ever was."""
    return INCIDENTS.show()


@needs(Permission.SEE_INCIDENTS)
def incident_file() -> ResponseReturnValue:
    """The same as a file."""
    return INCIDENTS.file()


@needs(Permission.SEE_INCIDENTS)
def call_list() -> ResponseReturnValue:
    """Every call, in and out."""
    return CALLS.show()


@needs(Permission.SEE_INCIDENTS)
def call_file() -> ResponseReturnValue:
    """The same as a file."""
    return CALLS.file()


@needs(Permission.SEE_INCIDENTS)
def message_list() -> ResponseReturnValue:
    """Every text message, in and out."""
    return MESSAGES.show()


@needs(Permission.SEE_INCIDENTS)
def message_file() -> ResponseReturnValue:
    """The same as a file."""
    return MESSAGES.file()


@needs(Permission.SEE_INCIDENTS)
def people() -> ResponseReturnValue:
    """Everybody of the house, and who is on call now."""
    return PEOPLE.show()


@needs(Permission.SEE_INCIDENTS)
def people_file() -> ResponseReturnValue:
    """The same as a file."""
    return PEOPLE.file()


@needs(Permission.SEE_CUSTOMERS)
def customers() -> ResponseReturnValue:
    """Every customer with their contracts."""
    return CUSTOMERS.show()


@needs(Permission.SEE_CUSTOMERS)
def customer_file() -> ResponseReturnValue:
    """The same as a file."""
    return CUSTOMERS.file()
