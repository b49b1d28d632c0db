"""One connection between two processes: whole messages of bytes, cut at any time from any thread."""

import sys
from threading import Lock, Timer
from types import TracebackType
from typing import Protocol

import msgspec

if sys.platform == "win32":
    from qmtdesk.wire import windows_pipe as pipe
else:
    from qmtdesk.wire import posix_pipe as pipe

BROKEN = (OSError, EOFError, RuntimeError, ValueError)
"""What a dead connection raises: CancelIoEx under a waiting recv makes it RuntimeError, an odd header ValueError."""
GARBLED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding bytes that are no message raises: msgspec has no name of its own for a text that is no UTF-8."""


class LineLostError(Exception):
    """The connection is gone, or what came over it was no message."""


class RawLine(Protocol):
    """What is used of multiprocessing's connections; nothing that would unpickle."""

    def send_bytes(self, buf: bytes, /) -> None:
        """Send one message."""

    def recv_bytes(self, maxlength: int | None = None, /) -> bytes:
        """Wait for one message."""

    def fileno(self) -> int:
        """The system's handle; OSError once closed."""

    def close(self) -> None:
        """Give the handle back."""


class Accepting(Protocol):
    """A listener of either system."""

    def accept(self) -> RawLine:
        """Wait for the next connection."""

    def close(self) -> None:
        """Listen no more."""


class Line:
    """Send from one thread, receive in another, cut from any; close when both are done with it."""

    def __init__(self, raw: RawLine, *, server: bool) -> None:
        self._raw = raw
        self._server = server
        self._guard = Lock()
        self._open = True

    def send(self, data: bytes) -> None:
        """Send one message; blocks as long as the other side does not read. LineLostError."""
        try:
            self._raw.send_bytes(data)
        except BROKEN as error:
            raise LineLostError(f"not sent: {error}") from error

    def receive(self, limit: int) -> bytes:
        """Wait for one message of at most `limit` bytes; LineLostError also for a longer one, before reading it."""
        try:
            return self._raw.recv_bytes(limit)
        except BROKEN as error:
            raise LineLostError(f"not received: {error!r}") from error

    def cut(self) -> None:
        """End the connection: both sides' waiting calls return with an error. Never blocks or raises.

        On Windows a client's cut hits only what waits at that moment: repeat it until the waiting thread has left.
        """
        with self._guard:
            if self._open:
                pipe.cut(self._raw.fileno(), server=self._server)

    def close(self) -> None:
        """Give the handle back; only after every thread that uses the line has left it."""
        with self._guard:
            if self._open:
                self._open = False
                self._raw.close()


class Watchdog:
    """Cuts a line that has not come to its point in time; a poll would not, half a header holds it for ever."""

    def __init__(self, line: Line, seconds: float) -> None:
        self._timer = Timer(seconds, line.cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()


def listen(address: str) -> Accepting:
    """A listener at an address nobody else holds; OSError."""
    return pipe.listen(address)


def dial(address: str, pid: int) -> Line:
    """Connect to a listening trader with that pid, in three seconds or LineLostError."""
    try:
        return Line(pipe.dial(address, pid), server=False)
    except BROKEN as error:
        raise LineLostError(f"no connection: {error}") from error
