"""The engine: one pure step from state and event to state, records and intents."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import CANCELLABLE, OrderState, OwnerKind
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine import (
    bases,
    clearing,
    clock_skew,
    connection,
    days,
    going_live,
    grids,
    guard_days,
    guard_ends,
    guards,
    identity,
    ledger,
    news,
    other_business,
    others,
    reconcile,
    selling_off,
    stopping,
    supervise,
    switches,
    taken_off,
    trial_order,
    turned_down,
    unclear,
)
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import apply, fill_key
from qmtdesk.engine.books import Ready, State, live_orders
from qmtdesk.engine.work import ALARM, INFO, Work, counters_own, phase_takes_cancels
from qmtdesk.strategies.guard import GuardMove
from qmtdesk.strategies.plan_error import PlanError


class Step(Struct, frozen=True):
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
    return guards.begun(replace(going_live.begun(state, resume=resume), resume=resume, ready=Ready.STARTING))


def step(state: State, at: int, event: m.Event) -> Step:
    """Fold one event in at market time `at` (Unix ms): an earlier `at` counts as now, unless the clock was set back."""
    work = Work(clock_skew.moment(state, at, event))
    try:
        _happen(work, event)
        clearing.follow(work, event, state)
    except PlanError as refusal:
        said = Work(replace(state, at=work.state.at))
        said.log(INFO, _asked_for(event), refusal.reason)
        return Step(said.state, tuple(said.records), (), refusal.reason)
    return Step(work.state, tuple(work.records), tuple(work.intents), None, tuple(work.moves))


def _asked_for(event: m.Event) -> str:
    """The code a user's word is about, '' for none."""
    about = event.plan if isinstance(event, m.ArmGrid | m.ArmGuard) else event
    return getattr(about, "code", "")


def _happen(work: Work, event: m.Event) -> None:
    match event:
        case m.Quoted():
            clock_skew.look(work, event.quote)
            _quoted(work, event.quote.code, event)
        case m.TimePassed():
            _time_passed(work)
        case m.SpeedChanged(speed):
            clock_skew.set_pace(work, speed)
            guards.set_pace(work, speed)
        case m.DayOpened():
            days.opened(work, event)
        case m.ClockJumped() | m.JournalSetAside() | m.SettingsRead():
            supervise.trouble(work, event)
        case m.Installed() | m.GatewaySilent() | m.LinkChanged() | m.ReportFailed() | m.ConfirmLive():
            connection.happened(work, event)
        case m.SubmitAnswered() | m.SubmitRefused() | m.SubmitUnknown() | m.CancelRefused():
            _after_broker(work, _broker_said(work, event))
        case m.AccountReported() | m.AccountStatusTold() | m.OrderReported() | m.FillReported():
            if identity.let_in(work, event):
                _account_said(work, event)
        case _:
            _user_said(work, event)


def _account_said(work: Work, event: m.BrokerEvent) -> None:
    match event:
        case m.AccountReported(request, report) if (row := other_business.maybe_ours(work.state, report)) is not None:
            connection.happened(work, m.ReportFailed(request, f"{row.code}: {row.text}"))
        case m.AccountReported(request, report):
            if reconcile.take_in(work, request, report):
                # what was told of for the first time is in the books before they are put beside the account
                _fills_told(work)
                reconcile.finish(work)
                bases.compare(work, report.unclear)
            guard_days.say_unguarded(work)
            _after_broker(work, "")
        case m.AccountStatusTold(number):
            connection.status_told(work, number)
        case _:
            _after_broker(work, _broker_said(work, event))


def _broker_said(work: Work, event: m.BrokerEvent) -> str:
    """Book one push. Returns the code it was about, '' when unknown."""
    match event:
        case m.SubmitAnswered(ref, broker_id):
            ledger.answered(work, ref, broker_id)
            return _code_of(work.state, ref)
        case m.SubmitRefused(ref, text, by_link):
            ledger.refused(work, ref, text, by_link=by_link)
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
    touched |= _fills_told(work) | _tell_orders(work)
    for name in sorted(touched) if code else _active(work.state):
        _plan(work, name)
    switches.progress(work)


