"""What the paper counter says wrongly on demand: it is said, and the truth behind it stays what it was."""

import itertools

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountStatus
from qmtdesk.domain.order import OrderState, Owner, OwnerKind, Side
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import AT_ONCE, MOST_EMPTY, Faults
from qmtdesk.gateways.paper.garbled import OTHER
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.gateways.paper.world import World
from qmtdesk.simulate.market_day import BOND, MarketDay

BUY = m.Place("q261120-000001", BOND, Side.BUY, 119_000, 100, Owner(OwnerKind.GRID, 1))


def told_with(faults: Faults, place: m.Place = BUY, seed: int = 3) -> tuple[PaperExchange, list[m.BrokerEvent]]:
    """One order and one question at a counter with these faults, and all it says."""
    day = MarketDay(deaf=True, faults=faults, seed=seed).open()
    exchange = day.exchange
    exchange.submit(day.at, place)
    exchange.query(day.at + 2_000, m.Query(7))
    return exchange, [event for _, event in exchange.due(day.at + 10_000)]


def test_a_state_nobody_knows_is_told_with_what_the_counter_said() -> None:
    exchange, told = told_with(Faults(odd_status=1_000))
    rows = [event.order for event in told if isinstance(event, m.OrderReported)]
    rows += [row for event in told if isinstance(event, m.AccountReported) for row in event.report.orders]
    assert len(rows) >= 2
    assert all(row.state is OrderState.UNKNOWN and row.odd for row in rows)
    assert exchange.orders[0].state is OrderState.WORKING


def test_answers_with_holes_are_given_as_successes_and_named_for_whoever_checks() -> None:
    day = MarketDay(deaf=True, held={BOND: (500, 100_000)}, faults=Faults(empty_query=1_000)).open()
    numbers = range(1, 40)
    for number in numbers:
        day.exchange.query(day.at + number * 1_000, m.Query(number))
    told = [event for _, event in day.exchange.due(day.at + 60_000) if isinstance(event, m.AccountReported)]
    assert [event.request for event in told] == list(numbers)
    sound = {event.request for event in told if event.report.positions and event.report.asset.cash}
    assert set(numbers) - sound <= day.exchange.holed < set(numbers)
    assert {bool(event.report.positions) for event in told} == {bool(event.report.asset.cash) for event in told}
    whole = sorted(set(numbers) - day.exchange.holed)
    assert all(second - first == MOST_EMPTY + 1 for first, second in itertools.pairwise(whole))


def test_words_about_another_account_come_beside_the_right_ones() -> None:
    _, told = told_with(Faults(stray=1_000))
    orders = [event for event in told if isinstance(event, m.OrderReported)]
    assert {event.account for event in orders} == {"", OTHER}
    reports = [event for event in told if isinstance(event, m.AccountReported)]
    assert [event.account for event in reports] == ["", OTHER]


@pytest.mark.parametrize("side", list(Side))
def test_an_order_is_taken_at_another_price_or_volume_that_the_exchange_takes_too(side: Side) -> None:
    found = set()
    for seed in range(12):
        day = MarketDay(deaf=True, held={BOND: (500, 100_000)}, faults=Faults(change=1_000), seed=seed).open()
        day.exchange.submit(day.at, m.Place("q1", BOND, side, 120_000 if side is Side.BUY else 120_500, 100, BUY.owner))
        day.exchange.due(day.at + 2_000)
        (entry,) = day.exchange.orders
        assert entry.state is not OrderState.REJECTED
        found.add((entry.price, entry.volume))
    price, away = (120_000, -1) if side is Side.BUY else (120_500, 1)
    assert found == {(price, 50), (price + away, 100)}


def test_another_programs_order_is_pushed_with_its_remark_and_answered_to_nobody() -> None:
    day = MarketDay(deaf=True).open()
    number = day.exchange.submit_foreign(day.at, BOND, Side.BUY, 119_000, 100, "qtwoo261120-000001")
    told = [event for _, event in day.exchange.due(day.at + 2_000)]
    (row,) = [event.order for event in told if isinstance(event, m.OrderReported)]
    assert (row.broker_id, row.remark) == (number, "qtwoo261120-000001")
    assert not [event for event in told if isinstance(event, m.SubmitAnswered)]


def test_a_world_tells_the_accounts_status_at_once_and_with_each_new_link() -> None:
    feed = GeneratedFeed(1)
    at = 1_795_141_440_000
    world = World(feed, PaperExchange(PaperAccount(1_000_000), delays=AT_ONCE), at)
    world.opened()
    assert [event for _, event in world.set_status(AccountStatus.CORRECTING)] == [m.AccountStatusTold(5)]
    assert [event for _, event in world.set_link(up=False)] == [m.LinkChanged(up=False)]
    assert world.set_status(AccountStatus.FAILED) == []
    assert [event for _, event in world.set_link(up=True)] == [m.LinkChanged(up=True), m.AccountStatusTold(3)]
