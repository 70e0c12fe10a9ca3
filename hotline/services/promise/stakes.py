"""At stake now: what one more miss costs each customer, on the board, in pages and in warnings."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import structlog

import sla
from hotline.db.models import ContractTerms, Incident
from hotline.services.operation import Operation
from hotline.services.promise import tallies
from hotline.services.promise.promises import terms_of, versions_of
from hotline.services.promise.tallies import Tallies

log = structlog.get_logger()


def stake_of(op: Operation, incident: Incident) -> sla.Stake | None:
    """What missing this incident's deadline would cost as things stand; None without a clock."""
    return stakes(op, [incident]).get(incident.id)


def stakes(op: Operation, incidents: Iterable[Incident]) -> dict[uuid.UUID, sla.Stake]:
    """The same for many incidents in a fixed number of queries; those without a clock are left out.

    Each is asked about as if it were the next miss of its contract, and as if every other undecided incident
    were going to be kept.
    """
    found = [
        (incident, incident.contract_id, incident.due_on)
        for incident in incidents
        if incident.contract_id is not None
        and incident.respond_by is not None
        and incident.due_on is not None
    ]
    if not found:
        return {}
    versions = versions_of(op, {contract_id for _incident, contract_id, _day in found})
    read = _read(versions)
    found = [(incident, contract_id, day) for incident, contract_id, day in found if contract_id in read]
    if not found:
        return {}
    since = min(
        _first_day(versions[contract_id], read[contract_id], day) for _incident, contract_id, day in found
    )
    counted = tallies.load(op, versions, since)
    every = tallies.incidents_by_day(op, versions, since) if _is_measured(versions) else {}
    answer = {}
    for incident, contract_id, day in found:
        terms = None if incident.terms_id is None else read[contract_id].get(incident.terms_id)
        if terms is None or incident.respond_by is None:
            continue
        fine = counted.next_fine(contract_id, terms, incident.respond_by)
        known = read[contract_id].values()
        forecast = _forecast(contract_id, known, day, counted, every.get(contract_id, Counter()))
        answer[incident.id] = sla.stake(terms.currency, fine, forecast)
    return answer


def _read(
    versions: Mapping[uuid.UUID, Sequence[ContractTerms]],
) -> dict[uuid.UUID, dict[uuid.UUID, sla.Terms]]:
    """The terms of contracts; one whose terms cannot be read is left out, so that the others are seen."""
    read = {}
    for contract_id, many in versions.items():
        try:
            read[contract_id] = {row.id: terms_of(row) for row in many}
        except ValueError:
            log.exception("terms_unreadable", contract=str(contract_id))
    return read


def _is_measured(versions: Mapping[uuid.UUID, Sequence[ContractTerms]]) -> bool:
    return any(row.attainment is not None for many in versions.values() for row in many)


def _first_day(versions: Sequence[ContractTerms], read: Mapping[uuid.UUID, sla.Terms], day: date) -> date:
    begun = [read[row.id] for row in versions if row.year_starts_on <= day]
    return min((tallies.first_day(terms, day) for terms in begun), default=day)


def _forecast(
    contract_id: uuid.UUID,
    versions: Collection[sla.Terms],
    day: date,
    counted: Tallies,
    every: Counter[date],
) -> sla.Forecast | None:
    found = sla.attainment_terms(versions, day)
    if found is None:
        return None
    terms, period = found
    total = sum(count for due_on, count in every.items() if due_on in period)
    missed = counted.misses_in(contract_id, period)
    if total <= missed:
        return None
    capped = terms.limits.cap_period(terms.year_starts_on, period.ends_on)
    charged = counted.charged_in(contract_id, capped, terms.currency)
    return sla.Forecast(terms, period, sla.Tally(total - missed, missed), charged)
