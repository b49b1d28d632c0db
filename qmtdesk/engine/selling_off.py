"""How much a stop that sells has to sell, and what is said of what it leaves."""

from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.rules import floor_lot, rules_of
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine.books import GridBook, State
from qmtdesk.engine.standing import slow_to_free
from qmtdesk.engine.work import ALARM, Work


def to_clear(state: State, code: str, book: GridBook) -> int:
    """What the grid holds of what the account has and may sell today, once the counter sets it free."""
    part, held = book.grid or book.rolling, state.holdings.get(code)
    if part is None or held is None:
        return 0
    return whole(state, code, min(part.held_total, held.sellable + slow_to_free(state, code)))


def whole(state: State, code: str, volume: int) -> int:
    """As much of a volume as the exchange takes in one order."""
    listing = state.listings.get(code)
    return floor_lot(rules_of(listing, shanghai_day(state.at)), volume) if listing is not None else 0


def say_unsold(work: Work, code: str, book: GridBook) -> None:
    """A stop that sells ended with its day, and nothing sells the rest."""
    part = book.grid or book.rolling
    if part is not None and part.held_total:
        work.log(ALARM, code, because(Why.LEFT_UNSOLD, volume=part.held_total))


def say_gone(work: Work, code: str, book: GridBook) -> None:
    """A stop that sells ends without a sale where the account has less than the grid is said to hold."""
    part, held = book.grid or book.rolling, work.state.holdings.get(code)
    position = held.volume if held is not None else 0
    if book.winding is StopHow.SELL and part is not None and part.held_total > position:
        work.log(ALARM, code, because(Why.POSITION_FLOOR, held=part.held_total, position=position))