def _fills_told(work: Work) -> set[str]:
    filled = _tell_fills(work)
    supervise.after_fills(work, sorted(filled))
    return filled


def _tell_fills(work: Work) -> set[str]:
    """Each new trade to the strategy it belongs to; the codes concerned."""
    touched = set()
    known = {fill_key(fill) for fill in work.claimed}
    while work.claimed:
        fill = work.claimed.pop(0)
        # a guard's sale is another's to the grid, whoever was taken for its seller until now
        if work.state.orders[work.state.fills[fill_key(fill)].ref].owner.kind is not OwnerKind.GUARD:
            _guarded(work, fill.code, lambda w, _, f=fill: others.own_after_all(w, f))  # type: ignore[misc]
    while work.filled:
        fill = work.filled.pop(0)
        touched.add(fill.code)
        order = work.state.orders.get(fill.ref)
        if order is None:
            # whose it was the next word tells
            _guarded(work, fill.code, others.only_estimated)
        elif order.owner.kind in taken_off.NOBODYS:
            _guarded(work, fill.code, lambda w, _, f=fill: others.traded(w, f))  # type: ignore[misc]
        elif order.owner.kind is OwnerKind.GUARD:
            if fill_key(fill) not in known:
                _guarded(work, fill.code, lambda w, _, f=fill: others.traded(w, f))  # type: ignore[misc]
            _guarded(work, fill.code, lambda w, _, f=fill: guards.filled(w, f))  # type: ignore[misc]
        else:
            _guarded(work, fill.code, lambda w, _, f=fill, o=order: grids.filled(w, f, o))  # type: ignore[misc]
            _guarded(work, fill.code, lambda w, _, f=fill: guard_ends.sold_beside(w, f))  # type: ignore[misc]
        if order is not None and order.owner.kind is not OwnerKind.FOREIGN:
            said = because(Why.FILLED, side=fill.side.value, price_milli=fill.price, volume=fill.volume)
            work.log("info", fill.code, said)
    return touched


def _tell_orders(work: Work) -> set[str]:
    """What happened to orders beside trades; the codes concerned."""
    touched = {order.code for order in (*work.rejected, *work.revived, *work.pulled, *work.gone)}
    # as they are by now: when each was turned down tells which of them met one and the same no; what the same answer
    # found to be ours after all is under another name, and nobody's word to a grid
    turned = sorted([work.state.orders.get(o.ref, o) for o in work.rejected], key=lambda order: order.ref)
    work.rejected.clear()
    for order in turned:
        supervise.after_reject(work)
        if order.owner.kind in grids.GRID_OWNERS and not turned_down.same_try(work.state, order):
            grids.rejected(work, order.code)
    while work.revived:
        grids.came_back(work, work.revived.pop(0))
    while work.pulled:
        order = work.pulled.pop(0)
        # a counter's own cancels at the close are nobody's wish
        if not counters_own(work.state, order.code):
            taken_off.by_somebody(work, order)
    while work.gone:
        order = work.gone.pop(0)
        # a stop sells its gap all the same: until it is listed again the gate keeps its volume back
        if not stopping.stop_sale(work.state, order):
            taken_off.by_somebody(work, order)
    return touched


def _active(state: State) -> tuple[str, ...]:
    """Codes with a strategy that has or may want orders, in a fixed order."""
    return tuple(dict.fromkeys([*_busy(state), *state.guards]))


def _busy(state: State) -> list[str]:
    """Codes with a grid that has or may want orders."""
    return [code for code, book in state.grids.items() if book.armed or book.winding]


def _plan(work: Work, code: str) -> None:
    if code in work.state.guards:
        # before the grid, which stands aside for a guard that sells
        _guarded(work, code, guards.settle)
    if code in work.state.grids:
        _guarded(work, code, grids.plan_orders)
    if code in work.state.guards:
        _guarded(work, code, guards.plan_orders)


