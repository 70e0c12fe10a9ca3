"""``POST /api/v1/reports`` and ``GET /api/v1/reports/<reference>``: customers' programs report problems."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request, url_for

from hotline.db.models import ContractKey, Incident, ReportChannel
from hotline.services.arrivals import entitling, origins, programs
from hotline.services.operation import Operation
from hotline.web.api.caller import admit_contract
from hotline.web.api.problems import ProblemError
from hotline.web.pages.site import the_site

LONGEST_BODY = 16_384
_KEY_HEADER = "Idempotency-Key"
_MEMBERS = ("product", "summary", "reference")


def report() -> Response:
    """Open an incident; sent again with the same key or reference, show the one that was opened."""
    key_id = admit_contract()
    sent = _sent()
    site = the_site()

    def work(op: Operation) -> tuple[dict[str, Any], bool]:
        incident, is_new = programs.report(op, op.session.get_one(ContractKey, key_id), sent)
        return _facts(incident), is_new

    try:
        facts, is_new = site.write(work)
    except programs.WrongValueError as wrong:
        raise ProblemError(422, str(wrong), wrong.name) from None
    except entitling.NotEntitledError as refused:
        detail = f"{refused} No incident was opened. Call the hotline if somebody has to hear of it now."
        raise ProblemError(422, detail, reason=refused.reason) from None
    except origins.OtherReportError:
        raise ProblemError(
            409, "This key was used for a report with another product or summary.", _KEY_HEADER
        ) from None
    except programs.TooManyReportsError as many:
        site.write(
            lambda op: programs.refused_as_too_many(op, op.session.get_one(ContractKey, key_id).contract)
        )
        raise ProblemError(429, str(many)) from None
    answer = jsonify(facts)
    answer.status_code = 201 if is_new else 200
    answer.headers["Location"] = url_for("api.report_state", reference=facts["reference"])
    return answer


def state(reference: str) -> Response:
    """How an incident of the contract stands, however it was reported."""
    key_id = admit_contract()
    with the_site().reading() as op:
        contract = op.session.get_one(ContractKey, key_id).contract
        return jsonify(_facts(programs.of_contract(op, contract, reference)))


def _sent() -> programs.Sent:
    """What the body says. Raises :class:`ProblemError`: 400, 413 or 415."""
    if request.args:
        raise ProblemError(400, "There are no parameters here; everything is in the body.")
    if (request.content_length or 0) > LONGEST_BODY:
        raise ProblemError(413, f"At most {LONGEST_BODY} bytes.")
    if not request.is_json:
        raise ProblemError(415, "Send JSON: Content-Type: application/json.")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ProblemError(400, "The body is no JSON object.")
    for name in body:
        if name not in _MEMBERS:
            raise ProblemError(400, f"There is no member {name[:40]!r} here.", name[:40])
    return programs.Sent(_text(body, "product"), _text(body, "summary"), _reference(body))


def _reference(body: Mapping[str, Any]) -> str:
    """The header's, else the body's: one of them there must be, or a repeat would open another incident."""
    header = request.headers.get(_KEY_HEADER)
    if header is not None and "reference" in body and header != body["reference"]:
        raise ProblemError(400, "The header and the body name two references.", "reference")
    if header is not None:
        return header
    if "reference" not in body:
        raise ProblemError(
            400, f"Send {_KEY_HEADER}, or your own reference: what is sent twice must open one incident.",
            "reference",
        )  # fmt: skip
    return _text(body, "reference")


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str):
        raise ProblemError(400, f"{name} is missing, or is no text.", name)
    return found


def _facts(incident: Incident) -> dict[str, Any]:
    product = incident.product
    return {
        "reference": incident.reference,
        "state": incident.status.value,
        "channel": incident.channel.value,
        "product": None if product is None else {"code": product.code, "name": product.name},
        # What a colleague put down is for colleagues.
        "summary": incident.summary if incident.channel is ReportChannel.API else None,
        "reported_at": _text_of(incident.reported_at),
        "respond_by": _text_of(incident.respond_by),
        "engineer": None if incident.owner is None else incident.owner.name,
        "taken_at": _text_of(incident.accepted_at),
        "told_at": _text_of(incident.told_at),
        "missed": incident.breached_at is not None,
        "finished_at": _text_of(incident.finished_at),
    }


def _text_of(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
