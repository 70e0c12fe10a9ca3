"""Requests to the service: signed, timed, retried and redirected the way Twilio does it."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit
from uuid import UUID

import requests
from requests.cookies import RequestsCookieJar
from twilio.request_validator import RequestValidator

from hotline.emulator.faults import Faults
from hotline.emulator.settings import Settings

USER_AGENT = "TwilioProxy/1.1"
RETRIEVAL_FAILURE = 11200
CONNECTION_FAILURE = 11205
INVALID_URL = 11100
TOO_MANY_REDIRECTS = 11215
CALLBACK_FAILURE = 15003
MOST_REDIRECTS = 10
_READ_LIMIT = 64 * 1024 + 1
_FILE_LIMIT = 20_000_000
_SECRET_PARAMETERS = ("Digits",)
_RETRYABLE = {"4xx", "5xx", "ct", "rt", "all"}
EXTRA = {"msg": "Gather End", "X-Emulator-Unknown": "1", "FutureParameter": "surprise"}


@dataclass(frozen=True)
class Webhook:
    """One request to make. ``sms`` decides on the port in the signed URL; a ``callback`` wants no TwiML."""

    url: str
    params: dict[str, str]
    method: str = "POST"
    sid: str = ""
    sms: bool = False
    callback: bool = False
    cookies: RequestsCookieJar | None = None
    token: str = ""


@dataclass
class Answer:
    """What came back. ``error`` is a Twilio code, ``delay`` what the failure took on Twilio's clock."""

    status: int = 0
    content_type: str = ""
    body: bytes = b""
    url: str = ""
    error: int | None = None
    message: str = ""
    delay: float = 0.0


@dataclass(frozen=True)
class _Overrides:
    connect: float
    read: float
    retries: int
    policy: frozenset[str]


