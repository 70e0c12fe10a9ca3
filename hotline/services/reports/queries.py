"""What the reports read alike."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import (
    Contract,
    Incident,
)


def with_names() -> sa.Select[Incident]:
    return sa.select(Incident).options(
        joinedload(Incident.contract).joinedload(Contract.customer),
        joinedload(Incident.product),
        joinedload(Incident.owner),
    )
