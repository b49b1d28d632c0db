"""What a guard and its board have seen is written down coarsely, so that a restart makes no guard weaker."""

import pytest
from words import look, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.calendar import next_trading_day
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.plans import GuardAction, GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import records as r
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

LIMIT = 11_000
DROP = RuleSetting(rule=RuleId.R2, on=True, threshold=5_000, window_ms=60_000, floor=0, action=GuardAction.SELL)


def board(day: MarketDay, lots: int) -> None:
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000))


def armed(plan: GuardPlan | None = None) -> MarketDay:
    """A guard on a board that is not sealed yet."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    assert day.feed(m.ArmGuard(plan or GuardPlan(code=STOCK))).refusal is None
    return day


def again(day: MarketDay) -> MarketDay:
    """Another process: the board's next snapshot is the first it sees."""
    day.state = day.folded(resume=True)
    day.connect()
    day.wait(2_000)
    return day


def test_readiness_that_was_earned_survives_a_restart() -> None:
    day = armed()
    board(day, 9_000)
    board(day, 30_000)
    assert day.state.guards[STOCK].ready
    assert day.folded().guards[STOCK].ready
    again(day)
    board(day, 15_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED


def test_readiness_that_was_not_earned_is_not_invented() -> None:
    day = again(armed())
    board(day, 9_000)
    again(day)
    board(day, 9_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING


@pytest.mark.parametrize("minutes", [0, 5])
def test_a_drop_across_a_restart_fires_as_it_would_have(minutes: int) -> None:
    """A seal that stood at its height for long, or grew to it just now."""
    day = armed(GuardPlan(code=STOCK, threshold=1_000_000_000, rules=(DROP,)))
    for lots in (20_000, 25_000, 31_000, 40_000):
        board(day, lots)
    for _ in range(20 * minutes):
        board(day, 40_000)
    again(day)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    board(day, 15_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED


def test_the_highest_seal_is_remembered_to_an_eighth() -> None:
    day = armed()
    for lots in range(20_000, 60_000, 700):
        board(day, lots)
    told, kept = day.state, day.folded()
    assert kept.boards[STOCK].peak >= told.boards[STOCK].peak * 7 // 8
    assert kept.guards[STOCK].progress.top >= told.guards[STOCK].progress.top * 7 // 8


def test_writes_are_bounded() -> None:
    """A board that flickers at every snapshot is not written at every snapshot."""
    day = armed()
    for no in range(400):
        board(day, 30_000 + 500 * (no % 7))
    kinds = [type(record) for record in day.records]
    assert kinds.count(r.BoardMoved) <= 400 * 3 // 30 + 5
    assert kinds.count(r.GuardChanged) <= 30
    assert max(len(x.board.history) for x in day.records if isinstance(x, r.BoardMoved)) <= 32


@pytest.mark.parametrize("keep", [True, False])
def test_a_sale_the_close_cut_off_is_told_and_sold_no_further(keep: bool) -> None:
    day = armed(GuardPlan(code=STOCK, keep_armed=keep))
    board(day, 30_000)
    day.deaf = True
    board(day, 9_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    sale = day.places(STOCK)[0]
    told(day, sale, OrderState.PARTIAL, 300)
    traded(day, sale, 300)
    day.jump(15, 0, 1)
    lines = list(day.state.lines)
    day.next_day()
    lines += day.state.lines
    (line,) = [each for each in lines if each.reason.why is Why.LEFT_UNSOLD]
    assert (line.level, line.code, line.reason.get("volume")) == ("alarm", STOCK, 700)
    assert day.state.guards[STOCK].state is GuardState.OFF


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize(("keep", "held", "alarm"), [(True, 500, True), (True, 0, False), (False, 500, False)])
def test_a_kept_guard_that_sold_what_it_might_says_the_next_day_what_is_not_guarded(
    keep: bool, held: int, alarm: bool, restarted: bool
) -> None:
    day = armed(GuardPlan(code=STOCK, keep_armed=keep))
    board(day, 30_000)
    day.deaf = True
    board(day, 9_000)
    traded(day, day.places(STOCK)[0], 1_000)
    assert day.state.guards[STOCK].state is GuardState.SOLD
    day.at, day.day = at_of(NEXT_DAY, 9, 5), NEXT_DAY
    if restarted:
        day.state = day.folded(resume=True)
        day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, day.last)))
    # bought on the day of the sale: T+1 kept it from that
    mine = [Position(STOCK, held, held)] if held else []
    look(day, 8, positions=[*mine, Position(BOND, 10, 10)])
    # what is bought by hand in the course of the day is no news of the guard's
    look(day, 8, positions=[Position(STOCK, held + 300, held, bought_today=300), Position(BOND, 10, 10)])
    lines = [line for line in day.state.lines if line.reason.why is Why.NOT_GUARDED]
    assert [(line.level, line.reason.get("volume")) for line in lines] == ([("alarm", held)] if alarm else [])


def opens(day: MarketDay) -> None:
    """The board is smashed open between two snapshots."""
    day.wait(3_000)
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))


