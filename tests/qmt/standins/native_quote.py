"""The native quote module: `IPythonApiClient` and what xtdata calls on it, served by a Terminal."""

import itertools
import json
import math
import threading
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

from qmtdesk.domain.calendar import is_trading_day
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.sessions import at_of
from standins.native_thread import NativeThread
from standins.terminal import Terminal
from standins.ticks import bond_info_of, detail_of, supplement_of, tick_of

GARBAGE: dict[str, Any] = {
    "time": None,
    "lastPrice": math.nan,
    "volume": "12",
    "amount": -1.0,
    "askPrice": [],
    "bidPrice": None,
    "askVol": [1],
    "bidVol": "x",
}


def packed(document: dict[str, Any]) -> bytes:
    """BSON as plain bytes: the layer above looks at the exact type."""
    from xtquant import xtbson

    return bytes(xtbson.BSON.encode(document))


def quote_module(terminal: Terminal) -> ModuleType:
    """A module to stand for `xtquant.datacenter`."""
    module = ModuleType("xtquant.datacenter")

    class IPythonApiClient(NativeQuotes):
        def __init__(self) -> None:
            super().__init__(terminal)

    module.IPythonApiClient = IPythonApiClient  # type: ignore[attr-defined]
    module.rpc_init = lambda _folder: 0  # type: ignore[attr-defined]
    module.register_create_nparray = lambda _call: True  # type: ignore[attr-defined]
    module.get_local_server_port = lambda: 0  # type: ignore[attr-defined]
    return module


