"""One doubt on top of another: two holes in a row, a sleep between, statuses that flicker, answers out of order."""

from words import ID, PLAN, answer, beat, by_hand, deaf_grid, look, row_of, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

S = OrderState
CASH = 1_000_000_000


def holding() -> MarketDay:
    day = MarketDay(held={BOND: (200, 110_000), STOCK: (500, 9_000)}).open()
    day.deaf = True
    return day


def report(day: MarketDay, **parts: object) -> AccountReport:
    return replace(day.exchange.report(day.at), **parts)  # type: ignore[arg-type]


def empty(day: MarketDay) -> None:
    day.feed(m.AccountReported(day.state.request, report(day, positions=())))


def test_two_holes_around_a_sleep_do_not_agree() -> None:
    """A terminal that goes to sleep and one that wakes up both have nothing to show."""
    day = holding()
    beat(day, 10)
    empty(day)
    day.at += 60_000
    day.feed(m.ClockJumped(60_000))
    empty(day)
    assert day.state.ready is Ready.RECONCILING
    assert set(day.state.holdings) == {BOND, STOCK}
    assert Why.REPORT_BELIEVED not in day.said()
    beat(day, 3)
    day.feed(m.AccountReported(day.state.request, report(day)))
    assert day.state.ready is Ready.READY


def test_a_counter_whose_every_other_answer_is_empty_does_not_fill_the_log() -> None:
    day = holding()
    for number in range(60):
        beat(day, 2)
        day.feed(m.AskNow())
        day.feed(m.AccountReported(day.state.request, report(day, **({"positions": ()} if number % 2 else {}))))
        assert set(day.state.holdings) == {BOND, STOCK}
    assert day.said().count(Why.REPORT_SHRUNK) <= 3


def test_an_account_whose_status_flickers_does_not_fill_the_log_and_comes_to_rest() -> None:
    day = MarketDay().open()
    for number in range(100):
        day.feed(m.AccountStatusTold(0 if number % 2 else 5))
        day.wait(300)
    assert day.said().count(Why.ACCOUNT_STATUS) <= 4
    day.wait(3_000)
    assert day.state.ready is Ready.READY


def test_an_answer_that_comes_after_a_newer_one_tells_nothing_of_the_account() -> None:
    day = holding()
    beat(day, 10)
    older, before = day.state.request, report(day, at=day.at - 2_000)
    beat(day, 4)
    assert day.state.request > older
    day.exchange.account.cash -= 1_000_000
    day.feed(m.AccountReported(day.state.request, report(day)))
    now = day.state.money
    day.feed(m.AccountReported(older, before))
    assert day.state.money == now


def test_an_answer_to_a_question_of_before_a_fill_that_comes_after_it_sells_nothing_twice() -> None:
    day = MarketDay(held={BOND: (200, 110_000)}).open()
    day.deaf = True
    beat(day, 10)
    before = report(day)
    day.at += 100
    traded(day, by_hand(BOND, Side.SELL, 120_000, 200), 200)
    assert day.state.holdings[BOND].volume == 0
    day.feed(m.AccountReported(day.state.request, before))
    assert day.state.holdings[BOND].volume == 0
    assert day.state.ready is Ready.READY


def test_a_restart_between_two_looks_looks_again_before_anything_is_given_up() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    look(day, 2)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    day.state = day.folded(resume=True)
    day.connect()
    answer(day)
    assert day.state.orders[place.ref].state in (S.UNKNOWN, S.REFUSED)
    assert [p for p in day.places(BOND) if p.side is place.side] == [place]


def test_a_day_that_rolls_while_a_doubt_stands_asks_nobody_about_yesterday_and_trades_on() -> None:
    day, place = deaf_grid(replace(PLAN, keep_armed=True))
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    day.deaf = False
    day.next_day()
    day.live_market(6_000)
    assert day.state.ready is Ready.READY
    assert place.ref not in day.state.orders
    assert day.state.grids[BOND].armed
    assert day.live(BOND)


def test_parts_that_fill_while_a_cancel_is_lost_are_booked_and_the_rest_is_asked_for_again() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    beat(day, 2)
    day.feed(m.CancelOne(place.ref))
    told(day, place, S.CANCELLING)
    traded(day, place, 30, "1")
    told(day, place, S.PARTIAL, 30)
    traded(day, place, 20, "2")
    order = day.state.orders[place.ref]
    assert (order.state, order.filled) == (S.PART_CANCELLING, 50)
    beat(day, 20)
    asked = [cancel for cancel in day.cancels() if cancel.broker_id == ID]
    assert 2 <= len(asked) <= 4
    told(day, place, S.FILLED, 100)
    traded(day, place, 50, "3")
    order = day.state.orders[place.ref]
    assert (order.state, order.filled, order.left) == (S.FILLED, 100, 0)
    assert day.state.grids[BOND].grid.held_total == 100


def test_minutes_without_a_word_of_the_clock_send_nothing_on_an_old_account() -> None:
    day, _ = deaf_grid()
    assert day.state.money is not None
    reported, asked = day.state.money.reported_at, day.state.request
    for _ in range(24):
        day.at += 5_000
        day.price(BOND, day.last[BOND] + 300)
    assert max(at for at, intent in day.sent if isinstance(intent, m.Place)) - reported <= 30_000
    day.feed(m.TimePassed())
    assert day.state.request > asked


def test_what_is_held_and_listed_nowhere_blocks_and_breaks_nothing() -> None:
    """A new share that was won, a repo, a code of a market nobody trades here."""
    day = MarketDay(held={BOND: (200, 110_000)}).open()
    day.deaf = True
    strange = "204001.SH"
    hand = by_hand(strange, Side.SELL, 1_500, 1_000)
    for seconds in (3, 3, 3):
        beat(day, seconds)
        day.feed(m.AskNow())
        rows = [row_of(day, hand, S.FILLED, 1_000, number="9")]
        held = [Position(BOND, 200, 200, 110_000), Position(strange, 1_000, 1_000), Position("889999.XX", 5, 0)]
        answer(day, orders=rows, positions=held, cash=CASH)
    traded(day, hand, 1_000, number="9")
    beat(day, 3)
    assert day.state.ready is Ready.READY
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    assert day.places(BOND)
    assert Why.STEP_FAILED not in day.said()
    assert Why.CHECK_FAILED not in day.said()
