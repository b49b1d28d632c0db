"""Counts outlive a restart, no cancel is held up, a doubt is asked about at once, and no trade is taken for another."""

from collections.abc import Callable

import pytest
from words import by_hand, deaf_grid, told, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountStatus
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import gate
from qmtdesk.engine.books import BUYS, Ready, State, put
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay


@pytest.mark.parametrize(
    ("cap", "why"),
    [
        ("per_second", Why.RATE_SECOND),
        ("per_minute", Why.RATE_MINUTE),
        ("per_day", Why.DAY_MESSAGES),
        ("per_symbol_day", Why.SYMBOL_MESSAGES),
    ],
)
def test_the_messages_of_before_a_restart_count_after_it(cap: str, why: Why) -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING)
    day.wait(1_500)
    day.feed(m.CancelOne(place.ref))
    sent = len(day.places()) + len(day.cancels())
    again = replace(day.folded(), at=day.at)
    assert (again.messages, dict(again.messages_of), again.sent_at) == (sent, {BOND: sent}, day.state.sent_at)
    before = replace(by_hand(BOND, Side.BUY, 119_000, 10), owner=place.owner)
    # the first order is of more than a second ago
    bound = sent - 1 if cap == "per_second" else sent
    for room, expected in ((0, why), (1, None)):
        reason = gate._rate(replace(again, limits=RiskLimits(**{cap: bound + room})), before)
        assert (reason and reason.why) is expected


FORBIDS: dict[str, Callable[[State], State]] = {
    "the master switch": lambda state: replace(state, master=False),
    "the word that was not said": lambda state: replace(state, live=True, confirmed=False),
    "everything suspended": lambda s: replace(s, suspended=put(s.suspended, "", because(Why.SUSPENDED))),
    "the code suspended": lambda s: replace(s, suspended=put(s.suspended, BOND, because(Why.SUSPENDED))),
    "buying suspended": lambda s: replace(s, suspended=put(s.suspended, BUYS, because(Why.SUSPENDED))),
    "an account that is not reconciled": lambda state: replace(state, ready=Ready.RECONCILING),
    "a gateway that does not answer": lambda state: replace(state, unanswered=gate.UNANSWERED),
    "an account that is not in order": lambda state: replace(state, status=AccountStatus.DISABLED),
    "no price": lambda state: replace(state, quotes={}),
    "an old price": lambda state: replace(state, limits=replace(state.limits, quote_age_ms=1)),
    "an old account": lambda state: replace(state, limits=replace(state.limits, account_age_ms=1)),
    "the messages of the minute": lambda state: replace(state, limits=replace(state.limits, per_minute=1)),
    "the messages of the day": lambda state: replace(state, limits=replace(state.limits, per_day=1)),
    "the messages of the code": lambda state: replace(state, limits=replace(state.limits, per_symbol_day=1)),
}


@pytest.mark.parametrize(
    "word",
    [
        lambda place: m.DisarmGrid(BOND, StopHow.CANCEL),
        lambda place: m.CancelOne(place.ref),
        lambda place: m.Kill("key"),
    ],
    ids=["a stop", "a cancel of one", "the kill switch"],
)
@pytest.mark.parametrize("forbidden", FORBIDS.values(), ids=FORBIDS)
def test_nothing_that_forbids_orders_holds_up_a_cancel(
    forbidden: Callable[[State], State], word: Callable[[m.Place], m.Event]
) -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING)
    day.wait(1_500)
    day.state = forbidden(day.state)
    assert gate.refusal(day.state, replace(place, ref="q-new", price=place.price - 500)) is not None
    assert day.feed(word(place)).refusal is None
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]


def test_a_doubt_is_asked_about_with_the_same_step_that_raised_it() -> None:
    day, place = deaf_grid()
    assert [type(intent) for intent in day.feed(m.SubmitUnknown(place.ref, "timeout")).intents] == [m.Query]


def test_trades_of_two_codes_or_sides_under_one_name_are_two() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    for code, side in ((BOND, Side.BUY), (BOND2, Side.BUY), (BOND, Side.SELL)):
        fill = trade_of(day, by_hand(code, side, 119_000, 10), 10, "7", number=f"{code}{side.value}")
        day.feed(m.FillReported(fill))
        day.feed(m.FillReported(fill))
    assert [(fill.code, fill.side) for fill in day.state.fills.values()] == [
        (BOND, Side.BUY),
        (BOND2, Side.BUY),
        (BOND, Side.SELL),
    ]
    assert day.state.holdings[BOND].volume == 0
    assert day.state.holdings[BOND2].volume == 10


def test_a_foreign_order_is_told_once_with_its_side_price_and_volume() -> None:
    day, _ = deaf_grid()
    theirs = by_hand(STOCK, Side.BUY, 9_990, 300)
    for _ in range(2):
        told(day, theirs, OrderState.WORKING, number="88002", remark="")
    (line,) = [line for line in day.state.lines if line.reason.why is Why.FOREIGN_ORDER]
    assert (line.code, dict(line.reason.args)) == (STOCK, {"side": "buy", "price_milli": 9_990, "volume": 300})
