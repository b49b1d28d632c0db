"""What a guard sold or wanted sold, the grid of its code buys back only after the user took the code off the list."""

import pytest
from test_guard_beside_grid import GRID, GUARD, SELLING, both, falls, seals_at_a_distance
from words import by_hand, told, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import guards
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import apply
from qmtdesk.simulate.market_day import STOCK, MarketDay, quote_of
from qmtdesk.strategies.guard import GuardState

KEPT = replace(GRID, keep_armed=True)
LOWER = (10_780, 10_700, 10_600, 10_500, 10_400)


def sold(guard: GuardPlan = GUARD, **kit: object) -> MarketDay:
    day = both(KEPT, guard, **kit)  # type: ignore[arg-type]
    seals_at_a_distance(day)
    falls(day, *LOWER)
    assert day.state.guards[STOCK].state is GuardState.SOLD
    return day


def selling() -> MarketDay:
    """A guard's sale that nobody has met yet."""
    day = both(KEPT)
    seals_at_a_distance(day)
    day.wait(3_000)
    day.deaf = True
    day.feed(m.Quoted(quote_of(STOCK, day.at, 10_780, prev=10_000, depth=100_000, volume=20_000)))
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sold) == (GuardState.TRIGGERED, 0)
    day.deaf = False
    return day


def tomorrow(day: MarketDay) -> None:
    day.last[STOCK] = 10_400
    day.next_day()
    day.live_market(9_000)


def buys(day: MarketDay, since: int) -> list[m.Place]:
    places = [intent for _, intent in day.sent[since:] if isinstance(intent, m.Place)]
    return [place for place in places if place.side is Side.BUY]


def buys_only_after_the_code_left_the_list(day: MarketDay, since: int) -> None:
    assert day.state.grids[STOCK].armed
    assert buys(day, since) == []
    assert day.state.blocked[STOCK].why is Why.GUARD_SOLD
    assert day.feed(m.WatchStock(STOCK, on=False)).refusal is None
    day.live_market(6_000)
    assert {place.owner.kind for place in buys(day, since)} == {OwnerKind.GRID}
    assert STOCK not in day.state.blocked


def test_a_kept_grid_buys_nothing_back_on_the_next_day_either() -> None:
    for keep in (False, True):
        day = sold(replace(GUARD, keep_armed=keep))
        since = len(day.sent)
        tomorrow(day)
        assert day.state.guards[STOCK].state is GuardState.OFF
        buys_only_after_the_code_left_the_list(day, since)


def test_a_guard_armed_again_lets_the_grid_buy_nothing_on_this_day_or_the_next() -> None:
    day = sold()
    since = len(day.sent)
    assert day.feed(m.ArmGuard(replace(GUARD, keep_armed=True))).refusal is None
    falls(day, 10_400)
    day.live_market(4_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    assert buys(day, since) == []
    assert day.state.blocked[STOCK].why is Why.GUARD_SOLD
    tomorrow(day)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    day.feed(m.DayOpened(day.day.isoformat(), (replace(day.state.instruments[STOCK], limit_up=11_450),)))
    assert day.state.guards[STOCK].let_go
    day.feed(m.DisarmGuard(STOCK))
    day.live_market(6_000)
    buys_only_after_the_code_left_the_list(day, since)


def test_a_restart_forgets_nothing_of_it() -> None:
    day = sold()
    tomorrow(day)
    since = len(day.sent)
    day.restart(resume=False).live_market(9_000)
    buys_only_after_the_code_left_the_list(day, since)


def test_a_code_taken_off_the_list_and_guarded_again_is_the_grids_to_buy() -> None:
    day = sold()
    day.feed(m.WatchStock(STOCK, on=False))
    since = len(day.sent)
    assert day.feed(m.ArmGuard(GUARD)).refusal is None
    day.live_market(6_000)
    assert buys(day, since)


def test_a_fresh_start_names_what_a_guard_leaves_unsold_and_the_grid_buys_nothing() -> None:
    day = selling()
    since = len(day.sent)
    day.last[STOCK] = 10_700
    day.restart(resume=False).live_market(9_000)
    assert day.state.guards[STOCK].state is GuardState.OFF
    (line,) = [each for each in day.state.lines if each.reason.why is Why.LEFT_UNSOLD]
    assert (line.level, line.code, dict(line.reason.args)) == ("alarm", STOCK, {"volume": 5_000})
    buys_only_after_the_code_left_the_list(day, since)


def test_a_sale_that_ended_with_its_day_lets_the_grid_buy_nothing() -> None:
    day = selling()
    since = len(day.sent)
    tomorrow(day)
    buys_only_after_the_code_left_the_list(day, since)


def test_a_user_who_switches_the_guard_off_before_it_sold_anything_decides_for_himself() -> None:
    day = selling()
    day.feed(m.DisarmGuard(STOCK))
    assert not day.state.guards[STOCK].parted


def test_a_guard_broken_off_by_a_fault_lets_no_later_grid_buy(monkeypatch: pytest.MonkeyPatch) -> None:
    day = selling()
    with monkeypatch.context() as patch:
        patch.setattr(guards, "timed", lambda *_: 1 / 0)
        day.wait(1_000)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.let_go) == (GuardState.OFF, True)


def test_a_code_taken_off_before_the_guards_order_ended_is_taken_off_once_more() -> None:
    day = both(SELLING)
    seals_at_a_distance(day)
    day.deaf = True
    falls(day, 10_780)
    (place,) = [p for p in day.places() if p.owner.kind is OwnerKind.GUARD]
    day.feed(m.DisarmGuard(STOCK))
    assert day.feed(m.WatchStock(STOCK, on=False)).refusal is None
    assert STOCK not in day.state.watch
    day.feed(m.FillReported(trade_of(day, place, 1_000, "1", number="88001")))
    told(day, place, OrderState.PART_CANCELLED, 1_000, number="88001")
    assert day.state.guards[STOCK].let_go
    # there to be taken off, though the list itself lacks it
    assert STOCK in guards.watched(day.state)
    assert day.feed(m.WatchStock(STOCK, on=False)).refusal is None
    assert not day.state.guards[STOCK].let_go


def test_a_guard_of_an_old_journal_that_sold_counts_as_one_that_let_go() -> None:
    day = sold()
    guard = replace(day.state.guards[STOCK], let_go=False)
    day.state = apply(day.state, r.GuardChanged(STOCK, guard))
    day.records.append(r.GuardChanged(STOCK, guard))
    since = len(day.sent)
    tomorrow(day)
    buys_only_after_the_code_left_the_list(day, since)


def test_shares_of_today_bought_by_hand_may_be_guarded_without_the_grid_buying() -> None:
    day = both(KEPT)
    day.exchange.submit(day.at, by_hand(STOCK, Side.BUY, 10_810, 1_000))
    day.wait(1_000)
    seals_at_a_distance(day)
    falls(day, *LOWER)
    since = len(day.sent)
    day.feed(m.ArmGuard(GUARD))
    falls(day, 10_400)
    assert buys(day, since) == []
