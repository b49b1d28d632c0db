"""Mutated files, messages and rows through everything that reads them: python -m tests.security.fuzz --seconds 60.

A reader may take what it is given or refuse it with the errors it documents; anything else, or more than a second, is
a finding. The last line is figures as JSON.
"""

import argparse
import io
import json
import random
import socket
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from qmtdesk.desk.link.settings import DeskSettings, desk_settings
from qmtdesk.domain.messages import Kill
from qmtdesk.domain.order import OrderState
from qmtdesk.engine.books import KillBook
from qmtdesk.engine.records import DayBase, DayBegan, KillSet, OrderMoved, UnknownRecordError, decode, encode
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.gateways.paper.world import World, WorldError
from qmtdesk.gateways.replay.days import ReplayError, replay_days
from qmtdesk.store.settings import TraderSettings, trader_settings
from qmtdesk.trader.kill_file import KillFile
from qmtdesk.wire.address import Card, card_path, read_card
from qmtdesk.wire.handshake import greet_as_desk, greet_as_trader
from qmtdesk.wire.line import GARBLED, Line, LineLostError
from qmtdesk.wire.redact import Redactor
from qmtdesk.wire.talk import PROTOCOL, Command, Demo, FromTrader, Hello, Resync, Stop, Welcome

SLOW_S = 1.0
SLOW_AGAIN = 2
INTERESTING = (b"", b"\x00", b"\xff", b"\x7f", b"-1", b"0", b"1e308", b"NaN", b"null", b"{}", b"[]", b'"', b"\\", b",")
NUMBERS = (0, 1, -1, 127, 128, 255, 256, 32767, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63 - 1)
WORDS = ("１００".encode(), "张三".encode(), "\ufeff".encode(), "\u202e".encode(), b"../..", b"<img src=x>", b"=1+1")


def mutated(dice: random.Random, data: bytes) -> bytes:
    """The same with some bytes changed, added, left out, doubled or moved."""
    found = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        at = dice.randrange(len(found) + 1)
        match dice.randrange(8):
            case 0 if found:
                found[min(at, len(found) - 1)] ^= 1 << dice.randrange(8)
            case 1:
                found[at:at] = dice.randbytes(dice.randint(1, 4))
            case 2:
                del found[at : at + dice.choice((1, 2, 4, 16, 64))]
            case 3:
                found[at : at + dice.choice((0, 1, 4))] = dice.choice((*INTERESTING, *WORDS))
            case 4:
                found[at:at] = found[at : at + dice.choice((1, 8, 64, 512))] * dice.choice((1, 2, 50))
            case 5:
                number = dice.choice(NUMBERS)
                packed = struct.pack(dice.choice("<>") + "Q", number & (2**64 - 1))
                found[at : at + 8] = packed[: dice.choice((1, 4, 8))]
            case 6:
                found[at:at] = str(dice.choice(NUMBERS)).encode()
            case _:
                other = dice.randrange(len(found) + 1)
                found[at:at] = found[other : other + 32]
    return bytes(found[: 1 << 20])


@dataclass
class Target:
    """One reader: where its inputs begin, what reads them, and which errors it is allowed."""

    name: str
    seeds: Sequence[bytes]
    read: Callable[[bytes], object]
    allowed: tuple[type[BaseException], ...] = ()
    runs: int = 0
    refused: int = 0
    slowest: float = 0.0
    corpus: list[bytes] = field(default_factory=list)

    def once(self, dice: random.Random) -> str:
        """One input; '' or what is wrong with how it was read."""
        data = mutated(dice, dice.choice(self.corpus or self.seeds))
        told, took = self._tried(data)
        self.runs += 1
        for _ in range(SLOW_AGAIN):
            if told or took <= SLOW_S:
                break
            # a shared computer stalls at whatever it happens to read; a slow input is slow every time
            refused = self.refused
            told, again = self._tried(data)
            took, self.refused = min(took, again), refused
        self.slowest = max(self.slowest, took)
        return told or (f"{self.name}: {took:.1f} s for {data[:200]!r}" if took > SLOW_S else "")

    def _tried(self, data: bytes) -> tuple[str, float]:
        """What is wrong with how it was read, '' for nothing, and the seconds that took."""
        began = time.perf_counter()
        told = ""
        try:
            self.read(data)
        except self.allowed:
            self.refused += 1
        except BaseException as error:  # noqa: BLE001 - that is what is looked for
            trace = "".join(traceback.format_exception(error)[-3:])
            told = f"{self.name}: {type(error).__name__} on {data[:200]!r}\n{trace}"
        else:
            # what was taken is a better place to go on from
            if len(self.corpus) < 200:
                self.corpus = [*(self.corpus or self.seeds), data]
        return told, time.perf_counter() - began


