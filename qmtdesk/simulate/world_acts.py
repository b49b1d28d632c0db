"""What the world does in a story: prices, the line to the counter, the process and the disk under it."""

from contextlib import suppress

from qmtdesk.domain import messages as m
from qmtdesk.domain.quote import EMPTY, Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.gateways.paper import names
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.simulate.chance import Odds, odds_of
from qmtdesk.simulate.looped_day import CrashError, Disk, Point
from qmtdesk.simulate.storm import Storm


def walk(storm: Storm) -> None:
    """Prices move once more."""
    storm.walk()


# --- market data


def seal(storm: Storm) -> None:
    """A stock's board closes, or opens."""
    storm.sealed ^= {storm.random.choice(storm.stocks)}


def freeze(storm: Storm) -> None:
    """A code is not quoted any more, or is again (M1, and X12 when it is all of them)."""
    if storm.frozen:
        storm.frozen.clear()
        return
    everything = storm.random.random() < 0.3
    storm.frozen.update(storm.every if everything else (storm.random.choice(storm.every),))
    storm.seen["all_frozen" if everything else "freeze"] += 1
    storm.wait(storm.random.choice((6_000, 12_000)))


def bad_tick(storm: Storm) -> None:
    """A snapshot that makes no sense, for the program alone (M2)."""
    code = storm.random.choice(storm.every)
    good = storm.next_quote(code)
    storm.seen["bad_tick"] += 1
    storm.feed(m.Quoted(storm.random.choice(_nonsense(good))))


def _nonsense(good: Quote) -> tuple[Quote, ...]:
    nothing = (EMPTY,) * 5
    return (
        replace(good, last=0),
        replace(good, last=0, bids=nothing, asks=nothing),
        replace(good, bids=nothing, asks=nothing),
        replace(good, bids=(), asks=()),
        replace(good, bids=good.asks, asks=good.bids),
        replace(good, prev_close=0, open=0, high=0, low=0, volume=0, amount=0),
    )


def old_tick(storm: Storm) -> None:
    """A snapshot from before, told again after newer ones (M3)."""
    for code, quote in tuple(storm.older.items()):
        storm.seen["old_tick"] += 1
        storm.feed(m.Quoted(replace(quote, at=quote.at - 5_000)))
        if code in storm.state.quotes and storm.state.quotes[code].quote.at < quote.at:
            storm.fail("I7", f"an older snapshot replaced a newer one: {quote}")


def burst(storm: Storm) -> None:
    """Every code ticks again and again within a moment (M8)."""
    storm.seen["burst"] += 1
    for _ in range(15):
        storm.at += 1
        for code in storm.every:
            storm.quote(storm.next_quote(code))


# --- the line to the counter


def weather(storm: Storm) -> None:
    """Another mix of everything that can go wrong on the line."""
    odds, pick = storm.random.choice((0, 20, 200)), storm.random.choice

    def sometimes(name: str) -> Odds:
        return odds_of(name, pick((0, odds)))

    short_remark = pick((-1, -1, -1, 16, 12, 8, 3, 0))
    storm.exchange.faults = Faults(
        lose_order=sometimes("lose_order"),
        lose_answer=sometimes("lose_answer"),
        ambiguous=sometimes("ambiguous"),
        late=sometimes("late"),
        twice=sometimes("twice"),
        drop_trade=sometimes("drop_trade"),
        stale=sometimes("stale"),
        lose_cancel=sometimes("lose_cancel"),
        reject=sometimes("reject"),
        lose_query=sometimes("lose_query"),
        fail_query=sometimes("fail_query"),
        short_remark=short_remark,
        odd_status=sometimes("odd_status"),
        empty_query=sometimes("empty_query"),
        stray=sometimes("stray"),
        # an order that was changed, whose answer is lost and whose remark tells no number, is in doubt for ever
        change=sometimes("change") if short_remark == -1 else 0,
    )
    storm.seen["short_remark"] += storm.exchange.faults.short_remark >= 0


def link(storm: Storm) -> None:
    """The link goes and comes back; what was said meanwhile is lost, comes late (G14), or is told again (G4)."""
    storm.feed(m.LinkChanged(up=False, text="test"))
    storm.seen["link"] += 1
    held = storm.random.random() < 0.4
    storm.mute = not held
    if held:
        storm.seen["old_pushes"] += 1
        storm.at += storm.random.choice((200, 4_000))
    else:
        storm.wait(storm.random.choice((200, 4_000, 20_000)))
    storm.mute = False
    if storm.random.random() < 0.5:
        storm.seen["replay_day"] += 1
        storm.exchange.replay_day(storm.at)
    storm.feed(m.LinkChanged(up=True))


