"""The desk's link against a trader that errs on purpose."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from qmtdesk.domain.reason import Reason, Why
from qmtdesk.domain.replacing import replace
from qmtdesk.wire import attach as attaching
from qmtdesk.wire.address import Card, new_address, new_key, write_card
from qmtdesk.wire.client import Pace, TraderLink
from qmtdesk.wire.endpoint import Endpoint
from qmtdesk.wire.line import Line, LineLostError
from qmtdesk.wire.link_events import Attached, Failed, Lost, Silent, Starting
from qmtdesk.wire.numbering import Snapshot
from qmtdesk.wire.rows import EventRow, QuoteRow
from qmtdesk.wire.spawn import write_refusal
from qmtdesk.wire.talk import (
    PROTOCOL,
    Ack,
    Batch,
    Beat,
    Command,
    Demo,
    Hello,
    Page,
    Raise,
    Refuse,
    Resync,
    Stop,
    Welcome,
)

encode = msgspec.msgpack.encode
hello = msgspec.msgpack.Decoder(Hello).decode
heard = msgspec.msgpack.Decoder(Command | Resync | Stop).decode
QUICK = Pace(give_up=1.0, check=0.02, silent=0.1, tell_silence=0.05, stop=0.5)


def event(n: int) -> EventRow:
    return EventRow(no=n, at=n, level="info", code="", name="", reason=Reason(Why.ARMED))


def quote(code: str, at: int) -> QuoteRow:
    return QuoteRow(code=code, at=at, last=1, prev_close=1, high=1, low=1, volume=1, amount=1, bids=(), asks=())


class Talk:
    """The trader's side of one attachment, told what to say by the test."""

    def __init__(self, line: Line) -> None:
        self.line, self.got, self.done = line, [], threading.Event()

    def say(self, *messages: object) -> None:
        for message in messages:
            self.line.send(encode(message))

    def hear(self, kind: type) -> object:
        while not (found := [message for message in self.got if isinstance(message, kind)]):
            self.got.append(heard(self.line.receive(1 << 20)))
        self.got.remove(found[0])
        return found[0]


class FakeTrader:
    def __init__(self, folder: Path, boot: str = "b1", *, greeting: object = None) -> None:
        self.talks: list[Talk] = []
        self.boot, self.greeting, self.ended = boot, greeting, threading.Event()
        key = new_key()
        self.endpoint = Endpoint(new_address(folder), bytes.fromhex(key), self.on_line)
        self.endpoint.start()
        write_card(folder, Card(self.endpoint.address, key, 4242, boot, PROTOCOL, "x"))

    def on_line(self, line: Line, first: bytes) -> None:
        assert hello(first).proto == PROTOCOL
        talk = Talk(line)
        # first: the desk may be attached before `send` has returned
        self.talks.append(talk)
        line.send(encode(self.greeting or Welcome(PROTOCOL, self.boot, 4242, "x")))
        talk.done.wait(60)

    def stop(self) -> None:
        for talk in self.talks:
            talk.done.set()
        self.endpoint.stop()


class Window:
    def __init__(self, folder: Path, spawn: Callable = lambda: None, pace: Pace = QUICK) -> None:
        self.woken, self.heard = threading.Event(), []
        self.link = TraderLink(folder, spawn, self.woken.set, pace)
        self.link.start()

    def of(self, kind: type) -> list:
        return [item for item in self.heard if isinstance(item, kind)]

    def until(self, told: Callable[[], object]) -> None:
        deadline = time.perf_counter() + 20
        while not told():
            assert time.perf_counter() < deadline, self.heard
            self.woken.wait(0.05)
            self.woken.clear()
            self.heard += self.link.drain()


@pytest.fixture
def pair(tmp_path) -> Iterator[tuple[FakeTrader, Window]]:
    trader = FakeTrader(tmp_path)
    window = Window(tmp_path)
    window.until(lambda: window.of(Attached) and trader.talks)
    yield trader, window
    window.link.close()
    trader.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith(("link", "pipe"))]


def page(seq: int, *rows, first: bool = True, last: bool = True) -> Page:
    return Page("b1", seq, first, last, rows)


def test_pages_become_one_snapshot_and_quotes_are_the_newest(pair):
    trader, window = pair
    talk = trader.talks[0]
    talk.say(page(2, event(1), last=False), page(2, event(2), quote("a", 5), first=False))
    talk.say(Batch("b1", 3, (event(3),), (quote("a", 6),)), Batch("b1", 4, (), (quote("a", 7), quote("b", 1))))
    talk.say(Raise())
    window.until(lambda: window.of(Raise))
    assert window.of(Snapshot) == [Snapshot("b1", 2, (event(1), event(2), quote("a", 5)))]
    told = window.of(Batch)
    assert [row for batch in told for row in batch.changes] == [event(3)]
    assert {row.code: row.at for batch in told for row in batch.quotes} == {"a": 7, "b": 1}


