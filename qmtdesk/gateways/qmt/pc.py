"""What may be looked at of a computer to find a terminal on it, so that a test can invent one."""

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePath
from typing import NamedTuple, Protocol

from qmtdesk.wire.files import open_new
from qmtdesk.wire.place import network_kind

SHANGHAI = timezone(timedelta(hours=8))
MOST_CHILDREN = 2_000


class Process(NamedTuple):
    """One running process. `path` is its program, '' and `session` -1 where the system does not say."""

    pid: int
    name: str
    path: str = ""
    session: int = -1


class Pc(Protocol):
    """One computer. Nothing here raises, and nothing is changed but by `try_write`, which cleans up behind itself."""

    def path(self, text: str) -> PurePath:
        """A path as this system writes it."""

    def processes(self) -> tuple[Process, ...] | None:
        """Those that can be seen; None where they cannot."""

    @property
    def session(self) -> int:
        """The Windows session of this program, -1 where there are none."""

    def drives(self) -> tuple[PurePath, ...]:
        """The roots of drives that are fixed in this machine."""

    def variable(self, name: str) -> str:
        """An environment variable, '' when it is not set."""

    def exists(self, path: PurePath) -> bool:
        """Whether anything is there."""

    def is_folder(self, path: PurePath) -> bool:
        """Whether a folder is there."""

    def children(self, folder: PurePath) -> tuple[str, ...]:
        """Names in a folder, at most so many; none when it cannot be read."""

    def text(self, path: PurePath) -> str:
        """A small file, '' when it cannot be read."""

    def try_write(self, folder: PurePath) -> str:
        """Write a file and take it away again; '' when that was possible, else why not."""

    def free_bytes(self, folder: PurePath) -> int | None:
        """Space left for this user."""

    def network_kind(self, folder: PurePath) -> str:
        """What server or share the folder is on, '' when it is of this machine."""

    def today(self) -> str:
        """YYYYMMDD of Shanghai."""


class ThisPc:
    """The computer this runs on, as far as every system has it."""

    session = -1

    def path(self, text: str) -> PurePath:
        return Path(text)

    def processes(self) -> tuple[Process, ...] | None:
        return None

    def drives(self) -> tuple[PurePath, ...]:
        return (Path("/"),)

    def variable(self, name: str) -> str:
        return os.environ.get(name, "")

    def exists(self, path: PurePath) -> bool:
        try:
            return Path(path).exists()
        except (OSError, ValueError):
            return False

    def is_folder(self, path: PurePath) -> bool:
        try:
            return Path(path).is_dir()
        except (OSError, ValueError):
            return False

    def children(self, folder: PurePath) -> tuple[str, ...]:
        return tuple(_names(folder))

    def text(self, path: PurePath) -> str:
        try:
            with Path(path).open("rb") as file:
                return file.read(1 << 16).decode("utf-8", "replace")
        except (OSError, ValueError):
            return ""

    def try_write(self, folder: PurePath) -> str:
        try:
            descriptor, tried = open_new(Path(folder), "qmtdesk-try-")
            try:
                os.write(descriptor, b"x")
            finally:
                os.close(descriptor)
                tried.unlink()
        except (OSError, ValueError) as error:
            return (error.strerror if isinstance(error, OSError) else None) or str(error)
        return ""

    def free_bytes(self, folder: PurePath) -> int | None:
        try:
            return shutil.disk_usage(folder).free
        except (OSError, ValueError):
            return None

    def network_kind(self, folder: PurePath) -> str:
        try:
            return network_kind(Path(folder))
        except (OSError, ValueError):
            return ""

    def today(self) -> str:
        return datetime.now(SHANGHAI).strftime("%Y%m%d")


def _names(folder: PurePath) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= MOST_CHILDREN:
                    return
                yield entry.name
    except (OSError, ValueError):
        return


if sys.platform == "win32":

    def this_pc() -> Pc:
        """The computer this runs on."""
        from qmtdesk.gateways.qmt.pc_windows import WindowsPc  # noqa: PLC0415 - it is built on this module

        return WindowsPc()

else:

    def this_pc() -> Pc:
        """The computer this runs on."""
        return ThisPc()
