"""A child process that looks at a terminal for us, line by line; whatever it does, the window goes on."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, QTimer, Signal

from qmtdesk.wire.probe_lines import ProbeLine
from qmtdesk.wire.spawn import child_environment

LONGEST_MS = 240_000
SILENT_MS = 90_000
"""Longer than any deadline inside the child: one that says nothing for so long is beyond its own help."""
LINE_LIMIT = 256 << 10
LINES_LIMIT = 10_000
_WORDS_LIMIT = 400
_decoder = msgspec.json.Decoder(ProbeLine)


class ProbeChild(QObject):
    """One run at a time: `told` for each line it prints, then `ended` exactly once; after `cancel` neither comes.

    `ended` says done | overdue | crashed | not_started, and what was last heard. What is no line is left out; a child
    that says nothing for long, or takes too long, is ended.
    """

    told = Signal(object)
    ended = Signal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest = b""
        self._lines = 0
        self._noise = b""
        self._overdue = False
        self._whole, self._silence = QTimer(self), QTimer(self)
        for timer in (self._whole, self._silence):
            timer.setSingleShot(True)
            timer.timeout.connect(self._too_long)

    @property
    def running(self) -> bool:
        """Whether a child is at work."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """Its number, 0 without one."""
        return int(self._process.processId()) if self._process is not None else 0

    def start(self, command: Sequence[str], *, longest_ms: int = LONGEST_MS, silent_ms: int = SILENT_MS) -> None:
        """Begin; a run that still goes on is ended first."""
        self.cancel()
        self._rest, self._noise, self._lines, self._overdue = b"", b"", 0, False
        process = QProcess(self)
        self._process = process
        process.setProcessEnvironment(_environment())
        process.setStandardInputFile(QProcess.nullDevice())
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_noise)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._error)
        self._whole.start(longest_ms)
        self._silence.setInterval(silent_ms)
        self._silence.start()
        process.start(command[0], list(command[1:]))

    def cancel(self) -> None:
        """End it without a word."""
        process = self._let_go()
        if process is None:
            return
        for signal in (process.readyReadStandardOutput, process.readyReadStandardError, process.errorOccurred):
            signal.disconnect()
        process.finished.disconnect()
        if process.state() == QProcess.ProcessState.NotRunning:
            process.deleteLater()
            return
        # not waited for: it may hang in a native call, and the window goes on meanwhile
        process.setParent(QCoreApplication.instance())
        process.finished.connect(process.deleteLater)
        process.kill()

    def _let_go(self) -> QProcess | None:
        process, self._process = self._process, None
        self._whole.stop()
        self._silence.stop()
        return process

    # what comes

    def _read(self) -> None:
        process = self._process
        if process is None:
            return
        *lines, self._rest = (self._rest + bytes(process.readAllStandardOutput().data())).split(b"\n")
        if len(self._rest) > LINE_LIMIT:
            self._rest = b""
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        self._lines += 1
        if self._process is None or self._lines > LINES_LIMIT or not line.strip():
            return
        try:
            told = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._noise = line[-_WORDS_LIMIT:]
            return
        self._silence.start()
        self.told.emit(told)

    def _read_noise(self) -> None:
        if self._process is not None:
            self._noise = (self._noise + bytes(self._process.readAllStandardError().data()))[-_WORDS_LIMIT:]

    # how it ends

    def _too_long(self) -> None:
        process = self._process
        if process is not None:
            self._overdue = True
            process.kill()

    def _error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._end("not_started", self._process.errorString())

    def _finished(self, code: int, how: QProcess.ExitStatus) -> None:
        self._read()
        if self._rest:
            rest, self._rest = self._rest, b""
            self._take(rest)
        self._read_noise()
        if self._overdue:
            self._end("overdue", "")
        elif how is QProcess.ExitStatus.CrashExit or code not in (0, 1):
            self._end("crashed", f"{code}  {self._last_words()}".strip())
        else:
            self._end("done", "")

    def _last_words(self) -> str:
        lines = self._noise.decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    def _end(self, how: str, words: str) -> None:
        process = self._let_go()
        if process is not None:
            process.deleteLater()
            self.ended.emit(how, words)


def _environment() -> QProcessEnvironment:
    """Ours, with its output unbuffered and in UTF-8 whatever the console's is."""
    made = QProcessEnvironment()
    for name, value in child_environment().items():
        made.insert(name, value)
    made.insert("PYTHONUNBUFFERED", "1")
    made.insert("PYTHONIOENCODING", "utf-8")
    return made
