"""Who gets a contract's statements of service credits, as admins keep them."""

import sqlalchemy as sa

from hotline.db.models import Contract, StatementRecipient
from hotline.services.accounts import people
from hotline.services.directory import checks
from hotline.services.directory.kind import Facts, Kind, Sentence, Values, WrongFieldError, sentence
from hotline.services.operation import Operation
from hotline.services.reports.words import marked


def _put(op: Operation, recipient: StatementRecipient, values: Values) -> None:
    if checks.is_new(recipient):
        recipient.contract_id = checks.chosen(op, Contract, values["contract"], "name").id
    wanted, email = checks.name(values["name"], longest=120), str(values["email"] or "").strip()
    if not people.is_email(email) or not email.isascii():
        raise WrongFieldError("email", sentence(marked("Type an e-mail address such as ada@example.com.")))
    query = sa.select(StatementRecipient).where(
        StatementRecipient.contract_id == recipient.contract_id,
        sa.func.lower(StatementRecipient.email) == email.lower(),
        StatementRecipient.ended_at.is_(None),
    )
    with op.session.no_autoflush:
        rival = op.session.scalars(query).first()
    if rival is not None and rival is not recipient:
        words = marked("{name} gets the statements at this address already.")
        raise WrongFieldError("email", sentence(words, name=rival.name))
    recipient.language = checks.language(values["language"])
    recipient.name, recipient.email = wanted, email


def _facts(op: Operation, recipient: StatementRecipient) -> Facts:
    contract = op.session.get_one(Contract, recipient.contract_id)
    return {
        "name": recipient.name,
        "email": recipient.email,
        "language": recipient.language,
        "contract": contract.number,
    }


def _returns(op: Operation, recipient: StatementRecipient) -> list[Sentence]:
    contract = op.session.get_one(Contract, recipient.contract_id)
    if contract.ended_at is None:
        return []
    return [sentence(marked("Contract {number} has ended. Bring it back first."), number=contract.number)]


RECIPIENTS: Kind[StatementRecipient] = Kind(
    "statement recipient",
    StatementRecipient,
    called=lambda recipient: recipient.name,
    facts=_facts,
    put=_put,
    returns=_returns,
)
