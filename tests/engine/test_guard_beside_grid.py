"""A guard and a grid on one code: from the trigger until the guard has sold the grid stands aside."""

from words import told, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, GuardPlan, RuleId, RuleSetting, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import guards
from qmtdesk.engine.books import put
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

S = OrderState
LIMIT = 11_000
GRID = GridPlan(code=STOCK, base=BaseKind.LAST, first_buy=False, adopt=2_000, unit=1_000, amount=0, step_bp=50)
SELLING = replace(GRID, sell_only=True)
ON_BREAK = (RuleSetting(rule=RuleId.R1, on=False), RuleSetting(rule=RuleId.R11, threshold=1))
GUARD = GuardPlan(code=STOCK, rules=ON_BREAK)


def both(plan: GridPlan = GRID, guard: GuardPlan = GUARD, held: int = 5_000, **kit: object) -> MarketDay:
    """A sealed board with a guard, and above its last price the resting sales of a grid."""
    day = MarketDay(held={STOCK: (held, 9_000)}, **kit).open()  # type: ignore[arg-type]
    day.price(STOCK, 10_800)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    assert day.feed(m.ArmGuard(guard)).refusal is None
    day.live_market(3_000)
    assert sales(day, OwnerKind.GRID, OwnerKind.ROLLING)
    return day


def sales(day: MarketDay, *kinds: OwnerKind) -> list[int]:
    """Volumes on offer."""
    return [o.open_volume for o in day.live(STOCK) if o.side is Side.SELL and o.owner.kind in kinds]


def seals_at_a_distance(day: MarketDay) -> None:
    """The program sees a sealed board; the counter's market stays below, so that nothing of the grid fills."""
    for _ in range(2):
        day.wait(3_000)
        day.feed(m.Quoted(sealed_quote(STOCK, day.at, LIMIT, 30_000, prev=10_000)))


def falls(day: MarketDay, *lasts: int) -> None:
    for last in lasts:
        day.wait(3_000)
        day.price(STOCK, last, depth=100_000, volume=20_000 + day.at % 10_000_000)


def test_from_the_trigger_on_the_grids_sales_go_and_the_guard_sells_everything() -> None:
    day = both(SELLING)
    seals_at_a_distance(day)
    resting = sum(sales(day, OwnerKind.GRID))
    falls(day, 10_780)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sale.target) == (GuardState.TRIGGERED, 5_000)
    # what is free leaves at once
    assert [(p.owner.kind, p.volume) for p in day.places()][-1] == (OwnerKind.GUARD, 5_000 - resting)
    falls(day, 10_700, 10_600, 10_500)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sold) == (GuardState.SOLD, 5_000)
    assert STOCK not in day.state.holdings
    assert Why.SELL_ROOM not in day.said()


def test_what_is_free_leaves_before_the_grids_sales_use_up_the_messages_of_the_second() -> None:
    day = both(replace(SELLING, unit=100), limits=RiskLimits(per_second=3))
    seals_at_a_distance(day)
    resting = sum(sales(day, OwnerKind.GRID))
    assert len(sales(day, OwnerKind.GRID)) == 3
    day.wait(1_500)
    before = len(day.sent)
    day.quote(quote_of(STOCK, day.at, 10_780, prev=10_000, depth=100_000, volume=30_000))
    sale, *cancels = [intent for _, intent in day.sent[before:]]
    assert isinstance(sale, m.Place)
    assert (sale.owner.kind, sale.volume) == (OwnerKind.GUARD, 5_000 - resting)
    # one message of the second stays for what comes free
    assert [type(each) for each in cancels] == [m.Cancel]
    falls(day, 10_770, 10_760, 10_750, 10_740)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sold) == (GuardState.SOLD, 5_000)


def test_while_the_guard_sells_the_grid_puts_nothing_on_the_book() -> None:
    day = both()
    seals_at_a_distance(day)
    day.deaf = True
    falls(day, 10_780, 10_600, 10_780)
    after = [p for at, p in day.sent if isinstance(p, m.Place) and day.at - at < 8_500]
    assert {p.owner.kind for p in after} == {OwnerKind.GUARD}
    assert day.state.blocked[STOCK].why in (Why.ALREADY_TRIGGERED, Why.WAITING_CANCEL)


