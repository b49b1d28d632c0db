"""A grid kept over the night: where the day's reference price is not the last close, its prices are of another day."""

from datetime import date

import pytest
from words import said

from qmtdesk.domain import messages as m
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.simulate.market_day import BOND, DAY, NEXT_DAY, STOCK, MarketDay, quote_of

CLOSE, EX = 10_000, 9_500
STOP = 9_700
KEPT = GridPlan(
    code=STOCK,
    base=BaseKind.LAST,
    adopt=2_000,
    unit=400,
    first_buy=False,
    keep_armed=True,
    step_bp=100,
    lower_stop=STOP,
)


class NamedDay(MarketDay):
    """Days whose list gives the stock a name."""

    name = ""

    def make_instruments(self, day: date, prices: dict[str, int]) -> tuple[Instrument, ...]:
        made = super().make_instruments(day, prices)
        return tuple(replace(one, name=self.name) if one.code == STOCK else one for one in made)


def armed(plan: GridPlan | None = KEPT) -> NamedDay:
    day = NamedDay(held={STOCK: (2_000, 9_500), BOND: (400, 110_000)}, hour=14, minute=30).open()
    if plan is not None:
        assert day.feed(m.ArmGrid(plan)).refusal is None
    day.live_market(6_000)
    return day


def closed(day: NamedDay) -> NamedDay:
    """The day's last snapshot, with what its closing auction traded at."""
    day.jump(15, 0, 4)
    day.quote_all()
    return day


def opened(day: NamedDay, reference: int, last: int = 0, name: str = "", code: str = STOCK) -> NamedDay:
    """Another day whose reference price is this, and which opens there or at another price."""
    day.name, day.last[code] = name, reference
    day.next_day(hour=9, minute=30)
    day.price(code, last or reference)
    return day.live_market(30_000)


def sold(day: MarketDay) -> int:
    return sum(fill.volume for fill in day.state.fills.values() if fill.side is Side.SELL)


def told(day: MarketDay) -> list[dict[str, int | str]]:
    return [dict(line.reason.args) for line in day.state.lines if line.reason.why is Why.EX_RIGHTS]


def test_a_dividend_fires_no_stop() -> None:
    day = opened(closed(armed()), EX)
    book = day.state.grids[STOCK]
    assert (book.armed, book.winding, sold(day), said(day, Why.LOWER_STOP)) == (False, None, 0, 0)
    assert day.exchange.account.holdings[STOCK].volume == 2_000
    assert told(day) == [{"close_milli": CLOSE, "reference_price_milli": EX}]
    assert [line.level for line in day.state.lines if line.reason.why is Why.EX_RIGHTS] == ["alarm"]
    assert book.why is not None
    assert book.why.why is Why.EX_RIGHTS
    assert day.folded().grids[STOCK] == book


def test_it_goes_on_when_it_is_armed_anew() -> None:
    day = opened(closed(armed()), EX)
    assert day.feed(m.ArmGrid(replace(KEPT, lower_stop=9_200))).refusal is None
    day.live_market(30_000)
    assert day.state.grids[STOCK].armed
    assert len(told(day)) == 1
    assert day.live(STOCK)


def test_a_real_fall_over_the_night_fires_the_stop() -> None:
    day = opened(closed(armed()), CLOSE, last=9_600)
    assert said(day, Why.LOWER_STOP) == 1
    assert sold(day) == 2_000


@pytest.mark.parametrize(("reference", "stays"), [(10_000, True), (9_970, True), (9_960, False), (10_040, False)])
def test_a_close_that_is_an_average_is_no_dividend(reference: int, stays: bool) -> None:
    assert opened(closed(armed()), reference).state.grids[STOCK].armed is stays


@pytest.mark.parametrize("mode", GridMode)
def test_a_grid_of_either_kind_waits_for_its_user(mode: GridMode) -> None:
    day = opened(closed(armed(replace(KEPT, mode=mode, lower_stop=0, adopt=400))), EX)
    assert not day.state.grids[STOCK].armed
    assert sum(fill.volume for fill in day.state.fills.values()) == 0


def test_the_close_survives_a_restart_and_the_day_after_needs_no_second_word() -> None:
    day = closed(armed())
    day.state = day.folded()
    day = opened(day, EX)
    assert told(day) == [{"close_milli": CLOSE, "reference_price_milli": EX}]
    later = opened(closed(armed()), CLOSE)
    later.restart(resume=True)
    later.live_market(9_000)
    assert later.state.grids[STOCK].armed


def test_two_days_on_end_each_has_its_own_close() -> None:
    day = opened(closed(armed(replace(KEPT, lower_stop=0))), CLOSE, last=9_800)
    day.jump(15, 0, 4)
    day.quote_all()
    day.next_day(date(2026, 11, 24))
    day.live_market(6_000)
    assert day.state.grids[STOCK].armed
    assert day.state.instruments[STOCK].prev_close == 9_800


@pytest.mark.parametrize(
    ("name", "stop", "reason"),
    [
        ("XD某某", 0, {"name": "XD某某", "reference_price_milli": EX}),
        ("某某", STOP, {"reference_price_milli": EX, "stop_milli": STOP}),
        ("某某", 9_400, None),
    ],
)
def test_where_nobody_saw_the_close_the_name_and_the_stop_tell(
    name: str, stop: int, reason: dict[str, int | str] | None
) -> None:
    day = opened(armed(replace(KEPT, lower_stop=stop)), EX, name=name)
    assert told(day) == ([reason] if reason else [])
    assert day.state.grids[STOCK].armed is (reason is None)


