"""A thread for calls that may never return, and the deadlines that make that bearable."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

log = logging.getLogger("qmtdesk.trader")

T = TypeVar("T")


# a generic NamedTuple needs 3.11
@dataclass(frozen=True)
class Done(Generic[T]):
    """The call returned."""

    value: T


class Failed(NamedTuple):
    """The call raised; `text` is what."""

    text: str


class Overdue(NamedTuple):
    """The call had not returned in time. It may still return, or take effect; nobody waits for it any more."""

    seconds: float


class _Call(NamedTuple):
    what: Callable[[], Any]
    done: threading.Event
    result: list[Done[Any] | Failed]


class CommandThread:
    """Runs calls one after another on one daemon thread.

    Once a call is overdue the thread counts as `sick`: it stays with that call, takes no other, and never holds up
    the end of the program. A new CommandThread is made for what comes next.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._sick = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def sick(self) -> bool:
        """Whether a call did not come back in time."""
        return self._sick.is_set()

    def call(self, what: Callable[[], T], deadline_s: float) -> Done[T] | Failed | Overdue:
        """Run it and wait at most so long, for whatever is before it too. From any thread but this one."""
        if threading.current_thread() is self._thread:
            raise RuntimeError(f"{self.name} would wait for itself")
        if self.sick:
            return Overdue(0.0)
        if self._over.is_set():
            return Failed(f"{self.name} has ended")
        call = _Call(what, threading.Event(), [])
        self._calls.put(call)
        if call.done.wait(deadline_s):
            return call.result[0]
        self._sick.set()
        log.error("%s: a call has not returned in %.1f s", self.name, deadline_s)
        return Overdue(deadline_s)

    def post(self, what: Callable[[], object]) -> None:
        """Run it some time, and wait for nothing; what it raises is logged."""
        self._calls.put(_Call(what, threading.Event(), []))

    def end(self) -> None:
        """Take no more calls; never waits."""
        self._over.set()
        self._calls.put(None)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            if self.sick:
                # nobody may be told of what is done after the deadline, so nothing more is done
                return
            try:
                result: Done[Any] | Failed = Done(call.what())
            # a native layer raises what it likes, and none of it may end the thread
            except Exception as error:  # noqa: BLE001
                log.warning("%s: %s: %s", self.name, type(error).__name__, error)
                result = Failed(f"{type(error).__name__}: {error}")
            call.result.append(result)
            call.done.set()
