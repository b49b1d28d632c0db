"""Runs the trial of a terminal in a process of its own, hears its lines, and ends it when it falls silent."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import msgspec

from qmtdesk.wire.probe_lines import Code, ProbeLine, bad, decoded, said
from qmtdesk.wire.spawn import child_environment, trader_command

ACCOUNT = "QMTDESK_PROBE_ACCOUNT"
"""The variable in which the account's number is handed on."""
SILENCE_S = 90.0
"""Longer than the longest deadline inside: a process that says nothing for so long is beyond its own help."""


class ProbeRun:
    """One trial. `on_line` and `on_end` come on a thread of its own; `on_end(True)`: everything was as it should be.

    `kill` ends it at once and may be called at any time; a process of its own is why nothing native can hold it up.
    """

    def __init__(
        self,
        words: Sequence[str],
        account: str,
        on_line: Callable[[ProbeLine], None],
        on_end: Callable[[bool], None],
        silence_s: float = SILENCE_S,
    ) -> None:
        self._on_line, self._on_end = on_line, on_end
        self._silence_s = silence_s
        self._silent = False
        self._killed = False
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            trader_command(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**child_environment(), ACCOUNT: account},
            creationflags=flags,
        )
        self._thread = threading.Thread(target=self._hear, name="probe", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def kill(self) -> None:
        """End it; `on_end(False)` follows."""
        self._killed = True
        self._process.kill()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for its end; False when it goes on."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _hear(self) -> None:
        stdout = self._process.stdout
        if stdout is None:
            return
        watch = self._watch()
        for text in stdout:
            watch.cancel()
            watch = self._watch()
            try:
                self._on_line(decoded(text))
            except msgspec.MsgspecError:
                # whatever a library writes beside our lines
                continue
        watch.cancel()
        stdout.close()
        self._ended(self._process.wait())

    def _watch(self) -> threading.Timer:
        watch = threading.Timer(self._silence_s, self._give_up)
        watch.daemon = True
        watch.start()
        return watch

    def _give_up(self) -> None:
        self._silent = True
        self._process.kill()

    def _ended(self, code: int) -> None:
        looked = said(Code.LOOK_END)
        if self._silent:
            found = said(Code.OVERDUE, seconds=f"{self._silence_s:g}")
            self._on_line(bad("end", looked, found, said(Code.DO_LOOK), hung=True))
        elif code not in (0, 1) and not self._killed:
            self._on_line(bad("end", looked, said(Code.CRASHED, code=code), said(Code.DO_LOOK)))
        self._on_end(code == 0)
