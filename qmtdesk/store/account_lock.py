"""One trader per account: a lock in a place of this user's own, whatever data folder it trades from."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from qmtdesk.wire.files import private_folder
from qmtdesk.wire.inside import inside
from qmtdesk.wire.locks import FolderLock
from qmtdesk.wire.redact import know_account
from qmtdesk.wire.start_refusal import ACCOUNT_TAKEN, StartRefusedError

WAIT_MS = 500


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Which account at which broker: its number and the folder of the broker's program. Paper accounts have none."""

    number: str
    broker: Path

    def name(self) -> str:
        """The same for every way to write the same folder, and of no use to who reads it."""
        folder = os.path.normcase(self.broker.resolve())
        return hashlib.sha256(f"{self.number.strip()}\0{folder}".encode("utf-8", "surrogateescape")).hexdigest()[:32]

    def __repr__(self) -> str:
        return "AccountKey(****)"


def account_locks() -> Path:
    """Where the locks of this user's accounts are, the same for every data folder."""
    return private_folder(user_data_path("qmtdesk", appauthor=False, roaming=False) / "accounts")


def hold_account(key: AccountKey, data_folder: Path, place: Path | None = None) -> FolderLock:
    """The account's lock, held; StartRefusedError names the data folder that holds it. OSError when none can be made.

    The system frees it when the process dies. The number is hidden in every log from here on.
    """
    know_account(key.number.strip())
    lock = FolderLock(inside(place or account_locks(), f"{key.name()}.lock"), note=str(data_folder.resolve()))
    if not lock.acquire(WAIT_MS):
        raise StartRefusedError(ACCOUNT_TAKEN, "account_taken", folder=lock.note(), pid=lock.holder())
    return lock