def signed_url(url: str, sms: bool) -> str:
    """The URL as Twilio signs it: no fragment, no user; the port goes for voice over HTTPS."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https" and not sms:
        host = host.split(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


@dataclass
class WebhookClient:
    """Delivers webhooks; used without any lock. ``token`` is the primary auth token of the account."""

    token: str
    faults: Faults
    settings: Settings
    note: Callable[[str, str, str, dict[str, str], int], None]
    alert: Callable[[int | str, str, str, str], None]
    new_token: Callable[[], str]

    def deliver(self, webhook: Webhook) -> Answer:
        """Deliver once, or twice when a fault says so; the first answer is the one that counts."""
        webhook = replace(webhook, token=str(UUID(self.new_token()[2:])))
        if self.faults.take("extra_parameters"):
            webhook = replace(webhook, params={**webhook.params, **EXTRA})
        if not webhook.callback and self.faults.take("webhook_lost"):
            return self._lost(webhook)
        answer = self._deliver_maybe_twice(webhook)
        if not webhook.callback and self.faults.take("webhook_answer_lost"):
            return self._lost(webhook)
        if answer.error is not None:
            self.alert(answer.error, answer.message, webhook.sid, webhook.url)
        return answer

    def retrieve(self, webhook: Webhook) -> Answer:
        """Fetch a file once, for instance audio; no fault touches it and nothing is alarmed here."""
        overrides = _Overrides(
            self.settings.webhook_connect_timeout, self.settings.webhook_timeout, 0, frozenset()
        )
        return self._attempt(replace(webhook, token=str(UUID(self.new_token()[2:]))), overrides, _FILE_LIMIT)

    def _lost(self, webhook: Webhook) -> Answer:
        self.note("webhook-lost", webhook.sid, f"{webhook.method} {webhook.url} timed out", {}, 0)
        return Answer(
            error=RETRIEVAL_FAILURE,
            message="read timeout",
            delay=self.settings.webhook_timeout,
            url=webhook.url,
        )

    def _deliver_maybe_twice(self, webhook: Webhook) -> Answer:
        twice = "callbacks_duplicated" if webhook.callback else "webhook_twice"
        if self.faults.take("webhook_twice_at_once"):
            first, second = self._both_at_once(webhook)
        elif self.faults.take(twice):
            first = self._once(webhook)
            second = self._once(webhook)
        else:
            return self._once(webhook)
        if (first.status, first.body) != (second.status, second.body):
            self.alert(
                "answers-differ", "the same webhook got two different answers", webhook.sid, webhook.url
            )
        return first

    def _both_at_once(self, webhook: Webhook) -> tuple[Answer, Answer]:
        answers: list[Answer] = []

        def go() -> None:
            answers.append(self._once(webhook))

        second = threading.Thread(target=go, name="twilio-duplicate")
        second.start()
        go()
        second.join()
        return answers[0], answers[1]

    def _once(self, webhook: Webhook) -> Answer:
        parts = urlsplit(webhook.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return Answer(error=INVALID_URL, message=f"{webhook.url!r} is no absolute URL", url=webhook.url)
        overrides = _overrides(parts.fragment, self.settings)
        began = time.monotonic()
        answer = self._attempt(webhook, overrides)
        for _ in range(overrides.retries):
            if not _retry(answer, overrides.policy):
                break
            answer = self._attempt(webhook, overrides)
        self._record(webhook, answer, round((time.monotonic() - began) * 1000))
        return answer

    def _attempt(self, webhook: Webhook, overrides: _Overrides, limit: int = _READ_LIMIT) -> Answer:
        deadline = time.monotonic() + overrides.read
        with requests.Session() as session:
            session.trust_env = False
            if webhook.cookies is not None:
                session.cookies.update(webhook.cookies)
            answer = self._follow(session, webhook, overrides, deadline, limit)
            if webhook.cookies is not None:
                webhook.cookies.update(session.cookies)
        return answer

    def _follow(
        self, session: requests.Session, webhook: Webhook, overrides: _Overrides, deadline: float, limit: int
    ) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            try:
                answer, location = self._send(session, webhook, overrides, deadline, limit)
            except requests.ConnectTimeout:
                return Answer(error=CONNECTION_FAILURE, message="connect timeout", url=webhook.url)
            except requests.Timeout:
                return Answer(error=RETRIEVAL_FAILURE, message="read timeout", url=webhook.url)
            except requests.ConnectionError:
                return Answer(error=CONNECTION_FAILURE, message="connection failed", url=webhook.url)
            if not location:
                return self._judge(webhook, answer)
            webhook = _redirected(webhook, location, answer.status)
        return Answer(error=TOO_MANY_REDIRECTS, message="too many redirects", url=webhook.url)

    def _send(
        self, session: requests.Session, webhook: Webhook, overrides: _Overrides, deadline: float, limit: int
    ) -> tuple[Answer, str]:
        url, form = _target(webhook)
        with session.request(
            webhook.method,
            url,
            data=form,
            headers=self._headers(webhook, url, form),
            auth=_credentials(webhook.url),
            timeout=(overrides.connect, max(0.1, deadline - time.monotonic())),
            allow_redirects=False,
            stream=True,
        ) as response:
            body = response.raw.read(limit, decode_content=True)
            answer = Answer(response.status_code, response.headers.get("Content-Type", ""), body, url)
            location = response.headers.get("Location", "") if response.is_redirect else ""
        return answer, location

    def _headers(self, webhook: Webhook, url: str, form: dict[str, str] | None) -> dict[str, str]:
        signer = RequestValidator(self.token)
        return {
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            "X-Twilio-Signature": signer.compute_signature(signed_url(url, webhook.sms), form or {}),
            "I-Twilio-Idempotency-Token": webhook.token,
        }

    def _judge(self, webhook: Webhook, answer: Answer) -> Answer:
        if 200 <= answer.status < 300:
            return answer
        answer.error = CALLBACK_FAILURE if webhook.callback and not webhook.sms else RETRIEVAL_FAILURE
        answer.message = f"HTTP {answer.status}"
        return answer

    def _record(self, webhook: Webhook, answer: Answer, took_ms: int) -> None:
        shown = {k: "*" * len(v) if k in _SECRET_PARAMETERS else v for k, v in webhook.params.items()}
        outcome = str(answer.status) if answer.status else answer.message
        self.note(
            "callback" if webhook.callback else "webhook",
            webhook.sid,
            f"{webhook.method} {urlsplit(webhook.url).path} → {outcome}",
            {
                "url": webhook.url,
                "params": json.dumps(shown),
                "status": str(answer.status),
                "answer": answer.body[:4000].decode("utf-8", "replace"),
            },
            took_ms,
        )


def _credentials(url: str) -> tuple[str, str] | None:
    parts = urlsplit(url)
    return (parts.username, parts.password or "") if parts.username else None


def _target(webhook: Webhook) -> tuple[str, dict[str, str] | None]:
    parts = urlsplit(webhook.url)
    host = parts.netloc.rpartition("@")[2]
    if webhook.method == "POST":
        return urlunsplit((parts.scheme, host, parts.path, parts.query, "")), webhook.params
    query = "&".join(filter(None, (parts.query, urlencode(webhook.params))))
    return urlunsplit((parts.scheme, host, parts.path, query, "")), None


def _redirected(webhook: Webhook, location: str, status: int) -> Webhook:
    params = {name: value for name, value in webhook.params.items() if name != "Digits"}
    method = webhook.method if status in (307, 308) else "GET"
    return replace(webhook, url=urljoin(webhook.url, location), method=method, params=params)


def _overrides(fragment: str, settings: Settings) -> _Overrides:
    given = {name: values[-1] for name, values in parse_qs(fragment).items()}

    def span(name: str, low: int, high: int, default: float) -> float:
        value = given.get(name, "")
        return int(value) / 1000 if value.isdigit() and low <= int(value) <= high else default

    connect = span("ct", 100, 10_000, settings.webhook_connect_timeout)
    read = min(span("rt", 100, 15_000, settings.webhook_timeout), span("tt", 100, 15_000, 15.0))
    count = given.get("rc", "1")
    policy = frozenset(given.get("rp", "ct").split(",")) & _RETRYABLE
    return _Overrides(connect, read, int(count) if count.isdigit() and int(count) <= 5 else 1, policy)


def _retry(answer: Answer, policy: frozenset[str]) -> bool:
    if answer.error is None:
        return False
    reasons = {"all"}
    if answer.message == "connect timeout":
        reasons.add("ct")
    if answer.message == "read timeout":
        reasons.add("rt")
    if answer.status:
        reasons.add(f"{answer.status // 100}xx")
    return bool(reasons & policy)
