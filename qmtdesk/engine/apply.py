"""How one record changes the state: the only place that does, live and at a restart alike."""

from collections import Counter
from collections.abc import Iterable, Sequence

from qmtdesk.domain.order import CANCELLABLE, FINAL, Fill, Order, OrderState, OwnerKind, Side
from qmtdesk.domain.reason import Reason
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine import records as r
from qmtdesk.engine.beside import GRID_OWNERS
from qmtdesk.engine.books import Elsewhere, Holding, KillBook, LogLine, Money, State, drop, put, put_all
from qmtdesk.engine.filed import Filed, Orders
from qmtdesk.engine.telling import told_key

LINES_KEPT = 500
LOSS = "loss"
RATE_WINDOW_MS = 60_000


def apply(state: State, record: r.Record) -> State:  # noqa: C901, PLR0912 - one arm per record of a closed union
    """Fold one record in. Pure; a record of something unknown (an order of yesterday) changes nothing."""
    match record:
        # told the most, so it is asked for first
        case r.Logged():
            return _logged(state, record.line)
        case r.OrderPlaced(order):
            return _placed(state, order)
        case r.OrderMoved():
            return _moved(state, record)
        case r.CancelAsked(ref, at):
            return cancels_asked(state, (ref,), at)
        case r.FillBooked(fill):
            return _booked(state, fill)
        case r.GridChanged(code, book):
            return replace(state, grids=put(state.grids, code, book))
        case r.TrailsMoved():
            return _trailed(state, record)
        case r.OwnCut(code, volume):
            return replace(state, bought=put(state.bought, code, volume))
        case r.GuardChanged(code, guard):
            return replace(state, guards=drop(state.guards, code) if guard is None else put(state.guards, code, guard))
        case r.ClearChanged(code, clear):
            return replace(state, clears=drop(state.clears, code) if clear is None else put(state.clears, code, clear))
        case r.BoardMoved(code, board):
            return replace(state, boards=put(state.boards, code, board))
        case r.ShadowKept(code, shadow):
            return replace(state, shadows=put(state.shadows, code, shadow))
        case r.WatchSet(codes):
            return replace(state, watch=codes)
        case r.MasterSet(on):
            return replace(state, master=on)
        case r.KillSet(kill):
            return _kill_set(state, kill)
        case r.DayBegan(day):
            return _day_began(state, day)
        case r.LeftOpen(overnight):
            return replace(state, overnight=overnight)
        case r.DayBase():
            return _day_base(state, record)
        case r.Suspended(code, at, reason):
            return _suspended(state, code, at, reason)
        case r.Installed(prefix):
            return replace(state, install=prefix)
        case r.AccountKnown(account):
            return replace(state, account=account)
        case r.LiveSaid(on):
            return replace(state, confirmed=on)
        case r.StrayDropped():
            return replace(state, strays=state.strays + 1)
        case _:
            raise TypeError(f"no such record: {record!r}")


def _kill_set(state: State, kill: KillBook | None) -> State:
    # one that goes on over the night is no loss of the next day
    by_loss = kill is not None and kill.by == LOSS and state.kill is None
    return replace(state, kill=kill, loss_day=state.day if by_loss else state.loss_day)


def _trailed(state: State, record: r.TrailsMoved) -> State:
    book = state.grids.get(record.code)
    if book is None or book.grid is None:
        return state
    moved = dict(zip(record.gaps, record.trails, strict=True))
    trails = tuple(moved.get(i, trail) for i, trail in enumerate(book.grid.trails))
    book = replace(book, grid=replace(book.grid, trails=trails))
    return replace(state, grids=put(state.grids, record.code, book))


def _day_base(state: State, record: r.DayBase) -> State:
    money = state.money or Money(0, 0, 0)
    money = replace(money, base_total=record.total, base_cash=record.cash)
    money = replace(money, base_held=record.held, base_closes=record.closes, base_left=record.left)
    money = replace(money, base_most=record.most or record.total)
    return replace(state, money=money, elsewhere=record.elsewhere)


