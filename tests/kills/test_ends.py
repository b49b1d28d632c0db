"""The system ends the session: the trader stops at once and leaves the book as the user chose beforehand."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kill_bench import KillBench, Visitor, wait
from kill_truth import broker_truth, records_of, walk

from qmtdesk.domain.order import FINAL
from qmtdesk.engine import records as r
from qmtdesk.gateways.paper.truth import Entry
from qmtdesk.store.settings import trader_settings
from qmtdesk.trader.loop import FAREWELL_NS
from qmtdesk.wire.talk import OnExit

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of a POSIX system")

ENDS_WITHIN_S = 5.0
"""What a system that ends a session gives a program. Ours takes two, but a shared computer may stall in them."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[KillBench]:
    made = KillBench(tmp_path, speed=20)
    yield made
    made.close()


def open_orders(bench: KillBench) -> list[Entry]:
    truth = broker_truth(bench.folder)
    assert truth is not None
    return [entry for entry in truth.entries.values() if entry.remark and entry.state not in FINAL]


def choose(bench: KillBench, *, cancel: bool) -> None:
    def say(desk: Visitor) -> None:
        assert desk.do(OnExit(cancel)).ok
        desk.until(lambda: desk.status and desk.status.cancel_on_exit is cancel, "the status says so")
        desk.until(lambda: [row for row in desk.orders().values() if row.cancellable], "an order on the book")

    bench.visit(say)


def test_the_farewell_leaves_room_for_the_rest_of_the_end() -> None:
    assert FAREWELL_NS < 2e9


def told_to_end(bench: KillBench) -> float:
    """SIGTERM, as a session's end sends it; the seconds it took."""
    assert bench.process is not None
    begun = time.monotonic()
    bench.process.terminate()
    assert wait(lambda: bench.gone, 60)
    assert bench.process.returncode == 0
    return time.monotonic() - begun


@pytest.mark.fault("X16")
@pytest.mark.parametrize("cancel", [False, True], ids=["left on the book", "cancelled"])
def test_what_becomes_of_orders_at_the_end_is_what_was_chosen(bench: KillBench, cancel: bool) -> None:
    bench.start(resume=False)
    bench.arm()
    choose(bench, cancel=cancel)
    assert told_to_end(bench) < ENDS_WITHIN_S
    assert bool(open_orders(bench)) is not cancel
    bench.look()
    assert bench.wrong == []
    books = {record.code: record.book for record in records_of(bench.folder) if isinstance(record, r.GridChanged)}
    assert any(book.armed for book in books.values()) is not cancel


def test_the_choice_is_remembered_and_holds_for_a_later_trader(bench: KillBench) -> None:
    bench.start(resume=False)
    bench.arm()
    choose(bench, cancel=True)
    bench.kill()
    assert trader_settings(bench.folder).load().value.cancel_on_exit
    assert open_orders(bench)
    bench.start()
    assert bench.ready()
    assert told_to_end(bench) < ENDS_WITHIN_S
    assert open_orders(bench) == []
    bench.look()
    assert bench.wrong == []


def test_a_trader_told_to_end_while_it_trades_sends_nothing_it_did_not_write_down(bench: KillBench) -> None:
    bench.start(resume=False)
    bench.arm(3)
    assert told_to_end(bench) < ENDS_WITHIN_S
    truth = broker_truth(bench.folder)
    assert truth is not None
    written = walk(records_of(bench.folder)).orders
    assert {entry.remark for entry in truth.entries.values() if entry.remark} <= set(written)
    bench.finish()
    assert bench.wrong == []
