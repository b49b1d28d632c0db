"""The engine: one pure step from state and event to state, records and intents."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from qmtdesk.domain import messages as m
from qmtdesk.domain.codes import Listing
from qmtdesk.domain.order import CANCELLABLE, Order, OrderState, OwnerKind
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.engine import grids, guards, ledger, reconcile, supervise, switches
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import apply
from qmtdesk.engine.books import Ready, State, live_orders
from qmtdesk.engine.work import ALARM, NOTICE, Work, phase_takes_cancels
from qmtdesk.strategies.guard import GuardMove
from qmtdesk.strategies.plan_error import PlanError

SETTLE_MS = 3_000


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to. `records` must be durable before any of `intents` leaves.

    `refusal` says why a user's word was not followed; the state is then unchanged. `moves` are a guard's evidence.
    """

    state: State
    records: tuple[r.Record, ...]
    intents: tuple[m.Intent, ...]
    refusal: Reason | None = None
    moves: tuple[tuple[str, GuardMove], ...] = ()


def begin(state: State, past: Iterable[r.Record], *, resume: bool) -> State:
    """The state after the journal. `resume`: the program, not the user, started again; see `reconcile`."""
    for record in past:
        state = apply(state, record)
    return replace(state, resume=resume, ready=Ready.STARTING)


def step(state: State, at: int, event: m.Event) -> Step:
    """Fold one event in at market time `at` (Unix ms). Time never runs backwards: an earlier `at` counts as now."""
    work = Work(replace(state, at=max(at, state.at)))
    try:
        _happen(work, event)
    except PlanError as refusal:
        return Step(replace(state, at=work.state.at), (), (), refusal.reason)
    return Step(work.state, tuple(work.records), tuple(work.intents), None, tuple(work.moves))


def _happen(work: Work, event: m.Event) -> None:
    match event:
        case m.Quoted(quote):
            _quoted(work, quote.code, event)
        case m.TimePassed():
            _time_passed(work)
        case m.DayOpened():
            _day_opened(work, event)
        case m.ClockJumped() | m.JournalSetAside():
            supervise.trouble(work, event)
        case m.LinkChanged(up, text):
            _link_changed(work, up=up, text=text)
        case m.AccountReported(request, report):
            reconcile.take_in(work, request, report)
            _after_broker(work, "")
        case m.ReportFailed(request):
            if request == work.state.request:
                work.state = replace(work.state, request_at=0)
        case (
            m.SubmitAnswered()
            | m.SubmitRefused()
            | m.SubmitUnknown()
            | m.CancelRefused()
            | m.OrderReported()
            | m.FillReported()
        ):
            _after_broker(work, _broker_said(work, event))
        case _:
            _user_said(work, event)


def _broker_said(work: Work, event: m.BrokerEvent) -> str:
    """Book one push. Returns the code it was about, '' when unknown."""
    match event:
        case m.SubmitAnswered(ref, broker_id):
            ledger.answered(work, ref, broker_id)
            return _code_of(work.state, ref)
        case m.SubmitRefused(ref, text):
            ledger.refused(work, ref, text)
            return _code_of(work.state, ref)
        case m.SubmitUnknown(ref, text):
            ledger.doubtful(work, ref, text)
            return _code_of(work.state, ref)
        case m.CancelRefused(broker_id, text):
            ledger.cancel_refused(work, broker_id, text)
            return _code_of(work.state, work.state.refs.get(broker_id, ""))
        case m.OrderReported(order):
            ledger.pushed(work, order)
            return order.code
        case m.FillReported(fill):
            ledger.booked(work, fill)
            return fill.code
        case _:
            return ""


def _code_of(state: State, ref: str) -> str:
    order = state.orders.get(ref)
    return order.code if order else ""


