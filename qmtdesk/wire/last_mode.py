"""Which market was opened last, so that a plain start opens it again; in the folder above the markets' own."""

from pathlib import Path
from typing import Literal

import msgspec

from qmtdesk.wire.inside import inside
from qmtdesk.wire.typed_file import TypedFile

FILE = "last-mode.json"
Mode = Literal["paper", "live"]


class LastMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Paper until the user chose otherwise. It opens a window and starts nothing."""

    version: int = 1
    mode: Mode = "paper"


def last_mode(base: Path) -> TypedFile[LastMode]:
    """The file in the folder that holds `paper` and `live`."""
    return TypedFile(inside(base, FILE), LastMode, 1)
