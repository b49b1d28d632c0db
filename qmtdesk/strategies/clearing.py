"""清理: which holdings in convertible bonds are not on the target list, and what selling each of them would come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.codes import classify
from qmtdesk.domain.fees import FeeSchedule, fee_of
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.money import round_up
from qmtdesk.domain.order import Side
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import phase_at, shanghai_day
from qmtdesk.strategies.screen import ScreenPlan, ScreenResult, is_old

BP = 10_000
UNKNOWN = frozenset({Why.SIZE_UNKNOWN, Why.PRICE_UNKNOWN, Why.REDEEM_UNKNOWN})
"""Verdicts that say what is not known of a bond; nothing is sold for lack of knowledge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearPlan:
    """What may be proposed. `whole`: every holding that is not on the list, not only what qmtdesk bought.

    A sale's lowest price is bid1 at the moment of the list less `slippage_bp`.
    """

    whole: bool = False
    slippage_bp: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One holding in a convertible bond. `own` is what qmtdesk bought of it, `offer` what one order may sell now.

    `busy` says why it is left alone: a grid runs or is being wound up, a guard sells it. `clearing`: it is being sold.
    """

    code: str
    name: str
    position: int
    bought_today: int = 0
    own: int = 0
    offer: int = 0
    orders: int = 0
    busy: bool = False
    clearing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What the market says of one holding: `age_ms` is how old the snapshot is."""

    instrument: Instrument
    quote: Quote
    age_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One holding proposed for sale. `floor` is its lowest price, `refusal` why it cannot be confirmed now.

    `volume` stays within what qmtdesk bought unless the plan says whole. Money in 厘, before and for one order at bid1.
    """

    code: str
    name: str
    position: int
    volume: int
    stays: int
    why: Reason
    bid1: int = 0
    floor: int = 0
    proceeds: int = 0
    fee: int = 0
    refusal: Reason | None = None
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The lines, largest proceeds first; how many holdings off the list are not qmtdesk's, or are busy."""

    lines: tuple[Line, ...]
    others: int
    busy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a proposal is made against: the list, what it was made of, fees, and the time."""

    screen: ScreenPlan
    result: ScreenResult
    terms: Mapping[str, BondTerms]
    seats: Mapping[str, Seat]
    fees: FeeSchedule
    at: int
    quote_age_ms: int


def propose(plan: ClearPlan, desk: Desk, held: Iterable[Held]) -> Proposal:
    """Everything held that is not on the list and may be proposed; what cannot be confirmed now says why."""
    lines: list[Line] = []
    others = busy = 0
    listed = frozenset(desk.result.included)
    for one in held:
        if one.position <= 0 or one.code in listed:
            continue
        if one.busy:
            busy += 1
        elif not plan.whole and not one.own:
            others += 1
        else:
            lines.append(_line(plan, desk, one))
    lines.sort(key=lambda line: (-line.proceeds, line.code))
    return Proposal(lines=tuple(lines), others=others, busy=busy)


def _line(plan: ClearPlan, desk: Desk, one: Held) -> Line:
    volume = min(one.offer, one.position, one.position if plan.whole else one.own)
    verdict = desk.result.verdicts.get(one.code)
    why = verdict.why if verdict is not None else because(Why.TERMS_UNKNOWN, code=one.code)
    refusal = _ignorance(desk, one.code, why) or _nothing(one, volume) or _market(desk, one.code)
    seat = desk.seats.get(one.code)
    bid = seat.quote.bid1.price if seat is not None else 0
    amount = bid * volume
    return Line(
        code=one.code,
        name=one.name,
        position=one.position,
        volume=volume,
        stays=one.position - volume,
        why=why,
        bid1=bid,
        floor=_floor(plan, seat) if seat is not None and bid else 0,
        proceeds=amount,
        fee=fee_of(desk.fees, classify(one.code), shanghai_day(desk.at), Side.SELL, 0, amount),
        refusal=refusal,
        notes=_notes(plan, one),
    )


def _ignorance(desk: Desk, code: str, why: Reason) -> Reason | None:
    """Why the list does not tell that this bond is off it: nothing, or nothing fresh, is known."""
    if why.why is Why.TERMS_UNKNOWN or why.why in UNKNOWN:
        return because(Why.TERMS_UNKNOWN, code=code)
    own = desk.terms[code].as_of if code in desk.terms else ""
    # a rank is a comparison with all the others, so it is as old as the oldest of them
    as_of = desk.result.as_of if why.why is Why.RANKED_OUT else own
    return because(Why.DATA_OLD, as_of=as_of) if is_old(desk.screen, as_of, shanghai_day(desk.at)) else None


def _nothing(one: Held, volume: int) -> Reason | None:
    if one.clearing:
        return because(Why.CLEARING, code=one.code)
    return None if volume > 0 else because(Why.NOTHING_SELLABLE, position=one.position, can_use=one.offer)


def _market(desk: Desk, code: str) -> Reason | None:
    """Why nobody can say now what it would bring."""
    phase = phase_at(classify(code), desk.at)
    if not phase.continuous:
        return because(Why.PHASE_CLOSED, phase=phase.value)
    seat = desk.seats.get(code)
    if seat is None:
        return because(Why.NO_QUOTE)
    if seat.age_ms > desk.quote_age_ms:
        return because(Why.QUOTE_STALE, age_ms=seat.age_ms, limit_ms=desk.quote_age_ms)
    if seat.quote.bid1.price:
        return None
    return because(Why.NO_BID if seat.quote.offered else Why.NO_BOOK, code=code)


def _floor(plan: ClearPlan, seat: Seat) -> int:
    """bid1 less the slippage, up to the tick and never under the day's limit."""
    one = seat.instrument
    price = round_up(seat.quote.bid1.price * (BP - plan.slippage_bp), BP * one.tick) * one.tick
    return max(price, one.limit_down or one.told_down)


def _notes(plan: ClearPlan, one: Held) -> tuple[Reason, ...]:
    """What the user should see beside the numbers."""
    notes: list[Reason] = []
    if plan.whole and one.position > one.own:
        bought = {"volume": one.own} if one.own else {}
        notes.append(because(Why.NOT_BOUGHT_HERE, **bought))
    if one.bought_today:
        notes.append(because(Why.SAME_DAY, volume=one.bought_today))
    if one.orders:
        notes.append(because(Why.WAITING_CANCEL, orders=one.orders))
    return tuple(notes)
