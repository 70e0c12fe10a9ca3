"""Waiting in a queue: the loop, the order, every way out, and what each is called."""

import pytest

from hotline.emulator import Emulator, PhoneCall
from tests.emulator.support import ADA, BO, CALLER, LINE, Service

OTHER = "+628119000002"


def wait_in_queue(emu: Emulator, service: Service, who: str = CALLER, wait: str = "") -> PhoneCall:
    service.say("/voice", '<Enqueue waitUrl="/wait" action="/left">support</Enqueue><Say>Next verb.</Say>')
    service.say("/wait", wait or "<Say>Hold.</Say><Pause length='10'/>")
    service.say("/left", "<Say>Out of the queue.</Say>")
    call = emu.handset(who).dial(LINE)
    emu.run_due()
    return call


def take(emu: Emulator, client, twiml: str, who: str = ADA) -> PhoneCall:
    phone = emu.handset(who).answers(after=1)
    client.calls.create(to=who, from_=LINE, twiml=f"<Response>{twiml}</Response>")
    emu.advance(3)
    return phone.calls[-1]


def results(service: Service) -> list[str]:
    return [one["QueueResult"] for one in service.got("/left")]


def test_the_wait_document_loops_with_a_growing_queue_time(emu, service):
    wait_in_queue(emu, service)
    emu.advance(25)
    asked = service.got("/wait")
    assert [one["QueueTime"] for one in asked] == ["0", "10", "21"]
    assert asked[0]["QueuePosition"] == "1"
    assert asked[0]["CurrentQueueSize"] == "1"
    assert asked[0]["MaxQueueSize"] == "1000"
    assert asked[0]["QueueSid"] in emu.queues
    assert asked[0]["AvgQueueTime"] == "0"


def test_a_queue_serves_its_front_caller_first(emu, service, client):
    first = wait_in_queue(emu, service)
    emu.advance(1)
    second = wait_in_queue(emu, service, OTHER)
    assert service.got("/wait")[-1]["QueuePosition"] == "2"
    ada = take(emu, client, "<Dial><Queue>support</Queue></Dial>")
    assert ada.is_connected_with == CALLER
    assert first.is_connected_with == ADA
    assert second.is_connected_with is None
    emu.advance(12)
    assert service.got("/wait")[-1]["QueuePosition"] == "1"


def test_bridged_is_reported_only_after_the_bridge(emu, service, client):
    call = wait_in_queue(emu, service)
    ada = take(emu, client, "<Dial><Queue>support</Queue></Dial>")
    emu.advance(60)
    assert results(service) == []
    ada.hang_up()
    emu.advance(1)
    assert results(service) == ["bridged"]
    assert call.heard[-1] == "Out of the queue."
    assert service.got("/left")[0]["QueueTime"] == "2"


def test_the_queue_url_plays_on_the_waiting_side_and_may_redirect(emu, service, client):
    call = wait_in_queue(emu, service)
    service.say("/first", "<Say>You are next.</Say><Redirect>/second</Redirect>")
    service.say("/second", "<Say>This call is recorded.</Say>")
    url = service.url + "/first"
    ada = take(emu, client, f'<Dial><Queue url="{url}">support</Queue></Dial>')
    assert ada.is_connected_with is None
    emu.advance(5)
    assert call.heard[-2:] == ["You are next.", "This call is recorded."]
    asked = service.got("/first")[0]
    assert asked["CallSid"] == call.sid
    assert asked["DequeingCallSid"] == ada.sid
    assert asked["QueueTime"] == "2"
    assert ada.heard == []
    assert ada.is_connected_with == CALLER
    assert emu.alerts == []


def test_a_caller_who_leaves_during_the_queue_url_is_not_bridged(emu, service, client):
    call = wait_in_queue(emu, service)
    service.say("/first", f"<Say>{'Long. ' * 30}</Say>")
    service.say("/dialled", "<Say>The caller has gone.</Say>")
    twiml = f'<Dial action="{service.url}/dialled"><Queue url="{service.url}/first">support</Queue></Dial>'
    ada = take(emu, client, twiml)
    call.hang_up()
    emu.advance(2)
    assert results(service) == ["bridging-in-process"]
    assert service.got("/dialled")[0]["DialBridged"] == "false"
    assert ada.heard == ["The caller has gone."]


def test_an_engineer_who_leaves_during_the_queue_url_leaves_the_caller_unbridged(emu, service, client):
    call = wait_in_queue(emu, service)
    service.say("/first", f"<Say>{'Long. ' * 30}</Say>")
    ada = take(emu, client, f'<Dial><Queue url="{service.url}/first">support</Queue></Dial>')
    ada.hang_up()
    emu.advance(20)
    assert results(service) == ["bridging-in-process"]
    assert call.heard[-1] == "Out of the queue."


def test_an_empty_queue_is_waited_for_until_the_timeout(emu, service, client):
    emu.handset(CALLER)
    client.queues.create(friendly_name="support")
    service.say("/dialled", "<Say>Nobody there.</Say>")
    twiml = f'<Dial timeout="12" action="{service.url}/dialled"><Queue>support</Queue></Dial>'
    take(emu, client, twiml)
    emu.advance(10.9)
    assert service.got("/dialled") == []
    emu.advance(0.2)
    assert service.got("/dialled")[0]["DialCallStatus"] == "no-answer"


