"""A grid that waits for its day's prices stays one when a hand sells of its lots, and a wrong list costs it nothing."""

import pytest
from test_armed_early import EARLY, EVENING, FRIDAYS_CLOSE, MODE, MONDAY, armed, book, news, opened, trading
from words import by_hand, said, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import overnight
from qmtdesk.engine.work import Work
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, MarketDay, quote_of
from qmtdesk.strategies.grid import Grid
from qmtdesk.strategies.rolling import Rolling


def kept(plan: GridPlan, adopt: int = 200) -> GridPlan:
    return replace(plan, adopt=adopt, unit=100, keep_armed=True)


def part_of(day: MarketDay) -> Grid | Rolling:
    part = book(day).grid or book(day).rolling
    assert part is not None
    return part


def found_late(day: MarketDay, hand: Place, last: int) -> MarketDay:
    """The computer is on at 9:40; before it was, a hand sold on the phone."""
    day.at, day.day = at_of(NEXT_DAY, 9, 40), NEXT_DAY
    day.last[BOND] = FRIDAYS_CLOSE
    day.instruments, day.prices = day.make_instruments(NEXT_DAY, day.last), dict(day.last)
    day.exchange.open_day(NEXT_DAY, day.instruments)
    day.exchange.market(quote_of(BOND, day.at, last, prev=FRIDAYS_CLOSE))
    day.exchange.submit(day.at, hand)
    day.at += 3_000
    day.exchange.due(day.at)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    day.wait(2_000)
    return trading(day, last).live_market(9_000)


def test_lots_sold_by_phone_leave_no_first_buy_at_the_price_of_days_before() -> None:
    day = armed(kept(EARLY, 100), MONDAY, held=100)
    found_late(day, by_hand(BOND, Side.SELL, 118_900, 50), 119_000)
    buys = [place.price for place in day.places(BOND) if place.side is Side.BUY]
    assert buys
    assert max(buys) <= 119_000
    assert len(news(day)) == 1


@MODE
@pytest.mark.parametrize("restart", [False, True])
def test_after_such_a_sale_todays_gain_survives_a_new_start(mode: object, *, restart: bool) -> None:
    plan = replace(kept(EARLY), mode=mode)
    day = armed(plan, EVENING, held=200)
    if restart:
        day.state = day.folded(resume=False)
        day.feed(m.LinkChanged(up=True))
    found_late(day, by_hand(BOND, Side.SELL, 117_800, 100), 117_900)
    assert part_of(day).held_total == 100
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal is None
    day.live_market(15_000)
    gone = part_of(day)
    assert (gone.day, gone.held_total) == (NEXT_DAY.isoformat(), 0)
    assert day.feed(m.ArmGrid(replace(plan, adopt=0, first_buy=False))).refusal is None
    assert part_of(day).earlier.realised == gone.realised != 0


@MODE
@pytest.mark.parametrize(("adopt", "sold", "first"), [(200, 100, 0), (100, 50, 100)])
def test_what_a_hand_sold_is_not_bought_again_at_once(mode: object, adopt: int, sold: int, first: int) -> None:
    day = armed(replace(kept(EARLY, adopt), mode=mode), MONDAY, held=adopt)
    assert part_of(day).first_left == first
    found_late(day, by_hand(BOND, Side.SELL, 118_900, sold), 119_000)
    assert sum(place.volume for place in day.places(BOND) if place.owner.kind is OwnerKind.FIRST_BUY) == first


@pytest.mark.parametrize("sold", [10, 100])
def test_a_hand_sale_moves_no_pair_of_a_typed_base(sold: int) -> None:
    plan = replace(kept(EARLY), mode=GridMode.ROLLING, base=BaseKind.TYPED, base_price=119_000, step_bp=100)
    beside, own = (armed(plan, EVENING, held=held) for held in (300, 200))
    for day in (beside, own):
        found_late(day, by_hand(BOND, Side.SELL, 117_900, sold), 118_000)
    assert part_of(own).centre == part_of(beside).centre == 119_000
    assert {(one.side, one.price) for one in own.places(BOND)} == {(one.side, one.price) for one in beside.places(BOND)}


