"""The guard on recorded days, and on any course of the market."""

from decimal import Decimal

import pytest
from guard_kit import (
    CODE,
    LIMIT,
    TEN,
    WAN,
    Walk,
    at_limit,
    instrument,
    opened,
    quote,
    read_ticks,
    said,
    sealed,
)
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.plans import GuardPlan, Readiness, RuleId, RuleSetting
from qmtdesk.domain.sessions import Phase, shanghai_day, shanghai_ms_of_day
from qmtdesk.strategies.guard import (
    Fired,
    GuardState,
    wanted_sale,
)


def raw_amount(row: dict[str, str]) -> Decimal:
    return Decimal(row["bid1"]) * (int(row["bid_vol1"]) // 100) * 100


def expected_trigger(ticks, yuan: int, *, above: bool) -> int:
    """From the raw rows alone: the time of the first sealed row under the threshold, 0 = none."""
    was_above = not above
    for tick in ticks:
        if not (9 * 60 + 30) * 60_000 <= shanghai_ms_of_day(tick.quote.at) < (14 * 60 + 57) * 60_000:
            continue
        if tick.raw["truth"] != "SEALED":
            was_above = not above
            continue
        amount = raw_amount(tick.raw)
        was_above = was_above or amount >= yuan
        if was_above and amount < yuan:
            return tick.quote.at
    return 0


@pytest.mark.parametrize("yuan", [1_000_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000, 3_100_000])
@pytest.mark.parametrize("readiness", [Readiness.ONCE, Readiness.ABOVE, Readiness.AUTO])
def test_the_clipped_board_triggers_exactly_where_the_raw_rows_say(shared_data, yuan, readiness):
    ticks = read_ticks(shared_data / "ticks_clipped_000400_L20.60.csv.gz", "000400.SZ")
    day = ticks[0].quote
    stock = instrument("000400.SZ", day.prev_close, shanghai_day(day.at))
    assert stock.limit_up == 20_600
    walk = Walk(GuardPlan(code="000400.SZ", threshold=yuan * 1000, readiness=readiness), stock)
    walk.arm(ticks[0].quote.at)
    at = 0
    for tick in ticks:
        walk.tick(tick.quote)
        if walk.fired and not at:
            at = tick.quote.at
    assert at == expected_trigger(ticks, yuan, above=readiness is not Readiness.ONCE)
    assert len(walk.fired) == int(at > 0)


def test_real_days_without_a_seal_trigger_nothing(shared_data):
    for name, code in (
        ("ticks_20211201_sh6.csv.gz", "600446.SH"),
        ("ticks_20211201_sh6.csv.gz", "688378.SH"),
        ("ticks_20220601_sz2.csv.gz", "300288.SZ"),
    ):
        ticks = read_ticks(shared_data / name, code)
        walk = Walk(
            GuardPlan(code=code, threshold=10**12, readiness=Readiness.ONCE),
            instrument(code, ticks[0].quote.prev_close, shanghai_day(ticks[0].quote.at)),
        )
        walk.arm(ticks[0].quote.at)
        for tick in ticks:
            walk.tick(tick.quote)
        assert not walk.fired, code


KINDS = {
    "sealed": sealed,
    "at_limit": lambda at, wan: at_limit(at),
    "open": lambda at, wan: opened(at, LIMIT - 10 * (1 + wan % 40)),
    "empty": lambda at, wan: quote(at, LIMIT),
    "no_bid": lambda at, wan: quote(at, LIMIT - 100, (0, 0), (LIMIT - 100, 500)),
}
steps = st.tuples(
    st.sampled_from(sorted(KINDS)),
    st.integers(1, 6000),
    st.sampled_from([0, 3000, 3000, 30_000]),
    st.booleans(),
    st.sampled_from([None, None, None, Phase.LUNCH, Phase.CLOSE_AUCTION, Phase.OPEN_AUCTION]),
    st.integers(0, 20_000),
)
plans = st.builds(
    GuardPlan,
    code=st.just(CODE),
    threshold=st.sampled_from([500 * WAN, 2000 * WAN]),
    readiness=st.sampled_from(list(Readiness)),
    snapshots=st.integers(1, 3),
    confirm=st.integers(1, 3),
    sell_volume=st.sampled_from([0, -1, 700, 1_000_000]),
    rules=st.sampled_from(
        [
            (),
            (RuleSetting(rule=RuleId.R11, threshold=3),),
            (
                RuleSetting(rule=RuleId.R2, threshold=3000, floor=100 * WAN, window_ms=60_000),
                RuleSetting(rule=RuleId.R8, threshold=2, confirm=2),
            ),
        ]
    ),
)


@given(plans, st.lists(steps, max_size=40))
def test_a_guard_sells_once_at_most_never_blind_never_in_an_auction_never_too_much(drawn, course):
    walk, at, sold = Walk(drawn).arm(), TEN, 0
    for kind, wan, gap, fresh, phase, can_use in course:
        at += gap
        walk.can_use, walk.position = can_use, can_use + 1000
        fired = said(walk.tick(KINDS[kind](at, wan), fresh=fresh, phase=phase), Fired)
        for one in fired:
            assert fresh
            assert phase is None
            assert 0 < one.volume <= can_use
            assert walk.board.sealed or one.rule in (RuleId.R11, RuleId.R8)
            if one.rule is RuleId.R1:
                assert walk.board.seal < drawn.threshold
        sold += len(fired)
        wanted = wanted_sale(walk.guard)
        assert (wanted is not None) == (walk.guard.state is GuardState.TRIGGERED)
        if wanted is not None:
            stock = walk.instrument
            assert stock.limit_down <= wanted.price <= stock.limit_up
            assert wanted.price % stock.tick == 0
            assert wanted.volume == walk.guard.target
    assert sold <= 1
