"""An own order under a counter's number that complete answers of the same day do not know any more."""

import pytest
from words import ID, KEPT, answer, beat, by_hand, deaf_grid, row_of, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import gate
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.simulate.market_day import BOND, BOND2, MarketDay

S = OrderState


def look(day: MarketDay, times: int, orders: list[object]) -> None:
    """Three seconds, a question and its answer, several times."""
    for _ in range(times):
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, orders=orders)  # type: ignore[arg-type]


def working() -> tuple[MarketDay, Place, list[object]]:
    """Our order stands at the counter, and somebody else's beside it."""
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    other = row_of(day, by_hand(BOND2, Side.BUY, 100_000, 10), S.WORKING, number="9")
    beat(day, 4)
    day.feed(m.AskNow())
    answer(day, orders=[row_of(day, place, S.WORKING), other])
    assert day.state.orders[place.ref].state is S.WORKING
    return day, place, [other]


def test_one_answer_without_it_proves_nothing() -> None:
    day, place, rest = working()
    look(day, 1, orders=rest)
    assert day.state.orders[place.ref].state is S.WORKING
    look(day, 1, orders=[*rest, row_of(day, place, S.WORKING)])
    look(day, 1, orders=rest)
    assert day.state.orders[place.ref].state is S.WORKING


def test_two_that_agree_put_it_in_doubt_and_freeze_its_side() -> None:
    day, place, rest = working()
    look(day, 2, orders=rest)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.said().count(Why.ORDER_MISSING) == 1
    assert day.places(BOND) == [place]


@pytest.mark.parametrize("restart", [True, False])
def test_who_says_that_it_is_not_there_has_it_cancelled_by_its_number_before_its_level_is_free(restart: bool) -> None:
    day, place, rest = working()
    look(day, 2, orders=rest)
    if restart:
        day.restart(resume=True)
    assert day.state.orders[place.ref].in_doubt
    step = day.feed(m.DecideUnknown(place.ref))
    assert step.refusal is None
    leaving = [intent for intent in step.intents if isinstance(intent, m.Cancel | m.Place)]
    assert leaving[0] == m.Cancel(place.ref, ID)
    day.feed(m.Kill("button"))
    assert day.state.kill is not None
    assert place.ref in day.state.kill.refs
    look(day, 1, orders=[*rest, row_of(day, place, S.WORKING)])
    assert day.state.orders[place.ref].live


def test_after_three_more_looks_it_is_settled_told_and_its_level_is_left_alone() -> None:
    day, place, rest = working()
    look(day, 5, orders=rest)
    assert day.state.orders[place.ref].state is S.REFUSED
    assert day.said().count(Why.ORDER_GONE) == 1
    assert Why.GAP_PAUSED in day.said()
    look(day, 10, orders=rest)
    gaps = {(p.owner, p.side) for p in day.places(BOND)}
    assert (place.owner, place.side) in gaps
    assert [p for p in day.places(BOND) if (p.owner, p.side) == (place.owner, place.side)] == [place]


@pytest.mark.parametrize("after", [2, 3, 5])
def test_whenever_it_turns_up_again_it_is_taken_over(after: int) -> None:
    day, place, rest = working()
    look(day, after, orders=rest)
    look(day, 1, orders=[*rest, row_of(day, place, S.WORKING)])
    assert day.state.orders[place.ref].state in (S.WORKING, S.CANCELLING)
    traded(day, place, 10)
    assert day.state.orders[place.ref].filled == 10
    assert day.state.grids[BOND].grid.held_total == 10


def test_a_list_without_any_order_settles_nothing() -> None:
    """A counter that forgot everything is not asked about one order: the user is, or the day ends."""
    day, place, _ = working()
    look(day, 12, orders=[])
    assert day.state.orders[place.ref].state is not S.REFUSED
    assert day.places(BOND) == [place]


def test_an_answer_given_before_the_order_was_last_heard_of_is_no_look() -> None:
    day, place, rest = working()
    old = day.at
    for _ in range(6):
        beat(day, 3)
        told(day, place, S.WORKING, text=str(day.at))
        now, day.at = day.at, old
        day.feed(m.AskNow())
        answer(day, orders=rest)
        day.at = now
    assert day.state.orders[place.ref].state is S.WORKING


def test_a_stopped_grid_waits_for_the_doubt_and_then_ends() -> None:
    day, place, rest = working()
    look(day, 2, orders=rest)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert day.state.grids[BOND].winding is StopHow.CANCEL
    look(day, 4, orders=rest)
    assert day.state.grids[BOND].winding is None
    assert day.places(BOND) == [place]


