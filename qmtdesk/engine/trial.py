"""The guided trial of a first live day: what was asked for, what came of it, and what that says of each assumption.

Pure: it hears every event beside the engine and never wants anything itself; its one order is `trial_order`'s.
"""

from msgspec import Struct

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Order, OrderState, OwnerKind
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Ready, State, live_orders
from qmtdesk.engine.core import Step

PUSHES = 16
LEAST_UNITS = 2
OK, OTHER, NONE = "ok", "other", "none"
CANCELLED = frozenset({OrderState.CANCELLED, OrderState.PART_CANCELLED})
DEAD = CANCELLED | {OrderState.FILLED, OrderState.REJECTED, OrderState.REFUSED}


class Trial(Struct, frozen=True):
    """One trial. Times Unix ms; delays ms, -1 while there is none.

    `asset`: '' | same | other, as the user says. `pushes` is what was told of the order and how long after it left, in
    the order it came. `before` are our live orders when the link went, `same` ('' | yes | no) whether they were there
    after it came back. `remark`: the most of our remark that the counter ever told, None before it told any.
    `auction`: '' | virtual | other, what the book of a call auction looked like.
    """

    code: str
    begun_at: int
    asset: str = ""
    ref: str = ""
    sent_at: int = 0
    pushes: tuple[tuple[str, int], ...] = ()
    remark: str | None = None
    cancel_at: int = 0
    cancelled_ms: int = -1
    closing_at: int = 0
    lost_ms: int = -1
    back_ms: int = -1
    before: tuple[str, ...] = ()
    same: str = ""
    auction: str = ""
    skipped: bool = False
    report: str = ""


class Finding(Struct, frozen=True):
    """One assumption: as assumed (ok), different (other) or not observed (none), and the numbers."""

    name: str
    verdict: str
    detail: str = ""


def begun(code: str, at: int) -> Trial:
    """A trial with an order of this code."""
    return Trial(code, at)


def heard(trial: Trial, before: State, event: m.Event, result: Step) -> Trial:
    """Take in what happened."""
    state = result.state
    for record in result.records:
        if isinstance(record, r.OrderPlaced) and record.order.owner.kind is OwnerKind.TRIAL:
            trial = replace(trial, ref=record.order.ref, sent_at=state.at, pushes=(), remark=None, cancel_at=0)
        elif isinstance(record, r.CancelAsked) and record.ref == trial.ref:
            trial = replace(trial, cancel_at=trial.cancel_at or state.at)
    trial = _pushed(trial, state, event)
    order = state.orders.get(trial.ref)
    if order is not None and trial.cancel_at and trial.cancelled_ms < 0 and order.state in CANCELLED:
        trial = replace(trial, cancelled_ms=state.at - trial.cancel_at)
    match event:
        case m.LinkChanged() if trial.closing_at:
            return _linked(trial, before, state)
        case m.AccountReported() if trial.back_ms >= 0 and not trial.same and state.ready is Ready.READY:
            same = set(trial.before) == {each.ref for each in live_orders(state)}
            return replace(trial, same="yes" if same else "no")
        case m.Quoted(quote):
            return _auction(trial, state, quote)
        case _:
            return trial


def _pushed(trial: Trial, state: State, event: m.Event) -> Trial:
    """Note what is told of our order, in the order it comes."""
    what = ""
    match event:
        case m.SubmitAnswered(ref) if ref == trial.ref:
            what = "answer"
        case m.SubmitUnknown(ref) if ref == trial.ref:
            what = "unknown"
        case m.SubmitRefused(ref) if ref == trial.ref:
            what = "refused"
        case m.FillReported(fill) if fill.ref == trial.ref:
            what = "trade"
        case m.CancelRefused(broker_id) if state.refs.get(broker_id) == trial.ref:
            what = "cancel_refused"
        case m.OrderReported(order) if trial.ref in (order.remark, state.refs.get(order.broker_id)):
            what = order.state.value
            remark = order.remark if order.told_remark is None else order.told_remark
            if trial.remark is None or len(remark) > len(trial.remark):
                trial = replace(trial, remark=remark)
        case _:
            pass
    if not what or not trial.ref or len(trial.pushes) >= PUSHES:
        return trial
    return replace(trial, pushes=(*trial.pushes, (what, state.at - trial.sent_at)))


