"""A caller whose PIN is right, but to whom nothing is promised yet, is heard all the same."""

import pytest
import sqlalchemy as sa

from hotline.db.models import CallKind, ContractTerms, Incident
from hotline.services.operation import Operation
from hotline.speech import Prompt
from hotline.speech.render import render
from tests.hotline.house import HANNAH, HANNAHS_LINE, HANNAHS_PIN, MADE, MADES_LINE, MADES_PIN, House


def terms_begin_later(op: Operation) -> None:
    op.session.execute(sa.update(ContractTerms).values(effective_from=op.now.date().replace(year=2099)))


def there_are_no_terms(op: Operation) -> None:
    op.session.execute(sa.delete(ContractTerms))


@pytest.mark.parametrize("gone", [terms_begin_later, there_are_no_terms])
@pytest.mark.parametrize(
    ("caller", "line", "keys"), [(MADE, MADES_LINE, (MADES_PIN,)), (HANNAH, HANNAHS_LINE, (HANNAHS_PIN, "1"))]
)
def test_a_report_is_taken_and_the_ladder_rung_though_no_terms_are_in_force(
    house: House, gone: object, caller: str, line: str, keys: tuple[str, ...]
) -> None:
    assert callable(gone)
    house.do(gone)
    call = house.dial(caller, line)
    for key in keys:
        call.press(key)
    assert call.verbs == ["Say", "Record", "Redirect"]
    assert render(Prompt.of("report.ask"), call.row.language) in call.said
    assert render(Prompt.of("pin.unconfirmed"), call.row.language) not in call.said, "the PIN was right"
    call.record(RecordingDuration="9")
    incident = house.one(Incident)
    assert (incident.verified_at, incident.respond_by, incident.terms_id) == (None, None, None)
    assert incident.reference.replace("-", "")[0] in call.said
    assert call.verbs[-1] == "Enqueue"
    house.worker.tick()
    assert house.calls_of(CallKind.PAGE)
