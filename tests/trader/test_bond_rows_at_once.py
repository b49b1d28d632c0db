"""The bond table says what a grid does as soon as it is started or stopped, not with the next second."""

from qmtdesk.domain.bond_terms import BondTerms, RedeemState
from qmtdesk.domain.messages import ArmGrid, DisarmGrid
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.simulate.market_day import BOND, MarketDay
from qmtdesk.strategies.screen import ScreenPlan
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.publisher import Publisher
from qmtdesk.trader.series import Series
from qmtdesk.wire.rows import BondRow

TERMS = {
    BOND: BondTerms(code=BOND, name="b", remaining_yuan=200_000_000, redeem=RedeemState.NONE, as_of="2026-11-20"),
}
DESK = Desk("paper", "paper", 1, "")


class Shown:
    """What a desk is told of the bond, tenths of a second after one another."""

    def __init__(self) -> None:
        self.day, self.publisher, self.wall = MarketDay().open(), Publisher(ScreenPlan(name="all"), Series()), 0

    def told(self) -> list[str]:
        self.wall += 100
        changes, _ = self.publisher.changes(self.day.state, TERMS, DESK, self.wall)
        return [row.grid for _, row in changes if isinstance(row, BondRow)]


def test_a_grid_that_is_started_or_stopped_is_told_at_once() -> None:
    shown = Shown()
    assert shown.told() == [""]
    shown.day.feed(ArmGrid(GridPlan(code=BOND, first_buy=False)))
    assert shown.told() == ["running"]
    shown.day.feed(DisarmGrid(BOND, StopHow.LEAVE))
    assert shown.told() == ["stopped"]
