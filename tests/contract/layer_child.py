"""What the layer does to a process that uses it wrongly, or whose native side hangs: run as a child of a test.

`callback QUERY relaxed|strict`: a call made inside a callback; prints returned or hung.
`import`: the gateway's own loading with the network forbidden; prints what it did not touch.
`exit CALL`: a gateway whose native call hangs is stopped, and the process ends by itself.
"""

import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from gateway_bench import QmtBench
from standins.terminal import ACCOUNT
from still_feed import BOND

WAIT_S = 3.0


def in_callback(call: str, *, relaxed: bool) -> None:
    bench = QmtBench(Path(tempfile.mkdtemp()))
    from xtquant import xttrader, xttype

    account = xttype.StockAccount(ACCOUNT)
    trader = xttrader.XtQuantTrader(tempfile.mkdtemp(), 4711)
    returned, entered = threading.Event(), threading.Event()

    class Callback(xttrader.XtQuantTraderCallback):  # type: ignore[misc]
        def on_stock_order(self, _order: Any) -> None:
            if entered.is_set():
                return
            entered.set()
            calls = {
                "query": lambda: trader.query_stock_positions(account),
                "order": lambda: trader.order_stock(account, BOND, 23, 10, 11, 110.0, "", "x"),
            }
            calls[call]()
            returned.set()

    trader.register_callback(Callback())
    trader.set_relaxed_response_order_enabled(relaxed)
    trader.start()
    assert trader.connect() == 0
    assert trader.subscribe(account) == 0
    trader.order_stock_async(account, BOND, 23, 10, 11, 110.0, "", "first")
    for _ in range(50):
        bench.terminal.pump(100)
    assert entered.wait(10)
    print("returned" if returned.wait(WAIT_S) else "hung", flush=True)  # noqa: T201
    # the layer would wait for its executor for ever
    os._exit(0)


def imported() -> None:
    touched: list[str] = []

    def watch(event: str, _args: Any) -> None:
        if event.startswith("socket."):
            touched.append(event)
            raise OSError(f"forbidden: {event}")

    sys.addaudithook(watch)
    from standins.install import NATIVE, forget, put_under

    bench = QmtBench(Path(tempfile.mkdtemp()))
    natives = {name: sys.modules[name] for name in NATIVE}
    forget()
    sys.modules.update(natives)
    from qmtdesk.gateways.qmt.native import load

    native = load()
    assert native.xttrader.XtQuantTrader
    assert put_under
    assert bench.terminal.running
    ran = getattr(sys.modules["xtquant"], "__file__", None)
    asked = sorted({name for name in ("requests", "pkg_resources") if name in sys.modules})
    print(f"sockets {touched} init {ran} asked {asked} hello {native.xtdata.enable_hello}", flush=True)  # noqa: T201


def ends(call: str) -> None:
    from qmtdesk.gateways.qmt import session

    session.ORDER_S = session.QUERY_S = 0.5
    bench = QmtBench(Path(tempfile.mkdtemp()))
    if call in ("connect", "infos"):
        bench.faults.hang_calls = {call}
        bench.gateway.start(bench.post)
        bench.until(lambda: bench.gateway.health.trading.stage == "connecting")
    else:
        bench.ready()
        bench.faults.hang_calls = {call, "stop"}
        bench.order()
        bench.ask()
        bench.until(lambda: bench.gateway.health.trading.hung > 0)
    assert bench.stop() < 2
    print("stopped", flush=True)  # noqa: T201


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["callback", call, how]:
            in_callback(call, relaxed=how == "relaxed")
        case ["import"]:
            imported()
        case ["exit", call]:
            ends(call)
