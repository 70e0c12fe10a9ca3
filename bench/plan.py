"""How much is measured, and the constants that servers, load and databases share."""

from dataclasses import dataclass

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a token that only the benchmark knows"
PUBLIC_URL = "https://hotline.example.com"
PIN = "482913"
# What a hash begins with that both sides take for what it says, where Argon2 is left out.
PLAIN = "plain:"

# As `hotline web` starts it.
WORKERS, THREADS = 2, 8
# Requests under way at once: enough to keep both workers busy, few enough that nothing only queues.
CONNECTIONS = 8

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
BACKENDS = (SQLITE, POSTGRESQL)

INBOUND, PIN_STEP, PIN_FREE, ACCEPT = "inbound", "PIN", "PIN without Argon2", "accept"
WEBHOOKS = (INBOUND, PIN_STEP, PIN_FREE, ACCEPT)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything. ``requests`` are those of one cell in one round, by webhook.

    ``warm_up`` requests come before each of them and are not counted. ``boards`` are open at once, ``shown``
    incidents stand on each, and ``changes`` are committed meanwhile. ``history`` incidents are behind the
    lists, each of which is looked at ``looks`` times.
    ``teams`` have the rosters, which are drawn as often.
    """

    rounds: int
    requests: dict[str, int]
    warm_up: int
    patience_seconds: float
    few_clocks: int
    many_clocks: int
    due: int
    idle_checks: int
    boards: int
    shown: int
    changes: int
    history: int
    looks: int
    teams: int

    def calls(self, webhook: str) -> int:
        """How many calls must be prepared for a webhook."""
        return self.rounds * (self.requests[webhook] + self.warm_up)


FULL = Scale(
    rounds=4,
    requests={INBOUND: 300, PIN_STEP: 64, PIN_FREE: 120, ACCEPT: 240},
    warm_up=32,
    patience_seconds=60,
    few_clocks=1_000,
    many_clocks=100_000,
    due=10_000,
    idle_checks=400,
    boards=100,
    shown=25,
    changes=20,
    history=100_000,
    looks=15,
    teams=100,
)
QUICK = Scale(
    rounds=1,
    requests={INBOUND: 16, PIN_STEP: 8, PIN_FREE: 8, ACCEPT: 16},
    warm_up=8,
    patience_seconds=10,
    few_clocks=100,
    many_clocks=1_000,
    due=200,
    idle_checks=20,
    boards=6,
    shown=3,
    changes=2,
    history=1_000,
    looks=3,
    teams=4,
)