def test_a_mark_in_the_name_is_nothing_where_the_reference_goes_on_from_the_close() -> None:
    assert opened(closed(armed()), CLOSE, name="XD某某").state.grids[STOCK].armed


def morning(day: NamedDay, reference: int) -> NamedDay:
    """The list of the next day, at 9:01."""
    day.jump(15, 0, 30)
    day.exchange.close_day(day.at)
    day.wait(2_000)
    day.day, day.at, day.last[STOCK] = NEXT_DAY, at_of(NEXT_DAY, 9, 1), reference
    day.instruments, day.prices = day.make_instruments(NEXT_DAY, day.last), dict(day.last)
    day.exchange.open_day(NEXT_DAY, day.instruments)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    return day.wait(2_000)


def test_what_the_terminal_still_shows_in_the_morning_is_the_last_close() -> None:
    day = morning(armed(replace(KEPT, lower_stop=0)), EX)
    day.feed(m.Quoted(quote_of(STOCK, at_of(DAY, 15, 0, 3), CLOSE, prev=10_100)))
    assert day.state.grids[STOCK].armed
    day.at = at_of(NEXT_DAY, 9, 30, 2)
    day.live_market(6_000)
    assert told(day) == [{"close_milli": CLOSE, "reference_price_milli": EX}]


def test_a_list_of_the_day_before_is_set_right_by_the_days_own_snapshots() -> None:
    day = morning(closed(armed()), 9_800)
    assert day.state.grids[STOCK].armed
    day.prices[STOCK] = day.last[STOCK] = CLOSE
    day.at = at_of(NEXT_DAY, 9, 30, 2)
    day.live_market(6_000)
    assert day.state.grids[STOCK].armed
    assert told(day) == []


@pytest.mark.parametrize("code", [STOCK, BOND])
def test_one_armed_in_the_evening_is_looked_at_as_well_and_a_bond_is_not(code: str) -> None:
    day = closed(armed(None))
    day.jump(20, 0).wait(3_000)
    base, volume = (CLOSE, 2_000) if code == STOCK else (120_000, 400)
    plan = replace(KEPT, code=code, adopt=volume, unit=volume // 4, lower_stop=base * 97 // 100)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    opened(day, base * 95 // 100, code=code)
    assert day.state.grids[code].armed is (code == BOND)
    assert said(day, Why.NOT_WORKED_OUT) == (code == BOND)
    assert (sold(day) == 0) is (code == STOCK)


@pytest.mark.parametrize("before", [10_000, 10_020, 10_400])
def test_a_list_of_the_day_before_hides_no_dividend_from_the_days_own_snapshots(before: int) -> None:
    day = morning(closed(armed()), before)
    day.prices[STOCK] = EX
    day.at = at_of(NEXT_DAY, 9, 30, 2)
    day.price(STOCK, EX)
    day.live_market(15_000)
    assert sold(day) == 0
    if day.state.grids[STOCK].armed:
        assert day.state.blocked[STOCK].why is Why.CLOSE_DISAGREES
        # the list is set right
        right = tuple(replace(one, prev_close=EX) if one.code == STOCK else one for one in day.instruments)
        day.feed(m.DayOpened(NEXT_DAY.isoformat(), right))
        day.live_market(9_000)
    assert not day.state.grids[STOCK].armed
    assert (len(told(day)), sold(day)) == (1, 0)


def test_one_snapshot_with_a_garbled_close_holds_a_grid_up_until_the_next() -> None:
    day = morning(closed(armed()), CLOSE)
    day.at = at_of(NEXT_DAY, 9, 30, 2)
    day.feed(m.Quoted(quote_of(STOCK, day.at, CLOSE, prev=5_000)))
    assert day.state.grids[STOCK].armed
    assert day.live(STOCK) == []
    day.live_market(9_000)
    assert day.state.grids[STOCK].armed
    assert STOCK not in day.state.blocked


def test_what_the_terminal_shows_of_yesterday_is_no_price_to_start_by_on_the_day() -> None:
    day = morning(closed(armed(None)), EX)
    day.at = at_of(NEXT_DAY, 9, 5)
    day.feed(m.Quoted(quote_of(STOCK, at_of(DAY, 15, 0, 3), CLOSE, prev=10_100)))
    day.wait(2_000)
    refusal = day.feed(m.ArmGrid(replace(KEPT, base=BaseKind.LAST, lower_stop=STOP))).refusal
    assert refusal is not None
    assert dict(refusal.args)["close_milli"] == EX


def test_an_old_list_keeps_no_grid_from_its_stop_where_the_snapshots_go_on_from_the_close() -> None:
    day = morning(closed(armed()), 9_900)
    day.at = at_of(NEXT_DAY, 9, 30, 2)
    for last in (9_650, 9_600, 9_600):
        day.last[STOCK] = last
        day.feed(m.Quoted(quote_of(STOCK, day.at, last, prev=CLOSE)))
        day.exchange.market(quote_of(STOCK, day.at, last, prev=CLOSE))
        day.wait(3_000)
    assert said(day, Why.LOWER_STOP) == 1
    assert sold(day) == 2_000
