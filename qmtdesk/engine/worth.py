"""What the account is worth, and whether that can be told."""

from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine.books import Seen, State

DAY_MS, SHANGHAI_MS = 86_400_000, 28_800_000


def total_value(state: State, *, agreed: bool = False) -> int:
    """The account's worth in 厘: gross cash and every holding at its newest price (its cost where none came yet).

    `agreed`: at the better of its two newest prices, so that one wild price does not count as a loss.
    """
    total = state.money.gross_cash if state.money else 0
    for code, held in state.holdings.items():
        if held.volume:
            total += held.volume * price_of(state, code, agreed=agreed)
    return total


def day_base(state: State) -> int:
    """What the day's result is counted from, 厘: its first total, less what may have been withdrawn; 0 if unknown."""
    base = state.money.base_total if state.money else 0
    return base + (state.moving.amount if base and state.moving is not None else 0)


def odd_price(state: State) -> Reason | None:
    """A holding whose newest price cannot be one of today: then nobody knows what the account is worth."""
    for code, held in state.holdings.items():
        if not held.volume:
            continue
        seen, instrument = state.quotes.get(code), state.instruments.get(code)
        if seen is None or instrument is None or not seen.quote.last or not _todays(state, seen):
            continue
        up, down = instrument.limit_up or instrument.told_up, instrument.limit_down or instrument.told_down
        if (up and seen.quote.last > up) or (down and seen.quote.last < down):
            return because(Why.PNL_UNKNOWN, code=code, price_milli=seen.quote.last)
    return None


def _todays(state: State, seen: Seen) -> bool:
    """Whether a price is of the present day: that of a code that is not traded may be from before a dividend."""
    return (seen.quote.at + SHANGHAI_MS) // DAY_MS == (state.at + SHANGHAI_MS) // DAY_MS


def price_of(state: State, code: str, *, agreed: bool) -> int:
    """厘 for one of a code: its newest price, else its previous close, else what was paid."""
    seen, instrument = state.quotes.get(code), state.instruments.get(code)
    price = (seen.quote.last or seen.quote.prev_close) if seen and _todays(state, seen) else 0
    if agreed and seen and price:
        price = max(price, seen.before)
    held = state.holdings.get(code)
    return price or (instrument.prev_close if instrument else 0) or (held.cost if held else 0)
