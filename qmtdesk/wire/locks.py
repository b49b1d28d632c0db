"""One process per folder: an operating-system lock on a file that is never deleted."""

import os
import sys
from pathlib import Path
from threading import Event

FAR = 1 << 20
"""Windows locks bytes against readers too, so the locked byte lies far behind the pid text."""
PAUSE_S = 0.05
NOTE = 8192

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class FolderLock:
    """Held by at most one process; the system frees it when that process dies, however it dies.

    The file must never be deleted: a second process would lock a new file of the same name.
    """

    def __init__(self, path: Path, note: str = "") -> None:
        self.path = path
        self._note = note
        self._descriptor = -1

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor >= 0

    def acquire(self, wait_ms: int = 0) -> bool:
        """Take the lock, trying for `wait_ms`; False when another holds it. OSError when the file cannot be opened."""
        if self.held:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        for left in reversed(range(1 + wait_ms // int(PAUSE_S * 1000))):
            try:
                _lock(descriptor)
            except OSError:
                if left:
                    Event().wait(PAUSE_S)
                continue
            self._descriptor = descriptor
            self._sign()
            return True
        os.close(descriptor)
        return False

    def _sign(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, f"{os.getpid()}\n{self._note}".encode("utf-8", "surrogateescape"))

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self.held:
            descriptor, self._descriptor = self._descriptor, -1
            _unlock(descriptor)
            os.close(descriptor)

    def holder(self) -> int:
        """The pid written by the newest holder, 0 when nobody wrote one; says nothing of whether it still lives."""
        try:
            return int(self.path.read_bytes()[:20].split(b"\n")[0])
        except (OSError, ValueError):
            return 0

    def note(self) -> str:
        """What the newest holder wrote beside its pid, '' when nothing."""
        try:
            return self.path.read_bytes()[:NOTE].partition(b"\n")[2].decode("utf-8", "surrogateescape")
        except OSError:
            return ""


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock now. The look itself takes it for an instant."""
    lock = FolderLock(path)
    free = lock.acquire()
    lock.release()
    return free