def test_somebody_who_joins_an_awaited_queue_is_taken_at_once(emu, service, client):
    client.queues.create(friendly_name="support")
    ada = take(emu, client, '<Dial timeout="20"><Queue>support</Queue></Dial>')
    call = wait_in_queue(emu, service)
    assert call.is_connected_with == ADA
    assert ada.is_connected_with == CALLER


def test_a_queue_that_does_not_exist_is_an_error(emu, service, client):
    take(emu, client, f'<Dial action="{service.url}/dialled"><Queue>nowhere</Queue></Dial>')
    assert service.got("/dialled")[0]["DialCallStatus"] == "failed"
    assert len(emu.alerts) == 1


def test_leave_goes_on_behind_the_queue(emu, service):
    call = wait_in_queue(emu, service, wait="<Say>Once.</Say><Leave/>")
    emu.advance(1)
    assert results(service) == ["leave"]
    assert call.heard[-1] == "Out of the queue."


def test_a_hang_up_is_reported_and_empties_the_place(emu, service):
    call = wait_in_queue(emu, service)
    call.hang_up()
    emu.advance(1)
    assert results(service) == ["hangup"]
    assert service.got("/left")[0]["CallStatus"] == "completed"
    assert [queue.members for queue in emu.queues.values()] == [[]]


def test_a_redirect_out_of_the_queue_is_reported_and_followed(emu, service, client):
    call = wait_in_queue(emu, service)
    client.calls(call.sid).update(twiml="<Response><Say>Elsewhere.</Say><Pause/></Response>")
    emu.run_due()
    assert results(service) == ["redirected"]
    assert call.heard[-1] == "Elsewhere."


def test_a_redirect_out_of_the_bridge_has_a_name_of_its_own(emu, service, client):
    call = wait_in_queue(emu, service)
    ada = take(emu, client, "<Dial><Queue>support</Queue></Dial><Say>Alone again.</Say>")
    client.calls(call.sid).update(twiml="<Response><Say>Elsewhere.</Say><Pause/></Response>")
    emu.run_due()
    assert results(service) == ["redirected-from-bridged"]
    assert call.heard[-1] == "Elsewhere."
    assert ada.heard == ["Alone again."]


@pytest.mark.parametrize(
    ("fault", "result"), [("queue_full", "queue-full"), ("queue_system_error", "system-error")]
)
def test_a_queue_that_takes_nobody_says_so(emu, service, fault, result):
    emu.faults.set(**{fault: 1})
    call = wait_in_queue(emu, service)
    assert results(service) == [result]
    assert call.heard == ["Out of the queue."]


def test_a_queue_is_full_at_its_size(emu, service, client):
    client.queues.create(friendly_name="support", max_size=1)
    wait_in_queue(emu, service)
    wait_in_queue(emu, service, OTHER)
    assert results(service) == ["queue-full"]


def test_a_broken_wait_document_is_an_error_of_the_queue(emu, service):
    call = wait_in_queue(emu, service, wait="<Say>unclosed")
    assert results(service) == ["error"]
    assert [alert.code for alert in emu.alerts] == [12100]
    assert call.heard == ["Out of the queue."]


def test_keys_and_redirects_work_while_waiting(emu, service):
    call = wait_in_queue(
        emu, service, wait='<Gather numDigits="1" action="/menu"><Say>Press 2 for a message.</Say></Gather>'
    )
    service.say("/menu", "<Say>Noted, thank you.</Say>")
    call.press("2")
    emu.advance(0.5)
    assert service.got("/menu")[0]["Digits"] == "2"
    assert call.heard[-1] == "Noted, thank you."
    emu.advance(2)
    assert call.heard[-1] == "Press 2 for a message.", "the wait document begins again"


def test_an_empty_wait_document_does_not_stop_the_clock(emu, service):
    service.say("/voice", '<Enqueue waitUrl="/nothing">support</Enqueue>')
    service.say("/nothing", "")
    emu.handset(CALLER).dial(LINE)
    emu.advance(10)
    assert 8 <= len(service.got("/nothing")) <= 12


def test_dial_is_not_allowed_in_a_wait_document(emu, service):
    call = wait_in_queue(emu, service, wait=f"<Dial>{BO}</Dial><Say>Hold.</Say><Pause length='9'/>")
    assert [alert.code for alert in emu.alerts] == [12200]
    assert call.heard == ["Hold."]


def test_members_are_seen_and_led_away_by_rest(emu, service, client):
    call = wait_in_queue(emu, service)
    emu.advance(5)
    (queue,) = client.queues.list()
    assert (queue.friendly_name, queue.current_size) == ("support", 1)
    (member,) = client.queues(queue.sid).members.list()
    assert (member.call_sid, member.position, member.wait_time) == (call.sid, 1, 5)
    service.say("/taken", "<Say>Taken out.</Say>")
    client.queues(queue.sid).members("Front").update(url=service.url + "/taken")
    emu.run_due()
    assert call.heard[-1] == "Taken out."
    assert results(service) == ["redirected"]
    assert service.got("/taken")[0]["QueueSid"] == queue.sid


def test_two_engineers_who_dial_at_once_get_one_caller_between_them(emu, service, client):
    wait_in_queue(emu, service)
    emu.settings.calls_per_second = 1000
    for who in (ADA, BO):
        emu.handset(who).answers(after=1)
        client.calls.create(
            to=who, from_=LINE, twiml='<Response><Dial timeout="5"><Queue>support</Queue></Dial></Response>'
        )
    emu.advance(4)
    connected = [emu.handset(who).call.is_connected_with for who in (ADA, BO)]
    assert connected == [CALLER, None]