def test_a_grids_sale_whose_cancel_is_not_confirmed_is_never_sold_a_second_time() -> None:
    day = both(SELLING)
    seals_at_a_distance(day)
    (resting,) = [o for o in day.live(STOCK) if o.side is Side.SELL and o.owner.kind is OwnerKind.GRID][:1]
    hold = sum(sales(day, OwnerKind.GRID))
    day.deaf = True
    falls(day, 10_780)
    (place,) = [p for p in day.places() if p.owner.kind is OwnerKind.GUARD]
    assert place.volume == 5_000 - hold
    told(day, place, S.FILLED, place.volume, number="88001")
    day.feed(m.FillReported(trade_of(day, place, place.volume, "1", number="88001")))
    falls(day, 10_700, 10_600)
    assert [p for p in day.places() if p.owner.kind is OwnerKind.GUARD] == [place]
    assert {resting.ref} <= {cancel.ref for cancel in day.cancels()}
    assert day.state.blocked[STOCK].why is Why.WAITING_CANCEL


def test_what_the_grid_still_sold_after_the_trigger_the_guard_need_not_sell() -> None:
    day = both(SELLING)
    seals_at_a_distance(day)
    resting = [o for o in day.live(STOCK) if o.side is Side.SELL and o.owner.kind is OwnerKind.GRID]
    hold = sum(order.open_volume for order in resting)
    day.deaf = day.mute = True
    falls(day, 10_780)
    (place,) = [p for p in day.places() if p.owner.kind is OwnerKind.GUARD]
    day.feed(m.FillReported(trade_of(day, place, place.volume, "1", number="88001")))
    told(day, place, S.FILLED, place.volume, number="88001")
    for number, order in enumerate(resting):
        row = replace(place, ref=order.ref, side=order.side, price=order.price, volume=order.volume, owner=order.owner)
        day.feed(m.FillReported(trade_of(day, row, order.volume, f"9{number}", number=order.broker_id)))
        told(day, row, S.FILLED, order.volume, number=order.broker_id)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sold, guard.sale.target) == (GuardState.SOLD, 5_000 - hold, 5_000 - hold)


def test_where_the_grid_alone_sold_everything_the_guard_ends_and_says_so() -> None:
    day = both(SELLING, held=2_000)
    seals_at_a_distance(day)
    resting = [o for o in day.live(STOCK) if o.side is Side.SELL]
    day.feed(m.SetMaster(on=False))
    day.deaf = day.mute = True
    falls(day, 10_780)
    for number, order in enumerate(resting):
        row = m.Place(order.ref, STOCK, order.side, order.price, order.volume, order.owner)
        day.feed(m.FillReported(trade_of(day, row, order.volume, f"9{number}", number=order.broker_id)))
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sold) == (GuardState.SOLD, 0)
    (line,) = [each for each in day.state.lines if each.reason.why is Why.SOLD_ELSEWHERE]
    assert (line.level, line.code, line.reason.args) == ("notice", STOCK, ())


def test_a_grids_sale_in_doubt_freezes_its_side_for_the_guard_too_until_it_is_settled() -> None:
    day = both(SELLING)
    seals_at_a_distance(day)
    doubt = next(o for o in day.live(STOCK) if o.owner.kind is OwnerKind.GRID)
    day.wait(3_000)
    day.deaf = True
    known = day.state.orders
    day.state = replace(day.state, orders=put(known, doubt.ref, replace(doubt, state=S.UNKNOWN)))
    day.quote(quote_of(STOCK, day.at, 10_780, prev=10_000, depth=100_000, volume=30_000))
    assert [p for p in day.places() if p.owner.kind is OwnerKind.GUARD] == []
    assert day.state.blocked[STOCK].why is Why.SIDE_FROZEN
    day.state = replace(day.state, orders=put(day.state.orders, doubt.ref, doubt))
    day.wait(1_000)
    day.quote(quote_of(STOCK, day.at, 10_770, prev=10_000, depth=100_000, volume=40_000))
    assert [p.owner.kind for p in day.places()][-1] is OwnerKind.GUARD


def test_a_part_stays_to_be_sold_in_full_where_the_grid_sold_other_shares() -> None:
    day = both(SELLING, replace(GUARD, sell_volume=1_000))
    seals_at_a_distance(day)
    resting = next(o for o in day.live(STOCK) if o.owner.kind is OwnerKind.GRID)
    day.deaf = day.mute = True
    falls(day, 10_780)
    row = replace(day.places()[-1], ref=resting.ref, price=resting.price, owner=resting.owner)
    day.feed(m.FillReported(trade_of(day, row, resting.volume, "1", number=resting.broker_id)))
    assert day.state.holdings[STOCK].sellable == 4_000
    assert day.state.guards[STOCK].sale.target == 1_000


