"""The customer's own clock and the links to it: :mod:`hotline.web.pages.tracking`."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import render_template_string

from hotline.db.models import Customer, Message, ToldBy, TrackingLink, User
from hotline.services import tracking
from hotline.services.promise import enforcement
from hotline.services.response import incidents
from hotline.web.pages import tracking as pages

NOTHING_ELSE = ["Contoso", "SQL Server", "USD", "+62", "628111", "100000", "Ada", "fine", "Sign"]


def link(world, reference):
    """The path of the link that was sent about an incident."""

    def find(op):
        incident = incidents.by_reference(op, reference)
        return tracking.link(op, incident, incident.notify_phone)

    return world.ask(find).removeprefix(world.settings.public_url)


def tell(world, reference):
    world.do(lambda op: incidents.tell(op, incidents.by_reference(op, reference), ToldBy.MESSAGE))


def resolve(world, reference, name="Bo"):
    def work(op):
        user = op.session.scalars(sa.select(User).where(User.name.startswith(name))).one()
        incidents.resolve(op, incidents.by_reference(op, reference), user)

    world.do(work)


def speak(world, language, zone="Asia/Jakarta"):
    world.do(lambda op: op.session.execute(sa.update(Customer).values(language=language, time_zone=zone)))


def words(page):
    """What a person reads on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<body", 1)[1].split(">", 1)[1]))


def links(world):
    with world.reading() as op:
        return list(op.session.scalars(sa.select(TrackingLink).order_by(TrackingLink.issued_at)))


def texts(world):
    with world.reading() as op:
        return list(op.session.scalars(sa.select(Message.body).where(Message.kind == "reference")))


def form(link_id=""):
    return {"link": str(link_id)}


def test_from_the_report_to_the_end_it_says_where_it_stands(stranger, world):
    reference = world.report()
    path = link(world, reference)
    said = words(stranger.get(path).text)
    assert "We have your report. We are ringing our engineers." in said
    assert reference in said
    assert "30 min" in said, "also without a script"
    assert "you are answered by 22:30" in said
    world.clock.advance(60)
    world.take(reference)
    assert "Bo Diddley has it and is getting in touch with you." in words(stranger.get(path).text)
    world.clock.advance(60)
    tell(world, reference)
    said = words(stranger.get(path).text)
    assert "Bo Diddley has been working on it since 22:01." in said
    assert "22:02 , Bo Diddley" in said
    world.clock.advance(3600)
    resolve(world, reference)
    said = words(stranger.get(path).text)
    assert "Bo Diddley has solved it." in said
    assert "Solved at 23:02" in said
    assert "promise. It is on record" not in said


def test_nothing_else_is_told(stranger, world):
    reference = world.report()
    path = link(world, reference)
    pages_seen = [stranger.get(path).text]
    world.take(reference)
    tell(world, reference)
    pages_seen.append(stranger.get(path).text)
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    pages_seen.append(stranger.get(link(world, world.report("Fabrikam"))).text)
    for page in pages_seen:
        assert [text for text in NOTHING_ELSE if text in page] == []


def test_a_miss_is_owned_up_to_before_and_after_the_answer(stranger, world):
    reference = world.report()
    path = link(world, reference)
    world.clock.advance(1800)
    said = words(stranger.get(path).text)
    assert "We did not answer within the promise. It is on record" in said
    assert "Late by" in said
    world.do(enforcement.sweep_deadlines)
    world.take(reference)
    tell(world, reference)
    said = words(stranger.get(path).text)
    assert "We did not answer within the promise. It is on record" in said
    assert "Answered at 22:30" in said


def test_it_speaks_the_customers_language_in_the_customers_zone_whatever_the_browser_wants(
    stranger, ada, world
):
    path = link(world, world.report())
    speak(world, "id", "Asia/Makassar")
    for browser in (stranger, ada):
        answer = browser.get(path, headers={"Accept-Language": "de,en;q=0.5"})
        assert '<html lang="id">' in answer.text
        said = words(answer.text)
        assert "Kami sedang menghubungi teknisi kami." in said
        assert "23:30" in said
        assert "Makassar" in said


