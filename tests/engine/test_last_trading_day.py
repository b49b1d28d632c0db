"""A grid on an instrument whose name of the day says that it is leaving sells on and buys nothing more."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from words import said

from qmtdesk.domain import messages as m
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GridMode, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.engine.grids import wish_of
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

pytestmark = pytest.mark.fault("M9")
MODE = pytest.mark.parametrize("mode", GridMode)


@dataclass
class Named(MarketDay):
    """A market whose instruments are called as the test says."""

    names: dict[str, str] = field(default_factory=dict)

    def make_instruments(self, day: date, prices: dict[str, int]) -> tuple[Instrument, ...]:
        return tuple(make_instrument(code, self.names.get(code, ""), price, day) for code, price in prices.items())


def kept(code: str, price: int, mode: GridMode = GridMode.LATTICE, **plan: object) -> Named:
    """A grid kept over the night that holds its first buy."""
    day = Named(prices={code: price}).open()
    plan = {"code": code, "keep_armed": True, "mode": mode, **plan}
    assert day.feed(m.ArmGrid(GridPlan(**plan))).refusal is None  # type: ignore[arg-type]
    day.live_market(6_000)
    day.price(code, price - 20)
    day.live_market(6_000)
    assert day.state.holdings[code].volume > 0
    return day


def next_day(day: Named, code: str, name: str) -> Named:
    day.names = {code: name}
    day.next_day()
    return day


def sides(day: Named, code: str) -> set[Side]:
    """What was ordered on the newest day."""
    stamp = day.state.day[2:].replace("-", "")
    return {place.side for place in day.places(code) if stamp in place.ref}


@MODE
@pytest.mark.parametrize(("code", "price", "name"), [(BOND, 135_000, "Z测转债"), (STOCK, 10_000, "测试退")])
def test_a_kept_grid_buys_nothing_on_it_and_sells_on(code: str, price: int, name: str, mode: GridMode) -> None:
    day = kept(code, price, mode)
    held = day.state.holdings[code].volume
    next_day(day, code, name)
    for step in (-4, -8, -15, -20, 3, 6):
        day.price(code, price + price * step // 1_000)
        day.live_market(6_000)
    assert sides(day, code) == {Side.SELL}
    assert day.state.holdings[code].volume < held


def test_the_user_hears_it_once_a_day_and_reads_it_beside_the_levels() -> None:
    day = next_day(kept(BOND, 135_000), BOND, "Z测转债")
    for price in (134_500, 134_000):
        day.price(BOND, price)
        day.live_market(6_000)
    lines = [line for line in day.state.lines if line.reason.why is Why.BUYS_ENDED]
    assert [(line.level, line.code, dict(line.reason.args)) for line in lines] == [("alarm", BOND, {"name": "Z测转债"})]
    wish = wish_of(day.state, BOND)
    assert wish is not None
    assert Why.BUYS_ENDED in {reason.why for reason in wish.reasons if reason is not None}


def test_an_ordinary_name_ends_nothing() -> None:
    day = next_day(kept(BOND, 135_000), BOND, "测Z转债")
    day.price(BOND, 134_000)
    day.live_market(6_000)
    assert Side.BUY in sides(day, BOND)
    assert said(day, Why.BUYS_ENDED) == 0


@MODE
def test_arming_one_that_could_only_buy_is_refused(mode: GridMode) -> None:
    day = Named(prices={BOND: 135_000}, names={BOND: "Z测转债"}).open()
    refusal = day.feed(m.ArmGrid(GridPlan(code=BOND, mode=mode))).refusal
    assert refusal is not None
    assert (refusal.why, refusal.get("name")) == (Why.BUYS_ENDED, "Z测转债")


@MODE
def test_one_that_takes_over_what_is_held_sells_it(mode: GridMode) -> None:
    day = Named(prices={BOND: 135_000}, held={BOND: (100, 120_000)}, names={BOND: "Z测转债"}).open()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, mode=mode, adopt=100, first_buy=False))).refusal is None
    day.live_market(6_000)
    assert sides(day, BOND) == {Side.SELL}
    assert said(day, Why.BUYS_ENDED) == 1
