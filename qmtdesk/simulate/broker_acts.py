"""What a counter, its link, a second program and this computer's clock do in a story that nobody planned."""

from collections.abc import Sequence

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountStatus
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine.apply import LOSS
from qmtdesk.engine.books import live_orders
from qmtdesk.engine.gate import AWAKE, UNANSWERED
from qmtdesk.engine.worth import day_base, total_value
from qmtdesk.simulate.chance import odds_of
from qmtdesk.simulate.market_day import STOCK, quote_of
from qmtdesk.simulate.storm import Storm
from qmtdesk.simulate.user_acts import arm_grid

OTHER = "zzzz"
MUCH = 10_000_000
INDICES = ("000001.SH", "000016.SH", "000300.SH", "000905.SH", "000852.SH")
SKEWS = (-3_600_000, -40_000, -5_000, 5_000, 40_000, 28_800_000)


def account_status(storm: Storm) -> None:
    """The account is out of order at the counter for a while, or until somebody puts it right (G16)."""
    storm.seen["account_status"] += 1
    numbers = [status.value for status in AccountStatus if status is not AccountStatus.OK]
    for _ in range(storm.random.choice((1, 2))):
        storm.tell_status(storm.random.choice((*numbers, 42)))
        storm.walk()
        storm.wait(storm.random.choice((500, 3_000, 12_000)))
    if storm.random.random() < 0.7:
        storm.tell_status(0)


def strange_counter(storm: Storm) -> None:
    """For some seconds all a counter says has holes, or is not understood, or is not what was sent (G7 G20 G21 G24)."""
    before = storm.exchange.faults
    name = storm.random.choice(("odd_status", "empty_query", "stray", "change"))
    if name == "change" and before.short_remark >= 0:
        return
    strange: dict[str, int] = {name: odds_of(name, 1_000)}
    storm.exchange.faults = replace(before, **strange)
    for _ in range(storm.random.choice((1, 3))):
        storm.feed(m.AskNow())
        storm.wait(1_000)
        arm_grid(storm)
        storm.walk()
        storm.wait(1_000)
    storm.exchange.faults = before


def slow_list(storm: Storm) -> None:
    """An order is unanswered when the terminal restarts, and that answers before its list of orders is there (G20)."""
    storm.seen["slow_list"] += 1
    before, listed = storm.exchange.faults, set(storm.truth.entries)
    sought = any(order.in_doubt for order in live_orders(storm.state))
    storm.exchange.faults = replace(before, ambiguous=1_000)
    # its rows are pushed, or lost as well
    storm.no_rows = storm.random.random() < 0.5
    for _ in range(3):
        arm_grid(storm)
    storm.walk()
    storm.wait(500)
    storm.exchange.faults = before
    # the newest, or all there are
    older = listed if storm.random.random() < 0.7 else set()
    storm.exchange.hidden |= storm.truth.entries.keys() - older
    storm.vanished |= storm.exchange.hidden
    seconds = storm.random.choice((2, 4, 12))
    # nobody can tell an order that no figure shows for longer than that from one that never arrived; one that is
    # looked for already may have been hidden in the same way a moment ago
    storm.exchange.behind = seconds < 12 and storm.random.random() < 0.5 and not sought
    storm.wait(storm.random.choice((1_000, 5_000)))
    storm.feed(m.LinkChanged(up=False, text="test"))
    storm.mute = True
    storm.wait(storm.random.choice((200, 4_000)))
    storm.mute = storm.no_rows = False
    storm.feed(m.LinkChanged(up=True))
    for _ in range(seconds):
        storm.walk()
        storm.wait(1_000)
    storm.exchange.hidden.clear()
    storm.exchange.behind = False


def unloaded(storm: Storm) -> None:
    """The terminal restarts, or this program does, and no position is listed until it has loaded them (G20)."""
    storm.seen["unloaded"] += 1
    before = {code for code, book in storm.state.grids.items() if not book.armed}
    if storm.random.random() < 0.5:
        storm.feed(m.LinkChanged(up=False, text="test"))
        storm.exchange.unloaded = True
        storm.feed(m.LinkChanged(up=True))
    else:
        storm.exchange.unloaded = True
        storm.restart(resume=True)
    for _ in range(storm.random.choice((2, 8, 25))):
        storm.walk()
        storm.wait(2_000)
    storm.exchange.unloaded = False
    held = storm.truth.account.holdings
    for code, book in storm.state.grids.items():
        part, mine = book.grid or book.rolling, held.get(code)
        lacking = book.why is not None and book.why.why is Why.POSITION_FLOOR and code not in before
        if lacking and not book.armed and part is not None and mine is not None and part.held_total <= mine.volume:
            storm.fail("I3", f"{code} was stopped for a list that was not loaded: {book.why}")


def vanish(storm: Storm) -> None:
    """The counter does not list one of our orders any more, for a while; whether it lives nobody can tell (G20)."""
    numbers = [order.broker_id for order in storm.live() if order.broker_id]
    if not numbers:
        return
    storm.seen["vanish"] += 1
    number = storm.random.choice(numbers)
    storm.exchange.hidden.add(number)
    storm.vanished.add(number)
    if storm.random.random() < 0.3 and storm.truth.entries[number].on_book:
        # it is over as well, and nobody says so
        storm.mute = True
        storm.exchange.cancel(storm.at, m.Cancel("", number))
        storm.wait(500)
        storm.mute = False
    for _ in range(storm.random.choice((2, 6, 14))):
        storm.walk()
        storm.wait(2_000)
    storm.exchange.hidden.clear()