def unsold(day: MarketDay) -> int:
    return len([line for line in day.state.lines if line.reason.why is Why.BROKE_UNSOLD and line.level == "alarm"])


def test_a_guarded_board_that_broke_and_met_no_rule_is_an_alarm_once_in_five_minutes() -> None:
    day = armed()
    board(day, 30_000)
    for alarms in (1, 1, 2):
        opens(day)
        assert unsold(day) == alarms
        for _ in range(60):
            board(day, 30_000)
    assert day.places(STOCK) == []


def test_a_break_before_the_guard_was_armed_takes_no_alarm_away() -> None:
    day = armed()
    day.feed(m.DisarmGuard(STOCK))
    board(day, 30_000)
    opens(day)
    board(day, 30_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    opens(day)
    assert unsold(day) == 1


@pytest.mark.parametrize(("action", "alarms"), [(GuardAction.SELL, 0), (GuardAction.ALERT, 1)])
def test_shares_that_nobody_may_sell_today_are_no_alarm_about_rules_that_sell(action: GuardAction, alarms: int) -> None:
    day = armed(GuardPlan(code=STOCK, action=action))
    board(day, 30_000)
    day.deaf = True
    sold = day.state.holdings[STOCK]
    day.state = replace(day.state, holdings={STOCK: replace(sold, sellable=0, bought_today=1_000)})
    opens(day)
    assert unsold(day) == alarms


@pytest.mark.parametrize("action", list(GuardAction))
def test_one_that_sells_asks_or_warns_because_it_broke_gives_no_such_alarm(action: GuardAction) -> None:
    broken = RuleSetting(rule=RuleId.R11, on=True, threshold=1, window_ms=0, floor=0, action=action)
    day = armed(GuardPlan(code=STOCK, rules=(broken,), action=action))
    board(day, 30_000)
    opens(day)
    assert unsold(day) == 0


def test_a_break_whose_sale_waits_for_the_account_gives_no_alarm_that_nothing_sells() -> None:
    sells = RuleSetting(rule=RuleId.R11, on=True, threshold=1, window_ms=0, floor=0, action=GuardAction.SELL)
    day = armed(GuardPlan(code=STOCK, rules=(sells,), action=GuardAction.ALERT))
    board(day, 30_000)
    day.mute = True
    again(day)
    opens(day)
    assert day.state.guards[STOCK].owed is not None
    day.mute = False
    opens(day)
    opens(day)
    assert len(day.places(STOCK)) == 1
    assert unsold(day) == 0


def test_a_board_that_nobody_guards_breaks_without_an_alarm() -> None:
    day = armed()
    board(day, 30_000)
    day.feed(m.DisarmGuard(STOCK))
    opens(day)
    assert unsold(day) == 0


def test_two_trading_days_later_nobody_is_told_again_what_was_not_guarded() -> None:
    day = armed(GuardPlan(code=STOCK, keep_armed=True))
    board(day, 30_000)
    day.deaf = True
    board(day, 9_000)
    traded(day, day.places(STOCK)[0], 1_000)
    day.day = next_trading_day(NEXT_DAY)
    day.at = at_of(day.day, 9, 5)
    day.feed(m.DayOpened(day.day.isoformat(), day.make_instruments(day.day, day.last)))
    look(day, 8, positions=[Position(STOCK, 500, 500), Position(BOND, 10, 10)])
    assert day.state.guards[STOCK].state is GuardState.OFF
    assert [line for line in day.state.lines if line.reason.why is Why.NOT_GUARDED] == []


def test_a_kept_guard_that_sold_nothing_before_the_close_says_only_what_it_left() -> None:
    day = armed(GuardPlan(code=STOCK, keep_armed=True))
    board(day, 30_000)
    day.deaf = True
    board(day, 9_000)
    day.jump(15, 0, 1)
    lines = list(day.state.lines)
    day.next_day()
    look(day, 8, positions=[Position(STOCK, 1_000, 1_000), Position(BOND, 10, 10)])
    said = [line.reason.why for line in (*lines, *day.state.lines)]
    assert (said.count(Why.LEFT_UNSOLD), said.count(Why.NOT_GUARDED)) == (1, 0)