def test_revoked_expired_cancelled_and_made_up_links_look_the_same(stranger, world):
    revoked, expired = link(world, world.report()), None
    world.do(lambda op: op.session.execute(sa.update(TrackingLink).values(revoked_at=op.now)))
    expired = link(world, world.report())
    unknown = world.ask(lambda op: tracking.address(op.settings, "neverIssued2"))
    world.clock.advance(timedelta(days=31).total_seconds())
    seen = [
        stranger.get(path)
        for path in (revoked, expired, "/t/" + unknown[-24:], expired[:-1] + "2", "/t/x", "/t/" + "é" * 24)
    ]
    assert {(answer.status_code, answer.text) for answer in seen} == {(404, seen[0].text)}
    assert {tuple(sorted(dict(answer.headers).items())) for answer in seen} == {
        tuple(sorted(dict(seen[0].headers).items()))
    }
    assert "contract card" in seen[0].text
    assert 'lang="id"' in seen[0].text


@pytest.mark.parametrize(
    "junk", ["%00", "a%00b", "%ff%fe", "..%2f..%2fetc", "a" * 3000, "%0d%0aSet-Cookie:x"]
)
def test_junk_is_not_found(stranger, junk):
    answer = stranger.get(f"/t/{junk}")
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_nobody_is_tracked_and_nothing_is_kept_or_passed_on(stranger, world):
    path = link(world, world.report())
    for address in (path, "/t/made-up"):
        answer = stranger.get(address)
        headers = answer.headers
        assert "Set-Cookie" not in headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "data:" not in headers["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", answer.text)


def test_the_whole_page_weighs_less_than_30_kilobytes(stranger, world):
    page = stranger.get(link(world, world.report()))
    found = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert found
    total = len(page.data)
    for address in found:
        assert address.startswith("/assets/")
        with stranger.get(address) as answer:
            total += len(answer.data)
    assert total < 30_000


def test_without_a_script_it_reloads_itself(stranger, world):
    page = stranger.get(link(world, world.report())).text
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page


def test_it_asks_for_itself_and_is_told_nothing_new_until_there_is(stranger, world):
    reference = world.report()
    path = link(world, reference)
    version = stranger.get(path).headers["ETag"]
    asking = {"X-Refresh": "1", "If-None-Match": version}
    world.clock.advance(5)
    same = stranger.get(path, headers=asking)
    assert (same.status_code, same.data) == (304, b"")
    assert float(same.headers["X-Service-Now"]) == world.clock.now().timestamp()
    assert same.headers["Cache-Control"] == "no-store"
    world.take(reference)
    assert stranger.get(path, headers=asking).status_code == 200


def test_at_the_deadline_there_is_news_although_nobody_did_anything(stranger, world):
    path = link(world, world.report())
    asking = {"X-Refresh": "1", "If-None-Match": stranger.get(path).headers["ETag"]}
    world.clock.advance(1799)
    assert stranger.get(path, headers=asking).status_code == 304
    world.clock.advance(1)
    assert stranger.get(path, headers=asking).status_code == 200


def test_looking_changes_nothing_and_a_form_is_not_taken(stranger, world):
    reference = world.report()
    path = link(world, reference)
    for _ in range(3):
        stranger.get(path)
    assert world.incident(reference).told_at is None
    assert stranger.client.post(path).status_code in {400, 404, 405}
    assert stranger.client.head(path).status_code == 200


