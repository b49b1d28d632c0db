"""How one instrument's board stands against its limit-up price through the day."""

from bisect import bisect_left
from enum import Enum

from msgspec import Struct

from qmtdesk.domain.quote import BoardState, Quote, board_state, seal_amount
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import Phase, shanghai_ms_of_day

KEPT_MS = 600_000
SPARK_MS = 10_000
WAN = 10_000_000  # 万元 in 厘
FIRST_GAP_MS = 10_000
LEAST_QUIET_MS = 10_000
MOST_QUIET_MS = 90_000
CLOCK_SLACK_MS = 5_000
AHEAD_MS = 30_000
"""A snapshot stamped further ahead of its arrival than this is a slip: it keeps no true one out."""
KEEP_MS = 30_000
KEPT_TURNS = 32

_MINUTE = 60_000
_BEGINS = {
    Phase.MORNING: (9 * 60 + 30) * _MINUTE,
    Phase.AFTERNOON: 13 * 60 * _MINUTE,
    Phase.CLOSE_AUCTION: (14 * 60 + 57) * _MINUTE,
}
_LUNCH = ((11 * 60 + 30) * _MINUTE, 13 * 60 * _MINUTE)


class MoveKind(str, Enum):
    """What changed on a board."""

    SEALED = "sealed"
    BROKE = "broke"
    RESEALED = "resealed"
    AT_LIMIT = "at_limit"
    OPENED = "opened"


class BoardMove(Struct, frozen=True):
    """One change of state. `at` is exchange time; `amount` the seal in 厘: the new one, or the last before a break."""

    at: int
    before: BoardState
    after: BoardState
    kind: MoveKind
    amount: int


class Tally(Struct, frozen=True):
    """What the day's seals and breaks add up to; changes only when the board moves.

    Times are exchange time, 0 = never. `seals` counts seals, so it names the newest one. `first_amount` and
    `first_peak` (厘) are of the day's first seal: its first snapshot and, once it broke, its maximum.
    """

    sealed_since: int = 0
    first_seal_at: int = 0
    broke_at: int = 0
    breaks: int = 0
    seals: int = 0
    volume_at_seal: int = 0
    first_amount: int = 0
    first_peak: int = 0


