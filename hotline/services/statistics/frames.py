"""Of which incidents a report speaks: a span of days, a customer, a product, a team, as an address says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.db.models import AttainmentPeriod, Incident, Ladder, LedgerEntry, Page
from hotline.services import lists
from hotline.services.lists import filters, matching
from hotline.services.lists.listing import Filter, Listing, Order, Sort

DAYS = ("from", "to")


def _listing(
    id_column: Any, since: Filter, until: Filter, contract: Any, of_incident: Callable[[Any], Any]
) -> Listing[Any]:
    """What an address may ask of a table of which the rows belong to incidents."""
    return Listing(
        name="reports",
        select=sa.select(id_column),
        id=id_column,
        make=lambda row_id: row_id,
        sorts={"id": Sort(id_column, Order.TEXT)},
        sort="id",
        descending=False,
        filters={
            "from": since,
            "to": until,
            "customer": filters.one(lambda found: matching.of_customer(contract, found)),
            "product": filters.one(lambda found: of_incident(Incident.product_id == found)),
            "team": filters.one(lambda found: of_incident(_of_team(found))),
        },
        columns={},
    )


def ladder_of_first_hunt() -> Any:
    """The ladder on which an incident was hunted first: its team is the incident's team."""
    return sa.func.coalesce(Incident.first_ladder_id, Incident.ladder_id)


def _of_team(team_id: Any) -> Any:
    return ladder_of_first_hunt().in_(sa.select(Ladder.id).where(Ladder.team_id == team_id))


def _entry_of_incident(condition: Any) -> Any:
    """Entries about such an incident, and those that change one of them."""
    meant = sa.select(Incident.id).where(condition)
    changed = aliased(LedgerEntry)
    return sa.or_(
        LedgerEntry.incident_id.in_(meant),
        LedgerEntry.entry_id.in_(sa.select(changed.id).where(changed.incident_id.in_(meant))),
    )


# Incidents by the local day of their deadline, as the promise itself counts them.
INCIDENTS = _listing(
    Incident.id,
    filters.first_day(Incident.due_on),
    filters.last_day(Incident.due_on),
    Incident.contract_id,
    sa.and_,
)
# Entries by the local day that they belong to.
ENTRIES = _listing(
    LedgerEntry.id,
    filters.first_day(LedgerEntry.day),
    filters.last_day(LedgerEntry.day),
    LedgerEntry.contract_id,
    _entry_of_incident,
)
# Pages by the viewer's day on which they were sent; the incident is joined to them.
PAGES = _listing(
    Page.id,
    filters.since(Page.created_at),
    filters.until(Page.created_at),
    Incident.contract_id,
    sa.and_,
)
# Periods of attainment by the day on which they end. They belong to a contract, not to a product or team.
PERIODS = _listing(
    AttainmentPeriod.contract_id,
    filters.first_day(AttainmentPeriod.ends_on),
    filters.last_day(AttainmentPeriod.ends_on),
    AttainmentPeriod.contract_id,
    lambda _condition: sa.false(),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What was asked for, as typed, and the viewer's zone, whose days and hours are meant."""

    typed: Mapping[str, str]
    zone: ZoneInfo

    @property
    def problems(self) -> "tuple[lists.Problem, ...]":
        """What of it cannot be used; then nothing can be counted."""
        return self._ask(INCIDENTS).problems

    @property
    def incidents(self) -> "tuple[sa.ColumnElement[bool], ...]":
        """The incidents that are meant."""
        return self._ask(INCIDENTS).where

    @property
    def entries(self) -> "tuple[sa.ColumnElement[bool], ...]":
        """The ledger entries that are meant; of a product or a team only those of single incidents."""
        return self._ask(ENTRIES).where

    @property
    def pages(self) -> "tuple[sa.ColumnElement[bool], ...]":
        """The pages that are meant."""
        return self._ask(PAGES).where

    @property
    def periods(self) -> "tuple[sa.ColumnElement[bool], ...]":
        """The periods of attainment that are meant; none of a product or a team."""
        return self._ask(PERIODS).where

    @property
    def is_part(self) -> bool:
        """True when a product or a team is chosen: a part of what a contract covers."""
        return bool({"product", "team"} & {name for name, text in self.typed.items() if text})

    def day(self, name: str) -> date | None:
        """The first or the last day (``from``, ``to``); None when the span is open there."""
        return date.fromisoformat(self.typed[name]) if self.typed.get(name) else None

    def at_any_time(self) -> "Frame":
        """The same without the days."""
        return Frame({name: text for name, text in self.typed.items() if name not in DAYS}, self.zone)

    def _ask(self, listing: Listing[Any]) -> "lists.Question[Any]":
        return lists.ask(listing, self.typed, self.zone)
