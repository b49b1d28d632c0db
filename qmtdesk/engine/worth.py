"""What the account is worth, and whether that can be told."""

from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.limits import says_no_limit
from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine.books import Seen, State, filed_fills

DAY_MS, SHANGHAI_MS = 86_400_000, 28_800_000
OPENED_MS = 33_900_000
"""9:25 in ms of the day: the opening auction is matched."""


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
    """What the day's result is counted from, 厘: the last closes, less what may have been withdrawn; 0 if unknown."""
    base = state.money.base_total if state.money else 0
    return base + (state.moving.amount if base and state.moving is not None else 0)


def scale_of(state: State, base: int) -> int:
    """What a loss counted from this base is a share of: the account the day began with, where that was more, 厘.

    An amount that left the account makes no smaller loss a larger one.
    """
    return base + max(0, (state.money.base_most if state.money else 0) - day_base(state))


def least_base(state: State) -> int:
    """The day's base at the lower close where list and snapshots tell two: no loss hangs on which of them is right."""
    base, money = day_base(state), state.money
    if money is None:
        return base
    for code, volume in money.base_held.items():
        one, counted = state.instruments.get(code), money.base_closes.get(code, 0)
        if one is not None and not one.close_agrees and volume > 0:
            base -= volume * max(0, counted - min(one.prev_close, one.told_close))
    return base


def odd_price(state: State, *, agreed: bool = False) -> Reason | None:
    """A holding whose newest price cannot be one of today: then nobody knows what the account is worth.

    `agreed`: nor can the one before.
    """
    for code, held in state.holdings.items():
        if not held.volume:
            continue
        seen, instrument = state.quotes.get(code), state.instruments.get(code)
        if seen is None or instrument is None or not seen.quote.last or not _todays(state, seen):
            continue
        up, down = _bounds(instrument)
        prices = (seen.quote.last, seen.before) if agreed else (seen.quote.last,)
        if all((up and price > up) or (down and price < down) for price in prices):
            return because(Why.PNL_UNKNOWN, code=code, price_milli=seen.quote.last)
    return None


def _bounds(one: Instrument) -> tuple[int, int]:
    """The day's limits, ours or the feed's where we know of none; a fund's code does not tell them, so the wider."""
    up, down = one.limit_up or one.told_up, one.limit_down or one.told_down
    if one.kind is not Kind.FUND or not one.told_up or says_no_limit(one.prev_close, one.told_up):
        return up, down
    return max(up, one.told_up), min(down, one.told_down or down)


def _todays(state: State, seen: Seen) -> bool:
    """Whether a price is of the books' day: that of a code that is not traded may be from before a dividend.

    After midnight it goes on until the next day's list is there.
    """
    return shanghai_day(seen.quote.at).isoformat() == state.day


def price_of(state: State, code: str, *, agreed: bool) -> int:
    """厘 for one of a code: its newest price of the day, else its previous close, else what was paid.

    What an opening auction would come to is no price before it is over. What was bought today is worth no less than was
    paid for it until a price of today says so: a first snapshot may come after the first answer.
    """
    seen = state.quotes.get(code)
    price = seen.quote.last if seen and _todays(state, seen) and _matched(seen) else 0
    if agreed and seen and price:
        price = max(price, seen.before)
    return price or _without_snapshot(state, code)


def _without_snapshot(state: State, code: str) -> int:
    close, held = close_of(state, code), state.holdings.get(code)
    buys = [fill for fill in filed_fills(state).of(code) if fill.side is Side.BUY]
    if not buys or held is None or held.volume <= 0:
        return close
    todays = min(held.volume, sum(fill.volume for fill in buys))
    paid = max(close, *(fill.price for fill in buys))
    return (close * (held.volume - todays) + paid * todays) // held.volume


def close_of(state: State, code: str) -> int:
    """厘 for one of a code at its previous close; what was paid for it, or traded at today, where none is known.

    A list may lack a code after a restart: it is worth what the day began with, not what was paid for it once.
    """
    instrument, held = state.instruments.get(code), state.holdings.get(code)
    close = listed_close(instrument) if instrument else 0
    close = close or (state.money.base_closes.get(code, 0) if state.money else 0)
    paid = close or (held.cost if held else 0)
    return paid or next((fill.price for fill in filed_fills(state).of(code)), 0)


def listed_close(instrument: Instrument) -> int:
    """As the day's snapshots tell it, else as the list does, which may be a page of the day before; 0 for none."""
    return instrument.told_close or instrument.prev_close


def _matched(seen: Seen) -> bool:
    return (seen.quote.at + SHANGHAI_MS) % DAY_MS >= OPENED_MS
