"""What the counter said and what must not be done upon it, remembered beside the program's own books."""

from typing import TYPE_CHECKING

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import BUYS
from qmtdesk.engine.identity import installation_of

if TYPE_CHECKING:
    from qmtdesk.simulate.checked_day import CheckedDay

LOSSES, WITHIN_MS = 3, 60_000
APART_MS = 3_000
"""Less than the program waits: it may have noticed from an answer before the first that counts here."""
OLD_MS = 6_000
SILENT_MS = 16_000


class Heard:
    """Only what counts of it is kept: each new word replaces the one before."""

    def __init__(self) -> None:
        self.odd: dict[str, tuple[str, Side]] = {}
        self.status = 0
        self.holes: list[int] = []
        self.lacks_since = 0
        self.losses: list[int] = []
        self.flapping = False
        self.others: set[str] = set()
        self.confirmed: set[str] = set()
        self.buys_off = False
        self.answered_at = 0

    def restarted(self, day: "CheckedDay") -> None:
        """A new process knows what its journal tells; what it was told shortly before it died it may not."""
        suspended = day.state.suspended
        self.odd.clear()
        self._whole()
        self.losses.clear()
        why = suspended[""].why if "" in suspended else None
        self.flapping, self.buys_off, self.answered_at = why is Why.LINK_FLAPS, BUYS in suspended, day.at

    def hear(self, day: "CheckedDay", event: m.Event) -> None:
        """Before the program does."""
        match event:
            case m.OrderReported(row, ""):
                self._row(day, row)
            case m.AccountReported(request, report, ""):
                self._report(day, request, report)
            case m.ReportFailed():
                self.answered_at = day.at
            case m.AccountStatusTold(number, ""):
                self.status = number
            case m.LinkChanged(up):
                self.answered_at = day.at
                if not up and day.state.linked:
                    self.losses = [at for at in self.losses if day.at - at < WITHIN_MS] + [day.at]
                    self.flapping = self.flapping or len(self.losses) >= LOSSES
            case m.DayOpened(today) if today != day.state.day:
                self.odd.clear()
                self._whole()
                self.confirmed.clear()
            case m.Release(code) if code in ("", BUYS):
                self._released(code, halted="" in day.state.suspended)
            case m.SetMaster(on) if on:
                self._released("", halted="" in day.state.suspended)
            case _:
                pass

    def _released(self, code: str, *, halted: bool) -> None:
        if code or not halted:
            self.confirmed |= self.others
            self.buys_off = False
        if not code:
            self.losses.clear()
            self.flapping = False

    def _row(self, day: "CheckedDay", row: BrokerOrder) -> None:
        if row.at < at_of(day.day, 0, 0):
            # of an earlier day; the number may be another order's by now
            return
        if row.state is OrderState.UNKNOWN:
            self.odd[row.broker_id] = (row.code, row.side)
        else:
            self.odd.pop(row.broker_id, None)
        other = installation_of(row.remark)
        if other and other != day.state.install and other not in self.confirmed:
            self.others.add(other)
            self.buys_off = True

    def _report(self, day: "CheckedDay", request: int, report: AccountReport) -> None:
        self.answered_at = day.at
        if report.day != day.state.day:
            return
        for row in report.orders:
            self._row(day, row)
        if not day.state.answered < request <= day.state.request:
            # one that a newer has overtaken, or that a process before this one asked for, is nothing, holes or not
            return
        # a list that has rows hidden lacks them as one with holes does
        holed = bool(request in day.exchange.holed or day.exchange.hidden or day.exchange.unloaded)
        # and one that was on its way when the rows were shown again lacks them still
        holed = holed or self.lacks_since > 0
        # one that tells a trade and lists no order is the first to tell of that order, and lacks it
        unlisted = bool(report.fills) and not report.orders
        if not (holed and (unlisted or lacking(day, report, 0))):
            self._whole()
            return
        # the program may notice at once what it need not notice before it has known it for a while
        self.lacks_since = self.lacks_since or report.at
        if lacking(day, report, OLD_MS):
            self.holes.append(report.at)
        else:
            self.holes.clear()

    def _whole(self) -> None:
        self.lacks_since = 0
        self.holes.clear()

    # --- at an order

    def check(self, day: "CheckedDay", place: m.Place) -> None:
        """Before it leaves."""
        if self.status:
            day.fail("I7", f"an order left although the account's status is {self.status}: {place}")
        if self.holes and self.holes[-1] - self.lacks_since < APART_MS:
            day.fail("I7", f"an order left on the word of an answer with holes: {place}")
        if self.flapping:
            day.fail("I7", f"an order left although the link flaps and nobody said go on: {place}")
        if self.buys_off and place.side is Side.BUY:
            day.fail("I7", f"bought although another program trades the account: {place}")
        self._check_odd(day, place)
        asked = self._asked_at(day)
        if asked and day.at - asked > SILENT_MS:
            day.fail("I7", f"an order left although nobody answers since {asked}: {place}")

    def _asked_at(self, day: "CheckedDay") -> int:
        """When the oldest question left that was asked after the newest answer; 0 when there is none."""
        oldest = 0
        for at, intent in reversed(day.sent):
            if at <= self.answered_at:
                break
            oldest = at if isinstance(intent, m.Query) else oldest
        return oldest

    def _check_odd(self, day: "CheckedDay", place: m.Place) -> None:
        for number, where in self.odd.items():
            order = day.state.orders.get(day.state.refs.get(number, ""))
            if where != (place.code, place.side) or number not in day.mine or order is None:
                continue
            if order.live and order.owner.kind is not OwnerKind.FOREIGN:
                day.fail("I7", f"{number} is in a state nobody knows, and its side was not left alone: {place}")


def lacking(day: "CheckedDay", report: AccountReport, known_ms: int) -> bool:
    """Whether something that the program has known for so long is not in an answer."""
    state = day.state
    # what is held a new process hears first; orders and trades its journal tells it
    money = state.money if state.money is not None and state.money.reported_at else None
    sold = {fill.code for fill in report.fills}
    held = any(held.volume and held.code not in sold for held in state.holdings.values())
    # of an earlier day nothing has to be told
    begun = at_of(day.day, 0, 0)
    todays = [order for order in state.orders.values() if order.broker_id and order.created_at >= begun]
    orders = any(order.updated_at < report.at - known_ms for order in todays)
    fills = any(fill.at < report.at - known_ms for fill in state.fills.values())
    asset = report.asset
    return (
        (money is not None and held and not report.positions)
        or (orders and not report.orders)
        or (fills and not report.fills)
        or (money is not None and money.gross_cash > 0 and not asset.cash + asset.frozen and not sold)
    )
