"""How a report reached us, in words, for every page that says it."""

from collections.abc import Mapping

from flask import Flask

from hotline.db.models import ReportChannel
from hotline.web.pages.words import marked

CHANNELS: Mapping[str, str] = {
    ReportChannel.CALL: marked("By telephone"),
    ReportChannel.SMS: marked("By text message"),
    ReportChannel.WEB: marked("Put down by hand"),
    ReportChannel.API: marked("By a program of the customer"),
    ReportChannel.MISSED_CALL: marked("A missed call"),
}
# When it reached us, as a heading.
ARRIVED: Mapping[str, str] = {
    ReportChannel.CALL: marked("Called"),
    ReportChannel.SMS: marked("Texted"),
    ReportChannel.WEB: marked("Reached us"),
    ReportChannel.API: marked("Sent"),
    ReportChannel.MISSED_CALL: marked("Called"),
}


def install(app: Flask) -> None:
    """Give templates ``channels`` and ``arrived``, to be shown by ``|translated``."""
    app.jinja_env.globals.update(channels=CHANNELS, arrived=ARRIVED)
