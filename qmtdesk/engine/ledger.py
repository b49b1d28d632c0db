"""Orders and trades as the broker tells them: booked once, forward only, in whatever order they come."""

from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import FINAL, Fill, Order, OrderState, Owner, OwnerKind, Side, alike, may_follow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine import costs, earlier, meant
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import fill_key, number_of
from qmtdesk.engine.books import State
from qmtdesk.engine.work import ALARM, NOTICE, Work, loudness, said

FOREIGN = Owner(OwnerKind.FOREIGN)
LOST = Owner(OwnerKind.LOST)
NUMBERLESS = frozenset({OrderState.INTENDED, OrderState.SENT, OrderState.UNKNOWN})
PULLED = frozenset({OrderState.CANCELLED, OrderState.PART_CANCELLED})
CLOCKS_APART_MS = 5_000
LONG_BEFORE_MS = 600_000
"""What was over or traded so long before our order left is another's: no counter's clock is so far off."""
WIDE_MS = 120_000
"""A row stamped so far from when our order left may still be its own: a counter's clock is not the exchange's."""
TELLING = 8
"""So much of a ref says at least whose it is: the installation and the month."""
ARRIVES_MS = 30_000
"""A row without a remark that is younger than this after our order left is not ours."""


def answered(work: Work, ref: str, broker_id: str) -> None:
    """The counter gave our order a number; trades that came first under that number are now ours."""
    order = work.state.orders.get(ref)
    # a number that follows a rejection is the rejected order's; were it alive, a row would say so
    if order is None or not broker_id or order.broker_id or order.state is OrderState.REJECTED:
        return
    adopt(work, _alive(work, order), broker_id)


def _alive(work: Work, order: Order) -> Order:
    """An order given up on hearsay of which the counter speaks after all: in doubt again, and told so.

    REFUSED is always hearsay, and so is a rejection that came without a row and so without a number. A final state
    that a row said is never taken back.
    """
    hearsay = order.state is OrderState.REFUSED or (order.state is OrderState.REJECTED and not order.broker_id)
    if not hearsay:
        return order
    work.note(r.OrderMoved(order.ref, OrderState.UNKNOWN, work.state.at, asked=0))
    work.doubt(order.ref)
    work.revived.append(order)
    told = said(Why.ORDER_UNKNOWN, ref=order.ref, side=order.side.value, price_milli=order.price, text=order.text)
    work.log(ALARM, order.code, told)
    return work.state.orders[order.ref]


def adopt(work: Work, order: Order, broker_id: str) -> None:
    """Tie a counter number to our order, and take over what was booked to nobody or to a foreign row under it."""
    other = work.state.orders.get(work.state.refs.get(broker_id, ""))
    if other is not None and other.owner.kind is not OwnerKind.FOREIGN:
        # a number is one order's; whichever of the two it is, a report will tell
        work.query()
        return
    nobodys = ("", other.ref) if other is not None else ("",)
    # a number given anew: it is another order under the same number, but what was traded since is this one's
    if other is not None and not _may_be_told_as(work, order, other):
        other = None
    state: OrderState = order.state
    if state in (OrderState.SENT, OrderState.UNKNOWN):
        state = OrderState.WORKING
    told, odd, text = -1, None, ""
    if other is not None:
        state = other.state if may_follow(state, other.state) else state
        told, odd, text = other.told_filled, other.odd, other.text
    work.note(r.OrderMoved(order.ref, state, work.state.at, broker_id=broker_id, told_filled=told, odd=odd, text=text))
    # what became of it was told while nobody knew whose it was
    _ended(work, order, state, state is OrderState.REJECTED, text)
    _take_over(work, order.ref, broker_id, nobodys)


def _may_be_told_as(work: Work, order: Order, other: Order) -> bool:
    """Whether a row of nobody we know may have been our order's: not of other business, an earlier day or over by then.

    What was over before ours left is under a number that was given anew.
    """
    over = other.state in FINAL and known_before(work.state, other.ref, order.ref)
    return alike(other, order) and earlier.is_todays(work.state, other) and not over


def known_before(state: State, ref: str, other: str) -> bool:
    """Whether an order was seen before another was: what was seen before ours left is not ours, whatever the clocks."""
    return next(each for each in state.orders if each in (ref, other)) == ref


