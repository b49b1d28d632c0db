"""What a headless run tells: one JSON object a line, from the records and moves of each step."""

from collections.abc import Iterator
from typing import Any

import msgspec

from qmtdesk.domain.money import decimal_text
from qmtdesk.domain.order import Fill, Order, OrderState, OwnerKind
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.domain.sessions import clock_text
from qmtdesk.engine import records as r
from qmtdesk.engine.books import LogLine, State
from qmtdesk.engine.core import Step
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.guard import Asked, AskExpired, Fired, NotSold, shown_state

GRID_WORDS = frozenset(
    {
        Why.ARMED,
        Why.DISARMED,
        Why.TAKEN_OFF,
        Why.PULLED_LATE,
        Why.SLEEP,
        Why.WAKE,
        Why.ROLLED,
        Why.WORKED_OUT_ANEW,
        Why.NOT_WORKED_OUT,
        Why.EX_RIGHTS,
        Why.LOWER_STOP,
        Why.BUYS_ENDED,
        Why.EXPIRED_AT_CLOSE,
        Why.REJECTED_TOO_OFTEN,
        Why.STEP_FAILED,
        Why.POSITION_FLOOR,
        Why.KILLED,
    }
)
CANCELLED = frozenset({OrderState.CANCELLED, OrderState.PART_CANCELLED})

Line = dict[str, Any]


def yuan(milli: int) -> str:
    """厘 as a decimal string of CNY."""
    return decimal_text(milli)


def spoken(reason: Reason | None) -> str:
    """A reason as one ASCII word and its numbers, money in CNY."""
    if reason is None:
        return ""
    parts = [reason.why.value]
    for name, value in reason.args:
        if name.endswith("_milli") and isinstance(value, int):
            parts.append(f"{name.removesuffix('_milli')}={yuan(value)}")
        else:
            parts.append(f"{name}={value}")
    return " ".join(parts)


class Teller:
    """Turns steps into lines. Keeps what it said last of each guarded board, so only changes are told."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[str, str]] = {}
        self._why: dict[str, Reason] = {}
        self.counts: dict[str, int] = {}

    def lines(self, before: State, step: Step) -> Iterator[bytes]:
        """All lines of one step, in the order things happened."""
        for line in self._lines(before, step):
            self.counts[line["event"]] = self.counts.get(line["event"], 0) + 1
            yield encode(line)

    def _lines(self, before: State, step: Step) -> Iterator[Line]:
        yield from self._boards(step.state)
        for code, move in step.moves:
            yield from self._move(step.state, code, move)
        told: dict[str, OrderState] = {ref: order.state for ref, order in before.orders.items()}
        for record in step.records:
            yield from self._record(step.state, record, told)

    def _boards(self, state: State) -> Iterator[Line]:
        for code, guard in state.guards.items():
            board = state.boards.get(code)
            if board is None:
                continue
            shown = "off" if guard.why_off else shown_state(guard, board, fresh=True)
            now = (shown, board.state.value)
            if self._shown.get(code) != now:
                self._shown[code] = now
                yield self._line(
                    state,
                    "guard_state",
                    code,
                    state=shown,
                    board=board.state.value,
                    **_seal(board),
                    breaks=board.breaks,
                    price=yuan(state.quotes[code].quote.last),
                    reason=spoken(guard.why_off),
                )

    def _move(self, state: State, code: str, move: object) -> Iterator[Line]:
        board = state.boards[code]
        match move:
            case Fired(rule=rule, reason=reason, action=action, volume=volume, price=price):
                self._why[code] = reason
                yield self._line(
                    state,
                    "guard_trigger",
                    code,
                    side="sell",
                    price=yuan(price),
                    volume=volume,
                    **_seal(board),
                    rule=rule.value,
                    action=action.value,
                    reason=spoken(reason),
                )
            case Asked(reason=reason, volume=volume, price=price):
                yield self._line(
                    state,
                    "guard_ask",
                    code,
                    side="sell",
                    price=yuan(price),
                    volume=volume,
                    **_seal(board),
                    reason=spoken(reason),
                )
            case AskExpired(reason=reason):
                yield self._line(state, "guard_ask_expired", code, reason=spoken(reason))
            case NotSold(reason=reason):
                yield self._line(state, "guard_not_sold", code, **_seal(board), reason=spoken(reason))
            case _:
                return

    def _record(self, state: State, record: r.Record, told: dict[str, OrderState]) -> Iterator[Line]:
        match record:
            case r.OrderPlaced(order):
                told[order.ref] = order.state
                yield self._order(state, "order", order, self._reason(order))
            case r.OrderMoved(ref=ref, state=now, text=text):
                was, moved = told.get(ref), state.orders.get(ref)
                told[ref] = now
                if moved is None or was is now:
                    return
                if now in CANCELLED:
                    yield self._order(state, "cancel", moved, text)
                elif now in (OrderState.REJECTED, OrderState.REFUSED):
                    yield self._order(state, "reject", moved, text)
                elif now is OrderState.UNKNOWN:
                    yield self._order(state, "unknown", moved, text)
            case r.FillBooked(fill):
                yield self._fill(state, fill)
            case r.Logged(line) if line.code in state.grids and line.reason.why in GRID_WORDS:
                yield self._grid(state, line)
            case _:
                return

    def _reason(self, order: Order) -> str:
        if order.owner.kind is OwnerKind.GUARD:
            return spoken(self._why.get(order.code))
        return f"{order.owner.kind.value} {order.owner.slot}"

    def _order(self, state: State, event: str, order: Order, reason: str) -> Line:
        return self._line(
            state,
            event,
            order.code,
            side=order.side.value,
            price=yuan(order.price),
            volume=order.volume,
            filled=order.filled,
            ref=order.ref,
            owner=order.owner.kind.value,
            slot=order.owner.slot,
            reason=reason,
        )

    def _fill(self, state: State, fill: Fill) -> Line:
        order = state.orders.get(fill.ref)
        return self._line(
            state,
            "fill",
            fill.code,
            side=fill.side.value,
            price=yuan(fill.price),
            volume=fill.volume,
            level=yuan(order.price if order else fill.price),
            fee=yuan(fill.fee),
            ref=fill.ref,
            trade=fill.trade_id,
            owner=order.owner.kind.value if order else OwnerKind.FOREIGN.value,
            slot=order.owner.slot if order else 0,
            reason=self._reason(order) if order else "foreign",
        )

    def _grid(self, state: State, line: LogLine) -> Line:
        book = state.grids[line.code]
        part = book.grid or book.rolling
        word = "running" if book.armed else "stopped"
        if book.armed and part is not None and part.asleep:
            word = "asleep"
        held = part.held_total if part else 0
        unit = part.unit if part else 0
        return self._line(state, "grid_state", line.code, state=word, held=held, unit=unit, reason=spoken(line.reason))

    def _line(self, now: State, event: str, code: str, **rest: Any) -> Line:  # noqa: ANN401 - one JSON line's values
        return {"time": clock_text(now.at), "day": now.day, "event": event, "code": code, **rest}


def _seal(board: Board) -> dict[str, str]:
    return {"seal_amount": yuan(board.seal)}


def encode(line: Line) -> bytes:
    """A line of JSON."""
    return msgspec.json.encode(line) + b"\n"
