"""A gateway's callbacks only hand over: a call from inside one neither waits nor hangs (G17)."""

import ast
import threading
from pathlib import Path

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.gateways.paper.gateway import PaperGateway

GATEWAYS = Path(__file__).resolve().parents[2] / "qmtdesk" / "gateways"
WATCHDOG_S = 10
# what waits for somebody else: an answer, a thread, a clock
WAITS = frozenset({"wait", "join", "result", "sleep", "get", "recv", "select", "wait_for", "run_until_complete"})
PORT = frozenset({"submit", "cancel", "query"})


def callbacks(tree: ast.AST) -> list[ast.FunctionDef]:
    """What a broker's library calls, by the names such libraries give it, and the three words of the port."""
    return [
        node
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef) and "Gateway" in owner.name
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and (node.name.startswith("on_") or node.name in PORT)
    ]


def waits(function: ast.FunctionDef) -> list[str]:
    called = {
        node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    asks = {name for name in called if name.startswith("query_") or (name in PORT and function.name.startswith("on_"))}
    return sorted((called & WAITS) | asks)


@pytest.mark.fault("G17")
def test_no_callback_of_a_gateway_asks_or_waits() -> None:
    found, seen = [], 0
    for path in GATEWAYS.rglob("*.py"):
        for function in callbacks(ast.parse(path.read_text(encoding="utf-8"))):
            seen += 1
            found += [f"{path.name}:{function.lineno} {function.name} calls {name}" for name in waits(function)]
    assert not found
    assert seen >= len(PORT)


def test_a_callback_that_asked_would_be_found() -> None:
    tree = ast.parse(
        "class QmtGateway:\n def on_stock_trade(self, t):\n  self._trader.query_stock_asset(self._account)\n"
    )
    assert [waits(function) for function in callbacks(tree)] == [["query_stock_asset"]]


@pytest.mark.fault("G17")
def test_a_call_from_inside_a_callback_comes_back_and_is_answered() -> None:
    gateway = PaperGateway(None, seed=3, speed=60)
    answered, asked = threading.Event(), threading.Event()
    threads = set()

    def post(_at: int, event: m.Event) -> None:
        threads.add(threading.current_thread().name)
        if isinstance(event, m.LinkChanged) and event.up:
            gateway.query(m.Query(1))
            gateway.cancel(m.Cancel("", "no such order"))
            asked.set()
        if isinstance(event, m.AccountReported) and event.request == 1:
            answered.set()

    gateway.start(post)
    try:
        assert asked.wait(WATCHDOG_S)
        assert answered.wait(WATCHDOG_S)
    finally:
        gateway.stop()
    assert threads == {"paper-gateway"}
