"""Whether this process can serve: for load balancers, without a sign-in and without any detail."""

import sqlalchemy as sa
import structlog
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from hotline.services.promise import heartbeat
from hotline.web.pages.site import the_site

log = structlog.get_logger(__name__)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/healthz")(healthz)
    blueprint.get("/healthz/worker")(worker_health)


def healthz() -> ResponseReturnValue:
    """200 when the database answers, else 503."""
    try:
        with the_site().reading() as op:
            op.session.execute(sa.text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        log.error("health.database_away", error=type(error).__name__)
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok")


def worker_health() -> ResponseReturnValue:
    """200 when a worker enforced the promise within the last half minute, else 503: for whoever is paged."""
    try:
        with the_site().reading() as op:
            silent = heartbeat.silent_since(op)
    except (SQLAlchemyError, OSError) as error:
        log.error("health.database_away", error=type(error).__name__)
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok") if silent is None else (jsonify(status="no worker is at work"), 503)
