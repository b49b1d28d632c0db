"""The one path of start, restart, reconnect and doubt: the broker's report against our books."""

from collections.abc import Iterable
from datetime import date

from qmtdesk.domain.account import TRUSTED, AccountReport, BrokerOrder
from qmtdesk.domain.order import Fill, Order, OrderState, OwnerKind, Side, alike
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import (
    arrived,
    believing,
    earlier,
    grids,
    ledger,
    lookalike,
    missing,
    moved,
    other_business,
    overnight,
    unclear,
)
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import fill_key, moved_by
from qmtdesk.engine.books import (
    Holding,
    Money,
    Ready,
    State,
    filed_fills,
    filed_orders,
    holding_of,
    live_orders,
)
from qmtdesk.engine.filed import DECIDED_LISTED, NOT_LISTED
from qmtdesk.engine.unlisted import came_after
from qmtdesk.engine.work import ALARM, NOTICE, Work, phase_takes_cancels
from qmtdesk.strategies.guard import GuardState
from qmtdesk.strategies.plan_error import PlanError

HICCUP_MS = 20_000
NOT_FOUND = "not_found"
LOOKS = 3
LOOKING_MS = 6_000
AGAIN_MS = 1_000
SETTLE_MS = 3_000
DOUBT_MS = 2_000
TOLD_LATE_MS = 5_000
UNSURE_MS = 30_000
"""So long all waits for an order in doubt, however often the link is lost meanwhile."""


def doubt(work: Work) -> None:
    """From now on nothing is known for sure until a question that is still to be asked is answered."""
    shrunk = work.state.shrunk if work.state.shrunk is not None and work.state.shrunk.believed else None
    # what an answer of before lacked does not make one of after lack it a second time
    since = work.state.unsure_since or work.state.at
    begun = replace(work.state, request_from=work.state.request + 1, answers=0, unsure_since=since)
    work.state = replace(begun, ready=Ready.RECONCILING, shrunk=shrunk)
    _look_anew(work)


def _look_anew(work: Work) -> None:
    """Looks of before count no more: a terminal that has just come back may answer before its list is there."""
    for order in [o for o in live_orders(work.state) if o.state is OrderState.UNKNOWN]:
        work.note(r.OrderMoved(order.ref, OrderState.UNKNOWN, work.state.at, asked=0))
        work.doubt(order.ref)


def ask_every(state: State) -> int:
    """How long after an answer the broker is asked again, ms."""
    # looking for a lost order three times takes six seconds, so doubts are asked about every two
    missed = bool(state.missed) and not earlier.turned(state, state.at)
    if missed or state.moving is not None or state.ready is not Ready.READY:
        return DOUBT_MS
    for order in live_orders(state):
        if order.in_doubt or (order.unsettled and state.at - order.updated_at > SETTLE_MS):
            return DOUBT_MS
    return state.limits.query_ms


def ask_now(work: Work) -> None:
    """The user does not want to wait for the next beat; a question that has just left is that question."""
    if not work.state.linked:
        raise PlanError(because(Why.LINK_DOWN))
    if not work.state.instruments:
        raise PlanError(because(Why.RECONCILING))
    if not work.state.request_at or work.state.at - work.state.request_at >= AGAIN_MS:
        work.query()


