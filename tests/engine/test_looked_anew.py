"""Doubts over a lost link, a restart or a night, and rows that were known before ours left."""

import pytest
from words import KEPT, PLAN, answer, beat, by_hand, deaf_grid, look, row_of, told, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, MarketDay, quote_of

S = OrderState


def comes_back(day: MarketDay, seconds: float) -> None:
    """The terminal is there again and answers every question with an empty list."""
    for _ in range(int(seconds * 2)):
        if day.state.request_at:
            answer(day)
        day.at += 500
        if day.at % 1_000 == 0:
            day.quote_all()
            day.feed(m.TimePassed())


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_looks_of_before_a_lost_link_prove_nothing_after_it(looks: int) -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    look(day, looks)
    assert day.state.orders[place.ref].asked == looks
    day.feed(m.LinkChanged(up=False, text="terminal closed"))
    beat(day, 60)
    day.feed(m.LinkChanged(up=True))
    comes_back(day, 5)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.places(BOND) == [place]
    # the list of a terminal that has just started comes late
    answer(day, [row_of(day, place, S.WORKING)])
    assert day.state.orders[place.ref].state is S.WORKING
    assert day.places(BOND) == [place]


def test_looks_of_before_a_restart_prove_nothing_after_it() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    look(day, 2)
    day.at += 20_000
    day.state = day.folded(resume=True)
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    day.quote_all()
    comes_back(day, 5)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    comes_back(day, 5)
    assert day.state.orders[place.ref].state is S.REFUSED


@pytest.mark.parametrize("hand", [False, True])
@pytest.mark.parametrize("side", [Side.SELL, Side.BUY])
def test_what_filled_while_the_program_was_closed_is_the_grids_the_next_morning(side: Side, *, hand: bool) -> None:
    day = MarketDay(held={BOND: (300, 110_000)}, hour=14, minute=20).open()
    assert day.feed(m.ArmGrid(replace(KEPT, adopt=100))).refusal is None
    day.live_market(5_000)
    if hand:
        # figures are estimates from here on
        day.exchange.submit_foreign(day.at, BOND, Side.BUY, 120_100, 10)
    day.live_market(21_000)
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert grid.held_total == 100
    base = grid.base_holding
    (order,) = (o for o in day.live(BOND) if o.side is side)
    past = day.folded(resume=False)
    day.at = at_of(day.day, 14, 40)
    day.exchange.market(quote_of(BOND, day.at, order.price + (10 if side is Side.SELL else -10), prev=120_000))
    day.exchange.due(day.at + 1_000)
    day.at = at_of(day.day, 15, 0, 1)
    day.exchange.close_day(day.at)
    day.exchange.due(day.at + 5_000)
    day.last[BOND] = order.price
    day.day, day.at = NEXT_DAY, at_of(NEXT_DAY, 9, 31)
    day.instruments = day.make_instruments(NEXT_DAY, day.last)
    day.prices = dict(day.last)
    day.exchange.open_day(NEXT_DAY, day.instruments)
    day.state = past
    before = len(day.places(BOND))
    day.connect()
    day.quote_all()
    day.live_market(8_000)
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert (grid.held_total, grid.base_holding) == (0 if side is Side.SELL else 200, base)
    assert day.state.grids[BOND].armed
    sold = sum(p.volume for p in day.places(BOND)[before:] if p.side is Side.SELL)
    assert sold <= grid.held_total


@pytest.mark.parametrize(("side", "position", "held"), [(Side.BUY, 400, 100), (Side.SELL, 200, 0)])
def test_an_order_that_filled_and_whose_trades_nobody_told_is_the_grids_the_next_morning(
    side: Side, position: int, held: int
) -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    beat(day, 12)
    answer(day, positions=[Position(BOND, 300, 300)])
    assert day.feed(m.ArmGrid(replace(KEPT, adopt=100) if side is Side.SELL else KEPT)).refusal is None
    rows = []
    for number, place in enumerate(day.places(BOND)):
        day.feed(m.SubmitAnswered(place.ref, f"90{number}"))
        row = row_of(day, place, S.WORKING, number=f"90{number}")
        rows.append(replace(row, state=S.FILLED, filled=100) if place.side is side else row)
    after = [Position(BOND, position, position)]
    for _ in range(5):
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, rows, positions=after)
    day.at = at_of(day.day, 15, 2)
    beat(day, 3)
    day.feed(m.AskNow())
    answer(day, rows, positions=after)
    day.day, day.at = NEXT_DAY, at_of(NEXT_DAY, 9, 31)
    day.instruments = day.make_instruments(NEXT_DAY, day.last)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    day.quote_all()
    for _ in range(3):
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, positions=after)
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert grid.held_total == held
    assert Why.MISSED_TRADES in day.said()