def _after_broker(work: Work, code: str) -> None:
    """Tell the strategies of new trades and rejections, then bring the orders of the code up to date."""
    touched = {code} if code else set()
    filled = _tell_fills(work)
    supervise.after_fills(work, filled)
    touched |= filled | _tell_orders(work)
    for name in touched if code else _active(work.state):
        _plan(work, name)
    switches.progress(work)


def _tell_fills(work: Work) -> set[str]:
    """Each new trade to the strategy it belongs to; the codes concerned."""
    touched = set()
    while work.filled:
        fill = work.filled.pop(0)
        touched.add(fill.code)
        order = work.state.orders.get(fill.ref)
        if order is None or order.owner.kind is OwnerKind.FOREIGN:
            _guarded(work, fill.code, lambda c=fill.code: grids.foreign_trade(work, c))  # type: ignore[misc]
        elif order.owner.kind is OwnerKind.GUARD:
            _guarded(work, fill.code, lambda f=fill: guards.filled(work, f))  # type: ignore[misc]
        else:
            _guarded(work, fill.code, lambda f=fill, o=order: grids.filled(work, f, o))  # type: ignore[misc]
        if order is not None and order.owner.kind is not OwnerKind.FOREIGN:
            said = because(Why.FILLED, side=fill.side.value, price_milli=fill.price, volume=fill.volume)
            work.log("info", fill.code, said)
    return touched


def _tell_orders(work: Work) -> set[str]:
    """What happened to orders beside trades; the codes concerned."""
    touched = {order.code for order in (*work.rejected, *work.revived, *work.pulled)}
    while work.rejected:
        order = work.rejected.pop(0)
        supervise.after_reject(work)
        if order.owner.kind in grids.GRID_OWNERS:
            grids.rejected(work, order.code)
    while work.revived:
        grids.came_back(work, work.revived.pop(0))
    while work.pulled:
        _taken_off(work, work.pulled.pop(0))
    return touched


def _taken_off(work: Work, order: Order) -> None:
    """An own order was cancelled, and not by us: whoever did it at the terminal does not want it back at once."""
    if order.owner.kind is OwnerKind.FOREIGN or not phase_takes_cancels(work.state, order.code):
        return
    book = work.state.grids.get(order.code)
    why = because(Why.DISARMED, how="terminal", ref=order.ref)
    if order.owner.kind is OwnerKind.GUARD:
        guards.disarm(work, order.code, why)
    elif order.owner.kind is OwnerKind.GRID and _rest_gap(work, order):
        work.log(NOTICE, order.code, because(Why.GAP_PAUSED, ref=order.ref))
    elif book is not None and (book.armed or book.winding is StopHow.SELL):
        grids.disarm(work, order.code, StopHow.CANCEL, why)


def _rest_gap(work: Work, order: Order) -> bool:
    """Leave the gap of a lattice's order alone; False when it has none any more."""
    book = work.state.grids.get(order.code)
    if book is None or not book.armed or book.grid is None or order.owner.kind is not OwnerKind.GRID:
        return False
    gap = order.owner.slot - book.grid.slot0
    if not 0 <= gap < len(book.grid.gaps):
        return False
    grids.pause_gap(work, order.code, gap, on=True)
    return True


def _active(state: State) -> tuple[str, ...]:
    """Codes with a strategy that has or may want orders, in a fixed order."""
    busy = [code for code, book in state.grids.items() if book.armed or book.winding]
    return tuple(dict.fromkeys([*busy, *state.guards]))


def _plan(work: Work, code: str) -> None:
    if code in work.state.grids:
        _guarded(work, code, lambda: grids.plan_orders(work, code))
    if code in work.state.guards:
        _guarded(work, code, lambda: guards.plan_orders(work, code))


