"""What every desk is told: the snapshot, each change after it in order, and signs of life."""

import os
import threading

import pytest
from serving import Desk, encode, event, quote, wait

from qmtdesk.trader.serve import DeskServer
from qmtdesk.wire.rows import EventRow
from qmtdesk.wire.talk import Batch, Beat, Page, Resync
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.skipif(os.name == "nt", reason="speaks to a socket")


def test_a_desk_gets_the_snapshot_and_then_every_change(trader):
    trader.publish(5, quote("a", 1))
    desk = trader.desk()
    page = desk.hear()
    assert isinstance(page, Page)
    assert (page.boot, page.seq, page.first, page.last) == ("boot", 5, True, True)
    assert set(page.rows) == {event(n) for n in range(1, 6)} | {quote("a", 1)}
    trader.publish(3, quote("a", 2))
    batch = desk.hear()
    assert (batch.first, batch.changes) == (6, (event(6), event(7), event(8)))
    assert desk.hear(Batch).quotes == (quote("a", 2),)
    assert trader.server.desks == 1
    desk.close()
    wait(lambda: trader.server.desks == 0)


def test_a_snapshot_asked_for_comes_and_numbers_go_on_from_it(trader):
    desk = trader.desk()
    desk.hear(Page)
    trader.publish(2)
    desk.line.send(encode(Resync(0)))
    page = desk.hear(Page)
    assert page.seq == 2
    trader.publish(1)
    assert desk.hear(Batch).first == 3
    desk.close()


def test_what_a_snapshot_holds_already_is_not_told_again(tmp_path):
    """Changes that are published while the snapshot is being taken are in it and in the outbox as well."""
    taken = threading.Event()

    def snapshot() -> tuple[int, list[EventRow]]:
        server.publish([(1, event(1)), (2, event(2))], [])
        taken.set()
        return 2, [event(1), event(2)]

    server = DeskServer(tmp_path, "b", on_command=print, snapshot=snapshot, on_stop=bool)
    server.start()
    desk = Desk(tmp_path)
    assert desk.hear(Page).seq == 2
    taken.wait(20)
    server.publish([(3, event(3))], [])
    assert desk.hear(Batch).first == 3
    desk.close()
    server.stop()


def test_beats_reach_every_desk(trader):
    desks = [trader.desk(), trader.desk()]
    wait(lambda: trader.server.desks == 2)
    trader.server.beat(9, 8, 7)
    for desk in desks:
        assert desk.hear(Beat) == Beat("boot", 9, 8, 7)
        desk.close()


def test_a_desk_that_never_reads_costs_neither_time_nor_changes(trader):
    lazy = trader.desk()
    wait(lambda: trader.server.desks)
    longest = 0.0
    for n in range(300):
        with Stopwatch() as watch:
            trader.publish(100, *(quote(f"{k}", n) for k in range(100)))
        longest = max(longest, watch.seconds)
    assert longest < 0.2
    outbox = trader.server._outboxes[0]
    assert len(outbox._changes) <= 20_000
    assert len(outbox._quotes) <= 100
    seen: dict[int, EventRow] = {}
    expected = 1
    while expected <= trader.seq:
        match lazy.hear():
            case Page() as page:
                seen |= {row.no: row for row in page.rows if isinstance(row, EventRow)}
                expected = page.seq + 1 if page.last else expected
            case Batch() as batch if batch.changes:
                assert batch.first == expected
                seen |= {row.no: row for row in batch.changes}
                expected += len(batch.changes)
    assert sorted(seen) == list(range(1, trader.seq + 1))
    lazy.close()