def test_a_gap_makes_the_link_ask_again_and_the_window_sees_none(pair):
    trader, window = pair
    talk = trader.talks[0]
    talk.say(page(1, event(1)), Batch("b1", 3, (event(3),), ()), Batch("b1", 4, (event(4),), ()))
    assert talk.hear(Resync).have == 1
    talk.say(page(4, event(4)), Batch("b1", 5, (event(5),), ()))
    window.until(lambda: window.of(Batch))
    assert [each.seq for each in window.of(Snapshot)] == [1, 4]
    assert window.of(Batch)[0].changes == (event(5),)


def test_a_command_carries_when_the_user_asked(pair):
    trader, window = pair
    before = time.monotonic_ns() // 1_000_000
    number = window.link.send(Demo())
    command = trader.talks[0].hear(Command)
    assert (command.id, command.body) == (number, Demo())
    assert before <= command.asked <= time.monotonic_ns() // 1_000_000


def test_answers_go_to_who_asked_and_a_taker_that_fails_hurts_nobody(pair, caplog):
    trader, window = pair
    talk = trader.talks[0]
    got = []

    def fail(_: object) -> None:
        raise ZeroDivisionError("in the window")

    first = window.link.request(Demo(), fail)
    second = window.link.request(Demo(), got.append)
    third = window.link.send(Demo())
    talk.say(Ack(first, True, 0), Ack(second, False, 0), Ack(second, True, 0), Ack(third, True, 0))
    window.until(lambda: [ack for ack in window.of(Ack) if ack.id == third])
    assert got == [Ack(second, False, 0)]
    assert [ack.id for ack in window.of(Ack)] == [second, third]
    assert "in the window" in caplog.text


def test_what_is_no_message_ends_the_attachment_and_the_link_comes_back(pair):
    trader, window = pair
    talk = trader.talks[0]
    talk.line.send(b"\xc1")
    window.until(lambda: window.of(Lost) and len(trader.talks) == 2)
    talk.done.set()
    assert "no message" in window.of(Lost)[0].reason
    window.until(lambda: len(window.of(Attached)) == 2)
    assert not window.of(Attached)[1].restarted


def test_silence_is_told_until_it_ends(pair):
    trader, window = pair
    window.until(lambda: len(window.of(Silent)) > 2)
    assert window.of(Silent)[0].ms >= 100
    assert window.of(Silent)[1].ms > window.of(Silent)[0].ms
    trader.talks[0].say(Beat("b1", 0, 0, 0))
    window.until(lambda: window.of(Beat))


def test_a_trader_that_ends_on_purpose_is_not_started_again_until_asked(tmp_path):
    asked = []
    trader = FakeTrader(tmp_path)
    window = Window(tmp_path, lambda: asked.append(1))
    window.until(lambda: window.of(Attached) and trader.talks)
    trader.talks[0].say(Refuse(PROTOCOL, "stopping"))
    trader.stop()
    window.until(lambda: window.of(Lost))
    assert window.of(Lost)[0].stopped
    assert not window.of(Refuse)
    assert asked == []
    window.link.retry()
    window.until(lambda: asked)
    window.link.close()


def test_a_refusal_to_stop_keeps_the_attachment(pair):
    trader, window = pair
    window.link.stop_trader(force=False)
    assert trader.talks[0].hear(Stop).force is False
    trader.talks[0].say(Refuse(PROTOCOL, "armed"))
    window.until(lambda: window.of(Refuse))
    trader.talks[0].line.cut()
    window.until(lambda: window.of(Lost))
    assert not window.of(Lost)[0].stopped


@pytest.mark.parametrize("why", ["protocol", "busy"])
def test_a_refusal_to_let_in_is_told_and_not_tried_again(tmp_path, why):
    trader = FakeTrader(tmp_path, greeting=Refuse(7, why))
    window = Window(tmp_path)
    window.until(lambda: window.of(Failed))
    assert (window.of(Failed)[0].why, window.of(Failed)[0].pid) == (why, 4242)
    assert "protocol 7" in window.of(Failed)[0].text
    window.link.close()
    trader.stop()


