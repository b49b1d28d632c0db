"""清理: what the user confirmed is sold and nothing else, at no worse price than he saw, and ends when he says so."""

import pytest
from words import buy_in

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import clearing
from qmtdesk.engine.books import own_volume
from qmtdesk.engine.core import begin
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay, quote_of

FLOOR = 119_000
ROW = m.ClearRow(BOND, 160, FLOOR)


def left_over(held: int = 0, **kit: object) -> MarketDay:
    """A grid bought 160 and was stopped; the user himself has `held` more."""
    own = {BOND: (held, 110_000)} if held else {}
    day = MarketDay(held=own, prices={BOND: 120_000, BOND2: 105_000, STOCK: 10_000}, **kit).open()  # type: ignore[arg-type]
    buy_in(day, GridPlan(code=BOND, adopt=0))
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    assert own_volume(day.state, BOND) == 160
    assert day.live() == []
    return day


def clear(day: MarketDay, *rows: m.ClearRow, whole: bool = False) -> object:
    result = day.feed(m.ClearHoldings(rows or (ROW,), whole))
    return result.refusal.why if result.refusal else None


def sales(day: MarketDay) -> list[m.Place]:
    return [place for place in day.places() if place.owner.kind is OwnerKind.CLEAR]


def resting(**kit: object) -> MarketDay:
    """A clearing whose order stands on the book: the bid went down under it, above the floor."""
    day = left_over(**kit)
    assert clear(day) is None
    day.exchange.market(_quote(day, 119_500))
    day.wait(700)
    (order,) = day.live(BOND)
    assert order.state is OrderState.WORKING
    return day


def _quote(day: MarketDay, last: int) -> Quote:
    return quote_of(BOND, day.at, last, prev=120_000)


def ended(day: MarketDay) -> str:
    """How the last clearing ended."""
    said = [line.reason for line in day.state.lines if line.reason.why is Why.CLEAR_ENDED]
    return str(said[-1].get("ended")) if said else ""


def test_what_was_confirmed_is_sold_at_the_bid_and_the_users_own_stays() -> None:
    day = left_over(held=50)
    assert clear(day) is None
    bid = day.state.quotes[BOND].quote.bid1.price
    assert [(place.side, place.price, place.volume) for place in sales(day)] == [(Side.SELL, bid, 160)]
    day.live_market(6_000)
    assert day.exchange.account.holdings[BOND].volume == 50
    assert day.state.clears == {}
    assert day.state.grids[BOND].grid.held_total == 0
    assert own_volume(day.state, BOND) == 0
    assert day.said()[-3:].count(Why.CLEARED) == 1


def test_what_was_adopted_is_the_users_and_not_what_qmtdesk_bought() -> None:
    day = MarketDay(held={BOND: (160, 110_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=160, first_buy=False)))
    day.wait(500)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    assert day.state.grids[BOND].grid.held_total == 160
    assert own_volume(day.state, BOND) == 0
    assert clear(day) is Why.NOT_BOUGHT_HERE
    assert clear(day, whole=True) is None


def test_bought_here_adopted_again_by_a_later_grid_is_still_bought_here() -> None:
    day = left_over()
    day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=160, first_buy=False)))
    assert own_volume(day.state, BOND) == 0
    assert clear(day) is Why.ALREADY_ARMED
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    assert own_volume(day.state, BOND) == 160


def test_what_somebody_else_sold_was_ours_first() -> None:
    day = left_over(held=100)
    day.exchange.submit_foreign(day.at, BOND, Side.SELL, 119_000, 100)
    day.live_market(6_000)
    assert own_volume(day.state, BOND) == 60
    assert clear(day) is Why.NOT_BOUGHT_HERE


def test_with_the_setting_a_whole_holding_goes_its_odd_rest_included() -> None:
    day = MarketDay(held={BOND: (135, 110_000)}).open()
    assert clear(day, m.ClearRow(BOND, 135, FLOOR), whole=True) is None
    day.live_market(6_000)
    assert sales(day)[0].volume == 135
    assert day.state.clears == {}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ((), Why.BAD_SETTING),
        ((ROW, ROW), Why.BAD_SETTING),
        ((m.ClearRow("999999.XX", 10, FLOOR),), Why.UNKNOWN_CODE),
        ((m.ClearRow(STOCK, 100, 9_900),), Why.NOT_A_BOND),
        ((m.ClearRow(BOND, 170, FLOOR),), Why.NOT_BOUGHT_HERE),
        ((m.ClearRow(BOND, 0, FLOOR),), Why.SELL_ROOM),
        ((m.ClearRow(BOND, 160, 0),), Why.BAD_TICK),
        ((m.ClearRow(BOND, 160, 95_000),), Why.OUTSIDE_LIMITS),
        ((m.ClearRow(BOND, 160, 145_000),), Why.OUTSIDE_LIMITS),
        ((m.ClearRow(BOND, 160, 100_000),), Why.PRICE_COLLAR),
        ((ROW, m.ClearRow(BOND2, 10, 104_000)), Why.NOT_BOUGHT_HERE),
    ],
)
def test_a_confirmation_with_one_wrong_row_starts_nothing(rows: tuple[m.ClearRow, ...], why: Why) -> None:
    day = left_over()
    day.feed(m.ClearHoldings(rows))
    assert day.feed(m.ClearHoldings(rows)).refusal.why is why
    assert day.state.clears == {}
    assert not sales(day)


