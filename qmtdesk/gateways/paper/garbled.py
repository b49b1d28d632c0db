"""What a counter tells wrongly: states nobody knows, answers with holes, words about somebody else's account."""

from qmtdesk.domain.account import AccountReport, Asset, BrokerOrder
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.messages import AccountReported, BrokerEvent, FillReported, OrderReported
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.gateways.paper.dice import Dice
from qmtdesk.gateways.paper.truth import Entry

ODD = ("255", "58", "0", "-7")
OTHER = "other"
HOLES = 4


def odd_row(row: BrokerOrder, dice: Dice) -> BrokerOrder:
    """The row in a state nobody knows."""
    return replace(row, state=OrderState.UNKNOWN, odd=ODD[dice.below(len(ODD))])


def holed(report: AccountReport, dice: Dice) -> AccountReport:
    """The answer without some of its parts, given as a success."""
    holes = 1 + dice.below(2**HOLES - 1)
    if holes & 1:
        report = replace(report, positions=())
    if holes & 2:
        report = replace(report, orders=())
    if holes & 4:
        report = replace(report, fills=())
    return replace(report, asset=Asset(0, 0, 0)) if holes & 8 else report


def stray(event: BrokerEvent) -> BrokerEvent | None:
    """The same word about an account that is not ours, as several accounts in one terminal lead to; None for most."""
    match event:
        case OrderReported(order):
            return OrderReported(replace(order, state=OrderState.CANCELLED), OTHER)
        case FillReported(fill):
            return FillReported(replace(fill, trade_id=f"9{fill.trade_id}"), OTHER)
        case AccountReported(request, report):
            return AccountReported(request, replace(report, positions=(), orders=(), fills=()), OTHER)
        case _:
            return None


def change(entry: Entry, instrument: Instrument, dice: Dice) -> None:
    """Half of the volume, or a price one step further from the market, as far as the exchange takes that."""
    half = entry.volume // 2 // instrument.lot * instrument.lot
    if dice.below(2) and half:
        entry.volume = half
    elif entry.side is Side.BUY:
        entry.price = max(entry.price - instrument.tick, instrument.limit_down, instrument.tick)
    else:
        entry.price = min(entry.price + instrument.tick, instrument.limit_up or entry.price)
