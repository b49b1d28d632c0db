"""The one way a coroutine is started from Qt."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

_running: set[asyncio.Task[Any]] = set()


def spawn(work: Coroutine[Any, Any, object], failed: Callable[[BaseException], None]) -> None:
    """Run it on the loop; its error goes to `failed`, never nowhere. The task is kept until it is done."""
    task = asyncio.get_event_loop().create_task(work)
    _running.add(task)

    def done(ended: asyncio.Task[Any]) -> None:
        _running.discard(ended)
        error = None if ended.cancelled() else ended.exception()
        if error is not None:
            failed(error)

    task.add_done_callback(done)
