"""The native trading module: `XtQuantAsyncClient` and its requests, served by a Terminal."""

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from standins.native_records import REQUESTS, NativeRequest
from standins.native_thread import NativeThread
from standins.terminal import Terminal

QUERIES = {
    "queryStockAssetWithSeq": ("asset", "QueryStockAsset"),
    "queryStockOrdersWithSeq": ("orders", "QueryStockOrders"),
    "queryStockTradesWithSeq": ("trades", "QueryStockTrades"),
    "queryStockPositionsWithSeq": ("positions", "QueryStockPositions"),
    "queryAccountInfosWithSeq": ("infos", "QueryAccountInfos"),
    "queryAccountStatusWithSeq": ("status", "QueryAccountStatus"),
    "queryIPODataWithSeq": ("issues", "QueryIPOData"),
    "subscribeWithSeq": ("subscribe", "SubscribeResp"),
    "unsubscribeWithSeq": ("unsubscribe", "UnsubscribeResp"),
}


def trade_module(terminal: Terminal) -> ModuleType:
    """A module to stand for `xtquant.xtpythonclient`."""
    module = ModuleType("xtquant.xtpythonclient")
    for name in REQUESTS:
        setattr(module, name, type(name, (NativeRequest,), {}))
    numbers = itertools.count(1)

    class XtQuantAsyncClient(NativeClient):
        def __init__(self, path: bytes, name: str, session: int) -> None:
            super().__init__(terminal, path, session, next(numbers))

    module.XtQuantAsyncClient = XtQuantAsyncClient  # type: ignore[attr-defined]
    return module


class NativeClient:
    """One connection. It makes its folder and a queue file there, as the real one does, wanted or not."""

    def __init__(self, terminal: Terminal, path: bytes, session: int, number: int) -> None:
        if not isinstance(path, bytes) or not isinstance(session, int):
            raise TypeError("XtQuantAsyncClient(bytes, str, int)")
        self.terminal, self.session, self.number = terminal, session, number
        self.live = False
        self.folder = Path(path.decode("gb18030"))
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"down_queue_win_{session}").touch()
        self._bound: dict[str, Callable[..., None]] = {}
        self._seq = itertools.count(1)
        self._thread = NativeThread(f"native-trade-{number}")
        self._used = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("bindOn") and name.endswith("Callback"):
            return lambda call: self._bound.__setitem__(name[len("bindOn") : -len("Callback")], call)
        if name in QUERIES:
            what, answer = QUERIES[name]
            return lambda seq, request: self._query(what, answer, seq, request)
        raise AttributeError(name)

    def init(self) -> None:
        """Nothing to see."""

    def start(self) -> None:
        """Nothing to see."""

    def stop(self) -> None:
        """The client ends; nothing is called back any more."""
        self._hang("stop")
        self.live = False
        with self.terminal.lock:
            if self in self.terminal.trade_clients:
                self.terminal.trade_clients.remove(self)
        self._thread.end()

    def setTimeout(self, seconds: int) -> None:
        """Taken, and of no effect."""

    def nextSeq(self) -> int:
        """Numbers from 1, one row for orders, cancels and queries."""
        return next(self._seq)

    def connect(self) -> int:
        """0, or -1; a client connects once in its life."""
        self._hang("connect")
        if self._used:
            return -1
        self._used = True
        return self.terminal.connected(self)

    def orderStockWithSeq(self, seq: int, request: Any) -> None:
        """An order on its way."""
        self._hang("order")
        self.terminal.order(self, seq, request)

    def cancelOrderStockWithSeq(self, seq: int, request: Any) -> None:
        """A cancel on its way."""
        self._hang("cancel")
        self.terminal.cancel(self, seq, request)

    def _query(self, what: str, answer: str, seq: int, request: Any) -> None:
        self._hang(what)
        account = getattr(request, "m_strAccountID", "")
        self.terminal.ask(self, what, account, lambda result: self._hear_bound(answer, seq, result))

    def hear(self, name: str, *args: Any) -> None:
        self._hear_bound(name, *args)

    def _hear_bound(self, name: str, *args: Any) -> None:
        call = self._bound[name]
        self._thread.put(lambda: call(*args))

    def _hang(self, name: str) -> None:
        if name in self.terminal.faults.hang_calls:
            threading.Event().wait()
