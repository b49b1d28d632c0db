"""An order in doubt that no row tells of is not sent again while anything in the account is as if it had arrived."""

import pytest
from doubts import CASH, OTHER, SELLS, S, counted, grid_of, looks, lost, still_in_doubt
from words import PLAN, answer, beat, by_hand, deaf_grid, look, row_of, said, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset, BrokerOrder, Position
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay


@pytest.mark.parametrize("volume", [100, 50, 30])
def test_cash_that_is_frozen_as_if_by_a_buy_or_by_part_of_it_keeps_it_in_doubt(volume: int) -> None:
    day, place = lost()
    assert place.volume == 100
    looks(day, frozen=place.price * volume)
    assert still_in_doubt(day, place)


@pytest.mark.parametrize("frozen", [0, 100_000])
def test_a_buy_that_nothing_is_frozen_for_never_arrived(frozen: int) -> None:
    day, place = lost()
    looks(day, frozen=frozen)
    assert not still_in_doubt(day, place)


def test_what_a_listed_buy_freezes_is_no_sign_of_another() -> None:
    day, place = lost()
    row = row_of(day, by_hand(BOND2, Side.BUY, 110_000, 200), S.WORKING, number="9")
    looks(day, frozen=110_000 * 200, rows=[row])
    assert not still_in_doubt(day, place)


@pytest.mark.parametrize("bids", [4, 14, 60])
def test_many_small_buys_that_are_listed_hide_no_frozen_cash_of_a_small_one(bids: int) -> None:
    day, place = grid_of(replace(PLAN, unit=10))
    day.feed(m.SubmitUnknown(place.ref, ""))
    others = [by_hand(BOND2, Side.BUY, 110_000, 10)] * bids
    rows = [row_of(day, other, S.WORKING, number=f"9{n}") for n, other in enumerate(others)]
    looks(day, frozen=bids * 110_000 * 10 + place.price * place.volume, rows=rows)
    assert still_in_doubt(day, place)


@pytest.mark.parametrize("state", [S.UNKNOWN, S.CANCELLED])
def test_a_listed_buy_that_may_be_over_hides_no_frozen_cash_of_another(state: OrderState) -> None:
    day, place = lost()
    rows = [row_of(day, by_hand(BOND, Side.BUY, place.price + 100, place.volume), state, number="9")]
    looks(day, frozen=place.price * place.volume, rows=rows)
    assert still_in_doubt(day, place)


@pytest.mark.parametrize("state", [S.UNKNOWN, S.CANCELLED])
def test_a_listed_sale_that_may_be_over_hides_no_shares_of_another(state: OrderState) -> None:
    day, place = lost(Side.SELL)
    rows = [row_of(day, by_hand(BOND, Side.SELL, 125_000, 100), state, number="9")]
    looks(day, held=[Position(BOND, 300, 200)], rows=rows)
    assert still_in_doubt(day, place)


def test_a_buy_that_is_over_and_still_listed_hides_no_frozen_cash_of_another() -> None:
    day, place = lost()
    other = by_hand(BOND, Side.BUY, place.price + 100, place.volume)
    told(day, other, S.CANCELLED, number="9")
    looks(day, frozen=place.price * place.volume, rows=[row_of(day, other, S.WORKING, number="9")])
    assert still_in_doubt(day, place)


def test_cash_that_was_frozen_before_the_order_left_is_no_sign_of_it() -> None:
    frozen = Asset(CASH - 50_000_000, 50_000_000, CASH)
    first = AccountReport(0, MarketDay().day.isoformat(), frozen, (), (), ())
    day, place = grid_of(PLAN, first=first)
    day.feed(m.SubmitUnknown(place.ref, ""))
    looks(day, frozen=50_000_000)
    assert not still_in_doubt(day, place)


@pytest.mark.parametrize("volume", [100, 50, 30])
def test_shares_held_back_as_if_by_a_sale_or_by_part_of_it_keep_it_in_doubt(volume: int) -> None:
    day, place = lost(Side.SELL)
    assert place.volume == 100
    looks(day, held=[Position(BOND, 300, 300 - volume)])
    assert still_in_doubt(day, place)