def targets(folder: Path) -> list[Target]:
    """Everything that reads what it did not write itself."""
    return [*files(folder), *talk(), *rows(folder)]


def files(folder: Path) -> Iterator[Target]:
    for make, kind in ((desk_settings, DeskSettings), (trader_settings, TraderSettings)):
        file = make(folder)
        whole = msgspec.json.format(msgspec.json.encode(kind()), indent=2)

        def load(data: bytes, file=file) -> None:
            file.path.write_bytes(data)
            loaded = file.load()
            if loaded.problem:
                # the bad one is kept aside; thousands of them are of no use here
                if loaded.kept is not None:
                    loaded.kept.unlink()
                raise ValueError(loaded.problem)

        yield Target(f"settings {kind.__name__}", (whole, b"{}", b"\xef\xbb\xbf" + whole), load, (ValueError,))

    card = Card("/x/trader.sock", "ab" * 32, 7, "b", PROTOCOL, "0.1.0")

    def read(data: bytes) -> None:
        card_path(folder).write_bytes(data)
        found = read_card(folder)
        if found is None:
            raise ValueError
        if not isinstance(bytes.fromhex(found.key), bytes) or not isinstance(found.address, str):
            raise TypeError("a card of another kind")

    yield Target("address card", (msgspec.json.encode(card),), read, (ValueError,))

    def kill(data: bytes) -> None:
        path = folder / "KILL"
        path.write_bytes(data)
        file = KillFile(folder)
        if file.found() is None:
            raise AssertionError("a KILL file did not press the switch")
        file.keep(KillBook(at=0, by="x", refs=())) if data[:1] == b"\x00" else file.take_away()
        path.unlink(missing_ok=True)

    yield Target("KILL file", (b"", b"stop", b"pressed by key\n"), kill)


@contextmanager
def pair() -> Iterator[tuple[socket.socket, Line]]:
    ours, theirs = socket.socketpair()
    line = Line(Connection(theirs.detach()), server=True)
    try:
        yield ours, line
    finally:
        ours.close()
        line.close()


def framed(*messages: bytes) -> bytes:
    return b"".join(struct.pack("!i", len(each)) + each for each in messages)


def told(data: bytes, read: Callable[[Line], object]) -> None:
    """Hand the bytes to one end of a pipe as a peer would that hangs up after them."""
    with pair() as (plug, line):
        plug.settimeout(SLOW_S)
        plug.sendall(data[:100_000])
        plug.shutdown(socket.SHUT_WR)
        read(line)


def talk() -> Iterator[Target]:
    pack = msgspec.msgpack.encode
    lost = (LineLostError,)
    yield Target(
        "handshake, trader's side",
        (framed(bytes(64)), framed(b"x" * 64, pack(Hello(PROTOCOL, "desk", 1, "0")))),
        lambda data: told(data, lambda line: greet_as_trader(line, bytes(32))),
        lost,
    )
    yield Target(
        "handshake, desk's side",
        (framed(b"QMTD1" + bytes(32), bytes(32)),),
        lambda data: told(data, lambda line: greet_as_desk(line, bytes(32))),
        lost,
    )
    from_desk = msgspec.msgpack.Decoder(Command | Resync | Stop)
    from_trader = msgspec.msgpack.Decoder(FromTrader)
    commands = [pack(each) for each in (Command(1, 0, Demo()), Command(2, 5, Kill("key")), Resync(7), Stop(True))]

    def frames(decoder: msgspec.msgpack.Decoder) -> Callable[[bytes], None]:
        def read(line: Line) -> None:
            while True:
                decoder.decode(line.receive(1 << 16))

        return lambda data: told(data, read)

    errors = (LineLostError, *GARBLED)
    yield Target("pipe frames from a desk", [framed(*commands)], frames(from_desk), errors)
    yield Target("messages from a desk", commands, from_desk.decode, GARBLED)
    welcome = pack(Welcome(PROTOCOL, "b", 1, "v"))
    yield Target("messages from a trader", [welcome, *sample_pages()], from_trader.decode, GARBLED)