def _logged(state: State, line: LogLine) -> State:
    # what the user was answered at once is no word that the engine need not say any more
    key = told_key(line.code, line.reason) if line.level != "info" else ""
    told = put(state.told, key, line.at) if key else state.told
    return replace(state, lines=(*state.lines, line)[-LINES_KEPT:], next_line=line.no + 1, told=told)


def _suspended(state: State, code: str, at: int, reason: Reason | None) -> State:
    if reason is not None:
        return replace(state, suspended=put(state.suspended, code, reason))
    return replace(state, suspended=drop(state.suspended, code), released=put(state.released, code, at))


def _placed(state: State, order: Order) -> State:
    refs = put(state.refs, order.broker_id, order.ref) if order.broker_id else state.refs
    # another order under a number given anew is as new as it looks: which came first is told by their order
    known = drop(state.orders, order.ref) if order.ref in state.orders else state.orders
    state = replace(state, orders=put(known, order.ref, order), refs=refs)
    if order.owner.kind is OwnerKind.FOREIGN:
        return state
    book = state.grids.get(order.code)
    if book is not None and book.fresh and order.owner.kind in GRID_OWNERS:
        state = replace(state, grids=put(state.grids, order.code, replace(book, fresh=False)))
    return replace(
        _counted(state, order.created_at, (order.code,)), next_ref=max(state.next_ref, number_of(order.ref) + 1)
    )


def number_of(ref: str) -> int:
    """The running number at the end of one of our refs, 0 when it is none of ours."""
    head, _, number = ref.rpartition("-")
    return int(number) if head.startswith("q") and number.isascii() and number.isdigit() else 0


def _counted(state: State, at: int, codes: Sequence[str]) -> State:
    """Some more messages (orders or cancels) went to the broker, each of a code."""
    recent = [t for t in state.sent_at if at - t < RATE_WINDOW_MS]
    of_code = {code: state.messages_of.get(code, 0) + count for code, count in Counter(codes).items()}
    return replace(
        state,
        messages=state.messages + len(codes),
        sent_at=(*recent, *(at,) * len(codes)),
        messages_of=put_all(state.messages_of, of_code),
    )


def _moved(state: State, record: r.OrderMoved) -> State:
    order = state.orders.get(record.ref)
    if order is None:
        return state
    refs, orders = state.refs, state.orders
    if record.broker_id:
        other = refs.get(record.broker_id, record.ref)
        # what was taken for somebody else's order under this number was ours
        orders = orders if other == record.ref else drop(orders, other)
        refs = put(refs, record.broker_id, record.ref)
    order = replace(
        order,
        state=record.state,
        updated_at=record.at,
        broker_id=record.broker_id or order.broker_id,
        told_filled=max(order.told_filled, record.told_filled),
        text=record.text or order.text,
        asked=record.asked if record.asked >= 0 else order.asked,
        odd=order.odd if record.odd is None else record.odd,
        price=record.price or order.price,
        volume=record.volume or order.volume,
        changed=order.changed or bool(record.price or record.volume),
    )
    return replace(state, orders=put(orders, record.ref, order), refs=refs)


def cancels_asked(state: State, refs: Iterable[str], at: int) -> State:
    """The cancels of orders, each named once, were asked for: as one record after another, and far cheaper."""
    orders = [order for ref in refs if (order := state.orders.get(ref)) is not None]
    if not orders:
        return state
    asked = {one.ref: replace(one, cancel_asked_at=at, cancels=one.cancels + 1) for one in orders}
    state = _counted(state, at, [one.code for one in orders])
    return replace(state, orders=put_all(state.orders, asked))


def fill_key(fill: Fill) -> str:
    """Under what a trade is booked: once per day, order and trade id; an id may be another's under another order."""
    return f"{fill.day}:{fill.code}:{fill.side.value}:{fill.broker_id}:{fill.trade_id}"


