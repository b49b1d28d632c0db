"""A process that ends in one of many ways with an account number in its mouth: python last_words_child.py WAY FOLDER.

It begins its log as the trader and the desk do.
"""

import asyncio
import faulthandler
import logging
import logging.handlers
import os
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from qmtdesk.wire.logs import begin_log

SECRET = "66123396"
TOKEN = "0123456789abcdef0123456789abcdef"


def fail(text: str = f"account {SECRET} with token={TOKEN}") -> None:
    raise RuntimeError(text)


class Fails:
    def __del__(self) -> None:
        fail()


def on_asyncio() -> None:
    async def forgotten() -> None:
        task = asyncio.get_running_loop().create_task(failing())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task

    async def failing() -> None:
        fail()

    asyncio.run(forgotten())


def on_thread() -> None:
    thread = threading.Thread(target=fail, name=f"of {SECRET}")
    thread.start()
    thread.join()


def on_library_handler() -> None:
    """A library brings its own logger, handler and formatter."""
    other = logging.getLogger("xtquant")
    other.propagate = False
    other.addHandler(logging.StreamHandler())
    try:
        fail()
    except RuntimeError:
        other.exception("login of %s", SECRET)


def on_library_handler_that_fails() -> None:
    """Logging tells of a handler that fails by printing the error at hand."""

    class Failing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            try:
                fail(f"cannot send for {SECRET}")
            except RuntimeError:
                self.handleError(record)

    logging.getLogger().addHandler(Failing())
    log_failure(1)
    os._exit(1)


def on_full_disk() -> None:
    """The log's own file fails: logging tells that on the error output, with the record."""
    handler = next(each for each in logging.getLogger().handlers if isinstance(each, logging.FileHandler))
    assert handler.stream is not None
    os.close(handler.stream.fileno())
    logging.getLogger("qmtdesk").warning("account %s", SECRET)
    os._exit(1)


def on_log_held_open() -> None:
    """On Windows a log that somebody reads cannot be renamed."""
    handler = log_file()
    handler.maxBytes = 1

    def held(*_: object) -> None:
        raise PermissionError(13, "used by another process")

    os.rename = Path.replace = held  # type: ignore[assignment]
    for number in (1, 2):
        log_failure(number)
    os._exit(1)


def log_failure(number: int) -> None:
    try:
        fail()
    except RuntimeError:
        logging.getLogger("qmtdesk").exception("it failed %d", number)


def on_output_gone() -> None:
    """Nobody reads what the process says."""

    class Gone:
        def write(self, _text: str) -> None:
            raise BrokenPipeError

        flush = write

    for handler in logging.getLogger().handlers:
        if type(handler).__name__ == "_Output":
            handler.stream = Gone()
    log_failure(1)
    os._exit(1)


def on_disk_that_fills_up() -> None:
    """Nothing can be written for a while, then something can."""
    write = os.write

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    os.write = full
    for number in range(502):
        logging.getLogger("qmtdesk").info("account %s, line %d", SECRET, number)
    os.write = write
    logging.getLogger("qmtdesk").info("room again")
    os._exit(1)


def log_file() -> logging.handlers.RotatingFileHandler:
    return next(h for h in logging.getLogger().handlers if isinstance(h, logging.handlers.RotatingFileHandler))


def on_stack() -> None:
    """A line that asks for the stack it was written from, which names what stands in the code."""
    stack = f"  File 'x.py', line 3, in login  # account {SECRET}, token={TOKEN}"
    record = logging.getLogger("qmtdesk").makeRecord("qmtdesk", 40, "x", 1, "look", (), None, sinfo=stack)
    logging.getLogger("qmtdesk").handle(record)
    os._exit(1)


def on_qt() -> None:
    from PySide6.QtCore import QCoreApplication, QTimer, qWarning

    from qmtdesk.desk.shell.qt_words import log_qt

    log_qt()
    app = QCoreApplication([])
    qWarning(f"account {SECRET}")
    QTimer.singleShot(0, fail)
    QTimer.singleShot(50, app.quit)
    app.exec()


def on_fault() -> None:
    faulthandler._sigsegv()


def on_fault_elsewhere() -> None:
    faulthandler._sigabrt()


def on_warning() -> None:
    import warnings

    warnings.warn(f"account {SECRET}", stacklevel=1)


WAYS = {
    "main": fail,
    "thread": on_thread,
    "finalizer": Fails,
    "asyncio": on_asyncio,
    "library": on_library_handler,
    "library_fails": on_library_handler_that_fails,
    "full": on_full_disk,
    "held": on_log_held_open,
    "output": on_output_gone,
    "fills": on_disk_that_fills_up,
    "stack": on_stack,
    "qt": on_qt,
    "segv": on_fault,
    "abort": on_fault_elsewhere,
    "warning": on_warning,
    "nothing": lambda: None,
}

if __name__ == "__main__":
    begin_log(Path(sys.argv[2]), "trader")
    WAYS[sys.argv[1]]()
