"""The paper world: virtual days that roll, jump, are saved and continue exactly."""

from datetime import date
from functools import lru_cache

import pytest
from paper_bench import BUY, OWNER, SELL

from qmtdesk.domain.messages import (
    AccountReported,
    Cancel,
    DayOpened,
    FillReported,
    LinkChanged,
    OrderReported,
    Place,
    Query,
    Quoted,
    TimePassed,
)
from qmtdesk.domain.sessions import at_of, clock_text, shanghai_day
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.gateways.paper.universe import BONDS
from qmtdesk.gateways.paper.world import Timed, World, WorldError

DAY = date(2026, 11, 20)
BOND = "113901.SH"


@lru_cache
def feed_of(seed: int) -> GeneratedFeed:
    """One feed for all tests: it computes, it does not remember."""
    return GeneratedFeed(seed)


def world_at(hour: int, minute: int = 0, seed: int = 7, day: date = DAY) -> World:
    feed = feed_of(seed)
    at = at_of(day, hour, minute)
    world = World(feed, PaperExchange(feed.account(at), seed=seed), at)
    world.opened()
    return world


def of(events: list[Timed], kind: type) -> list[object]:
    return [event for _, event in events if isinstance(event, kind)]


def last_of(world: World, code: str) -> int:
    quote = world.feed.quote_at(world.day, code, world.at)
    assert quote is not None
    return quote.last


def test_a_world_opens_with_link_day_and_the_newest_snapshot_of_every_code() -> None:
    feed = feed_of(7)
    at = feed.opening(date(2026, 11, 22))
    assert (shanghai_day(at), clock_text(at)) == (DAY, "10:24:00.000")
    events = World(feed, PaperExchange(feed.account(at)), at).opened()
    assert [type(event) for _, event in events[:2]] == [LinkChanged, DayOpened]
    assert len(events) == 82
    assert all(when == at for when, _ in events)


def test_a_fresh_account_is_worth_a_million_and_holds_what_guards_and_grids_need() -> None:
    world = world_at(10, 24)
    report = world.exchange.report(world.at)
    assert report.asset.total == 1_000_000_000
    held = {one.code for one in report.positions}
    boards = feed_of(7).market.boards(DAY)
    assert len(held & set(boards)) == 4
    assert sum(code.startswith(("11", "12")) for code in held) == 4
    assert all(one.volume == one.can_use > 0 for one in report.positions)


def test_time_passes_in_seconds_and_events_come_in_order() -> None:
    world = world_at(10, 24)
    events = world.advance(10_000)
    assert [when for when, _ in events] == sorted(when for when, _ in events)
    assert len(of(events, TimePassed)) == 10
    assert 80 * 3 <= len(of(events, Quoted)) <= 80 * 4
    assert world.at == at_of(DAY, 10, 24, 10)