class Board(Struct, frozen=True):
    """One board as of its newest snapshot. Amounts 厘, volumes 股 / 张, times Unix ms.

    `last_at` is exchange time of that snapshot, `arrived_at` when it came, `ticks` how many were accepted, `decided`
    whether the newest one said anything about the board. `seal` and `sealed_count` are 0 while not sealed, `peak` the
    maximum since the newest seal, `last_amount` the newest amount seen sealed. `print_volume` was traded between the
    two newest snapshots, 0 where they are too far apart to be one print, or the older one decided nothing or was of an
    earlier run; `queue_before` waited on bid1 in that one, 0 when it was not sealed. `history` holds (time, amount or
    −1) of the last ten minutes of trading, one a second at most; `volumes` is the day's volume at the same moments,
    `withdrawn` the day's cancelled buys or −1, and () while no snapshot told any.
    """

    code: str
    limit_up: int
    state: BoardState = BoardState.OPEN
    seal: int = 0
    peak: int = 0
    sealed_count: int = 0
    last_amount: int = 0
    last_at: int = 0
    arrived_at: int = 0
    ticks: int = 0
    volume: int = 0
    print_volume: int = 0
    queue_before: int = 0
    usual_gap: int = FIRST_GAP_MS
    phase: Phase | None = None
    decided: bool = False
    tally: Tally = Tally()
    history: tuple[tuple[int, int], ...] = ()
    volumes: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()

    @property
    def sealed(self) -> bool:
        """Whether the newest deciding snapshot was sealed."""
        return self.state is BoardState.SEALED

    @property
    def sealed_since(self) -> int:
        """When the newest seal began; kept after it broke."""
        return self.tally.sealed_since

    @property
    def first_seal_at(self) -> int:
        """When the day's first seal began."""
        return self.tally.first_seal_at

    @property
    def broke_at(self) -> int:
        """When a seal last broke."""
        return self.tally.broke_at

    @property
    def breaks(self) -> int:
        """How often it broke today."""
        return self.tally.breaks

    @property
    def seals(self) -> int:
        """How often it sealed today."""
        return self.tally.seals

    @property
    def reseals(self) -> int:
        """How often it sealed again."""
        return max(0, self.tally.seals - 1)

    @property
    def volume_at_seal(self) -> int:
        """The day's volume at the first snapshot of the newest seal."""
        return self.tally.volume_at_seal

    @property
    def broken(self) -> bool:
        """Whether it was sealed today and is not now (炸板)."""
        return self.tally.seals > 0 and self.state is not BoardState.SEALED

    @property
    def cancels_told(self) -> bool:
        """Whether the newest deciding snapshot told how much of the day's buying was cancelled."""
        return bool(self.withdrawn) and self.withdrawn[-1] >= 0

    def spark(self) -> tuple[int, ...]:
        """Seal amounts in 万元 of the last ten minutes of trading, one each 10 s, −1 where not sealed, oldest first.

        A slot without a snapshot repeats the one before it; slots before the first snapshot are left out.
        """
        if not self.history:
            return ()
        end = self.history[-1][0]
        slots = min(KEPT_MS, trading_between(self.history[0][0], end)) // SPARK_MS
        points = []
        for back in range(slots, -1, -1):
            newest = bisect_left(self.history, (trading_back(end, back * SPARK_MS) + 1,)) - 1
            amount = self.history[newest][1]
            points.append(amount // WAN if amount >= 0 else -1)
        return tuple(points)


def watch(code: str, limit_up: int) -> Board:
    """A board nobody has seen yet; `limit_up` in 厘, 0 = no limit (it stays open for ever). Renew it each day."""
    return Board(code, limit_up)


def coarse(amount: int) -> int:
    """An amount to an eighth of its power of two: what is worth writing down of a figure that moves at each tick."""
    return (amount.bit_length() << 3) + (amount >> max(amount.bit_length() - 4, 0) & 7)


def for_keeping(board: Board) -> Board:
    """The board with the turns of its last ten minutes only: where the amount changed coarsely, and the newest."""
    turns = [
        no
        for no, (_, amount) in enumerate(board.history)
        if no in (0, len(board.history) - 1) or coarse(max(amount, 0)) != coarse(max(board.history[no - 1][1], 0))
    ][-KEPT_TURNS:]
    history = tuple(board.history[no] for no in turns)
    withdrawn = tuple(board.withdrawn[no] for no in turns) if board.withdrawn else ()
    return replace(board, history=history, volumes=tuple(board.volumes[no] for no in turns), withdrawn=withdrawn)


def keeps(board: Board, before: Board) -> bool:
    """Whether a sealed board is written down again: it reached a new height, or half a minute went by."""
    if not board.sealed:
        return False
    return coarse(board.peak) != coarse(before.peak) or board.last_at // KEEP_MS != before.last_at // KEEP_MS


def read_board(quote: Quote, limit_up: int, phase: Phase, *, closing: bool) -> tuple[BoardState, int] | None:
    """State and seal amount (厘) of one snapshot, None when it decides nothing.

    Only continuous trading decides; the closing auction does if `closing`. Without a last price or without any book
    nothing is said of the seal: that is a halt or a fault of the feed. In an auction bid1 = ask1 is the virtual
    match and the rest of the stronger side stands on level two, so there a seal is: match at the limit, buyers left.
    """
    if limit_up <= 0:
        return None
    if phase.continuous:
        if quote.empty:
            return None
        state = board_state(quote, limit_up)
        return state, seal_amount(quote) if state is BoardState.SEALED else 0
    if not closing or phase is not Phase.CLOSE_AUCTION:
        return None
    match = quote.bid1
    if match.price == 0 and not quote.offered:
        return None
    if match.price != limit_up:
        return BoardState.OPEN, 0
    left = match.volume
    if quote.offered:
        left = quote.bids[1].volume if len(quote.bids) > 1 else 0
    return (BoardState.SEALED, limit_up * (left // 100) * 100) if left else (BoardState.AT_LIMIT, 0)


def step_board(
    board: Board, quote: Quote, phase: Phase, at: int, *, decide_in_close_auction: bool = False
) -> tuple[Board, tuple[BoardMove, ...]]:
    """Fold one snapshot in. `phase` is best the phase at the snapshot's own time, `at` is when it arrived.

    A snapshot older than the newest one is dropped, unless that one came from a time that is still to come; one of the
    same time is a snapshot of its own. One stamped before `phase` began, such as an auction's result that comes late,
    decides nothing, nor does one of unknown volumes.
    """
    if quote.at < board.last_at:
        if board.last_at <= at + AHEAD_MS or quote.at > at + AHEAD_MS:
            return board, ()
        board = _set_back(board, quote.at)
    gap = _learn(board, quote, phase)
    reading = None
    if quote.at >= began(phase, at) and not quote.rough:
        reading = read_board(quote, board.limit_up, phase, closing=decide_in_close_auction)
    if reading is None:
        # one that shows nothing while there is trading is no sign of life
        arrived = board.arrived_at if phase.continuous and quote.empty else at
        heard = replace(board, last_at=quote.at, arrived_at=arrived, usual_gap=gap, phase=phase)
        return replace(heard, ticks=board.ticks + 1, decided=False), ()
    state, amount = reading
    moves = () if state is board.state else _moves(board, state, amount, quote.at)
    sealed = state is BoardState.SEALED
    was = board.state is BoardState.SEALED
    history, volumes, withdrawn = _remember(board, quote, amount if sealed else -1)
    stepped = Board(
        board.code,
        board.limit_up,
        state,
        seal=amount,
        peak=(max(board.peak, amount) if was else amount) if sealed else board.peak,
        sealed_count=(board.sealed_count + 1 if was else 1) if sealed else 0,
        last_amount=amount if sealed else board.last_amount,
        last_at=quote.at,
        arrived_at=at,
        ticks=board.ticks + 1,
        volume=quote.volume,
        print_volume=quote.volume - board.volume if _follows(board, quote) else 0,
        queue_before=board.seal // board.limit_up,
        usual_gap=gap,
        phase=phase,
        decided=True,
        tally=_count(board, quote, amount, sealed=sealed) if moves else board.tally,
        history=history,
        volumes=volumes,
        withdrawn=withdrawn,
    )
    return stepped, moves


def trading_between(since: int, at: int) -> int:
    """How long (ms) there was trading from one time to a later one of the same day: the lunch break does not count."""
    midnight = since - shanghai_ms_of_day(since)
    lunch = max(0, min(at, midnight + _LUNCH[1]) - max(since, midnight + _LUNCH[0]))
    return at - since - lunch


def trading_back(at: int, ms: int) -> int:
    """The time so many ms of trading before another one of the same day: the lunch break does not count."""
    midnight = at - shanghai_ms_of_day(at)
    noon, again = midnight + _LUNCH[0], midnight + _LUNCH[1]
    if at < noon or at - ms >= again:
        return at - ms
    return max(at - (again - noon), noon) - ms


def expected_gap(board: Board) -> int:
    """How long (ms) this board may be silent before that is strange: 10 s for a liquid stock, 90 s at most."""
    return min(MOST_QUIET_MS, max(LEAST_QUIET_MS, 3 * board.usual_gap))


def began(phase: Phase, at: int) -> int:
    """When on the day of `at` a trading phase begins (Unix ms); midnight for the phases nothing is decided in."""
    return at - shanghai_ms_of_day(at) + _BEGINS.get(phase, 0)


def blind(board: Board, at: int, now: int, expected: int = 0) -> bool:
    """Whether no snapshot came for longer than expected, or only old ones. Ask it while trading only.

    `at` is when the present trading phase began: silence before it (the lunch break) does not count. `expected` in
    ms, 0 = what the board has learnt.
    """
    heard = min(board.arrived_at, board.last_at + CLOCK_SLACK_MS)
    return now - max(heard, at) > (expected or expected_gap(board))


def is_blind(board: Board, now: int, phase: Phase) -> bool:
    """Whether the board is blind now; never so outside continuous trading and the closing auction."""
    return phase in _BEGINS and blind(board, began(phase, now), now)


def _set_back(board: Board, at: int) -> Board:
    """A board whose newest snapshot was of a time still to come, as it may be followed from `at` on.

    What it says of the seal stays, for nothing else is known, but nothing of it is later than `at`.
    """
    tally = board.tally
    times = {name: min(getattr(tally, name), at) for name in ("sealed_since", "first_seal_at", "broke_at")}
    return replace(board, phase=None, tally=replace(tally, **times))


def _follows(board: Board, quote: Quote) -> bool:
    """Whether what was traded since the newest snapshot is known, and is that of one snapshot."""
    # the volume kept is that of the newest snapshot that decided
    heard = board.volume > 0 and board.phase is not None and board.decided
    return heard and trading_between(board.last_at, quote.at) <= expected_gap(board)


def _learn(board: Board, quote: Quote, phase: Phase) -> int:
    """The slowly forgotten longest gap; a gap beyond all experience counts for twice the old one at most."""
    if not phase.continuous or phase is not board.phase:
        return board.usual_gap
    faded = board.usual_gap - board.usual_gap // 32
    gap = quote.at - board.last_at
    return faded if gap <= faded else min(gap, 2 * board.usual_gap, MOST_QUIET_MS // 3)


def _moves(board: Board, state: BoardState, amount: int, at: int) -> tuple[BoardMove, ...]:
    if state is BoardState.SEALED:
        kind = MoveKind.RESEALED if board.tally.seals else MoveKind.SEALED
    elif board.state is BoardState.SEALED:
        kind, amount = MoveKind.BROKE, board.seal
    else:
        kind = MoveKind.AT_LIMIT if state is BoardState.AT_LIMIT else MoveKind.OPENED
    return (BoardMove(at, board.state, state, kind, amount),)


def _count(board: Board, quote: Quote, amount: int, *, sealed: bool) -> Tally:
    tally = board.tally
    if sealed:
        return replace(
            tally,
            sealed_since=quote.at,
            first_seal_at=tally.first_seal_at or quote.at,
            seals=tally.seals + 1,
            volume_at_seal=quote.volume,
            first_amount=tally.first_amount if tally.seals else amount,
        )
    if not board.sealed:
        return tally
    peak = tally.first_peak if tally.breaks else board.peak
    return replace(tally, broke_at=quote.at, breaks=tally.breaks + 1, first_peak=peak)


def _remember(
    board: Board, quote: Quote, amount: int
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...]]:
    history, at = board.history, quote.at
    volumes = board.volumes if history else ()
    end = len(history)
    if history and history[-1][0] // 1000 >= at // 1000:
        # one a second, and none of a time that is still to come
        end = bisect_left(history, (at - at % 1000,))
    start, since = 0, trading_back(at, KEPT_MS)
    while start < end and history[start][0] < since:
        start += 1
    withdrawn = _withdrawn(board, quote.withdrawn, start, end)
    return (*history[start:end], (at, amount)), (*volumes[start:end], quote.volume), withdrawn


def _withdrawn(board: Board, told: int, start: int, end: int) -> tuple[int, ...]:
    """The cancelled buys of these moments and one more; with Level-1 alone nothing is kept."""
    if told < 0 and not board.withdrawn:
        return ()
    # the feed may begin to tell in the middle of a day, and a journal may have kept no history
    kept = board.withdrawn if len(board.withdrawn) == len(board.history) else (-1,) * len(board.history)
    samples = (*kept[start:end], told)
    return samples if max(samples) >= 0 else ()
