from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.calendar import is_trading_day
from qmtdesk.domain.codes import classify
from qmtdesk.domain.sessions import (
    Phase,
    at_of,
    clock_text,
    phase_at,
    phase_ends,
    shanghai_day,
    shanghai_ms_of_day,
)

DAY = date(2025, 4, 21)
SH, SZ, BJ = (classify(code) for code in ("600000.SH", "000001.SZ", "920001.BJ"))
SH_BOND, SZ_BOND = classify("113050.SH"), classify("123001.SZ")
SH_FUND, SZ_FUND = classify("510300.SH"), classify("159915.SZ")
ALL = [SH, SZ, BJ, SH_BOND, SZ_BOND, SH_FUND, SZ_FUND]
SHANGHAI = timezone(timedelta(hours=8))

times = st.integers(at_of(date(2014, 1, 1), 0, 0), at_of(date(2028, 1, 1), 0, 0))

AUCTION_DAY = [
    ("00:00:00.000", Phase.BEFORE_OPEN),
    ("09:14:59.999", Phase.BEFORE_OPEN),
    ("09:15:00.000", Phase.OPEN_AUCTION),
    ("09:19:59.999", Phase.OPEN_AUCTION),
    ("09:20:00.000", Phase.OPEN_AUCTION_LOCKED),
    ("09:24:40.000", Phase.OPEN_AUCTION_LOCKED),
    ("09:24:59.999", Phase.OPEN_AUCTION_LOCKED),
    ("09:25:00.000", Phase.OPEN_WAIT),
    ("09:29:59.999", Phase.OPEN_WAIT),
    ("09:30:00.000", Phase.MORNING),
    ("11:29:59.999", Phase.MORNING),
    ("11:30:00.000", Phase.LUNCH),
    ("12:59:59.999", Phase.LUNCH),
    ("13:00:00.000", Phase.AFTERNOON),
    ("14:56:59.999", Phase.AFTERNOON),
    ("14:57:00.000", Phase.CLOSE_AUCTION),
    ("14:59:59.999", Phase.CLOSE_AUCTION),
    ("15:00:00.000", Phase.AFTER_CLOSE),
    ("23:59:59.999", Phase.AFTER_CLOSE),
]


def at_clock(text, day=DAY):
    return int(datetime.fromisoformat(f"{day.isoformat()}T{text}+08:00").timestamp() * 1000 + 0.5)


@pytest.mark.parametrize(("clock", "phase"), AUCTION_DAY)
@pytest.mark.parametrize("listing", ALL)
def test_the_phases_of_an_ordinary_day(listing, clock, phase):
    if phase is Phase.CLOSE_AUCTION and listing in (SH_BOND, SH_FUND):
        phase = Phase.AFTERNOON
    assert phase_at(listing, at_clock(clock)) is phase


@pytest.mark.parametrize(
    ("listing", "day", "phase"),
    [
        (SH, date(2018, 8, 17), Phase.AFTERNOON),
        (SH, date(2018, 8, 20), Phase.CLOSE_AUCTION),
        (SZ, date(2018, 8, 17), Phase.CLOSE_AUCTION),
        (SH_FUND, date(2026, 7, 3), Phase.AFTERNOON),
        (SH_FUND, date(2026, 7, 6), Phase.CLOSE_AUCTION),
        (SH_BOND, date(2026, 7, 6), Phase.AFTERNOON),
        (SZ_BOND, date(2026, 7, 6), Phase.CLOSE_AUCTION),
    ],
)
def test_closing_auctions_begin_on_their_day(listing, day, phase):
    assert phase_at(listing, at_of(day, 14, 58)) is phase


@pytest.mark.parametrize("listing", ALL)
def test_a_holiday_is_closed_all_day(listing):
    assert {phase_at(listing, at_of(date(2026, 10, 1), hour, 0)) for hour in range(24)} == {Phase.CLOSED}


@pytest.mark.parametrize(
    ("phase", "continuous", "auction", "orders", "cancels"),
    [
        (Phase.CLOSED, False, False, False, False),
        (Phase.BEFORE_OPEN, False, False, False, False),
        (Phase.OPEN_AUCTION, False, True, True, True),
        (Phase.OPEN_AUCTION_LOCKED, False, True, True, False),
        (Phase.OPEN_WAIT, False, False, True, False),
        (Phase.MORNING, True, False, True, True),
        (Phase.LUNCH, False, False, False, False),
        (Phase.AFTERNOON, True, False, True, True),
        (Phase.CLOSE_AUCTION, False, True, True, False),
        (Phase.AFTER_CLOSE, False, False, False, False),
    ],
)
def test_what_each_phase_allows(phase, continuous, auction, orders, cancels):
    assert (phase.continuous, phase.auction, phase.takes_orders, phase.takes_cancels) == (
        continuous,
        auction,
        orders,
        cancels,
    )


def test_every_phase_is_a_distinct_ascii_word():
    assert all(phase.value.isascii() for phase in Phase)
    assert len({phase.value for phase in Phase}) == len(Phase) == 10


@given(st.sampled_from(ALL), times)
def test_a_phase_lasts_exactly_until_its_end(listing, at):
    phase, end = phase_at(listing, at), phase_ends(listing, at)
    assert end > at
    assert phase_at(listing, end) is not phase
    assert phase_at(listing, end - 1) is phase
    assert phase_at(listing, (at + end) // 2) is phase


@pytest.mark.parametrize(
    ("listing", "day", "clock", "ends"),
    [
        (SH, DAY, "14:58:00.000", "2025-04-21T15:00"),
        (SH_BOND, DAY, "14:58:00.000", "2025-04-21T15:00"),
        (SH_BOND, DAY, "13:00:00.000", "2025-04-21T15:00"),
        (SH, DAY, "16:00:00.000", "2025-04-22T00:00"),
        (SH, date(2025, 4, 25), "16:00:00.000", "2025-04-26T00:00"),
        (SH, date(2025, 4, 26), "09:00:00.000", "2025-04-28T00:00"),
    ],
)
def test_ends_of_phases_and_of_days(listing, day, clock, ends):
    wanted = datetime.fromisoformat(f"{ends}:00+08:00").timestamp() * 1000
    assert phase_ends(listing, at_clock(clock, day)) == wanted


@given(times)
def test_shanghai_time_is_utc_plus_eight(at):
    wall = datetime.fromtimestamp(at // 1000, SHANGHAI)
    assert shanghai_day(at) == wall.date()
    assert clock_text(at) == f"{wall:%H:%M:%S}.{at % 1000:03d}"
    assert at_of(wall.date(), wall.hour, wall.minute, wall.second, at % 1000) == at
    assert at_of(shanghai_day(at), 0, 0) + shanghai_ms_of_day(at) == at


@given(st.sampled_from(ALL), times)
def test_only_trading_days_have_phases(listing, at):
    assert (phase_at(listing, at) is Phase.CLOSED) is not is_trading_day(shanghai_day(at))
