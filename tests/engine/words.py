"""What a counter may say, written by hand: rows, trades and reports about an order of ours or of somebody else."""

from collections.abc import Iterable

from qmtdesk.domain.account import AccountReport, Asset, BrokerOrder, Position
from qmtdesk.domain.messages import (
    AccountReported,
    ArmGrid,
    AskNow,
    DisarmGrid,
    FillReported,
    OrderReported,
    Place,
    TimePassed,
)
from qmtdesk.domain.order import Fill, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import gate
from qmtdesk.engine.core import Step
from qmtdesk.engine.worth import day_base, total_value
from qmtdesk.simulate.market_day import BOND, MarketDay, quote_of

ID = "77001"
PLAN = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100)
WHOLE = GridPlan(code=BOND)
KEPT = replace(PLAN, keep_armed=True)


def deaf_grid(plan: GridPlan = PLAN, **kit: object) -> tuple[MarketDay, Place]:
    """An armed grid whose one buy left and was heard by nobody; what the counter says is up to the test."""
    day = MarketDay(**kit).open()  # type: ignore[arg-type]
    day.deaf = True
    assert day.feed(ArmGrid(plan)).refusal is None
    (place,) = day.places(BOND)
    return day, place


def buy_in(day: MarketDay, plan: GridPlan = WHOLE) -> None:
    """Arm a grid and let it buy its first volume; it rests on both sides then."""
    day.feed(ArmGrid(plan))
    day.wait(500)
    day.price(BOND, 119_990)
    day.wait(500)
    day.price(BOND, 120_010)
    day.live_market(6_000)


def sell_out(day: MarketDay) -> Order:
    """Stop the grid with selling, and let the market fall away from under its sale, which stands on the book."""
    day.feed(DisarmGrid(BOND, StopHow.SELL))
    day.wait(300)
    day.exchange.market(quote_of(BOND, day.at, 119_000, prev=120_000))
    day.wait(700)
    day.feed(TimePassed())
    (order,) = [order for order in day.live(BOND) if order.owner.kind is OwnerKind.CLEAR]
    return order


def by_hand(code: str, side: Side, price: int, volume: int) -> Place:
    """An order of somebody else, who leaves no remark."""
    return Place("", code, side, price, volume, Owner(OwnerKind.FOREIGN))


def row_of(
    day: MarketDay,
    place: Place,
    state: OrderState,
    filled: int = 0,
    *,
    remark: str | None = None,
    number: str = ID,
    text: str = "",
    at: int = 0,
) -> BrokerOrder:
    """The counter's row of an order."""
    told = place.ref if remark is None else remark
    return BrokerOrder(
        number, told, place.code, place.side, place.price, place.volume, filled, state, text, at or day.at
    )


def told(day: MarketDay, place: Place, state: OrderState, filled: int = 0, **rest: object) -> Step:
    """Push a row."""
    return day.feed(OrderReported(row_of(day, place, state, filled, **rest)))  # type: ignore[arg-type]


def trade_of(day: MarketDay, place: Place, volume: int, trade: str = "1", *, number: str = ID, on: str = "") -> Fill:
    """A trade of an order at its own price."""
    return Fill(
        trade, on or day.day.isoformat(), number, place.ref, place.code, place.side, place.price, volume, day.at
    )


def traded(day: MarketDay, place: Place, volume: int, trade: str = "1", **rest: object) -> Step:
    """Push a trade."""
    return day.feed(FillReported(trade_of(day, place, volume, trade, **rest)))  # type: ignore[arg-type]


def answer(
    day: MarketDay,
    orders: Iterable[BrokerOrder] = (),
    fills: Iterable[Fill] = (),
    positions: Iterable[Position] = (),
    cash: int = 1_000_000_000,
) -> Step:
    """Answer the newest question with these rows."""
    report = AccountReport(
        day.at, day.day.isoformat(), Asset(cash, 0, cash), tuple(positions), tuple(orders), tuple(fills)
    )
    return day.feed(AccountReported(day.state.request, report))


def beat(day: MarketDay, seconds: int = 1) -> None:
    """Seconds that pass, with a price each and nothing said by the counter."""
    for _ in range(seconds):
        day.at += 1_000
        day.quote_all()
        day.feed(TimePassed())


def look(day: MarketDay, times: int = 3, **rows: object) -> None:
    """Two seconds and an empty or given answer, several times."""
    for _ in range(times):
        beat(day, 3)
        answer(day, **rows)  # type: ignore[arg-type]


def asked(day: MarketDay) -> None:
    """Two answers that say the same, some seconds apart."""
    day.feed(AskNow())
    day.live_market(9_000)


def loss(day: MarketDay) -> int:
    """What was lost since the day's base."""
    return day_base(day.state) - total_value(day.state)


def why(day: MarketDay, place: Place) -> Why | None:
    """Why the gate would refuse this order now, None when it would pass."""
    reason = gate.refusal(day.state, replace(place, ref="q-new"))
    return reason and reason.why


def said(day: MarketDay, why: Why) -> int:
    """How many lines of the log give this reason; an answer to the user's own word is none."""
    return sum(1 for line in day.state.lines if line.reason.why is why and line.level != "info")


def report_of(day: MarketDay, **parts: object) -> AccountReport:
    """What the counter would report now, with some parts exchanged."""
    return replace(day.exchange.report(day.at), **parts)  # type: ignore[arg-type]