@pytest.mark.parametrize("before_ms", [0, 1_000, 4_900])
@pytest.mark.parametrize("filled", [0, 50])
def test_a_hands_order_that_was_there_before_ours_left_is_not_taken_for_ours(before_ms: int, filled: int) -> None:
    _, ours = deaf_grid()
    day = MarketDay().open()
    day.deaf = True
    hand = by_hand(BOND, ours.side, ours.price, ours.volume)
    row = row_of(day, hand, S.PARTIAL if filled else S.WORKING, filled, remark="", number="77")
    told(day, hand, S.WORKING, remark="", number="77")
    fills = [trade_of(day, hand, filled, number="77")] if filled else []
    for fill in fills:
        day.feed(m.FillReported(fill))
    day.at += before_ms
    day.quote_all()
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    (place,) = day.places(BOND)
    assert (place.side, place.price, place.volume) == (ours.side, ours.price, ours.volume)
    day.feed(m.SubmitUnknown(place.ref, "-1"))
    look(day, 2, orders=[row], fills=fills, positions=[Position(BOND, filled, filled)] if filled else [])
    assert day.state.orders[place.ref].broker_id == ""
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    beat(day, 2)
    assert not [cancel for cancel in day.cancels() if cancel.broker_id == "77"]


@pytest.mark.parametrize("minutes", [1, 9])
def test_a_number_of_a_hands_order_that_was_cancelled_before_is_not_what_became_of_ours(minutes: int) -> None:
    day = MarketDay().open()
    day.deaf = True
    hand = by_hand(BOND, Side.BUY, 118_000, 100)
    told(day, hand, S.WORKING, remark="", number="77")
    told(day, hand, S.CANCELLED, remark="", number="77")
    row = row_of(day, hand, S.CANCELLED, remark="", number="77")
    for _ in range(minutes * 6):
        beat(day, 10)
        answer(day, [row])
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    day.feed(m.SubmitAnswered(place.ref, "77"))
    assert day.state.orders[place.ref].state is S.WORKING
    beat(day, 4)
    answer(day, [row_of(day, place, S.WORKING, number="77")])
    assert day.places(BOND) == [place]


@pytest.mark.parametrize(("state", "said"), [(S.REJECTED, Why.ORDER_REJECTED), (S.CANCELLED, Why.TAKEN_OFF)])
def test_what_became_of_an_order_is_told_where_its_row_comes_before_its_answer_and_without_a_remark(
    state: OrderState, said: Why
) -> None:
    day, place = deaf_grid()
    told(day, place, state, remark="", text="[260200] no permission")
    assert day.state.orders[place.ref].state is S.SENT
    day.feed(m.SubmitAnswered(place.ref, row_of(day, place, state).broker_id))
    assert day.state.orders[place.ref].state is state
    (line,) = (each for each in day.state.lines if each.reason.why is said)
    if state is S.REJECTED:
        assert dict(line.reason.args)["text"] == "[260200] no permission"
        assert day.state.grids[BOND].rejects == 1


def test_a_number_of_yesterday_that_is_given_to_ours_is_ours_though_its_answer_is_lost() -> None:
    day = MarketDay().open()
    day.deaf = True
    hand = by_hand(BOND, Side.BUY, 118_000, 50)
    old = row_of(day, hand, S.WORKING, remark="", number="77", at=day.at - 20 * 3_600_000)
    for _ in range(2):
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, [old])
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    row = row_of(day, place, S.WORKING, remark="", number="77")
    for _ in range(8):
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, [row])
    assert day.state.orders[place.ref].state is S.WORKING
    assert day.places(BOND) == [place]
