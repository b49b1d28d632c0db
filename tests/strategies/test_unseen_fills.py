"""Trades of yesterday that are only found out today: they count for the arming and not as today's."""

from grid_kit import NOON, fill, gap, holding, make
from test_rolling import fill as pair_fill
from test_rolling import holding as pair_holding

from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.grid import on_cleared, on_fill, summary
from qmtdesk.strategies.grid_unseen import as_of_before, pair_as_of_before
from qmtdesk.strategies.rolling import on_fill as on_pair_fill
from qmtdesk.strategies.rolling import summary as pair_summary

BUY, SELL = Side.BUY, Side.SELL


def test_a_sale_of_yesterday_is_of_the_arming_and_not_of_today() -> None:
    before = holding(make(), g9=80)
    traded = fill(before, 9, SELL, 100_000, 80)
    after = as_of_before(traded, before)
    old, new, kept = summary(before, 0), summary(traded, 0), summary(after, 0)
    assert (kept.trips_today, kept.realised_today) == (old.trips_today, old.realised_today) == (0, 0)
    assert (kept.trips, kept.realised, kept.held, kept.cash_used) == (new.trips, new.realised, 0, 0)
    assert kept.realised == 80 * 1_000


def test_what_was_traded_today_already_stays_todays() -> None:
    before = holding(make(), g8=80, g9=80)
    before = fill(fill(before, 8, SELL, 99_000, 80, fee=400), 10, BUY, 100_000, 30, fee=10)
    after = as_of_before(fill(fill(before, 9, SELL, 100_000, 80), 10, BUY, 100_000, 50), before)
    todays = [(each.bought, each.sold, each.realised) for each in after.gaps]
    assert todays == [(each.bought, each.sold, each.realised) for each in before.gaps]
    assert (after.trips_today, after.realised_today, after.fees_today) == (1, 80_000, 410)
    assert (after.trips, after.realised, after.held[10], after.gaps[10].cost) == (2, 160_000, 80, 80 * 100_000)


def test_a_purchase_of_yesterday_was_not_bought_today() -> None:
    after = as_of_before(fill(make(), 9, BUY, 99_000, 80), make())
    assert (after.gaps[9].held, after.gaps[9].cost, after.gaps[9].bought) == (80, 80 * 99_000, 0)


def test_a_sale_of_the_whole_grid_yesterday_leaves_nothing_of_today() -> None:
    before = holding(make(), g8=80, g9=80)
    after = as_of_before(on_cleared(before, 160, 100_000, 0, NOON), before)
    assert (after.trips_today, after.realised_today, after.trips, after.held_total) == (0, 0, 2, 0)


def test_its_fees_count_for_the_arming_and_not_for_today() -> None:
    before = holding(make(), g9=80)
    traded = on_fill(before, gap(9), SELL, 100_000, 80, 100_000, 410, NOON)
    after = as_of_before(traded, before)
    assert (after.fees, after.fees_today) == (410, 0)


def test_a_pairs_sale_of_yesterday_is_of_the_arming_and_not_of_today() -> None:
    before = pair_fill(pair_holding(), SELL, 30, fee=5)
    traded = pair_fill(before, SELL, 50, fee=7)
    after = pair_as_of_before(traded, before)
    assert (after.sold_today, after.realised_today, after.fees_today) == (30, 30 * 1_000, 5)
    assert replace(after, sold_today=80, realised_today=80_000, fees_today=12) == traded
    kept = pair_summary(after, 0)
    assert (kept.trips, kept.trips_today, kept.realised) == (1, 0, 80_000)


def test_a_pairs_purchase_of_yesterday_stays_held() -> None:
    before = pair_holding()
    owner = Owner(OwnerKind.ROLLING, before.leg)
    traded = on_pair_fill(before, owner, BUY, 99_000, 80, 99_000, 0, NOON)
    assert pair_as_of_before(traded, before) == traded