def _booked(state: State, fill: Fill) -> State:
    key = fill_key(fill)
    before = state.fills.get(key)
    first = before is None
    state = replace(_bought(state, fill, before), fills=put(state.fills, key, fill))
    order = state.orders.get(fill.ref)
    if order is not None and order.code == fill.code:
        order = _filled(order, fill)
        state = replace(state, orders=put(state.orders, order.ref, order))
    return moved_by(state, fill) if first else state


def _bought(state: State, fill: Fill, before: Fill | None) -> State:
    """What own orders bought, kept up to date; any sale takes of it first, so it is never a share of the user."""
    have = state.bought.get(fill.code, 0)
    if fill.side is Side.SELL:
        now = have if before is not None else max(0, have - fill.volume)
    else:
        claimed = _own(state, fill) and (before is None or not _own(state, before))
        now = have + fill.volume if claimed else have
    return state if now == have else replace(state, bought=put(state.bought, fill.code, now))


def _own(state: State, fill: Fill) -> bool:
    order = state.orders.get(fill.ref)
    return order is not None and order.owner.kind is not OwnerKind.FOREIGN


def _filled(order: Order, fill: Fill) -> Order:
    filled = min(order.volume, order.filled + fill.volume)
    state = order.state
    if state not in FINAL:
        if filled == order.volume:
            state = OrderState.FILLED
        elif state in CANCELLABLE or state in (OrderState.SENT, OrderState.INTENDED, OrderState.UNKNOWN):
            state = OrderState.PARTIAL
        elif state is OrderState.CANCELLING:
            state = OrderState.PART_CANCELLING
    elif state is OrderState.CANCELLED:
        state = OrderState.PART_CANCELLED
    # a trade that is told behind its order's end changes nothing of when that was
    at = max(order.updated_at, fill.at) if order.state in FINAL else fill.at
    return replace(order, filled=filled, amount=order.amount + fill.price * fill.volume, state=state, updated_at=at)


def moved_by(state: State, fill: Fill) -> State:
    """The account after a trade that the last report did not know yet."""
    held = state.holdings.get(fill.code, Holding(fill.code, 0, 0, 0, 0))
    instrument = state.instruments.get(fill.code)
    bound = instrument is None or instrument.t_plus_one
    amount = fill.price * fill.volume
    if fill.side is Side.BUY:
        volume = held.volume + fill.volume
        cost = (held.cost * held.volume + amount + volume // 2) // volume
        held = Holding(
            fill.code,
            volume,
            held.sellable + (0 if bound else fill.volume),
            cost,
            held.bought_today + fill.volume,
        )
        change = -amount - fill.fee
    else:
        volume = max(0, held.volume - fill.volume)
        held = replace(held, volume=volume, sellable=max(0, held.sellable - fill.volume))
        change = amount - fill.fee
    money = state.money and replace(state.money, gross_cash=state.money.gross_cash + change)
    return replace(state, holdings=put(state.holdings, fill.code, held), money=money)


def held_now(state: State) -> frozenset[str]:
    """Codes held by the day's first answer and its trades; as of the day before where there was no answer."""
    if state.money is None or state.money.base_cash is None:
        return state.held_last
    held = Counter(state.money.base_held)
    for fill in state.fills.values():
        held[fill.code] += fill.volume if fill.side is Side.BUY else -fill.volume
    return frozenset(code for code, volume in held.items() if volume > 0)


def _day_began(state: State, day: str) -> State:
    """Orders and trades of another day are history; refs go on counting."""
    if day == state.day:
        return state
    return replace(
        state,
        day=day,
        held_last=held_now(state),
        orders=Orders(),
        refs={},
        fills=Filed(),
        messages=0,
        sent_at=(),
        messages_of={},
        told={},
        doubts={},
        money=None,
        elsewhere=Elsewhere(back=state.elsewhere.lent),
        moving=None,
        holdings={},
        quotes={},
        boards={},
        blocked={},
        lines=(),
        strays=0,
    )
