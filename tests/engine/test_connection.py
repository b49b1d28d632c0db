"""The way to the account: links that flap, gateways that fall silent, and a clock that is wrong."""

import pytest
from words import PLAN, answer, beat, deaf_grid

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import gate
from qmtdesk.engine.books import Ready
from qmtdesk.engine.clock_skew import agreed
from qmtdesk.simulate.market_day import BOND, MarketDay, quote_of

CODES = ("000001.SH", "000016.SH", "000300.SH", "000905.SH", "000852.SH")


def why(day: MarketDay) -> Why | None:
    place = m.Place("q-new", BOND, Side.BUY, 119_000, 10, PLACE.owner)
    reason = gate.refusal(day.state, place)
    return reason and reason.why


PLACE = deaf_grid()[1]


def said(day: MarketDay, why: Why) -> int:
    return sum(1 for line in day.state.lines if line.reason.why is why)


def lose(day: MarketDay) -> None:
    day.feed(m.LinkChanged(up=False, text="kicked"))
    day.feed(m.LinkChanged(up=True))


# --- G26


@pytest.mark.fault("G26")
def test_a_link_lost_three_times_in_a_minute_suspends_everything_until_the_user_says_go_on() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(PLAN))
    for _ in range(2):
        lose(day)
        day.live_market(20_000)
    assert day.state.suspended == {}
    lose(day)
    reason = day.state.suspended[""]
    assert (reason.why, reason.get("count"), reason.get("wait_ms")) == (Why.LINK_FLAPS, 3, 60_000)
    sent = len(day.places())
    day.live_market(120_000)
    assert len(day.places()) == sent
    assert day.state.suspended == day.folded().suspended == {"": reason}
    day.feed(m.Release(""))
    lose(day)
    assert day.state.suspended == {}


def test_what_was_not_understood_is_asked_about_and_is_no_loss() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(PLAN))
    for _ in range(5):
        request = day.state.request
        day.feed(m.LinkChanged(up=False, text="?", lost=False))
        day.feed(m.LinkChanged(up=True))
        assert (day.state.ready, day.state.request) == (Ready.RECONCILING, request + 1)
        day.live_market(6_000)
        assert day.state.ready is Ready.READY
    assert (day.state.suspended, day.state.losses) == ({}, ())
    assert day.state.grids[BOND].armed


def test_three_losses_that_are_further_apart_are_only_a_bad_line() -> None:
    day = MarketDay().open()
    for _ in range(4):
        lose(day)
        day.live_market(31_000)
    assert day.state.suspended == {}


# --- G18


@pytest.mark.fault("G18")
def test_a_gateway_that_answers_nothing_is_given_up_until_it_answers() -> None:
    day = MarketDay().open()
    day.deaf = True
    beat(day, 14)
    assert day.state.ready is Ready.READY
    beat(day, 12)
    assert why(day) is Why.GATEWAY_SILENT
    assert said(day, Why.GATEWAY_SILENT) == 1
    assert day.state.ready is Ready.RECONCILING
    beat(day, 30)
    assert said(day, Why.GATEWAY_SILENT) == 1
    answer(day)
    assert why(day) is None


def test_a_failed_answer_is_an_answer_of_somebody_who_lives() -> None:
    day = MarketDay().open()
    day.deaf = True
    for _ in range(10):
        beat(day, 4)
        day.feed(m.ReportFailed(day.state.request, "busy"))
    assert said(day, Why.GATEWAY_SILENT) == 0


def test_silence_measured_by_real_time_counts_at_once_and_a_new_link_starts_anew() -> None:
    day = MarketDay().open()
    day.deaf = True
    day.feed(m.GatewaySilent(16_000))
    day.feed(m.GatewaySilent(17_000))
    assert why(day) is Why.GATEWAY_SILENT
    assert said(day, Why.GATEWAY_SILENT) == 1
    lose(day)
    assert why(day) is Why.RECONCILING


# --- X10


def tick(day: MarketDay, off: int, codes: tuple[str, ...] = CODES) -> None:
    """A second, and a snapshot of each code whose time is off from ours."""
    day.at += 1_000
    for code in codes:
        day.feed(m.Quoted(quote_of(code, day.at - off, 3_000_000, prev=3_000_000)))


@pytest.mark.fault("X10")
@pytest.mark.parametrize("off", [31_000, -31_000, 600_000, -3_600_000])
def test_a_clock_that_more_than_three_codes_agree_is_far_off_suspends_everything(off: int) -> None:
    day = MarketDay().open()
    tick(day, off)
    assert day.state.suspended == {}
    tick(day, off, CODES[:3])
    assert day.state.suspended == {}
    tick(day, off)
    reason = day.state.suspended[""]
    assert (reason.why, reason.get("skew_ms")) == (Why.CLOCK_WRONG, abs(off))
    day.feed(m.Release(""))
    tick(day, 0)
    tick(day, 0)
    assert day.state.suspended == {}


@pytest.mark.parametrize("off", [2_500, -5_000, 29_000])
def test_a_clock_that_is_a_little_off_is_said_once(off: int) -> None:
    day = MarketDay().open()
    for _ in range(4):
        tick(day, off)
    assert said(day, Why.CLOCK_SKEWED) == 1
    assert day.state.suspended == {}


@pytest.mark.parametrize(("pace", "off", "wrong"), [(60, 34_000, False), (60, 1_801_000, True), (5, 149_000, False)])
def test_a_computer_that_is_late_on_a_paper_clock_of_many_times_the_speed_is_late_by_its_own_seconds(
    pace: int, off: int, wrong: bool
) -> None:
    day = MarketDay().open()
    day.feed(m.SpeedChanged(pace))
    for _ in range(4):
        tick(day, off)
    assert ("" in day.state.suspended) is wrong
    assert said(day, Why.CLOCK_SKEWED) == (off > 2_000 * pace and not wrong)


def test_what_was_measured_on_a_faster_clock_is_not_held_against_a_slower_one() -> None:
    day = MarketDay().open()
    day.feed(m.SpeedChanged(60))
    for _ in range(2):
        tick(day, 130_000)
    assert day.state.skews
    assert day.state.suspended == {}
    day.feed(m.SpeedChanged(60))
    assert day.state.skews
    day.feed(m.SpeedChanged(1))
    tick(day, 130_000, CODES[:1])
    assert day.state.suspended == {}


def test_codes_that_do_not_agree_or_one_that_is_in_time_prove_nothing() -> None:
    day = MarketDay().open()
    for _ in range(3):
        for n, code in enumerate(CODES):
            tick(day, 31_000 + 10_000 * n, (code,))
    for _ in range(3):
        tick(day, 40_000, CODES[:4])
        tick(day, 0, CODES[4:])
        day.at += 60_000
    assert day.state.suspended == {}
    assert said(day, Why.CLOCK_SKEWED) == 0


def test_old_snapshots_and_those_outside_trading_hours_prove_nothing() -> None:
    day = MarketDay().open()
    for _ in range(3):
        for code in CODES:
            day.feed(m.Quoted(quote_of(code, at_of(day.day, 9, 50), 3_000_000, prev=3_000_000)))
        day.at += 3_000
    assert day.state.suspended == {}
    early = MarketDay(hour=9, minute=20).open()
    for _ in range(3):
        tick(early, 300_000)
    assert early.state.suspended == {}


def test_nobody_agrees_about_nothing() -> None:
    assert agreed(()) == 0