def test_shares_that_were_held_back_before_the_order_left_are_no_sign_of_it() -> None:
    held = (Position(BOND, 300, 150),)
    first = AccountReport(0, MarketDay().day.isoformat(), Asset(CASH, 0, CASH), held, (), ())
    prices = {BOND: 120_000, BOND2: 110_000, STOCK: 10_000}
    day, place = grid_of(replace(SELLS, adopt=150), first=first, prices=prices, held={BOND: (300, 9_000)})
    assert place.side is Side.SELL
    day.feed(m.SubmitUnknown(place.ref, ""))
    looks(day, held=held)
    assert not still_in_doubt(day, place)


def test_a_sale_that_nothing_is_held_back_for_never_arrived() -> None:
    day, place = lost(Side.SELL)
    looks(day, held=[Position(BOND, 300, 300)])
    assert not still_in_doubt(day, place)


def test_shares_on_sale_by_what_is_listed_are_no_sign_of_another_sale() -> None:
    day, place = lost(Side.SELL)
    row = row_of(day, by_hand(BOND, Side.SELL, 125_000, 150), S.WORKING, number="9")
    looks(day, held=[Position(BOND, 300, 150)], rows=[row])
    assert not still_in_doubt(day, place)


def test_shares_of_a_stock_bought_today_are_no_sign_of_a_sale() -> None:
    day, place = lost(Side.SELL, STOCK)
    bought = by_hand(STOCK, Side.BUY, 10_000, 200)
    told(day, bought, S.FILLED, 200, number="9")
    traded(day, bought, 200, number="9")
    rows = [row_of(day, bought, S.FILLED, 200, number="9")]
    for _ in range(5):
        beat(day, 3)
        report = counted(day, held=[Position(STOCK, 500, 300)], rows=rows, spent=2_000_000)
        report = replace(report, fills=tuple(day.state.fills.values()))
        day.feed(m.AccountReported(day.state.request, report))
    assert not still_in_doubt(day, place)


@pytest.mark.parametrize(("side", "volume", "kept"), [(Side.SELL, 200, True), (Side.SELL, 400, False)])
def test_a_holding_that_changed_the_orders_way_keeps_it_in_doubt(side: Side, volume: int, *, kept: bool) -> None:
    day, place = lost(side)
    looks(day, 12, held=[Position(BOND, volume, volume)], spent=120_000 * (volume - 300))
    assert still_in_doubt(day, place) is kept


@pytest.mark.parametrize("late", [2, 3, 4, 6])
def test_shares_that_went_do_not_become_a_transfer_while_the_sale_is_in_doubt(late: int) -> None:
    day, place = lost(Side.SELL)
    for n in range(14):
        looks(day, 1, held=[Position(BOND, 200, 200)], spent=0 if n < late else -place.price * place.volume)
    assert still_in_doubt(day, place)
    assert not said(day, Why.MONEY_MOVED)


def rested(plan: GridPlan, **kit: object) -> tuple[MarketDay, Place]:
    """An order that nobody heard, sent after half a minute in which nothing traded."""
    day = MarketDay(**kit).open()  # type: ignore[arg-type]
    day.deaf = True
    held = [Position(BOND, volume, volume) for volume, _ in day.held.values()]
    looks(day, 12, held=held)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    (place,) = day.places(plan.code)
    day.feed(m.SubmitUnknown(place.ref, ""))
    return day, place


@pytest.mark.parametrize("unit", [10, 30, 100])
@pytest.mark.parametrize("late", [1, 3, 8])
def test_a_buy_whose_cash_went_before_its_shares_came_stays_in_doubt(unit: int, late: int) -> None:
    day, place = rested(replace(PLAN, unit=unit))
    value = place.price * place.volume
    looks(day, 4, frozen=value)
    for n in range(10):
        looks(day, 1, held=[Position(BOND, unit, unit)] if n >= late else [], spent=value)
    assert still_in_doubt(day, place)
    assert not said(day, Why.MONEY_MOVED)


@pytest.mark.parametrize("unit", [10, 100])
@pytest.mark.parametrize("late", [1, 3, 8])
def test_a_sale_whose_cash_came_before_its_shares_went_stays_in_doubt(unit: int, late: int) -> None:
    day, place = rested(replace(SELLS, unit=unit), held={BOND: (300, 9_000)})
    value = place.price * place.volume
    for n in range(14):
        left = 300 - unit if n >= late else 300
        looks(day, 1, held=[Position(BOND, left, left)], spent=-value)
    assert still_in_doubt(day, place)
    assert not said(day, Why.MONEY_MOVED)


