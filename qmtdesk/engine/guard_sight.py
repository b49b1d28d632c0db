"""What a guard may look at: the holding as far as it is its to sell, and whether what is shown is of now."""

from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.sessions import Phase, phase_at, shanghai_day
from qmtdesk.engine import aside, latched
from qmtdesk.engine.books import State
from qmtdesk.strategies import board as boards
from qmtdesk.strategies.guard import GuardContext, GuardState

JUDGING = frozenset({GuardState.WATCHING, GuardState.ASKING})


def context(state: State, code: str) -> GuardContext:
    """What a guard may look at; shares that a grid has on offer are the guard's to sell, for a grid stands aside."""
    instrument = state.instruments[code]
    seen = state.quotes[code]
    held = state.holdings.get(code)
    return GuardContext(
        at=state.at,
        phase=phase_at(state.listings[code], state.at),
        can_use=aside.free_for_guard(state, code),
        position=held.volume if held else 0,
        bought_today=held.bought_today if held else 0,
        fresh=fresh(state, code),
        lot=100 if instrument.kind is Kind.STOCK else 10,
        day_amount=seen.quote.amount,
        pace=state.pace,
        known=latched.told(state, code),
    )


def fresh(state: State, code: str) -> bool:
    """Whether the newest snapshot of a watched code is as young as this stock's usually are; breaks do not count.

    One whose volumes mean nothing yet shows nothing of a seal, however young it is. A guard that was armed on an old
    one has seen nothing before its first own, and one of yesterday nothing before the day's list. Of a code that is not
    listed yet nobody knows when it trades.
    """
    board, listing = state.boards.get(code), state.listings.get(code)
    if listing is None:
        return False
    phase = phase_at(listing, state.at)
    if board is None or code not in state.quotes:
        # before the day has begun there is nothing to be seen, and nobody is told of that every morning
        return not (phase.continuous or phase is Phase.CLOSE_AUCTION)
    if state.quotes[code].quote.rough:
        return False
    guard = state.guards.get(code)
    if phase.continuous and guard is not None and guard.state in JUDGING and guard.day != shanghai_day(state.at):
        return False
    waits = guard is not None and guard.state is GuardState.WATCHING and board.arrived_at <= guard.armed_at
    age = state.limits.quote_age_ms
    if waits and phase.continuous and boards.blind(board, boards.began(phase, state.at), state.at, age):
        return False
    return not boards.is_blind(board, state.at, phase)
