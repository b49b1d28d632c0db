"""Writes small files so that a reader, a crash or a full disk never meets half of one."""

import contextlib
import os
import secrets
from pathlib import Path
from threading import Event

from qmtdesk.wire.inside import inside

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
TRIES = 25
PAUSE_S = 0.02


def write_atomic(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, readable by its owner only; OSError leaves the old file as it was.

    A virus scanner or a reader may hold the file on Windows, so PermissionError is retried for half a second.
    """
    descriptor, new = open_new(path.parent, f".{path.name}.", ".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        replace_patiently(new, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            new.unlink()
        raise
    sync_folder(path.parent)


def open_new(folder: Path, before: str, after: str = "") -> tuple[int, Path]:
    """A new file under a name nobody can guess, open to write, its owner's only; OSError at once where none may be.

    Python's own `mkstemp` goes on trying for hours in a folder of Windows whose access list forbids writing.
    """
    path = inside(folder, f"{before}{secrets.token_hex(8)}{after}")
    return os.open(path, NEW, 0o600), path


def replace_patiently(source: Path, target: Path) -> None:
    """Move `source` over `target`; PermissionError only after half a second of trying."""
    for _ in range(TRIES):
        if _replaced(source, target):
            return
        Event().wait(PAUSE_S)
    source.replace(target)


def read_patiently(path: Path, limit: int, *, tries: int = TRIES) -> bytes:
    """At most `limit` bytes of a file; OSError only after half a second of trying, FileNotFoundError at once.

    Blocks; with no `tries` it does not wait. On Windows a file that a virus scanner or a backup holds cannot be opened
    for a moment.
    """
    for _ in range(tries):
        if (data := _read(path, limit)) is not None:
            return data
        Event().wait(PAUSE_S)
    with path.open("rb") as file:
        return file.read(limit)


def _read(path: Path, limit: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except FileNotFoundError:
        raise
    except OSError:
        return None


def _replaced(source: Path, target: Path) -> bool:
    try:
        source.replace(target)
    except PermissionError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive power loss, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_folder(folder: Path) -> Path:
    """The folder, made for its owner only if it was not there, and closed to others if it was open."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name != "nt" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder
