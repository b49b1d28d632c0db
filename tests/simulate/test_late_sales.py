"""The checks notice a guard that sells long after it fired without another look at the board."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.engine import latched
from qmtdesk.simulate.checked_day import BrokenError, CheckedDay
from qmtdesk.simulate.market_day import STOCK, quote_of, sealed_quote

LIMIT = 11_000


def board(day: CheckedDay, lots: int) -> None:
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000, volume=10_000 + day.at % 1_000_000))


def late_sale(lots: int) -> CheckedDay:
    """A guard fires while the switch is off; half a minute later it is on again, with so many lots on the board."""
    day = CheckedDay(held={STOCK: (1_000, 9_000)})
    day.open()
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    board(day, 30_000)
    day.feed(m.SetMaster(on=False))
    for each in (15_000, *[lots] * 10):
        board(day, each)
    day.feed(m.SetMaster(on=True))
    board(day, lots)
    return day


def test_without_another_look_a_healthy_board_would_be_sold_and_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latched, "overdue", lambda *_: None)
    with pytest.raises(BrokenError, match="I11: a guard that fired") as broken:
        late_sale(400_000)
    assert broken.value.promise == "I11"


@pytest.mark.parametrize(("lots", "sold"), [(400_000, 0), (12_000, 1_000)])
def test_with_it_only_a_board_that_is_still_weak_is_sold(lots: int, sold: int) -> None:
    assert sum(place.volume for place in late_sale(lots).places()) == sold
