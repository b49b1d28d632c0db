"""When to try again, and when silence is doubted: pure rules."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt import link, watchdog
from qmtdesk.gateways.qmt.days import trading_day
from qmtdesk.gateways.qmt.link import Attempts
from qmtdesk.gateways.qmt.watchdog import Doubt, Quiet

DAY = date(2026, 11, 20)
TEN, NIGHT, SATURDAY = at_of(DAY, 10, 0), at_of(DAY, 22, 0), at_of(date(2026, 11, 21), 11, 0)


def delays(at: int, count: int) -> list[int]:
    state, out = Attempts(), []
    for _ in range(count):
        state = link.missed(link.begun(state), at)
        out.append(state.next_at - at)
    return out


def test_delays_double_up_to_a_minute_by_day_and_up_to_five_by_night() -> None:
    assert delays(TEN, 8) == [3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000, 60_000]
    assert delays(NIGHT, 7) == [3_000, 6_000, 12_000, 24_000, 48_000, 300_000, 300_000]
    assert delays(SATURDAY, 7)[-1] == 300_000


def test_ten_hours_of_a_closed_terminal_are_few_attempts() -> None:
    state, at, tries = Attempts(), NIGHT, 0
    while at < NIGHT + 36_000_000:
        if link.due(state, at):
            tries += 1
            state = link.missed(link.begun(state), at)
        at += 200
    assert tries < 130


def test_a_link_that_stood_begins_with_the_shortest_delay_again() -> None:
    state = link.missed(link.missed(Attempts(), TEN), TEN)
    up = link.worked(link.begun(state), TEN)
    assert link.missed(up, TEN + link.STEADY_MS).next_at == TEN + link.STEADY_MS + 3_000
    assert link.missed(up, TEN + 1_000).next_at == TEN + 1_000 + 12_000


def test_a_clock_set_back_by_hours_does_not_stop_the_attempts() -> None:
    state = link.missed(Attempts(), TEN)
    assert not link.due(state, TEN)
    assert link.due(state, TEN - 3_600_000)


@given(st.integers(0, 10**9), st.integers(0, 2_000))
def test_session_numbers_are_in_range_and_not_used_twice_in_a_run(base: int, count: int) -> None:
    numbers = [link.session_id(base, Attempts(ever)) for ever in range(count)]
    assert len(set(numbers)) == count
    assert all(100_000 <= number < 1_000_000 for number in numbers)


def refused(count: int) -> list[int]:
    """The number of each attempt while connect() says no."""
    state, out = Attempts(), []
    for _ in range(count):
        state = link.begun(state)
        out.append(link.session_id(0, state))
        state = link.missed(state, NIGHT, refused=True)
    return out


def test_a_night_of_refusals_takes_few_session_numbers_and_yet_not_one_that_may_be_in_use_for_ever() -> None:
    numbers = refused(192)
    assert numbers[0] == numbers[3]
    assert numbers[4] != numbers[3]
    assert len(set(numbers)) == 14


def test_a_night_without_a_terminal_makes_nobody_wait_in_the_morning() -> None:
    state = link.begun(Attempts())
    first = link.session_id(0, state)
    for _ in range(200):
        state = link.begun(link.missed(state, NIGHT, spare=True))
    assert link.session_id(0, state) == first
    for _ in range(3):
        state = link.begun(link.missed(state, TEN, refused=True))
        assert link.session_id(0, state) == first
    assert link.session_id(0, link.begun(link.missed(state, TEN, refused=True))) != first


def test_a_number_under_which_something_may_have_been_told_is_not_taken_again() -> None:
    first = link.begun(Attempts())
    for after in (link.missed(first, TEN), link.missed(link.worked(first, TEN), TEN)):
        assert link.session_id(0, link.begun(after)) != link.session_id(0, first)


@given(st.lists(st.tuples(st.sampled_from(["miss", "work"]), st.integers(0, 400_000)), max_size=30))
def test_two_attempts_are_never_closer_than_three_seconds(acts: list[tuple[str, int]]) -> None:
    state, at, last = Attempts(), TEN, 0
    for what, wait in acts:
        at += wait
        if not link.due(state, at):
            continue
        assert last == 0 or at - last >= 3_000
        state, last = link.begun(state), at
        if what == "work":
            state = link.worked(state, at)
            at += wait
        state = link.missed(state, at)
        last = at


def doubted(every_s: int, minutes: int = 60) -> list[Doubt]:
    """What is done where of all codes one snapshot comes in so many seconds."""
    state, doubts = watchdog.Quiet(), []
    for at in range(TEN, TEN + minutes * 60_000, 500):
        if (at - TEN) % (every_s * 1000) == 0:
            state = watchdog.heard(state, at)
        state, doubt = watchdog.looked(state, at, trading=True)
        doubts.append(doubt)
    return [doubt for doubt in doubts if doubt is not Doubt.NONE]


def test_quiet_codes_cost_no_connection_at_each_of_their_snapshots() -> None:
    for every_s in (3, 19):
        assert doubted(every_s) == []
    for every_s in (25, 45, 75, 130):
        found = doubted(every_s)
        assert found.count(Doubt.RECONNECT) <= 2, every_s
        assert len(found) <= 4, every_s


def test_after_a_mended_link_a_few_snapshots_make_the_watchdog_as_sharp_as_at_first() -> None:
    state = watchdog.heard(Quiet(TEN, watchdog.LONGEST_MS, heard=TEN - 60_000), TEN)
    waits = []
    for at in range(TEN + 3_000, TEN + 18_000, 3_000):
        state = watchdog.heard(state, at)
        waits.append(state.patience)
    assert waits == [75_000, 37_500, 20_000, 20_000, 20_000]


def test_a_break_is_no_habit_of_silence() -> None:
    one = at_of(DAY, 13, 0)
    state, _ = watchdog.looked(watchdog.heard(Quiet(), one - 5_400_000), one - 500, trading=False)
    assert watchdog.heard(state, one).patience == watchdog.FIRST_MS


def test_silence_is_first_answered_by_a_subscription_and_then_by_a_connection_and_ever_more_patiently() -> None:
    state, doubts = watchdog.heard(Quiet(), TEN), []
    for at in range(TEN, TEN + 1_200_000, 500):
        state, doubt = watchdog.looked(state, at, trading=True)
        if doubt is not Doubt.NONE:
            doubts.append((at - TEN, doubt))
    assert [doubt for _, doubt in doubts[:4]] == [Doubt.SUBSCRIBE, Doubt.RECONNECT] * 2
    gaps = [b[0] - a[0] for a, b in pairwise(doubts)]
    assert gaps == sorted(gaps)
    assert state.patience == watchdog.LONGEST_MS


def test_news_make_the_watchdog_as_sharp_as_at_first() -> None:
    assert watchdog.heard(Quiet(TEN - 500, tried=True), TEN) == Quiet(TEN, watchdog.FIRST_MS, tried=False, heard=TEN)


def test_the_afternoon_begins_without_a_doubt() -> None:
    one = at_of(DAY, 13, 0)
    state, _ = watchdog.looked(watchdog.heard(Quiet(), one - 5_400_000), one - 500, trading=False)
    assert watchdog.looked(state, one, trading=True)[1] is Doubt.NONE


def test_a_clock_set_back_is_no_silence_of_hours() -> None:
    state, doubt = watchdog.looked(Quiet(TEN), TEN - 3_600_000, trading=True)
    assert (state.since, doubt) == (TEN - 3_600_000, Doubt.NONE)


def test_the_list_is_the_last_trading_days_until_nine_and_over_weekends() -> None:
    assert trading_day(at_of(DAY, 8, 59, 59)) == date(2026, 11, 19)
    assert trading_day(at_of(DAY, 9, 0)) == DAY
    assert trading_day(NIGHT) == trading_day(SATURDAY) == DAY
    assert trading_day(at_of(date(2026, 11, 23), 3, 0)) == DAY
    # the national holiday
    assert trading_day(at_of(date(2026, 10, 5), 11, 0)) == date(2026, 9, 30)


@given(st.integers(0, 400), st.integers(0, 86_399))
def test_trading_days_never_go_back_as_time_goes_on(days: int, second: int) -> None:
    at = at_of(date(2026, 1, 5) + timedelta(days=days), 0, 0) + second * 1000
    assert trading_day(at) <= trading_day(at + 60_000)
