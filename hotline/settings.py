"""Every setting of the service: one frozen object, read once, loud about nonsense.

Values come from the environment or from ``.env`` in the working directory; the environment wins.
``docs/settings.md`` describes each, and a test keeps that page complete.
"""

import re
from datetime import datetime
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from hotline.amounts import AmountList
from hotline.errors import ConfigurationError
from hotline.letterhead import AddressLines
from hotline.phone_numbers import InvalidPhoneNumberError, normalise
from hotline.week import WeekTime

TWILIO_API = "https://api.twilio.com"
ROLES = ("engineer", "manager", "admin", "auditor")
_SUPPORTED_DATABASES = {"sqlite", "postgresql"}


def _named(name: str) -> AliasChoices:
    return AliasChoices(name)


class Settings(BaseSettings):
    """The configuration of one installation. Build it with :func:`load_settings`."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, populate_by_name=True, env_ignore_empty=True
    )

    database_url: str = Field("sqlite:///hotline.db", validation_alias=_named("HOTLINE_DATABASE_URL"))
    public_url: str = Field(validation_alias=_named("HOTLINE_PUBLIC_URL"))
    secret_key: SecretStr = Field(validation_alias=_named("HOTLINE_SECRET_KEY"))
    account_sid: str = Field(validation_alias=_named("TWILIO_ACCOUNT_SID"))
    auth_token: SecretStr = Field(validation_alias=_named("TWILIO_AUTH_TOKEN"))
    auth_token_previous: SecretStr | None = Field(None, validation_alias=_named("TWILIO_AUTH_TOKEN_PREVIOUS"))
    api_base_url: str = Field(TWILIO_API, validation_alias=_named("TWILIO_API_BASE_URL"))

    support_number: str | None = Field(None, validation_alias=_named("HOTLINE_SUPPORT_NUMBER"))
    fallback_numbers: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias=_named("HOTLINE_FALLBACK_NUMBERS")
    )
    allowed_countries: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias=_named("HOTLINE_ALLOWED_COUNTRIES")
    )
    patience_seconds: int = Field(180, ge=30, le=900, validation_alias=_named("HOTLINE_PATIENCE_SECONDS"))
    ring_seconds: int = Field(25, ge=10, le=120, validation_alias=_named("HOTLINE_RING_SECONDS"))
    notice_patience_seconds: int = Field(
        120, ge=15, le=900, validation_alias=_named("HOTLINE_NOTICE_PATIENCE_SECONDS")
    )
    chase_seconds: int = Field(1800, ge=60, le=86400, validation_alias=_named("HOTLINE_CHASE_SECONDS"))
    self_test_at: str = Field("Wed 10:00 UTC", validation_alias=_named("HOTLINE_SELF_TEST_AT"))
    self_test_seconds: int = Field(600, ge=120, le=3600, validation_alias=_named("HOTLINE_SELF_TEST_SECONDS"))
    outgoing: bool = Field(True, validation_alias=_named("HOTLINE_OUTGOING"))
    calls_per_number_per_hour: int = Field(
        30, ge=1, le=1000, validation_alias=_named("HOTLINE_CALLS_PER_NUMBER_PER_HOUR")
    )
    smtp_url: SecretStr | None = Field(None, validation_alias=_named("HOTLINE_SMTP_URL"))
    mail_from: str | None = Field(None, validation_alias=_named("HOTLINE_MAIL_FROM"))
    vendor_name: str = Field("Hotline", max_length=120, validation_alias=_named("HOTLINE_VENDOR_NAME"))
    vendor_address: AddressLines = Field((), validation_alias=_named("HOTLINE_VENDOR_ADDRESS"))
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias=_named("HOTLINE_WEBHOOK_NETWORKS")
    )
    transcribe: bool = Field(False, validation_alias=_named("HOTLINE_TRANSCRIBE"))
    approval_limits: AmountList = Field((), validation_alias=_named("HOTLINE_APPROVAL_LIMITS"))
    log_level: str = Field("INFO", validation_alias=_named("HOTLINE_LOG_LEVEL"))
    proxies: int = Field(0, ge=0, le=4, validation_alias=_named("HOTLINE_PROXIES"))
    web_threads: int = Field(8, ge=1, le=64, validation_alias=_named("HOTLINE_WEB_THREADS"))
    clock_speed: float = Field(1.0, gt=0, le=1000, validation_alias=_named("HOTLINE_CLOCK_SPEED"))
    clock_anchor: datetime | None = Field(None, validation_alias=_named("HOTLINE_CLOCK_ANCHOR"))

    second_factor_roles: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias=_named("HOTLINE_SECOND_FACTOR_ROLES")
    )
    oidc_issuer: str | None = Field(None, validation_alias=_named("HOTLINE_OIDC_ISSUER"))
    oidc_client_id: str | None = Field(None, validation_alias=_named("HOTLINE_OIDC_CLIENT_ID"))
    oidc_client_secret: SecretStr | None = Field(None, validation_alias=_named("HOTLINE_OIDC_CLIENT_SECRET"))
    oidc_label: str = Field("Single sign-on", max_length=40, validation_alias=_named("HOTLINE_OIDC_LABEL"))

    @field_validator("database_url")
    @classmethod
    def _database_is_supported(cls, value: str) -> str:
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError:
            raise ValueError("is no database URL; try sqlite:///hotline.db") from None
        if backend not in _SUPPORTED_DATABASES:
            raise ValueError(f"names {backend}; use sqlite:///… or postgresql+psycopg://…")
        return value

    @field_validator("public_url", "api_base_url", "oidc_issuer")
    @classmethod
    def _url_is_absolute(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port or an address that cannot be
            is_whole = False
        if not is_whole:
            raise ValueError("must be an absolute http(s) URL such as https://hotline.example.com")
        if parts.query or parts.fragment or parts.username:
            raise ValueError("must be a plain base URL without user, query or fragment")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _secret_is_long(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 16:
            raise ValueError(
                "is shorter than 16 characters; make one with "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return value

    @field_validator("account_sid")
    @classmethod
    def _account_sid_looks_right(cls, value: str) -> str:
        if not re.fullmatch(r"AC[0-9a-fA-F]{32}", value):
            raise ValueError("is not AC followed by 32 hexadecimal digits; copy it from the Twilio console")
        return value

    @field_validator("auth_token", "auth_token_previous")
    @classmethod
    def _token_is_there(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().strip():
            raise ValueError("is empty; copy it from the Twilio console")
        return value

    @field_validator("self_test_at")
    @classmethod
    def _self_test_is_a_time_of_the_week(cls, value: str) -> str:
        return str(WeekTime.parse(value))

    @field_validator("support_number")
    @classmethod
    def _support_number_is_a_number(cls, value: str | None) -> str | None:
        return None if value is None else _e164(value)

    @field_validator("fallback_numbers", mode="before")
    @classmethod
    def _fallback_numbers_are_numbers(cls, value: Any) -> Any:
        return tuple(_e164(part) for part in _comma_list(value))

    @field_validator("allowed_countries", mode="before")
    @classmethod
    def _countries_are_codes(cls, value: Any) -> Any:
        codes = tuple(part.upper() for part in _comma_list(value))
        if any(not re.fullmatch(r"[A-Z]{2}", code) for code in codes):
            raise ValueError("is a comma list of two-letter country codes such as ID,SG,US")
        return codes

    @field_validator("second_factor_roles", mode="before")
    @classmethod
    def _roles_exist(cls, value: Any) -> Any:
        roles = tuple(part.lower() for part in _comma_list(value))
        if not set(roles) <= set(ROLES):
            raise ValueError(f"is a comma list of roles: {', '.join(ROLES)}")
        return roles

    @field_validator("smtp_url")
    @classmethod
    def _mail_server_is_one(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value.get_secret_value())
            is_whole = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_whole = False
        if not is_whole or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("is no mail server; write smtp://user:password@mail.example.com:587")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender_is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not _is_sender(value):
            raise ValueError("is no sender; write Hotline <hotline@example.com>")
        return value

    @field_validator("webhook_networks", mode="before")
    @classmethod
    def _networks_are_networks(cls, value: Any) -> Any:
        try:
            return tuple(str(ip_network(part)) for part in _comma_list(value))
        except ValueError:
            raise ValueError("is a comma list of networks such as 10.20.0.0/16") from None

    @field_validator("log_level")
    @classmethod
    def _level_exists(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("is one of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _only_an_emulator_runs_fast(self) -> "Settings":
        if self.clock_speed != 1 and not self.is_emulated:
            raise ValueError(
                "HOTLINE_CLOCK_SPEED: real telephones need real seconds; leave it out, "
                "or point TWILIO_API_BASE_URL at the emulator"
            )
        if self.clock_speed != 1 and (self.clock_anchor is None or self.clock_anchor.tzinfo is None):
            raise ValueError("HOTLINE_CLOCK_ANCHOR: a faster clock needs the aware instant it started at")
        return self

    @model_validator(mode="after")
    def _single_sign_on_is_whole(self) -> "Settings":
        given = [self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret]
        if any(given) and not all(given):
            raise ValueError(
                "HOTLINE_OIDC_ISSUER, HOTLINE_OIDC_CLIENT_ID, HOTLINE_OIDC_CLIENT_SECRET: "
                "set all three, or none for no single sign-on"
            )
        return self

    @model_validator(mode="after")
    def _mail_is_whole(self) -> "Settings":
        if (self.smtp_url is None) != (self.mail_from is None):
            raise ValueError("HOTLINE_SMTP_URL, HOTLINE_MAIL_FROM: set both, or none for no e-mail")
        return self

    @property
    def sends_mail(self) -> bool:
        """Whether there is a mail server, so that people may be reached by e-mail."""
        return self.smtp_url is not None

    @property
    def is_emulated(self) -> bool:
        """True when the REST API in use is on this machine, so nobody real can be called."""
        return urlsplit(self.api_base_url).hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """The tokens a webhook may be signed with: the present one and, in rotation, the previous."""
        tokens = [self.auth_token, self.auth_token_previous]
        return tuple(token.get_secret_value() for token in tokens if token is not None)


def _comma_list(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [str(part) for part in value or ()]


def _is_sender(value: str) -> bool:
    _name, address = parseaddr(value)
    return re.fullmatch(r"[^@\s]+@[^@\s]+", address) is not None and value.isascii() and value.isprintable()


def _e164(value: str) -> str:
    try:
        return normalise(value)
    except InvalidPhoneNumberError:
        raise ValueError("holds something that is no telephone number; write +62215550100") from None


def load_settings(**overrides: Any) -> Settings:
    """Read the settings, or raise :class:`ConfigurationError` naming every wrong one and the cure."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise ConfigurationError(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    lines = ["The settings are not usable yet:"]
    for problem in error.errors(include_input=False, include_url=False):
        name = ".".join(str(part) for part in problem["loc"])
        text = "is missing" if problem["type"] == "missing" else problem["msg"]
        lines.append(f"  {_variable(name)} {text.removeprefix('Value error, ')}".rstrip())
    lines += [
        "Set them in the environment or in .env; docs/settings.md describes each.",
        "To begin: cp deploy/env.example .env (README.md, Run it for real). For the world of `make run`,",
        "read the file of settings that it names when it starts: . .../environment",
    ]
    return "\n".join(lines)


def _variable(name: str) -> str:
    """The environment variable behind a field, so that the message names what one has to set."""
    field = Settings.model_fields.get(name)
    if field is not None and isinstance(field.validation_alias, AliasChoices):
        return str(field.validation_alias.choices[0])
    return name
