"""Ladders that customers depend on and on which nobody at all would be rung: what no roster may lead to."""

from hotline.db.models import Ladder
from hotline.services.coverage import ladder_coverage
from hotline.services.on_call.rosters import Roster, load_rotations
from hotline.services.operation import Operation


def unanswered(op: Operation) -> list[Ladder]:
    """The ladders in use that reach nobody who can be rung now, by name.

    What this operation has flushed is seen, so that a change of a roster or a ladder can be judged before
    it is committed: a ladder that is here and was not before has lost its last answer by the change.
    """
    op.session.flush()
    rows = load_rotations(op)
    ladders, targets = ladder_coverage.load(op)
    targeted = ladder_coverage.resolver(op, Roster(op, rows).resolve, rows, targets)
    now = {
        ladder_id: {
            user_id
            for target in ladder_coverage.whom(ladders, targets, ladder_id)
            for user_id in targeted.resolve(target, op.now)
        }
        for ladder_id in ladder_coverage.in_use(op)
    }
    reachable = ladder_coverage.reachable_of(op, (user_id for found in now.values() for user_id in found))
    found = [ladders[ladder_id] for ladder_id, found in now.items() if reachable.isdisjoint(found)]
    return sorted(found, key=lambda ladder: ladder.name)
