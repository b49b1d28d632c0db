"""What a guard makes of the first moments of a run or a day: holdings not told yet, snapshots, boards of the open."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GuardAction, GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.quote import EMPTY, Quote
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.simulate.market_day import DAY, NEXT_DAY, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

LIMIT = 11_000


def board(day: MarketDay, lots: int) -> None:
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000))


def kept(action: GuardAction) -> MarketDay:
    """A guard that saw its board strong, in a journal."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, action=action, keep_armed=True))).refusal is None
    board(day, 30_000)
    return day


def quoted_before_the_account(action: GuardAction) -> MarketDay:
    """Another run whose first snapshot comes before the account's first answer."""
    day = kept(action)
    day.state = day.folded(resume=True)
    day.deaf = True
    day.connect()
    day.wait(1_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, 15_000, prev=10_000))
    day.deaf = False
    return day


@pytest.mark.parametrize("action", [GuardAction.ASK, GuardAction.SELL])
def test_before_the_account_told_what_is_held_nothing_is_said_of_it(action: GuardAction) -> None:
    day = quoted_before_the_account(action)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    assert Why.NOTHING_SELLABLE not in day.said()


def test_the_question_is_asked_once_the_account_told_what_is_held() -> None:
    day = quoted_before_the_account(GuardAction.ASK)
    day.wait(5_000)
    board(day, 14_000)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.question.volume) == (GuardState.ASKING, 1_000)


def test_the_sale_leaves_once_the_account_told_what_is_held() -> None:
    day = quoted_before_the_account(GuardAction.SELL)
    day.wait(5_000)
    board(day, 14_000)
    assert [place.volume for place in day.places()] == [1_000]


def test_with_the_account_read_and_nothing_held_it_is_said() -> None:
    day = MarketDay().open()
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    board(day, 30_000)
    board(day, 15_000)
    assert Why.NOTHING_SELLABLE in day.said()


@pytest.mark.parametrize("before", [0, 1, 2, 3, 4])
def test_no_snapshot_of_a_new_run_is_passed_over(before: int) -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True)))
    for _ in range(3):
        day.wait(3_000)
        day.quote(quote_of(STOCK, day.at, 10_910, prev=10_000))
    day.state = day.folded(resume=True)
    day.connect()
    day.wait(2_000)
    for _ in range(before):
        day.wait(3_000)
        day.quote(quote_of(STOCK, day.at, 10_950, prev=10_000))
    board(day, 30_000)
    board(day, 15_000)
    assert [place.volume for place in day.places()] == [1_000]


