"""What there is to try in the phone lab, how one sees that it happened, and why it matters."""

from hotline.emulator import Line, Sight, Step

TOUR = (
    Step(
        "Call as a customer",
        (
            "Ruth's company has lost its servers. On her telephone press Call.",
            "She is a known caller, so it asks for the PIN alone: tap it on her contract card.",
            "Listen until she is put on hold.",
        ),
        "The incident was open, with its clock counting from the second the call arrived, before anybody was "
        "dialled. The text message on her telephone holds the number and the promise.",
        (Sight("queue", "^joined", "caller"),),
    ),
    Step(
        "Be the engineer, and press 1",
        (
            "An engineer's telephone is ringing: press Answer.",
            "Listen who is calling and why. Then press 1.",
        ),
        "Only the pressed 1 accepts an incident. Now both are talking, and that is what the promise is "
        "about: the customer has been told by somebody with a name, so the clock has stopped.",
        (Sight("bridged", "", "colleague"),),
    ),
    Step(
        "Let voicemail answer",
        (
            "Hang up. Set “All engineers” to voicemail.",
            "Call again, as Ruth or as somebody else, and wait.",
        ),
        "A mailbox picked up and pressed nothing, so nothing was accepted, and the next on the ladder was "
        "rung. With most systems the customer would be waiting for a mailbox.",
        (Sight("spoken", r"\[beep\]", "colleague"), Sight("status", "^ringing", "colleague")),
    ),
    Step(
        "Be too late",
        (
            "Let nobody answer. Hang up as the customer if you like; the promise stands.",
            "Let the clock run at 60×, or skip ten minutes three times.",
        ),
        "Warnings climbed the ladder with the money at stake, and at the deadline exactly one breach and one "
        "fine were recorded. The ledger (as Siti or Nadia) shows how the sum came to be.",
        (Sight("sms", "MISSED|TERLEWAT", "colleague"),),
    ),
    Step(
        "Acknowledge by text message",
        (
            "On an engineer's telephone open Messages.",
            "Tap the reply that begins with ACK.",
        ),
        "The engineer has the incident now. That alone does not stop the clock: the service tells the "
        "customer by name, and waits for the delivery report before it counts.",
        (Sight("sms", "^\\s*ACK", "colleague", (Line("status", "received"),)), Sight("sms", "", "colleague")),
    ),
    Step(
        "Take the network away",
        (
            "Under Faults switch on “REST API down”, and call.",
            "Watch requests fail. Then switch it off again.",
        ),
        "Whatever leaves the house was written down in the same transaction as its reason, so nothing was "
        "lost: it was tried again until it worked.",
        (Sight("rest", "→ (dropped|503)"), Sight("rest", "^POST .*→ 201")),
    ),
)
