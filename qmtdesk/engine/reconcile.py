"""The one path of start, restart, reconnect and doubt: the broker's report against our books."""

from dataclasses import replace

from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.order import Order, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine import grids, ledger
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import fill_key, moved_by
from qmtdesk.engine.books import Holding, Money, Ready, State, holding_of, live_orders
from qmtdesk.engine.work import ALARM, NOTICE, Work

LOOKS = 3
LOOKING_MS = 6_000


def doubt(work: Work) -> None:
    """From now on nothing is known for sure until a question that is still to be asked is answered."""
    work.state = replace(work.state, ready=Ready.RECONCILING, request_from=work.state.request + 1)


def take_in(work: Work, request: int, report: AccountReport) -> None:
    """Book everything the report knows, settle doubts, take over holdings and cash; then the engine may be ready."""
    if report.day != work.state.day:
        return
    for fill in sorted(report.fills, key=lambda f: (f.at, f.trade_id)):
        ledger.booked(work, fill)
    for row in report.orders:
        ledger.reported(work, row)
    # a counter slower than our patience answers the question before the newest one; that must count too
    answers = max(work.state.request_from, work.state.answered + 1) <= request <= work.state.request
    _settle_doubts(work, report, request if answers else 0)
    _take_account(work, report)
    if answers:
        newest = request == work.state.request
        work.state = replace(work.state, answered=request, request_at=0 if newest else work.state.request_at)
        if work.state.ready is not Ready.READY and work.state.linked:
            _finish(work)


def _settle_doubts(work: Work, report: AccountReport, request: int) -> None:
    """An order in doubt that the broker does not know three times, over six seconds, never arrived.

    Only answers to questions asked after the doubt began count as looks, and only ones given that long after the
    order left.
    """
    for order in [o for o in live_orders(work.state) if o.state is OrderState.UNKNOWN]:
        if work.state.orders[order.ref].broker_id:
            continue
        rows = [row for row in report.orders if _unclaimed(work.state, row.broker_id) and ledger.may_be(order, row)]
        if rows:
            _match(work, order, rows)
        elif request > work.state.doubts.get(order.ref, 0) and report.at > order.updated_at:
            _look(work, order, report.at)


def _match(work: Work, order: Order, rows: list[BrokerOrder]) -> None:
    """Rows that nobody claims and whose remark was dropped on the way, against the orders they may belong to.

    Orders that are alike but for the gap they work for are interchangeable, so as long as there are no more rows than
    orders the rows are theirs, in the order they were sent. With more rows somebody else's is among them, and the
    doubt stays: a second order would be the worse mistake.
    """
    alike = [o for o in live_orders(work.state, order.code) if any(ledger.may_be(o, row) for row in rows)]
    if len(rows) > len(alike) or any(o.state is not OrderState.UNKNOWN for o in alike):
        return
    # what tells most goes first
    for row in sorted(rows, key=lambda r: (-len(r.remark), r.at, r.broker_id)):
        mine = next((o for o in alike if ledger.may_be(o, row)), None)
        if mine is not None:
            alike.remove(mine)
            ledger.claim(work, mine.ref, row)


def _unclaimed(state: State, broker_id: str) -> bool:
    order = state.orders.get(state.refs.get(broker_id, ""))
    return order is not None and order.owner.kind is OwnerKind.FOREIGN


def _look(work: Work, order: Order, reported_at: int) -> None:
    asked, at = order.asked + 1, work.state.at
    if asked >= LOOKS and reported_at - order.created_at >= LOOKING_MS:
        work.note(r.OrderMoved(order.ref, OrderState.REFUSED, at, text="not found", asked=asked))
        work.log(NOTICE, order.code, because(Why.ORDER_REFUSED, ref=order.ref, looks=asked))
    else:
        work.note(r.OrderMoved(order.ref, OrderState.UNKNOWN, order.updated_at, asked=asked))


def _take_account(work: Work, report: AccountReport) -> None:
    """Holdings and cash as reported, plus the trades we know of that the report does not yet."""
    offered: dict[str, int] = {}
    for row in report.orders:
        if row.side is Side.SELL and _is_open(row.state):
            offered[row.code] = offered.get(row.code, 0) + row.volume - row.filled
    held = {p.code: holding_of(p, offered.get(p.code, 0)) for p in report.positions if p.volume}
    base = work.state.money.base_total if work.state.money else 0
    money = Money(report.asset.cash + report.asset.frozen, report.at, base)
    state = replace(work.state, holdings=held, money=money)
    known = {fill_key(fill) for fill in report.fills}
    for key, fill in work.state.fills.items():
        if key not in known:
            state = moved_by(state, fill)
    work.state = state
    if not base:
        work.note(r.DayBase(report.asset.total))


def _is_open(state: OrderState) -> bool:
    return Order("", "", Side.BUY, 0, 0, ledger.FOREIGN, state, 0, 0).live


def _finish(work: Work) -> None:
    """Reconciled. What was armed in this run goes on if everything is explained; otherwise it is stopped and said."""
    doubts = [o for o in live_orders(work.state) if o.state is OrderState.UNKNOWN]
    if doubts:
        # the same doubts are asked about again on the next beat; until then nothing may be armed
        work.state = replace(work.state, ready=Ready.RECONCILING)
        return
    work.state = replace(work.state, ready=Ready.READY)
    for code, book in work.state.grids.items():
        reason = unexplained(work.state, code)
        if book.armed and reason is not None:
            grids.disarm(work, code, StopHow.CANCEL, reason)
    resumed = sum(1 for book in work.state.grids.values() if book.armed)
    if work.state.resume:
        work.log(ALARM, "", because(Why.RESUMED, grids=resumed, guards=len(work.state.guards)))
        work.state = replace(work.state, resume=False)
    else:
        work.log("info", "", because(Why.RECONCILED, orders=len(work.state.orders), fills=len(work.state.fills)))


def unexplained(state: State, code: str) -> Reason | None:
    """A grid that holds more than the account does was sold, converted or transferred by somebody else."""
    book = state.grids[code]
    part = book.grid or book.rolling
    held = state.holdings.get(code, Holding(code, 0, 0, 0, 0))
    if part is not None and part.held_total > held.volume:
        return because(Why.POSITION_FLOOR, held=part.held_total, position=held.volume)
    return None