def test_a_snapshot_told_again_to_a_new_run_confirms_nothing_by_itself() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK, confirm=2)))
    board(day, 30_000)
    board(day, 15_000)
    weak = day.state.quotes[STOCK].quote
    day.state = day.folded(resume=True)
    day.connect()
    day.wait(1_000)
    day.quote(weak)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    board(day, 14_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED


def before_the_open(age: int | None) -> MarketDay:
    """A guard armed at 9:10 with no snapshot yet, or one without a price of that age; then the first of the open."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}, hour=9, minute=10)
    day.connect()
    if age is not None:
        day.quote(Quote(STOCK, day.at - age, 0, 10_000, 0, 0, 0, 0, 0, (EMPTY,) * 5, (EMPTY,) * 5))
    day.wait(2_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    day.at = at_of(DAY, 9, 29, 57)
    return day


@pytest.mark.parametrize("age", [None, 1_000, 60_000])
def test_a_board_that_builds_up_at_the_open_has_to_earn_its_readiness(age: int | None) -> None:
    day = before_the_open(age)
    board(day, 5_000)
    board(day, 40_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    board(day, 5_000)
    assert [place.price for place in day.places()] == [LIMIT]


def test_a_kept_guard_has_to_see_its_next_days_board_strong_first() -> None:
    day = kept(GuardAction.SELL)
    day.last[STOCK] = 11_000
    day.next_day(NEXT_DAY, 9, 1)
    day.at = at_of(NEXT_DAY, 9, 30)
    day.quote(sealed_quote(STOCK, day.at, 12_100, 5_000, prev=11_000))
    assert day.state.guards[STOCK].state is GuardState.WATCHING


def test_a_board_seen_sealed_before_the_lunch_break_counts_at_once_when_armed_in_it() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}, hour=11, minute=29).open()
    board(day, 30_000)
    day.feed(m.WatchStock(STOCK, on=True))
    day.jump(11, 45)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    day.jump(13, 0)
    board(day, 15_000)
    assert day.state.guards[STOCK].state in (GuardState.TRIGGERED, GuardState.SOLD)


def test_a_sold_guard_takes_no_new_threshold() -> None:
    day = kept(GuardAction.SELL)
    board(day, 15_000)
    day.wait(1_000)
    assert day.state.guards[STOCK].state is GuardState.SOLD
    refusal = day.feed(m.SetThreshold(STOCK, 10_000_000_000)).refusal
    assert (refusal.why, refusal.get("volume")) == (Why.SOLD, 1_000)


def slow_account(
    first: Quote | None, rules: tuple[RuleSetting, ...] = (), action: GuardAction = GuardAction.SELL
) -> MarketDay:
    """Another run whose first snapshots come before the account's first answer, which is yet to be told."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    plan = GuardPlan(code=STOCK, action=action, keep_armed=True, rules=rules)
    assert day.feed(m.ArmGuard(plan)).refusal is None
    board(day, 30_000)
    board(day, 30_000)
    day.state = day.folded(resume=True)
    day.deaf = True
    day.connect()
    for lots in (30_000, 30_000):
        board(day, lots)
    day.wait(1_000)
    if first is not None:
        day.quote(replace(first, at=day.at))
    return day


WEAK = sealed_quote(STOCK, 0, LIMIT, 15_000, prev=10_000)
PRINT = sealed_quote(STOCK, 0, LIMIT, 25_000, prev=10_000, volume=9_000_000)
BROKEN = quote_of(STOCK, 0, 10_800, prev=10_000)
TRIGGERS = pytest.mark.parametrize(
    ("seen", "rules"),
    [
        (WEAK, ()),
        (PRINT, (RuleSetting(rule=RuleId.R7, on=True, threshold=2_000),)),
        (BROKEN, (RuleSetting(rule=RuleId.R11, on=True, threshold=1),)),
    ],
    ids=["R1", "R7", "R11"],
)


def answered(day: MarketDay, wait: int = 500) -> MarketDay:
    """The account answers at last."""
    day.deaf = False
    day.feed(m.LinkChanged(up=False, text="again"))
    day.feed(m.LinkChanged(up=True))
    return day.wait(wait)


@TRIGGERS
def test_what_a_rule_found_before_the_account_told_is_sold_as_soon_as_it_tells(
    seen: Quote, rules: tuple[RuleSetting, ...]
) -> None:
    day = slow_account(seen, rules)
    assert day.places() == []
    answered(day)
    assert [place.volume for place in day.places()] == [1_000]
    day.wait(3_000)
    day.quote(quote_of(STOCK, day.at, 10_700, prev=10_000))
    assert day.wait(2_000).state.guards[STOCK].sold == 1_000


@TRIGGERS
def test_what_a_rule_found_before_the_account_told_is_carried_out_on_the_next_snapshot_too(
    seen: Quote, rules: tuple[RuleSetting, ...]
) -> None:
    day = slow_account(seen, rules)
    day.wait(3_000)
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    answered(day)
    assert [place.volume for place in day.places()] == [1_000]
    assert day.places()[0].price < LIMIT


@TRIGGERS
def test_what_a_rule_found_before_the_account_told_is_dropped_once_it_is_stale(
    seen: Quote, rules: tuple[RuleSetting, ...]
) -> None:
    day = slow_account(seen, rules)
    day.wait(60_000)
    answered(day, 2_000)
    assert day.places() == []
    board(day, 30_000)
    assert day.places() == []
    assert day.state.guards[STOCK].state is GuardState.WATCHING


def test_what_was_found_long_before_the_account_told_is_not_sold_on_a_board_that_is_healthy() -> None:
    day = slow_account(PRINT, (RuleSetting(rule=RuleId.R7, on=True, threshold=2_000),))
    for _ in range(3):
        day.wait(3_000)
        day.quote(sealed_quote(STOCK, day.at, LIMIT, 40_000, prev=10_000, volume=9_000_100))
    answered(day)
    assert day.places() == []


def test_a_question_found_before_the_account_told_is_asked_once() -> None:
    day = answered(slow_account(WEAK, action=GuardAction.ASK))
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.question.volume) == (GuardState.ASKING, 1_000)
    assert day.feed(m.AnswerAsk(STOCK, guard.ask, sell=False)).refusal is None
    day.wait(2_000)
    board(day, 14_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING


def test_with_nothing_held_when_the_account_tells_at_last_it_is_said_once() -> None:
    day = slow_account(WEAK)
    day.exchange.account.holdings.clear()
    answered(day)
    for _ in range(24):
        # that nothing is held any more is believed after a minute
        board(day, 14_000)
    assert day.said().count(Why.NOTHING_SELLABLE) == 1


@pytest.mark.parametrize("second", [0, 1, 3])
def test_a_guard_armed_at_the_bell_on_the_auctions_result_saw_no_seal(second: int) -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}, hour=9, minute=26)
    day.connect()
    day.wait(2_000)
    day.jump(9, 29, 58)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, 50_000, prev=10_000))
    day.jump(9, 30, second)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    board(day, 5_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    board(day, 40_000)
    board(day, 5_000)
    assert [place.price for place in day.places()] == [LIMIT]
