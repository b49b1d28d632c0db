"""What has to be on the disk before the trader goes on: whatever an order or a cancel rests on, and every word said."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.simulate.market_day import BOND, STOCK
from qmtdesk.store.journal import Journal, JournalRow


class Writes:
    """Every append of a journal: the kinds of its rows, and whether it was flushed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[tuple[list[str], bool]] = []
        append = Journal.append

        def noting(journal: Journal, rows: Sequence[JournalRow], *, durable: bool) -> None:
            self.told.append(([row.kind for row in rows], durable))
            append(journal, rows, durable=durable)

        monkeypatch.setattr(Journal, "append", noting)


def test_each_order_and_cancel_is_flushed_before_it_leaves_and_news_alone_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = Writes(monkeypatch)
    day = LoopDay(folder=tmp_path).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.live_market(3_000)
    before = len(day.places())
    for price in (119_990, 120_010, 119_600, 120_400, 119_200, 120_000):
        day.price(BOND, price)
        day.live_market(4_000)
    assert len(day.places()) > before + 3
    assert day.cancels()
    flushed = [kind for kinds, durable in writes.told for kind in kinds if durable]
    assert flushed.count("OrderPlaced") == len(day.places())
    assert flushed.count("CancelAsked") == len(day.cancels())
    assert any(not durable for _, durable in writes.told)


@pytest.mark.parametrize(
    "word",
    [
        m.SetMaster(on=False),
        m.WatchStock(STOCK, on=True),
        m.Kill("key"),
        m.DisarmGrid(BOND, StopHow.LEAVE),
        m.SetSellOnly(BOND, on=True),
        m.PauseGap(BOND, 0, on=True),
    ],
)
def test_what_the_user_said_is_flushed_before_it_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: m.Event
) -> None:
    day = LoopDay(folder=tmp_path).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.live_market(3_000)
    writes = Writes(monkeypatch)
    assert day.feed(word).refusal is None
    assert writes.told
    assert writes.told[0][1]
