"""What can happen to the trader's files and processes: damage, a full disk, two at once, a computer that slept."""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kill_bench import KillBench, Visitor, wait
from kill_truth import broker_truth, own_fills, records_of, rows_after, walk

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.messages import SetMaster
from qmtdesk.domain.order import FINAL, OwnerKind
from qmtdesk.engine.apply import fill_key
from qmtdesk.engine.books import State
from qmtdesk.engine.core import begin
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.trader.process import LOCKED, NO_JOURNAL
from qmtdesk.wire.talk import act

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of a POSIX system")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[KillBench]:
    made = KillBench(tmp_path)
    yield made
    made.close()


def traded(bench: KillBench) -> None:
    bench.start(resume=False)
    bench.arm(3)
    bench.kill()
    assert bench.wrong == []


def folded(bench: KillBench) -> State:
    return begin(State(RiskLimits(), FeeSchedule()), records_of(bench.folder), resume=True)


# --- damage


def garbled(path: Path, dice: random.Random) -> None:
    data = bytearray(path.read_bytes())
    at = dice.randrange(len(data) // 2)
    data[at : at + 2_000] = dice.randbytes(2_000)
    path.write_bytes(data)


def zeroed(path: Path, dice: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(bytes(len(data) // 2) + data[len(data) // 2 :])


def torn(path: Path, dice: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * dice.randrange(30, 70) // 100])


@pytest.mark.parametrize("damage", [garbled, zeroed, torn], ids=lambda d: d.__name__)
def test_a_damaged_journal_is_kept_and_the_account_rebuilt_from_the_broker_disarmed(
    bench: KillBench, damage: object
) -> None:
    traded(bench)
    path = bench.folder / "journal.db"
    # what is in the write-ahead log goes into the file first, so that there is something to damage
    _checkpoint(path)
    damage(path, random.Random(3))  # type: ignore[operator]
    bad = path.read_bytes()
    bench.mark = 0
    bench.start()
    assert wait(lambda: bench.said(b'"journal_set_aside"'), 20)
    assert bench.ready()
    bench.process.kill()  # type: ignore[union-attr]
    bench.process.wait(60)  # type: ignore[union-attr]
    (kept,) = [p for p in bench.folder.glob("journal.db.damaged-*") if not p.name.endswith(("-wal", "-shm"))]
    assert kept.read_bytes() == bad
    state, truth = folded(bench), broker_truth(bench.folder)
    assert truth is not None
    assert not any(book.armed for book in state.grids.values())
    assert not state.guards
    assert {fill_key(f) for f in truth.fills} >= set(state.fills) >= set(own_fills(truth)) & set(state.fills)
    assert len(state.fills) >= 3
    assert {o.broker_id for o in state.orders.values()} <= set(truth.entries)
    # nothing was sent by a trader that is disarmed, what it sent before is known as its own, and no number is given
    # out a second time
    before = {entry.remark for entry in truth.entries.values()}
    found = walk(records_of(bench.folder)).orders
    assert found.keys() == before
    assert {order.owner.kind for order in found.values()} == {OwnerKind.LOST}
    bench.start()
    bench.ready()
    bench.arm()
    assert wait(lambda: remarks(bench) > before, 20)
    bench.process.kill()  # type: ignore[union-attr]
    bench.process.wait(60)  # type: ignore[union-attr]
    again = broker_truth(bench.folder)
    assert again is not None
    assert max(Counter(entry.remark for entry in again.entries.values()).values()) == 1


def remarks(bench: KillBench) -> set[str]:
    truth = broker_truth(bench.folder)
    assert truth is not None
    return {entry.remark for entry in truth.entries.values()}


def _checkpoint(path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_a_torn_log_of_the_last_writes_costs_nothing_the_broker_does_not_tell_again(bench: KillBench) -> None:
    """What a power failure tears is the tail of the write-ahead log."""
    traded(bench)
    dice = random.Random(4)
    for _ in range(3):
        wal = bench.folder / "journal.db-wal"
        data = wal.read_bytes()
        (bench.folder / "journal.db-shm").unlink(missing_ok=True)
        cut = max(0, len(data) - dice.randrange(1, 4 * 4_120))
        wal.write_bytes(data[:cut] + dice.choice([b"", bytes(len(data) - cut), dice.randbytes(len(data) - cut)]))
        bench.mark = 0
        bench.start()
        bench.mark = max(row[0] for row in rows_after(bench.folder, 0)) - 1
        assert wait(lambda: bench.gone or folded(bench).money is not None, 20)
        assert not bench.gone
        wait(lambda: bench.said(b'"resumed"', b'"reconciled"'), 5)
        bench.process.kill()  # type: ignore[union-attr]
        bench.process.wait(60)  # type: ignore[union-attr]
        truth, state = broker_truth(bench.folder), folded(bench)
        assert truth is not None
        remarks = Counter(entry.remark for entry in truth.entries.values() if entry.remark)
        assert not remarks or max(remarks.values()) == 1
        assert not list(bench.folder.glob("*.damaged*"))
        assert all(order.filled <= order.volume for order in state.orders.values())


# --- a full disk, for real


@pytest.mark.parametrize("point", ["full:write", "full:commit"])
@pytest.mark.parametrize("nth", [3, 30])
def test_a_disk_that_fills_up_suspends_the_trader_which_says_so_and_recovers_after_a_restart(
    bench: KillBench, point: str, nth: int
) -> None:
    traded(bench)
    bench.start(point=(point, nth))

    def look(desk: Visitor) -> None:
        desk.until(lambda: desk.status and desk.status.ready == "suspended", "suspended")
        desk.until(lambda: "journal_failed" in desk.events, "said so")
        assert desk.status is not None
        assert "journal_failed" in [reason.why.value for reason in desk.status.blockers]
        ack = desk.do(act(SetMaster(on=True)))
        assert not ack.ok
        assert ack.reason is not None
        assert ack.reason.why.value == "journal_failed"

    bench.visit(look)
    bench.kill()
    bench.finish()
    assert bench.wrong == []


def test_a_journal_that_cannot_even_be_opened_ends_the_trader_with_its_own_code(bench: KillBench) -> None:
    traded(bench)
    with (bench.folder / "trader.log").open("rb") as log:
        log.seek(0, os.SEEK_END)
        bench.start(point=("full:write", 10**9))
        assert bench.ready()
        bench.kill()
        path = bench.folder / "journal.db"
        _checkpoint(path)
        path.rename(bench.folder / "elsewhere.db")
        path.mkdir()
        bench.start()
        assert bench.process is not None
        assert bench.process.wait(60) == NO_JOURNAL
        assert b"the journal cannot be used" in log.read()


# --- more than one


@pytest.mark.parametrize("count", [2, 4])
def test_of_several_traders_started_at_once_one_stays(bench: KillBench, count: int) -> None:
    others = [KillBench(bench.base) for _ in range(count)]
    try:
        for other in others:
            other.start(resume=False)
        assert wait(lambda: sum(other.gone for other in others) == count - 1, 20)
        (stays,) = [other for other in others if not other.gone]
        assert {other.process.returncode for other in others if other.gone} == {LOCKED}  # type: ignore[union-attr]
        assert stays.ready()
        stays.arm()
        late = KillBench(bench.base)
        late.start(resume=False)
        assert late.process is not None
        assert late.process.wait(60) == LOCKED
        stays.kill()
        assert stays.wrong == []
    finally:
        for other in others:
            other.close()


# --- sleep


def test_a_trader_that_stood_still_asks_for_everything_before_it_goes_on(bench: KillBench, long_run: bool) -> None:
    traded(bench)
    bench.start()
    assert bench.ready()
    assert bench.process is not None
    os.kill(bench.process.pid, signal.SIGSTOP)
    still = wait(lambda: False, 15 if long_run else 10.5)
    os.kill(bench.process.pid, signal.SIGCONT)
    assert not still
    assert wait(lambda: bench.said(b'"clock_jumped"'), 20)
    kinds = [(kind, body) for _, kind, body in rows_after(bench.folder, bench.mark)]
    jumped = next(n for n, (kind, body) in enumerate(kinds) if kind == "Logged" and b'"clock_jumped"' in body)
    assert wait(lambda: any(b'"reconciled"' in b for k, b in _rows(bench)[jumped + 1 :] if k == "Logged"), 20)
    after = [n for n, (kind, _) in enumerate(_rows(bench)) if kind == "OrderPlaced" and n > jumped]
    ready = next(n for n, (k, b) in enumerate(_rows(bench)) if n > jumped and k == "Logged" and b'"reconciled"' in b)
    assert all(n > ready for n in after)
    bench.kill()
    bench.finish()
    assert bench.wrong == []


def _rows(bench: KillBench) -> list[tuple[str, bytes]]:
    return [(kind, body) for _, kind, body in rows_after(bench.folder, bench.mark)]


def test_a_live_order_survives_as_what_it_is(bench: KillBench) -> None:
    """A sanity check of the bench: after trading there is something on the book that could go wrong."""
    traded(bench)
    truth = broker_truth(bench.folder)
    assert truth is not None
    assert [entry for entry in truth.entries.values() if entry.state not in FINAL]
