"""Real money: nothing is armed and nothing leaves before the word was said in this run."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmtdesk.domain import messages as m
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardAction, GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.texts_live import LIVE_WORD
from qmtdesk.engine import gate
from qmtdesk.engine.books import Ready, State
from qmtdesk.engine.core import Step, begin
from qmtdesk.engine.records import decode, encode
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

PLAN = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100)
GUARD = GuardPlan(code=STOCK, action=GuardAction.SELL)
WORD = m.ConfirmLive(LIVE_WORD)


class LiveDay(MarketDay):
    """A market day on which real money would move; the account has a key."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.state = begin(State(self.limits, FeeSchedule(), live=True), (), resume=False)

    def connect(self) -> None:
        self.feed(m.Installed("abcd"))
        self.feed(m.LinkChanged(up=True, account="k1"))
        self.feed(m.AccountStatusTold(0, "k1"))
        self.feed(m.DayOpened(self.day.isoformat(), self.instruments))

    def feed(self, event: m.Event) -> Step:
        # the paper broker knows one account only: what it tells is of this one
        named = isinstance(event, m.AccountReported | m.OrderReported | m.FillReported | m.AccountStatusTold)
        return super().feed(replace(event, account="k1") if named else event)

    def folded(self, *, resume: bool = True) -> State:
        past = [decode(*encode(record)) for record in self.records]
        return begin(State(self.limits, FeeSchedule(), live=True), past, resume=resume)


def live_day() -> LiveDay:
    return LiveDay(held={BOND: (1_000, 120_000), STOCK: (10_000, 9_000)}).open()  # type: ignore[return-value]


def test_a_live_trader_starts_with_the_switch_off_and_the_word_unsaid() -> None:
    day = live_day()
    assert (day.state.ready, day.state.master, day.state.confirmed) == (Ready.READY, False, False)


@pytest.mark.parametrize(
    "event", [m.ArmGrid(PLAN), m.ArmGuard(GUARD), m.SetMaster(on=True), m.PlaceTrial(BOND), m.ClearHoldings(())]
)
def test_before_the_word_nothing_can_be_armed_or_switched_on(event: m.UserEvent) -> None:
    day = live_day()
    result = day.feed(event)
    assert result.refusal is not None
    assert result.refusal.why is Why.LIVE_UNSAID
    assert not day.places()


@pytest.mark.parametrize("event", [m.SetMaster(on=False), m.Kill("key"), m.DisarmGrid(BOND, "cancel"), m.AskNow()])  # type: ignore[arg-type]
def test_what_makes_things_safer_needs_no_word(event: m.UserEvent) -> None:
    assert live_day().feed(event).refusal is None


def test_after_the_word_and_the_switch_a_grid_trades() -> None:
    day = live_day()
    assert day.feed(WORD).refusal is None
    assert Why.LIVE_SAID in day.said()
    assert day.feed(m.SetMaster(on=True)).refusal is None
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    assert day.places(BOND)


def test_the_word_alone_switches_nothing_on() -> None:
    day = live_day()
    day.feed(WORD)
    assert not day.state.master


@pytest.mark.parametrize("word", ["", "live", "模拟", "实", "实盘实盘"])
def test_another_word_is_not_the_word(word: str) -> None:
    day = live_day()
    result = day.feed(m.ConfirmLive(word))
    assert result.refusal is not None
    assert result.refusal.why is Why.LIVE_WORD_WRONG
    assert not day.state.confirmed


def test_the_word_is_not_heard_before_the_link_and_the_account_are_there() -> None:
    day = LiveDay()
    refused = day.feed(WORD).refusal
    assert refused is not None
    assert refused.why is Why.LINK_DOWN
    day.mute = True
    day.connect()
    refused = day.feed(WORD).refusal
    assert refused is not None
    assert refused.why is Why.RECONCILING


def test_on_paper_there_is_no_such_word() -> None:
    day = MarketDay().open()
    refused = day.feed(WORD).refusal
    assert refused is not None
    assert refused.why is Why.BAD_SETTING
    assert day.feed(m.ArmGrid(PLAN)).refusal is None


def test_another_start_by_the_user_asks_for_the_word_again() -> None:
    day = live_day()
    day.feed(WORD)
    day.feed(m.SetMaster(on=True))
    day.feed(m.ArmGrid(replace(PLAN, keep_armed=True)))
    sent = len(day.places())
    day.restart(resume=False)
    day.live_market(30_000)
    assert (day.state.confirmed, day.state.master) == (False, False)
    assert day.state.grids[BOND].armed
    day.price(BOND, 118_000)
    day.wait(3_000)
    assert len(day.places()) == sent


def test_a_restart_by_the_program_goes_on_with_the_word_of_this_run() -> None:
    day = live_day()
    day.feed(WORD)
    day.feed(m.SetMaster(on=True))
    day.restart(resume=True)
    assert (day.state.confirmed, day.state.master) == (True, True)


def test_a_restart_by_the_program_does_not_take_up_the_word_of_an_earlier_run() -> None:
    day = live_day()
    day.feed(WORD)
    day.feed(m.SetMaster(on=True))
    day.restart(resume=False)
    day.restart(resume=True)
    assert (day.state.confirmed, day.state.master) == (False, False)


def _price(day: LiveDay, by: int) -> None:
    day.price(BOND, 120_000 + 37 * by)
    day.price(STOCK, 10_000 + 10 * (by % 90))


def _seal(day: LiveDay, by: int) -> None:
    limit = day.state.instruments[STOCK].limit_up
    day.price(STOCK, limit, depth=by + 1)


STEPS: list[Callable[[LiveDay, int], object]] = [
    lambda day, _: day.feed(m.ArmGrid(PLAN)),
    lambda day, _: day.feed(m.ArmGuard(GUARD)),
    lambda day, _: day.feed(m.SetMaster(on=True)),
    lambda day, _: day.feed(m.Release("")),
    lambda day, _: day.feed(m.Kill("key")),
    lambda day, _: day.feed(m.LiftKill()),
    lambda day, _: day.feed(m.ConfirmLive("live")),
    lambda day, _: day.feed(m.LinkChanged(up=False, account="k1")),
    lambda day, _: day.feed(m.LinkChanged(up=True, account="k1")),
    lambda day, by: day.restart(resume=by % 2 == 0),
    lambda day, by: day.wait(500 * by),
    _price,
    _seal,
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 40)), max_size=25), st.booleans())
def test_whatever_happens_no_order_leaves_before_the_word(
    steps: list[tuple[Callable[[LiveDay, int], object], int]],
    armed_before: bool,
) -> None:
    day = live_day()
    if armed_before:
        # what was chosen to stay armed in an earlier run
        day.feed(WORD)
        day.feed(m.SetMaster(on=True))
        day.feed(m.ArmGrid(replace(PLAN, keep_armed=True)))
        day.feed(m.ArmGuard(replace(GUARD, keep_armed=True)))
        day.restart(resume=False)
    sent = len(day.places())
    for do, by in steps:
        do(day, by)
    day.live_market(9_000)
    assert len(day.places()) == sent


@pytest.mark.parametrize("code", [BOND, STOCK])
def test_the_gate_itself_asks_for_the_word_whatever_the_switch_says(code: str) -> None:
    day = live_day()
    reason = gate.standstill(replace(day.state, master=True), code)
    assert reason is not None
    assert reason.why is Why.LIVE_UNSAID
