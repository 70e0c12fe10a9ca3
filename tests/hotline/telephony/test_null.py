"""The network that goes nowhere keeps its word too."""

from datetime import UTC, datetime

import pytest

from hotline.telephony.null import NullTelephony
from hotline.telephony.port import CallOrder, MessageOrder, Telephony, TelephonyError

CALL = CallOrder("+62811", "+62812", "https://x/answer", "https://x/status", 25)
TEXT = MessageOrder("+62811", "+62812", "Hello", "https://x/status", 1800)


def test_it_remembers_what_was_asked_of_it() -> None:
    network: Telephony = NullTelephony()
    call, text = network.place_call(CALL), network.send_message(TEXT)
    network.redirect_call(call, "https://x/other")
    network.end_call(call, ringing=False)
    assert isinstance(network, NullTelephony)
    assert (network.calls, network.messages) == ({call: CALL}, {text: TEXT})
    assert (network.redirected, network.ended) == ([(call, "https://x/other")], [call])


def test_sids_look_like_the_real_ones_and_never_repeat() -> None:
    network = NullTelephony()
    sids = [network.place_call(CALL) for _ in range(3)] + [network.send_message(TEXT)]
    assert len(set(sids)) == 4
    assert all(len(sid) == 34 for sid in sids)
    assert [sid[:2] for sid in sids] == ["CA", "CA", "CA", "SM"]


def test_a_failure_is_raised_once_and_nothing_was_done() -> None:
    network = NullTelephony()
    network.failures = [TelephonyError("one"), TelephonyError("two", permanent=True)]
    with pytest.raises(TelephonyError, match="one"):
        network.place_call(CALL)
    with pytest.raises(TelephonyError, match="two") as second:
        network.end_call("CA1", ringing=True)
    assert second.value.permanent
    assert (network.calls, network.ended) == ({}, [])
    assert network.place_call(CALL) in network.calls


def test_calls_are_found_by_number() -> None:
    network = NullTelephony()
    sid = network.place_call(CALL)
    now = datetime.now(UTC)
    assert [call.sid for call in network.find_calls("+62811", now)] == [sid]
    assert network.find_calls("+62819", now) == []
