"""An answer that lacks a trade just heard of: was it given before the trade, or has its list a hole?"""

import pytest
from words import ID, answer, beat, by_hand, deaf_grid, row_of, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Fill, OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.engine.books import Ready, cash_room
from qmtdesk.simulate.market_day import BOND, MarketDay

CASH = 1_000_000_000


def bought() -> tuple[MarketDay, Place, int]:
    """A grid's buy of 100 that was filled a second ago, and what it left of the cash."""
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING)
    beat(day, 11)
    traded(day, place, 100)
    day.at += 1_000
    assert day.state.money is not None
    return day, place, day.state.money.gross_cash


def report(day: MarketDay, place: Place, cash: int, volume: int) -> None:
    held = [Position(BOND, volume, volume)] if volume else []
    answer(day, orders=[row_of(day, place, OrderState.FILLED, 100)], positions=held, cash=cash)


def test_money_of_a_trade_that_only_the_list_of_trades_lacks_is_not_spent_twice() -> None:
    day, place, cash = bought()
    report(day, place, cash, 100)
    assert day.state.money is not None
    assert (day.state.money.gross_cash, day.state.holdings[BOND].volume) == (cash, 100)
    assert cash_room(day.state) <= cash


def test_an_answer_of_before_the_trade_does_not_give_its_money_back() -> None:
    day, place, cash = bought()
    report(day, place, CASH, 0)
    assert day.state.money is not None
    assert (day.state.money.gross_cash, day.state.holdings[BOND].volume) == (cash, 100)


def test_when_the_shares_fit_neither_nothing_is_taken_over_and_the_question_is_put_again_at_once() -> None:
    day, place, cash = bought()
    report(day, place, cash - 1, 50)
    assert day.state.money is not None
    assert (day.state.money.gross_cash, day.state.holdings[BOND].volume) == (cash, 100)
    assert not {Why.REPORT_SHRUNK, Why.MONEY_MOVED} & set(day.said())
    assert day.state.ready is Ready.READY
    asked = day.state.request
    beat(day, 2)
    assert day.state.request > asked


def test_in_an_hour_of_trades_every_second_the_account_does_not_grow_old() -> None:
    """A large sale in many small trades: each answer was given before the newest of them."""
    day = MarketDay(held={BOND: (20_000, 110_000)}).open()
    day.deaf = True
    hand = by_hand(BOND, Side.SELL, 120_000, 20_000)
    fills: list[Fill] = []
    for number in range(120):
        listed, left = tuple(fills), 20_000 - 100 * len(fills)
        fills.append(trade_of(day, hand, 100, str(number)))
        day.feed(m.FillReported(fills[-1]))
        answer(day, fills=listed, positions=[Position(BOND, left, left)], cash=CASH + (20_000 - left) * 120_000)
        assert day.state.money is not None
        assert day.state.money.gross_cash == CASH + 100 * len(fills) * 120_000
        beat(day, 1)
        assert day.state.at - day.state.money.reported_at <= 20_000
    assert not {Why.REPORT_SHRUNK, Why.MONEY_MOVED} & set(day.said())


def test_money_and_shares_are_taken_over_again_once_the_trade_is_listed() -> None:
    day, place, cash = bought()
    report(day, place, cash, 100)
    before = day.state.money
    beat(day, 1)
    day.feed(m.AskNow())
    fills = list(day.state.fills.values())
    answer(
        day,
        orders=[row_of(day, place, OrderState.FILLED, 100)],
        fills=fills,
        positions=[Position(BOND, 100, 100)],
        cash=cash - 50,
    )
    assert before is not None
    assert day.state.money is not None
    assert day.state.money.gross_cash == cash - 50
    assert day.state.money.reported_at > before.reported_at


def test_a_trade_that_is_never_listed_becomes_a_hole_and_is_believed_to_be_one() -> None:
    day, place, cash = bought()
    for _ in range(5):
        report(day, place, cash, 100)
        beat(day, 3)
        assert day.state.money is not None
        assert (day.state.money.gross_cash, day.state.holdings[BOND].volume) == (cash, 100)
    assert day.said().count(Why.REPORT_SHRUNK) == 1
    assert day.said().count(Why.REPORT_BELIEVED) == 1
    assert day.state.ready is Ready.READY


def test_what_else_an_answer_lacks_is_noticed_although_it_lacks_a_young_trade_too() -> None:
    day = MarketDay(held={BOND: (200, 110_000)}).open()
    day.deaf = True
    hand = by_hand(BOND, Side.BUY, 119_000, 10)
    beat(day, 11)
    traded(day, hand, 10, number=ID)
    day.feed(m.AskNow())
    answer(day, cash=CASH)
    assert day.said().count(Why.REPORT_SHRUNK) == 1
    assert day.state.holdings[BOND].volume == 210


def test_a_code_bought_for_the_first_time_while_a_question_was_on_its_way_is_no_hole() -> None:
    day = MarketDay().open()
    day.deaf = True
    beat(day, 11)
    traded(day, by_hand(BOND, Side.BUY, 120_000, 10), 10)
    answer(day, cash=CASH)
    assert Why.REPORT_SHRUNK not in day.said()
    assert day.state.holdings[BOND].volume == 10


@pytest.mark.parametrize("apart_ms", [300, 0])
@pytest.mark.parametrize(
    ("trades", "held", "hole"),
    [
        ("buy 200, sell 200", 70, True),
        ("sell 200, buy 200", 200, False),
        ("sell 150, buy 150", 200, True),
        ("buy 100, sell 60", 0, False),
        ("buy 100, sell 60", 10, True),
    ],
)
def test_a_holding_that_was_there_between_all_young_trades_is_a_hole(
    trades: str, held: int, *, hole: bool, apart_ms: int
) -> None:
    """Bought and sold again within a moment, it is what was there before that the answer lacks."""
    day = MarketDay(held={BOND: (held, 110_000)}).open()
    day.deaf = True
    beat(day, 11)
    for number, trade in enumerate(trades.split(", ")):
        side, volume = trade.split()
        day.at += apart_ms
        traded(day, by_hand(BOND, Side(side), 120_000, int(volume)), int(volume), str(number), number=str(number))
    answer(day, cash=CASH)
    assert (Why.REPORT_SHRUNK in day.said()) is hole
