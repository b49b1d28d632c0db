"""What an answer has to show before it is believed: one that suddenly lacks what was there is not an empty account."""

from collections import Counter
from collections.abc import Mapping

from qmtdesk.domain.account import AccountReport
from qmtdesk.domain.codes import has_rules
from qmtdesk.domain.order import MISSING, Fill, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import at_of, in_hours, shanghai_day, takes_orders
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import fill_key, held_now
from qmtdesk.engine.books import Gaps, Ready, Shrunk, State
from qmtdesk.engine.earlier import is_todays
from qmtdesk.engine.reasons import shrunk_reason
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.unlisted import unlisted
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies.guard_state import GuardState

AGREE_MS = 4_000
EMPTY_AGREE_MS = 60_000
"""A terminal that has not loaded its positions yet, or clears the day, lists none for so long and longer."""
EARLY_AGREE_MS = 600_000
SLACK_MS = 5_000
"""What happened this shortly before an answer was given may not be in it yet."""
NOTHING = Gaps()
SAID_MS = 60_000


def gaps_of(state: State, report: AccountReport, sold: Mapping[str, int]) -> Gaps:
    """What the report lacks although it was there and nothing that was told explains where it went.

    `sold`: by code what went by trades the grids do not know of yet.
    """
    told = {position.code for position in report.positions if position.volume}
    fills = _fills_lacking(state, report)
    young = [fill for key, fill in unlisted(state, report).items() if key not in fills]
    return Gaps(
        codes=frozenset(_held(state, report, young, sold) - told - {*report.unclear}),
        orders=_orders_lacking(state, report),
        fills=fills,
        cash=_cash_lacking(state, report),
        holdings=_holdings_lacking(state, report),
    )


def _held(state: State, report: AccountReport, young: list[Fill], sold: Mapping[str, int]) -> set[str]:
    """Codes that are held for all we know; what was bought this very moment an answer need not know yet."""
    if state.money is not None and state.money.reported_at:
        bought = _bought_lately(young)
        return {code for code, held in state.holdings.items() if held.volume > bought[code]}
    # a new day or a new process: what the last answer showed, what counts as the grids' and what guards are selling
    held = {*state.held_before, *(code for code, volume in state.bought.items() if volume > 0)}
    if not _listed(report):
        held |= _known_to_the_journal(state)
    for code, book in state.grids.items():
        part = book.grid or book.rolling
        # sold with all of the user's own beside it, nothing of it is left to be listed
        if part is not None and part.held_total and part.held_total + part.base_holding > sold.get(code, 0):
            held.add(code)
    fired = {code for code, guard in state.guards.items() if guard.state is GuardState.TRIGGERED}
    return held | fired


def _sold_unheard(work: Work) -> Counter[str]:
    """By code the sales less purchases the grids are told of after this answer; those before it they know already."""
    orders = work.state.orders
    # one of an order nobody knows tells a grid nothing, and one that changes hands was told to it as somebody else's
    known = {fill_key(fill) for fill in work.claimed}
    new = {fill_key(fill): fill for fill in work.filled if fill.ref in orders and fill_key(fill) not in known}
    sold = Counter[str]()
    for fill in new.values():
        sold[fill.code] += fill.volume if fill.side is Side.SELL else -fill.volume
    return sold


def _bought_lately(young: list[Fill]) -> Counter[str]:
    """By code the most that came with the newest of these trades: so much less may have been there at some moment.

    What was bought and sold again since came on top of what was there all the time.
    """
    came, most = Counter[str](), Counter[str]()
    # of one time stamp the one told last is the newest
    in_order = sorted(young, key=lambda fill: fill.at)
    for fill in in_order[::-1]:
        came[fill.code] += fill.volume if fill.side is Side.BUY else -fill.volume
        most[fill.code] = max(most[fill.code], came[fill.code])
    return most


def _holdings_lacking(state: State, report: AccountReport) -> bool:
    """Whether a first answer lists no holding beside money that is neither cash nor frozen: nobody knows of which."""
    asset, first = report.asset, state.money is None or not state.money.reported_at
    beside = asset.total - asset.cash - asset.frozen
    return first and not report.positions and not report.unclear and beside * 100 > asset.total


def _orders_lacking(state: State, report: AccountReport) -> frozenset[str]:
    """A counter's list of the day's orders only grows; it does not become empty. One that is short is `missing`'s."""
    if report.orders:
        return frozenset()
    long_ago = report.at - SLACK_MS
    numbered = ((number, state.orders.get(ref)) for number, ref in state.refs.items())
    # one of an earlier day that was told again this morning need not be told for ever
    todays = ((number, order) for number, order in numbered if order is not None and is_todays(state, order))
    # a trade in the same answer tells of its order, however lately it was heard of here
    traded = {fill.broker_id for fill in report.fills}
    subscribed = {row.broker_id for row in report.odd if row.issue}
    lacking = (number for number, order in todays if order.updated_at < long_ago or number in traded)
    return frozenset(number for number in lacking if number not in subscribed)


