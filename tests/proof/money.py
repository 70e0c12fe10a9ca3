"""A worker that does nothing but money: breaches, fines and credits; also as a process of its own.

``python -m tests.proof.money URL MILLISECONDS BATCH`` reads instants from its input, one a line, and does
what is due then by a clock so many milliseconds apart; then it answers with a line.
"""

import sys
from datetime import datetime, timedelta

from hotline.db.session import Database
from hotline.services.operation import Operation
from hotline.services.promise import enforcement, settlements
from hotline.settings import Settings
from tests.hotline.house import make_settings


def drain(database: Database, settings: Settings, now: datetime, batch: int) -> int:
    """Everything that is due by ``now``; returns how much that was."""
    total = 0
    while True:
        done = database.run(
            lambda session: enforcement.sweep_deadlines(Operation(session, now, settings), batch)
        )
        if not done:
            done = database.run(lambda session: settlements.sweep(Operation(session, now, settings), batch))
        if not done:
            return total
        total += done


def main(url: str, milliseconds: str, batch: str) -> None:
    """Work until the input ends."""
    database, settings = Database(url, synchronous="OFF"), make_settings(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        now = datetime.fromisoformat(line.strip()) + timedelta(milliseconds=int(milliseconds))
        done = drain(database, settings, now, int(batch))
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
