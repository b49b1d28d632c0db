"""What a process says of itself: one log file in its data folder, its last words among it, nothing secret in it."""

import faulthandler
import logging
import logging.handlers
import os
import sys
import threading
import time
from collections import deque
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TextIO

from qmtdesk.wire.inside import inside
from qmtdesk.wire.redact import redact

LINE = "%(asctime)s %(name)s %(levelname)s %(message)s"
LOG_BYTES, LOGS = 2_000_000, 3
FAULT_BYTES, FAULT_LINES = 1 << 16, 200
WAITING_LINES = 500
"""So many lines wait for a disk that takes none."""
ROLL_AGAIN_S = 60.0

log = logging.getLogger("qmtdesk.process")

_plain_record = logging.LogRecord
_traces = logging.Formatter()
_ONE_LINE = {code: f"\\x{code:02x}" for code in (*range(9), *range(10, 32), 127)} | {10: "\\n", 13: "\\r"}
_kept_open: list[BinaryIO] = []


def begin_log(folder: Path, name: str) -> None:
    """From here on `name`.log in the folder hears everything, also what nobody caught. Once in a process; OSError.

    Every record is redacted when it is made, so no handler of any library meets a secret. A fault below Python leaves
    its stacks in `name`-fault.txt, which the next start reads into the log. A line that cannot be written is kept and
    written with the next one that can.
    """
    # any handler's own complaint would print the error at hand with everything in it
    logging.raiseExceptions = False
    handler = _Private(inside(folder, f"{name}.log"))
    handlers: list[logging.Handler] = [handler]
    # a packaged window has no output
    if sys.stderr is not None:
        handlers.append(_Output(sys.stderr))
        handlers[-1].setLevel(logging.WARNING)
    root = logging.getLogger()
    for each in handlers:
        each.setFormatter(logging.Formatter(LINE))
        root.addHandler(each)
    logging.getLogger("qmtdesk").setLevel(logging.INFO)
    logging.setLogRecordFactory(redacted_record)
    logging.captureWarnings(True)
    sys.excepthook = _unhandled
    threading.excepthook = _unhandled_in_thread
    sys.unraisablehook = _unraisable
    _watch_for_faults(inside(folder, f"{name}-fault.txt"))


def redacted_record(*words: object, **more: object) -> logging.LogRecord:
    """A log record without secrets: its message, its traceback and its stack are texts by now, in one piece."""
    record = _plain_record(*words, **more)  # type: ignore[arg-type] # whatever logging hands to its factory
    record.msg, record.args = redact(_said(record)).translate(_ONE_LINE), None
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = redact(_traces.formatException(record.exc_info))
    # a handler that formats it again would show what was hidden
    record.exc_info = None
    if record.stack_info:
        record.stack_info = redact(record.stack_info)
    return record


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - logging's own way out prints the arguments as they are
        return f"{record.msg!r} cannot be put into words: {type(error).__name__}"


class _Output(logging.StreamHandler[TextIO]):
    """The process's own output; what it does not take stands in the log file."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Nothing: logging would print the error at hand, which nobody has redacted."""


class _Private(logging.handlers.RotatingFileHandler):
    """A log file that is its user's alone, whatever the process's mask. It loses lines last of all.

    On Windows a log that somebody has open cannot be rolled over: it grows then, and that is tried again later. A full
    disk takes no lines: the newest ones wait for room, the others are counted.
    """

    def __init__(self, path: Path) -> None:
        self._waiting: deque[str] = deque(maxlen=WAITING_LINES)
        self._lost = 0
        self._roll_at = 0.0
        super().__init__(path, maxBytes=LOG_BYTES, backupCount=LOGS, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding)

    def emit(self, record: logging.LogRecord) -> None:
        """Write what waits and this line, or keep them."""
        self._lost += len(self._waiting) == self._waiting.maxlen
        self._waiting.append(self.format(record))
        try:
            self._roll(record)
            told = [f"{self._lost} lines of the log could not be written"] if self._lost else []
            self._write("".join(f"{line}\n" for line in (*told, *self._waiting)).encode("utf-8", "backslashreplace"))
        except (OSError, ValueError):
            # there is nowhere left to say it; the lines wait
            return
        self._waiting.clear()
        self._lost = 0

    def _write(self, data: bytes) -> None:
        """Past the stream's buffer, which would keep what failed and write it again."""
        if self.stream is None:
            self.stream = self._open()
        while data:
            data = data[os.write(self.stream.fileno(), data) :]

    def _roll(self, record: logging.LogRecord) -> None:
        if time.monotonic() < self._roll_at or not self.shouldRollover(record):
            return
        try:
            self.doRollover()
        except OSError:
            self._roll_at = time.monotonic() + ROLL_AGAIN_S


def _unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("unhandled", exc_info=(kind, error, trace))


def _unhandled_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_type is SystemExit:
        return
    error = told.exc_value if told.exc_value is not None else told.exc_type()
    name = told.thread.name if told.thread is not None else "a thread"
    log.critical("unhandled in %s", name, exc_info=(told.exc_type, error, told.exc_traceback))


def _unraisable(told: "sys.UnraisableHookArgs") -> None:
    error = told.exc_value if told.exc_value is not None else told.exc_type()
    log.error("%s: %r", told.err_msg or "not raised", told.object, exc_info=(told.exc_type, error, told.exc_traceback))


def _watch_for_faults(path: Path) -> None:
    """Tell what the run before left, then keep the file open for this one's own."""
    if path.exists():
        with path.open("rb") as left:
            told = left.read(FAULT_BYTES).decode("utf-8", "replace").splitlines()
        for line in told[:FAULT_LINES]:
            log.error("the run before ended: %s", line)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    file = os.fdopen(descriptor, "wb", buffering=0)
    _kept_open.append(file)
    faulthandler.enable(file)
