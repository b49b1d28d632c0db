"""What a desk asks about 清理: the list, the rows the user ticked, and the setting that widens it."""

from pathlib import Path

from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.messages import ClearHoldings, ClearRow
from qmtdesk.domain.order import OwnerKind
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import ClearBook, Holding, State, live_orders, own_volume
from qmtdesk.engine.clearing import most, sold
from qmtdesk.engine.grids import GRID_OWNERS
from qmtdesk.store.settings import keep_whole
from qmtdesk.strategies.clearing import ClearPlan, Desk, Held, Line, Proposal, Seat, propose
from qmtdesk.strategies.guard import GuardState
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.picture_bonds import screen_now
from qmtdesk.wire.clear_talk import ClearLine, ClearList, ClearRows, ClearWish, KeepWhole, ListClear
from qmtdesk.wire.talk import Ack


class ClearWishes:
    """Answers these wishes on the decision thread. Without a folder the setting lasts as long as the trader."""

    def __init__(self, plan: ClearPlan | None = None, folder: Path | None = None) -> None:
        self._plan = plan or ClearPlan()
        self._folder = folder

    def answer(self, loop: Loop, number: int, wish: ClearWish) -> ClearList | Ack:
        """Do it, or say why not."""
        match wish:
            case ListClear():
                return self._list(loop, number)
            case ClearRows(rows=rows):
                reason = self._confirmed(loop, number, rows)
                return Ack(number, reason is None, loop.seq, reason)
            case KeepWhole(on=on):
                reason = self._keep(on=on)
                return Ack(number, reason is None, loop.seq, reason)

    def _list(self, loop: Loop, number: int) -> ClearList:
        desk = desk_of(loop)
        found = propose(self._plan, desk, held_bonds(loop.state, whole=self._plan.whole))
        return ClearList(
            id=number,
            lines=(*(_running(loop.state, book) for book in loop.state.clears.values()), *_lines(loop.state, found)),
            whole=self._plan.whole,
            screen=loop.screen.name,
            listed=len(desk.result.included),
            keep=loop.screen.keep,
            as_of=desk.result.as_of,
            data_old=desk.result.data_old,
            others=found.others,
            busy=found.busy,
            slippage_bp=self._plan.slippage_bp,
        )

    def _confirmed(self, loop: Loop, number: int, rows: tuple[ClearRow, ...]) -> Reason | None:
        """Only what is proposed now, and no more of it: the list may have moved since the user saw it."""
        found = propose(self._plan, desk_of(loop), held_bonds(loop.state, whole=self._plan.whole))
        lines = {line.code: line for line in found.lines}
        for row in rows:
            line = lines.get(row.code)
            if line is None or row.volume > line.volume:
                return because(Why.NOT_PROPOSED, code=row.code, want=row.volume, volume=line.volume if line else 0)
            if line.refusal is not None:
                return line.refusal
        return loop.handle(0, ClearHoldings(rows, self._plan.whole), command=number).refusal

    def _keep(self, *, on: bool) -> Reason | None:
        if self._folder is None:
            self._plan = replace(self._plan, whole=on)
            return None
        try:
            self._plan = keep_whole(self._folder, on=on)
        except OSError as error:
            return because(Why.BAD_SETTING, name="clear", value=str(error))
        return None


def desk_of(loop: Loop) -> Desk:
    """What the list is made against now."""
    state = loop.state
    return Desk(
        screen=loop.screen,
        result=screen_now(state, loop.terms, loop.screen),
        terms=loop.terms,
        seats={
            code: Seat(instrument=state.instruments[code], quote=seen.quote, age_ms=state.at - seen.at)
            for code in state.holdings
            if code in state.instruments and (seen := state.quotes.get(code)) is not None
        },
        fees=state.fees,
        at=state.at,
        quote_age_ms=state.limits.quote_age_ms,
    )


def held_bonds(state: State, *, whole: bool) -> list[Held]:
    """Every holding in a convertible bond, as the proposal wants to know it."""
    return [
        _held(state, held, whole=whole)
        for code, held in state.holdings.items()
        if code in state.instruments and state.instruments[code].kind is Kind.BOND and code not in state.clears
    ]


def _held(state: State, held: Holding, *, whole: bool) -> Held:
    code = held.code
    book, guard = state.grids.get(code), state.guards.get(code)
    runs = book is not None and (book.armed or book.winding is not None)
    return Held(
        code=code,
        name=state.instruments[code].name,
        position=held.volume,
        bought_today=held.bought_today,
        own=own_volume(state, code),
        offer=most(state, code, held.volume, whole=whole),
        orders=sum(1 for order in live_orders(state, code) if order.owner.kind in GRID_OWNERS),
        busy=runs or (guard is not None and guard.state is GuardState.TRIGGERED),
        clearing=any(order.owner.kind is OwnerKind.CLEAR for order in live_orders(state, code)),
    )


def _lines(state: State, found: Proposal) -> tuple[ClearLine, ...]:
    return tuple(_line_of(state, line) for line in found.lines)


def _line_of(state: State, line: Line) -> ClearLine:
    return ClearLine(
        code=line.code,
        name=line.name or state.instruments[line.code].name,
        position=line.position,
        volume=line.volume,
        stays=line.stays,
        why=line.why,
        bid1=line.bid1,
        floor=line.floor,
        proceeds=line.proceeds,
        fee=line.fee,
        refusal=line.refusal or _suspended(state, line.code),
        notes=line.notes,
    )


def _running(state: State, book: ClearBook) -> ClearLine:
    """One that was confirmed and is being sold."""
    code, done = book.code, sold(state, book)
    held, seen, instrument = state.holdings.get(code), state.quotes.get(code), state.instruments.get(code)
    bid = seen.quote.bid1.price if seen is not None else 0
    return ClearLine(
        code=code,
        name=instrument.name if instrument is not None else "",
        position=held.volume if held is not None else 0,
        volume=book.target - done,
        stays=done,
        why=because(Why.CLEAR_STARTED, volume=book.target, stop_milli=book.floor),
        bid1=bid,
        floor=book.floor,
        proceeds=bid * (book.target - done),
        refusal=book.why or _suspended(state, code) or state.blocked.get(code),
        running=True,
    )


def _suspended(state: State, code: str) -> Reason | None:
    """What waits for the user's word before anything of the code is sold."""
    return state.suspended.get("") or state.suspended.get(code)
