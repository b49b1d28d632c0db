"""What broker and trader say to each other over a pair of sockets: whole frames, or nothing when one of them dies."""

import socket
from collections.abc import Iterator, Sequence

import msgspec

from qmtdesk.domain import messages as m
from qmtdesk.engine.ports import Post

HEAD = 4
BUFFER = 1 << 20
KINDS: dict[str, type] = {
    each.__name__: each
    for each in (
        *m.MarketEvent.__args__,
        *m.BrokerEvent.__args__,
        *m.UserEvent.__args__,
        *m.Intent.__args__,
    )
}


class Told(msgspec.Struct, frozen=True, array_like=True, tag="told"):
    """Broker to trader: what happened, by kind, and the number that is acknowledged once all of it was handled."""

    number: int
    at: int
    events: tuple[tuple[int, str, msgspec.Raw], ...]


class Word(msgspec.Struct, frozen=True, array_like=True, tag="word"):
    """A user's word, with the id under which a desk would repeat it."""

    number: int
    kind: str
    body: msgspec.Raw


class End(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    """Leave in order."""


class Ready(msgspec.Struct, frozen=True, array_like=True, tag="hello"):
    """Trader to broker: the journal is read, tell me the day."""

    rows: int


class Sent(msgspec.Struct, frozen=True, array_like=True, tag="sent"):
    """An intent left the program."""

    kind: str
    body: msgspec.Raw


class Handled(msgspec.Struct, frozen=True, array_like=True, tag="handled"):
    """Everything up to a number was handled; and how the trader stands then."""

    number: int
    ready: str
    armed: tuple[str, ...]
    guarded: tuple[str, ...]
    killed: bool
    kill_done: bool
    blockers: str


class Done(msgspec.Struct, frozen=True, array_like=True, tag="done"):
    """A user's word was carried out, or refused."""

    number: int
    ok: bool
    why: str


FromTrader = Ready | Sent | Handled | Done
_to_trader = msgspec.msgpack.Decoder(Told | Word | End)
_to_broker = msgspec.msgpack.Decoder(FromTrader)
_encoder = msgspec.msgpack.Encoder()


def packed(value: object) -> msgspec.Raw:
    """A value to be read later, when its kind is known."""
    return msgspec.Raw(_encoder.encode(value))


def unpacked(kind: str, body: msgspec.Raw) -> object:
    """The value again."""
    return msgspec.msgpack.decode(body, type=KINDS[kind])


def framed(message: msgspec.Struct) -> bytes:
    """A message as it goes over the line."""
    data = _encoder.encode(message)
    return len(data).to_bytes(HEAD, "big") + data


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends with room enough that nobody waits for the other."""
    ends = socket.socketpair()
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    return ends


class Frames:
    """Whole frames out of a stream; half of one at the end is nothing."""

    def __init__(self) -> None:
        self._data = bytearray()

    def take(self, data: bytes) -> Iterator[bytes]:
        """What is complete now."""
        self._data += data
        while len(self._data) >= HEAD:
            end = HEAD + int.from_bytes(self._data[:HEAD], "big")
            if len(self._data) < end:
                return
            whole = bytes(self._data[HEAD:end])
            del self._data[:end]
            yield whole


def heard(frame: bytes) -> FromTrader:
    """What the trader said."""
    message: FromTrader = _to_broker.decode(frame)
    return message


def told(number: int, at: int, events: Sequence[tuple[int, m.Event]]) -> bytes:
    """A batch of events as a frame."""
    rows = tuple((when, type(event).__name__, packed(event)) for when, event in events)
    return framed(Told(number, at, rows))


def word(number: int, event: m.UserEvent) -> bytes:
    """A user's word as a frame."""
    return framed(Word(number, type(event).__name__, packed(event)))


class LineGateway:
    """The trader's end; implements `engine.ports.Gateway`. `read` runs on a thread of its own until the line ends."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._at = 0

    def start(self, post: Post) -> None:
        """The broker begins when it is greeted."""
        self._line.sendall(framed(Ready(0)))

    def stop(self) -> None:
        """The line ends with the process."""

    def submit(self, order: m.Place) -> None:
        self._send(order)

    def cancel(self, cancel: m.Cancel) -> None:
        self._send(cancel)

    def query(self, query: m.Query) -> None:
        self._send(query)

    def now(self) -> int:
        return self._at

    def messages(self) -> Iterator[Told | Word | End]:
        """What the broker says, as it comes."""
        frames = Frames()
        while data := self._line.recv(1 << 16):
            for frame in frames.take(data):
                message = _to_trader.decode(frame)
                if isinstance(message, Told):
                    self._at = message.at
                yield message

    def say(self, message: msgspec.Struct) -> None:
        """Anything else than an intent."""
        self._line.sendall(framed(message))

    def _send(self, intent: m.Intent) -> None:
        self._line.sendall(self.frame(intent))

    @staticmethod
    def frame(intent: m.Intent) -> bytes:
        """An intent as it leaves."""
        return framed(Sent(type(intent).__name__, packed(intent)))
