"""Time that nobody can account for is noticed, whichever clock shows it, and told before anything else happens."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loop_day import LoopDay
from words import PLAN

from qmtdesk.domain import messages as m
from qmtdesk.domain.reason import Why
from qmtdesk.engine.books import Ready
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND
from qmtdesk.trader import loop as module
from qmtdesk.trader.clock_watch import ClockWatch

S = 1_000_000_000
looks = st.lists(st.integers(0, 9 * S), max_size=20)


@given(looks)
def test_clocks_that_go_together_show_no_gap(steps: list[int]) -> None:
    wall, steady = 1_700_000_000 * S, 5 * S
    watch = ClockWatch(wall, steady)
    for step in steps:
        wall, steady = wall + step, steady + step
        assert watch.gap_ms(wall, steady) == step // 1_000_000 < 10_000


@given(looks, st.integers(10 * S, 10**6 * S), st.sampled_from(["stood still", "slept", "set forward", "set back"]))
def test_each_kind_of_gap_is_seen_once(steps: list[int], gap: int, kind: str) -> None:
    wall, steady = 1_700_000_000 * S, 5 * S
    watch = ClockWatch(wall, steady)
    for step in steps:
        wall, steady = wall + step, steady + step
        watch.gap_ms(wall, steady)
    wall += -gap if kind == "set back" else gap
    steady += gap if kind == "stood still" else 0
    assert watch.gap_ms(wall, steady) == gap // 1_000_000
    assert watch.gap_ms(wall + S, steady + S) == 1_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    now = {"wall": 1_700_000_000 * S, "steady": 5 * S}
    monkeypatch.setattr(module.time, "time_ns", lambda: now["wall"])
    monkeypatch.setattr(module.time, "monotonic_ns", lambda: now["steady"])
    return now


def test_after_a_sleep_the_first_thing_is_to_ask_and_nothing_leaves_before_the_answer(
    tmp_path: Path, clock: dict[str, int]
) -> None:
    day = LoopDay(folder=tmp_path).open()
    day.feed(m.ArmGrid(PLAN))
    day.live_market(3_000)
    sent, asked = len(day.places()), len(day.intents(m.Query))
    clock["wall"] += 60 * S
    day.price(BOND, 119_000)
    assert day.state.ready is Ready.RECONCILING
    assert Why.CLOCK_JUMPED in day.said()
    assert (len(day.places()), len(day.intents(m.Query))) == (sent, asked + 1)
    day.live_market(6_000)
    assert day.state.ready is Ready.READY
    assert len(day.places()) > sent
    assert day.state.suspended == {}


def test_after_a_long_sleep_the_user_is_asked_too(tmp_path: Path, clock: dict[str, int]) -> None:
    day = LoopDay(folder=tmp_path).open()
    day.feed(m.ArmGrid(PLAN))
    day.live_market(3_000)
    sent = len(day.places())
    clock["steady"] += 301 * S
    clock["wall"] += 301 * S
    day.price(BOND, 119_000)
    day.live_market(9_000)
    assert len(day.places()) == sent
    assert day.state.suspended[""].why is Why.CLOCK_JUMPED
    again = day.again(resume=True)
    again.live_market(6_000)
    assert again.state.suspended[""].why is Why.CLOCK_JUMPED
    again.feed(m.SetMaster(on=True))
    again.live_market(6_000)
    assert len(again.places()) > 0


def test_a_busy_second_is_no_gap(tmp_path: Path, clock: dict[str, int]) -> None:
    day = LoopDay(folder=tmp_path).open()
    for _ in range(5):
        clock["steady"] += 9 * S
        clock["wall"] += 9 * S
        day.quote_all()
    assert Why.CLOCK_JUMPED not in day.said()


def test_a_limit_of_no_time_at_all_watches_no_clock(tmp_path: Path, clock: dict[str, int]) -> None:
    day = LoopDay(folder=tmp_path, limits=RiskLimits(jump_ms=0)).open()
    clock["wall"] += 60 * S
    day.live_market(3_000)
    assert Why.CLOCK_JUMPED not in day.said()


def test_what_was_stamped_before_the_clock_was_set_back_is_of_now(tmp_path: Path, clock: dict[str, int]) -> None:
    day = LoopDay(folder=tmp_path).open()
    day.live_market(3_000)
    stamped = day.at
    clock["wall"] -= 120 * S
    day.at -= 120_000
    # it lay in the inbox while the clock was set
    day.loop.handle(stamped, m.TimePassed())
    assert day.loop.state.at == day.at
    day.loop.handle(stamped, m.TimePassed())
    assert day.loop.state.at == day.at