def test_what_a_hand_sold_is_the_paused_lot_and_the_other_one_stays_for_sale() -> None:
    day = armed(replace(kept(EARLY), base=BaseKind.TYPED, base_price=118_000), EVENING, held=200)
    assert book(day).grid is not None
    paused = next(at for at, gap in enumerate(book(day).grid.gaps) if gap.held)
    assert day.feed(m.PauseGap(BOND, paused, on=True)).refusal is None
    found_late(day, by_hand(BOND, Side.SELL, 117_900, 100), 118_000)
    assert [place.volume for place in day.places(BOND) if place.side is Side.SELL] == [100]


@MODE
def test_an_odd_rest_stays_the_grids_and_is_named_when_it_cannot_be_sold(mode: object) -> None:
    day = armed(replace(kept(EARLY), mode=mode), EVENING, held=205)
    found_late(day, by_hand(BOND, Side.SELL, 118_900, 150), 119_000)
    assert part_of(day).held_total == 55
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal is None
    day.live_market(15_000)
    assert (day.state.holdings[BOND].volume, said(day, Why.LEFT_UNSOLD)) == (5, 1)


@MODE
@pytest.mark.parametrize("sold", [0, 50])
def test_what_is_given_back_is_the_first_buy_of_the_sheet(mode: object, sold: int) -> None:
    plan = replace(kept(EARLY, 100), lower_stop=115_000, mode=mode)
    day = opened(armed(plan, MONDAY, held=100), 114_500)
    day.at = at_of(NEXT_DAY, 9, 26)
    day.feed(m.TimePassed())
    if sold:
        hand = by_hand(BOND, Side.SELL, 118_000, sold)
        told(day, hand, OrderState.FILLED, sold, remark="", number="9")
        traded(day, hand, sold, number="9")
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, {**day.last, BOND: 118_000})))
    trading(day, 118_000).live_market(12_000)
    assert sum(place.volume for place in day.places(BOND) if place.owner.kind is OwnerKind.FIRST_BUY) == 100


@MODE
@pytest.mark.parametrize("sold", [0, 50, 100, 150])
def test_a_first_buy_that_came_to_light_is_not_sent_again_where_a_hand_sold_as_much(mode: object, sold: int) -> None:
    day = opened(armed(replace(kept(EARLY, 100), mode=mode), EVENING, held=200), at=(9, 28))
    before = Order(
        ref="old-1", code=BOND, side=Side.BUY, price=118_000, volume=100, owner=Owner(OwnerKind.FIRST_BUY),
        created_at=1, updated_at=1, broker_id="b1", state=OrderState.FILLED,
    )  # fmt: skip
    work = Work(day.state)
    overnight._presume(work, before, 100)
    day.state = work.state
    day.at = at_of(NEXT_DAY, 9, 30, 2)
    day.price(BOND, 117_900)
    if sold:
        # what lies beside it goes first
        hand = by_hand(BOND, Side.SELL, 117_800, 100 + sold)
        told(day, hand, OrderState.FILLED, 100 + sold, remark="", number="9")
        traded(day, hand, 100 + sold, number="9")
    trading(day, 117_900).live_market(12_000)
    assert [place for place in day.places(BOND) if place.owner.kind is OwnerKind.FIRST_BUY] == []


@MODE
def test_a_hand_sale_in_the_first_seconds_does_not_keep_it_from_its_day(mode: object) -> None:
    day = opened(armed(replace(kept(EARLY), mode=mode), EVENING, held=200), at=(9, 28))
    day.at = at_of(NEXT_DAY, 9, 30, 2)
    day.price(BOND, 117_900)
    hand = by_hand(BOND, Side.SELL, 117_800, 100)
    told(day, hand, OrderState.FILLED, 100, remark="", number="9")
    traded(day, hand, 100, number="9")
    trading(day, 117_900).live_market(12_000)
    assert (part_of(day).day, part_of(day).held_total) == (NEXT_DAY.isoformat(), 100)


@pytest.mark.parametrize("close", [114_500, 0])
def test_a_list_that_is_wrong_for_some_seconds_takes_no_sound_grid_its_buys(close: int) -> None:
    day = opened(armed(replace(EARLY, lower_stop=115_000, keep_armed=True), EVENING), 118_000)
    right = day.instruments
    day.at = at_of(NEXT_DAY, 9, 16)
    day.feed(m.TimePassed())
    wrong = tuple(replace(one, prev_close=close) if one.code == BOND else one for one in right)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), wrong))
    day.wait(15_000)
    assert book(day).grid is not None
    assert book(day).grid.sell_only
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), right))
    day.wait(2_000)
    trading(day, 118_000)
    assert [(place.side, place.price) for place in day.places(BOND)][:1] == [(Side.BUY, 118_000)]


