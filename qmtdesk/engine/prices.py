"""The price a strategy may go by, and the limits it has to stay within."""

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.quote import Quote, supported_price
from qmtdesk.domain.sessions import Phase


def limits_of(instrument: Instrument) -> tuple[int, int]:
    """The day's limits to trade within: ours, or the feed's where we know of none; 0 = none."""
    return instrument.limit_up or instrument.told_up, instrument.limit_down or instrument.told_down


def price_of(quote: Quote, instrument: Instrument, phase: Phase) -> int:
    """What the book bears out of the last price, 0 for none; a call auction's book bears nothing out."""
    return supported_price(quote, *limits_of(instrument), instrument.tick) if phase.continuous else quote.last
