"""What the paper counter checks before an order reaches the book, and its words when it refuses."""

from datetime import date

from msgspec import Struct

from qmtdesk.domain.codes import Listing, classify
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.money import decimal_text
from qmtdesk.domain.order import Side
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.rules import TradingRules, lot_problem, price_cage, rules_of
from qmtdesk.domain.sessions import Phase
from qmtdesk.gateways.paper import names


class Case(Struct, frozen=True):
    """One order before the counter. Prices and money 厘; `needed` is what a buy freezes, fee included."""

    side: Side
    price: int
    volume: int
    phase: Phase
    quote: Quote | None
    can_use: int
    free_cash: int
    needed: int


def refusal(case: Case, instrument: Instrument, day: date) -> str:
    """Why the counter refuses, in its own words; '' when it does not. Checked in the order counters check."""
    listing = classify(instrument.code)
    rules = rules_of(listing, day)
    if not case.phase.takes_orders:
        return names.CLOSED
    return _form(case, instrument, rules) or _cage(case, instrument, listing, day) or _means(case)


def _form(case: Case, instrument: Instrument, rules: TradingRules) -> str:
    if case.price <= 0 or case.price % rules.tick:
        return names.BAD_TICK.format(decimal_text(rules.tick))
    if instrument.limit_up and not instrument.limit_down <= case.price <= instrument.limit_up:
        bounds = decimal_text(instrument.limit_down), decimal_text(instrument.limit_up)
        return names.OUTSIDE_LIMITS.format(*bounds)
    if case.volume > rules.max_volume:
        return names.TOO_LARGE.format(rules.max_volume)
    if case.side is Side.SELL and case.volume > case.can_use:
        return names.NO_VOLUME
    if lot_problem(rules, case.side, case.volume, case.can_use):
        return names.BAD_LOT.format(rules.lot)
    return ""


def _cage(case: Case, instrument: Instrument, listing: Listing, day: date) -> str:
    if not case.phase.continuous or case.quote is None:
        return ""
    quote = case.quote
    edge = price_cage(listing, day, case.side, quote.bid1.price, quote.ask1.price, quote.last, instrument.prev_close)
    if edge is None:
        return ""
    outside = case.price > edge if case.side is Side.BUY else case.price < edge
    return names.OUTSIDE_CAGE.format(decimal_text(edge)) if outside else ""


def _means(case: Case) -> str:
    if case.side is Side.BUY and case.needed > case.free_cash:
        return names.NO_CASH.format(decimal_text(case.needed - case.free_cash))
    return ""
