"""A MiniQMT terminal that is not there: accounts, a paper counter behind them, and the native clients it serves."""

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.messages import (
    Cancel,
    CancelRefused,
    Event,
    FillReported,
    OrderReported,
    Place,
    Quoted,
    SubmitAnswered,
    SubmitRefused,
)
from qmtdesk.domain.order import Fill, Owner, OwnerKind, Side
from qmtdesk.domain.quote import Quote
from qmtdesk.gateways.paper.world import World
from standins.faults import TerminalFaults
from standins.native_records import NativeRecord, Poison
from standins.rows import asset_row, issue_row, order_row, position_row, trade_row

ACCOUNT = "66800012345396"
OTHER = "66800054321777"
BUY, SELL = 23, 24
STOCK = 2
NO_CASH = "[COUNTER][260200][可用资金不足]"


class TradeClient(Protocol):
    """What the terminal needs of a native trading client."""

    session: int
    number: int
    live: bool

    def hear(self, name: str, *args: Any) -> None:
        """Run a bound callback on the client's own native thread."""


class QuoteClient(Protocol):
    """What the terminal needs of a native quote client."""

    def ticks(self, quotes: dict[str, Quote]) -> None:
        """Hand new snapshots to whoever subscribed."""

    def lost(self) -> None:
        """The quote service is gone."""


