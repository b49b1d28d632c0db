"""One attachment of a desk: a thread that reads, a thread that sends, from the greeting to the loss."""

from collections.abc import Callable
from threading import Condition, Thread
from time import perf_counter

import msgspec

from qmtdesk.wire.bond_talk import BondListAnswer
from qmtdesk.wire.clear_talk import ClearList
from qmtdesk.wire.line import GARBLED, Line, LineLostError
from qmtdesk.wire.numbering import Numbering, Snapshot, newest_quotes
from qmtdesk.wire.requests import Requests
from qmtdesk.wire.rows import QuoteRow
from qmtdesk.wire.talk import (
    Ack,
    Batch,
    Beat,
    FromTrader,
    GridPreview,
    GuardPreview,
    Page,
    Raise,
    Refuse,
    Resync,
    Series,
    Stop,
    Welcome,
)

MESSAGE_LIMIT = 8 << 20
JOIN_S = 0.1

Reply = Ack | Series | GridPreview | GuardPreview | BondListAnswer | ClearList

_encoder = msgspec.msgpack.Encoder()
_from_trader = msgspec.msgpack.Decoder(FromTrader)


class Heard(msgspec.Struct, frozen=True):
    """What one message came to: something to hand on, quotes, or what a trader says of stopping."""

    item: FromTrader | Snapshot | None
    quotes: dict[str, QuoteRow]
    refused: bool = False
    stopping: bool = False


class Conversation:
    """`on_heard` runs on the reading thread for each message, `on_end` once on either thread; then call `end`."""

    def __init__(
        self,
        line: Line,
        welcome: Welcome,
        requests: Requests,
        on_heard: Callable[[Heard], None],
        on_end: Callable[[], None],
    ) -> None:
        self.pid = welcome.pid
        self.heard_at = perf_counter()
        self.lost = ""
        self._line = line
        self._requests = requests
        self._on_heard = on_heard
        self._on_end = on_end
        self._numbers = Numbering()
        self._work = Condition()
        self._notes: list[Resync | Stop] = []
        self._reader = Thread(target=self._read, name="link-read", daemon=True)
        self._sender = Thread(target=self._send, name="link-send", daemon=True)

    def start(self) -> None:
        """Begin both threads; what an earlier conversation left unanswered is asked again."""
        self._requests.send_again()
        self._reader.start()
        self._sender.start()

    def poke(self) -> None:
        """There is a new request to send."""
        with self._work:
            self._work.notify_all()

    def stop(self, *, force: bool) -> None:
        """Ask the trader to end."""
        self._note(Stop(force))

    def end(self) -> None:
        """Cut the line and return when both threads have left it."""
        self._lose("closed by the desk")
        for thread in (self._reader, self._sender):
            while thread.is_alive():
                # on Windows a cut hits only what waits at that moment
                self._line.cut()
                thread.join(JOIN_S)
        self._line.close()

    def _note(self, message: Resync | Stop) -> None:
        with self._work:
            self._notes.append(message)
            self._work.notify_all()

    def _lose(self, reason: str) -> None:
        with self._work:
            self.lost = self.lost or reason
            self._work.notify_all()
        self._line.cut()
        self._on_end()

    def _read(self) -> None:
        try:
            while not self.lost:
                message: FromTrader = _from_trader.decode(self._line.receive(MESSAGE_LIMIT))
                self.heard_at = perf_counter()
                self._hear(message)
        except LineLostError as error:
            self._lose(str(error))
        except GARBLED as error:
            self._lose(f"the trader sent what is no message: {error}")

    def _hear(self, message: FromTrader) -> None:
        quotes: dict[str, QuoteRow] = {}
        item: FromTrader | Snapshot | None = message
        match message:
            case Page():
                item = self._numbers.page(message)
            case Batch():
                newest_quotes(quotes, message)
                item = self._numbers.batch(message)
                if self._numbers.resync_due:
                    self._note(Resync(self._numbers.have))
            case Ack() | Series() | GridPreview() | GuardPreview() | BondListAnswer() | ClearList():
                self._requests.done(message.id)
            case Refuse(why=why):
                self._on_heard(Heard(None, quotes, why != "stopping", why == "stopping"))
                item = message if why != "stopping" else None
            case Welcome() | Beat() | Raise():
                pass
        self._on_heard(Heard(item, quotes))

    def _send(self) -> None:
        try:
            while True:
                with self._work:
                    self._work.wait_for(lambda: self.lost or self._notes or self._requests.waiting)
                    notes, self._notes = self._notes, []
                if self.lost:
                    return
                for message in (*notes, *self._requests.take()):
                    self._line.send(_encoder.encode(message))
        except LineLostError as error:
            self._lose(str(error))
