"""What a desk is told: every change once and in order, of quotes the newest, in messages of bounded size."""

import threading
from threading import Thread

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.reason import Reason, Why
from qmtdesk.trader.command_book import KEPT, CommandBook
from qmtdesk.trader.mirror import Mirror
from qmtdesk.wire.numbering import Numbering, newest_quotes
from qmtdesk.wire.outbox import ANSWERS, Outbox
from qmtdesk.wire.packing import batches, pages
from qmtdesk.wire.requests import Requests
from qmtdesk.wire.rows import EventRow, QuoteRow
from qmtdesk.wire.talk import Ack, Batch, Beat, Demo, FromTrader, Gone, Page, Raise

decode = msgspec.msgpack.Decoder(FromTrader).decode


def event(n: int, text: str = "") -> EventRow:
    return EventRow(no=n, at=n, level="info", code=text, name="", reason=Reason(Why.ARMED, (("n", n),)))


def quote(code: str, at: int) -> QuoteRow:
    book = ((1, 2),) * 5
    return QuoteRow(code=code, at=at, last=1, prev_close=1, high=1, low=1, volume=1, amount=1, bids=book, asks=book)


def changes(first: int, count: int) -> list[tuple[int, EventRow]]:
    return [(n, event(n)) for n in range(first, first + count)]


def test_the_first_load_asks_for_a_snapshot_and_the_next_does_not():
    box = Outbox()
    assert box.take().snapshot
    box.put(changes(1, 2), [quote("a", 1), quote("b", 1), quote("a", 2)])
    box.answer(Raise())
    box.beat(Beat("", 1, 1, 0))
    box.beat(Beat("", 2, 2, 0))
    load = box.take()
    assert not load.snapshot
    assert [seq for seq, _ in load.changes] == [1, 2]
    assert [(row.code, row.at) for row in load.quotes] == [("a", 2), ("b", 1)]
    assert load.answers == [Raise()]
    assert load.beat.seq == 2


def test_too_many_changes_give_way_to_a_snapshot():
    box = Outbox(limit=10)
    box.take()
    box.put(changes(1, 8), [])
    box.put(changes(9, 3), [])
    box.put(changes(12, 4), [])
    load = box.take()
    assert load.snapshot
    assert [seq for seq, _ in load.changes] == [12, 13, 14, 15]


def test_a_desk_that_takes_no_answers_is_let_go():
    box = Outbox()
    for _ in range(ANSWERS + 1):
        box.answer(Raise())
    assert box.take() is None


def test_a_closed_box_lets_its_writer_go():
    box = Outbox()
    box.take()
    taken = []
    writer = Thread(target=lambda: taken.append(box.take()))
    writer.start()
    box.close()
    writer.join(20)
    assert taken == [None]


def rested(box: Outbox, act, seconds: float) -> bool:
    """Whether the rest ended so soon, before its ten seconds, because of `act`."""
    done = threading.Event()
    writer = Thread(target=lambda: (box.rest(10), done.set()), daemon=True)
    writer.start()
    while box._waiting != "urgent":
        threading.Event().wait(0.001)
    act()
    return done.wait(seconds)


def test_a_rest_is_cut_short_by_a_change_an_answer_or_a_resync_but_not_by_quotes():
    for act, ends in (
        (lambda box: box.put(changes(1, 1), []), True),
        (lambda box: box.answer(Raise()), True),
        (lambda box: box.ask_snapshot(), True),
        (lambda box: box.close(), True),
        (lambda box: box.put([], [quote("a", 1)]), False),
        (lambda box: box.beat(Beat("", 1, 1, 0)), False),
    ):
        box = Outbox()
        box.take()
        assert rested(box, lambda: act(box), 5 if ends else 0.3) is ends  # noqa: B023 - called at once
        box.close()


@given(st.lists(st.integers(0, 70_000), max_size=12))
def test_pages_hold_every_row_in_order_and_stay_short(sizes):
    rows = [event(n, "x" * size) for n, size in enumerate(sizes)]
    sent = list(pages("boot", 5, rows))
    told = [decode(data) for data in sent]
    assert [row for page in told for row in page.rows] == rows
    assert [page.first for page in told] == [True] + [False] * (len(told) - 1)
    assert [page.last for page in told] == [False] * (len(told) - 1) + [True]
    assert all(len(data) < 65_536 or len(page.rows) == 1 for data, page in zip(sent, told, strict=True))
    assert {page.seq for page in told} == {5}


def test_many_quotes_and_changes_go_out_in_short_messages():
    sent = list(batches("b", changes(7, 3000), [quote(f"{n}.SH", n) for n in range(600)], 6))
    assert max(map(len, sent)) < 65_536
    told = [decode(data) for data in sent]
    number = 7
    for batch in told:
        assert batch.first == number
        number += len(batch.changes)
    assert number == 3007
    assert sum(len(batch.quotes) for batch in told) == 600
    assert list(batches("b", [], [], 6)) == []
    assert decode(next(batches("b", [], [quote("a", 1)], 6))).first == 7


def page(seq: int, rows: list, *, first: bool = True, last: bool = True) -> Page:
    return Page("b", seq, first, last, tuple(rows))


def test_changes_wait_for_the_first_snapshot_and_those_it_holds_are_dropped():
    numbers = Numbering()
    assert numbers.batch(Batch("b", 1, (event(1),), ())) is None
    assert not numbers.resync_due
    assert numbers.page(page(2, [event(1)], last=False)) is None
    snapshot = numbers.page(page(2, [event(2)], first=False))
    assert (snapshot.seq, snapshot.rows) == (2, (event(1), event(2)))
    assert numbers.batch(Batch("b", 1, (event(1), event(2)), ())) is None
    told = numbers.batch(Batch("b", 2, (event(2), event(3), event(4)), ()))
    assert (told.first, told.changes) == (3, (event(3), event(4)))