def _guarded(work: Work, code: str, action: Callable[[Work, str], None]) -> None:
    """Run one strategy's step. A bug in it stops that code, is shown, and never stops the loop."""
    try:
        action(work, code)
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
    heard = old is None or news.is_news(event.quote, old, state.at)
    if heard:
        work.seen(event.quote)
    news.remember(work, event.quote)
    if not heard:
        return
    _guarded(work, code, guards.quoted)
    book = work.state.grids.get(code)
    if book is not None:
        _guarded(work, code, grids.priced)
        if book.armed or book.winding:
            _guarded(work, code, grids.plan_orders)


def _time_passed(work: Work) -> None:
    _doubt_silence(work)
    connection.ask_in_time(work)
    if work.state.grids or work.state.guards:
        days.expire_arms(work, shanghai_day(work.state.at))
    switches.watch_loss(work)
    switches.progress(work)
    supervise.in_time(work)
    if not work.state.instruments:
        return
    if work.state.ready is Ready.READY:
        for code in tuple(work.state.guards):
            _guarded(work, code, guards.timed)
    for code in _busy(work.state):
        _guarded(work, code, grids.plan_orders)


def _doubt_silence(work: Work) -> None:
    """No answer within the deadline is an unknown outcome, never a failure."""
    for order in list(live_orders(work.state)):
        silent = order.state in (OrderState.SENT, OrderState.INTENDED)
        if silent and work.state.at - order.created_at > work.state.limits.answer_ms:
            ledger.doubtful(work, order.ref, "")


def _user_said(work: Work, event: m.Event) -> None:  # noqa: C901, PLR0912 - one arm per word of a closed union
    going_live.refuse_unsaid(work, event)
    unclear.refuse_unread(work.state, event)
    if clearing.heard(work, event) or trial_order.heard(work, event):
        return
    match event:
        case m.ArmGrid(plan):
            # arming is the user's word on this code; what was suspended as a whole wants a word of its own
            goes_on = supervise.release(work, plan.code)
            grids.arm(work, plan)
            if goes_on:
                _plan(work, plan.code)
        case m.DisarmGrid(code, how, day):
            grids.disarm(work, code, selling_off.on_its_day(work, code, how, day))
        case m.SetSellOnly(code, on):
            grids.set_sell_only(work, code, on=on)
        case m.PauseGap(code, gap, on):
            _pause(work, code, gap, on=on)
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
        case m.Kill(by, found):
            switches.press(work, by, found)
        case m.LiftKill():
            switches.lift(work)
        case m.CancelOne(ref):
            _cancel_one(work, ref)
        case m.DecideUnknown(ref, broker_id):
            reconcile.decide(work, ref, broker_id)
            if broker_id:
                # trades booked to nobody until now are the order's
                _after_broker(work, _code_of(work.state, ref))
        case m.AskNow():
            reconcile.ask_now(work)
        case _:
            raise TypeError(f"no such user event: {event!r}")


def _pause(work: Work, code: str, gap: int, *, on: bool) -> None:
    grids.pause_gap(work, code, gap, on=on)
    _plan(work, code)


def _cancel_one(work: Work, ref: str) -> None:
    order = work.state.orders.get(ref)
    if order is None or order.state not in CANCELLABLE or order.owner.kind is OwnerKind.FOREIGN:
        raise PlanError(because(Why.BAD_SETTING, name="ref", value=ledger.named(ref)))
    if not work.state.linked:
        raise PlanError(because(Why.LINK_DOWN))
    if not phase_takes_cancels(work.state, order.code):
        raise PlanError(because(Why.NO_CANCEL_PHASE))
    work.cancel(order, young=True)
    # left alone until he says otherwise, or it would come right back; a clearing is ended by `clearing.heard`
    taken_off.by_somebody(work, order, "desk")
    _plan(work, order.code)
