"""A trigger whose order could not leave for long looks at the board again before anything is sold."""

from collections.abc import Callable

import msgspec
import pytest
from words import told

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.plans import GuardAction, GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.reason import Why
from qmtdesk.engine.latched import LATCH_MS
from qmtdesk.simulate.market_day import STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import Guard, GuardState

LIMIT = 11_000
Act = Callable[[MarketDay], None]


def board(day: MarketDay, lots: int) -> None:
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000, volume=10_000 + day.at % 1_000_000))


def open_board(day: MarketDay, last: int = 10_800) -> None:
    day.wait(3_000)
    day.quote(quote_of(STOCK, day.at, last, prev=10_000))


def armed(plan: GuardPlan | None = None, **kit: object) -> MarketDay:
    """A guard on a board that was seen strong."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}, **kit).open()  # type: ignore[arg-type]
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    assert day.feed(m.ArmGuard(plan or GuardPlan(code=STOCK))).refusal is None
    board(day, 30_000)
    return day


def link_down(day: MarketDay) -> None:
    day.feed(m.LinkChanged(up=False, text="away"))


def link_up(day: MarketDay) -> None:
    day.feed(m.LinkChanged(up=True))


def master(on: bool) -> Act:
    return lambda day: day.feed(m.SetMaster(on=on)) and None


def jumped(day: MarketDay) -> None:
    day.feed(m.ClockJumped(600_000))


def released(day: MarketDay) -> None:
    day.feed(m.Release(""))


WAYS = [(link_down, link_up), (master(on=False), master(on=True)), (jumped, released)]
"""What keeps a sale from leaving, and what lets it leave again."""


def held_back(stop: Act) -> MarketDay:
    """A guard that fired while nothing could leave."""
    day = armed()
    stop(day)
    board(day, 15_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    assert day.places() == []
    return day


@pytest.mark.parametrize(("stop", "go"), WAYS)
def test_a_board_that_is_healthy_again_is_not_sold_when_the_sale_may_leave_at_last(stop: Act, go: Act) -> None:
    day = held_back(stop)
    for _ in range(20):
        board(day, 400_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    go(day)
    for _ in range(3):
        board(day, 400_000)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sale, guard.ready, guard.shown) == (GuardState.WATCHING, None, True, "sealed")
    assert day.places() == []
    (line,) = [each for each in day.state.lines if each.reason.why is Why.BOARD_RECOVERED]
    assert (line.level, line.code) == ("alarm", STOCK)
    assert line.reason.get("amount_milli") == 400_000 * 100 * LIMIT
    assert line.reason.get("threshold_milli") == 20_000_000_000
    assert int(line.reason.get("waited_ms")) >= 60_000
    assert day.folded().guards[STOCK].state is GuardState.WATCHING


@pytest.mark.parametrize(("stop", "go"), WAYS)
def test_a_guard_that_watches_again_fires_again(stop: Act, go: Act) -> None:
    day = held_back(stop)
    for _ in range(5):
        board(day, 400_000)
    go(day)
    board(day, 400_000)
    board(day, 15_000)
    assert [(place.price, place.volume) for place in day.places()] == [(LIMIT, 1_000)]


@pytest.mark.parametrize(("stop", "go"), WAYS)
def test_a_board_that_is_still_weak_is_sold_as_soon_as_the_sale_may_leave(stop: Act, go: Act) -> None:
    day = held_back(stop)
    for _ in range(20):
        board(day, 12_000)
    go(day)
    day.wait(2_000)
    assert [(place.price, place.volume) for place in day.places()] == [(LIMIT, 1_000)]


def test_a_board_that_opened_meanwhile_is_sold_at_the_price_of_now() -> None:
    day = held_back(link_down)
    for last in (10_900, 10_800, 10_700):
        open_board(day, last)
    link_up(day)
    open_board(day, 10_700)
    (place,) = day.places()
    assert 10_690 * 9_940 // 10_000 <= place.price <= 10_690
    assert day.folded().guards[STOCK].sale.price == place.price


def test_a_short_wait_sells_without_another_look() -> None:
    day = held_back(master(on=False))
    day.wait(LATCH_MS - 2_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, 400_000, prev=10_000))
    day.feed(m.SetMaster(on=True))
    day.wait(1_000)
    assert len(day.places()) == 1
    assert day.state.guards[STOCK].state in (GuardState.TRIGGERED, GuardState.SOLD)


def test_a_trigger_whose_order_left_once_is_final() -> None:
    day = armed()
    day.deaf = True
    board(day, 15_000)
    (place,) = day.places()
    told(day, place, OrderState.WORKING)
    day.wait(1_000)
    told(day, place, OrderState.REJECTED)
    for _ in range(10):
        board(day, 400_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    assert len(day.places()) > 1


def test_an_old_picture_of_the_board_lets_nothing_leave() -> None:
    day = held_back(master(on=False))
    day.wait(8_000)
    day.feed(m.SetMaster(on=True))
    day.wait(20_000)
    assert day.places() == []
    board(day, 400_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING


def test_a_yes_at_noon_is_not_carried_out_on_a_board_that_is_healthy_afterwards() -> None:
    day = armed(GuardPlan(code=STOCK, action=GuardAction.ASK))
    day.jump(11, 29, 45)
    board(day, 30_000)
    day.wait(5_000)
    board(day, 15_000)
    day.jump(11, 30, 2)
    guard = day.state.guards[STOCK]
    assert day.feed(m.AnswerAsk(STOCK, guard.ask, sell=True)).refusal is None
    day.jump(13, 0, 0)
    board(day, 400_000)
    board(day, 400_000)
    assert day.places() == []
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    board(day, 15_000)
    assert day.state.guards[STOCK].state is GuardState.ASKING


def test_in_a_closing_auction_that_nobody_ticked_it_goes_on_waiting() -> None:
    day = armed()
    day.jump(14, 56, 45)
    board(day, 30_000)
    day.feed(m.SetMaster(on=False))
    board(day, 15_000)
    day.jump(14, 57, 10)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, 15_000, prev=10_000))
    day.feed(m.SetMaster(on=True))
    day.wait(2_000)
    assert day.places() == []
    assert day.state.blocked[STOCK].why is Why.AUCTION


def test_another_rule_is_asked_again_by_its_own_numbers() -> None:
    drop = RuleSetting(rule=RuleId.R2, on=True, threshold=5_000, window_ms=60_000, floor=0)
    day = armed(GuardPlan(code=STOCK, threshold=1_000_000_000, rules=(drop,)))
    day.feed(m.SetMaster(on=False))
    board(day, 10_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    for _ in range(25):
        board(day, 10_000)
    day.feed(m.SetMaster(on=True))
    board(day, 10_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    (line,) = [each for each in day.state.lines if each.reason.why is Why.BOARD_RECOVERED]
    assert (line.reason.get("rule"), line.reason.get("amount_milli")) == ("r2", 10_000 * 100 * LIMIT)
    assert line.reason.get("was_milli") == 10_000 * 100 * LIMIT


def delayed(rule: RuleSetting, first: tuple[int, int], rest: tuple[int, ...], **plan: object) -> MarketDay:
    """A guard by one more rule, fired while the link was away for six seconds; 0 lots = the board is open.

    `first` fires it with that seal and that much traded; `rest` are the seals afterwards.
    """
    kept: dict[str, object] = {"threshold": 1_000_000_000, **plan}
    day = armed(GuardPlan(code=STOCK, rules=(rule,), **kept))  # type: ignore[arg-type]
    volume = 10_000
    for _ in range(8):
        volume += 1
        sealed_with(day, 30_000, volume)
    link_down(day)
    for no, lots in enumerate((first[0], *rest)):
        volume += first[1] if no == 0 else 10
        if lots:
            sealed_with(day, lots, volume)
        else:
            open_board(day, 10_800)
        if no == 0:
            assert day.state.guards[STOCK].state is GuardState.TRIGGERED
        if no == 2:
            link_up(day)
    return day


def sealed_with(day: MarketDay, lots: int, volume: int) -> None:
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000, volume=volume))


R7 = RuleSetting(rule=RuleId.R7, on=True, threshold=2_000)
DRAINS = (9_500, 8_700, 8_500, 8_300, 8_200)
OF_A_MOMENT = [
    (R7, (20_000, 1_000_000), (15_000, 12_000, 10_000, 8_500, 7_000)),
    (RuleSetting(rule=RuleId.R2, on=True, threshold=5_000, window_ms=6_000), (10_000, 10), DRAINS),
    (RuleSetting(rule=RuleId.R4, on=True, threshold=10_000, window_ms=6_000), (12_000, 1_800_000), DRAINS),
    (RuleSetting(rule=RuleId.R5, on=True, threshold=3_000, window_ms=6_000), (12_000, 10), DRAINS),
]
"""Rules of one snapshot or a short window: true when they fire, and by nature not any more some seconds later."""


@pytest.mark.parametrize(("rule", "first", "rest"), OF_A_MOMENT, ids=["R7", "R2", "R4", "R5"])
def test_a_board_that_went_on_draining_is_sold_though_the_rule_was_of_a_moment(
    rule: RuleSetting, first: tuple[int, int], rest: tuple[int, ...]
) -> None:
    day = delayed(rule, first, rest)
    assert len(day.places()) == 1
    assert Why.BOARD_RECOVERED not in day.said()


def test_a_board_as_strong_as_at_the_trigger_is_not_sold_and_its_numbers_are_told() -> None:
    day = delayed(R7, (20_000, 1_000_000), (19_000, 20_000, 20_000, 20_000))
    assert day.places() == []
    (line,) = [each for each in day.state.lines if each.reason.why is Why.BOARD_RECOVERED]
    assert line.reason.get("was_milli") == line.reason.get("amount_milli") == 20_000 * 100 * LIMIT
    assert line.reason.get("threshold_milli") == 1_000_000_000


@pytest.mark.parametrize("rule", [RuleId.R11, RuleId.R8])
def test_a_board_that_opened_and_sealed_again_under_the_threshold_is_sold(rule: RuleId) -> None:
    setting = RuleSetting(rule=rule, on=True, threshold=1 if rule is RuleId.R11 else 0, window_ms=1)
    day = armed(GuardPlan(code=STOCK, rules=(setting,)))
    link_down(day)
    open_board(day)
    open_board(day)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    board(day, 2_000)
    link_up(day)
    board(day, 1_500)
    assert [place.volume for place in day.places()] == [1_000]


def test_a_board_that_opened_and_sealed_again_strongly_is_watched_by_r1_at_once() -> None:
    day = armed(GuardPlan(code=STOCK, rules=(RuleSetting(rule=RuleId.R11, on=True, threshold=1),)))
    link_down(day)
    open_board(day)
    board(day, 40_000)
    board(day, 40_000)
    link_up(day)
    board(day, 40_000)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.ready, day.places()) == (GuardState.WATCHING, True, [])
    board(day, 15_000)
    assert [place.volume for place in day.places()] == [1_000]


def test_a_yes_is_carried_out_on_a_board_that_drained_on_since_the_question() -> None:
    day = armed(
        GuardPlan(
            code=STOCK,
            threshold=1_000_000_000,
            action=GuardAction.ASK,
            rules=(RuleSetting(rule=RuleId.R7, on=True, threshold=2_000, action=GuardAction.ASK),),
        )
    )
    sealed_with(day, 30_000, 20_000)
    sealed_with(day, 20_000, 1_020_000)
    guard = day.state.guards[STOCK]
    sealed_with(day, 12_000, 1_030_000)
    link_down(day)
    assert day.feed(m.AnswerAsk(STOCK, guard.ask, sell=True)).refusal is None
    for no, lots in enumerate((12_500, 13_000, 13_500, 14_000)):
        sealed_with(day, lots, 1_040_000 + no)
        if no == 1:
            link_up(day)
    assert [place.volume for place in day.places()] == [1_000]


def test_a_sale_of_an_earlier_journal_has_no_seal_of_its_trigger() -> None:
    guard = held_back(link_down).state.guards[STOCK]
    row = msgspec.to_builtins(guard)
    row["sale"].pop("seal")
    row.pop("owed", None)
    assert msgspec.convert(row, Guard).sale.seal == 0
    assert guard.sale.seal == 15_000 * 100 * LIMIT
