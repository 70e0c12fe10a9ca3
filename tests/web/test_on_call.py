"""Who answers now: :mod:`hotline.web.pages.on_call`."""

from hotline.db.models import Rotation, RotationMember, Rung


def test_every_layer_says_who_and_until_when_in_both_zones(ada):
    page = " ".join(ada.get("/on-call").text.split())
    assert "Databases" in page
    assert page.index("primary") < page.index("backup")
    assert "Ada Lovelace" in page
    assert "Mon 23 Nov 15:00</time>" in page  # the hand-over of 09:00 in Berlin, seen from Jakarta
    assert "Mon 23 Nov 09:00</time> Europe/Berlin" in page
    assert "NOBODY" not in page


def test_a_viewer_in_the_zone_of_the_team_reads_one_time(bo):
    assert bo.get("/on-call").text.count("09:00</time>") == 2


def test_a_layer_without_anybody_is_loud(ada, world):
    world.do(lambda op: op.session.query(RotationMember).delete())
    page = ada.get("/on-call").text
    assert page.count("NOBODY") == 2
    assert "A layer without anybody is skipped" in page


def test_somebody_who_cannot_be_rung_is_marked(ada, world):
    world.change_user("Bo", phone=None)
    assert "cannot be rung" in ada.get("/on-call").text


def test_no_roster_at_all_teaches_what_that_means(ada, world):
    for model in (RotationMember, Rung, Rotation):
        world.do(lambda op, model=model: op.session.query(model).delete())
    assert "nobody is rung when a customer calls" in ada.get("/on-call").text