def _take_over(work: Work, ref: str, broker_id: str, nobodys: tuple[str, ...]) -> None:
    """What was booked to nobody under a number is the order's, as far as it has room for it."""
    order = work.state.orders[ref]
    for fill in [f for f in work.state.fills.values() if f.broker_id == broker_id and f.ref in nobodys]:
        if fill.at < order.created_at - LONG_BEFORE_MS or not alike(order, fill):
            continue
        if work.state.orders[ref].left >= fill.volume:
            claimed = replace(fill, ref=ref)
            work.note(r.FillBooked(claimed))
            work.filled.append(claimed)
            if fill.ref:
                work.claimed.append(fill)


def refused(work: Work, ref: str, text: str, *, by_link: bool = False) -> None:
    """Surely not placed; unless the counter knows it, for errors of earlier orders are told again for later ones.

    What the link refused the counter never saw: that counts as no rejection.
    """
    order = work.state.orders.get(ref)
    if order is None or not may_follow(order.state, OrderState.REJECTED):
        return
    if order.broker_id or order.filled:
        work.query()
        return
    if by_link:
        work.note(r.OrderMoved(ref, OrderState.REFUSED, work.state.at, text=text))
        work.log(loudness(order), order.code, said(Why.ORDER_REFUSED, ref=ref, text=text))
        return
    work.note(r.OrderMoved(ref, OrderState.REJECTED, work.state.at, text=text))
    work.rejected.append(order)
    work.log(loudness(order), order.code, said(Why.ORDER_REJECTED, ref=ref, text=text))


def doubtful(work: Work, ref: str, text: str) -> None:
    """Nobody can tell: keep it, ask, never send it again."""
    order = work.state.orders.get(ref)
    if order is not None and order.state is OrderState.UNKNOWN and not order.text and text:  # said why after all
        work.note(r.OrderMoved(ref, OrderState.UNKNOWN, order.updated_at, text=text))
    if order is None or not may_follow(order.state, OrderState.UNKNOWN) or order.broker_id:
        return
    work.note(r.OrderMoved(ref, OrderState.UNKNOWN, work.state.at, text=text, asked=0))
    work.doubt(ref)
    work.log(
        ALARM, order.code, said(Why.ORDER_UNKNOWN, ref=ref, side=order.side.value, price_milli=order.price, text=text)
    )
    work.query()


def cancel_refused(work: Work, broker_id: str, text: str) -> None:
    """The order stands as it stood; what became of it comes by itself or by the query."""
    ref = work.state.refs.get(broker_id, "")
    order = work.state.orders.get(ref)
    if order is None:
        return
    back = {OrderState.CANCELLING: OrderState.WORKING, OrderState.PART_CANCELLING: OrderState.PARTIAL}
    if order.state in back:
        work.note(r.OrderMoved(ref, back[order.state], work.state.at, text=text))
    work.query()


def pushed(work: Work, row: BrokerOrder) -> None:
    """One order row, pushed. One of an earlier day says nothing of this one; the report knows what is open today."""
    strange = row.broker_id not in work.state.refs and earlier.before_today(work.state, row)
    told = earlier.told_today(work.state, row)
    if not strange and told is not None:
        reported(work, told)
        if not told.price and told.side is Side.BUY and told.state not in FINAL:
            # what a market order froze only the account's own figures tell
            work.query()


def reported(work: Work, row: BrokerOrder) -> str:
    """One order row, pushed or queried. Returns our own ref, '' for a foreign order."""
    if not row.broker_id:
        _rejected_unnumbered(work, row)
        return ""
    if not row.volume and row.broker_id not in work.state.refs:
        # a cancel told as a row of its own, under a number of its own
        return ""
    ref = _own_ref(work, row)
    if not ref:
        _foreign(work, row)
        return ""
    claim(work, ref, row)
    return ref


def _rejected_unnumbered(work: Work, row: BrokerOrder) -> None:
    """A row that never had a number ends only the order it names in full, and only one that has none either.

    It is listed all day, and the next order of the same price looks just like it.
    """
    order = work.state.orders.get(row.remark)
    if order is not None and not order.broker_id and _same(order, row) and row.state is OrderState.REJECTED:
        refused(work, order.ref, row.text)