def test_many_small_steps_tell_what_one_large_step_tells() -> None:
    small, large = world_at(10, 24), world_at(10, 24)
    for world in (small, large):
        world.submit(Place("r1", BOND, BUY, last_of(world, BOND) // 1000 * 1000, 100, OWNER))
        world.query(Query(1))
    pieces = [event for _ in range(200) for event in small.advance(300)]
    assert pieces == large.advance(60_000)
    assert small.dump() == large.dump()


@pytest.mark.parametrize("hour", [10, 13])
def test_the_nearest_buys_of_thirty_basis_point_grids_fill_within_a_minute_on_several_bonds(hour: int) -> None:
    world = world_at(hour, 24)
    for number, bond in enumerate(one for one in BONDS if one.restless > 60):
        last = last_of(world, bond.code)
        world.submit(Place(f"r{number}", bond.code, BUY, last * 9985 // 10_000, 10, OWNER))
    fills = of(world.advance(60_000), FillReported)
    assert len(fills) >= 4


def test_the_day_ends_with_dead_orders_and_the_next_one_begins_before_its_auction() -> None:
    world = world_at(14, 59)
    price = last_of(world, "605802.SH") * 95 // 1000 * 10
    world.submit(Place("r1", "605802.SH", BUY, price, 100, OWNER))
    world.submit(Place("r2", BOND, BUY, last_of(world, BOND) * 9 // 10, 10, OWNER))
    events = world.advance(7 * 60_000)
    states = [(event.order.remark, event.order.state.value) for event in of(events, OrderReported)]  # type: ignore[attr-defined]
    assert ("r2", "cancelled") in states
    (opened,) = of(events, DayOpened)
    assert opened.day == "2026-11-23"  # type: ignore[attr-defined]
    assert clock_text(world.at) == "09:15:50.000"
    assert world.exchange.orders == ()


def test_prices_continue_over_the_night() -> None:
    world = world_at(14, 59, 0)
    events = world.advance(60_000 * 7)
    closes = {e.quote.code: e.quote.last for _, e in events if isinstance(e, Quoted) and e.quote.last}
    (opened,) = [e for _, e in events if isinstance(e, DayOpened)]
    assert {one.code: one.prev_close for one in opened.instruments} == closes


def test_a_jump_ahead_lets_resting_orders_live_through_what_is_skipped() -> None:
    jumped, walked = world_at(10, 24), world_at(10, 24)
    for world in (jumped, walked):
        world.submit(Place("r1", BOND, BUY, last_of(world, BOND) * 998 // 1000, 100, OWNER))
        world.advance(1000)
    skipped = jumped.jump(10 * 60 + 36)
    walked.advance(at_of(DAY, 10, 36) - walked.at)
    assert clock_text(jumped.at) == "10:36:00.000"
    assert len(of(skipped, Quoted)) == 80
    assert jumped.exchange.report(jumped.at) == walked.exchange.report(jumped.at)
    assert of(skipped, FillReported)


def test_a_jump_to_an_earlier_minute_is_the_next_trading_day() -> None:
    world = world_at(10, 24)
    world.submit(Place("r1", BOND, BUY, last_of(world, BOND) * 9 // 10, 100, OWNER))
    events = world.jump(9 * 60 + 40)
    assert (world.day, clock_text(world.at)) == (date(2026, 11, 23), "09:40:00.000")
    assert [event.order.state.value for event in of(events, OrderReported)][-1] == "cancelled"  # type: ignore[attr-defined]
    assert world.exchange.account.frozen == 0


def test_a_saved_world_continues_exactly() -> None:
    world = world_at(10, 24)
    world.submit(Place("r1", BOND, BUY, last_of(world, BOND) * 999 // 1000, 500, OWNER))
    world.advance(150)
    data = world.dump()
    assert World.feed_named_in(data) == "generated:7"
    feed = feed_of(7)
    again = World.continued(data, feed, PaperExchange(PaperAccount(0)))
    assert again.opened()[0][0] == world.at
    later = world.advance(120_000)
    assert again.advance(120_000) == later
    assert again.dump() == world.dump()
    assert of(later, FillReported)


def test_a_world_saved_on_another_feed_or_damaged_is_refused() -> None:
    data = world_at(10, 24).dump()
    with pytest.raises(WorldError, match="ran on generated:7, not on generated:8"):
        World.continued(data, feed_of(8), PaperExchange(PaperAccount(0)))
    for damaged in (data[:-20], b"", b"\x93\x01"):
        with pytest.raises(WorldError, match="cannot be read"):
            World.continued(damaged, feed_of(7), PaperExchange(PaperAccount(0)))
        if damaged != data[:-20]:
            with pytest.raises(WorldError):
                World.feed_named_in(damaged)
    assert GeneratedFeed.called("recorded:abc") is None


def test_without_the_link_nothing_arrives_and_a_mended_link_can_tell_the_day_again() -> None:
    world = world_at(10, 24)
    price = last_of(world, BOND) + 500
    world.submit(Place("r1", BOND, BUY, price, 100, OWNER))
    assert world.set_link(up=False) == [(world.at, LinkChanged(False))]
    world.submit(Place("r2", BOND, BUY, price, 100, OWNER))
    world.cancel(Cancel("r1", "1090000001"))
    world.query(Query(1))
    silent = world.advance(5000)
    assert {type(event) for _, event in silent} == {Quoted, TimePassed}
    assert [entry.remark for entry in world.exchange.orders] == ["r1"]
    world.set_link(up=True, replay=True)
    world.query(Query(2))
    told = world.advance(5000)
    assert len(of(told, FillReported)) == len(world.exchange.report(world.at).fills) > 0
    assert [event.request for event in of(told, AccountReported)] == [2]  # type: ignore[attr-defined]


def test_silenced_codes_are_matched_but_not_told() -> None:
    world = world_at(10, 24)
    world.set_silent(frozenset({BOND}))
    world.by_hand(BOND, SELL, 100_000, 10)
    events = world.advance(6000)
    assert BOND not in {event.quote.code for event in of(events, Quoted)}  # type: ignore[attr-defined]
    assert len({event.quote.code for event in of(events, Quoted)}) == 79  # type: ignore[attr-defined]


def test_a_board_bought_on_an_earlier_day_can_be_sold_into_its_queue() -> None:
    world = world_at(10, 24)
    boards = feed_of(7).market.boards(DAY)
    held = {one.code: one.can_use for one in world.exchange.report(world.at).positions}
    for _ in range(20):
        for code in boards[:4]:
            quote = world.feed.quote_at(DAY, code, world.at)
            assert quote is not None
            if quote.bid1.price == quote.limit_up and not quote.offered:
                world.submit(Place("g1", code, SELL, quote.limit_up, held[code], OWNER))
                (fill,) = of(world.advance(2000), FillReported)
                assert (fill.fill.price, fill.fill.volume) == (quote.limit_up, held[code])  # type: ignore[attr-defined]
                return
        world.advance(30_000)
    pytest.fail("no board sealed within ten minutes")
