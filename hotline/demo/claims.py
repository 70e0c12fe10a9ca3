"""What the demonstration claims, checked against the service's own records and told in a sentence."""

from datetime import datetime
from typing import Any

import sla
from hotline.demo.play import Play
from hotline.services import reports
from hotline.services.response import incidents


def check_kept(play: Play, facts: dict[str, Any], engineer: str) -> None:
    """The engineer has the incident, the customer was told in time, and nothing is owed."""
    play.require(facts["owner"] == engineer, f"{facts['owner']} has the incident instead of {engineer}")
    play.require(facts["told_at"], "the customer was not told")
    play.require(facts["fine"] is None and facts["breached_at"] is None, "a kept promise was fined")
    left = _minutes(facts["told_at"], facts["respond_by"])
    taken = _minutes(facts["reported_at"], facts["told_at"]) * 60
    play.require(left > 0, "the customer was told too late")
    play.printer.verdict(
        f"Kept. {facts['customer']} was told {taken:.0f} seconds after the call arrived that {engineer} "
        f"has incident {facts['reference']}, {left:.0f} minutes before the deadline.",
        kept=True,
    )


def check_climbed(play: Play, facts: dict[str, Any], engineer: str, product: str) -> None:
    """A telephone was picked up, nobody pressed 1, and yet the promise was kept by the next."""
    kinds = {line.kind for line in _timeline(play, facts["reference"])}
    play.require("not-accepted" in kinds, "the timeline knows of no telephone where nobody pressed 1")
    play.require(facts["product"] == product, f"the incident is about {facts['product']}")
    check_kept(play, facts, engineer)


def check_broken(play: Play, facts: dict[str, Any]) -> None:
    """Warned, nobody told, exactly one breach at the deadline and exactly one fine."""
    kinds = [line.kind for line in _timeline(play, facts["reference"])]
    with play.house.operation() as op:
        fines = [entry for entry in reports.ledger(op) if entry["reference"] == facts["reference"]]
    play.require("warning" in kinds, "nobody was warned before the deadline")
    play.require(kinds.count("breached") == 1, f"the timeline has {kinds.count('breached')} breaches")
    play.require(len(fines) == 1, f"the ledger has {len(fines)} fines for {facts['reference']}")
    play.require(fines[0]["at"] == facts["respond_by"], "the fine is not stamped with the deadline")
    play.require(facts["told_at"] is None, "the customer was told after all")
    fine = sla.Money(fines[0]["amount_minor"], fines[0]["currency"])
    play.printer.verdict(
        f"Missed, as this story goes. At the deadline, and not a second later, {facts['customer']} was "
        f"owed {fine} for incident {facts['reference']}: miss {fines[0]['ordinal']} of the contract year. "
        "The hunt for an engineer goes on until somebody takes it; the fine stays.",
        kept=False,
    )


def _timeline(play: Play, reference: str) -> list[reports.TimelineLine]:
    with play.house.operation() as op:
        return reports.timeline(op, incidents.by_reference(op, reference))


def _minutes(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() / 60
