"""The trader's ear: accepts desks, lets in those who know the key, and gives strangers three seconds."""

import logging
import os
from collections.abc import Callable
from threading import Event, Lock, Thread

from qmtdesk.wire.handshake import greet_as_trader
from qmtdesk.wire.line import Accepting, Line, LineLostError, RawLine, Watchdog, dial, listen

log = logging.getLogger("qmtdesk.wire")

GREETING_S = 3.0
STRANGERS = 8
FIRST_LIMIT = 4096


class Endpoint:
    """Listens from `start` to `stop`; one thread per connection.

    `on_line(line, first)` runs in the connection's own thread with the first message after the handshake, and the
    line is cut and closed when it returns.
    """

    def __init__(self, address: str, key: bytes, on_line: Callable[[Line, bytes], None]) -> None:
        self.address = address
        self._key = key
        self._on_line = on_line
        self._stopping = Event()
        self._guard = Lock()
        self._strangers: list[Line] = []
        self._lines: dict[Line, Thread] = {}
        self._accepting: Thread | None = None

    def start(self) -> None:
        """Listen; OSError when the address cannot be had. Only the holder of the folder's lock may do this."""
        listener = listen(self.address)
        self._accepting = Thread(target=self._accept, args=(listener,), name="pipe-accept", daemon=True)
        self._accepting.start()

    def stop(self) -> None:
        """Let nobody in any more and cut everybody; returns when their threads are done, or after two seconds."""
        self._stopping.set()
        with self._guard:
            open_lines = dict(self._lines)
        for line in open_lines:
            line.cut()
        self._wake_acceptor()
        for thread in open_lines.values():
            thread.join(2)

    def _wake_acceptor(self) -> None:
        """A closed listener does not wake its accept, a connection does."""
        if self._accepting is None:
            return
        try:
            dial(self.address, os.getpid()).close()
        except LineLostError as error:
            log.debug("accept was not waiting: %s", error)
        self._accepting.join(2)

    def _accept(self, listener: Accepting) -> None:
        while not self._stopping.is_set():
            try:
                raw = listener.accept()
            except OSError as error:
                # out of handles, or a client that was gone before it was let in
                log.warning("a connection was not accepted: %s", error)
                self._stopping.wait(0.1)
                continue
            self._welcome(raw)
        listener.close()

    def _welcome(self, raw: RawLine) -> None:
        line = Line(raw, server=True)
        if self._stopping.is_set():
            line.close()
            return
        thread = Thread(target=self._converse, args=(line,), name="pipe-desk", daemon=True)
        with self._guard:
            self._lines[line] = thread
            self._strangers.append(line)
            surplus = self._strangers.pop(0) if len(self._strangers) > STRANGERS else None
        if surplus is not None:
            # the oldest stranger goes: an honest desk needs a millisecond
            surplus.cut()
        thread.start()

    def _converse(self, line: Line) -> None:
        try:
            with Watchdog(line, GREETING_S):
                greet_as_trader(line, self._key)
                first = line.receive(FIRST_LIMIT)
            self._forget_stranger(line)
            self._on_line(line, first)
        except LineLostError as error:
            log.info("a connection ended: %s", error)
        except Exception:
            log.exception("a connection's thread failed")
        finally:
            self._forget_stranger(line)
            line.cut()
            line.close()
            with self._guard:
                del self._lines[line]

    def _forget_stranger(self, line: Line) -> None:
        with self._guard:
            if line in self._strangers:
                self._strangers.remove(line)
