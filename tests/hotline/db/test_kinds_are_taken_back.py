"""After a downgrade the code before reads every row: no kind stays that it has no name for."""

from datetime import time

import sqlalchemy as sa

from hotline.db import migrate
from hotline.db.models import Call, CallKind, CallOutcome, Channel, Hours, Message, MessageKind
from hotline.services.operation import Operation
from hotline.services.reaching import addresses, codes, nights, notification_rules, numbers, trials
from hotline.services.reaching.nights import NightHours
from hotline.services.reaching.notification_rules import Rule
from hotline.services.response import handovers
from tests.hotline.house import ADA, BO, DEWI, MADE, House

_CALLS, _MESSAGES = (
    {"inbound", "page", "join", "callback"},
    {"page", "taken", "warning", "breach", "alarm", "reference", "notice", "reply", "command"},
)


def test_the_code_before_has_a_name_for_every_kind(house: House) -> None:
    incident = house.report()
    house.take(incident, DEWI)
    house.report(caller=MADE)

    def work(op: Operation) -> None:
        dewi, ada = house.user(op, DEWI), house.user(op, ADA)
        handovers.ask(op, op.session.merge(incident), dewi, house.user(op, BO))
        (mobile, *_others) = numbers.list_of(op, ada.id)
        rules = [Rule(0, Channel.SMS, mobile.id), Rule(5, Channel.CALL, mobile.id)]
        notification_rules.replace(
            op, ada, rules, notification_rules.version(notification_rules.rules_of(op, ada.id))
        )
        trials.start(op, ada)
        home = numbers.enter(op, ada, "+622155509999", "Home")
        for by in (Channel.SMS, Channel.CALL):
            codes.issue(op, ada, home, by, trials.line(op))
        room, _secret = addresses.add_webhook(op, ada, "Room", "https://chat.example.com/hooks/x7Qa")
        room.verified_at = op.now
        trials.start(op, ada, room)
        rules = [*rules, Rule(0, Channel.WEBHOOK, room.id, Hours.NIGHT)]
        notification_rules.replace(
            op, ada, rules, notification_rules.version(notification_rules.rules_of(op, ada.id))
        )
        nights.change(op, ada, NightHours(time(23), time(6)))
        for kind in MessageKind:
            op.session.add(
                Message(kind=kind, from_phone=MADE, to_phone=MADE, body="", created_at=op.now, status="sent")
            )
        op.session.add(
            Call(
                kind=CallKind.INBOUND, outcome=CallOutcome.TURNED_AWAY, from_phone=MADE, to_phone=MADE,
                created_at=op.now,
            )
        )  # fmt: skip

    house.do(work)
    assert {call.kind for call in house.all(Call)} >= {CallKind.HANDOVER, CallKind.CODE}
    house.database.close()
    url = house.settings.database_url
    migrate.downgrade(url, "0001")
    engine = sa.create_engine(url)
    with engine.connect() as connection:

        def kinds(query: str) -> set[str]:
            return set(connection.scalars(sa.text(query)))

        assert kinds("SELECT kind FROM calls") <= _CALLS
        assert kinds("SELECT kind FROM messages") <= _MESSAGES
        assert "turned-away" not in kinds("SELECT outcome FROM calls")
        assert {"ring", "send-mail", "post-webhook"}.isdisjoint(kinds("SELECT effect FROM outbox"))
        orphans = kinds(
            "SELECT dedupe_key FROM outbox WHERE status = 'pending' AND subject_id NOT IN"
            " (SELECT id FROM calls UNION SELECT id FROM messages)"
        )
        assert not orphans, "what is still to be sent is still there"
    engine.dispose()
