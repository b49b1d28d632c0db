"""The thread of a native client: it swallows what Python raises, and keeps it for the tests."""

import queue
import threading
from collections.abc import Callable

SWALLOWED: list[BaseException] = []
"""What callbacks raised into the native side; tests look at it."""


class NativeThread:
    """The one thread on which a native client calls back, in the order in which it heard."""

    def __init__(self, name: str) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def put(self, call: Callable[[], None]) -> None:
        """Run it later."""
        self._queue.put(call)

    def end(self) -> None:
        """Let the thread end after what it has."""
        self._queue.put(None)

    def _run(self) -> None:
        while (call := self._queue.get()) is not None:
            # a native thread swallows what Python raises; the real one does the same
            try:
                call()
            except Exception as error:  # noqa: BLE001, PERF203
                SWALLOWED.append(error)
