"""Who may see a page: a session in the database, a CSRF token on every form, sign-in by default.

A view says what it needs by decorators, in any order: :func:`needs` a permission, and where a phone
number, a PIN or a way of signing in is changed, that the person :func:`confirmed` within the last ten
minutes who they are.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError

from hotline.db.models import User, UserSession
from hotline.services import access
from hotline.services.accounts import duties, sessions
from hotline.settings import Settings
from hotline.web.pages.site import the_site

PUBLIC = frozenset(
    {
        "pages.sign_in",
        "pages.second_step",
        "pages.passkey_options",
        "pages.passkey_sign_in",
        "pages.oidc_start",
        "pages.oidc_callback",
        "pages.static",
        "pages.customers_clock",
        "pages.healthz",
        "pages.worker_health",
        "pages.self_test_health",
        "pages.auditor_health",
    }
)
# Open to people who are signed in but still owe a second factor.
WHILE_ENROLLING = frozenset(
    {
        "pages.sign_out",
        "pages.security",
        "pages.authenticator",
        "pages.recovery_codes",
        "pages.recovery_file",
        "pages.keep_recovery_codes",
        "pages.add_passkey",
        "pages.new_passkey_options",
        "pages.own_passkey_options",
        "pages.confirm",
    }
)
View = TypeVar("View", bound=Callable[..., Any])
_NEEDS: dict[tuple[str, str], access.Permission] = {}
_CONFIRMED: set[tuple[str, str]] = set()
_AskAgain = Callable[[], ResponseReturnValue]


class SignedIn(UserMixin):  # type: ignore[misc]
    """Somebody who is signed in: the user, the row of their session, and what they still owe."""

    def __init__(self, user: User, row: UserSession, owes_second_factor: bool, is_confirmed: bool) -> None:
        self.user = user
        self.row = row
        self.owes_second_factor = owes_second_factor
        self.is_confirmed = is_confirmed


def install(app: Flask, blueprint: Blueprint, settings: Settings, ask_again: _AskAgain) -> None:
    """Guard every page of ``blueprint``; other blueprints are left alone.

    ``ask_again`` answers a request that has to be confirmed first.
    """
    app.secret_key = settings.secret_key.get_secret_value()
    app.config.update(
        SESSION_COOKIE_NAME="hotline",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=sessions.LIFETIME,
        WTF_CSRF_CHECK_DEFAULT=False,  # telephones carry no token; the pages are checked below
        WTF_CSRF_TIME_LIMIT=None,  # a board that was open all night must still be able to act
    )
    _login_manager().init_app(app, add_context_processor=False)
    csrf = CSRFProtect(app)

    @blueprint.before_request
    def guard() -> ResponseReturnValue | None:
        is_public = request.endpoint in PUBLIC
        if not is_public and not current_user.is_authenticated:
            return redirect(url_for("pages.sign_in", next=_asked_for()))
        if _has_nul():
            abort(404)
        csrf.protect()
        return None if is_public else _hold_back(ask_again)


def _hold_back(ask_again: _AskAgain) -> ResponseReturnValue | None:
    """What somebody who is signed in gets instead of the page, if anything."""
    who = signed_in()
    if not access.may(who.user.role, needed_by(request.endpoint)):
        abort(403)
    if who.owes_second_factor and request.endpoint not in WHILE_ENROLLING:
        return redirect(url_for("pages.security"))
    if is_for_the_confirmed(request.endpoint) and not who.is_confirmed:
        return ask_again()
    return None


def needs(permission: access.Permission) -> Callable[[View], View]:
    """Mark a view as open to the roles that have ``permission``. Every view that is not public has one."""

    def mark(view: View) -> View:
        _NEEDS[view.__module__, view.__name__] = permission
        return view

    return mark


def confirmed(view: View) -> View:
    """Mark a view as open only within ten minutes after the person proved who they are.

    Later, a GET is asked for that first and then shown; a POST changes nothing, and the page that
    asks keeps what was typed, but for secrets, so that it can be sent again.
    """
    _CONFIRMED.add((view.__module__, view.__name__))
    return view


def needed_by(endpoint: str | None) -> access.Permission:
    """What the view of an endpoint is marked with. Raises ``KeyError`` for one that is not."""
    return _NEEDS[_mark(endpoint)]


def is_for_the_confirmed(endpoint: str | None) -> bool:
    """Whether the view of an endpoint is marked with :func:`confirmed`."""
    return _mark(endpoint) in _CONFIRMED


def _mark(endpoint: str | None) -> tuple[str, str]:
    view = current_app.view_functions[endpoint or ""]
    return view.__module__, view.__name__


def viewer_may(permission: str) -> bool:
    """Whether the signed-in user has a permission, by its text, for templates; strangers have none."""
    user = viewer_or_none()
    return user is not None and access.may(user.role, access.Permission(permission))


def _login_manager() -> Any:
    manager = LoginManager()
    manager.session_protection = None  # the database decides what a session is worth
    manager.user_loader(_load)
    return manager


def remember(token: str) -> None:
    """Keep the token of a new session in the cookie; nothing of an earlier session survives."""
    session.clear()
    g.pop("hotline_viewer", None)
    session.permanent = True
    session["_user_id"] = token


def signed_in() -> SignedIn:
    """Who is signed in, with their session. Only for pages that are not public."""
    found: SignedIn = current_user._get_current_object()  # noqa: SLF001 - documented by Werkzeug
    return found


def current_user_or_none() -> SignedIn | None:
    """The same, or None for a stranger: for pages that are public."""
    return signed_in() if current_user.is_authenticated else None


def viewer() -> User:
    """The signed-in user. Only for pages that are not public."""
    return signed_in().user


def viewer_or_none() -> User | None:
    """The signed-in user; None for a stranger, and while the database is away so that errors can be shown."""
    if "hotline_viewer" not in g:
        try:
            g.hotline_viewer = viewer() if current_user.is_authenticated else None
        except SQLAlchemyError:
            g.hotline_viewer = None
    found: User | None = g.hotline_viewer
    return found


def safe_target(target: str | None) -> str:
    """Where to go after signing in: a path of this site, else the board."""
    try:
        parts = urlsplit(target or "")
    except ValueError:  # half an address, such as //[
        return url_for("pages.board")
    is_local = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    is_plain = target is not None and target.isprintable() and "\\" not in target and target[:2] != "//"
    return target if target and is_local and is_plain else url_for("pages.board")


def _has_nul() -> bool:
    """PostgreSQL stores no NUL, and nobody types one."""
    return any("\0" in text for text in (request.path, *request.values.values()))


def _asked_for() -> str | None:
    path = request.full_path.rstrip("?")
    is_worth_it = request.method == "GET" and path != "/" and not _has_nul()
    return path if is_worth_it else None


def _load(token: str) -> SignedIn | None:
    site = the_site()
    with site.reading() as op:
        found = sessions.find(op, token)
        if found is None:
            return None
        row, user = found
        op.session.expunge_all()  # they are read for the whole request, after this operation
        who = SignedIn(user, row, duties.owes_second_factor(op, user, row), sessions.is_confirmed(op, row))
        is_due = sessions.needs_touch(op, row)
    if is_due:
        site.write(lambda op: sessions.touch(op, row.id))
    return who