def _guarded(work: Work, code: str, action: Callable[[], None]) -> None:
    """Run one strategy's step. A bug in it stops that code, is shown, and never stops the loop."""
    try:
        action()
    except PlanError:
        raise
    except Exception as error:  # noqa: BLE001 - house rule: a failing step disarms its symbol, the engine goes on
        why = because(Why.STEP_FAILED, error=f"{type(error).__name__}: {error}")
        work.log(ALARM, code, why)
        book = work.state.grids.get(code)
        if book is not None and book.armed:
            work.set_grid(code, replace(book, armed=False, winding=StopHow.CANCEL, why=why), keep=True)
        if code in work.state.guards:
            guards.give_up(work, code, why)


def _quoted(work: Work, code: str, event: m.Quoted) -> None:
    state = work.state
    if code not in state.instruments:
        return
    old = state.quotes.get(code)
    # a snapshot told again is no news: it must not make an old price look fresh
    if old is not None and (event.quote.at < old.quote.at or event.quote == old.quote):
        return
    work.seen(event.quote)
    _guarded(work, code, lambda: guards.quoted(work, code))
    book = work.state.grids.get(code)
    if book is not None:
        _guarded(work, code, lambda: grids.priced(work, code))
        if book.armed or book.winding:
            _guarded(work, code, lambda: grids.plan_orders(work, code))


def _time_passed(work: Work) -> None:
    _doubt_silence(work)
    _ask_in_time(work)
    _expire_arms(work)
    switches.watch_loss(work)
    switches.progress(work)
    supervise.in_time(work)
    if not work.state.instruments:
        return
    if work.state.ready is Ready.READY:
        for code in tuple(work.state.guards):
            _guarded(work, code, lambda c=code: guards.timed(work, c))  # type: ignore[misc]
    for code in _active(work.state):
        if code in work.state.grids:
            _guarded(work, code, lambda c=code: grids.plan_orders(work, c))  # type: ignore[misc]


def _doubt_silence(work: Work) -> None:
    """No answer within the deadline is an unknown outcome, never a failure."""
    for order in list(live_orders(work.state)):
        silent = order.state in (OrderState.SENT, OrderState.INTENDED)
        if silent and work.state.at - order.created_at > work.state.limits.answer_ms:
            ledger.doubtful(work, order.ref, "no answer")


def _ask_in_time(work: Work) -> None:
    state = work.state
    if not state.linked or not state.instruments:
        return
    if state.request_at:
        if state.at - state.request_at > state.limits.query_answer_ms:
            work.query()
        return
    unsettled = any(o.unsettled and state.at - o.updated_at > SETTLE_MS for o in live_orders(state))
    doubt = any(o.state is OrderState.UNKNOWN for o in live_orders(state))
    # looking for a lost order three times takes six seconds, so doubts are asked about every two
    every = 2_000 if doubt or unsettled or state.ready is not Ready.READY else state.limits.query_ms
    last = state.money.reported_at if state.money else 0
    if state.at - last >= every:
        work.query()


def _expire_arms(work: Work) -> None:
    closed_at = at_of(shanghai_day(work.state.at), 15, 0)
    if work.state.at < closed_at:
        return
    for code in tuple(work.state.grids):
        grids.expire(work, code, closed_at)
    for code in tuple(work.state.guards):
        guards.expire(work, code, closed_at)


def _day_opened(work: Work, event: m.DayOpened) -> None:
    new, first = event.day != work.state.day, not work.state.instruments
    if new:
        guards.close_day(work)
    instruments = {i.code: i for i in event.instruments}
    listings = {i.code: Listing(i.code, i.market, i.kind, i.board) for i in event.instruments}
    work.state = replace(work.state, instruments=instruments, listings=listings)
    reconcile.doubt(work)
    if new:
        old = work.state.day
        work.note(r.DayBegan(event.day))
        if old:
            # what was armed before that day's close ended with it; what was armed in the evening is for today
            closed_at = at_of(date.fromisoformat(old), 15, 0)
            for code in tuple(work.state.grids):
                grids.expire(work, code, closed_at)
            for code in tuple(work.state.guards):
                guards.expire(work, code, closed_at)
        grids.new_day(work)
        guards.new_day(work)
        if old:
            work.log("info", "", because(Why.DAY_ROLLED, day=event.day))
    if first and not work.state.resume:
        _start_disarmed(work)
    if work.state.linked:
        work.query()


