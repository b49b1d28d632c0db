"""Starts a trader that outlives whoever started it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from qmtdesk.wire.files import replace_patiently, write_atomic
from qmtdesk.wire.inside import inside

LOG = "trader-output.log"
DESK_LOG = "desk-output.log"
REFUSAL = "trader-refusal.txt"
"""Why a trader would not start, for whoever started it; there only after it would not."""
LOG_LIMIT = 4 << 20
REFUSAL_LIMIT = 4_096


class ProcessHandle(Protocol):
    """A started process as far as a desk cares."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""


class TraderProcess:
    """A process on its own feet: nobody waits for it, and it may be forgotten."""

    def __init__(self, command: Sequence[str], folder: Path, log: str = LOG) -> None:
        self._popen = _detached(command, folder, log)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._popen.poll()

    def __del__(self) -> None:
        # Popen complains of a child that still runs; this one is meant to
        if hasattr(self, "_popen") and self._popen.returncode is None:
            self._popen.returncode = 0


def write_refusal(folder: Path, kind: str, text: str) -> None:
    """Say why this folder's trader does not start; OSError when it cannot be said."""
    write_atomic(inside(folder, REFUSAL), f"{kind}\n{text}".encode())


def refusal_in(folder: Path) -> tuple[str, str]:
    """What kind (newer | other_money | journal | a refusal's) keeps this folder's trader from starting, and its words.

    '' when nothing does.
    """
    try:
        kind, _, text = inside(folder, REFUSAL).read_bytes()[:REFUSAL_LIMIT].decode("utf-8", "replace").partition("\n")
    except OSError:
        return "", ""
    return kind, text


def trader_command(arguments: Sequence[str]) -> list[str]:
    """How to start this program again: the packaged exe itself, or the interpreter with the package's name."""
    packaged = Path(sys.executable).stem.lower() == "qmtdesk"
    program = [sys.executable] if packaged else [sys.executable, "-m", "qmtdesk"]
    return [*program, *arguments]


def spawn_desk(folder: Path, arguments: Sequence[str]) -> TraderProcess:
    """Start a desk on its own feet, its output going to a log in `folder`; OSError when it cannot be started."""
    return TraderProcess(trader_command(arguments), folder, DESK_LOG)


def spawn_trader(folder: Path, arguments: Sequence[str], command: Sequence[str] = ()) -> TraderProcess:
    """Start a trader in `folder`, its output going to a log there; OSError when it cannot be started.

    The folder is also its working folder, so that it holds no other one open. `command` replaces how it is called.
    """
    return TraderProcess([*(command or trader_command(())), *arguments], folder)


def _detached(command: Sequence[str], folder: Path, log: str) -> subprocess.Popen[bytes]:
    path = inside(folder, log)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        replace_patiently(path, path.with_suffix(".old.log"))
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            command,
            cwd=folder,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            creationflags=flags,
        )


def child_environment() -> dict[str, str]:
    """Ours, and in a checkout the place where this package is found whatever the working folder."""
    home = str(Path(__file__).resolve().parents[2])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