class Terminal:
    """One terminal. Its clock is the world's: `pump` moves it to the given time and delivers what happened.

    `start` pumps by itself, `speed` world seconds in a real one. Calls may come from any thread.
    """

    def __init__(
        self, world: World, accounts: tuple[str, ...] = (ACCOUNT,), units: dict[str, int] | None = None
    ) -> None:
        self.world = world
        self.accounts = accounts
        self.units = units or {}
        self.faults = TerminalFaults()
        self.running = True
        self.status = dict.fromkeys(accounts, 0)
        self.lock = threading.RLock()
        self.trade_clients: list[TradeClient] = []
        self.quote_clients: list[QuoteClient] = []
        self.quotes: dict[str, Quote] = {}
        self.orders_taken: list[Place] = []
        self.queries: list[str] = []
        self.issues: dict[str, str] = {}
        """What may be subscribed to: codes and their days, YYYYMMDD."""
        self.subscribed: set[str] = set()
        self.level2_asked: list[str] = []
        """Codes in the order in which Level-2 was asked for."""
        self.withdrawn: dict[str, tuple[int, int]] = {}
        """Cancelled buys of the day by code: shares and 厘."""
        self._keys = itertools.count(1)
        self._asked: dict[str, tuple[TradeClient, int, str]] = {}
        self._remarks: dict[str, str] = {}
        self._cancels: dict[str, tuple[TradeClient, int]] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._anchor = (world.at, time.monotonic(), 1)
        for _, event in world.opened():
            if isinstance(event, Quoted):
                self.quotes[event.quote.code] = event.quote

    # --- time

    def now(self) -> int:
        """Unix ms of the world."""
        at, wall, speed = self._anchor
        return at + int((time.monotonic() - wall) * 1000 * speed) if self._thread else self.world.at

    def start(self, speed: int = 1) -> None:
        """Run by itself from now on."""
        self._anchor = (self.world.at, time.monotonic(), speed)
        self._thread = threading.Thread(target=self._run, name="terminal", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop pumping."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(0.01):
            with self.lock:
                late = self.now() - self.world.at
                if late > 0:
                    self._deliver(self.world.advance(late))

    def pump(self, ms: int) -> None:
        """Let this much world time pass (without `start`)."""
        with self.lock:
            self._deliver(self.world.advance(ms))

    # --- the link

    def disconnect(self, *, told: bool = True) -> None:
        """Every trading client loses its link, for ever; `told`: it hears so."""
        with self.lock:
            for client in self.trade_clients:
                if client.live:
                    client.live = False
                    if told:
                        client.hear("Disconnected")
            self.trade_clients.clear()

    def lose_quotes(self) -> None:
        """Every quote client loses its link; old subscriptions die with it."""
        with self.lock:
            clients, self.quote_clients[:] = list(self.quote_clients), []
            self.subscribed.clear()
        for client in clients:
            client.lost()

    def quit(self) -> None:
        """Somebody closes the terminal."""
        self.running = False
        self.faults.quotes_up = False
        self.disconnect()
        self.lose_quotes()

    def connected(self, client: TradeClient) -> int:
        """A client connects; another one with its session id is thrown out."""
        with self.lock:
            if not self.running or self.faults.use("connect_fails"):
                return -1
            for other in list(self.trade_clients):
                if other.session == client.session:
                    other.live = False
                    self.trade_clients.remove(other)
                    other.hear("Disconnected")
            self.trade_clients.append(client)
            client.live = True
            if self.faults.replay_at_connect:
                for entry in self.world.exchange.orders:
                    self._tell_order(client, entry.reported())
                for fill in self.world.exchange.truth.fills:
                    self._tell_trade(client, fill)
            return 0

    def set_status(self, account: str, status: int, kind: int = 2) -> None:
        """The account's status changes and is pushed; that of another type is pushed alone."""
        with self.lock:
            if kind == STOCK:
                self.status[account] = status
            if self.faults.status_lost:
                return
            record = NativeRecord(
                "XtAccountStatus", {"m_strAccountID": account, "m_nAccountType": kind, "m_nStatus": status}
            )
            for client in self.trade_clients:
                client.hear("UpdateAccountStatus", record)

    # --- orders

    def order(self, client: TradeClient, seq: int, request: Any) -> None:
        """A client's order request; the answer comes by callback, or never."""
        with self.lock:
            if not client.live or "order" in self.faults.silent or self.faults.use("lose_orders"):
                return
            remark, account = request.m_strOrderRemark, request.m_strAccountID
            if account not in self.accounts or self.faults.use("bounce"):
                self._bounce(client, seq, account, remark)
                return
            key = f"k{next(self._keys)}"
            side = Side.BUY if request.m_nOrderType == BUY else Side.SELL
            price = round(request.m_dPrice * 1000)
            kept = "" if self.faults.remark_gone else remark
            self._remarks[key] = kept[: self.faults.remark_length] if self.faults.remark_length >= 0 else kept
            self._asked[key] = (client, seq, remark)
            owner = Owner(OwnerKind.FOREIGN)
            place = Place(key, request.m_strStockCode, side, price, request.m_nOrderVolume, owner)
            self.orders_taken.append(Place(remark, place.code, side, price, place.volume, owner))
            self.world.submit(place)

    def _bounce(self, client: TradeClient, seq: int, account: str, remark: str) -> None:
        answer = self._answer(account, -1, remark, NO_CASH)
        error = NativeRecord(
            "XtOrderError",
            {
                **self._head(account),
                "order_id": -1,
                "error_id": 260200,
                "error_msg": NO_CASH,
                "strategy_name": "",
                "order_remark": remark,
                "seq": seq,
            },
        )
        if self.faults.error_first:
            client.hear("OrderError", error)
            client.hear("OrderStockResp", seq, answer)
        else:
            client.hear("OrderStockResp", seq, answer)
            client.hear("OrderError", error)
        if self.faults.error_twice:
            client.hear("OrderError", error)

    def cancel(self, client: TradeClient, seq: int, request: Any) -> None:
        """A client's cancel request."""
        with self.lock:
            if not client.live or "cancel" in self.faults.silent:
                return
            broker_id = str(request.m_nOrderID)
            known = broker_id in self.world.exchange.truth.entries
            answer = {
                "m_strAccountID": request.m_strAccountID,
                "m_nCancelResult": 0 if known else -1,
                "m_nOrderID": request.m_nOrderID,
                "m_strOrderSysID": "",
                "m_strErrorMsg": "" if known else "no such order",
            }
            client.hear("CancelOrderStockResp", seq, NativeRecord("CancelOrderStockResp", answer))
            self.world.cancel(Cancel("", broker_id))

    def by_hand(self, code: str, side: Side, price: int, volume: int, remark: str = "") -> None:
        """An order typed into the terminal."""
        with self.lock:
            self.world.by_hand(code, side, price, volume, remark)

    # --- what is told

    def _deliver(self, events: list[tuple[int, Event]]) -> None:
        fresh: dict[str, Quote] = {}
        for _, event in events:
            match event:
                case Quoted(quote):
                    self.quotes[quote.code] = fresh[quote.code] = quote
                case SubmitAnswered(ref, broker_id):
                    self._answered(ref, broker_id)
                case SubmitRefused(ref, text):
                    self._refused(ref, text)
                case OrderReported(order):
                    self._to_all(lambda client, order=order: self._tell_order(client, order))
                case FillReported(fill):
                    self._to_all(lambda client, fill=fill: self._tell_trade(client, fill))
                case CancelRefused(broker_id, text):
                    self._to_all(lambda client, id_=broker_id, text=text: self._cancel_error(client, id_, text))
                case _:
                    pass
        told = {code: quote for code, quote in fresh.items() if code not in self.faults.quiet_codes}
        if told and not self.faults.frozen:
            for quotes in list(self.quote_clients):
                quotes.ticks(told)

    def _to_all(self, tell: Callable[[TradeClient], None]) -> None:
        for client in list(self.trade_clients):
            tell(client)

    def _answered(self, key: str, broker_id: str) -> None:
        client, seq, remark = self._asked[key]
        if not client.live or self.faults.use("lose_answers"):
            return
        number = -1 if self.faults.use("minus_one") else int(broker_id)
        late = self.faults.use("late_answers")
        answer = self._answer(self.accounts[0], number, remark, "")
        if late:
            threading.Timer(0.2, client.hear, ("OrderStockResp", seq, answer)).start()
        else:
            client.hear("OrderStockResp", seq, answer)

    def _refused(self, key: str, text: str) -> None:
        client, seq, remark = self._asked[key]
        client.hear("OrderStockResp", seq, self._answer(self.accounts[0], -1, remark, text))

    def _answer(self, account: str, order_id: int, remark: str, text: str) -> NativeRecord:
        return NativeRecord(
            "OrderStockResp",
            {
                "m_strAccountID": account,
                "m_nOrderID": order_id,
                "m_strStrategyName": "",
                "m_strOrderRemark": remark,
                "m_strErrorMsg": text,
            },
        )

    def _head(self, account: str) -> dict[str, Any]:
        return {"account_type": 2, "account_id": account}

    def remark_of(self, key: str) -> str:
        """What the terminal shows as an order's remark."""
        return self._remarks.get(key, key)

    def _push(self, client: TradeClient, name: str, kind: str, fields: dict[str, Any]) -> None:
        if kind in self.faults.poison:
            self.faults.poison.discard(kind)
            client.hear(name, Poison(kind, {}))
            return
        fields = {**fields, **{k: v for k, v in self.faults.changed.items() if k in fields}}
        for gone in self.faults.without:
            fields.pop(gone, None)
        client.hear(name, NativeRecord(kind, fields))
        if self.faults.other_account:
            client.hear(name, NativeRecord(kind, {**fields, "account_id": self.faults.other_account}))

    def _tell_order(self, client: TradeClient, order: BrokerOrder) -> None:
        self._push(client, "StockOrder", "order", self.order_fields(order))

    def _tell_trade(self, client: TradeClient, fill: Fill) -> None:
        fields = trade_row(fill, self.accounts[0], self.remark_of(fill.ref), self.faults)
        self._push(client, "StockTrade", "trade", fields)
        if self.faults.trades_twice:
            self._push(client, "StockTrade", "trade", fields)

    def _cancel_error(self, client: TradeClient, broker_id: str, text: str) -> None:
        fields = {
            **self._head(self.accounts[0]),
            "order_id": int(broker_id),
            "market": 0,
            "order_sysid": "",
            "error_id": 1,
            "error_msg": text,
        }
        client.hear("CancelError", NativeRecord("XtCancelError", fields))

    def order_fields(self, order: BrokerOrder) -> dict[str, Any]:
        """One order row as this terminal shows it."""
        return order_row(order, self.accounts[0], self.remark_of(order.remark), self.faults)

    # --- queries

    def ask(self, client: TradeClient, what: str, account: str, answer: Callable[[Any], None]) -> None:
        """A query; `answer` is called with its result, on whatever thread, or never."""
        with self.lock:
            self.queries.append(what)
            if not client.live or what in self.faults.silent:
                return
            answer(self._result(what, account))

    def _result(self, what: str, account: str) -> Any:
        if what in self.faults.none:
            return None
        if what in self.faults.empty:
            return []
        if what == "infos":
            return [
                NativeRecord(
                    "XtAccountInfo", {"account_id": one, "account_type": kind, "login_status": 0, "m_strAccountID": one}
                )
                for one, kind, _ in self._listed()
            ]
        if what == "status":
            return [
                NativeRecord("XtAccountStatus", {"account_id": one, "account_type": kind, "status": status})
                for one, kind, status in self._listed()
            ]
        if what == "issues":
            return [NativeRecord("IPOData", issue_row(code, day)) for code, day in self.issues.items()]
        if what in ("subscribe", "unsubscribe"):
            return -1 if self.faults.refuse_subscribe or account not in self.accounts else 0
        return self._account_rows(what, account)

    def _listed(self) -> list[tuple[str, int, int]]:
        """(account, type, status) of everything it is logged in to."""
        more = [(self.accounts[0], kind, status) for kind, status in self.faults.more_types.items()]
        return [*((one, 2, self.status[one]) for one in self.accounts), *more]

    def _account_rows(self, what: str, account: str) -> list[NativeRecord]:
        if account not in self.accounts:
            return []
        first = account == self.accounts[0]
        report = self.world.exchange.report(self.world.at)
        gone = self.faults.without
        if what == "asset":
            row = asset_row(report, account, first=first)
            return [NativeRecord("XtAsset", {k: v for k, v in row.items() if k not in gone})]
        if not first:
            return []
        rows: list[dict[str, Any]]
        if what == "orders":
            rows = [self.order_fields(each) for each in report.orders]
        elif what == "trades":
            rows = [trade_row(each, account, self.remark_of(each.ref), self.faults) for each in report.fills]
        else:
            rows = [position_row(each, account) for each in report.positions]
        changed = self.faults.rows_changed.get(what, {})
        return [NativeRecord(what, {k: changed.get(k, v) for k, v in row.items() if k not in gone}) for row in rows]