def test_a_part_is_sold_in_full_however_much_the_grid_sells_beside_it() -> None:
    day = both(guard=replace(GUARD, sell_volume=1_000))
    seals_at_a_distance(day)
    falls(day, 10_780, 10_700)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sold) == (GuardState.SOLD, 1_000)
    # sold: the grid's own sales go on, its buys do not
    day.live_market(6_000)
    assert {o.side for o in day.live(STOCK)} == {Side.SELL}


def test_a_pairs_sale_and_one_left_behind_stand_aside_as_well() -> None:
    rolling = replace(GRID, mode=GridMode.ROLLING)
    for plan, left in ((rolling, False), (rolling, True), (GRID, True)):
        day = both(plan)
        if left:
            day.feed(m.DisarmGrid(STOCK, StopHow.LEAVE))
        seals_at_a_distance(day)
        falls(day, 10_780, 10_700, 10_600, 10_500)
        guard = day.state.guards[STOCK]
        assert (guard.state, guard.sold) == (GuardState.SOLD, 5_000), (plan.mode, left)


def test_what_a_stop_with_selling_would_sell_the_guard_sells_first() -> None:
    day = both(SELLING)
    seals_at_a_distance(day)
    day.feed(m.SetMaster(on=False))
    falls(day, 10_780)
    day.feed(m.DisarmGrid(STOCK, StopHow.SELL))
    day.wait(1_500)
    assert sales(day, OwnerKind.GRID) == []
    day.feed(m.SetMaster(on=True))
    falls(day, 10_770, 10_760)
    assert day.state.guards[STOCK].sold == 5_000
    assert OwnerKind.CLEAR not in {place.owner.kind for place in day.places()}


def test_a_stop_with_selling_that_waits_for_its_cancels_gives_their_shares_to_the_guard() -> None:
    day = both(SELLING)
    seals_at_a_distance(day)
    day.feed(m.DisarmGrid(STOCK, StopHow.SELL))
    day.price(STOCK, 10_780, depth=100_000, volume=20_100)
    day.wait(2_000)
    assert day.state.guards[STOCK].sold == 5_000
    assert OwnerKind.CLEAR not in {place.owner.kind for place in day.places()}


def test_a_sale_of_a_stopped_grid_makes_room_for_the_guard() -> None:
    day = both(SELLING)
    seals_at_a_distance(day)
    day.feed(m.DisarmGrid(STOCK, StopHow.SELL))
    day.wait(200)
    day.exchange.market(quote_of(STOCK, day.at, 10_500, prev=10_000))
    day.wait(1_000)
    day.price(STOCK, 10_500)
    assert sales(day, OwnerKind.CLEAR)
    falls(day, 10_400)
    assert sales(day, OwnerKind.CLEAR) == []
    falls(day, 10_300, 10_200)
    assert day.state.guards[STOCK].state is GuardState.SOLD
    assert day.state.guards[STOCK].sold == 5_000


def test_a_guard_that_is_switched_off_gives_the_grid_its_way_again() -> None:
    day = both()
    seals_at_a_distance(day)
    day.feed(m.SetMaster(on=False))
    falls(day, 10_780, 10_700)
    assert sales(day, OwnerKind.GRID) == []
    day.feed(m.DisarmGuard(STOCK))
    day.feed(m.SetMaster(on=True))
    falls(day, 10_690)
    day.live_market(4_000)
    assert sales(day, OwnerKind.GRID)


def test_a_grid_of_a_suspended_code_does_not_keep_its_guard_from_selling() -> None:
    day = both()
    seals_at_a_distance(day)
    day.state = replace(day.state, suspended={STOCK: day.state.lines[0].reason})
    falls(day, 10_780, 10_700, 10_600)
    assert day.state.guards[STOCK].state is GuardState.SOLD
    assert day.state.holdings[STOCK].sellable == 0


