"""The counter for desks inside the process of a test, honest desks for it, and bare plugs for dishonest ones."""

import contextlib
import hashlib
import hmac
import os
import socket
import struct
import threading
import time
from multiprocessing.connection import Client, Connection
from pathlib import Path

import msgspec

from qmtdesk.domain.reason import Reason, Why
from qmtdesk.trader.mirror import Mirror
from qmtdesk.trader.serve import DeskServer
from qmtdesk.wire.address import read_card
from qmtdesk.wire.attach import attach
from qmtdesk.wire.rows import EventRow, QuoteRow
from qmtdesk.wire.talk import PROTOCOL, Ack, Command, Demo, FromTrader, Hello

encode = msgspec.msgpack.encode
decode = msgspec.msgpack.Decoder(FromTrader).decode


def event(n: int) -> EventRow:
    return EventRow(no=n, at=n, level="info", code="", name="", reason=Reason(Why.ARMED))


def quote(code: str, at: int) -> QuoteRow:
    return QuoteRow(code=code, at=at, last=1, prev_close=1, high=1, low=1, volume=1, amount=1, bids=(), asks=())


class Trader:
    def __init__(self, folder: Path) -> None:
        self.folder, self.mirror, self.seq = folder, Mirror(), 0
        self.commands: list[tuple[int, Command]] = []
        self.stops: list[bool] = []
        self.armed = False
        self.server = DeskServer(
            folder, "boot", on_command=self.on_command, snapshot=self.mirror.snapshot, on_stop=self.on_stop, done=[77]
        )
        self.server.start()

    def on_command(self, desk: int, command: Command) -> None:
        self.commands.append((desk, command))
        if command.id != 13:
            self.server.reply(desk, Ack(command.id, True, self.seq))

    def on_stop(self, force: bool) -> bool:
        self.stops.append(force)
        return force or not self.armed

    def publish(self, count: int, *quotes: QuoteRow) -> None:
        changes = [(self.seq + n + 1, event(self.seq + n + 1)) for n in range(count)]
        self.seq += count
        self.mirror.apply(changes, quotes)
        self.server.publish(changes, quotes)

    def desk(self) -> "Desk":
        return Desk(self.folder)


class Desk:
    """An honest desk that reads when told to."""

    def __init__(self, folder: Path) -> None:
        self.line, self.welcome = attach(read_card(folder), "desk")

    def hear(self, kind: type = object) -> object:
        while True:
            message = decode(self.line.receive(1 << 24))
            if isinstance(message, kind):
                return message

    def ask(self, number: int) -> Ack:
        self.line.send(encode(Command(number, 0, Demo())))
        return self.hear(Ack)

    def close(self) -> None:
        self.line.close()


def wait(condition) -> None:
    deadline = time.perf_counter() + 20
    while not condition():
        assert time.perf_counter() < deadline
        threading.Event().wait(0.005)


def raw(trader: Trader) -> socket.socket:
    plug = socket.socket(socket.AF_UNIX)
    plug.connect(read_card(trader.folder).address)
    plug.settimeout(20)
    return plug


def told_before_end(plug: socket.socket) -> bytes:
    """What the trader says until it ends this connection."""
    told = b""
    with contextlib.suppress(ConnectionResetError):
        while data := plug.recv(4096):
            told += data
    return told


def exhaust(connection: Connection) -> None:
    while True:
        connection.recv_bytes()


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def framed(data: bytes) -> bytes:
    return struct.pack("!i", len(data)) + data


def logged_in(trader: Trader, hello: bytes | None = None) -> Connection:
    """A desk made of bare bytes that knows the key."""
    card = read_card(trader.folder)
    connection = Client(card.address, "AF_UNIX")
    a = connection.recv_bytes()[5:]
    b = os.urandom(32)
    connection.send_bytes(b + hmac.new(bytes.fromhex(card.key), b"desk" + a + b, hashlib.sha256).digest())
    answer = connection.recv_bytes()
    assert answer == hmac.new(bytes.fromhex(card.key), b"trader" + a + b, hashlib.sha256).digest()
    connection.send_bytes(encode(Hello(PROTOCOL, "desk", 1, "x")) if hello is None else hello)
    return connection
