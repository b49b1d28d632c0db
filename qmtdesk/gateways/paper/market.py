"""The paper market: every snapshot of every code is a pure function of seed, day and time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from random import Random

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Instrument, Kind, Market
from qmtdesk.domain.quote import Quote, seal_amount
from qmtdesk.domain.rules import round_to_tick
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.paper.boards import STAGGER, Board, cycling_tape, locked_tape
from qmtdesk.gateways.paper.books import Book, auction_book, book_of
from qmtdesk.gateways.paper.closes import close_of, code_seed, instrument_on, story_told
from qmtdesk.gateways.paper.dice import mix
from qmtdesk.gateways.paper.frames import Frame, Part, Timetable
from qmtdesk.gateways.paper.tape import AFTERNOON_SLOTS, MORNING_SLOTS, UNTIL_THREE_SLOTS, Tape
from qmtdesk.gateways.paper.universe import BY_CODE, EVERYTHING, WATCH, Listed, Story, bond_terms
from qmtdesk.gateways.paper.walks import Walk, calm_tape

_DAYS_KEPT = 2


@dataclass(frozen=True, slots=True)
class _Day:
    """What every snapshot of a day needs, looked up once."""

    midnight: int
    instruments: dict[str, Instrument]
    chances: dict[str, int]
    tapes: dict[str, Tape]


class PaperMarket:
    """Asks nobody and remembers nothing but what it can compute again. Times are Unix ms, prices 厘."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._days: dict[date, _Day] = {}
        self._timetables = {listed.code: _timetable(listed) for listed in EVERYTHING}

    @staticmethod
    def codes() -> tuple[str, ...]:
        """All listed codes: bonds, the stocks behind them, stocks to watch."""
        return tuple(BY_CODE)

    def instruments(self, day: date) -> tuple[Instrument, ...]:
        """What is listed on a trading day; ValueError on any other day."""
        return tuple(instrument_on(self.seed, listed, day) for listed in EVERYTHING)

    def terms(self, day: date) -> tuple[BondTerms, ...]:
        """The bonds' terms as of a day."""
        return bond_terms(day)

    def boards(self, day: date) -> tuple[str, ...]:
        """The stocks that stand at their limit today, those that open and close first."""
        told = [listed for listed in WATCH if story_told(listed, day)]
        return tuple(listed.code for listed in sorted(told, key=lambda listed: listed.story is Story.LOCKED))

    def quote_at(self, day: date, code: str, at: int) -> Quote | None:
        """The newest snapshot of a code at or before a time of the day; None before the day's first, or unknown."""
        table = self._timetables.get(code)
        frame = table.at(at - at_of(day, 0, 0)) if table else None
        return self._quote(day, code, frame) if frame else None

    def between(self, day: date, after: int, until: int, codes: frozenset[str] | None = None) -> Iterator[Quote]:
        """All snapshots with `after` < time <= `until` in time order, of these codes or of all."""
        midnight = at_of(day, 0, 0)
        wanted = self._timetables if codes is None else codes & self._timetables.keys()
        columns = (self._frames(code, after - midnight, until - midnight) for code in sorted(wanted))
        for _, code, frame in merge(*columns, key=lambda row: row[:2]):
            yield self._quote(day, code, frame)

    def _frames(self, code: str, after: int, until: int) -> Iterator[tuple[int, str, Frame]]:
        return ((frame.ms, code, frame) for frame in self._timetables[code].between(after, until))

    def history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        """(time, last price) of each traded snapshot so far."""
        midnight = at_of(day, 0, 0)
        tape = self.tape(day, code)
        frames = self._timetables[code].between(0, until - midnight)
        return [(midnight + frame.ms, tape.last[frame.row]) for frame in frames if frame.part is Part.TAPE]

    def seal_history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        """(time, 封单金额 in 厘) of each snapshot so far, 0 where the board is not sealed."""
        midnight = at_of(day, 0, 0)
        tape = self.tape(day, code)
        frames = self._timetables[code].between(0, until - midnight)
        return [
            (midnight + frame.ms, tape.seal[frame.row] * tape.last[frame.row])
            for frame in frames
            if frame.part is Part.TAPE
        ]

    def tape(self, day: date, code: str) -> Tape:
        """The whole day of one code, computed once and kept while the day is near."""
        tapes = self._day(day).tapes
        tape = tapes.get(code)
        if tape is None:
            tape = tapes[code] = self._computed(day, BY_CODE[code])
        return tape

    def _day(self, day: date) -> "_Day":
        known = self._days.get(day)
        if known is None:
            while len(self._days) >= _DAYS_KEPT:
                self._days.pop(next(iter(self._days)))
            instruments = {one.code: one for one in self.instruments(day)}
            chances = {code: mix(code_seed(self.seed, code) ^ day.toordinal()) for code in instruments}
            known = self._days[day] = _Day(at_of(day, 0, 0), instruments, chances, {})
        return known

    def _computed(self, day: date, listed: Listed) -> Tape:
        chance = Random(f"{self.seed}:{day.isoformat()}:{listed.code}")  # noqa: S311 - a market, not a secret
        instrument = instrument_on(self.seed, listed, day)
        auction_close = _closes_by_auction(listed)
        slots = MORNING_SLOTS + (AFTERNOON_SLOTS if auction_close else UNTIL_THREE_SLOTS)
        if story_told(listed, day):
            return self._board(chance, instrument, listed, slots)
        gap = chance.randint(-150, 50) if listed.story is not Story.CALM else chance.randint(-60, 60)
        opening = round_to_tick(instrument.prev_close * (10_000 + gap), 10_000, instrument.tick)
        close = close_of(self.seed, listed, day)
        walk = Walk(opening, close, listed.restless, listed.flow, slots, auction_close)
        return calm_tape(chance, instrument, walk)

    def _board(self, chance: Random, instrument: Instrument, listed: Listed, slots: int) -> Tape:
        limit, prev = instrument.limit_up, instrument.prev_close
        if listed.story is Story.LOCKED:
            return locked_tape(chance, instrument, Board(0, limit, listed.flow, slots))
        peers = [other for other in WATCH if other.story is Story.CYCLE and other.group == listed.group]
        first_seal = 5 + STAGGER * peers.index(listed)
        opening = round_to_tick(prev * 100 + (limit - prev) * chance.randint(35, 70), 100, instrument.tick)
        return cycling_tape(chance, instrument, Board(first_seal, opening, listed.flow, slots))

    def _quote(self, day: date, code: str, frame: Frame) -> Quote:
        known = self._day(day)
        instrument, chance = known.instruments[code], known.chances[code]
        tape = known.tapes.get(code) or self.tape(day, code)
        at = known.midnight + frame.ms
        if frame.part is Part.OPEN_AUCTION:
            book = _opening_book(instrument, tape, frame.row, chance)
            return Quote(code, at, 0, instrument.prev_close, 0, 0, 0, 0, 0, *book, *_told(instrument))
        row = frame.row if frame.part is Part.TAPE else len(tape.last) - 2
        if frame.part is Part.TAPE:
            book = book_of(instrument, tape, row, chance)
        else:
            book = _closing_book(instrument, tape, frame.row, chance)
        return Quote(
            code,
            at,
            tape.last[row],
            instrument.prev_close,
            tape.open,
            tape.high[row],
            tape.low[row],
            tape.volume[row],
            tape.amount[row],
            *book,
            *_told(instrument),
        )


