"""Whether a folder is one to trade from: writable, of this machine, and not about to vanish."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from qmtdesk.wire.files import open_new
from qmtdesk.wire.start_refusal import BAD_PLACE, StartRefusedError

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "fuse.sshfs", "fuse.davfs", "davfs", "afs"})
_ARCHIVE = re.compile(r"^(temp\d+_.*\.(zip|rar|7z)|7zo[0-9a-f]{6,}|rar\$\w+[.\d]*|bnz\.[0-9a-f]+)$", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([0-7]{3})")


def check_program(program: Path) -> None:
    """StartRefusedError when the program runs inside an archive that somebody only looks into."""
    if opened_in_archive(str(program)):
        raise StartRefusedError(BAD_PLACE, "archive", folder=program.parent)


def opened_in_archive(program: str) -> bool:
    """Whether a path is what Explorer, 7-Zip, WinRAR or Bandizip make when a program inside an archive is opened."""
    return any(_ARCHIVE.match(part) for part in re.split(r"[\\/]", program)[:-1])


def check_data_folder(folder: Path) -> None:
    """StartRefusedError when nothing can be kept in the folder; it must exist."""
    kind = network_kind(folder)
    if kind:
        raise StartRefusedError(BAD_PLACE, "network", folder=folder, kind=kind)
    try:
        # the system's rights say yes on a read-only share, only a try tells
        descriptor, tried = open_new(folder, ".probe.")
        try:
            os.write(descriptor, b"x")
        finally:
            os.close(descriptor)
            tried.unlink()
    except OSError as error:
        raise StartRefusedError(BAD_PLACE, "read_only", folder=folder, error=error.strerror or error) from error


@contextmanager
def opening(folder: Path, name: str) -> Iterator[None]:
    """StartRefusedError for a file of the data folder that cannot be opened inside."""
    try:
        yield
    except OSError as error:
        raise StartRefusedError(
            BAD_PLACE, "no_file", file=folder.joinpath(name), error=error.strerror or error
        ) from error


def mounted_on(mountinfo: str, folder: str) -> str:
    """The kind of file system a folder lies on, as Linux's table of mounts tells; '' when it does not."""
    found, kind = "", ""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = _ESCAPED.sub(lambda each: chr(int(each[1], 8)), fields[4])
        # of several on one point the last one counts
        if PurePosixPath(folder).is_relative_to(point) and len(point) >= len(found):
            found, kind = point, after.split(" ")[0]
    return kind


if sys.platform == "win32":
    import ctypes

    REMOTE = 4

    def network_kind(folder: Path) -> str:
        """The server's name or the drive where the folder is not of this machine, '' where it is."""
        anchor = folder.resolve().anchor
        if anchor.startswith("\\\\") and not anchor.startswith("\\\\?\\"):
            return anchor
        return anchor if ctypes.windll.kernel32.GetDriveTypeW(anchor) == REMOTE else ""

else:

    def network_kind(folder: Path) -> str:
        """The file system's name where the folder is not of this machine, '' where it is."""
        try:
            table = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""
        kind = mounted_on(table, str(folder.resolve()))
        return kind if kind in NETWORK else ""
