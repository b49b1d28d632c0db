"""The trial's one order: far away, one lot, through the gate, and nobody's business but the user's."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.engine.trial_order import newest
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay


def day_of(**more: object) -> MarketDay:
    return MarketDay(held={BOND: (1_000, 120_000)}, **more).open()  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "price", "volume"), [(BOND, 96_000, 10), (STOCK, 9_000, 100)])
def test_it_buys_one_lot_at_the_lower_limit(code: str, price: int, volume: int) -> None:
    day = day_of()
    assert day.feed(m.PlaceTrial(code)).refusal is None
    (place,) = day.places()
    assert (place.code, place.side, place.price, place.volume) == (code, Side.BUY, price, volume)
    assert place.owner.kind is OwnerKind.TRIAL
    day.live_market(30_000)
    order = newest(day.state)
    assert order is not None
    assert (order.state, order.filled) == (OrderState.WORKING, 0)


def test_there_is_one_at_a_time() -> None:
    day = day_of()
    day.feed(m.PlaceTrial(BOND))
    day.wait(2_000)
    refused = day.feed(m.PlaceTrial(STOCK)).refusal
    assert refused is not None
    assert refused.why is Why.DUPLICATE_ORDER
    assert len(day.places()) == 1


def test_it_can_be_cancelled_by_hand_and_placed_again() -> None:
    day = day_of()
    day.feed(m.PlaceTrial(BOND))
    day.wait(2_000)
    assert day.feed(m.CancelOne(day.places()[0].ref)).refusal is None
    day.wait(2_000)
    assert day.live() == []
    day.live_market(60_000)
    assert day.feed(m.PlaceTrial(BOND)).refusal is None


def test_the_kill_switch_takes_it_off_and_keeps_it_off() -> None:
    day = day_of()
    day.feed(m.PlaceTrial(BOND))
    day.wait(2_000)
    day.feed(m.Kill("key"))
    day.wait(2_000)
    assert day.live() == []
    refused = day.feed(m.PlaceTrial(BOND)).refusal
    assert refused is not None
    assert refused.why is Why.KILLED


@pytest.mark.parametrize("off", [m.SetMaster(on=False), m.LinkChanged(up=False)])
def test_the_gate_holds_for_it_too(off: m.Event) -> None:
    day = day_of()
    day.feed(off)
    assert day.feed(m.PlaceTrial(BOND)).refusal is not None
    assert day.places() == []


def test_near_the_lower_limit_it_is_not_sent() -> None:
    day = day_of()
    day.wait(1_000)
    day.price(BOND, 98_000)
    refused = day.feed(m.PlaceTrial(BOND)).refusal
    assert refused is not None
    assert refused.why is Why.TRIAL_TOO_NEAR


def test_taking_it_off_at_the_terminal_stops_no_grid_of_that_code() -> None:
    day = day_of()
    day.feed(m.ArmGrid(GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100)))
    day.live_market(6_000)
    day.feed(m.PlaceTrial(BOND))
    day.wait(2_000)
    order = newest(day.state)
    assert order is not None
    day.exchange.cancel(day.at, m.Cancel(order.ref, order.broker_id))
    day.live_market(15_000)
    assert day.state.grids[BOND].armed
    assert newest(day.state).state is OrderState.CANCELLED  # type: ignore[union-attr]
