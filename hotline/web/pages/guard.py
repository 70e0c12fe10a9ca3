"""Who may see a page: a session of twelve hours, a CSRF token on every form, sign-in by default."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from hotline.db.models import User
from hotline.services import access, accounts
from hotline.settings import Settings
from hotline.web.pages.site import the_site

PUBLIC = frozenset({"pages.sign_in", "pages.static", "pages.healthz", "pages.worker_health"})
SESSION_LIFETIME = timedelta(hours=12)
_SIGNED_IN_AT = "signed-in-at"
View = TypeVar("View", bound=Callable[..., Any])
_NEEDS: dict[tuple[str, str], access.Permission] = {}


class SignedIn(UserMixin):  # type: ignore[misc]
    """The session of one user; it ends by itself when the password changes."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.id}.{accounts.fingerprint(self.user)}"


def install(app: Flask, blueprint: Blueprint, settings: Settings) -> None:
    """Guard every page of ``blueprint``; other blueprints are left alone."""
    app.secret_key = settings.secret_key.get_secret_value()
    app.config.update(
        SESSION_COOKIE_NAME="hotline",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        WTF_CSRF_CHECK_DEFAULT=False,  # telephones carry no token; the pages are checked below
        WTF_CSRF_TIME_LIMIT=None,  # a board that was open all night must still be able to act
    )
    _login_manager().init_app(app, add_context_processor=False)
    csrf = CSRFProtect(app)

    @blueprint.before_request
    def guard() -> Response | None:
        if request.endpoint not in PUBLIC and not current_user.is_authenticated:
            return redirect(url_for("pages.sign_in", next=_asked_for()))
        if _has_nul():
            abort(404)
        csrf.protect()
        if request.endpoint not in PUBLIC and not access.may(viewer().role, needed_by(request.endpoint)):
            abort(403)
        return None


def needs(permission: access.Permission) -> Callable[[View], View]:
    """Mark a view as open to the roles that have ``permission``. Every view that is not public has one."""

    def mark(view: View) -> View:
        _NEEDS[view.__module__, view.__name__] = permission
        return view

    return mark


def needed_by(endpoint: str | None) -> access.Permission:
    """What the view of an endpoint is marked with. Raises ``KeyError`` for one that is not."""
    view = current_app.view_functions[endpoint or ""]
    return _NEEDS[view.__module__, view.__name__]


def viewer_may(permission: str) -> bool:
    """Whether the signed-in user has a permission, by its text, for templates; strangers have none."""
    user = viewer_or_none()
    return user is not None and access.may(user.role, access.Permission(permission))


def _login_manager() -> Any:
    manager = LoginManager()
    manager.user_loader(_load)
    return manager


def start_session(user: User, at: datetime) -> None:
    """Sign ``user`` in for :data:`SESSION_LIFETIME`; nothing of an earlier session survives."""
    session.clear()
    g.pop("hotline_viewer", None)
    session.permanent = True
    session[_SIGNED_IN_AT] = at.isoformat()
    login_user(SignedIn(user))


def viewer() -> User:
    """The signed-in user. Only for pages that are not public."""
    found: SignedIn = current_user._get_current_object()  # noqa: SLF001 - documented by Werkzeug
    return found.user


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
    parts = urlsplit(target or "")
    is_local = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    is_plain = target is not None and target.isprintable() and "\\" not in target and target[:2] != "//"
    return target if target and is_local and is_plain else url_for("pages.board")


def _has_nul() -> bool:
    """PostgreSQL stores no NUL, and nobody types one."""
    return any("\0" in text for text in (request.path, *request.values.values()))


def _asked_for() -> str | None:
    path = request.full_path.rstrip("?")
    return path if request.method == "GET" and path != "/" else None


def _load(session_id: str) -> SignedIn | None:
    user_id, _, fingerprint = session_id.partition(".")
    site = the_site()
    with site.reading() as op:
        if not _is_fresh(op.now):
            return None
        user = op.session.get(User, uuid.UUID(user_id))
        if user is None or accounts.fingerprint(user) != fingerprint:
            return None
        op.session.expunge(user)  # it is read for the whole request, after this operation
    return SignedIn(user)


def _is_fresh(now: datetime) -> bool:
    since = session.get(_SIGNED_IN_AT)
    return since is not None and now - datetime.fromisoformat(since) < SESSION_LIFETIME
