"""The real trader process, killed for real: it loses nothing, doubles nothing, and says what happened."""

import os
import signal
from pathlib import Path

import pytest
from desk_stand_in import DeskStandIn

from qmtdesk.desk.link.commands import LinkCommands
from qmtdesk.domain.messages import Kill, LiftKill
from qmtdesk.domain.reason import Why
from qmtdesk.wire.rows import EventRow
from qmtdesk.wire.talk import act


def _start_demo(desk: DeskStandIn) -> None:
    desk.until(lambda: desk.ready, "ready")
    desk.demo()
    desk.until(lambda: len(desk.fills()) >= 3, "three fills")
    desk.until(lambda: any(row.cancellable for row in desk.orders().values()), "an order on the book")


def test_a_fresh_start_is_disarmed_and_becomes_ready(tmp_path: Path) -> None:
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready, "ready")
        assert desk.status is not None
        assert desk.status.mode == "paper"
        assert (desk.status.grids_running, desk.status.guards_armed, desk.orders()) == (0, 0, {})


def test_the_trader_goes_on_without_a_desk_and_the_next_desk_sees_the_same(tmp_path: Path) -> None:
    first = DeskStandIn(tmp_path)
    first.link.start()
    _start_demo(first)
    armed, pid, fills = set(first.grids()), first.pid, set(first.fills())
    # a desk that dies does not say goodbye: its end of the pipe is simply gone
    first.link.close()
    with DeskStandIn(tmp_path) as second:
        second.until(lambda: second.ready, "ready")
        assert second.pid == pid
        assert set(second.grids()) == armed
        assert all(row.armed for row in second.grids().values())
        assert fills <= set(second.fills())
        more = len(second.fills())
        second.until(lambda: len(second.fills()) > more, "the grids go on trading")


def test_a_killed_trader_is_noticed_restarted_reconciled_and_goes_on_as_armed(tmp_path: Path) -> None:
    with DeskStandIn(tmp_path) as desk:
        _start_demo(desk)
        armed = {code for code, row in desk.grids().items() if row.armed}
        held = {code: row.held for code, row in desk.grids().items()}
        fills, orders = dict(desk.fills()), dict(desk.orders())
        old = desk.kill_trader()
        desk.until(lambda: desk.lost == 1, "the loss is noticed")
        desk.until(lambda: desk.pid != old and desk.ready, "another trader, reconciled")
        desk.until(lambda: "resumed" in desk.events, "it says that it goes on")
        assert {code for code, row in desk.grids().items() if row.armed} == armed
        assert set(fills) <= set(desk.fills())
        assert set(orders) <= set(desk.orders())
        for code, row in desk.grids().items():
            bought = sum(f.volume for f in desk.fills().values() if f.code == code and f.side == "buy")
            sold = sum(f.volume for f in desk.fills().values() if f.code == code and f.side == "sell")
            before = held[code] - sum(
                f.volume if f.side == "buy" else -f.volume for f in fills.values() if f.code == code
            )
            assert row.held - before == bought - sold
        seen: dict[tuple[str, str, int | None, str], int] = {}
        for row in desk.orders().values():
            if row.state in ("sent", "working", "partial", "unknown"):
                key = (row.code, row.kind, row.slot, row.side)
                seen[key] = seen.get(key, 0) + 1
        assert all(count == 1 for count in seen.values())
        more = len(desk.fills())
        desk.until(lambda: len(desk.fills()) > more, "the grids go on trading")


def test_the_kill_switch_empties_the_book_and_stays_on_over_a_restart(tmp_path: Path) -> None:
    with DeskStandIn(tmp_path) as desk:
        _start_demo(desk)
        assert desk.do(act(Kill("button"))).ok
        desk.until(lambda: "kill_done" in desk.events, "every order confirmed")
        assert not any(row.state in ("sent", "working", "partial", "cancelling") for row in desk.orders().values())
        assert not any(row.armed for row in desk.grids().values())
        old = desk.kill_trader()
        desk.until(lambda: desk.pid != old and desk.ready, "another trader")
        assert desk.status is not None
        assert desk.status.killed
        assert desk.do(act(LiftKill())).ok
        desk.until(lambda: desk.status is not None and not desk.status.killed, "lifted by hand")


def test_a_file_named_kill_stops_everything_without_any_desk(tmp_path: Path) -> None:
    with DeskStandIn(tmp_path) as desk:
        _start_demo(desk)
        (desk.folder / "KILL").touch()
        desk.until(lambda: desk.status is not None and desk.status.killed, "killed by file")
        desk.until(lambda: "kill_done" in desk.events, "every order confirmed")
        assert desk.do(act(LiftKill())).ok
        desk.until(lambda: desk.status is not None and not desk.status.killed, "lifted by hand, the file gone with it")
        assert not (desk.folder / "KILL").exists()


@pytest.mark.parametrize("place", ["KILL", "KILL.txt", "paper/KILL.txt"])
def test_the_file_stops_a_real_trader_wherever_the_manual_says_it_may_lie(tmp_path: Path, place: str) -> None:
    with DeskStandIn(tmp_path) as desk:
        _start_demo(desk)
        (tmp_path / place).write_bytes(b"")
        desk.until(lambda: "kill_done" in desk.events, "every order confirmed")
        (line,) = [row for row in desk.all(EventRow) if row.reason.why is Why.KILL_PRESSED]
        assert dict(line.reason.args)["file"] == str(tmp_path / place)
        assert desk.do(act(LiftKill())).ok
        desk.until(lambda: desk.status is not None and not desk.status.killed, "lifted by hand")
        assert not (tmp_path / place).exists()


@pytest.mark.skipif(os.name == "nt", reason="holds a process by a POSIX signal")
def test_the_switch_pressed_at_a_trader_that_hangs_outlives_it_and_its_window(tmp_path: Path) -> None:
    with DeskStandIn(tmp_path) as desk:
        _start_demo(desk)
        os.kill(desk.pid, signal.SIGSTOP)
        LinkCommands(desk.link, desk.folder / "KILL", lambda _: None, lambda _: None).kill("button")
        desk.link.close()
        assert desk.gone(desk.kill_trader())
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.status is not None and desk.status.killed, "pressed by the file it left")
        desk.until(lambda: "kill_done" in desk.events, "every order confirmed")
        assert desk.do(act(LiftKill())).ok
        desk.until(lambda: desk.status is not None and not desk.status.killed, "lifted by hand")
        assert not (desk.folder / "KILL").exists()