def test_a_restart_does_not_forget_the_doubt() -> None:
    day, place, rest = working()
    look(day, 2, orders=rest)
    day.restart(resume=True)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.state.orders[place.ref].broker_id == ID
    look(day, 5, orders=rest)
    assert day.state.orders[place.ref].state is S.REFUSED
    assert len(day.places(BOND)) <= 2


@pytest.mark.parametrize(
    ("cap", "why"), [("symbol_exposure", Why.SYMBOL_EXPOSURE), ("account_exposure", Why.ACCOUNT_EXPOSURE)]
)
def test_both_caps_count_it_until_the_user_decides(cap: str, why: Why) -> None:
    day, place, rest = working()
    look(day, 5, orders=rest)
    (next_one,) = [each for each in day.places(BOND) if each != place]
    lower = replace(place, ref="q-new", price=place.price - 5_000, owner=replace(place.owner, slot=-50))
    room = sum(each.price * each.volume for each in (next_one, lower))
    for bound, refused in ((room, True), (room + place.price * place.volume, False)):
        day.state = replace(day.state, limits=replace(day.state.limits, **{cap: bound}))
        refusal = gate.refusal(day.state, lower)
        assert (refusal is not None and refusal.why is why) is refused


def test_no_own_sale_is_put_where_it_would_meet_it() -> None:
    day, place, rest = working()
    look(day, 5, orders=rest)
    sale = replace(place, ref="q-new", side=Side.SELL)
    refusal = gate.refusal(day.state, sale)
    assert refusal is not None
    assert refusal.why is Why.SELF_TRADE


def test_once_the_user_looked_and_says_it_is_gone_it_holds_nothing_up() -> None:
    day, place, rest = working()
    look(day, 5, orders=rest)
    sale = replace(place, ref="q-new", side=Side.SELL)
    assert day.feed(m.DecideUnknown(place.ref, "9")).refusal is not None
    assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    refusal = gate.refusal(day.state, sale)
    assert refusal is None or refusal.why is not Why.SELF_TRADE
    assert (day.state.lines[-1].reason.why, day.state.orders[place.ref].text) == (Why.DECIDED_GONE, "decided_gone")
    day.restart(resume=True)
    assert day.state.orders[place.ref].text == "decided_gone"
    assert day.feed(m.DecideUnknown(place.ref)).refusal is not None


def test_a_grid_armed_again_buys_nothing_until_the_user_decided() -> None:
    day, place, rest = working()
    look(day, 5, orders=rest)
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    beat(day, 2)
    assert day.feed(m.ArmGrid(replace(KEPT, unit=200))).refusal is None
    before = len(day.places(BOND))
    look(day, 1, orders=rest)
    assert len(day.places(BOND)) == before
    assert day.state.blocked[BOND].why is Why.OLD_BUY_UNLISTED
    assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    look(day, 1, orders=rest)
    assert len(day.places(BOND)) > before


def test_one_the_user_decided_about_is_taken_over_again_when_it_turns_up() -> None:
    day, place, rest = working()
    look(day, 5, orders=rest)
    day.feed(m.DecideUnknown(place.ref))
    traded(day, place, place.volume)
    assert day.state.orders[place.ref].filled == place.volume
    assert day.state.holdings[BOND].volume == place.volume


def test_a_sale_that_is_not_listed_is_taken_off_what_the_grid_has_left_to_sell() -> None:
    """It may trade all the same, and then a second sale of the same shares would sell the user's own."""
    day = MarketDay(held={BOND: (500, 110_000)}).open()
    day.deaf = True
    day.feed(m.ArmGrid(replace(KEPT, adopt=300, unit=100)))
    sale = next(each for each in day.places(BOND) if each.side is Side.SELL)
    told(day, sale, S.WORKING)
    other = row_of(day, by_hand(BOND2, Side.BUY, 100_000, 10), S.WORKING, number="9")
    rows = {"orders": [other], "positions": day.exchange.report(day.at).positions}
    for _ in range(6):
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, **rows)  # type: ignore[arg-type]
    assert day.state.orders[sale.ref].text == NOT_LISTED
    sales = [o.volume for o in day.live(BOND) if o.side is Side.SELL]
    assert (day.state.grids[BOND].grid.held_total, sales) == (300, [100])
    within = replace(sale, ref="q-new", price=sale.price + 2_000, owner=replace(sale.owner, slot=-50))
    beyond = replace(within, volume=200)
    assert room_refused(day, beyond) == 100
    assert room_refused(day, within) is None
    assert room_refused(day, replace(beyond, owner=Owner(OwnerKind.GUARD))) is None


def room_refused(day: MarketDay, place: Place) -> int | None:
    """What the gate says may still be sold when that is why it refuses."""
    reason = gate._room(day.state, place)
    return None if reason is None else dict(reason.args)["room"]
