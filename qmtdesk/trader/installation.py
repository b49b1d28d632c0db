"""This installation's own few letters, by which its orders are told from those of any other program."""

import logging
import secrets
import string
from pathlib import Path

from qmtdesk.engine.identity import PREFIX, sound_prefix
from qmtdesk.wire.files import write_atomic
from qmtdesk.wire.inside import inside

log = logging.getLogger("qmtdesk.trader")

NAME = "installation"


def prefix_of(folder: Path, journaled: str) -> str:
    """The journal's letters, or the folder's when the journal was lost, or new ones."""
    kept = _read(inside(folder, NAME))
    return journaled or kept or "".join(secrets.choice(string.ascii_lowercase) for _ in range(PREFIX))


def keep_prefix(folder: Path, prefix: str) -> None:
    """The folder keeps them too, for the day its journal is lost."""
    path = inside(folder, NAME)
    if prefix == _read(path):
        return
    try:
        write_atomic(path, prefix.encode())
    except OSError:
        # the journal has it too; only when both are lost are own orders taken for another program's
        log.exception("the installation's letters cannot be kept in the folder")


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return text if sound_prefix(text) else ""
