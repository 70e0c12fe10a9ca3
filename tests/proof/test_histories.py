"""Random histories through the real service end in the books of the clerk, whatever crashed meanwhile."""

from random import Random

from tests.hotline.house import House
from tests.proof.comparing import require_same_books
from tests.proof.service import Service
from tests.proof.stories import story


def test_a_story_ends_in_the_books_of_the_clerk(house: House, seed: int) -> None:
    service = Service(house, story(Random(seed)))  # noqa: S311 - a story, no secret
    service.live()
    seen = require_same_books(house.database, service.clerk, house.clock.now())
    assert seen["incidents"] == 36
