"""What the broker's saved truth and the journal of a dead trader have to say to each other."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.order import FINAL, Fill, Order, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import fill_key
from qmtdesk.engine.books import LogLine, State
from qmtdesk.engine.core import begin
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.saving import read_saved
from qmtdesk.gateways.paper.truth import Truth
from qmtdesk.gateways.paper.world import _Saved
from qmtdesk.store.journal import verify

NOT_A_GRIDS = frozenset({OwnerKind.FOREIGN, OwnerKind.GUARD, OwnerKind.LOST})


def broker_truth(folder: Path) -> Truth | None:
    """The paper broker as it saved itself last."""
    data = read_saved(folder)
    if data is None:
        return None
    exchange = PaperExchange(PaperAccount(0))
    exchange.load(msgspec.msgpack.decode(data, type=_Saved).exchange)
    return exchange._truth


def rows_after(folder: Path, number: int) -> list[tuple[int, str, bytes]]:
    """The journal's rows above a number, read beside a living trader; [] while there is no journal."""
    path = folder / "journal.db"
    if not path.exists():
        return []
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=2)
    except sqlite3.DatabaseError:
        return []
    try:
        return connection.execute("SELECT no, kind, body FROM journal WHERE no > ? ORDER BY no", (number,)).fetchall()
    except sqlite3.DatabaseError:
        return []
    finally:
        connection.close()


def records_of(folder: Path) -> list[r.Record]:
    """All that was written down."""
    return [r.decode(kind, body) for _, kind, body in rows_after(folder, 0) if kind in r.KINDS]


@dataclass
class Walk:
    """The journal's history: every own order ever, what each grid should hold, trades booked to own orders.

    An order the user left on the book when he stopped a grid may fill for the next one, which counts it only where it
    has the same gap: from then on until it is armed anew nothing can be said of that grid (`mixed`).
    """

    orders: dict[str, Order] = field(default_factory=dict)
    expected: dict[str, int] = field(default_factory=dict)
    booked: Counter[tuple[str, str]] = field(default_factory=Counter)
    armed_at: dict[str, int] = field(default_factory=dict)
    older: dict[str, frozenset[str]] = field(default_factory=dict)
    mixed: set[str] = field(default_factory=set)
    left_open: frozenset[str] = frozenset()

    def follow(self, record: r.Record) -> None:
        """One more record; a grid armed anew begins with what it took over."""
        match record:
            case r.OrderPlaced(order):
                self.orders[order.ref] = order
            case r.GridChanged(code, book):
                if self.armed_at.get(code) != book.armed_at:
                    self.armed_at[code] = book.armed_at
                    self.expected[code] = book.plan.adopt
                    self.older[code] = frozenset(self.orders)
                    self.mixed.discard(code)
            case r.FillBooked(fill):
                self._book(fill)
            case r.LeftOpen(overnight) if overnight is not None:
                self.left_open = frozenset(order.ref for order in overnight.orders)
            case r.Logged(line) if line.reason.why is Why.MISSED_TRADES:
                self._missed(line)
            case _:
                pass

    def _missed(self, line: LogLine) -> None:
        """Trades of an earlier day that the broker cannot tell any more: the position told what they must have been."""
        args = dict(line.reason.args)
        volume = int(args.get("volume", 0))
        if line.code in self.expected:
            if self._of_code(self.left_open & self.older[line.code], line.code):
                # which of them were the earlier arming's nobody can tell
                self.mixed.add(line.code)
            self.expected[line.code] += volume if args.get("side") == Side.BUY.value else -volume

    def _of_code(self, refs: frozenset[str], code: str) -> bool:
        return any(self.orders[ref].code == code for ref in refs if ref in self.orders)

    def _book(self, fill: Fill) -> None:
        order = self.orders.get(fill.ref)
        if order is None or order.owner.kind is OwnerKind.FOREIGN:
            return
        self.booked[fill_key(fill), fill.ref] += 1
        if order.owner.kind not in NOT_A_GRIDS and fill.code in self.expected:
            if order.ref in self.older[fill.code]:
                self.mixed.add(fill.code)
            self.expected[fill.code] += fill.volume if fill.side is Side.BUY else -fill.volume


def walk(records: list[r.Record]) -> Walk:
    """Follow all of them."""
    found = Walk()
    for record in records:
        found.follow(record)
    return found


