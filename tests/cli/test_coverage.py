"""``hotline coverage``: what is wrong with the rosters, for people, for programs and for monitoring."""

import json

from tests.cli.conftest import Hotline


def test_problems_as_a_table_and_as_json_and_no_hole_is_no_failure(seeded: Hotline) -> None:
    table = seeded("coverage")
    assert table.returncode == 0
    assert "alone" in table.stdout
    rows = json.loads(seeded("coverage", "--json").stdout)
    assert {"kind", "team", "layer", "ladder", "name", "spans"} == set(rows[0])
    assert {row["kind"] for row in rows} <= {"alone", "double"}
