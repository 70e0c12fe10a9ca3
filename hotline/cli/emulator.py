"""``hotline emulator``: the telephone network alone, for a service that runs elsewhere."""

import signal
import threading
from datetime import datetime

import typer

from hotline.clock import Clock, FasterClock, SystemClock
from hotline.demo.web_server import HOST, free_port
from hotline.emulator import Emulator
from hotline.errors import ConfigurationError, InvalidInputError
from hotline.phone_numbers import normalise

Port = typer.Option(8401, "--port", min=0, max=65535, help="Where REST and control API are.")
AccountSid = typer.Option(None, envvar="TWILIO_ACCOUNT_SID", help="The account that the service uses.")
AuthToken = typer.Option(None, envvar="TWILIO_AUTH_TOKEN", help="Its token; signs the webhooks.")
Number = typer.Option([], "--number", help="+62…=http://…/twilio: a number, and the service behind it.")
Speed = typer.Option(1.0, envvar="HOTLINE_CLOCK_SPEED", min=0.1, max=600, help="The service's clock speed.")
Anchor = typer.Option(None, envvar="HOTLINE_CLOCK_ANCHOR", help="The instant at which that clock started.")


def emulator(
    port: int = Port,
    account_sid: str | None = AccountSid,
    auth_token: str | None = AuthToken,
    number: list[str] = Number,
    speed: float = Speed,
    anchor: str | None = Anchor,
) -> None:
    """Run the local Twilio alone, and try `hotline serve` against it as in production.

    Give both the same TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, and the service this address as
    TWILIO_API_BASE_URL. Each number that the service answers is declared here:

    hotline emulator --number +6531590100=http://127.0.0.1:8000/twilio

    Then its address in a browser is the phone lab, and `hotline phone` the same in a terminal. Ctrl-C or
    SIGTERM ends it.
    """
    if not account_sid or not auth_token:
        raise ConfigurationError(
            "The emulator needs the account that the service uses: set TWILIO_ACCOUNT_SID and "
            "TWILIO_AUTH_TOKEN in the environment, or give --account-sid and --auth-token."
        )
    free_port(port, "--port")
    numbers = [_split(one) for one in number]
    stopped = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda _number, _frame: stopped.set())
    network = Emulator(account_sid, auth_token, _clock(speed, anchor))
    for phone, url in numbers:
        _plug_in(network, phone, url)
    with network.serve(port, HOST) as server, network:
        network.start()
        typer.echo(f"The phone lab, to be opened in a browser: {server.url}", err=True)
        typer.echo(f"For the service: set TWILIO_API_BASE_URL={server.url}", err=True)
        while not stopped.wait(1):
            pass


def _split(text: str) -> tuple[str, str]:
    phone, sign, url = text.partition("=")
    if not sign or not url.startswith(("http://", "https://")):
        raise InvalidInputError(f"--number {text} should be a number and a URL: +62…=http://…/twilio")
    return normalise(phone), url.rstrip("/")


def _plug_in(network: Emulator, phone: str, url: str) -> None:
    network.add_number(
        phone,
        voice_url=f"{url}/voice",
        voice_fallback_url=f"{url}/voice/fallback",
        sms_url=f"{url}/sms",
        status_callback=f"{url}/calls",
    )


def _clock(speed: float, anchor: str | None) -> Clock:
    if speed == 1:
        return SystemClock()
    if anchor is None:
        raise ConfigurationError("A faster clock needs the instant it started at: HOTLINE_CLOCK_ANCHOR.")
    try:
        return FasterClock(speed, datetime.fromisoformat(anchor))
    except ValueError:
        raise ConfigurationError(
            f"HOTLINE_CLOCK_ANCHOR is {anchor!r}; write an instant with its zone: 2026-11-23T02:00:00+00:00"
        ) from None
