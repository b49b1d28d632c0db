"""A replay without a window: recorded days through the real engine and the paper broker, as fast as it goes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.messages import ArmGrid, ArmGuard, Cancel, DayOpened, Event, LinkChanged, Place, Quoted, TimePassed
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.plans import GridPlan, GuardPlan
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.core import begin, step
from qmtdesk.engine.pnl import Lot, fold, result_of
from qmtdesk.engine.risk_limits import REPLAY_LIMITS
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.replay.days import ReplayDay
from qmtdesk.trader.told import Teller, encode, spoken, yuan

AFTERWARDS_MS = 15_000
SECOND_MS = 1_000
WAITING = frozenset({OrderState.INTENDED, OrderState.SENT, OrderState.UNKNOWN, OrderState.CANCELLING})


class RefusedError(ValueError):
    """Something that was asked for on the command line cannot be armed."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to arm, each when its code's first quote arrives."""

    grids: tuple[GridPlan, ...] = ()
    guards: tuple[GuardPlan, ...] = ()


class Headless:
    """One run. `held` is what the account starts with, bought on an earlier day."""

    def __init__(self, exchange: PaperExchange, held: Mapping[str, Lot], wishes: Wishes, out: BinaryIO) -> None:
        self._exchange = exchange
        self._held = dict(held)
        self._out = out
        self._teller = Teller()
        self._prices: dict[str, int] = {}
        self._to_arm: dict[str, list[Event]] = {}
        for grid in wishes.grids:
            self._to_arm.setdefault(grid.code, []).append(ArmGrid(replace(grid, keep_armed=True)))
        for guard in wishes.guards:
            self._to_arm.setdefault(guard.code, []).append(ArmGuard(guard))
        self._state = begin(State(REPLAY_LIMITS, FeeSchedule()), (), resume=False)
        self._at = 0
        self._result = result_of(self._held, ())

    @property
    def state(self) -> State:
        """The engine's state now."""
        return self._state

    def run(self, days: Iterable[ReplayDay]) -> None:
        """All days, then the summary. RefusedError when a wish cannot be armed or its code never comes."""
        for day in days:
            self._open(day)
            for quote in day.quotes:
                self._quote(quote)
            self._pass_until(self._at + AFTERWARDS_MS)
            self._exchange.close_day(self._at)
            self._pass_until(self._at + SECOND_MS)
        if self._to_arm:
            missing = ", ".join(sorted(self._to_arm))
            raise RefusedError(f"the files hold no quote of {missing}; nothing was armed for it")
        self._out.write(encode(self._summary()))

    def _open(self, day: ReplayDay) -> None:
        self._at = max(self._at, day.opens_at)
        self._exchange.open_day(day.day, day.instruments)
        if not self._state.linked:
            self._feed(LinkChanged(up=True))
        self._feed(DayOpened(day.day, day.instruments))
        self._pass_until(self._at + SECOND_MS)

    def _quote(self, quote: Quote) -> None:
        self._pass_until(quote.at)
        self._exchange.market(quote)
        self._deliver(quote.at)
        if quote.last:
            self._prices[quote.code] = quote.last
        self._feed(Quoted(quote))
        for wish in self._to_arm.pop(quote.code, ()):
            refusal = self._feed(wish)
            if refusal:
                raise RefusedError(refusal)
        self._deliver(quote.at)

    def _pass_until(self, at: int) -> None:
        """Deliver what is due on the way, and let time pass in seconds while an answer is waited for."""
        while self._at < at:
            due = self._exchange.next_due()
            moment = at if due is None else min(at, max(due, self._at))
            if self._waiting():
                moment = min(moment, self._at + SECOND_MS)
            passed = moment - self._at
            self._at = moment
            self._deliver(moment)
            if passed >= SECOND_MS:
                self._feed(TimePassed())

    def _waiting(self) -> bool:
        return any(order.state in WAITING or order.unsettled for order in live_orders(self._state)) or any(
            guard.state.value == "triggered" for guard in self._state.guards.values()
        )

    def _deliver(self, at: int) -> None:
        self._at = max(self._at, at)
        for _, event in self._exchange.due(self._at):
            self._feed(event)

    def _feed(self, event: Event) -> str:
        """One event through the engine; what it says goes out, what it wants goes to the exchange."""
        before = self._state
        result = step(before, self._at, event)
        self._state = result.state
        for line in self._teller.lines(before, result):
            self._out.write(line)
        for intent in result.intents:
            match intent:
                case Place():
                    self._exchange.submit(self._at, intent)
                case Cancel():
                    self._exchange.cancel(self._at, intent)
                case _:
                    self._exchange.query(self._at, intent)
        for fill in (fill for key, fill in result.state.fills.items() if key not in before.fills):
            self._result = fold(self._result, fill)
        return "" if result.refusal is None else spoken(result.refusal)

    def _summary(self) -> dict[str, object]:
        result, prices = self._result, self._prices
        account = self._exchange.account
        positions = {
            code: {"volume": lot.volume, "paid": yuan(lot.paid), "last": yuan(prices.get(code, 0))}
            for code, lot in sorted(result.lots.items())
            if lot.volume
        }
        return {
            "event": "summary",
            "cash": yuan(account.cash),
            "frozen": yuan(account.frozen),
            "positions": positions,
            "realised": yuan(result.realised),
            "floating": yuan(result.floating(prices)),
            "fees": yuan(result.fees),
            "cash_flow": yuan(result.cash_flow),
            "counts": dict(sorted(self._teller.counts.items())),
        }
