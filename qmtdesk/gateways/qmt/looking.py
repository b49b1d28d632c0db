"""A connection that only looks: which accounts there are, what they hold, how they stand. It sends nothing."""

from pathlib import Path
from typing import Any

from qmtdesk.gateways.qmt.native import Native
from qmtdesk.gateways.qmt.records import Raw, RawAsset, RawPoison, copied
from qmtdesk.gateways.qmt.session import SUBSCRIBE_S, NotOpened, ReportFailure, TradeSession
from qmtdesk.gateways.qmt.worker import Done, Failed, Overdue

FIRST_ID, IDS = 99_000, 4
"""Session ids no trader uses; few of them, for each leaves a file of 75 MB."""
WITH_MONEY = ("STOCK", "CREDIT")


class LookSession(TradeSession):
    """Opened without an account, it may ask about each of them in turn."""

    def __init__(self, native: Native, folder: Path, second: int) -> None:
        super().__init__(native, folder, FIRST_ID + second % IDS, "", "STOCK", 0, _not_heard)

    def subscribed(self, number: str, kind: str) -> NotOpened | None:
        """Whether pushes of this account may be had."""
        self._number, self._type = number, kind
        match self._worker.call(self._subscribe, SUBSCRIBE_S):
            case Done(0):
                return None
            case Done(code):
                return NotOpened("subscribe", f"subscribe() = {code}")
            case Failed(text):
                return NotOpened("subscribe", text)
            case Overdue(seconds):
                return NotOpened("subscribe", f"subscribe(): {seconds:g} s", hung=True)

    def asset(self, number: str, kind: str) -> RawAsset | RawPoison | ReportFailure:
        """The money of any account that is logged in."""
        account: Any = self._native.xttype.StockAccount(number, kind)
        if isinstance(account, str):
            return ReportFailure("asset", account)
        self._account = account
        found = self._ask("asset", "query_stock_asset")
        return found if isinstance(found, ReportFailure) else copied(RawAsset, found)


def _not_heard(_generation: int, _record: Raw) -> None:
    """Pushes are of no interest to a look."""