def claim(work: Work, ref: str, row: BrokerOrder) -> None:
    """A row is our order's."""
    order = work.state.orders[ref]
    if text := meant.still_given_up(order, row):
        if text != order.text:
            work.note(r.OrderMoved(ref, order.state, order.updated_at, text=text))
        return
    order = _alive(work, order)
    if not order.broker_id and row.broker_id:
        adopt(work, order, row.broker_id)
        order = work.state.orders[ref]
    _advance(work, order, row)


def _own_ref(work: Work, row: BrokerOrder) -> str:
    ref = work.state.refs.get(row.broker_id, "")
    known = work.state.orders.get(ref)
    if known is not None and known.owner.kind is not OwnerKind.FOREIGN:
        return ref
    order = work.state.orders.get(row.remark)
    if order is not None and _same(order, row) and order.broker_id in ("", row.broker_id):
        return order.ref
    return _only_candidate(work, row)


def _same(order: Order, row: BrokerOrder) -> bool:
    return alike(order, row) and order.owner.kind is not OwnerKind.FOREIGN


def _only_candidate(work: Work, row: BrokerOrder) -> str:
    """A remark may be cut: our order still without a number that it may be, if there is exactly one."""
    if len(row.remark) < TELLING:
        return ""
    fits = [order for order in work.state.orders.values() if may_be(order, row)]
    # two that are alike in all but one being given up: it is the one that is still looked for
    fits = [each for each in fits if each.live] or fits
    fits = fits or [order for order in work.state.orders.values() if might_be(order, row)]
    return fits[0].ref if len(fits) == 1 else ""


def may_be(order: Order, row: BrokerOrder) -> bool:
    """Whether a row may be that of our order, whose number never came and whose remark was cut or dropped."""
    return (
        not order.broker_id
        and _same(order, row)
        and (order.price, order.volume) == (row.price, row.volume)
        and order.ref.startswith(row.remark)
        and row.at >= order.created_at - CLOCKS_APART_MS
        and (len(row.remark) >= TELLING or row.at <= order.created_at + ARRIVES_MS)
    )


def might_be(order: Order, row: BrokerOrder) -> bool:
    """Whether it may be if the counter's clock is further off than that, or the row lost its price."""
    near = abs(row.at - order.created_at) <= WIDE_MS
    return near and may_be(order, replace(row, at=order.created_at, price=row.price or order.price))


def _advance(work: Work, order: Order, row: BrokerOrder) -> None:
    order = _as_accepted(work, order, row)
    odd = meant.odd(order, row, work.state.at) if order.live else ""
    state = meant.state_of(order, row)
    if odd:
        # a number arrived, so it did not get lost; what became of it nobody can say
        state = OrderState.WORKING if order.state in NUMBERLESS else order.state
    elif not may_follow(order.state, state) or meant.steps_back(order, row):
        state = order.state
    # more than its volume is a slip of units; believed it would be waited for all day
    told = max(order.told_filled, min(row.filled, order.volume))
    same = state is order.state and told == order.told_filled and odd == order.odd
    if same and (not row.text or row.text == order.text):
        return
    work.note(r.OrderMoved(order.ref, state, work.state.at, told_filled=told, text=row.text, odd=odd))
    if odd and odd != order.odd and order.live:
        _not_understood(work, order, odd)
    _ended(work, order, state, row.state is OrderState.REJECTED and state in FINAL, row.text)


def _ended(work: Work, order: Order, state: OrderState, rejected: bool, text: str) -> None:  # noqa: FBT001 - inside
    """Remember an own order that was turned down or taken off by hand, for its strategy to hear of."""
    if rejected and order.live:
        work.rejected.append(order)
        work.log(loudness(order), order.code, said(Why.ORDER_REJECTED, ref=order.ref, text=text))
    elif state in PULLED and order.state not in PULLED and not order.cancel_asked_at:
        work.pulled.append(order)


def _not_understood(work: Work, order: Order, odd: str) -> None:
    if order.owner.kind is OwnerKind.FOREIGN:
        return
    told = said(Why.ORDER_NOT_UNDERSTOOD, ref=order.ref, side=order.side.value, price_milli=order.price, status=odd)
    work.log(ALARM, order.code, told)


