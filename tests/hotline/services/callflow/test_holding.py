"""On hold under a contract by which a word while holding stops no clock."""

import sqlalchemy as sa

import sla
from hotline.db.models import ContractTerms, Incident, ToldBy, Wish
from tests.hotline.house import DEWI, House


def test_who_has_it_is_said_once_and_then_there_is_music_and_keys(house: House) -> None:
    house.do(lambda op: op.session.execute(sa.update(ContractTerms).values(stops=sorted(sla.ALWAYS_STOP))))
    call = house.open_incident()
    call.press("")
    held = call.url_of("Enqueue", "waitUrl")
    incident = house.one(Incident)
    house.take(incident, DEWI)
    call.post(held)
    assert call.verbs == ["Say", "Redirect"]
    assert "Dewi" in call.said
    call.follow()
    for _ in range(2):
        assert "Gather" in call.verbs
        assert call.document.find(".//Play") is not None
        call.press("").follow()
    call.press("*")
    assert "Gather" in call.verbs
    assert house.again(incident).told_at is None
    assert house.events(incident).count("told-unstopped") == 1
    call.press("2")
    assert call.verbs == ["Leave"]
    assert call.row.wish is Wish.CALLBACK
    assert house.tell(incident, ToldBy.CALLBACK)