def test_a_greeting_that_is_none_counts_as_no_trader(tmp_path):
    trader = FakeTrader(tmp_path, greeting=Raise())
    window = Window(tmp_path)
    window.until(lambda: window.of(Failed))
    assert window.of(Failed)[0].why == "timeout"
    assert "no greeting" in window.of(Failed)[0].text
    window.link.close()
    trader.stop()


def test_a_trader_that_cannot_be_started_is_told(tmp_path):
    def refuse() -> None:
        raise OSError("qmtdesk.exe is gone")

    window = Window(tmp_path, refuse)
    window.until(lambda: window.of(Failed))
    assert (window.of(Failed)[0].why, window.of(Failed)[0].text) == ("spawn", "qmtdesk.exe is gone")
    window.link.close()


def test_a_new_trader_hears_of_an_unanswered_command_when_it_was_first_asked(tmp_path):
    first = FakeTrader(tmp_path)
    window = Window(tmp_path, pace=Pace())
    window.until(lambda: window.of(Attached) and first.talks)
    number = window.link.send(Demo())
    asked = first.talks[0].hear(Command).asked
    first.stop()
    second = FakeTrader(tmp_path, "b2")
    window.until(lambda: second.talks and len(window.of(Attached)) == 2)
    assert second.talks[0].hear(Command) == Command(number, asked, Demo())
    assert window.of(Attached)[1].restarted
    window.link.close()
    second.stop()


def test_closing_waits_for_a_trader_that_ends_and_not_for_one_that_does_not(pair):
    trader, window = pair
    begun = time.perf_counter()
    window.link.close(stop_trader=True)
    assert 0.4 < time.perf_counter() - begun < 4
    assert trader.talks[0].hear(Stop).force is False
    with pytest.raises(LineLostError):
        trader.talks[0].line.receive(10)


def test_a_window_that_reads_nothing_is_not_the_traders_silence(tmp_path):
    trader = FakeTrader(tmp_path)
    window = Window(tmp_path)
    window.until(lambda: window.of(Attached) and trader.talks)
    window.link._mailbox._limit = 1
    trader.talks[0].say(Raise(), Raise(), Raise())
    while not window.link._mailbox.full:
        threading.Event().wait(0.005)
    last_word = window.link._now.heard_at
    while window.link._now.heard_at < last_word + 0.3:
        threading.Event().wait(0.005)
    window.until(lambda: len(window.of(Raise)) == 3)
    assert all(item.ms < 250 for item in window.of(Silent))
    window.link.close()
    trader.stop()


def test_errands_say_no_when_nobody_answers(tmp_path):
    write_card(tmp_path, Card(str(tmp_path / "gone.sock"), "00" * 32, 1, "b", PROTOCOL, "x"))
    assert not attaching.raise_first_desk(tmp_path)
    assert not attaching.stop_trader(tmp_path, force=True)


def test_a_trader_that_said_why_it_will_not_start_is_quoted(tmp_path):
    class Ended:
        pid = 1

        def poll(self) -> int:
            return 4

    write_refusal(tmp_path, "newer", "record 3 was written by version 9")
    window = Window(tmp_path, Ended)
    window.until(lambda: window.of(Failed))
    assert (window.of(Failed)[0].why, window.of(Failed)[0].text) == ("newer", "record 3 was written by version 9")
    window.link.close()


class Child:
    """A process that runs until the test says how it ended."""

    pid = 4242

    def __init__(self) -> None:
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code


SLOW = Pace(give_up=0.2, check=0.02, tell_start=0.05, tell_silence=0.05)


def test_a_trader_that_starts_for_long_is_waited_for_and_told_of_until_it_listens(tmp_path):
    child = Child()
    window = Window(tmp_path, lambda: child, SLOW)
    window.until(lambda: window.of(Starting) and window.of(Starting)[-1].ms > 600)
    assert window.of(Failed) == []
    trader = FakeTrader(tmp_path)
    window.until(lambda: window.of(Attached))
    window.link.close()
    trader.stop()


def test_the_card_of_an_earlier_trader_is_not_the_one_that_is_starting(tmp_path):
    write_card(tmp_path, Card(new_address(tmp_path), new_key(), 4241, "b0", PROTOCOL, "x"))
    child = Child()
    window = Window(tmp_path, lambda: child, SLOW)
    window.until(lambda: window.of(Starting) and window.of(Starting)[-1].ms > 600)
    assert window.of(Failed) == []
    window.link.close()


def test_a_trader_that_listens_and_does_not_answer_is_given_up_although_it_lives(tmp_path):
    child = Child()
    window = Window(tmp_path, lambda: child, SLOW)
    window.until(lambda: window.of(Starting))
    trader = FakeTrader(tmp_path, greeting=Raise())
    window.until(lambda: window.of(Failed))
    assert (window.of(Failed)[0].why, window.of(Failed)[0].pid) == ("timeout", 4242)
    window.link.close()
    trader.stop()