def flap(storm: Storm) -> None:
    """The link goes and comes several times within seconds (G26)."""
    storm.seen["flap"] += 1
    for _ in range(4):
        storm.feed(m.LinkChanged(up=False, text="test"))
        storm.wait(storm.random.choice((50, 400)))
        storm.feed(m.LinkChanged(up=True))
        storm.wait(storm.random.choice((50, 400)))


def long_outage(storm: Storm) -> None:
    """No link for a long while of the day (G15)."""
    storm.seen["long_outage"] += 1
    storm.feed(m.LinkChanged(up=False, text="test"))
    storm.mute = True
    storm.at += storm.random.choice((600_000, 3_600_000))
    storm.deliver()
    storm.feed(m.TimePassed())
    storm.mute = False
    storm.feed(m.LinkChanged(up=True))


def silent_death(storm: Storm) -> None:
    """The link is dead in both directions and nobody says so (G13)."""
    storm.seen["silent_death"] += 1
    storm.deaf = storm.mute = True
    storm.walk()
    storm.wait(storm.random.choice((2_000, 6_000)))
    storm.walk()
    storm.deaf = storm.mute = False


def stale_error(storm: Storm) -> None:
    """An error without a remark, and one of an earlier order told again (G12)."""
    storm.seen["stale_error"] += 1
    storm.exchange.tell(storm.at, m.SubmitRefused("", names.SUSPENDED))
    known = [order.ref for order in storm.state.orders.values() if order.broker_id and order.ref.startswith("q")]
    if known:
        storm.exchange.tell(storm.at, m.SubmitRefused(storm.random.choice(known), names.SUSPENDED))


# --- the process, its disk and its clock


def crash(storm: Storm) -> None:
    """Killed at any of the journal's points; nothing the counter says meanwhile is heard (X1)."""
    point = storm.random.choice(tuple(Point))
    storm.seen["crash"] += 1
    storm.tell(f"    dies {point.value}")
    known, died = storm.state, point is Point.BETWEEN
    if not died:
        storm.crash_at = point
        died = _die(storm)
        storm.crash_at = None
    storm.mute = True
    if point is Point.BETWEEN:
        storm.wait(storm.random.choice((100, 2_000)))
        known = storm.state
    else:
        storm.at += storm.random.choice((100, 2_000))
        storm.deliver()
    storm.mute = False
    if point is Point.BETWEEN or (died and point is Point.BEFORE_WRITE):
        storm.compare(storm.folded(), known if point is Point.BETWEEN else storm.state)
    storm.restart(resume=storm.random.random() < 0.7)


def _die(storm: Storm) -> bool:
    """Go on until the point is reached, for a moment at most."""
    with suppress(CrashError):
        for _ in range(6):
            for code in storm.every:
                storm.quote(storm.next_quote(code))
            storm.wait(1_000)
        return False
    return True


def disk_full(storm: Storm) -> None:
    """The journal takes nothing: nothing may be sent any more until the program is started anew (X3)."""
    storm.seen["disk_full"] += 1
    storm.disk = Disk.FULL
    for _ in range(3):
        storm.walk()
        storm.wait(1_000)
    storm.disk = Disk.SOUND
    storm.restart(resume=storm.random.random() < 0.5)


def disk_lies(storm: Storm) -> None:
    """A write fails although it took; after that the program is started anew (X4)."""
    storm.seen["disk_lies"] += 1
    storm.disk = Disk.LIES
    for _ in range(3):
        storm.walk()
        storm.wait(500)
    storm.disk = Disk.SOUND
    storm.restart(resume=storm.random.random() < 0.5)


def sleep(storm: Storm) -> None:
    """The computer slept: time jumps, and everything said meanwhile comes at once (X9)."""
    storm.seen["sleep"] += 1
    gap = storm.random.choice((15_000, 15_000, 120_000, 900_000))
    storm.at += gap
    storm.feed(m.ClockJumped(gap))
    storm.deliver()
    storm.feed(m.TimePassed())


def refused_everything(storm: Storm) -> None:
    """The counter is throttled and turns everything down for some seconds (G25)."""
    storm.seen["throttle"] += 1
    before = storm.exchange.faults
    storm.exchange.faults = replace(before, reject=1_000)
    for _ in range(4):
        storm.walk()
        storm.wait(1_000)
    storm.exchange.faults = before