def _start_disarmed(work: Work) -> None:
    """A fresh start by the user begins with nothing armed but what was chosen to stay armed."""
    for code, book in work.state.grids.items():
        if (book.armed or book.winding) and not book.plan.keep_armed:
            grids.disarm(work, code, StopHow.CANCEL, because(Why.NOT_ARMED, restart=1))
    for code, guard in tuple(work.state.guards.items()):
        if not guard.plan.keep_armed:
            guards.disarm(work, code, because(Why.NOT_ARMED, restart=1))


def _link_changed(work: Work, *, up: bool, text: str) -> None:
    if up == work.state.linked:
        return
    work.state = replace(work.state, linked=up, ready=Ready.SUSPENDED)
    if up:
        reconcile.doubt(work)
        # before the day is known nothing in a report could be judged
        if work.state.instruments:
            work.query()
    else:
        work.log(ALARM, "", because(Why.LINK_DOWN, text=text))


def _user_said(work: Work, event: m.Event) -> None:  # noqa: C901, PLR0912 - one arm per word of a closed union
    match event:
        case m.ArmGrid(plan):
            # arming is the user's word on this code; what was suspended as a whole wants a word of its own
            goes_on = supervise.release(work, plan.code)
            grids.arm(work, plan)
            if goes_on:
                _plan(work, plan.code)
        case m.DisarmGrid(code, how):
            grids.disarm(work, code, how)
        case m.SetSellOnly(code, on):
            grids.set_sell_only(work, code, on=on)
        case m.PauseGap(code, gap, on):
            grids.pause_gap(work, code, gap, on=on)
        case m.ArmGuard(plan):
            supervise.refuse_suspended(work)
            guards.arm(work, plan)
        case m.DisarmGuard(code):
            guards.disarm(work, code)
        case m.SetThreshold(code, threshold):
            guards.set_threshold(work, code, threshold)
        case m.AnswerAsk(code, ask, sell):
            guards.answer(work, code, ask, sell=sell)
        case m.WatchStock(code, on):
            guards.watch(work, code, on=on)
        case m.SetMaster(on):
            work.note(r.MasterSet(on))
            if on:
                supervise.release(work, "")
        case m.Release(code):
            if supervise.release(work, code):
                for name in (code,) if code else _active(work.state):
                    _plan(work, name)
        case m.Kill(by):
            switches.press(work, by)
        case m.LiftKill():
            switches.lift(work)
        case m.CancelOne(ref):
            _cancel_one(work, ref)
        case m.DecideUnknown(ref):
            _decide(work, ref)
        case _:
            raise TypeError(f"no such user event: {event!r}")


def _cancel_one(work: Work, ref: str) -> None:
    order = work.state.orders.get(ref)
    if order is None or order.state not in CANCELLABLE or order.owner.kind is OwnerKind.FOREIGN:
        raise PlanError(because(Why.BAD_SETTING, name="ref", value=ref))
    if not work.state.linked:
        raise PlanError(because(Why.LINK_DOWN))
    if not phase_takes_cancels(work.state, order.code):
        raise PlanError(because(Why.NO_CANCEL_PHASE))
    work.cancel(order, young=True)
    # the user took this level off the book: it is left alone until he says otherwise, or it would come right back
    _rest_gap(work, order)


def _decide(work: Work, ref: str) -> None:
    order = work.state.orders.get(ref)
    if order is None or order.state is not OrderState.UNKNOWN:
        raise PlanError(because(Why.BAD_SETTING, name="ref", value=ref))
    work.note(r.OrderMoved(ref, OrderState.REFUSED, work.state.at, text="decided by the user"))
    work.log(NOTICE, order.code, because(Why.ORDER_REFUSED, ref=ref))