def test_a_trader_that_ends_while_it_starts_is_given_up_as_ever(tmp_path):
    child, others = Child(), []
    window = Window(tmp_path, lambda: None if others else (others.append(1), child)[1], SLOW)
    window.until(lambda: window.of(Starting))
    child.code = 3
    window.until(lambda: window.of(Failed))
    assert window.of(Failed)[0].why == "timeout"
    window.link.close()


CRASHES = Pace(give_up=5.0, check=0.02, crash_window=0.0)


class Crashing(Window):
    """`safe`: whether each start was to be a safe one; the test ends the children."""

    def __init__(self, folder: Path, pace: Pace) -> None:
        self.folder, self.safe, self.children = folder, [], []
        super().__init__(folder, self.spawn, pace)

    def spawn(self) -> Child:
        self.safe.append(self.link.safe)
        self.children.append(Child())
        return self.children[-1]

    def meet(self) -> FakeTrader:
        known, trader = len(self.of(Attached)), FakeTrader(self.folder)
        self.until(lambda: len(self.of(Attached)) > known)
        return trader

    def crash(self, times: int, *, met: bool = True) -> None:
        for _ in range(times):
            started = len(self.children)
            if met:
                self.meet().stop()
            self.children[-1].code = 7
            self.until(lambda started=started: len(self.children) > started)


def test_after_the_third_crash_within_ten_minutes_it_is_started_to_take_up_nothing(tmp_path):
    window = Crashing(tmp_path, CRASHES)
    window.until(lambda: window.children)
    window.crash(5)
    assert window.safe == [False, False, False, True, True, True]
    window.until(lambda: any(each.safe for each in window.of(Starting)))
    window.link.close()


def test_crashes_of_long_ago_do_not_count(tmp_path):
    window = Crashing(tmp_path, replace(CRASHES, safe_window=0.0))
    window.until(lambda: window.children)
    window.crash(5)
    assert not any(window.safe)
    window.link.close()


def test_a_trader_that_was_asked_to_end_is_no_crash(tmp_path):
    window = Crashing(tmp_path, CRASHES)
    for number in range(1, 6):
        window.until(lambda number=number: len(window.children) == number)
        trader = FakeTrader(tmp_path)
        window.until(lambda trader=trader: trader.talks)
        trader.talks[0].say(Refuse(PROTOCOL, "stopping"))
        trader.stop()
        window.until(lambda number=number: len(window.of(Lost)) == number)
        window.children[-1].code = 0
        window.link.retry()
    assert not any(window.safe)
    window.link.close()


def test_a_trader_the_user_ended_and_started_anew_is_no_crash(tmp_path, monkeypatch):
    monkeypatch.setattr("qmtdesk.wire.client.os.kill", lambda *_: None)
    window = Crashing(tmp_path, CRASHES)
    window.until(lambda: window.children)
    for number in range(2, 6):
        trader = window.meet()
        window.link.kill_trader()
        trader.stop()
        window.children[-1].code = -9
        window.until(lambda number=number: len(window.children) == number)
    assert not any(window.safe)
    window.crash(3)
    assert window.safe[-2:] == [False, True], "what ends by itself after that counts as ever"
    window.link.close()


def test_the_user_who_tries_again_forgives_the_crashes(tmp_path):
    window = Crashing(tmp_path, replace(CRASHES, crash_window=60.0))
    window.until(lambda: window.children)
    window.crash(3)
    assert window.safe == [False, False, False, True]
    window.children[-1].code = 7
    window.until(lambda: window.of(Failed))
    window.link.retry()
    window.until(lambda: len(window.children) == 5)
    window.crash(2)
    assert window.safe[4:] == [False, False, False]
    window.link.close()


def test_starts_that_never_came_to_answer_are_no_crashes_of_what_is_armed(tmp_path):
    window = Crashing(tmp_path, CRASHES)
    window.until(lambda: window.children)
    window.crash(5, met=False)
    assert not any(window.safe)
    window.link.close()


def test_a_start_that_took_up_nothing_is_told_once(tmp_path):
    window = Crashing(tmp_path, CRASHES)
    window.until(lambda: window.children)
    window.crash(3)
    trader = window.meet()
    trader.talks[0].line.send(b"\xc1")
    window.until(lambda: len(window.of(Attached)) == 5)
    assert [each.safe for each in window.of(Attached)] == [False, False, False, True, False]
    window.link.close()
    trader.stop()
