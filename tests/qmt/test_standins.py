"""The stand-ins themselves: the real Python layer of xtquant runs on them, oddities included."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standins.terminal import ACCOUNT, BUY, Terminal


class Heard:
    """A callback object that keeps everything."""

    def __init__(self) -> None:
        self.all: list[tuple[str, Any]] = []
        self.news = threading.Condition()

    def __getattr__(self, name: str) -> Any:
        def hear(*args: Any) -> None:
            with self.news:
                self.all.append((name, args[0] if args else None))
                self.news.notify_all()

        return hear

    def wait(self, name: str, count: int = 1) -> list[Any]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.of(name)) >= count, 20), self.all
        return self.of(name)

    def of(self, name: str) -> list[Any]:
        return [value for kind, value in self.all if kind == name]


@pytest.fixture
def trader(terminal: Terminal, tmp_path: Path) -> Iterator[tuple[Any, Any, Heard]]:
    made: list[Any] = []
    heard = Heard()

    def make() -> None:
        from xtquant import xttrader, xttype

        class Trader(xttrader.XtQuantTrader):  # type: ignore[misc]
            def __del__(self) -> None:
                pass

        one = Trader(str(tmp_path / "userdata_mini"), 123456)
        one.register_callback(heard)
        one.start()
        made.extend([one, xttype.StockAccount(ACCOUNT)])

    thread = threading.Thread(target=make, name="maker")
    thread.start()
    thread.join(10)
    yield made[0], made[1], heard
    made[0].stop()
    made[0].loop.close()


def bond(terminal: Terminal) -> tuple[str, float]:
    quote = next(q for code, q in sorted(terminal.quotes.items()) if code.startswith("1"))
    return quote.code, quote.asks[0].price / 1000


def test_an_order_goes_the_way_from_answer_over_pushes_to_its_trades(
    terminal: Terminal, trader: tuple[Any, Any, Heard]
) -> None:
    one, account, heard = trader
    assert one.connect() == 0
    assert one.subscribe(account) == 0
    code, price = bond(terminal)
    seq = one.order_stock_async(account, code, BUY, 10, 11, price, "", "qtest000001")
    terminal.pump(5_000)
    (answer,) = heard.wait("on_order_stock_async_response")
    assert (answer.seq, answer.order_remark) == (seq, "qtest000001")
    assert heard.wait("on_stock_order")[0].order_id == answer.order_id
    (trade,) = heard.wait("on_stock_trade")
    assert (trade.stock_code, trade.traded_volume, trade.order_remark) == (code, 10, "qtest000001")
    assert one.query_stock_asset(account).cash > 0
    assert [each.order_status for each in one.query_stock_orders(account)] == [56]
    assert one.connected


def test_the_flag_of_the_layer_stays_up_after_the_link_went_down(
    terminal: Terminal, trader: tuple[Any, Any, Heard]
) -> None:
    one, _, heard = trader
    assert one.connect() == 0
    terminal.disconnect()
    heard.wait("on_disconnected")
    assert one.connected
    assert one.connect() == -1


def test_two_failures_with_one_number_make_the_layer_tell_the_first_error_twice(
    terminal: Terminal, trader: tuple[Any, Any, Heard]
) -> None:
    one, account, heard = trader
    one.connect()
    code, price = bond(terminal)
    terminal.faults.bounce, terminal.faults.error_first = 2, True
    with terminal.lock:
        one.order_stock_async(account, code, BUY, 10, 11, price, "", "first")
        one.order_stock_async(account, code, BUY, 10, 11, price, "", "second")
    told = [each.order_remark for each in heard.wait("on_order_error", 2)]
    heard.wait("on_order_stock_async_response", 2)
    assert told in (["first", "second"], ["first", "first"])


def test_snapshots_come_decoded_from_a_foreign_thread(terminal: Terminal) -> None:
    from xtquant import xtdata

    xtdata.enable_hello = False
    got: list[tuple[str, dict[str, Any]]] = []
    news = threading.Event()

    def hear(rows: dict[str, Any]) -> None:
        got.append((threading.current_thread().name, rows))
        news.set()

    code, _ = bond(terminal)
    assert xtdata.subscribe_whole_quote([code], hear) > 0
    assert news.wait(20)
    name, rows = got[0]
    assert name.startswith("native-quotes")
    assert rows[code]["lastPrice"] == terminal.quotes[code].last / 1000
    assert xtdata.get_full_tick([code, "999999.SZ"]).keys() == {code}
    assert xtdata.get_instrument_detail(code)["PriceTick"] == 0.001
    assert xtdata.get_instrument_detail("999999.SZ") is None
    assert xtdata.get_cb_info(code)["bondReMainSize"] > 0
    terminal.lose_quotes()
    assert not xtdata.get_client() or terminal.quote_clients
    xtdata.disconnect()