def _fills_lacking(state: State, report: AccountReport) -> frozenset[str]:
    told = {fill_key(fill) for fill in report.fills}
    long_ago = report.at - SLACK_MS
    return frozenset(key for key, fill in state.fills.items() if key not in told and fill.at < long_ago)


def _cash_lacking(state: State, report: AccountReport) -> bool:
    asset = report.asset
    if asset.cash + asset.frozen:
        return False
    if state.money is not None and state.money.reported_at:
        return state.money.gross_cash > 0
    return asset.total == 0


def believed(work: Work, report: AccountReport) -> bool:
    """Whether this new answer tells what the account holds. One that lacks something needs a second that agrees."""
    gaps, before = gaps_of(work.state, report, _sold_unheard(work)), work.state.shrunk
    if gaps == NOTHING:
        work.state = replace(work.state, shrunk=None)
        return True
    # answers that lack now more, now less go on with the first one's time, or nothing would ever be believed
    again = before is not None and before.gaps.within(gaps) and gaps.within(before.widest)
    if before is None or not (again or gaps.within(before.gaps)):
        _wonder(work, gaps, report.at)
        return False
    # what was told meanwhile and is gone again is gone from now on
    rows = _rows_since(gaps, before.rows_since or report.at)
    work.state = replace(work.state, shrunk=replace(before, gaps=gaps, rows_since=rows))
    if before.believed:
        return True
    # how long holdings were missing says nothing of a list of orders that is empty since a moment
    if not _agree(work.state, report, gaps, max(before.since, rows)):
        return False
    _believe(work, gaps)
    return True


def _rows_since(gaps: Gaps, at: int) -> int:
    return at if gaps.orders or gaps.fills else 0


def _agree(state: State, report: AccountReport, gaps: Gaps, since: int) -> bool:
    """Whether answers have said the same for long enough.

    Where grids or fired guards have something to sell in what is lacking, or where nothing at all is listed of what was
    held, that is in trading hours only; and a list of no position wants a minute of them, begun with the open at the
    earliest. From 9:15 on ten minutes are enough for either.
    """
    listed = _listed(report)
    held = set() if listed else {*state.held_before, *_known_to_the_journal(state), *state.holdings}
    if gaps.codes.isdisjoint(_at_work(state) | held):
        return report.at - since >= AGREE_MS
    if in_hours(state.at):
        opened = at_of(shanghai_day(state.at), 9, 30)
        return report.at - max(since, opened) >= (AGREE_MS if listed else EMPTY_AGREE_MS)
    return report.at - since >= EARLY_AGREE_MS and takes_orders(state.at)


def _listed(report: AccountReport) -> bool:
    return any(position.volume for position in report.positions)


def _known_to_the_journal(state: State) -> set[str]:
    """What was held when last written down; a row of a code without rules (a repo, an allotment) holds nothing up."""
    return {code for code in held_now(state) if has_rules(code)}


def _at_work(state: State) -> set[str]:
    """Codes of grids and guards that have something to sell there."""
    busy = {code for code, book in state.grids.items() if book.armed or book.winding}
    fired = {code for code, guard in state.guards.items() if guard.state is GuardState.TRIGGERED}
    return busy | fired


def _wonder(work: Work, gaps: Gaps, at: int) -> None:
    """Something is gone all of a sudden: nothing leaves until it is back, or until a later answer says the same."""
    work.state = replace(work.state, shrunk=Shrunk(gaps, at, widest=gaps, rows_since=_rows_since(gaps, at)))
    if work.state.ready is Ready.READY:
        work.state = replace(work.state, ready=Ready.RECONCILING)
    reason = shrunk_reason(Why.REPORT_SHRUNK, gaps)
    # a counter whose every other answer has holes says so in the lamps all the time, and in the log now and then
    if at - work.state.told.get(told_key("", reason), -SAID_MS) >= SAID_MS:
        work.log(ALARM, "", reason)


def _believe(work: Work, gaps: Gaps) -> None:
    """Two answers agree. Holdings and cash are as they say; an order nobody tells of any more stays in doubt."""
    work.state = replace(work.state, shrunk=Shrunk(gaps, work.state.at, believed=True, widest=gaps))
    work.log(NOTICE, "", shrunk_reason(Why.REPORT_BELIEVED, gaps))
    for number in sorted(gaps.orders):
        order = work.state.orders[work.state.refs[number]]
        if order.live and order.owner.kind is not OwnerKind.FOREIGN:
            work.note(r.OrderMoved(order.ref, order.state, order.updated_at, odd=MISSING))


def lacks_orders(state: State) -> bool:
    """Whether answers lack known orders: then one that is not in them may well be at the counter."""
    return state.shrunk is not None and bool(state.shrunk.gaps.orders)