def sealed_now(quote: Quote) -> int:
    """The amount on a sealed board in 厘, for tests and tables; 0 when it is not sealed."""
    if quote.last != quote.limit_up or quote.bid1.price != quote.last or quote.offered:
        return 0
    return seal_amount(quote)


def _told(instrument: Instrument) -> tuple[int, int]:
    return instrument.told_up, instrument.told_down


def _closes_by_auction(listed: Listed) -> bool:
    listing = classify(listed.code)
    return not (listing.market is Market.SH and listing.kind is Kind.BOND)


def _timetable(listed: Listed) -> Timetable:
    return Timetable(mix(int(listed.code[:6])) % 30 * 100, auction_close=_closes_by_auction(listed))


def _opening_book(instrument: Instrument, tape: Tape, round_: int, chance: int) -> Book:
    """From yesterday's close towards the open; a board's first minutes show a limit that is mostly not meant."""
    draw = mix(chance ^ (round_ + 1))
    prev, opening = instrument.prev_close, tape.open
    feint = any(tape.seal) and round_ < 32
    price = round_to_tick(prev * (66 - round_) + opening * round_, 66, instrument.tick)
    volume = (round_ + 2) * tape.flow // 12 // instrument.lot * instrument.lot + instrument.lot
    surplus = (draw % (2 * tape.flow) - tape.flow) // instrument.lot * instrument.lot
    return auction_book(instrument.limit_up if feint else price, volume, abs(surplus) if feint else surplus)


def _closing_book(instrument: Instrument, tape: Tape, round_: int, chance: int) -> Book:
    draw = mix(chance ^ (round_ + 1000))
    before, close = tape.last[-2], tape.last[-1]
    price = round_to_tick(before * (20 - round_) + close * round_, 20, instrument.tick)
    volume = (round_ + 2) * tape.flow // 6 // instrument.lot * instrument.lot + instrument.lot
    if tape.seal[-1]:
        return auction_book(close, volume, tape.seal[-1])
    surplus = (draw % (2 * tape.flow) - tape.flow) // instrument.lot * instrument.lot
    return auction_book(price, volume, surplus)
