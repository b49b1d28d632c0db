"""A buy in doubt, for however long, keeps nothing from being sold that is to be sold for good."""

import pytest
from words import beat, row_of, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset, Position
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Fill, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.simulate.market_day import BOND, MarketDay

S = OrderState
CASH = 1_000_000_000
PLAN = GridPlan(
    code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100, adopt=300, lower_stop=119_000
)


class Doubted:
    """A grid with 300 and an order on either side: of the buy nobody heard, and its cash is frozen."""

    def __init__(self) -> None:
        self.day = MarketDay(held={BOND: (300, 9_000)}).open()
        self.day.deaf = True
        assert self.day.feed(m.ArmGrid(PLAN)).refusal is None
        sides = {place.side: place for place in self.day.places(BOND)}
        self.buy, self.sale = sides[Side.BUY], sides[Side.SELL]
        self.day.feed(m.SubmitUnknown(self.buy.ref, ""))
        self.day.feed(m.SubmitAnswered(self.sale.ref, "55"))
        self.rows = [row_of(self.day, self.sale, S.WORKING, number="55")]
        self.fills: list[Fill] = []
        self.looks(1, sellable=200)

    def looks(self, times: int, *, sellable: int = 300, held: int = 300, frozen: int | None = None) -> None:
        froze = self.buy.price * self.buy.volume if frozen is None else frozen
        for _ in range(times):
            beat(self.day, 3)
            asset, held_here = Asset(CASH - froze, froze, CASH), (Position(BOND, held, sellable),)
            report = AccountReport(
                self.day.at, self.day.day.isoformat(), asset, held_here, tuple(self.rows), tuple(self.fills)
            )
            self.day.feed(m.AccountReported(self.day.state.request, report))

    def sale_is_off(self) -> None:
        told(self.day, self.sale, S.CANCELLED, number="55")
        self.rows = [row_of(self.day, self.sale, S.CANCELLED, number="55")]

    def trade(self, place: Place, volume: int, number: str) -> None:
        """All of an order traded, told as a push and in every answer."""
        self.rows.append(row_of(self.day, place, S.FILLED, volume, number=number))
        self.fills.append(trade_of(self.day, place, volume, number, number=number))
        traded(self.day, place, volume, number, number=number)

    @property
    def newer(self) -> list[Place]:
        return [each for each in self.day.places(BOND) if each not in (self.buy, self.sale)]

    @property
    def state(self) -> OrderState:
        return self.day.state.orders[self.buy.ref].state


def test_a_fall_below_the_lower_stop_is_sold_although_a_buy_stays_in_doubt() -> None:
    it = Doubted()
    it.day.last[BOND] = 118_900
    beat(it.day, 3)
    it.sale_is_off()
    it.looks(5)
    assert it.state is S.UNKNOWN
    assert sum(place.volume for place in it.newer) == 300
    assert {place.side for place in it.newer} == {Side.SELL}


def test_a_fall_below_the_lower_stop_waits_a_moment_for_a_buy_in_doubt() -> None:
    it = Doubted()
    it.day.last[BOND] = 118_900
    beat(it.day, 1)
    it.sale_is_off()
    beat(it.day, 1)
    assert it.newer == []


def stopped() -> Doubted:
    it = Doubted()
    it.day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    beat(it.day, 1)
    it.sale_is_off()
    it.looks(5)
    return it


def test_stop_and_sell_sells_although_a_buy_stays_in_doubt() -> None:
    it = stopped()
    assert it.state is S.UNKNOWN
    (clear,) = it.newer
    assert (clear.side, clear.volume, clear.owner.kind) == (Side.SELL, 300, OwnerKind.CLEAR)


def sold_out() -> Doubted:
    """All of it is sold, and the buy is in doubt as before."""
    it = stopped()
    (clear,) = it.newer
    it.day.feed(m.SubmitAnswered(clear.ref, "56"))
    it.trade(clear, 300, "56")
    it.looks(2, held=0, sellable=0)
    return it


def test_stop_and_sell_is_not_over_while_a_buy_is_in_doubt_and_says_which() -> None:
    it = sold_out()
    book = it.day.state.grids[BOND]
    assert (book.winding, len(it.newer)) == (StopHow.SELL, 1)
    assert it.day.state.blocked[BOND].why is Why.SIDE_FROZEN


def test_stop_and_sell_is_over_with_the_users_word_on_the_buy() -> None:
    it = sold_out()
    assert it.day.feed(m.DecideUnknown(it.buy.ref, "")).refusal is None
    it.looks(1, held=0, sellable=0, frozen=0)
    assert it.day.state.grids[BOND].winding is None
    assert len(it.newer) == 1


def test_what_the_buy_in_doubt_bought_after_all_is_sold_too() -> None:
    it = sold_out()
    it.trade(it.buy, it.buy.volume, "57")
    it.looks(2, held=it.buy.volume, sellable=it.buy.volume, frozen=0)
    assert [place.volume for place in it.newer] == [300, it.buy.volume]


@pytest.mark.parametrize("how", [StopHow.CANCEL, StopHow.LEAVE])
def test_a_clearing_sells_although_a_buy_of_the_stopped_grid_stays_in_doubt(how: StopHow) -> None:
    it = Doubted()
    it.day.feed(m.DisarmGrid(BOND, how))
    if how is StopHow.LEAVE:
        it.day.feed(m.CancelOne(it.sale.ref))
    beat(it.day, 1)
    it.sale_is_off()
    it.looks(5)
    assert it.day.feed(m.ClearHoldings((m.ClearRow(BOND, 300, 118_000),), whole=True)).refusal is None
    it.looks(4)
    assert it.state is S.UNKNOWN
    (clear,) = it.newer
    assert (clear.volume, clear.owner.kind) == (300, OwnerKind.CLEAR)
    it.day.feed(m.SubmitAnswered(clear.ref, "56"))
    it.rows.append(row_of(it.day, clear, S.WORKING, number="56"))
    it.looks(3, sellable=0)
    assert it.state is S.UNKNOWN
    assert it.day.state.orders[clear.ref].cancel_asked_at == 0


def test_a_clearing_waits_for_a_stop_whose_orders_may_still_trade() -> None:
    it = Doubted()
    it.day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    it.looks(5, sellable=200)
    answer = it.day.feed(m.ClearHoldings((m.ClearRow(BOND, 200, 118_000),), whole=True))
    assert answer.refusal is not None
    assert answer.refusal.why is Why.ALREADY_ARMED
