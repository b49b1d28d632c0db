"""Where a trader listens, and the card in the data folder that tells a desk so."""

import contextlib
import hashlib
import os
import secrets
import stat
import sys
import tempfile
from pathlib import Path

import msgspec

from qmtdesk.wire.files import private_folder, write_atomic
from qmtdesk.wire.inside import inside

CARD = "trader.json"
SOCKET = "trader.sock"
LONGEST = 100
"""Bytes of a socket's path; the system's limit is 108 with its end mark, and a Chinese character takes three."""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """trader.json: how to reach the running trader. Whoever can read `key` may command it."""

    address: str
    key: str
    pid: int
    boot: str
    proto: int
    version: str


def new_key() -> str:
    """A fresh secret for one run of a trader, as hex."""
    return secrets.token_hex(32)


def new_boot() -> str:
    """A name for one run of a trader."""
    return secrets.token_hex(8)


def card_path(folder: Path) -> Path:
    """Where the card of a data folder is."""
    return inside(folder, CARD)


def read_card(folder: Path) -> Card | None:
    """The newest trader's card, None when there is none or it cannot be used; the trader may be gone for long."""
    try:
        card = msgspec.json.decode(card_path(folder).read_bytes(), type=Card)
        bytes.fromhex(card.key)
    except (OSError, ValueError):
        return None
    return card


def write_card(folder: Path, card: Card) -> None:
    """Publish the card to this user only; OSError when the folder does not take it."""
    write_atomic(card_path(folder), msgspec.json.format(msgspec.json.encode(card), indent=1))


def forget_address(folder: Path, address: str) -> None:
    """Take away the folder that was made because this data folder's own name is too long for a socket."""
    place = Path(address).parent
    if sys.platform != "win32" and place != folder:
        with contextlib.suppress(OSError):
            place.rmdir()


if sys.platform == "win32":

    def new_address(folder: Path) -> str:
        """Where the trader shall listen: a pipe under a name nobody can guess."""
        return rf"\\.\pipe\qmtdesk-{secrets.token_hex(16)}"

else:

    def new_address(folder: Path) -> str:
        """Where the trader of this folder shall listen: a socket file, elsewhere if the folder's name is too long."""
        near = inside(folder, SOCKET)
        if len(os.fsencode(near)) <= LONGEST:
            return str(near)
        return str(_short_folder(folder) / SOCKET)

    def _short_folder(folder: Path) -> Path:
        """A folder of ours with a short name, the same one for the same data folder where that is safe."""
        name = f"qmtdesk-{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]}"
        for base in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir()):
            place = Path(base) / name
            if base and len(os.fsencode(place / SOCKET)) <= LONGEST and _ours(place):
                return place
        return Path(tempfile.mkdtemp(prefix="qmtdesk-", dir="/tmp"))

    def _ours(place: Path) -> bool:
        """Whether the folder could be made, or is there and belongs to this user alone."""
        try:
            private_folder(place)
            told = place.lstat()
        except OSError:
            return False
        return stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid() and not told.st_mode & 0o077
