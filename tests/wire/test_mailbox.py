"""The window is woken once, loses nothing, and survives a wake-up that fails."""

from threading import Event, Thread

import pytest

from qmtdesk.wire.mailbox import Mailbox
from qmtdesk.wire.rows import QuoteRow


def quote(code: str, at: int) -> QuoteRow:
    return QuoteRow(
        code=code, at=at, last=1, prev_close=1, high=1, low=1, volume=1, amount=1, bids=(), asks=()
    )  # fmt: skip


def test_many_items_wake_once_until_they_are_taken():
    woken = []
    box = Mailbox(lambda: woken.append(1))
    for n in range(5):
        box.put(n)
    box.put_quotes({"a": quote("a", 1)})
    box.put_quotes({"a": quote("a", 2)})
    assert woken == [1]
    assert box.take() == ([0, 1, 2, 3, 4], (quote("a", 2),))
    box.put(6)
    assert woken == [1, 1]
    assert box.take() == ([6], ())
    assert box.take() == ([], ())


def test_a_wake_up_that_fails_is_tried_again_by_the_next_message(caplog):
    woken = []

    def wake() -> None:
        woken.append(1)
        if len(woken) == 1:
            raise RuntimeError("the loop is not there yet")

    box = Mailbox(wake)
    box.put("a")
    box.put("b")
    box.put("c")
    assert woken == [1, 1]
    assert "could not be woken" in caplog.text
    assert box.take()[0] == ["a", "b", "c"]


def test_a_snapshot_voids_the_quotes_before_it_and_not_those_after():
    box = Mailbox(lambda: None)
    box.put_quotes({"a": quote("a", 1)})
    box.put("snapshot", voids_quotes=True)
    box.put_quotes({"b": quote("b", 2)})
    assert box.take() == (["snapshot"], (quote("b", 2),))


def test_a_full_box_makes_putting_wait_until_it_is_taken():
    box = Mailbox(lambda: None, limit=3)
    for n in range(3):
        box.put(n)
    assert box.full
    done = Event()
    thread = Thread(target=lambda: (box.put(3), done.set()))
    thread.start()
    assert not done.wait(0.05)
    assert box.take()[0] == [0, 1, 2]
    assert done.wait(20)
    thread.join()
    assert box.take()[0] == [3]


def test_a_closed_box_lets_everybody_go():
    box = Mailbox(lambda: None, limit=1)
    box.put(1)
    thread = Thread(target=lambda: box.put(2))
    thread.start()
    box.close()
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize("producers", [4])
def test_items_of_many_threads_all_arrive_in_their_order_and_the_last_one_wakes(producers):
    woken, count = Event(), 3000
    box = Mailbox(woken.set, limit=50)
    threads = [Thread(target=lambda p=p: [box.put((p, n)) for n in range(count)]) for p in range(producers)]
    for thread in threads:
        thread.start()
    got = []
    while len(got) < producers * count:
        assert woken.wait(20), "nobody woke the window although something is left"
        woken.clear()
        got += box.take()[0]
    for thread in threads:
        thread.join()
    for p in range(producers):
        assert [n for each, n in got if each == p] == list(range(count))
