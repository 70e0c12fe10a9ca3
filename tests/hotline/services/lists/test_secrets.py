"""What a list shows of a text message: :mod:`hotline.services.lists.secrets`."""

import enum

import pytest

from hotline.db.models import MessageKind
from hotline.services.lists.secrets import shown


@pytest.mark.parametrize(
    ("kind", "body", "read"),
    [
        (
            "page",
            "HOTLINE 4821-7 Contoso. Reply ACK 7KM to take it.",
            "HOTLINE 4821-7 Contoso. Reply ACK ••• to take it.",
        ),
        (
            "page",
            "unidentified caller +6281220000201 left a report.",
            "unidentified caller +62…01 left a report.",
        ),
        ("page", "Open https://x.example/incidents/4821-7", "Open https://x.example/incidents/4821-7"),
        ("reference", "Follow it: https://x.example/t/S3cr-et_", "Follow it: https://x.example/•••"),
        (
            "reply",
            "No page of yours has the code 7KM. Yours: 8BCD.",
            "No page of yours has the code •••. Yours: •••.",
        ),
        ("command", "ack 7km", "ack •••"),
        ("command", "7KM", "•••"),
        ("command", "Ack: 7km please", "Ack: ••• please"),
        ("command", "a c k 7 k m", "•••"),
        ("command", "ack7km", "ack •••"),
        ("command", "my pin is 482913", "my pin is •••"),
        ("command", "4821-7 is down again since 9", "4821-7 is down again since 9"),
    ],
)
def test_codes_links_and_numbers_are_hidden_and_the_rest_is_not(kind, body, read):
    assert shown(MessageKind(kind), body) == read


def test_a_verification_code_is_hidden_whatever_its_kind_is_called():
    class Kind(enum.StrEnum):
        CODE = "code"

    assert shown(Kind.CODE, "Your code is 482913.") == "Your code is •••."