def wrongs(folder: Path, known_before: frozenset[str] = frozenset()) -> list[str]:
    """Everything that may never be, whenever the trader died. `known_before` are trades it had time to book."""
    verdict = verify(folder / "journal.db")
    if not verdict.ok:
        return [f"journal: {verdict.text}"]
    records = records_of(folder)
    state = begin(State(RiskLimits(), FeeSchedule()), records, resume=True)
    truth, found = broker_truth(folder), walk(records)
    return [] if truth is None else compared(truth, state, found, known_before)


def compared(truth: Truth, state: State, found: Walk, known_before: frozenset[str]) -> list[str]:
    """Everything that may never be, of a broker and of a journal."""
    return [
        *_orders(truth, found),
        *_doubles(truth, found),
        *_fills(truth, state, found, known_before),
        *_grids(state, found),
        *_homeless(state, found),
    ]


def _orders(truth: Truth, found: Walk) -> list[str]:
    wrong = []
    remarks = Counter(entry.remark for entry in truth.entries.values() if entry.remark)
    wrong += [f"{remark} reached the broker {count} times" for remark, count in remarks.items() if count > 1]
    for entry in truth.entries.values():
        order = found.orders.get(entry.remark)
        if entry.remark and order is None:
            wrong.append(f"the journal knows nothing of {entry}")
        elif order is not None:
            told = (entry.code, entry.side, entry.price, entry.volume)
            if told != (order.code, order.side, order.price, order.volume):
                wrong.append(f"not what was written down: {entry}")
    return wrong


def _doubles(truth: Truth, found: Walk) -> list[str]:
    keys = Counter(
        (order.code, order.owner, order.side)
        for entry in truth.entries.values()
        if entry.state not in FINAL and (order := found.orders.get(entry.remark)) is not None
    )
    return [f"{count} live orders of {key}" for key, count in keys.items() if count > 1]


def own_fills(truth: Truth) -> dict[str, str]:
    """The broker's own trades of the day: key to remark."""
    remarks = {entry.broker_id: entry.remark for entry in truth.entries.values()}
    return {fill_key(f): remarks[f.broker_id] for f in truth.fills if remarks.get(f.broker_id)}


def _fills(truth: Truth, state: State, found: Walk, known_before: frozenset[str]) -> list[str]:
    theirs = own_fills(truth)
    wrong = [f"booked {count} times: {key}" for key, count in found.booked.items() if count > 1]
    if state.day != truth.day:
        return wrong
    ours = {key: fill.ref for key, fill in state.fills.items() if fill.ref in found.orders}
    wrong += [f"booked to {ref}, the broker says {theirs.get(key)}: {key}" for key, ref in ours.items()
              if theirs.get(key) != ref]  # fmt: skip
    wrong += [f"never booked: {key}" for key in known_before if key.startswith(state.day) and key not in ours]
    volumes: Counter[str] = Counter()
    for key, ref in ours.items():
        volumes[ref] += state.fills[key].volume
    wrong += [
        f"{order.ref} is filled {order.filled}, its trades come to {volumes[order.ref]}"
        for order in state.orders.values()
        if order.owner.kind is not OwnerKind.FOREIGN and order.filled != volumes[order.ref]
    ]
    return wrong


def _grids(state: State, found: Walk) -> list[str]:
    wrong = []
    for code, book in state.grids.items():
        part = book.grid or book.rolling
        if part is not None and code not in found.mixed and part.held_total != found.expected[code]:
            wrong.append(f"{code} holds {part.held_total}, its trades come to {found.expected[code]}")
    return wrong


def settled(folder: Path) -> list[str]:
    """After a kill switch that was carried out: nothing alive, and both sides know the same trades."""
    truth = broker_truth(folder)
    if truth is None:
        return ["nothing was saved"]
    records = records_of(folder)
    state = begin(State(RiskLimits(), FeeSchedule()), records, resume=True)
    return [*wrongs(folder, frozenset(own_fills(truth))), *left_over(truth, state, walk(records))]


def _homeless(state: State, found: Walk) -> list[str]:
    homes = [(order, order.owner.kind) for order in found.orders.values()]
    return [
        f"no grid is written down for {order}"
        for order, kind in homes
        if kind not in NOT_A_GRIDS and order.code not in state.grids
    ]


def left_over(truth: Truth, state: State, found: Walk) -> list[str]:
    """What a kill switch that was carried out left alive."""
    wrong = [f"alive: {entry}" for entry in truth.entries.values() if entry.remark and entry.state not in FINAL]
    wrong += [
        f"alive in the journal: {ref}" for ref in found.orders if (o := state.orders.get(ref)) is not None and o.live
    ]
    if state.kill is None or not state.kill.done_at:
        wrong.append("the kill switch was not carried out")
    return wrong