class NativeQuotes:
    """One quote connection; snapshots are called back from two dispatcher threads in turn."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._up = False
        self._seq = itertools.count(1)
        self._wanted: dict[int, tuple[frozenset[str], Callable[[bytes], None]]] = {}
        self._level2: dict[int, tuple[str, Callable[[bytes], None]]] = {}
        self._control: dict[str, Callable[[bytes], None]] = {}
        self._threads = itertools.cycle([NativeThread("native-quotes-1"), NativeThread("native-quotes-2")])

    # --- connection

    def init(self) -> int:
        return 0

    def load_config(self, _file: str, _section: str) -> int:
        return 0

    def set_config_addr(self, address: str) -> None:
        self._address = address

    def get_peer_addr(self) -> str:
        return self._address

    def connect(self) -> tuple[int, str]:
        """0 when the terminal serves quotes."""
        self._hang("quotes")
        if not self._terminal.running or not self._terminal.faults.quotes_up:
            return -1, "refused"
        with self._terminal.lock:
            self._terminal.quote_clients.append(self)
        self._up = True
        self._say("connected")
        return 0, ""

    def is_connected(self) -> bool:
        return self._up

    def shutdown(self) -> None:
        self._up = False
        with self._terminal.lock:
            if self in self._terminal.quote_clients:
                self._terminal.quote_clients.remove(self)

    def lost(self) -> None:
        self._up = False
        self._wanted.clear()
        self._level2.clear()
        self._say("disconnected")

    def _say(self, status: str) -> None:
        call = self._control.get("watchxtquantstatus")
        if call is not None:
            body = packed({"address": self._address, "status": status})
            next(self._threads).put(lambda: call(body))

    def registerCommonControlCallback(self, name: str, call: Callable[[bytes], None]) -> bool:
        self._control[name] = call
        return True

    def commonControl(self, _name: str, _body: bytes) -> bytes:
        return packed({})

    def get_data_dir(self) -> str:
        return "datadir"

    def get_app_dir(self) -> str:
        return "."

    def get_server_tag(self) -> bytes:
        return packed({"tag": "stand-in"})

    # --- snapshots

    def subscribe_whole_quote(self, codes: list[str], _param: bytes, call: Callable[[bytes], None]) -> int:
        """The newest snapshots come at once, later ones as they happen."""
        self._hang("subscribe_quotes")
        seq = next(self._seq)
        with self._terminal.lock:
            self._wanted[seq] = (frozenset(codes), call)
            self._terminal.subscribed |= set(codes)
            now = {code: self._terminal.quotes[code] for code in codes if code in self._terminal.quotes}
            if not self._terminal.faults.frozen:
                self._send(call, now)
        return seq

    def subscribe_quote(self, meta: bytes, _region: bytes, param: bytes, call: Callable[[bytes], None]) -> int:
        from xtquant import xtbson

        asked = xtbson.BSON(meta).decode()
        if asked["period"] == "l2quoteaux":
            return self._subscribe_level2(asked["stockCode"], call)
        return self.subscribe_whole_quote([asked["stockCode"]], param, call)

    def _subscribe_level2(self, code: str, call: Callable[[bytes], None]) -> int:
        with self._terminal.lock:
            self._terminal.level2_asked.append(code)
        self._hang("subscribe_level2")
        right = self._terminal.faults.level2
        if right == "raises":
            raise RuntimeError("no permission")
        if right == "refused":
            return -1
        seq = next(self._seq)
        with self._terminal.lock:
            self._level2[seq] = (code, call)
        return seq

    @property
    def level2_codes(self) -> set[str]:
        return {code for code, _ in self._level2.values()}

    def unsubscribe_quote(self, seq: int) -> None:
        with self._terminal.lock:
            if self._level2.pop(seq, None) is not None:
                return
            gone = self._wanted.pop(seq, None)
            left: set[str] = set().union(*(codes for codes, _ in self._wanted.values()))
            if gone is not None:
                self._terminal.subscribed -= gone[0] - left

    def ticks(self, quotes: dict[str, Quote]) -> None:
        for code, call in list(self._level2.values()):
            if code in quotes and self._terminal.faults.level2 in ("lots", "shares"):
                # single subscriptions get lists
                body = packed({code: [self._supplement(quotes[code])]})
                next(self._threads).put(lambda call=call, body=body: call(body))
        for codes, call in list(self._wanted.values()):
            mine = {code: quote for code, quote in quotes.items() if code in codes or code[-2:] in codes}
            if mine:
                self._send(call, mine)

    def _send(self, call: Callable[[bytes], None], quotes: dict[str, Quote]) -> None:
        rows = {code: self._tick(quote) for code, quote in quotes.items()}
        for code in rows.keys() & self._terminal.faults.ahead_ms.keys():
            rows[code]["time"] += self._terminal.faults.ahead_ms.pop(code)
        if not rows:
            return
        if self._terminal.faults.use("bad_ticks"):
            rows = dict.fromkeys(rows, GARBAGE)
        body = packed(rows)
        next(self._threads).put(lambda: call(body))

    def _supplement(self, quote: Quote) -> dict[str, Any]:
        faults = self._terminal.faults
        unit = 100 if faults.level2 == "lots" else 1
        row = supplement_of(quote, unit, self._terminal.withdrawn.get(quote.code, (0, 0)))
        return {**row, "time": quote.at - faults.level2_late_ms, **faults.level2_changed}

    def _tick(self, quote: Quote) -> dict[str, Any]:
        told = tick_of(quote, self.unit(quote.code))
        told["lastClose"] = self._terminal.faults.last_close.get(quote.code, told["lastClose"])
        return told

    def unit(self, code: str) -> int:
        """What one volume of a code's snapshots stands for."""
        stock = not code.startswith(("11", "12", "13"))
        usual = 100 if stock else 10 if code.endswith("SZ") else 1
        return self._terminal.units.get(code, usual)

    def get_full_tick(self, codes: list[str]) -> str:
        self._hang("full_tick")
        with self._terminal.lock:
            known = {code: self._terminal.quotes[code] for code in codes if code in self._terminal.quotes}
        return json.dumps({code: self._tick(quote) for code, quote in known.items()})

    # --- what is known of an instrument

    def get_instrument_detail(self, code: str) -> bytes:
        self._hang("detail")
        world = self._terminal.world
        found = [one for one in world.feed.instruments(world.day) if one.code == code]
        if not found or code in self._terminal.faults.details_missing:
            return b""
        told = detail_of(found[0], world.day, off=self._terminal.faults.told_limit_off)
        if self._terminal.faults.page_of:
            old = {"TradingDay": self._terminal.faults.page_of, "UpStopPrice": 0.0, "DownStopPrice": 0.0}
            told |= {**old, "PreClose": told["PreClose"] - 1}
        return packed({**told, **self._terminal.faults.details_changed.get(found[0].code, {})})

    def get_cb_info(self, code: str) -> bytes:
        world = self._terminal.world
        found = [one for one in world.feed.terms(world.day) if one.code == code]
        return packed(bond_info_of(found[0]) if found and self._terminal.faults.cb_right else {})

    def down_cb_data(self) -> None:
        return None

    def get_stock_list_in_sector(self, name: str, _time: int) -> list[str]:
        world = self._terminal.world
        self._hang("sector")
        if self._terminal.faults.sector_empty:
            return []
        kinds = {"沪深转债": Kind.BOND, "沪深A股": Kind.STOCK}
        return [one.code for one in world.feed.instruments(world.day) if one.kind is kinds.get(name)]

    def supply_history_data2(
        self, _codes: list[str], _period: str, _first: str, _last: str, _param: bytes, call: Callable[..., None]
    ) -> bool:
        """Data of any kind is fetched; the only kind that matters here are the sectors."""
        self._hang("fetch")
        if not self._terminal.faults.fetch_fails:
            self._terminal.faults.sector_empty = False
        next(self._threads).put(lambda: call({"finished": 1, "total": 1, "stockcode": "", "message": ""}))
        # nothing to complain of; the layer waits for its progress now
        return False

    def get_sector_list(self) -> list[str]:
        return ["沪深转债", "沪深A股"]

    def get_trading_dates_by_market(self, _market: str, _first: str, _last: str, count: int) -> list[int]:
        day, out = self._terminal.world.day, list[int]()
        while len(out) < max(1, count):
            if is_trading_day(day):
                out.insert(0, at_of(day, 0, 0))
            day -= timedelta(days=1)
        return out

    def get_holidays(self) -> list[int]:
        return []

    def _hang(self, name: str) -> None:
        if name in self._terminal.faults.hang_calls:
            threading.Event().wait()
