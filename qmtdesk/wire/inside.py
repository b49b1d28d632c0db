"""Names of files in a folder: never outside it, no device, no hidden stream, no link that leads away."""

import re
from pathlib import Path

LONGEST = 200
"""Bytes of a name; the systems' limit is 255, and a stamp may be added to it."""
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])[ .]*(\..*)?", re.IGNORECASE
)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]")


class PathRefusedError(OSError):
    """A name that is no plain file's inside its folder; nothing was opened."""


def inside(folder: Path, name: str) -> Path:
    """`folder / name`, for everything this program keeps; PathRefusedError for any name but a plain one.

    The rules are those of Windows on every system, so that a folder may be carried from one to the other.
    """
    if not _is_plain(name):
        raise PathRefusedError(f"{name!r} is no name of a file")
    path = folder / name
    try:
        away = path.resolve().parent != folder.resolve()
    except (RuntimeError, ValueError) as error:
        # a link that leads to itself, a folder's name no system can have
        raise PathRefusedError(f"{name!r} cannot be followed: {error}") from error
    if away:
        raise PathRefusedError(f"{path} is a link that leads out of its folder")
    return path


def _is_plain(name: str) -> bool:
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    if not 0 < size <= LONGEST or _UNSAFE.search(name) or name.endswith((".", " ")):
        return False
    return not _DEVICE.fullmatch(name)