def test_one_that_was_to_sell_only_still_does_after_a_wrong_list() -> None:
    plan = replace(kept(EARLY), lower_stop=115_000, sell_only=True)
    day = opened(armed(plan, EVENING, held=200), 118_000)
    right = day.instruments
    for listed in (tuple(replace(one, prev_close=114_500) if one.code == BOND else one for one in right), right):
        day.feed(m.DayOpened(NEXT_DAY.isoformat(), listed))
        day.wait(2_000)
    trading(day, 118_000)
    assert {place.side for place in day.places(BOND)} == {Side.SELL}


def test_one_that_sells_only_still_does_where_a_sound_close_is_put_right() -> None:
    day = opened(armed(replace(kept(EARLY), sell_only=True), EVENING, held=200), 118_000)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, {**day.last, BOND: 117_000})))
    day.wait(2_000)
    assert part_of(day).sell_only
    trading(day, 117_000)
    assert {place.side for place in day.places(BOND)} == {Side.SELL}


def test_what_a_close_forbade_stays_so_once_its_sales_have_left() -> None:
    day = opened(armed(replace(kept(EARLY), lower_stop=115_000), MONDAY, held=200), 114_500)
    trading(day, 118_000)
    sent = day.places(BOND)
    assert {place.side for place in sent} == {Side.SELL}
    before = part_of(day)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, {**day.last, BOND: 118_000})))
    day.live_market(12_000)
    assert (said(day, Why.CLOSE_PUT_RIGHT), said(day, Why.CLOSE_GIVES_BACK)) == (1, 0)
    assert (part_of(day).sell_only, day.places(BOND)) == (before.sell_only, sent)


@MODE
def test_what_a_hand_sold_and_bought_back_is_the_users_own(mode: object) -> None:
    day = opened(armed(replace(kept(EARLY), mode=mode), EVENING, held=200), at=(9, 28))
    day.at = at_of(NEXT_DAY, 9, 30, 2)
    day.price(BOND, 117_900)
    for number, side in (("8", Side.SELL), ("9", Side.BUY)):
        hand = by_hand(BOND, side, 117_900, 100)
        told(day, hand, OrderState.FILLED, 100, remark="", number=number)
        traded(day, hand, 100, number=number)
    trading(day, 117_900).live_market(12_000)
    assert part_of(day).day == NEXT_DAY.isoformat()
    assert (part_of(day).held_total, part_of(day).base_holding) == (100, 100)


@pytest.mark.parametrize("sold", [100, 200])
def test_found_late_with_lots_sold_by_hand_its_unit_is_that_of_its_sheet(sold: int) -> None:
    day = armed(replace(EARLY, adopt=200, keep_armed=True), EVENING, held=200)
    unit = part_of(day).unit
    found_late(day, by_hand(BOND, Side.SELL, 105_900, sold), 106_000)
    assert (part_of(day).held_total, part_of(day).unit) == (200 - sold, unit)


def test_killed_while_it_waits_its_day_is_today() -> None:
    plan = kept(EARLY)
    day = opened(armed(plan, EVENING, held=200), at=(9, 28))
    day.feed(m.Kill("button"))
    day.at = at_of(NEXT_DAY, 9, 31)
    day.live_market(3_000)
    assert day.feed(m.LiftKill()).refusal is None
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal is None
    trading(day, 116_000).live_market(9_000)
    gone = part_of(day)
    assert (gone.day, gone.held_total) == (NEXT_DAY.isoformat(), 0)
    assert day.feed(m.ArmGrid(replace(plan, adopt=0, first_buy=False))).refusal is None
    assert part_of(day).earlier.realised == gone.realised != 0


def test_what_a_start_disarms_is_not_said_to_go_on_by_another_close() -> None:
    day = MarketDay().open()
    assert day.feed(m.ArmGrid(EARLY)).refusal is None
    day.wait(1_000)
    day.state = day.folded(resume=False)
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(day.day.isoformat(), day.make_instruments(day.day, {**day.last, BOND: 119_000})))
    assert (said(day, Why.NOT_ARMED), said(day, Why.CLOSE_PUT_RIGHT)) == (1, 0)