def decide(work: Work, ref: str, broker_id: str = "") -> None:
    """The user looked at the terminal: the order in doubt is the one under that number, or it is not there.

    One the counter stopped listing is looked for in the same way: its money and its price are free again then.
    Should it turn up it is taken over again.
    """
    order = work.state.orders.get(ref)
    unlisted = order is not None and order.state is OrderState.REFUSED and order.text == NOT_LISTED
    if order is None or order.owner.kind is OwnerKind.FOREIGN or not (order.in_doubt or (unlisted and not broker_id)):
        raise PlanError(because(Why.BAD_SETTING, name="ref", value=ledger.named(ref)))
    if unlisted:
        work.note(r.OrderMoved(ref, OrderState.REFUSED, work.state.at, text="decided_gone"))
        work.log(NOTICE, order.code, because(Why.DECIDED_GONE, **missing.words(order)))
        return
    if broker_id:
        if not lookalike.claimed_by_user(work, order, broker_id):
            raise PlanError(because(Why.BAD_SETTING, name="broker_id", value=ledger.tail(broker_id)))
        return
    # the counter gave it a number: it did arrive, and may stand there whatever the list of now leaves out
    arrived_once = order.unread or bool(order.broker_id)
    if arrived_once:
        _end_arrived(work, order)
    text = DECIDED_LISTED if arrived_once else "decided"
    work.note(r.OrderMoved(ref, OrderState.REFUSED, work.state.at, text=text))
    work.log(NOTICE, order.code, because(Why.ORDER_REFUSED, ref=ref))


def take_in(work: Work, request: int, report: AccountReport) -> bool:
    """Book everything the report knows, settle doubts, take over holdings and cash.

    Whether that ends what was uncertain: `finish` then, when the strategies have heard of the trades.
    """
    work.state = replace(work.state, unanswered=0)
    if report.day != work.state.day:
        return False
    told, report = report, earlier.todays(work.state, report)
    for fill in sorted(report.fills, key=lambda f: (f.at, f.trade_id)):
        ledger.booked(work, fill)
    for row in report.orders:
        ledger.reported(work, row)
    # a counter slower than our patience answers the question before the newest one; that must count too
    answers = max(work.state.request_from, work.state.answered + 1) <= request <= work.state.request
    trusted = work.state.status in TRUSTED
    # an older answer than one we have tells nothing of where the account stands
    unclear.suspend(work, report)
    # what an answer lacks is looked at first: one with holes settles no doubt, whatever else is wrong with it
    sound = answers and trusted and believing.believed(work, told) and unclear.bearable(work.state, report)
    later = came_after(work.state, report) if sound else None
    looks = request if answers and trusted and not believing.lacks_orders(work.state) else 0
    # the terminal turns to a new day before its list is opened here: what is not there then tells nothing of this one
    holed = work.state.shrunk is not None and not work.state.shrunk.believed
    _settle_doubts(work, report, 0 if holed or earlier.turned(work.state, report.at) else looks)
    missing.look(work, report, looks)
    if looks:
        earlier.leave(work, report, whole=bool(told.orders))
        other_business.end_foreign(work, report)
    if later is not None:
        _take_account(work, report, later)
    if answers:
        newest = request == work.state.request
        begun = replace(work.state, request_at=0 if newest else work.state.request_at)
        work.state = replace(begun, answered=request, answers=work.state.answers + 1)
        return later is not None and work.state.ready is not Ready.READY and work.state.linked
    return False


def _end_arrived(work: Work, order: Order) -> None:
    """The counter had it, and nobody can tell its state: should it stand there still, it must go before its next."""
    if not work.state.linked:
        raise PlanError(because(Why.LINK_DOWN))
    # after the close nothing stands any more
    closed_at = at_of(date.fromisoformat(work.state.day), 15, 0)
    if work.state.at < closed_at and not phase_takes_cancels(work.state, order.code):
        raise PlanError(because(Why.NO_CANCEL_PHASE))
    work.cancel_unlisted((order,))


def _settle_doubts(work: Work, report: AccountReport, request: int) -> None:
    """An order in doubt that the broker does not know three times, over six seconds, never arrived.

    Only answers to questions asked after the doubt began count as looks, and only ones given that long after it began,
    that are believed and show no sign of it.
    """
    for order in [o for o in live_orders(work.state) if o.state is OrderState.UNKNOWN]:
        if work.state.orders[order.ref].broker_id:
            continue
        rows = [row for row in report.orders if _may_be(work.state, order, row)]
        if rows:
            lookalike.match(work, order, rows, report)
        elif changed := [row for row in report.orders if _may_be_changed(work.state, order, row)]:
            _match_changed(work, order, changed)
        elif like := [row for row in report.orders if _might_be(work.state, order, row)]:
            # somebody else's, or this one stamped by another clock or with its price lost: which only the user can see
            lookalike.ask(work, [order], like)
        elif _is_look(work.state, order, report, request) and not arrived.kept(work, order, report):
            _look(work, order, report.at)


