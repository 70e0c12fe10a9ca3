"""The pages that people of the vendor use in a browser.

Every page asks for a sign-in unless it is named in :data:`hotline.web.pages.guard.PUBLIC`, and every
form carries a CSRF token; both are decided here for the whole blueprint, not view by view.
"""

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5

from hotline.clock import Clock
from hotline.db.session import Database
from hotline.settings import Settings
from hotline.web import api
from hotline.web.pages import (
    account,
    admin,
    arrivals,
    assets,
    auditing,
    board,
    contacts,
    coverage,
    errors,
    guard,
    headers,
    health,
    incident,
    ladders,
    ledger,
    lists,
    live,
    navigation,
    on_call,
    roster_changes,
    sign_in,
    site,
    statements,
    statistics,
    tracking,
    words,
)
from hotline.web.pages.me import routes as me
from hotline.web.pages.quotes import views as quotes
from hotline.web.pages.rosters import routes as rosters
from hotline.web.pages.terms import views as terms


def register(app: Flask, database: Database, clock: Clock, settings: Settings) -> None:
    """Add every page to ``app``; other blueprints keep their own rules."""
    site.install(app, site.Site(database, clock, settings))
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    words.install(app)
    assets.install(app)
    live.install(app)
    navigation.install(app)
    arrivals.install(app)
    headers.install(app, settings)
    blueprint = Blueprint(
        "pages",
        __name__,
        template_folder="../templates",
        static_folder="../static",
        static_url_path="/assets",
    )
    guard.install(app, blueprint, settings, account.ask_again)
    errors.install(app, blueprint)
    account.install(app, settings)
    admin.install(app)
    terms.install(app)
    for module in (
        health,
        sign_in,
        account,
        board,
        incident,
        on_call,
        roster_changes,
        rosters,
        me,
        contacts,
        coverage,
        ladders,
        ledger,
        auditing,
        lists,
        statements,
        statistics,
        tracking,
        arrivals,
        admin,
        terms,
        quotes,
    ):
        module.add_routes(blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(api.create_blueprint())
