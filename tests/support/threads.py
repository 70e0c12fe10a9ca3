"""Threads that start together, for tests of races."""

import threading
from collections.abc import Callable
from typing import Any


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Do things in threads that start together; their results in order, or the first error."""
    gate, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(place: int, action: Callable[[], Any]) -> None:
        gate.wait(timeout=20)
        try:
            results[place] = action()
        except BaseException as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