def test_nothing_is_sold_into_an_auction_or_without_a_bid_or_while_something_forbids_it() -> None:
    day = left_over()
    day.feed(m.Quoted(replace(_quote(day, 120_000), bids=())))
    assert clear(day) is Why.NO_BID
    day.quote_all()
    day.feed(m.SetMaster(on=False))
    assert clear(day) is Why.MASTER_OFF
    day.feed(m.SetMaster(on=True))
    day.jump(14, 58)
    day.quote_all()
    day.wait(2_000)
    day.quote_all()
    assert clear(day) is Why.PHASE_CLOSED


def test_a_sale_the_market_went_away_from_follows_it_after_a_confirmed_cancel() -> None:
    day = resting()
    day.last[BOND] = 119_500
    day.live_market(15_000, every=1_000)
    first, second = sales(day)
    assert second.price < first.price
    assert second.price >= FLOOR
    assert day.state.clears == {}
    assert day.exchange.account.holdings.get(BOND) is None or day.exchange.account.holdings[BOND].volume == 0


def test_below_the_lowest_price_it_waits_says_so_once_and_sells_when_the_bid_is_back() -> None:
    day = resting()
    day.last[BOND] = 118_500
    day.live_market(20_000, every=1_000)
    assert day.live(BOND) == []
    assert len(sales(day)) == 1
    assert day.state.blocked[BOND].why is Why.BID_BELOW
    assert day.said().count(Why.BID_BELOW) == 1
    day.last[BOND] = 119_200
    day.live_market(6_000, every=1_000)
    assert day.state.clears == {}
    assert BOND not in day.state.blocked


def test_the_user_ends_it_and_its_order_is_cancelled() -> None:
    day = resting()
    day.wait(1_000)
    day.feed(m.StopClearing(BOND))
    day.wait(3_000)
    assert (day.live(), day.state.clears, ended(day)) == ([], {}, "user")
    day.live_market(6_000)
    assert len(sales(day)) == 1


def test_ending_twice_or_what_never_ran_is_ending_once() -> None:
    day = resting()
    day.feed(m.StopClearing())
    records = len(day.records)
    assert day.feed(m.StopClearing(BOND)).refusal is None
    assert day.feed(m.StopClearing(BOND2)).refusal is None
    assert len(day.records) == records


def test_an_order_cancelled_by_the_user_or_at_the_terminal_is_not_put_back() -> None:
    day = resting()
    day.feed(m.CancelOne(day.live(BOND)[0].ref))
    day.live_market(6_000)
    assert (day.live(), day.state.clears, ended(day)) == ([], {}, "user")
    day = resting()
    day.exchange.cancel(day.at, m.Cancel("", day.live(BOND)[0].broker_id))
    day.live_market(6_000)
    assert (day.live(), day.state.clears, ended(day)) == ([], {}, "terminal")
    assert len(sales(day)) == 1


def test_an_order_of_something_else_cancelled_by_the_user_leaves_it_alone() -> None:
    day = resting()
    day.feed(m.ArmGrid(GridPlan(code=BOND2, first_buy=False)))
    day.live_market(3_000)
    day.feed(m.CancelOne(day.live(BOND2)[0].ref))
    assert day.state.clears[BOND].why is None


def test_the_kill_switch_ends_it_and_lifting_the_switch_does_not_begin_it_again() -> None:
    day = resting()
    day.feed(m.Kill("button"))
    day.live_market(3_000)
    assert (day.live(), day.state.clears, ended(day)) == ([], {}, "kill")
    day.feed(m.LiftKill())
    day.live_market(6_000)
    assert len(sales(day)) == 1


def test_a_restart_by_the_program_goes_on_and_one_by_the_user_does_not() -> None:
    day = resting()
    day.restart(resume=True)
    day.last[BOND] = 119_500
    day.live_market(15_000, every=1_000)
    assert day.state.clears == {}
    assert Why.CLEARED in day.said()
    day = resting()
    day.restart(resume=False)
    day.live_market(6_000)
    assert (day.live(), day.state.clears, ended(day)) == ([], {}, "restart")


def test_what_the_journal_tells_is_what_was_known() -> None:
    day = resting()
    again = begin(day.folded(), (), resume=True)
    assert again.clears == day.state.clears
    assert again.bought == day.state.bought


