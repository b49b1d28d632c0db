"""What a trade cost where the counter does not say: reckoned by the user's own rates."""

from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.fees import fee_of
from qmtdesk.domain.order import NO_FEE, Fill
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine.books import State


def reckoned(state: State, fill: Fill) -> Fill:
    """The trade with a fee: the one that was told, else by the rates, as one more part of its order."""
    if fill.fee != NO_FEE:
        return fill
    try:
        listing = classify(fill.code)
    except UnknownCodeError:
        return replace(fill, fee=0)
    before = sum(f.price * f.volume for f in state.fills.values() if f.broker_id == fill.broker_id)
    day = shanghai_day(fill.at)
    return replace(fill, fee=fee_of(state.fees, listing, day, fill.side, before, fill.price * fill.volume))
