"""Cases Q29 to Q34 and Q90: what waits, what overtakes, and what comes too late; QMT alone."""

from pathlib import Path
from typing import Any

import pytest
from gateway_bench import QmtBench
from standins.terminal import ACCOUNT
from still_feed import BOND, TEN

from qmtdesk.domain.messages import (
    AccountReported,
    FillReported,
    LinkChanged,
    OrderReported,
    Place,
    ReportFailed,
    SubmitRefused,
)
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.gateways.qmt import names, session
from qmtdesk.gateways.qmt.native import load
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.reading import Reader
from qmtdesk.gateways.qmt.records import Raw
from qmtdesk.gateways.qmt.session import TradeSession
from qmtdesk.gateways.qmt.trade_side import TradeOptions, TradeSide


def test_q29_a_wish_that_waited_too_long_is_refused_and_never_sent(tmp_path: Path, raw_qmt: QmtBench) -> None:
    options = TradeOptions(tmp_path, ACCOUNT, base=1)
    side = TradeSide(options, load, raw_qmt.terminal.now, RawLog(tmp_path, "", ""))
    place = Place("qwaited00001", BOND, Side.BUY, 110_000, 10, Owner(OwnerKind.GRID, 1))
    side.want(place)
    raw_qmt.terminal.pump(3_000)
    side.start(raw_qmt.post)
    told = raw_qmt.wait(SubmitRefused, lambda e: e.ref == place.ref)
    assert (told.text, told.by_link) == (names.TOO_OLD, True)
    raw_qmt.wait(LinkChanged, lambda e: e.up)
    side.stop()
    assert raw_qmt.taken() == []


@pytest.mark.parametrize("ref", ["q" * 21, "委托123", ""])
def test_q30_a_ref_that_is_no_sound_remark_is_refused_and_never_sent(qmt: QmtBench, ref: str) -> None:
    qmt.gateway.submit(Place(ref, BOND, Side.BUY, 110_000, 10, Owner(OwnerKind.GRID, 1)))
    told = qmt.wait(SubmitRefused, lambda e: e.ref == ref)
    assert (told.text, told.by_link) == (names.BAD_REF, False)
    assert qmt.taken() == []


def test_an_order_behind_a_call_that_hangs_is_refused_by_the_link_and_after_its_loss(
    qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "ORDER_S", 0.3)
    qmt.faults.hang_calls = {"order"}
    qmt.order()
    behind = qmt.order()
    told = qmt.wait(SubmitRefused, lambda e: e.ref == behind)
    assert told.by_link
    assert told.text == names.NOT_CONNECTED
    told_first = next(e for _, e in qmt.events if e == told or (isinstance(e, LinkChanged) and not e.up))
    assert isinstance(told_first, LinkChanged)
    qmt.faults.hang_calls = set()


def test_q31_what_the_terminal_tells_while_connecting_waits_for_the_link_to_be_told(raw_qmt: QmtBench) -> None:
    raw_qmt.by_hand(Side.BUY, 121_000, 20)
    raw_qmt.terminal.pump(2_000)
    raw_qmt.faults.replay_at_connect = True
    raw_qmt.ready()
    raw_qmt.wait(FillReported)
    kinds = [type(e) for _, e in raw_qmt.events if isinstance(e, LinkChanged | OrderReported | FillReported)]
    assert kinds[0] is LinkChanged
    assert {e.account for e in raw_qmt.of(FillReported)} == {raw_qmt.key}


def test_q32_a_report_asked_before_a_loss_is_none_after_it(qmt: QmtBench) -> None:
    inner = TradeSession.read_account

    def lost_meanwhile(session: TradeSession) -> Any:
        found = inner(session)
        qmt.terminal.disconnect()
        qmt.until(lambda: qmt.downs() > 0, "the loss")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TradeSession, "read_account", lost_meanwhile)
        request = qmt.ask()
        assert qmt.wait(ReportFailed, lambda e: e.request == request).text == names.DISCONNECTED
    assert qmt.of(AccountReported) == []


def test_q33_an_interpreter_that_fails_on_a_record_reads_the_next(
    qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, failed = Reader.read, []

    def read(reader: Reader, record: Raw, now: int) -> Any:
        if not failed:
            failed.append(record)
            raise ZeroDivisionError
        return inner(reader, record, now)

    monkeypatch.setattr(Reader, "read", read)
    ref = qmt.order()
    qmt.wait(FillReported, lambda e: e.fill.ref == ref)
    assert failed
    assert qmt.downs() == 1
    assert qmt.ups() == 2


def test_q34_now_is_the_clock_that_was_given(raw_qmt: QmtBench) -> None:
    assert raw_qmt.gateway.now() == TEN


def test_q90_an_event_on_its_way_when_the_stop_comes_is_told_to_nobody(qmt: QmtBench) -> None:
    qmt.stop()
    count = len(qmt.events)
    # what a thread that was between two of its lines would do now
    qmt.gateway._trade._post(qmt.gateway.now(), LinkChanged(True))
    qmt.gateway._quotes._post(qmt.gateway.now(), LinkChanged(True))
    assert len(qmt.events) == count
