"""Addresses at which calendar programs read shifts: made, replaced and revoked by whom they belong to."""

import uuid
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import CalendarFeed, Team, User
from hotline.errors import NotFoundError
from hotline.services.accounts import tokens
from hotline.services.operation import Operation

_TOUCHED_EVERY = timedelta(hours=1)


def make(op: Operation, user: User, team: Team | None = None) -> str:
    """A new address, as its token: ``user``'s own shifts, or all of ``team``. The one before is revoked.

    The token is shown now and never again: what is kept is its digest.
    """
    op.session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    op.session.execute(
        sa.update(CalendarFeed)
        .where(
            CalendarFeed.user_id == user.id,
            CalendarFeed.team_id.is_not_distinct_from(None if team is None else team.id),
            CalendarFeed.revoked_at.is_(None),
        )
        .values(revoked_at=op.now)
    )
    token = tokens.new_token()
    op.session.add(
        CalendarFeed(
            user_id=user.id,
            team_id=None if team is None else team.id,
            token_digest=tokens.digest(token),
            created_at=op.now,
        )
    )
    op.session.flush()
    return token


def address(op: Operation, token: str) -> str:
    """Where a calendar program reads the feed."""
    return f"{op.settings.public_url}/calendar/{token}.ics"


def revoke(op: Operation, feed_id: uuid.UUID, user: User) -> bool:
    """An address is good no more; False when that was so. Raises :class:`NotFoundError`."""
    feed = op.session.get(CalendarFeed, feed_id, with_for_update=True)
    if feed is None or feed.user_id != user.id:
        raise NotFoundError("There is no such calendar.")
    if feed.revoked_at is not None:
        return False
    feed.revoked_at = op.now
    return True


def of_user(op: Operation, user_id: uuid.UUID) -> dict[uuid.UUID | None, CalendarFeed]:
    """The addresses of somebody that are good, by team; None is their own shifts."""
    query = sa.select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    return {feed.team_id: feed for feed in op.session.scalars(query)}


def find(op: Operation, token: str) -> tuple[CalendarFeed, User, Team | None] | None:
    """The feed of a token, whose it is and of which team; None unless it is good."""
    query = (
        sa.select(CalendarFeed, User, Team)
        .join(User, User.id == CalendarFeed.user_id)
        .outerjoin(Team, Team.id == CalendarFeed.team_id)
        .where(
            CalendarFeed.token_digest == tokens.digest(token),
            CalendarFeed.revoked_at.is_(None),
            User.disabled_at.is_(None),
        )
    )
    found = op.session.execute(query).first()
    return None if found is None else (found[0], found[1], found[2])


def needs_touch(op: Operation, feed: CalendarFeed) -> bool:
    """Whether it is time to write down that the feed is read."""
    return feed.last_read_at is None or op.now - feed.last_read_at >= _TOUCHED_EVERY


def touch(op: Operation, feed_id: uuid.UUID) -> None:
    """The feed was read now."""
    op.session.execute(sa.update(CalendarFeed).where(CalendarFeed.id == feed_id).values(last_read_at=op.now))
