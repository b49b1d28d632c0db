"""How much a stop that sells has to sell, and what is said of what it leaves."""

from qmtdesk.domain.order import OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.rules import floor_lot, rules_of
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine.beside import SELLERS
from qmtdesk.engine.books import GridBook, Ready, State, filed_orders
from qmtdesk.engine.standing import slow_to_free
from qmtdesk.engine.work import ALARM, Work
from qmtdesk.strategies.plan_error import PlanError


def refuse(state: State) -> None:
    """Raise PlanError where a sale asked for now would begin at some later time, or end before it began."""
    if state.kill is not None:
        # one that waits for the switch to be lifted would come as a surprise
        raise PlanError(because(Why.KILLED, by=state.kill.by, at_ms=state.kill.at))
    if shanghai_day(state.at).isoformat() != state.day:
        # the list ends what was asked for on the day before it
        raise PlanError(because(Why.NO_DAY_YET))


def on_its_day(work: Work, code: str, how: StopHow, day: str) -> StopHow:
    """How a stop that was asked for on `day` stops now: a sale is of its day, and of another one's what stays is said.

    Nobody who asked for it on Friday is asked on Monday what he would sell at.
    """
    book = work.state.grids.get(code)
    if how is not StopHow.SELL or day in ("", shanghai_day(work.state.at).isoformat()):
        return how
    if book is not None:
        say_unsold(work, code, book)
    return StopHow.CANCEL


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
    """A stop that sells has ended, and nothing sells the rest; what is sold and not booked yet is none of it."""
    part = book.grid or book.rolling
    own = (order for order in filed_orders(work.state).of(code) if order.owner.kind in SELLERS)
    owed = sum([max(0, order.told_filled - order.filled) for order in own if order.side is Side.SELL])
    if part is not None and part.held_total > owed:
        work.log(ALARM, code, because(Why.LEFT_UNSOLD, volume=part.held_total - owed))


def waits(state: State, code: str) -> Reason | None:
    """Why a stop that finds nothing to sell is not over yet: what the account holds, or what traded, is not known."""
    if state.ready is not Ready.READY:
        return because(Why.RECONCILING)
    if any(o.unsettled and o.owner.kind is not OwnerKind.FOREIGN for o in filed_orders(state).of(code)):
        return because(Why.WAITING_CANCEL)
    return None


def say_left(work: Work, code: str, book: GridBook) -> None:
    """A stop that sells is over, and the grid holds something all the same, or is said to hold more than there is."""
    part, held = book.grid or book.rolling, work.state.holdings.get(code)
    position = held.volume if held is not None else 0
    if book.winding is not StopHow.SELL or part is None:
        return
    if part.held_total > position:
        work.log(ALARM, code, because(Why.POSITION_FLOOR, held=part.held_total, position=position))
    else:
        say_unsold(work, code, book)