def _as_accepted(work: Work, order: Order, row: BrokerOrder) -> Order:
    """The counter may take another price or volume than was sent: its numbers count, for room, cash and levels."""
    sound = row.price > 0 and row.volume >= max(order.filled, 1)
    if not sound or (row.price, row.volume) == (order.price, order.volume):
        return order
    work.note(r.OrderMoved(order.ref, order.state, work.state.at, price=row.price, volume=row.volume))
    if row.volume > order.volume:
        _take_over(work, order.ref, row.broker_id, ("",))
    if order.owner.kind is not OwnerKind.FOREIGN:
        work.log(
            ALARM,
            order.code,
            said(
                Why.ORDER_CHANGED,
                ref=order.ref,
                volume=row.volume,
                price_milli=row.price,
                sent=order.volume,
                sent_price_milli=order.price,
            ),
        )
    return work.state.orders[order.ref]


def tail(number: str) -> str:
    """The end of a counter's number, enough to find it by in the terminal; whole numbers are kept out of the log."""
    return f"…{number[-4:]}"


def named(ref: str) -> str:
    """A ref as the log may hold it: that of somebody else's order is made of the counter's number."""
    return tail(ref) if ref.startswith("x") else ref


def _foreign(work: Work, row: BrokerOrder) -> None:
    order = work.state.orders.get(f"x{row.broker_id}")
    if order is None or earlier.given_anew(work.state, order, row):
        _first_seen(work, row)
    elif order.state not in FINAL:
        _advance(work, order, row)
    elif meant.listed_again(order, row):
        work.note(r.OrderMoved(order.ref, row.state, work.state.at, told_filled=row.filled, text="listed_again"))


def _first_seen(work: Work, row: BrokerOrder) -> None:
    """A row under a number nobody knows: somebody else's, or ours of before the journal was lost.

    Ours are told by the form of their ref, which no other installation gives. They can be cancelled and their refs
    are never given out again; what they worked for is not known any more, so no grid is fed with their trades.
    """
    lost = bool(row.remark) and row.remark == work.ref(number_of(row.remark)) and row.remark not in work.state.orders
    ref, owner = (row.remark, LOST) if lost else (f"x{row.broker_id}", FOREIGN)
    at = row.at or work.state.at
    order = Order(
        ref,
        row.code,
        row.side,
        row.price,
        row.volume,
        owner,
        row.state,
        at,
        at,
        broker_id=row.broker_id,
        told_filled=min(row.filled, row.volume),
        text=row.text,
        odd=meant.unread(row),
    )
    work.note(r.OrderPlaced(order))
    _first_claimed(work, order)
    why = Why.ORDER_BEFORE_LOSS if lost else Why.FOREIGN_ORDER
    work.log(NOTICE, row.code, said(why, side=row.side.value, price_milli=row.price, volume=row.volume))


def _first_claimed(work: Work, order: Order) -> None:
    """What was traded before the first row came; under a number given anew it was told as the earlier one's already."""
    before = ("", f"x{order.broker_id}")
    for fill in [f for f in work.state.fills.values() if f.broker_id == order.broker_id and f.ref in before]:
        if alike(order, fill):
            theirs = replace(fill, ref=order.ref)
            work.note(r.FillBooked(theirs))
            if not fill.ref:
                work.filled.append(theirs)


def booked(work: Work, fill: Fill) -> None:
    """Book a trade if it is new, to the own order it belongs to or to nobody; `work.filled` tells the strategies.

    A trade of another day told again is in the holdings of this one already.
    """
    if fill.day != work.state.day or fill_key(fill) in work.state.fills:
        return
    order = _of(work, fill)
    if order is not None and order.owner.kind is not OwnerKind.FOREIGN:
        order = _alive(work, order)
        if not order.broker_id and fill.broker_id:
            adopt(work, order, fill.broker_id)
            order = work.state.orders[order.ref]
    if order is not None and order.left < fill.volume:
        order = None
    fill = costs.reckoned(work.state, replace(fill, ref=order.ref if order else ""))
    work.note(r.FillBooked(fill))
    work.filled.append(fill)
    if order is None or order.owner.kind is OwnerKind.FOREIGN:
        told = said(Why.FOREIGN_TRADE, side=fill.side.value, price_milli=fill.price, volume=fill.volume)
        work.log(NOTICE, fill.code, told)


def _of(work: Work, fill: Fill) -> Order | None:
    """The order of a trade by the counter's number, else by our remark; neither is believed of another code or side."""
    for ref in (work.state.refs.get(fill.broker_id, ""), fill.ref):
        order = work.state.orders.get(ref)
        if order is not None and alike(order, fill):
            return order
    return None