def _is_look(state: State, order: Order, report: AccountReport, request: int) -> bool:
    return request > state.doubts.get(order.ref, 0) and report.at > order.updated_at


def _may_be(state: State, order: Order, row: BrokerOrder) -> bool:
    may = _unclaimed(state, row.broker_id) and ledger.may_be(order, row)
    return may and not ledger.known_before(state, state.refs[row.broker_id], order.ref)


def _may_be_changed(state: State, order: Order, row: BrokerOrder) -> bool:
    """A row with enough of our ref in its remark, and another price or volume: the counter may have changed them."""
    telling = len(row.remark) >= ledger.TELLING and order.ref.startswith(row.remark)
    same = alike(row, order) and row.at >= order.created_at - ledger.CLOCKS_APART_MS
    return telling and same and _unclaimed(state, row.broker_id)


def _might_be(state: State, order: Order, row: BrokerOrder) -> bool:
    """By its numbers; one that was known before our order left is another's, whatever the clocks say."""
    near = _unclaimed(state, row.broker_id) and ledger.might_be(order, row)
    return near and not ledger.known_before(state, state.refs[row.broker_id], order.ref)


def _match_changed(work: Work, order: Order, rows: list[BrokerOrder]) -> None:
    """One such row and one such order are each other's; otherwise the doubt stays, and this was no look."""
    rivals = [o for o in live_orders(work.state, order.code) if o.side is order.side and not o.broker_id]
    if len(rows) == 1 and len(rivals) == 1:
        ledger.claim(work, order.ref, rows[0])


def _unclaimed(state: State, broker_id: str) -> bool:
    order = state.orders.get(state.refs.get(broker_id, ""))
    return order is not None and order.owner.kind is OwnerKind.FOREIGN


def _look(work: Work, order: Order, reported_at: int) -> None:
    asked, at = order.asked + 1, work.state.at
    if asked >= LOOKS and reported_at - order.updated_at >= LOOKING_MS:
        work.note(r.OrderMoved(order.ref, OrderState.REFUSED, at, text=NOT_FOUND, asked=asked))
        work.log(NOTICE, order.code, because(Why.ORDER_REFUSED, ref=order.ref, looks=asked))
        if (order.text or _never_arrive(work, order)) and not _hiccup(work, order):
            # somebody said why, or it is not the first, and it never arrived: that is turned down, by whomever
            work.rejected.append(order)
    else:
        work.note(r.OrderMoved(order.ref, OrderState.UNKNOWN, order.updated_at, asked=asked))


def _never_arrive(work: Work, order: Order) -> bool:
    """Whether the one before it of the same owner and side did not arrive either."""
    mine = (o for o in filed_orders(work.state).of(order.code) if o.owner == order.owner and o.side is order.side)
    before = [o for o in mine if o.ref != order.ref]
    return bool(before) and before[-1].text == NOT_FOUND


def _hiccup(work: Work, order: Order) -> bool:
    """Whether what went with it counts already, or others of its side arrived a while ago: that is no refusal."""
    together = any(other.code == order.code for other in work.rejected)
    alike = [each for each in filed_orders(work.state).of(order.code) if each.side is order.side and each.broker_id]
    kind = order.owner.kind
    return together or any(o.owner.kind is kind and work.state.at - o.created_at < HICCUP_MS for o in alike)


