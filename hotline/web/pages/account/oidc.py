"""Signing in by the organisation's own sign-in: OpenID Connect, authorization code with PKCE and nonce.

The provider is asked for its addresses when somebody first uses it, not before, and never for longer
than a few seconds: when it is away, the sign-in page says so and the password still works.
"""

from typing import Any

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from hotline.db.models import SignInMethod
from hotline.errors import HotlineError
from hotline.services.accounts import identities, sessions
from hotline.services.accounts.identities import Claims, UnknownPersonError
from hotline.services.accounts.real_time import wall_clock
from hotline.services.operation import Operation
from hotline.settings import Settings
from hotline.web.pages import sign_in
from hotline.web.pages.forms import SignInForm
from hotline.web.pages.guard import current_user_or_none, remember, safe_target
from hotline.web.pages.sign_in import address, agent
from hotline.web.pages.site import the_site
from hotline.web.pages.words import marked

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 5
_EXTENSION = "hotline-oidc"
_BEGUN = "oidc"
# Signatures that only the provider can make; whatever it also claims to support is not accepted.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_TROUBLE = (RequestException, AuthlibBaseError, JoseError, ValueError, LookupError, TypeError, RuntimeError)


class ProviderTroubleError(HotlineError):
    """The provider is away, or what it said cannot be believed."""

    code = "oidc"
    http_status = 502


def install(app: Flask, settings: Settings) -> None:
    """Know the provider of the settings, if there is one."""
    if settings.oidc_issuer is None or settings.oidc_client_secret is None:
        return
    client = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )
    app.extensions[_EXTENSION] = client


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/sign-in/oidc")(oidc_start)
    blueprint.get("/sign-in/oidc/callback")(oidc_callback)


def oidc_start() -> ResponseReturnValue:
    """Off to the provider; ``confirm`` asks it to have the person prove anew who they are."""
    client = current_app.extensions.get(_EXTENSION)
    if client is None:
        return redirect(url_for("pages.sign_in"))
    is_confirming = "confirm" in request.args
    asked = {"prompt": "login", "max_age": "0"} if is_confirming else {}
    session[_BEGUN] = {"next": safe_target(request.args.get("next")), "confirm": is_confirming}
    try:
        _metadata(client)
        answer: ResponseReturnValue = client.authorize_redirect(_callback_address(), **asked)
    except _TROUBLE as error:
        return _refuse(_trouble(error))
    return answer


def oidc_callback() -> ResponseReturnValue:
    """Back from the provider: whoever it names is signed in, or told why not."""
    client, begun = current_app.extensions.get(_EXTENSION), session.pop(_BEGUN, None)
    if client is None or begun is None:
        return redirect(url_for("pages.sign_in"))
    try:
        said = _ask(client)
    except _TROUBLE as error:
        return _refuse(_trouble(error))
    try:
        return _confirm(said, begun) if begun["confirm"] else _sign_in(said, begun)
    except (UnknownPersonError, ProviderTroubleError) as refusal:
        return _refuse(refusal)


def _ask(client: Any) -> dict[str, Any]:
    """What the provider's signed ID token says, with the e-mail address from its user endpoint if need be."""
    metadata = _metadata(client)
    token = client.authorize_access_token()
    said = dict(token["userinfo"])
    if "email" not in said and metadata.get("userinfo_endpoint"):
        more = client.userinfo(token=token)
        if more.get("sub") == said["sub"]:
            said = {**more, **said}
    return said


def _metadata(client: Any) -> dict[str, Any]:
    """The provider's own description, kept after the first time.

    Raises ``ValueError`` when it speaks for another issuer than the one that is configured.
    """
    metadata: dict[str, Any] = client.load_server_metadata()
    if str(metadata["issuer"]).rstrip("/") != the_site().settings.oidc_issuer:
        raise ValueError("the issuer is another one than HOTLINE_OIDC_ISSUER")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in _ALGORITHMS]
    return metadata


def _sign_in(said: dict[str, Any], begun: dict[str, Any]) -> ResponseReturnValue:
    where, browser, claims = address(), agent(), _claims(said)

    def work(op: Operation) -> str:
        user, is_fresh = identities.sign_in(op, claims), _was_asked_lately(op, said)
        return sessions.start(op, user, SignInMethod.OIDC, browser, where, is_confirmed=is_fresh)

    opened = the_site().write(work)
    remember(opened)
    return redirect(safe_target(begun["next"]), 303)


def _confirm(said: dict[str, Any], begun: dict[str, Any]) -> ResponseReturnValue:
    """The person who is signed in proved just now who they are. Raises ``UnknownPersonError`` for another."""
    who, claims = current_user_or_none(), _claims(said)

    def work(op: Operation) -> None:
        if who is None or identities.sign_in(op, claims).id != who.user.id:
            raise UnknownPersonError(marked("Somebody else signed in there. Nothing was confirmed."))
        if not _was_asked_lately(op, said):
            raise ProviderTroubleError(
                marked("The single sign-on did not ask you again. Confirm another way.")
            )
        sessions.confirm(op, who.row.id)

    the_site().write(work)
    return redirect(safe_target(begun["next"]), 303)


def _was_asked_lately(op: Operation, said: dict[str, Any]) -> bool:
    """Whether the person proved there who they are, rather than being let through by an older sign-in.

    Otherwise whoever finds a browser open at the provider would be confirmed by signing out and in.
    """
    asked_at = said.get("auth_time")
    if not isinstance(asked_at, int | float):
        return False
    return wall_clock(op).timestamp() - asked_at <= sessions.CONFIRMED_FOR.total_seconds()


def _claims(said: dict[str, Any]) -> Claims:
    return Claims(
        issuer=str(said["iss"]),
        subject=str(said["sub"]),
        email=str(said.get("email") or ""),
        is_verified=said.get("email_verified") is True,
    )


def _callback_address() -> str:
    return the_site().settings.public_url + url_for("pages.oidc_callback")


def _trouble(error: Exception) -> ProviderTroubleError:
    """Only the type is logged: the message may carry codes and tokens."""
    log.warning("oidc_failed", error=type(error).__name__, code=getattr(error, "error", None))
    if getattr(error, "error", None) == "access_denied":
        return ProviderTroubleError(marked("The single sign-on did not let you in. Ask whoever runs it."))
    return ProviderTroubleError(
        marked("The single sign-on does not answer as it should. Use your password, or try again later.")
    )


def _refuse(refusal: HotlineError) -> ResponseReturnValue:
    return sign_in.page(SignInForm(formdata=None), refusal.http_status, str(refusal))
