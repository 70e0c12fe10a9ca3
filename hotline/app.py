"""The composition root: settings, clock, database and telephony meet here and nowhere else."""

from datetime import UTC, datetime

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from hotline.clock import Clock, FasterClock, SystemClock
from hotline.db.session import Database
from hotline.logs import configure_logging
from hotline.sending.calendars import InternetCalendars
from hotline.sending.port import PostOffice
from hotline.settings import Settings, load_settings
from hotline.telephony.port import Telephony
from hotline.telephony.recordings import TwilioRecordings
from hotline.web import pages
from hotline.web.pages.incident import sound
from hotline.web.twilio import create_blueprint
from hotline.worker import Worker


def create_clock(settings: Settings) -> Clock:
    """The machine's clock, or a faster one for trying things out against the emulator."""
    if settings.clock_speed == 1:
        return SystemClock()
    return FasterClock(settings.clock_speed, settings.clock_anchor or datetime.now(UTC))


def create_database(settings: Settings) -> Database:
    """The installation's database."""
    return Database(settings.database_url, pool_size=settings.web_threads)


def create_app(
    settings: Settings | None = None, clock: Clock | None = None, database: Database | None = None
) -> Flask:
    """The web application. Without arguments everything comes from the settings.

    Raises :class:`hotline.errors.ConfigurationError` when a setting is missing or absurd.
    """
    if settings is None:
        settings = load_settings()
        configure_logging(settings.log_level)
    clock = clock or create_clock(settings)
    database = database or create_database(settings)
    app = Flask(__name__, template_folder="web/templates", static_folder=None)
    app.secret_key = settings.secret_key.get_secret_value()
    if settings.proxies:  # whose address a sign-in comes from; webhooks never depend on these headers
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    app.register_blueprint(create_blueprint(database, clock, settings))
    pages.register(app, database, clock, settings)
    sound.install(app, TwilioRecordings(settings).fetch)
    return app


def create_telephony(settings: Settings) -> Telephony:
    """The telephone network that the settings name."""
    # Imported here: Twilio's REST package costs a fifth of a second, and only workers place calls.
    from hotline.telephony.twilio import TwilioTelephony

    return TwilioTelephony(settings)


def create_post_office(settings: Settings) -> PostOffice:
    """Where e-mails and posts to webhooks leave, as the settings say."""
    from hotline.sending.post_office import InternetPostOffice

    return InternetPostOffice(settings)


def create_worker(
    settings: Settings,
    clock: Clock | None = None,
    database: Database | None = None,
    telephony: Telephony | None = None,
    senders: int = 4,
) -> Worker:
    """A worker. Without the optional arguments everything comes from the settings."""
    return Worker(
        database or create_database(settings),
        telephony or create_telephony(settings),
        clock or create_clock(settings),
        settings,
        senders,
        create_post_office(settings),
        InternetCalendars(settings.webhook_networks),
    )