def transfer(storm: Storm) -> None:
    """The user moves money to or from the bank: no loss and no gain, and buying waits for his word (O2)."""
    free = storm.truth.account.free
    if not storm.foreign or free < MUCH:
        return
    storm.seen["transfer"] += 1
    moved = storm.random.choice((free, -free // 2))
    cap, before = storm.state.limits.loss_kill_bp, day_base(storm.state)
    base = before + moved
    known = storm.state.money.base_most if storm.state.money else 0
    lost = [before - total_value(storm.state)]
    storm.truth.account.cash += moved
    was = storm.state.kill
    for _ in range(4):
        storm.feed(m.AskNow())
        storm.wait(3_000)
        lost.append(base - total_value(storm.state))
        storm.walk()
        lost.append(base - total_value(storm.state))
    killed = was is None and storm.state.kill is not None and storm.state.kill.by == LOSS
    if killed and not market_fell(lost, max(before, known), max(base, known), cap):
        storm.fail("I7", "money that was withdrawn counted as a loss")


def market_fell(lost: Sequence[int], most_before: int, most: int, cap: int) -> bool:
    """Whether the market alone was past the loss limit `cap` (basis points of the day's largest total, 厘).

    The first of `lost` is of before money moved, against the total known then; the others are of while the counter was
    asked, against the total with what moved.
    """
    return lost[0] * 10_000 > most_before * cap or max(lost) * 10_000 > most * cap


def longer_list(storm: Storm) -> None:
    """The day's list is told again, with more codes in it: nothing that goes on comes to harm by it (X11)."""
    code = f"1289{storm.random.randrange(100):02}.SZ"
    if any(one.code == code for one in storm.instruments) or not storm.state.instruments:
        return
    storm.seen["longer_list"] += 1
    storm.instruments = (*storm.instruments, make_instrument(code, "", 100_000, storm.day))
    # what is due by now has its own reason
    storm.feed(m.TimePassed())
    before = storm.state
    storm.feed(m.DayOpened(storm.day.isoformat(), storm.instruments))
    after = storm.state
    names = ("orders", "grids", "guards", "boards", "shadows", "ready", "suspended", "messages", "fills", "holdings")
    harmed = [name for name in names if getattr(before, name) != getattr(after, name)]
    if before.day == after.day and harmed:
        storm.fail("I7", f"a longer list of the same day changed {harmed}")


def short_list(storm: Storm) -> None:
    """After a restart the day's list lacks a code for some seconds: a guard there waits and is not given up (X11)."""
    if not storm.state.instruments:
        return
    storm.seen["short_list"] += 1
    whole, lacking = storm.instruments, storm.random.choice(storm.codes)
    frozen = set(storm.frozen)
    guard, resume = storm.state.guards.get(lacking), storm.random.random() < 0.7
    goes_on = resume and guard is not None and guard.state in AWAKE
    storm.frozen.add(lacking)
    storm.instruments = tuple(one for one in whole if one.code != lacking)
    storm.restart(resume=resume)
    for _ in range(storm.random.choice((1, 4))):
        storm.walk()
        storm.wait(storm.random.choice((1_000, 3_000)))
    storm.frozen.clear()
    storm.frozen.update(frozen)
    storm.instruments = whole
    now = storm.state.guards.get(lacking)
    if goes_on and now is not None and now.why_off is not None and now.why_off.why is Why.STEP_FAILED:
        storm.fail("I7", f"a guard was given up for a list that lacks {lacking}: {now.why_off}")
    storm.feed(m.DayOpened(storm.day.isoformat(), whole))
    storm.quote_all()


def other_program(storm: Storm) -> None:
    """Another installation trades the same account (X8)."""
    if not storm.foreign:
        return
    storm.seen["other_program"] += 1
    storm.others += 1
    code = storm.random.choice(storm.codes)
    side = storm.random.choice(tuple(Side))
    price = storm.last[code] + storm.tick(code) * storm.random.randrange(-3, 4)
    remark = f"q{OTHER}{storm.day:%y%m%d}-{storm.others:06d}"
    storm.exchange.submit_foreign(storm.at, code, side, price, 100, remark)


def skewed_clock(storm: Storm) -> None:
    """The computer's clock is wrong: the exchange's times in the snapshots of codes nobody trades tell so (X10)."""
    off = storm.random.choice(SKEWS)
    theirs = storm.at - off
    if not all(phase_at(storm.state.listings[STOCK], at).continuous for at in (theirs - 6_000, theirs)):
        return
    storm.seen["skewed_clock"] += 1
    # whatever a clock of before was, it has been set meanwhile
    storm.feed(m.Quoted(quote_of(INDICES[0], storm.at, 10_000, prev=10_000)))
    for again in (0, 1):
        for code in INDICES:
            storm.feed(m.Quoted(quote_of(code, theirs - 5_000 + 2_000 * again, 10_000, prev=10_000)))
    for code in INDICES:
        storm.feed(m.Quoted(quote_of(code, theirs, 10_000, prev=10_000)))
    if abs(off) > 30_000 and "" not in storm.state.suspended:
        storm.fail("I7", f"the clock is {off} ms off and everything goes on")


def hung_gateway(storm: Storm) -> None:
    """Nobody answers any question for a while, and prices go on (G18)."""
    storm.seen["hung_gateway"] += 1
    storm.deaf = storm.mute = True
    asked = storm.state.linked and bool(storm.state.instruments)
    for _ in range(14):
        storm.walk()
        storm.wait(2_500)
    if asked and storm.state.unanswered < UNANSWERED:
        storm.fail("I7", "nobody has answered for long, and the program does not notice")
    storm.deaf = storm.mute = False
