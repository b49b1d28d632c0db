"""One connection to the terminal's trading side: opened once, used until it is lost, and never again."""

import logging
import time
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Side
from qmtdesk.gateways.qmt import meaning, names
from qmtdesk.gateways.qmt.callbacks import Callbacks, Put
from qmtdesk.gateways.qmt.native import Native
from qmtdesk.gateways.qmt.records import (
    RawAccount,
    RawAsset,
    RawOrder,
    RawPoison,
    RawPosition,
    RawStatus,
    RawTrade,
    copied,
)
from qmtdesk.gateways.qmt.worker import CommandThread, Done, Failed, Overdue

log = logging.getLogger("qmtdesk.trader")

CONNECT_S = 15.0
SUBSCRIBE_S = 10.0
QUERY_S = 5.0
ISSUES_S, ISSUES_AGAIN_S = 2.0, 600.0
ISSUES_OPEN = 3
"""So many questions without an answer, each with its thread, are one too many to ask again on a connection."""
ORDER_S = 3.0
CLOSE_S = 2.0
ROUNDS = 4
ROUND_S = 15.0
"""For all rounds together; a terminal that answers each question late is asked again later, not for a minute on end."""
STRATEGY = "qmtdesk"

R = TypeVar("R", bound=Struct)


class NotOpened(NamedTuple):
    """No connection. `stage` is a key of `names.NOT_OPENED`; `hung` when a call did not come back.

    `refused`: connect() itself said no, so nothing can be queued under the session's number.
    """

    stage: str
    text: str
    hung: bool = False
    refused: bool = False


class RawReport(NamedTuple):
    """The account as one round of questions told it; rows that could not be read are among them as poison."""

    asset: RawAsset | RawPoison
    positions: tuple[RawPosition | RawPoison, ...]
    orders: tuple[RawOrder | RawPoison, ...]
    trades: tuple[RawTrade | RawPoison, ...]
    issues: frozenset[str] = frozenset()
    """Codes that are subscribed to and not traded yet."""


class ReportFailure(NamedTuple):
    """A question of the round was not answered; `hung` when its call did not come back."""

    what: str
    text: str
    hung: bool = False