def test_cash_that_went_before_the_order_left_is_no_sign_of_it() -> None:
    day = MarketDay().open()
    day.deaf = True
    looks(day, 12, spent=4_000_000)
    assert day.feed(m.ArmGrid(replace(PLAN, unit=30))).refusal is None
    (place,) = day.places(BOND)
    day.feed(m.SubmitUnknown(place.ref, ""))
    looks(day, spent=4_000_000)
    assert not still_in_doubt(day, place)


def test_cash_that_went_on_a_busy_day_without_trades_is_no_sign_of_a_later_buy() -> None:
    day = MarketDay().open()
    day.deaf = True
    rows: list[BrokerOrder] = []
    looks(day, 12)
    for n in range(4):
        rows.append(row_of(day, by_hand(STOCK, Side.BUY, 9_000, 100), S.CANCELLED, number=f"h{n}"))
        day.feed(m.OrderReported(rows[-1]))
        looks(day, 6, spent=4_500_000, rows=rows)
    assert day.feed(m.ArmGrid(replace(PLAN, unit=100))).refusal is None
    place = day.places(BOND)[-1]
    day.feed(m.SubmitUnknown(place.ref, ""))
    looks(day, 5, spent=4_500_000, rows=rows)
    assert day.state.orders[place.ref].state is S.REFUSED


def test_a_holding_bought_by_nobody_keeps_a_buy_in_doubt() -> None:
    day, place = lost()
    looks(day, 12, held=[Position(BOND, place.volume, place.volume)], spent=place.price * place.volume)
    assert still_in_doubt(day, place)


def test_a_holding_that_cannot_be_read_says_nothing_of_the_order() -> None:
    day, place = lost(Side.SELL)
    for _ in range(5):
        beat(day, 3)
        day.feed(m.AccountReported(day.state.request, replace(counted(day), unclear=(BOND,))))
    assert not still_in_doubt(day, place)


def test_cash_is_a_sign_of_a_buy_whether_its_holding_can_be_read_or_not() -> None:
    day, place = lost()
    for _ in range(5):
        beat(day, 3)
        report = replace(counted(day, frozen=place.price * place.volume), unclear=(BOND,))
        day.feed(m.AccountReported(day.state.request, report))
    assert day.state.orders[place.ref].state is S.UNKNOWN


def test_a_list_that_leaves_out_another_order_of_ours_settles_nothing() -> None:
    day, place = lost()
    order = day.state.orders[place.ref]
    known = replace(order, ref=f"{order.ref[:-6]}000900", code=BOND2, state=S.WORKING, broker_id="55")
    day.state = replace(day.state, orders=day.state.orders | {known.ref: known}, refs={"55": known.ref})
    looks(day, 12, rows=[row_of(day, OTHER, S.FILLED, 10, number="9")])
    assert day.state.orders[known.ref].text == "not_listed"
    assert still_in_doubt(day, place)


def test_an_answer_that_is_not_believed_settles_nothing() -> None:
    """The terminal was started again: neither its positions nor its orders are there for a while."""
    day, place = lost(Side.SELL)
    looks(day, 12)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert Why.REPORT_SHRUNK in day.said()
    assert said(day, Why.DOUBT_KEPT) == 0
    assert [each for each in day.places(BOND) if each.side is Side.SELL] == [place]


def test_what_was_cancelled_at_another_price_and_is_not_listed_keeps_no_doubt() -> None:
    """A counter that lists no cancelled orders, and a hand beside the grid."""
    day, place = lost()
    hand = by_hand(BOND, Side.BUY, place.price - 50, place.volume)
    told(day, hand, S.WORKING, number="77")
    told(day, hand, S.CANCELLED, number="77")
    looks(day, rows=[row_of(day, OTHER, S.FILLED, 10, number="9")])
    assert not still_in_doubt(day, place)