def test_it_ends_at_the_close() -> None:
    day = resting(hour=14, minute=56)
    day.jump(15, 0)
    assert ended(day) == "close"
    day.next_day()
    assert day.state.clears == {}
    day.live_market(3_000)
    assert len(sales(day)) == 1


def test_an_order_in_doubt_freezes_it() -> None:
    day = left_over()
    day.deaf = True
    clear(day)
    (place,) = sales(day)
    day.feed(m.SubmitUnknown(place.ref, "?"))
    for _ in range(10):
        day.at += 1_000
        day.quote_all()
        day.feed(m.TimePassed())
    assert len(sales(day)) == 1
    assert day.state.clears[BOND].why is None


def test_rejected_again_and_again_it_ends() -> None:
    day = left_over()
    day.deaf = True
    clear(day)
    for _ in range(400):
        for place in sales(day):
            day.feed(m.SubmitRefused(place.ref, "no right"))
        day.at += 1_000
        day.quote_all()
        day.feed(m.TimePassed())
        if not day.state.clears:
            break
        if day.at % 10_000 == 0:
            day.deaf = False
            day.wait(1)
            day.deaf = True
    assert ended(day) == "rejects"
    assert len(sales(day)) == day.state.limits.rejects_in_row


def test_a_grid_cannot_be_started_or_sold_under_it_and_stopping_the_grid_ends_it() -> None:
    day = resting()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal.why is Why.CLEARING
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal.why is Why.CLEARING
    assert clear(day) is Why.CLEARING
    assert day.feed(m.DisarmGrid(BOND, StopHow.LEAVE)).refusal is None
    assert day.state.clears[BOND].why is None
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    assert (day.live(), day.state.clears, ended(day)) == ([], {}, "user")


def test_what_a_grid_left_on_the_book_comes_off_before_anything_is_sold() -> None:
    day = MarketDay().open()
    buy_in(day)
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    assert len(day.live(BOND)) == 4
    assert clear(day) is None
    assert not sales(day)
    day.live_market(9_000, every=1_000)
    assert [place.volume for place in sales(day)] == [160]
    assert day.live() == []
    assert day.state.clears == {}


def test_of_a_holding_that_shrinks_meanwhile_no_more_is_offered_than_there_is() -> None:
    day = resting()
    held = day.exchange.account.holdings[BOND]
    held.volume -= 80
    day.wait(12_000)
    day.last[BOND] = 119_500
    day.live_market(12_000, every=1_000)
    assert sales(day)[-1].volume == 80
    assert day.state.clears == {}


def test_when_nothing_of_it_is_left_to_sell_it_ends() -> None:
    day = resting()
    day.last[BOND] = 118_500
    day.live_market(12_000, every=1_000)
    assert day.live() == []
    day.exchange.account.holdings[BOND].volume = 0
    day.live_market(90_000, every=1_000)
    assert (day.state.clears, ended(day)) == ({}, "nothing")


def test_a_foreign_offer_leaves_its_volume_alone() -> None:
    day = left_over(held=100)
    day.exchange.submit_foreign(day.at, BOND, Side.SELL, 125_000, 100)
    day.live_market(3_000)
    assert clearing.most(day.state, BOND, 999, whole=True) == 160
    assert clearing.most(day.state, STOCK, 999, whole=True) == 0


def test_a_bug_in_it_ends_it_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    day = resting()

    def broken(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(clearing, "_mind", broken)
    day.feed(m.TimePassed())
    assert ended(day) == "bug"
    day.wait(3_000)
    assert (day.live(), day.state.clears) == ([], {})


def test_a_counter_that_is_slow_to_set_free_ends_no_clearing() -> None:
    day = resting()
    (order,) = day.live(BOND)
    day.feed(m.CancelRefused(order.broker_id, "late"))
    report = day.exchange.report(day.at)
    # the sale was turned down after all, and what it offered is not free yet
    held = tuple(replace(position, can_use=0) for position in report.positions)
    rows = tuple(
        replace(row, state=OrderState.REJECTED) if row.broker_id == order.broker_id else row for row in report.orders
    )
    day.exchange.cancel(day.at, m.Cancel("", order.broker_id))
    day.mute = True
    day.wait(1_000)
    day.feed(m.AskNow())
    day.feed(m.AccountReported(day.state.request, replace(report, at=day.at, positions=held, orders=rows)))
    day.wait(2_000)
    assert ended(day) == ""
    assert day.state.blocked[BOND].why in (Why.SELL_ROOM, Why.REJECTED_TOO_OFTEN)
    day.exchange.due(day.at)
    day.mute = False
    day.feed(m.AskNow())
    day.live_market(20_000)
    assert BOND not in day.state.holdings
    assert sum(place.volume for place in sales(day)) == 320
