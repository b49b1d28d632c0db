"""The way of events out of the gateway, which can be shut for good."""

import threading

from qmtdesk.domain.messages import Event
from qmtdesk.engine.ports import Post


class Mouth:
    """Hands events on until it is shut; once `shut` has returned, nothing more is handed on. Any thread."""

    def __init__(self) -> None:
        self._post: Post | None = None
        # whoever is told may be the one who shuts it
        self._lock = threading.RLock()

    def open(self, post: Post) -> None:
        """From now on events go there."""
        self._post = post

    def shut(self) -> None:
        """Waits for the event that is being handed on, which is a moment."""
        with self._lock:
            self._post = None

    def say(self, at: int, event: Event) -> None:
        """Hand one event on, or drop it when the mouth is shut."""
        with self._lock:
            if self._post is not None:
                self._post(at, event)
