"""After the close: what a counter goes on listing is dead, and tomorrow's grid may be armed."""

import pytest
from words import PLAN, answer, beat, row_of, said, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder, Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.overnight import LAST_WORDS_MS
from qmtdesk.simulate.market_day import BOND, DAY, NEXT_DAY, MarketDay, quote_of

S = OrderState
ADOPTED = replace(PLAN, adopt=300)
HELD = [Position(BOND, 300, 300)]


def after_close(plan: object = ADOPTED, *, how: StopHow | None = None) -> tuple[MarketDay, list[BrokerOrder]]:
    """A grid resting on both sides at a counter that leaves both orders at 已报 when the day has ended."""
    day = MarketDay(held={BOND: (300, 110_000)}, hour=14, minute=50).open()
    day.deaf = True
    day.feed(m.ArmGrid(plan))
    places = day.places(BOND)
    assert {place.side for place in places} == set(Side)
    for number, place in enumerate(places):
        told(day, place, S.WORKING, number=str(100 + number))
    rows = [row_of(day, place, S.WORKING, number=str(100 + number)) for number, place in enumerate(places)]
    if how is not None:
        day.feed(m.DisarmGrid(BOND, how))
    heard(day, rows, 15, 0, 1)
    return day, rows


def heard(day: MarketDay, rows: list[BrokerOrder], *at: int) -> None:
    """From that time on the counter answers and says what it said all day."""
    day.at = at_of(DAY, *at)
    day.feed(m.TimePassed())
    for _ in range(5):
        beat(day, 3)
        answer(day, rows, [], HELD)


def next_morning(day: MarketDay) -> None:
    day.at, day.day = at_of(NEXT_DAY, 9, 31), NEXT_DAY
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, day.last)))
    day.quote_all()
    answer(day, [], [], HELD)
    beat(day, 2)


@pytest.mark.parametrize("morning", [False, True])
def test_a_grid_that_expired_may_be_armed_again_for_the_next_day(morning: bool) -> None:
    day, rows = after_close()
    assert day.state.grids[BOND].winding is StopHow.CANCEL
    heard(day, rows, 20, 0)
    if morning:
        day.at = at_of(NEXT_DAY, 8, 50)
        for _ in range(5):
            beat(day, 3)
            answer(day, rows, [], HELD)
    sent = len(day.sent)
    assert day.feed(m.ArmGrid(ADOPTED)).refusal is None
    assert (day.state.grids[BOND].armed, day.state.grids[BOND].winding) == (True, None)
    assert not day.places(BOND)[len(rows) :]
    assert len(day.live(BOND)) == len(rows)
    next_morning(day)
    assert not {order.ref for order in day.live(BOND)} & {row.remark for row in rows}
    new = day.places(BOND)[len(rows) :]
    assert sorted((place.side, place.price, place.volume) for place in new) == sorted(
        (row.side, row.price, row.volume) for row in rows
    )
    assert day.cancels() == [intent for _, intent in day.sent[:sent] if isinstance(intent, m.Cancel)]
    assert day.state.grids[BOND].grid.held_total == 300


def test_before_the_close_its_orders_have_to_come_off_first() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}, hour=14, minute=50).open()
    day.deaf = True
    day.feed(m.ArmGrid(ADOPTED))
    for number, place in enumerate(day.places(BOND)):
        told(day, place, S.WORKING, number=str(100 + number))
    beat(day, 2)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert day.feed(m.ArmGrid(ADOPTED)).refusal.why is Why.WAITING_CANCEL


def test_orders_that_the_next_days_auction_finds_in_the_books_have_to_come_off_first() -> None:
    """The list of the day is late; until it is there nobody took yesterday's orders off the books."""
    day, rows = after_close()
    day.at = at_of(NEXT_DAY, 9, 16)
    for _ in range(3):
        beat(day, 3)
        answer(day, rows, [], HELD)
    assert day.feed(m.ArmGrid(ADOPTED)).refusal.why is Why.WAITING_CANCEL


def test_a_running_grid_is_still_one() -> None:
    day, rows = after_close(replace(ADOPTED, keep_armed=True))
    heard(day, rows, 20, 0)
    assert day.feed(m.ArmGrid(ADOPTED)).refusal.why is Why.ALREADY_ARMED


def test_what_a_stop_with_selling_left_is_said_a_minute_after_the_close() -> None:
    day, _ = after_close(how=StopHow.SELL)
    for late, times in ((LAST_WORDS_MS - 1, 0), (LAST_WORDS_MS, 1), (LAST_WORDS_MS + 5_000, 1)):
        day.at = at_of(DAY, 15, 0) + late
        day.feed(m.TimePassed())
        assert said(day, Why.LEFT_UNSOLD) == times
    assert day.state.grids[BOND].winding is None
    assert day.state.grids == day.folded().grids
    next_morning(day)
    assert [line for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD] == []


def test_what_was_left_is_not_said_while_nobody_can_tell_what_the_close_sold() -> None:
    day, rows = after_close(how=StopHow.SELL)
    day.feed(m.LinkChanged(up=False))
    day.at = at_of(DAY, 15, 3)
    day.feed(m.LinkChanged(up=True))
    day.feed(m.TimePassed())
    assert said(day, Why.LEFT_UNSOLD) == 0
    heard(day, rows, 15, 4)
    assert said(day, Why.LEFT_UNSOLD) == 1


def test_a_stop_with_selling_that_the_close_ended_is_told_of_before_another_grid_takes_over() -> None:
    day, _ = after_close(how=StopHow.SELL)
    assert day.state.grids[BOND].winding is StopHow.SELL
    assert said(day, Why.LEFT_UNSOLD) == 0
    assert day.feed(m.ArmGrid(ADOPTED)).refusal is None
    assert said(day, Why.LEFT_UNSOLD) == 1
    day.at = at_of(DAY, 15, 2)
    day.feed(m.TimePassed())
    assert said(day, Why.LEFT_UNSOLD) == 1
    next_morning(day)
    assert day.state.grids[BOND].armed
    assert [line for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD] == []


def test_what_the_counter_told_unfilled_after_the_close_is_no_question_in_the_morning() -> None:
    day, rows = after_close(replace(ADOPTED, keep_armed=True))
    heard(day, rows, 15, 2)
    # the day's prices alone would allow for it
    day.quote(replace(quote_of(BOND, day.at, 120_000), low=110_000, high=130_000, volume=100))
    next_morning(day)
    assert said(day, Why.MISSED_TRADES) == 0
    assert day.state.grids[BOND].grid.exact
    assert len(day.live(BOND)) == 2


def test_an_order_of_which_nobody_understands_a_word_stays_a_question() -> None:
    day, rows = after_close(replace(ADOPTED, keep_armed=True))
    odd = [replace(row, state=S.UNKNOWN, odd="99") for row in rows]
    heard(day, odd, 15, 2)
    day.quote(replace(quote_of(BOND, day.at, 120_000), low=110_000, high=130_000, volume=100))
    next_morning(day)
    assert said(day, Why.MISSED_TRADES) == 1


def test_an_answer_of_the_closing_minute_does_not_know_its_auction_yet() -> None:
    day, _ = after_close(replace(ADOPTED, keep_armed=True))
    day.quote(replace(quote_of(BOND, day.at, 120_000), low=110_000, high=130_000, volume=100))
    next_morning(day)
    assert said(day, Why.MISSED_TRADES) == 1
