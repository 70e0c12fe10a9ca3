"""``/ladders/contracts``: which ladder the incidents of a contract take, for each of its products."""

import json
import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Contract
from hotline.errors import ConflictError, NotFoundError
from hotline.services.access import Permission
from hotline.services.directory import WrongFieldError
from hotline.services.ladders import assigning, choices
from hotline.services.operation import Operation
from hotline.web.pages.admin import words as admin_words
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/ladders/contracts")(contract_ladders)
    blueprint.post("/ladders/contracts/<uuid:contract_id>")(assign_ladders)


@needs(Permission.SEE_CUSTOMERS)
def contract_ladders() -> ResponseReturnValue:
    """Every contract with its ladder and those of its products."""
    with the_site().reading() as op:
        rows = assigning.contracts(op)
        lines = [
            {"row": row, "assigned": assigning.assigned(row), "seen": json.dumps(assigning.assigned(row))}
            for row in rows
        ]
        offered = choices.read(op, None).ladders
    return render_template("ladders/contracts.html", lines=lines, offered=offered)


@needs(Permission.MANAGE_SERVICE)
def assign_ladders(contract_id: uuid.UUID) -> ResponseReturnValue:
    """Give a contract and its products their ladders."""
    me = viewer()
    seen = _seen(request.form.get("seen", ""))
    chosen = {name: request.form.get(f"ladder:{name}", "") for name in seen}

    def work(op: Operation) -> bool:
        contract = op.session.get(Contract, contract_id)
        if contract is None:
            raise NotFoundError(marked("There is no such thing."))
        return assigning.assign(op, me, contract, chosen, seen)

    try:
        is_new = the_site().write(work)
    except WrongFieldError as wrong:
        flash(admin_words.said(wrong.why), "warning")
    except ConflictError as refusal:
        flash(gettext(str(refusal)), "warning")
    else:
        done = gettext("Saved. Incidents that are open already stay on their ladder.")
        flash(done if is_new else gettext("It was so already."), "success")
    return redirect(url_for("pages.contract_ladders") + f"#contract-{contract_id}", 303)


def _seen(text: str) -> dict[str, str]:
    """What was on the page; anything else is nothing."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    is_plain = isinstance(found, dict) and all(isinstance(one, str) for one in found.values())
    return found if is_plain else {}
