"""The trader's counter for desks: publishes rows to all of them and takes their commands."""

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Event, Lock, Thread

import msgspec

from qmtdesk import __version__
from qmtdesk.trader.command_book import CommandBook
from qmtdesk.wire.address import Card, card_path, forget_address, new_address, new_key, write_card
from qmtdesk.wire.bond_talk import BondListAnswer
from qmtdesk.wire.clear_talk import ClearList
from qmtdesk.wire.endpoint import Endpoint
from qmtdesk.wire.line import GARBLED, Line, LineLostError
from qmtdesk.wire.outbox import Answer, Change, Outbox
from qmtdesk.wire.packing import batches, pages
from qmtdesk.wire.rows import AnyRow, QuoteRow
from qmtdesk.wire.talk import (
    PROTOCOL,
    Ack,
    Beat,
    Command,
    GridPreview,
    GuardPreview,
    Hello,
    Raise,
    Refuse,
    Resync,
    Series,
    Stop,
    Welcome,
)

log = logging.getLogger("qmtdesk.wire")

Snapshot = Callable[[], tuple[int, list[AnyRow]]]
OnCommand = Callable[[int, Command], None]
OnStop = Callable[[bool], bool]

COMMAND_LIMIT = 1 << 16
DESKS = 4
CARD_CHECK_S = 0.5
FAREWELL_S = 0.3
ANSWERS = (Ack, Series, GridPreview, GuardPreview, BondListAnswer, ClearList)

_encoder = msgspec.msgpack.Encoder()
_hello = msgspec.msgpack.Decoder(Hello)
_stop = msgspec.msgpack.Decoder(Stop)
_from_desk = msgspec.msgpack.Decoder(Command | Resync | Stop)


class _Desk:
    """One attached desk: its line, what it has yet to be told, and the thread that tells it."""

    def __init__(self, number: int, boot: str, line: Line, snapshot: Snapshot) -> None:
        self.number = number
        self.outbox = Outbox()
        self._boot = boot
        self._line = line
        self._snapshot = snapshot
        self._told = 0
        self._writer = Thread(target=self._write, name=f"pipe-write-{number}", daemon=True)

    def start(self) -> None:
        self._writer.start()

    def farewell(self) -> None:
        """Tell it that the trader ends on purpose; returns when that is told, or soon if it does not read."""
        self.outbox.finish(Refuse(PROTOCOL, "stopping"))
        self._writer.join(FAREWELL_S)

    def end(self) -> None:
        """Returns when the writer has left the line."""
        self.outbox.close()
        self._line.cut()
        self._writer.join()

    def _write(self) -> None:
        try:
            while (load := self.outbox.take()) is not None:
                if load.snapshot:
                    self._tell_all()
                self._tell_changes(load.changes, load.quotes)
                for message in (*load.answers, *((load.beat,) if load.beat else ())):
                    self._line.send(_encoder.encode(message))
                self.outbox.rest()
        except LineLostError as error:
            log.info("desk %d: %s", self.number, error)
        except Exception:
            log.exception("desk %d cannot be told", self.number)
        finally:
            # the reader, waiting for this desk's next command, must hear of it
            self._line.cut()

    def _tell_all(self) -> None:
        seq, rows = self._snapshot()
        for page in pages(self._boot, seq, rows):
            self._line.send(page)
        self._told = seq

    def _tell_changes(self, changes: Sequence[Change], quotes: Sequence[QuoteRow]) -> None:
        fresh = [change for change in changes if change[0] > self._told]
        for batch in batches(self._boot, fresh, quotes, self._told):
            self._line.send(batch)
        if fresh:
            self._told = fresh[-1][0]