def _take_account(work: Work, report: AccountReport, later: Iterable[Fill]) -> None:
    """Holdings and cash as reported, and the trades since."""
    offered: dict[str, int] = {}
    for row in report.orders:
        # one in a state nobody knows may be over, and then it holds nothing back that could be sold as well
        if row.side is Side.SELL and row.state is not OrderState.UNKNOWN and _is_open(row.state):
            offered[row.code] = offered.get(row.code, 0) + row.volume - row.filled
    held = {p.code: holding_of(p, offered.get(p.code, 0)) for p in report.positions if p.volume}
    before = work.state
    held |= unclear.kept(before, report)
    money = replace(before.money or Money(0, 0, 0), gross_cash=report.asset.cash + report.asset.frozen)
    money = replace(money, withheld=arrived.withheld(report))
    if all(order.broker_id for order in live_orders(before)):
        money = arrived.idle_before(money, before, report)
        if arrived.at_rest(before):
            money = replace(money, settled=arrived.settled(before, report))
    state = replace(before, holdings=held, money=replace(money, reported_at=report.at))
    for fill in later:
        state = moved_by(state, fill)
    work.state = replace(state, held_before=frozenset(held))
    if money.base_total:
        moved.compare(work, report.elsewhere)
    else:
        moved.begin_day(work, report.elsewhere)


def _is_open(state: OrderState) -> bool:
    return Order("", "", Side.BUY, 0, 0, ledger.FOREIGN, state, 0, 0).live


def finish(work: Work) -> None:
    """Reconciled. What was armed in this run goes on if everything is explained; otherwise it is stopped and said.

    A doubt is asked about again on the next beats and nothing may be armed meanwhile. One that so many answers did
    not settle is for the user to decide: its code and side stay frozen, and nothing else waits for him. Nor does it
    wait for ever where something puts all in doubt again every few seconds.
    """
    doubts = any(o.state is OrderState.UNKNOWN for o in live_orders(work.state))
    if doubts and work.state.answers <= LOOKS and work.state.at - work.state.unsure_since < UNSURE_MS:
        work.state = replace(work.state, ready=Ready.RECONCILING)
        return
    if work.state.answers <= LOOKS and any(_position_late(work, code) for code in work.state.grids):
        work.state = replace(work.state, ready=Ready.RECONCILING)
        return
    work.state = replace(work.state, ready=Ready.READY, unsure_since=0)
    overnight.explain(work)
    for code, book in work.state.grids.items():
        reason = unexplained(work.state, code)
        if book.armed and reason is not None:
            grids.disarm(work, code, StopHow.CANCEL, reason)
    resumed = sum(1 for book in work.state.grids.values() if book.armed)
    if work.state.resume:
        watching = sum(
            1 for guard in work.state.guards.values() if guard.state not in (GuardState.OFF, GuardState.SOLD)
        )
        work.log(ALARM, "", because(Why.RESUMED, grids=resumed, guards=watching))
        work.state = replace(work.state, resume=False)
    else:
        work.log("info", "", because(Why.RECONCILED, orders=len(work.state.orders), fills=len(work.state.fills)))


def _position_late(work: Work, code: str) -> bool:
    """Whether only a trade of this very moment is lacking: a counter may list it before the position knows of it."""
    book, since = work.state.grids[code], work.state.at - TOLD_LATE_MS
    reason = unexplained(work.state, code) if book.armed else None
    if reason is None:
        return False
    told = {fill_key(record.fill) for record in work.records if isinstance(record, r.FillBooked)}
    fills = [fill for fill in filed_fills(work.state).of(code) if fill.at > since or fill_key(fill) in told]
    bought = sum(fill.volume for fill in fills if fill.side is Side.BUY)
    return int(reason.get("held")) - int(reason.get("position")) <= bought


def unexplained(state: State, code: str) -> Reason | None:
    """A grid that holds more than the account does was sold, converted or transferred by somebody else.

    Unless its own order may have done it: one in doubt, or one whose trades are still to be told.
    """
    book = state.grids[code]
    part = book.grid or book.rolling
    if any(order.in_doubt or order.unsettled for order in filed_orders(state).of(code)):
        return None
    held = state.holdings.get(code, Holding(code, 0, 0, 0, 0))
    if part is not None and part.held_total > held.volume:
        return because(Why.POSITION_FLOOR, held=part.held_total, position=held.volume)
    return None
