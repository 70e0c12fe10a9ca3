"""Taking the network's reports on calls, messages and recordings; they come late, twice and shuffled."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.clock import Clock
from hotline.db.models import CallKind, CallStatus, MessageStatus, Recording
from hotline.db.session import Database
from hotline.services.callflow import calls, holding, intake
from hotline.services.callflow.instructions import Heard
from hotline.services.operation import Operation
from hotline.services.outgoing import deliveries, messages
from hotline.services.response import remarks
from hotline.settings import Settings


class ReportDesk:
    """Takes status callbacks. One about something unknown is no error: there is nothing to lose."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def call_status(self, sid: str, call_id: uuid.UUID | None, status: CallStatus, error: str | None) -> None:
        """A call moved on."""

        def work(session: Session) -> None:
            op = self._operation(session)
            call = calls.find(op, sid) if call_id is None else calls.adopt(op, call_id, sid)
            if call is not None and call.call_sid == sid:
                calls.report_status(op, call, status, error)

        self._database.run(work)

    def message_status(self, message_id: uuid.UUID, status: MessageStatus, error_code: int | None) -> None:
        """A message moved on."""

        def work(session: Session) -> None:
            op = self._operation(session)
            message = messages.find(op, message_id)
            if message is not None:
                deliveries.message_report(op, message, status, error_code)

        self._database.run(work)

    def recording_status(self, sid: str, heard: Heard, status: str, duration: int | None) -> None:
        """A recording is ready, or will never be. It may be the first we hear of it."""

        def work(session: Session) -> None:
            op = self._operation(session)
            call = calls.find(op, sid)
            if call is None:
                return
            if call.incident_id is None and call.kind is CallKind.INBOUND and status == "completed":
                intake.keep_report(op, call, heard)
            else:
                holding.keep_recording(op, call, heard)
            op.session.flush()
            op.session.execute(
                sa.update(Recording)
                .where(Recording.recording_sid == heard.recording_sid)
                .values(status=status, duration=duration)
            )

        self._database.run(work)

    def transcription(self, recording_sid: str, text: str) -> None:
        """The network has written a recording down."""
        self._database.run(
            lambda session: remarks.keep_machines_transcript(self._operation(session), recording_sid, text)
        )

    def _operation(self, session: Session) -> Operation:
        return Operation(session, self._clock.now(), self._settings)
