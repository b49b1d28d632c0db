"""Trading days: how one opens, what is carried over to it, and what ends with it."""

from datetime import date

from qmtdesk.domain import messages as m
from qmtdesk.domain.calendar import is_trading_day, previous_trading_day
from qmtdesk.domain.codes import Listing
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import (
    anew,
    grids,
    guard_days,
    guards,
    moved,
    overnight,
    reconcile,
    selling_off,
    stopping,
    supervise,
)
from qmtdesk.engine import records as r
from qmtdesk.engine.books import live_orders
from qmtdesk.engine.work import Work


def opened(work: Work, event: m.DayOpened) -> None:
    """The gateway knows a trading day and its instruments: a new day, the first of this run, or more codes of today."""
    state = work.state
    if not event.instruments or _turned_back(work, event.day):
        # a day on which nothing is listed is not known yet
        return
    new, first = event.day != state.day, not state.instruments
    if new:
        guard_days.close_day(work)
    told = {one.code: one for one in event.instruments}
    listings = {one.code: Listing(one.code, one.market, one.kind, one.board) for one in event.instruments}
    if not new:
        # a list of the same day only grows: what was listed this morning still is
        told, listings = {**state.instruments, **told}, {**state.listings, **listings}
    work.state = replace(work.state, instruments=told, listings=listings)
    if not new:
        moved.closes_told(work)
    # the same day told again with more codes in it puts nothing in doubt
    if new or not state.instruments.items() < told.items() or first:
        reconcile.doubt(work)
    if new:
        _roll(work, event.day)
    else:
        guard_days.new_day(work, [code for code, one in told.items() if one != state.instruments.get(code)])
    if first:
        _started(work)
    if not new:
        # of what goes on: what has just been disarmed is told that and nothing else
        anew.list_corrected(work)
    if work.state.linked:
        work.query()


def _started(work: Work) -> None:
    """The first list of this run."""
    # a question of before the start may have been put on a clock of another speed
    guards.set_pace(work, work.state.pace)
    if not work.state.resume:
        start_disarmed(work)


def _turned_back(work: Work, day: str) -> bool:
    """A day before the one our orders stand in: the clock was set back, and to follow it would be to forget them."""
    back = day < work.state.day and bool(live_orders(work.state))
    if back:
        supervise.suspend(work, "", because(Why.CLOCK_WRONG))
    return back


def _roll(work: Work, day: str) -> None:
    """Another trading day: what was not known at the close is remembered, what was armed for it has ended."""
    old, left = work.state.day, overnight.left_open(work.state)
    work.note(r.DayBegan(day))
    if left is not None:
        work.note(r.LeftOpen(left))
    if old:
        # what was armed before the last close ended with it, seen or slept through; that of the evening is for today
        today = date.fromisoformat(day)
        expire_arms(work, max(date.fromisoformat(old), previous_trading_day(today)))
    grids.new_day(work)
    guard_days.new_day(work, work.state.instruments)
    if old:
        work.log("info", "", because(Why.DAY_ROLLED, day=day))


def start_disarmed(work: Work) -> None:
    """A fresh start by the user begins with nothing armed but what was chosen to stay armed.

    A sale that was under way is no exception, and is named.
    """
    for code, book in work.state.grids.items():
        if (book.armed or book.winding) and not book.plan.keep_armed:
            if book.winding is StopHow.SELL or stopping.stops(work.state, code):
                selling_off.say_unsold(work, code, book)
            grids.disarm(work, code, StopHow.CANCEL, because(Why.NOT_ARMED, restart=1))
    for code, guard in tuple(work.state.guards.items()):
        if not guard.plan.keep_armed:
            guard_days.say_unsold(work, guard)
            guards.disarm(work, code, because(Why.NOT_ARMED, restart=1))


def expire_arms(work: Work, day: date) -> None:
    """What was armed for a day ends with its close; what was armed for Monday on Friday evening is not Saturday's."""
    closed_at = at_of(day, 15, 0)
    if work.state.at < closed_at or (day.isoformat() != work.state.day and not is_trading_day(day)):
        return
    for code in tuple(work.state.grids):
        grids.expire(work, code, closed_at)
        _end_sale(work, code, closed_at)
    for code in tuple(work.state.guards):
        guard_days.expire(work, code, closed_at)


def _end_sale(work: Work, code: str, closed_at: int) -> None:
    """A stop that sells ends with the day, and what it left is said while the user may still look at it.

    What the closing auction sold is told after it: that is waited for, at least a minute.
    """
    book = work.state.grids[code]
    over = work.state.at >= closed_at + overnight.LAST_WORDS_MS and selling_off.waits(work.state, code) is None
    if book.winding is StopHow.SELL and over:
        selling_off.say_unsold(work, code, book)
        work.set_grid(code, replace(book, winding=None), keep=True)