def test_a_list_that_is_only_late_says_nothing_to_the_user() -> None:
    day, place = lost()
    told(day, replace(place, ref=""), S.WORKING, number="77")
    beat(day, 3)
    answer(day, orders=[row_of(day, OTHER, S.FILLED, 10, number="9")])
    assert said(day, Why.DOUBT_KEPT) == 0
    assert said(day, Why.ORDER_LOOKALIKE) == 1
    look(day, 1, orders=[row_of(day, replace(place, ref=""), S.WORKING, number="77", at=day.at - 3_000)])
    assert day.state.orders[place.ref].state is S.WORKING


def test_a_buy_and_a_sale_lost_together_are_both_found_where_no_remark_is_told() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    plan = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100, adopt=200)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    places = day.places(BOND)
    assert {place.side for place in places} == {Side.BUY, Side.SELL}
    for place in places:
        day.feed(m.SubmitUnknown(place.ref, ""))
    rows = [row_of(day, replace(p, ref=""), S.WORKING, number=str(n)) for n, p in enumerate(places)]
    look(day, 2, orders=rows, positions=[Position(BOND, 300, 200)])
    assert [day.state.orders[place.ref].state for place in places] == [S.WORKING, S.WORKING]
    assert said(day, Why.ORDER_LOOKALIKE) == 0


def test_a_reason_that_comes_after_the_silence_is_shown_and_counts() -> None:
    day, place = deaf_grid()
    beat(day, 8)
    assert (day.state.orders[place.ref].state, day.state.orders[place.ref].text) == (S.UNKNOWN, "")
    day.feed(m.SubmitUnknown(place.ref, "可转债交易权限未开通"))
    order = day.state.orders[place.ref]
    assert (order.state, order.text) == (S.UNKNOWN, "可转债交易权限未开通")
    day.feed(m.SubmitUnknown(place.ref, "another"))
    assert day.state.orders[place.ref].text == "可转债交易权限未开通"


def test_what_came_back_and_is_gone_again_is_not_gone_since_the_first_time() -> None:
    day = MarketDay(held={BOND: (200, 110_000)}).open()
    day.deaf = True
    beat(day, 15)
    held = [Position(BOND, 200, 200)]
    everything = AccountReport(day.at, day.day.isoformat(), Asset(0, 0, 0), (), (), ())
    day.feed(m.AccountReported(day.state.request, everything))
    looks(day, 3)
    assert day.state.shrunk is not None
    assert not day.state.shrunk.gaps.cash
    beat(day, 3)
    without_cash = AccountReport(day.at, day.day.isoformat(), Asset(0, 0, 0), tuple(held), (), ())
    day.feed(m.AccountReported(day.state.request, without_cash))
    assert not day.state.shrunk.believed


def test_where_the_day_has_no_beginning_a_holding_says_nothing_of_the_order() -> None:
    day, place = lost(Side.SELL)
    assert day.state.money is not None
    day.state = replace(day.state, money=replace(day.state.money, base_cash=None))
    looks(day, held=[Position(BOND, 200, 200)])
    assert not still_in_doubt(day, place)


def test_an_order_given_up_before_ours_left_keeps_no_doubt_of_it() -> None:
    day, place = grid_of(PLAN)
    order = day.state.orders[place.ref]
    known = replace(order, ref=f"{order.ref[:-6]}000900", code=BOND2, broker_id="55", text="not_listed")
    known = replace(known, state=S.REFUSED, updated_at=order.created_at - 1_000)
    day.state = replace(day.state, orders=day.state.orders | {known.ref: known}, refs={"55": known.ref})
    day.feed(m.SubmitUnknown(place.ref, ""))
    looks(day, rows=[row_of(day, OTHER, S.FILLED, 10, number="9")])
    assert not still_in_doubt(day, place)


def test_answers_that_lack_now_more_now_less_are_believed_in_the_end() -> None:
    day = MarketDay(held={BOND: (200, 110_000), STOCK: (500, 9_000)}).open()
    day.deaf = True
    beat(day, 15)
    lists = [[Position(BOND2, 10, 10)], [Position(BOND2, 10, 10), Position(STOCK, 500, 500)]]
    for n in range(8):
        beat(day, 2)
        day.feed(m.AccountReported(day.state.request, counted(day, held=lists[n % 2])))
    assert Why.REPORT_BELIEVED in day.said()
    assert day.state.ready is Ready.READY