class DeskServer:
    """Serves the desks of one data folder from `start` to `stop`; only the holder of trader.lock may start one.

    `on_command(desk, command)` and `on_stop(force)` run on a connection's thread and should only post to the trader's
    inbox; each command id arrives once. `on_stop` returns whether the trader will end (False = something is armed).
    `snapshot` runs on a writer thread and returns everything published so far: change the state, then publish.
    `done` are ids of commands journaled by an earlier run: repeated ones are acknowledged and not done again.
    `on_left(desk)` is called when a desk is gone.
    """

    def __init__(
        self,
        folder: Path,
        boot: str,
        *,
        on_command: OnCommand,
        snapshot: Snapshot,
        on_stop: OnStop,
        done: Iterable[int] = (),
        on_left: Callable[[int], None] = lambda _desk: None,
    ) -> None:
        self._folder = folder
        self._boot = boot
        self._on_command = on_command
        self._on_stop = on_stop
        self._on_left = on_left
        self._snapshot = snapshot
        self._book = CommandBook(done)
        self._key = new_key()
        self._endpoint = Endpoint(new_address(folder), bytes.fromhex(self._key), self._on_line)
        self._guard = Lock()
        self._desks: dict[int, _Desk] = {}
        self._outboxes: tuple[Outbox, ...] = ()
        self._count = 0
        self._stopped = Event()
        self._ending = False
        self._keeper = Thread(target=self._keep_card, name="pipe-card", daemon=True)

    @property
    def desks(self) -> int:
        """How many desks are attached."""
        return len(self._outboxes)

    def start(self) -> None:
        """Listen and publish the card; OSError when either cannot be done."""
        self._endpoint.start()
        self._write_card()
        self._keeper.start()

    def publish(self, changes: Sequence[Change], quotes: Sequence[QuoteRow]) -> None:
        """Tell every desk. Numbers go up by one without holes. Cheap, never waits for a desk; one thread only."""
        for outbox in self._outboxes:
            outbox.put(changes, quotes)

    def reply(self, desk: int, message: Answer) -> None:
        """Answer a command, or tell one desk something; dropped when that desk is gone. Any thread."""
        if isinstance(message, ANSWERS):
            desk = self._book.answered(desk, message, message.id)
        with self._guard:
            here = self._desks.get(desk)
        if here is not None:
            here.outbox.answer(message)

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        """Sign of life to every desk, each half second; without it desks say that the trader does not answer."""
        message = Beat(self._boot, seq, clock, lag_us)
        for outbox in self._outboxes:
            outbox.beat(message)

    def raise_desks(self) -> None:
        """Ask every desk to come to the front."""
        for outbox in self._outboxes:
            outbox.answer(Raise())

    def stop(self) -> None:
        """Take the card away and cut every desk; within about two seconds. Harmless when repeated.

        Desks are told when the end was asked for (`on_stop` said yes); without that they start a trader again.
        """
        if self._stopped.is_set():
            return
        self._stopped.set()
        if self._keeper.is_alive():
            self._keeper.join()
        try:
            card_path(self._folder).unlink(missing_ok=True)
        except OSError as error:
            # a desk is just reading it; it will find nobody at that address
            log.warning("trader.json stays behind: %s", error)
        if self._ending:
            self._bid_farewell()
        self._endpoint.stop()
        forget_address(self._folder, self._endpoint.address)

    def _bid_farewell(self) -> None:
        with self._guard:
            desks = tuple(self._desks.values())
        for desk in desks:
            desk.farewell()

    def _asked_to_stop(self, stop: Stop) -> bool:
        # set first: the trader may end before `on_stop` has returned here
        before, self._ending = self._ending, True
        agreed = self._on_stop(stop.force)
        if not agreed:
            self._ending = before
        return agreed

    def _write_card(self) -> None:
        address = self._endpoint.address
        write_card(self._folder, Card(address, self._key, os.getpid(), self._boot, PROTOCOL, __version__))

    def _keep_card(self) -> None:
        """Someone may delete the card; a new desk could then never attach."""
        while not self._stopped.wait(CARD_CHECK_S):
            if not card_path(self._folder).exists():
                self._rewrite_card()

    def _rewrite_card(self) -> None:
        try:
            self._write_card()
        except OSError as error:
            log.warning("trader.json cannot be written: %s", error)

    def _on_line(self, line: Line, first: bytes) -> None:
        try:
            hello = _hello.decode(first)
            greeting = self._greeting(hello)
            line.send(_encoder.encode(greeting))
            if isinstance(greeting, Welcome):
                self._talk(line, hello.role)
        except GARBLED as error:
            log.warning("a desk sent what is no message: %s", error)

    def _greeting(self, hello: Hello) -> Welcome | Refuse:
        """Raise and stop are understood for ever, so that an old trader can be asked to make room."""
        if hello.role not in ("raise", "stop"):
            if hello.role != "desk" or hello.proto != PROTOCOL:
                return Refuse(PROTOCOL, "protocol")
            if self.desks >= DESKS:
                return Refuse(PROTOCOL, "busy")
        return Welcome(PROTOCOL, self._boot, os.getpid(), __version__)

    def _talk(self, line: Line, role: str) -> None:
        if role == "raise":
            self.raise_desks()
        elif role == "stop":
            self._end(line, _stop.decode(line.receive(COMMAND_LIMIT)))
        else:
            self._serve(line)

    def _serve(self, line: Line) -> None:
        desk = self._enter(line)
        try:
            while True:
                self._hear(desk, line, line.receive(COMMAND_LIMIT))
        finally:
            self._leave(desk)

    def _hear(self, desk: _Desk, line: Line, data: bytes) -> None:
        message: Command | Resync | Stop = _from_desk.decode(data)
        match message:
            case Command() as command:
                new, answer = self._book.accept(desk.number, command.id)
                if new:
                    self._on_command(desk.number, command)
                elif answer is not None:
                    desk.outbox.answer(answer)
            case Resync():
                desk.outbox.ask_snapshot()
            case Stop() as stop:
                if not self._asked_to_stop(stop):
                    desk.outbox.answer(Refuse(PROTOCOL, "armed"))

    def _end(self, line: Line, stop: Stop) -> None:
        if not self._asked_to_stop(stop):
            line.send(_encoder.encode(Refuse(PROTOCOL, "armed")))
            return
        line.send(_encoder.encode(Welcome(PROTOCOL, self._boot, os.getpid(), __version__)))

    def _enter(self, line: Line) -> _Desk:
        with self._guard:
            self._count += 1
            desk = _Desk(self._count, self._boot, line, self._snapshot)
            self._desks[desk.number] = desk
            self._outboxes = tuple(each.outbox for each in self._desks.values())
        desk.start()
        return desk

    def _leave(self, desk: _Desk) -> None:
        with self._guard:
            del self._desks[desk.number]
            self._outboxes = tuple(each.outbox for each in self._desks.values())
        desk.end()
        self._on_left(desk.number)