def sample_pages() -> list[bytes]:
    """What a trader sends, as the desk's tests know it."""
    from qmtdesk.wire.packing import batches, pages
    from qmtdesk.wire.rows import QuoteRow

    quote = QuoteRow(
        code="123230.SZ", at=1, last=104_123, prev_close=1, high=1, low=1, volume=1, amount=1, bids=((1, 2),), asks=()
    )
    return [*pages("b", 1, [quote, quote]), *batches("b", [], [quote], 4)]


def rows(folder: Path) -> Iterator[Target]:
    records = (
        DayBegan("2026-11-20"),
        DayBase(1_000_000_000),
        OrderMoved("q261120-000001", OrderState.FILLED, 1, "17", 10, "", 2),
        KillSet(KillBook(at=1, by="key", refs=())),
    )
    lines = [b"\n".join((kind.encode(), body)) for kind, body in map(encode, records)]

    def row(data: bytes) -> None:
        kind, _, body = data.partition(b"\n")
        decode(kind.decode("utf-8", "replace"), body)

    yield Target("journal rows", lines, row, (UnknownRecordError, *GARBLED))

    yield Target("saved paper market", (fresh_world().dump(),), world, (WorldError,))
    recording = folder / "day.csv"

    def replay(data: bytes) -> None:
        recording.write_bytes(data)
        for day in replay_days([recording]):
            for _ in day.quotes:
                pass

    yield Target("replay reader", recordings(), replay, (ReplayError,))
    redactor = Redactor()

    def hide(data: bytes) -> None:
        text = redactor.redact(data.decode("utf-8", "replace"))
        if redactor.redact(text) != text:
            raise AssertionError("what was hidden once is not hidden the same way again")

    yield Target(
        "redaction",
        (b"account 66123396 token=abcdef https://a:b@c/d?e=f password: 'x y' amount=12692440000", b"key=1 " * 40),
        hide,
    )


def fresh_world() -> World:
    feed = GeneratedFeed(1)
    at = feed.opening(date(2026, 11, 20))
    return World(feed, PaperExchange(feed.account(at), seed=1), at)


def world(data: bytes) -> None:
    """As the paper gateway takes its file up again."""
    if World.feed_named_in(data) != GeneratedFeed(1).name:
        raise WorldError("of another feed")
    World.continued(data, GeneratedFeed(1), PaperExchange(PaperAccount(0)))


def recordings() -> list[bytes]:
    """A tick, some minute bars and a minute line that are read as they stand."""
    from qmtdesk.gateways.replay.bars import LINE_COLUMNS
    from qmtdesk.gateways.replay.ticks import COLUMNS

    tick = {"time_ms": "1654047000000", "code": "000400.SZ", "last": "20.6", "open": "20.5", "high": "20.7"}
    tick |= {"low": "20.4", "prev_close": "19.38", "volume": "633", "amount": "13039.8", "bid1": "20.59"}
    tick |= {"bid_vol1": "1250", "ask1": "20.61", "ask_vol1": "300"}
    bars = ["code,datetime,open,high,low,close"]
    bars += [f"000001.SZ,2018-01-02 {minute},10.0,10.05,9.98,10.02" for minute in ("11:30", "13:01", "13:02")]
    line = {"code": "000001.SZ", "datetime": "2018-01-02 13:01", "price": "10.02"}
    return [
        "\n".join((",".join(COLUMNS), ",".join(tick.get(name, "0") for name in COLUMNS))).encode(),
        "\n".join(bars).encode(),
        "\n".join((",".join(LINE_COLUMNS), ",".join(line.get(name, "0") for name in LINE_COLUMNS))).encode(),
    ]


def fuzz(seconds: float, seed: int, most: int = 0) -> tuple[list[Target], list[str]]:
    """Each target in turn until the time is up, or until each has had `most` inputs."""
    dice, found = random.Random(seed), []
    with tempfile.TemporaryDirectory() as name, redirect_stderr(io.StringIO()):
        tried = targets(Path(name))
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (most and tried[0].runs >= most):
            for target in tried:
                for _ in range(20):
                    wrong = target.once(dice)
                    if wrong and len(found) < 50:
                        found.append(wrong)
    return tried, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    tried, found = fuzz(given.seconds, given.seed)
    for wrong in found:
        print(wrong)
    for target in tried:
        counts = f"{target.runs:>9,} read, {target.refused:>9,} refused, {target.slowest * 1000:6.1f} ms at most"
        print(f"{target.name:28} {counts}")
    runs = sum(target.runs for target in tried)
    print(json.dumps({"executions": runs, "findings": len(found), "seconds": given.seconds, "seed": given.seed}))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
