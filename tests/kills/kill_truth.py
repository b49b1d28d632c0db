"""What the broker's saved truth and the journal of a dead trader have to say to each other."""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import msgspec

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.order import FINAL, Fill, Order, OwnerKind, Side
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import fill_key
from qmtdesk.engine.books import State
from qmtdesk.engine.core import begin
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.saving import read_saved
from qmtdesk.gateways.paper.truth import Truth
from qmtdesk.gateways.paper.world import _Saved
from qmtdesk.store.journal import verify

NOT_A_GRIDS = frozenset({OwnerKind.FOREIGN, OwnerKind.GUARD})


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
    """The journal's history: every own order ever, what each grid should hold, trades booked to own orders."""

    orders: dict[str, Order]
    expected: dict[str, int]
    booked: Counter[tuple[str, str]]


def walk(records: list[r.Record]) -> Walk:
    """Follow the records; a grid armed anew begins with what it took over."""
    found = Walk({}, {}, Counter())
    armed_at: dict[str, int] = {}
    for record in records:
        match record:
            case r.OrderPlaced(order):
                found.orders[order.ref] = order
            case r.GridChanged(code, book):
                if armed_at.get(code) != book.armed_at:
                    armed_at[code] = book.armed_at
                    found.expected[code] = book.plan.adopt
            case r.FillBooked(fill):
                _book(found, fill)
            case _:
                pass
    return found


def _book(found: Walk, fill: Fill) -> None:
    order = found.orders.get(fill.ref)
    if order is None or order.owner.kind is OwnerKind.FOREIGN:
        return
    found.booked[fill_key(fill), fill.ref] += 1
    if order.owner.kind not in NOT_A_GRIDS and fill.code in found.expected:
        found.expected[fill.code] += fill.volume if fill.side is Side.BUY else -fill.volume


def wrongs(folder: Path, known_before: frozenset[str] = frozenset()) -> list[str]:
    """Everything that may never be, whenever the trader died. `known_before` are trades it had time to book."""
    verdict = verify(folder / "journal.db")
    if not verdict.ok:
        return [f"journal: {verdict.text}"]
    records = records_of(folder)
    state = begin(State(RiskLimits(), FeeSchedule()), records, resume=True)
    truth, found = broker_truth(folder), walk(records)
    if truth is None:
        return []
    return [
        *_orders(truth, found),
        *_doubles(truth, found),
        *_fills(truth, state, found, known_before),
        *_grids(state, found),
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
        if part is not None and part.held_total != found.expected[code]:
            wrong.append(f"{code} holds {part.held_total}, its trades come to {found.expected[code]}")
    return wrong


def settled(folder: Path) -> list[str]:
    """After a kill switch that was carried out: nothing alive, and both sides know the same trades."""
    truth = broker_truth(folder)
    if truth is None:
        return ["nothing was saved"]
    records = records_of(folder)
    state = begin(State(RiskLimits(), FeeSchedule()), records, resume=True)
    orders = walk(records).orders
    wrong = wrongs(folder, frozenset(own_fills(truth)))
    wrong += [f"alive: {entry}" for entry in truth.entries.values() if entry.remark and entry.state not in FINAL]
    wrong += [f"alive in the journal: {ref}" for ref in orders if (o := state.orders.get(ref)) is not None and o.live]
    if state.kill is None or not state.kill.done_at:
        wrong.append("the kill switch was not carried out")
    return wrong
