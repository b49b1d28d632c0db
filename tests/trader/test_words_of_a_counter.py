"""What a counter says in letters that are none never ends what decides, nor what writes it down."""

from pathlib import Path

import msgspec
import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import OddRow
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND

HALF = "废单\udcb2\udcbb\ud800"


def spoken(day: LoopDay) -> bytes:
    """All that desks and the journal would be told; raises where a letter is none."""
    return msgspec.msgpack.encode([line.reason for line in day.loop.state.lines])


@pytest.fixture
def day(tmp_path: Path) -> LoopDay:
    day = LoopDay(folder=tmp_path).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None
    day.wait(500)
    assert day.places()
    return day


@pytest.mark.parametrize("kind", ["refused", "unknown", "cancel", "failed", "link"])
def test_half_a_letter_in_a_counters_words_becomes_a_mark(day: LoopDay, kind: str) -> None:
    ref = next(iter(day.state.orders))
    said = {
        "refused": m.SubmitRefused(ref, HALF),
        "unknown": m.SubmitUnknown(ref, HALF),
        "cancel": m.CancelRefused(ref, HALF),
        "failed": m.ReportFailed(day.state.request, HALF),
        "link": m.LinkChanged(up=False, text=HALF),
    }
    day.feed(said[kind])
    spoken(day)
    again = day.again(resume=True)
    assert again.loop._diary.set_aside is None


@pytest.mark.parametrize("field", ["text", "remark", "odd", "told_remark"])
def test_half_a_letter_in_a_row_becomes_a_mark(tmp_path: Path, field: str) -> None:
    day = LoopDay(folder=tmp_path).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.wait(15_000)
    day.exchange.submit_foreign(day.at, BOND, Side.BUY, 119_000, 10)
    report = day.exchange.report(day.at)
    assert report.orders
    rows = tuple(replace(row, **{field: HALF}) for row in report.orders)
    day.feed(m.OrderReported(rows[0]))
    day.feed(m.AccountReported(day.state.request, replace(report, orders=rows)))
    spoken(day)
    assert day.again(resume=True).loop._diary.set_aside is None


def test_half_a_letter_in_a_row_of_other_business_becomes_a_mark(day: LoopDay) -> None:
    report = day.exchange.report(day.at)
    odd = OddRow("77", BOND, 10, 119_000, day.at, HALF)
    day.feed(m.AccountReported(day.state.request, replace(report, odd=(odd,))))
    spoken(day)
    assert day.again(resume=True).loop._diary.set_aside is None
