"""What follows from a delivery report: a notice that reached the customer stops the clock."""

from hotline.db.models import Incident, Message, MessageKind, MessageStatus, ToldBy
from hotline.services.operation import Operation
from hotline.services.outgoing import messages, switching
from hotline.services.reaching import flags, numbers
from hotline.services.response import incidents


def message_report(op: Operation, message: Message, status: MessageStatus, error_code: int | None) -> None:
    """Take a delivery report, early or late, once or twice.

    A delivered notice tells the customer; one that failed makes the next way of telling due now, as a
    page that failed does with the person's call. What does not get through counts against the number.
    """
    if not messages.report_status(op, message, status, error_code):
        return
    if status is MessageStatus.DELIVERED:
        numbers.reached(op, message.user_id, message.to_phone)
    elif status in {MessageStatus.FAILED, MessageStatus.UNDELIVERED}:
        flags.missed(op, message.user_id, message.to_phone, error_code)
        switching.text_failed(op, message)
    if message.kind is not MessageKind.NOTICE or message.incident_id is None:
        return
    incident = op.session.get(Incident, message.incident_id, with_for_update=True, populate_existing=True)
    if incident is None or incident.told_at is not None or incident.owner is None:
        return
    if status is MessageStatus.DELIVERED:
        incidents.tell(op, incident, ToldBy.MESSAGE)
    elif status in {MessageStatus.FAILED, MessageStatus.UNDELIVERED} and incident.next_notice_at is not None:
        incident.next_notice_at = min(incident.next_notice_at, op.now)
