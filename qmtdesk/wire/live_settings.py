"""Which terminal and which account live trading uses; read at start, written by the wizard."""

from keyword import iskeyword
from pathlib import Path
from typing import Annotated

import msgspec

from qmtdesk.wire.inside import inside
from qmtdesk.wire.typed_file import TypedFile

FILE = "live-settings.json"
VERSION = 1

XTQUANT = "xtquant"
LONGEST = 60
Package = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$", max_length=LONGEST)]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z]*$", max_length=32)]


class LiveSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Nothing is chosen until `folder` and `account` are.

    `package` offers the modules of xtquant; another one than the wheel may bridge to another terminal. `reported` is
    the user's answer that program trading was reported to the broker; `reported_day` when he gave it (ISO day).
    """

    version: int = VERSION
    package: Package = XTQUANT
    folder: str = ""
    account: Number = ""
    account_type: str = "STOCK"
    reported: bool = False
    reported_day: str = ""

    @property
    def chosen(self) -> bool:
        """Whether a live trader can be started with this."""
        return bool(self.folder and self.account)


def is_package(name: str) -> bool:
    """Whether that can be the name of a package: plain Python names, parted by points."""
    plain = all(part.isidentifier() and not iskeyword(part) for part in name.split("."))
    return plain and name.isascii() and len(name) <= LONGEST


def live_settings(folder: Path) -> TypedFile[LiveSettings]:
    """The file in the live data folder; it holds the account's number, so nobody but the user may read it."""
    return TypedFile(inside(folder, FILE), LiveSettings, VERSION)
