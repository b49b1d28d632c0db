"""The paper world's file: written whole or not at all."""

import os
from pathlib import Path

from qmtdesk.wire.inside import inside

NAME = "paper.msgpack"


def read_saved(folder: Path) -> bytes | None:
    """What was saved last; None when nothing was. OSError when it is there and cannot be read."""
    path = inside(folder, NAME)
    return path.read_bytes() if path.exists() else None


def write_saved(folder: Path, data: bytes) -> None:
    """Replace the file so that a kill or a power cut leaves the old one or the new one; OSError when it cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = inside(folder, NAME + ".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(inside(folder, NAME))
    _sync_folder(folder)


def set_aside(folder: Path) -> Path:
    """Move an unusable file out of the way and keep it; returns where it is now."""
    number = 1
    while (kept := inside(folder, f"{NAME}.damaged-{number}")).exists():
        number += 1
    return inside(folder, NAME).replace(kept)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows neither can nor needs to open a folder for that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
