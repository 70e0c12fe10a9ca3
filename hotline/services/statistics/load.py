"""What engineers carry: how often each was asked to take an incident, and how many are theirs."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.db.models import Incident, Page, User
from hotline.services.operation import Operation
from hotline.services.statistics.frames import Frame


@dataclass(frozen=True, slots=True)
class Load:
    """One person: asked to take ``paged`` incidents, of which ``taken`` are or were theirs at the end."""

    user_id: uuid.UUID
    name: str
    paged: int
    taken: int

    @property
    def others(self) -> int:
        """Those that somebody else has, or nobody."""
        return self.paged - self.taken


def loads(op: Operation, frame: Frame) -> list[Load]:
    """Everybody who was asked, the most often asked first; one statement."""
    taken = sa.func.sum(sa.case((Incident.owner_id == Page.user_id, 1), else_=0))
    paged = sa.func.count()
    query = (
        sa.select(User.id, User.name, paged, taken)
        .select_from(Page)
        .join(Incident, Incident.id == Page.incident_id)
        .join(User, User.id == Page.user_id)
        .where(*frame.pages)
        .group_by(User.id, User.name, User.name_key)
        .order_by(paged.desc(), User.name_key, User.id)
    )
    return [Load(*row) for row in op.session.execute(query)]
