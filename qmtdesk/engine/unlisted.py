"""Trades we know of that an answer does not list: it was given before them, or its list of trades has a hole."""

from collections import Counter

from qmtdesk.domain.account import AccountReport
from qmtdesk.domain.order import Fill, Side
from qmtdesk.engine.apply import fill_key
from qmtdesk.engine.books import State


def unlisted(state: State, report: AccountReport) -> dict[str, Fill]:
    """Known trades that are not in the answer's list, but for those whose absence was believed already."""
    told = {fill_key(fill) for fill in report.fills}
    gone = state.shrunk.gaps.fills if state.shrunk is not None and state.shrunk.believed else frozenset()
    return {key: fill for key, fill in state.fills.items() if key not in told and key not in gone}


def came_after(state: State, report: AccountReport) -> tuple[Fill, ...] | None:
    """The unlisted trades that the answer's shares and cash do not hold yet; None when nobody can tell.

    Clocks and the counter's own list are no witness: it is the shares that tell. They are as many as in our books,
    and the answer knows the trade; or as many as without it, and the answer was given before.
    """
    fills = unlisted(state, report)
    if not fills:
        return ()
    if state.money is None or not state.money.reported_at:
        return None
    told = {position.code: position.volume for position in report.positions}
    change = Counter[str]()
    for fill in fills.values():
        change[fill.code] += fill.volume if fill.side is Side.BUY else -fill.volume
    if not change.keys().isdisjoint(report.unclear):
        return None
    later: list[Fill] = []
    for code, net in change.items():
        ours = state.holdings[code].volume if code in state.holdings else 0
        if not net or told.get(code, 0) not in (ours, ours - net):
            return None
        if told.get(code, 0) != ours:
            later += [fill for fill in fills.values() if fill.code == code]
    return tuple(later)