def test_a_bonds_grid_stands_aside_too() -> None:
    day = MarketDay(held={BOND: (300, 100_000)}).open()
    day.price(BOND, 143_000)
    plan = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, adopt=200, unit=100, step_bp=100)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    assert day.feed(m.ArmGuard(GuardPlan(code=BOND, rules=ON_BREAK))).refusal is None
    day.live_market(6_000)
    for _ in range(2):
        day.wait(3_000)
        day.feed(m.Quoted(sealed_quote(BOND, day.at, 144_000, 400_000, prev=120_000)))
    for last in (142_900, 142_000, 141_000):
        day.wait(3_000)
        day.quote(quote_of(BOND, day.at, last, prev=120_000, depth=100_000, volume=30_000 + last))
    assert day.state.guards[BOND].state is GuardState.SOLD
    assert BOND not in day.state.holdings


def test_after_an_odd_rest_ended_the_guard_the_grid_buys_nothing_back() -> None:
    star = "688111.SH"
    day = MarketDay(held={star: (5_000, 9_000)}, prices={star: 10_000}).open()
    day.price(star, 11_700)
    assert day.feed(m.ArmGrid(replace(GRID, code=star, unit=200))).refusal is None
    assert day.feed(m.ArmGuard(GuardPlan(code=star, sell_volume=1_000, rules=ON_BREAK))).refusal is None
    day.live_market(3_000)
    for _ in range(2):
        day.wait(3_000)
        day.feed(m.Quoted(sealed_quote(star, day.at, 12_000, 30_000, prev=10_000)))
    day.wait(3_000)
    day.feed(m.Quoted(quote_of(star, day.at, 11_850, prev=10_000, depth=100_000, volume=20_000)))
    day.wait(500)
    day.deaf = day.mute = True
    (place,) = [p for p in day.places() if p.owner.kind is OwnerKind.GUARD]
    number = day.state.orders[place.ref].broker_id
    told(day, place, S.PARTIAL, 900, number=number)
    day.feed(m.FillReported(trade_of(day, place, 900, "1", number=number)))
    day.wait(3_000)
    day.feed(m.Quoted(quote_of(star, day.at, 11_700, prev=10_000, depth=100_000, volume=30_000)))
    assert place.ref in {cancel.ref for cancel in day.cancels()}
    told(day, place, S.PART_CANCELLED, 900, number=number)
    sent = len(day.places())
    for last in (11_690, 11_680, 11_670):
        day.wait(3_000)
        day.feed(m.Quoted(quote_of(star, day.at, last, prev=10_000, depth=100_000, volume=30_000 + last)))
    assert Why.ODD_REST in day.said()
    assert day.state.guards[star].state is GuardState.SOLD
    assert {place.side for place in day.places()[sent:]} == {Side.SELL}


def test_a_grid_buys_back_nothing_after_the_guard_sold_until_the_user_takes_the_code_off_the_list() -> None:
    day = both()
    seals_at_a_distance(day)
    falls(day, 10_780, 10_700, 10_600, 10_500, 10_400, 10_300)
    assert day.state.guards[STOCK].state is GuardState.SOLD
    assert [o for o in day.live(STOCK) if o.side is Side.BUY] == []
    assert day.state.blocked[STOCK].why is Why.GUARD_SOLD
    assert day.feed(m.WatchStock(STOCK, on=False)).refusal is None
    assert day.state.guards[STOCK].state is GuardState.OFF
    assert STOCK not in guards.watched(day.state)
    falls(day, 10_300)
    assert [o for o in day.live(STOCK) if o.side is Side.BUY]
    assert STOCK not in day.state.blocked


def test_a_grids_order_pulled_while_the_program_was_off_brings_no_sale_before_a_guard_that_has_to_sell() -> None:
    day = both(replace(GRID, unit=100))
    seals_at_a_distance(day)
    pulled = next(order for order in day.live(STOCK) if order.side is Side.SELL)
    day.mute = True
    day.exchange.cancel(day.at, m.Cancel("", pulled.broker_id))
    # one of its buys fills as well, so that it has something more to sell
    day.exchange.market(quote_of(STOCK, day.at, 10_740, prev=10_000))
    day.wait(3_000)
    day.state = day.folded()
    day.connect()
    # the board opened while nobody looked, and what is held is not known yet
    day.price(STOCK, 10_780, depth=100_000, volume=30_000)
    assert day.state.guards[STOCK].owed is not None
    day.mute = False
    before = len(day.places(STOCK))
    for _ in range(5):
        falls(day, 10_780)
    assert day.said().count(Why.GAP_PAUSED) == 1
    assert {place.owner.kind for place in day.places(STOCK)[before:]} == {OwnerKind.GUARD}