def test_a_page_without_its_beginning_is_no_snapshot():
    numbers = Numbering()
    assert numbers.page(page(2, [], first=False)) is None
    assert numbers.have == -1


def test_a_gap_is_asked_about_once_and_nothing_is_told_until_the_answer():
    numbers = Numbering()
    numbers.page(page(0, []))
    assert numbers.batch(Batch("b", 3, (event(3),), ())) is None
    assert numbers.resync_due
    assert not numbers.resync_due
    assert numbers.batch(Batch("b", 1, (event(1),), ())) is None
    numbers.page(page(4, []))
    assert not numbers.resync_due
    assert numbers.batch(Batch("b", 5, (event(5),), ())).changes == (event(5),)


def test_quotes_fold_into_the_newest():
    into = {"a": quote("a", 1)}
    newest_quotes(into, Batch("b", 0, (), (quote("a", 2), event(1), quote("b", 3))))
    assert {code: row.at for code, row in into.items()} == {"a": 2, "b": 3}


class Pair:
    """A trader's side and a desk's side with nothing but messages between them."""

    def __init__(self) -> None:
        self.box, self.mirror, self.numbers = Outbox(limit=12), Mirror(), Numbering()
        self.rows: dict[int, EventRow] = {}
        self.quotes: dict[str, QuoteRow] = {}
        self.seq = self.told = 0

    def put(self, count: int) -> None:
        new = []
        for n in range(count):
            number = self.seq + n + 1
            new.append((number, event(count + n) if number % 3 else Gone(11, str(count + n))))
        self.seq += count
        quotes = [quote(str(count), self.seq)]
        self.mirror.apply(new, quotes)
        self.box.put(new, quotes)

    def tell(self) -> None:
        load = self.box.take()
        sent = []
        if load.snapshot:
            self.told, rows = self.mirror.snapshot()
            sent += pages("b", self.told, rows)
        fresh = [change for change in load.changes if change[0] > self.told]
        sent += batches("b", fresh, load.quotes, self.told)
        self.told = fresh[-1][0] if fresh else self.told
        for message in map(decode, sent):
            self.hear(message)

    def hear(self, message: Page | Batch) -> None:
        if isinstance(message, Page):
            rows = self.numbers.page(message).rows
            self.rows = {row.no: row for row in rows if isinstance(row, EventRow)}
            self.quotes |= {row.code: row for row in rows if isinstance(row, QuoteRow)}
            return
        newest_quotes(self.quotes, message)
        batch = self.numbers.batch(message)
        assert not self.numbers.resync_due
        for row in batch.changes if batch else ():
            if isinstance(row, Gone):
                self.rows.pop(int(row.key), None)
            else:
                self.rows[row.no] = row


@given(st.lists(st.tuples(st.sampled_from(["put", "take", "resync"]), st.integers(0, 9)), max_size=60))
def test_a_desk_behind_any_outbox_ends_with_exactly_the_traders_rows(steps):
    """Overflows, resyncs and late snapshots in any order; every change told once or part of a snapshot."""
    pair = Pair()
    for what, n in steps:
        match what:
            case "put":
                pair.put(n)
            case "resync":
                pair.box.ask_snapshot()
            case "take" if pair.box._due("any"):
                pair.tell()
    pair.put(1)
    pair.tell()
    expected = pair.mirror.snapshot()[1]
    assert pair.rows == {row.no: row for row in expected if isinstance(row, EventRow)}
    assert pair.quotes == {row.code: row for row in expected if isinstance(row, QuoteRow)}


def test_a_repeated_command_is_answered_and_not_done_again():
    book = CommandBook(done=[5])
    assert book.accept(1, 10) == (True, None)
    assert book.accept(2, 10) == (False, None)
    assert book.answered(1, Ack(10, True, 3), 10) == 2  # the desk that waits now
    assert book.accept(3, 10) == (False, Ack(10, True, 3))
    assert book.accept(3, 5) == (False, Ack(5, True, 0))
    assert book.answered(4, Ack(99, True, 0), 99) == 4


def test_the_book_of_commands_does_not_grow_for_ever():
    book = CommandBook()
    for number in range(KEPT + 10):
        book.accept(1, number)
        book.answered(1, Ack(number, True, 0), number)
    assert len(book._answers) == KEPT
    assert book.accept(1, KEPT + 9)[0] is False


def test_requests_are_kept_until_answered_and_never_share_ids_with_another_desk():
    requests, other = Requests(), Requests()
    first, second = requests.add(Demo()), requests.add(Demo())
    assert other.add(Demo()) not in (first, second)
    sent = requests.take()
    assert [each.id for each in sent] == [first, second]
    assert requests.take() == []
    requests.done(first)
    requests.done(first)
    requests.send_again()
    assert requests.waiting
    # the same as before, with the time when it was first asked
    assert requests.take() == sent[1:]


def test_a_mirror_holds_the_newest_row_of_each_key_and_forgets_the_gone():
    mirror = Mirror()
    mirror.apply([(1, event(1)), (2, event(2)), (3, Gone(11, "1")), (4, Gone(11, "77"))], [quote("a", 1)])
    mirror.apply([], [quote("a", 2)])
    assert mirror.snapshot() == (4, [event(2), quote("a", 2)])
