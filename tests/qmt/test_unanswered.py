"""A connection whose questions all fail at once is given up after a while, and ever more patiently."""

from datetime import date
from itertools import pairwise

from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt import unanswered
from qmtdesk.gateways.qmt.unanswered import FIRST_MS, LONGEST_MS, Unanswered

DAY = date(2026, 11, 20)
TEN = at_of(DAY, 10, 0)


def given_up(begin: int, end: int, *, anew: bool = True) -> list[int]:
    """When a connection was given up by failures every five seconds; `anew`: another one follows at once."""
    state, generation, out = Unanswered(), 1, []
    for at in range(begin, end, 5_000):
        state, lost = unanswered.failed(state, generation, at)
        if lost:
            out.append(at)
            generation += anew
    return out


def test_a_minute_of_failures_gives_the_connection_up_and_the_next_ones_are_borne_longer() -> None:
    times = given_up(TEN, TEN + 5_400_000)
    assert times[0] == TEN + FIRST_MS
    gaps = [b - a for a, b in pairwise(times)]
    assert gaps[0] >= 2 * FIRST_MS
    assert gaps == sorted(gaps)
    assert LONGEST_MS <= gaps[-1] <= LONGEST_MS + 5_000


def test_one_answer_begins_the_minute_anew() -> None:
    state, _ = unanswered.failed(Unanswered(), 1, TEN)
    state = unanswered.answered(state)
    state, lost = unanswered.failed(state, 1, TEN + 90_000)
    assert not lost
    assert unanswered.failed(state, 1, TEN + 149_000)[1] is False
    assert unanswered.failed(state, 1, TEN + 150_000)[1]


def test_patience_goes_as_it_came() -> None:
    state = Unanswered(1, TEN, 4 * FIRST_MS)
    waits = []
    for _ in range(4):
        state = unanswered.answered(state)
        waits.append(state.patience)
    assert waits == [2 * FIRST_MS, FIRST_MS, FIRST_MS, FIRST_MS]


def test_another_connection_is_not_blamed_for_the_failures_of_the_last() -> None:
    state, _ = unanswered.failed(Unanswered(), 1, TEN)
    assert unanswered.failed(state, 2, TEN + 70_000) == (Unanswered(2, TEN + 70_000), False)


def test_nights_and_weekends_and_a_clock_set_back_count_nothing() -> None:
    assert given_up(at_of(DAY, 15, 0), at_of(DAY, 20, 0)) == []
    assert given_up(at_of(date(2026, 11, 21), 10, 0), at_of(date(2026, 11, 21), 11, 0)) == []
    assert given_up(at_of(DAY, 9, 0), at_of(DAY, 9, 17))[0] >= at_of(DAY, 9, 15) + FIRST_MS - 5_000
    assert unanswered.failed(Unanswered(1, TEN), 1, TEN - 3_600_000) == (Unanswered(1, TEN - 3_600_000), False)
