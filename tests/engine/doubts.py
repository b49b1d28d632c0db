"""Orders that left and were heard by nobody, and the answers that may tell of them."""

from collections.abc import Sequence

from words import PLAN, beat, by_hand, said, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset, BrokerOrder, Position
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Fill, OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay

S = OrderState
CASH = 1_000_000_000
SELLS = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100, adopt=300, sell_only=True)
OTHER = by_hand(BOND2, Side.SELL, 125_000, 10)


def lost(side: Side = Side.BUY, code: str = BOND, **kit: object) -> tuple[MarketDay, Place]:
    """One order that left and was heard by nobody, of a grid that buys or of one that sells what is held."""
    prices = {BOND: 120_000, BOND2: 110_000, STOCK: 10_000}
    held = {code: (300, 9_000)} if side is Side.SELL else {}
    plan = replace(SELLS, code=code) if side is Side.SELL else PLAN
    day, place = grid_of(plan, prices=prices, held=held, **kit)
    assert place.side is side
    day.feed(m.SubmitUnknown(place.ref, ""))
    return day, place


def grid_of(plan: GridPlan, *, first: AccountReport | None = None, **kit: object) -> tuple[MarketDay, Place]:
    """A grid whose one order left and is not answered yet, on a day that may begin with an answer."""
    day = MarketDay(**kit).open()  # type: ignore[arg-type]
    day.deaf = True
    if first is not None:
        beat(day, 15)
        day.feed(m.AccountReported(day.state.request, replace(first, at=day.at)))
    assert day.feed(m.ArmGrid(plan)).refusal is None
    (place,) = day.places(plan.code)
    return day, place


def counted(
    day: MarketDay,
    *,
    frozen: int = 0,
    spent: int = 0,
    held: Sequence[Position] = (),
    rows: Sequence[BrokerOrder] = (),
    fills: Sequence[Fill] = (),
) -> AccountReport:
    """An answer with this; `frozen` and `spent` are 厘 gone from the cash there was."""
    asset = Asset(CASH - frozen - spent, frozen, CASH)
    return AccountReport(day.at, day.day.isoformat(), asset, tuple(held), tuple(rows), tuple(fills))


def looks(day: MarketDay, times: int = 5, **parts: object) -> None:
    """Answers that say this, three seconds apart."""
    for _ in range(times):
        beat(day, 3)
        day.feed(m.AccountReported(day.state.request, counted(day, **parts)))  # type: ignore[arg-type]


def still_in_doubt(day: MarketDay, place: Place) -> bool:
    """Kept, frozen, told once, and for the user to decide."""
    same = [each for each in day.places(place.code) if each.side is place.side]
    assert same == [place] or day.state.orders[place.ref].state is S.REFUSED
    kept = day.state.orders[place.ref].state is S.UNKNOWN
    assert said(day, Why.DOUBT_KEPT) == kept
    if kept:
        assert why(day, replace(place, price=place.price - 1_000)) is Why.SIDE_FROZEN
        assert day.feed(m.DecideUnknown(place.ref, "")).refusal is None
        assert day.state.orders[place.ref].state is S.REFUSED
    return kept