class TradeSession:
    """One XtQuantTrader object with two command threads of its own, one for orders and one for questions.

    `put(generation, record)` is called from xtquant's threads, must not block, and is the only thing its callbacks do.
    Every other method returns within its deadline and never raises; `read_account` may be called beside the others.
    Nothing here is sent twice: an order whose call is overdue may have left.
    """

    def __init__(
        self,
        native: Native,
        folder: Path,
        session_id: int,
        account: str,
        account_type: str,
        generation: int,
        put: Put,
    ) -> None:
        self.session_id = session_id
        self.generation = generation
        self._native = native
        self._folder = str(folder)
        self._number, self._type = account, account_type
        self._put = put
        self._worker = CommandThread(f"qmt-orders-{generation}")
        # a slow question must not hold up an order
        self._asker = CommandThread(f"qmt-questions-{generation}")
        # a terminal that does not know this question must lose nothing but its answer
        self._issuer = CommandThread(f"qmt-issues-{generation}")
        self._issues: dict[str, frozenset[str]] = {}
        self._issues_asked = -ISSUES_AGAIN_S
        self._issues_open = 0
        self._trader: Any = None
        self._account: Any = None

    @property
    def sick(self) -> bool:
        """Whether a native call did not come back; the session is of no more use."""
        return self._worker.sick or self._asker.sick

    # --- life

    def open(self) -> NotOpened | None:
        """Build, start, connect and, when an account was given, subscribe to its pushes; None when that is done."""
        for stage, call, deadline in (
            ("connect", self._connect, CONNECT_S),
            ("subscribe", self._subscribe, SUBSCRIBE_S),
        ):
            match self._worker.call(call, deadline):
                case Done(0):
                    continue
                case Done(code):
                    return NotOpened(stage, f"{stage}() = {code}", refused=stage == "connect")
                case Failed(text):
                    return NotOpened(stage, text)
                case Overdue(seconds):
                    return NotOpened(stage, names.NO_RETURN.format(f"{stage}()", seconds), hung=True)
        return None

    def close(self) -> None:
        """Stop the object; a stop that hangs is left behind."""
        self._worker.call(self._stop, CLOSE_S)
        self._worker.end()
        self._asker.end()
        self._issuer.end()

    def _connect(self) -> int:
        # the class takes the event loop of the thread that builds it; this thread has no other use for one
        base = self._native.xttrader.XtQuantTrader
        kind = type("QuietTrader", (base,), {"__del__": lambda _self: None})
        self._trader = kind(self._folder, self.session_id)
        self._trader.register_callback(Callbacks(self.generation, self._put))
        # answers to questions must not wait behind pushes
        self._trader.set_relaxed_response_order_enabled(True)
        self._trader.start()
        return int(self._trader.connect())

    def _subscribe(self) -> int:
        if not self._number:
            return 0
        account = self._native.xttype.StockAccount(self._number, self._type)
        if isinstance(account, str):
            raise TypeError(account)
        self._account = account
        return int(self._trader.subscribe(account))

    def _stop(self) -> None:
        trader, self._trader = self._trader, None
        if trader is None:
            return
        trader.stop()
        trader.loop.close()

    # --- orders

    def order(self, place: Place) -> int | Failed | Overdue:
        """Send one order and return its request number. Failed or Overdue: nobody can tell whether it left."""
        kind = meaning.BUY if place.side is Side.BUY else meaning.SELL
        limit = self._native.xtconstant.FIX_PRICE

        def send() -> int:
            seq = self._trader.order_stock_async(
                self._account, place.code, kind, place.volume, limit, place.price / 1000, STRATEGY, place.ref
            )
            return int(seq)

        answer = self._worker.call(send, ORDER_S)
        return answer.value if isinstance(answer, Done) else answer

    def cancel(self, broker_id: str) -> int | Failed | Overdue:
        """Ask for a cancel by order number."""
        answer = self._worker.call(
            lambda: int(self._trader.cancel_order_stock_async(self._account, int(broker_id))), ORDER_S
        )
        return answer.value if isinstance(answer, Done) else answer

    # --- questions

    def read_account(self) -> RawReport | ReportFailure:
        """Money, holdings, orders and trades as they stood together.

        Each question is answered at another moment, so orders and trades are asked before and after the rest, and the
        round is repeated while anything moved in between. None is no answer, whatever the vendor says of empty lists;
        an empty list is one, and it is the reader's to doubt it.
        """
        begun = time.monotonic()
        before = self._lists()
        for _ in range(ROUNDS):
            if isinstance(before, ReportFailure):
                return before
            if time.monotonic() - begun > ROUND_S:
                return ReportFailure("round", names.ROUND_SLOW.format(ROUND_S))
            asset = self._ask("asset", "query_stock_asset")
            if isinstance(asset, ReportFailure):
                return asset
            positions = self._rows("positions", RawPosition, "query_stock_positions")
            if isinstance(positions, ReportFailure):
                return positions
            after = self._lists()
            if not isinstance(after, ReportFailure) and _unordered(after) == _unordered(before):
                return RawReport(copied(RawAsset, asset), positions, *before)
            before = after
        return ReportFailure("round", names.ROUND_MOVED.format(ROUNDS))

    def _lists(self) -> tuple[tuple[RawOrder | RawPoison, ...], tuple[RawTrade | RawPoison, ...]] | ReportFailure:
        orders = self._rows("orders", RawOrder, "query_stock_orders")
        if isinstance(orders, ReportFailure):
            return orders
        trades = self._rows("trades", RawTrade, "query_stock_trades")
        return trades if isinstance(trades, ReportFailure) else (orders, trades)

    def new_issues(self, day: str) -> frozenset[str]:
        """Codes that are subscribed to on a day (ISO) and so are traded on none yet; empty where nobody says.

        An order for one is told as an ordinary buy, and freezes nothing. Asked once a day, again while none is told. An
        answer that takes longer than anybody waits for it is known at the next call.
        """
        now = time.monotonic()
        if day in self._issues or now - self._issues_asked < ISSUES_AGAIN_S or self._issues_open == ISSUES_OPEN:
            return self._issues.get(day, frozenset())
        self._issues_asked = now
        self._issues_open += 1
        if self._issuer.sick:
            self._issuer = CommandThread(self._issuer.name)

        def ask() -> None:
            try:
                self._note_issues(day, self._trader.query_ipo_data())
            finally:
                self._issues_open -= 1

        done = self._issuer.call(ask, ISSUES_S)
        if not isinstance(done, Done):
            log.info("QMT: new issues of %s are not told: %s", day, done)
        return self._issues.get(day, frozenset())

    def _note_issues(self, day: str, told: object) -> None:
        """On the thread that asked."""
        today, rows = day.replace("-", ""), told if isinstance(told, dict) else {}
        found = frozenset(code for code, one in rows.items() if isinstance(code, str) and _of_day(one, today))
        if found:
            self._issues[day] = found
        log.info("QMT: new issues of %s: %s", day, ", ".join(sorted(found)) or "none told")

    def accounts(self) -> tuple[RawAccount | RawPoison, ...] | ReportFailure:
        """The accounts the terminal is logged in to."""
        return self._rows("accounts", RawAccount, "query_account_infos", account=False)

    def statuses(self) -> tuple[RawStatus | RawPoison, ...] | ReportFailure:
        """How each account stands."""
        return self._rows("status", RawStatus, "query_account_status", account=False)

    def _rows(
        self, what: str, kind: type[R], question: str, *, account: bool = True
    ) -> tuple[R | RawPoison, ...] | ReportFailure:
        found = self._ask(what, question, account=account)
        if isinstance(found, ReportFailure):
            return found
        if not isinstance(found, list | tuple):
            return ReportFailure(what, names.NO_LIST.format(what, type(found).__name__))
        return tuple(copied(kind, each) for each in found)

    def _ask(self, what: str, question: str, *, account: bool = True) -> Any:  # noqa: ANN401 - a native object
        words = (self._account,) if account else ()
        match self._asker.call(lambda: getattr(self._trader, question)(*words), QUERY_S):
            case Done(None):
                return ReportFailure(what, names.NO_ANSWER.format(what))
            case Done(value):
                return value
            case Failed(text):
                return ReportFailure(what, f"{what}: {text}")
            case Overdue(seconds):
                return ReportFailure(what, names.NO_RETURN.format(question, seconds), hung=True)


def _of_day(told: object, day: str) -> bool:
    """Whether an issue is of that day (YYYYMMDD); one whose day cannot be read is: it is listed for today."""
    date = str(told.get("purchaseDate", "")) if isinstance(told, dict) else ""
    digits = "".join(sign for sign in date if sign.isdigit())
    return len(digits) != len(day) or digits == day


def _unordered(lists: tuple[tuple[Struct, ...], ...]) -> list[list[str]]:
    """Rows to be compared: in whatever order they were told, and with a NaN that equals itself told again."""
    return [sorted(map(repr, rows)) for rows in lists]
