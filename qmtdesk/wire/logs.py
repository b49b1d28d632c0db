"""What a process says of itself: one log file in its data folder, its last words among it, nothing secret in it."""

import faulthandler
import logging
import logging.handlers
import os
import sys
import threading
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from qmtdesk.wire.inside import inside
from qmtdesk.wire.redact import redact

LINE = "%(asctime)s %(name)s %(levelname)s %(message)s"
LOG_BYTES, LOGS = 2_000_000, 3
FAULT_BYTES, FAULT_LINES = 1 << 16, 200

log = logging.getLogger("qmtdesk.process")

_plain_record = logging.LogRecord
_traces = logging.Formatter()
_ONE_LINE = {code: f"\\x{code:02x}" for code in (*range(9), *range(10, 32), 127)} | {10: "\\n", 13: "\\r"}
_kept_open: list[BinaryIO] = []


def begin_log(folder: Path, name: str) -> None:
    """From here on `name`.log in the folder hears everything, also what nobody caught. Once in a process; OSError.

    Every record is redacted when it is made, so no handler of any library meets a secret. A fault below Python leaves
    its stacks in `name`-fault.txt, which the next start reads into the log.
    """
    handler = _Private(inside(folder, f"{name}.log"), maxBytes=LOG_BYTES, backupCount=LOGS, encoding="utf-8")
    handlers: list[logging.Handler] = [handler]
    # a packaged window has no output
    if sys.stderr is not None:
        handlers.append(logging.StreamHandler(sys.stderr))
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


class _Private(logging.handlers.RotatingFileHandler):
    """A log file that is its user's alone, whatever the process's mask."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding)


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