def test_a_name_is_text(stranger, world):
    reference = world.report()
    world.take(reference)
    bo = sa.update(User).where(User.name.startswith("Bo"))
    world.do(lambda op: op.session.execute(bo.values(name="Bo <script>alert(1)</script>")))
    page = stranger.get(link(world, reference)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_while_the_database_is_away_the_customer_is_not_left_in_doubt(stranger, world, request):
    path = link(world, world.report())
    request.getfixturevalue("broken_database")
    answer = stranger.get(path)
    assert answer.status_code == 503
    assert "Your report is safe" in answer.text
    assert "disk" not in answer.text
    assert stranger.get("/t/made-up").status_code == 404, "that one never asks the database"


def test_hammering_with_made_up_links_is_cut_short_but_a_real_one_is_still_shown(stranger, world):
    path = link(world, world.report())
    seen = [stranger.get(f"/t/guess{number}").status_code for number in range(pages.GUESSES + 2)]
    assert seen == [404] * pages.GUESSES + [429] * 2
    assert stranger.get(path).status_code == 200, "colleagues behind one address lock nobody out"
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert stranger.get("/t/guess", environ_overrides=elsewhere).status_code == 404


def test_guesses_are_counted_by_network_for_a_while_and_few_addresses_are_kept(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(pages.time, "monotonic", lambda: now[0])
    guesses = pages.Guesses()
    assert all(guesses.count(f"2001:db8::{number:x}") for number in range(pages.GUESSES))
    assert not guesses.count("2001:db8::ffff"), "one network of IPv6 is one address"
    assert guesses.count("2001:db8:0:1::1")
    assert guesses.count("not an address")
    now[0] += pages.GUESSES_WITHIN
    assert guesses.count("2001:db8::1")
    for number in range(20_000):
        guesses.count(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(guesses._seen) <= 10_000


def test_an_engineer_takes_a_link_back(ada, stranger, world):
    reference = world.report()
    path = link(world, reference)
    (row,) = links(world)
    answer = ada.press(f"/incidents/{reference}/tracking/revoke", **form(row.id))
    assert "The link no longer works." in answer.text
    assert stranger.get(path).status_code == 404
    assert links(world)[0].revoked_by_id == world.user("Ada").id
    again = ada.press(f"/incidents/{reference}/tracking/revoke", **form(row.id))
    assert "had stopped working before" in again.text


def test_an_engineer_sends_a_new_link_once_however_often_they_tap(ada, stranger, world):
    reference = world.report()
    path = link(world, reference)
    (row,) = links(world)
    before = len(texts(world))
    for _ in range(3):
        ada.press(f"/incidents/{reference}/tracking/renew", **form(row.id))
    assert len(texts(world)) == before + 1
    assert stranger.get(path).status_code == 404
    newer = link(world, reference)
    assert any(newer in body for body in texts(world))
    assert stranger.get(newer).status_code == 200
    answer = ada.press(f"/incidents/{reference}/tracking/renew", **form())
    assert "There is a link that works already" in answer.text


@pytest.mark.parametrize("what", ["renew", "revoke"])
@pytest.mark.parametrize("junk", ["nonsense", "00000000-0000-0000-0000-000000000000", "\u202e", "1" * 500])
def test_a_mangled_form_changes_nothing(ada, world, what, junk):
    reference = world.report()
    answer = ada.press(f"/incidents/{reference}/tracking/{what}", link=junk)
    assert "Nothing was changed" in answer.text
    assert [row.revoked_at for row in links(world)] == [None]


def test_revoking_without_naming_a_link_changes_nothing(ada, world):
    reference = world.report()
    assert "Nothing was changed" in ada.press(f"/incidents/{reference}/tracking/revoke", **form()).text


def test_an_incident_that_is_not_there_is_not_found(ada):
    assert ada.press("/incidents/0000-0/tracking/renew", **form()).status_code == 404


def test_an_auditor_may_not(otto, world):
    reference = world.report()
    (row,) = links(world)
    for what in ("renew", "revoke"):
        answer = otto.press(f"/incidents/{reference}/tracking/{what}", **form(row.id))
        assert answer.status_code == 403
    assert [row.revoked_at for row in links(world)] == [None]


def panel(browser, app, world, reference):
    """The panel for engineers as it is drawn on the page of the incident."""
    source = (
        '{% from "tracking/_panel.html" import tracking_panel with context %}'
        "{{ tracking_panel(reference, links) }}"
    )
    with world.reading() as op:
        found = tracking.sent(op, incidents.by_reference(op, reference))
    with browser.client:
        browser.get("/")
        return render_template_string(source, reference=reference, links=found)


def test_engineers_see_which_links_there_are_but_never_the_links(ada, app, world):
    reference = world.report()
    token = link(world, reference).removeprefix("/t/")
    (row,) = links(world)
    drawn = panel(ada, app, world, reference)
    assert "works until" in drawn
    assert f'value="{row.id}"' in drawn
    assert "Take it back" in drawn
    assert token not in drawn
    assert token[:12] not in drawn
    assert "+62811" not in drawn
    ada.press(f"/incidents/{reference}/tracking/revoke", **form(row.id))
    drawn = panel(ada, app, world, reference)
    assert "taken back by Ada Lovelace," in drawn
    assert "Take it back" not in drawn
    assert "Send a new link" in drawn


def test_an_auditor_sees_links_without_buttons(otto, app, world):
    drawn = panel(otto, app, world, world.report())
    assert "works until" in drawn
    assert "<button" not in drawn