def _linked(trial: Trial, before: State, state: State) -> Trial:
    if before.linked and not state.linked and trial.lost_ms < 0:
        refs = tuple(order.ref for order in live_orders(before))
        return replace(trial, lost_ms=state.at - trial.closing_at, before=refs)
    if state.linked and not before.linked and trial.lost_ms >= 0 and trial.back_ms < 0:
        return replace(trial, back_ms=state.at - trial.closing_at)
    return trial


def _auction(trial: Trial, state: State, quote: Quote) -> Trial:
    """In a call auction bid1 and ask1 should be the virtual match; one snapshot that is not settles it."""
    listing = state.listings.get(quote.code)
    if trial.auction == "other" or listing is None or not phase_at(listing, quote.at).auction:
        return trial
    if not quote.bid1.price or not quote.ask1.price:
        return trial
    return replace(trial, auction="virtual" if quote.bid1.price == quote.ask1.price else "other")


def step_of(trial: Trial, state: State) -> str:
    """What it waits for: link, asset, order, working, cancel, cancelling, relogin, lost, back, report or done."""
    order = state.orders.get(trial.ref)
    waits = (
        ("done", bool(trial.report)),
        ("back", bool(trial.closing_at) and trial.lost_ms >= 0 and not trial.same and not trial.skipped),
        ("lost", bool(trial.closing_at) and trial.lost_ms < 0 and not trial.skipped),
        ("link", not trial.closing_at and (not state.linked or state.ready is not Ready.READY)),
        ("asset", not trial.asset),
        ("order", order is None),
        ("working", order is not None and _on_its_way(order)),
        ("cancelling", bool(trial.cancel_at) and order is not None and order.state not in DEAD),
        ("cancel", order is not None and order.state not in DEAD),
        ("relogin", not trial.closing_at and not trial.skipped),
    )
    return next((name for name, so in waits if so), "report")


def _on_its_way(order: Order) -> bool:
    """Whether its answer is still to come; one that was turned down may never have had a number."""
    waits = order.state in (OrderState.SENT, OrderState.INTENDED, OrderState.UNKNOWN) or not order.broker_id
    return waits and order.state not in DEAD


def findings(trial: Trial, state: State, units: int | None) -> tuple[Finding, ...]:
    """Every assumption. `units`: of how many bonds the unit was found, None where volumes have no unit to be found."""
    order = state.orders.get(trial.ref)
    pushes = " · ".join(f"{what} {ms} ms" for what, ms in trial.pushes)
    answered = any(what == "answer" for what, _ in trial.pushes)
    told = order is not None and order.broker_id != "" and order.state is not OrderState.UNKNOWN
    return (
        Finding("link", OK if state.linked and state.ready is Ready.READY else NONE),
        Finding("asset", {"same": OK, "other": OTHER}.get(trial.asset, NONE)),
        Finding("answer", NONE if not trial.ref else OK if answered else OTHER if told else NONE, pushes),
        _remark(trial),
        Finding("resting", _resting(order), order.text if order is not None else ""),
        Finding("cancel", OK if trial.cancelled_ms >= 0 else NONE, _ms(trial.cancelled_ms)),
        Finding("lost", OK if trial.lost_ms >= 0 else NONE, _ms(trial.lost_ms)),
        Finding("back", OK if trial.back_ms >= 0 else NONE, _ms(trial.back_ms)),
        Finding("same", {"yes": OK, "no": OTHER}.get(trial.same, NONE)),
        Finding("units", NONE if units is None or units < LEAST_UNITS else OK, "" if units is None else str(units)),
        Finding("auction", {"virtual": OK, "other": OTHER}.get(trial.auction, NONE)),
    )


def _remark(trial: Trial) -> Finding:
    """As the counter told it, and how much of the ref's length that is; not as a gateway mended it."""
    if trial.remark is None:
        return Finding("remark", NONE)
    told = f"{trial.remark} {len(trial.remark)}/{len(trial.ref)}".strip()
    return Finding("remark", OK if trial.remark == trial.ref else OTHER, told)


def _resting(order: Order | None) -> str:
    """A far order neither fills nor is turned down."""
    if order is None or _on_its_way(order):
        return NONE
    bad = order.filled or order.state in (OrderState.REJECTED, OrderState.REFUSED) or order.changed
    return OTHER if bad else OK


def _ms(delay: int) -> str:
    return f"{delay} ms" if delay >= 0 else ""
