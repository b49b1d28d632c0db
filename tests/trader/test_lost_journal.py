"""A lost journal is written down before anything else, and told at every start until a desk was shown it."""

from pathlib import Path

import pytest
from desk_stand_in import DeskStandIn
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.simulate.market_day import BOND
from qmtdesk.store.journal import Journal, JournalRow, verify
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.installation import keep_prefix
from qmtdesk.trader.loop import FRAME_NS

LOST = (Why.JOURNAL_SET_ASIDE, Why.JOURNAL_MISSING)


def traded(folder: Path) -> LoopDay:
    """A morning of one grid in a folder that has its letters."""
    day = LoopDay(folder=folder).open()
    keep_prefix(folder, "abcd")
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.live_market(6_000)
    day.loop._diary.close()
    return day


def garble(folder: Path) -> None:
    path = folder / "journal.db"
    data = bytearray(path.read_bytes())
    data[100:3000] = b"\xff" * 2900
    path.write_bytes(data)


def started(day: LoopDay) -> list[Why]:
    """One more start by the user; what was said of a lost journal in it."""
    before = len([why for why in day.said() if why in LOST])
    day.again(resume=False)
    return [why for why in day.said() if why in LOST][before:]


def kept(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.glob("journal.db.damaged-*") if not p.name.endswith(("-wal", "-shm")))


def told(day: LoopDay) -> dict[str, object]:
    return [dict(line.reason.args) for line in day.state.lines if line.reason.why in LOST][-1]


class Outlet:
    """A counter for desks at which so many stand."""

    def __init__(self, desks: int) -> None:
        self.desks = desks

    def publish(self, changes: object, quotes: object) -> None:
        pass

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        pass


def show(day: LoopDay, desks: int) -> None:
    day.loop._outlet = Outlet(desks)
    day.loop._next_frame -= FRAME_NS
    day.loop._show()


def test_a_start_that_dies_right_after_setting_a_journal_aside_leaves_it_to_the_next(tmp_path: Path) -> None:
    day = traded(tmp_path)
    garble(tmp_path)
    Diary(tmp_path / "journal.db").close()
    (name,) = kept(tmp_path)
    assert started(day) == [Why.JOURNAL_SET_ASIDE]
    assert name in str(told(day)["text"])


def test_a_start_that_dies_before_it_could_tell_leaves_it_in_the_journals_first_rows(tmp_path: Path) -> None:
    day = traded(tmp_path)
    garble(tmp_path)
    diary = Diary(tmp_path / "journal.db")
    diary.begun(list, at=5)
    assert [(row.kind, row.at) for row in diary._journal.read()] == [("Program", 5), ("JournalLost", 5)]
    diary.close()
    for name in kept(tmp_path):
        (tmp_path / name).unlink()
    assert started(day) == [Why.JOURNAL_SET_ASIDE]


def test_it_is_told_at_every_start_until_a_desk_was_there_to_see_it(tmp_path: Path) -> None:
    day = traded(tmp_path)
    garble(tmp_path)
    assert started(day) == [Why.JOURNAL_SET_ASIDE]
    show(day, desks=0)
    assert started(day) == [Why.JOURNAL_SET_ASIDE]
    show(day, desks=1)
    assert day.loop._diary.loss is None
    assert started(day) == []
    assert verify(tmp_path / "journal.db").ok


def test_a_desk_that_looks_before_the_day_is_known_has_not_been_shown_it(tmp_path: Path) -> None:
    day = traded(tmp_path)
    garble(tmp_path)
    day.begin()
    show(day, desks=1)
    day.loop._diary.close()
    assert started(day) == [Why.JOURNAL_SET_ASIDE]


def test_a_mark_that_cannot_be_written_stops_what_is_sent_and_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = traded(tmp_path)
    garble(tmp_path)
    started(day)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Journal, "_write", full)
        show(day, desks=1)
        assert day.feed(m.SetMaster(on=True)).refusal is not None
    assert started(day) == [Why.JOURNAL_SET_ASIDE]


def test_an_empty_file_where_a_journal_was_is_a_lost_journal(tmp_path: Path) -> None:
    day = traded(tmp_path)
    for path in tmp_path.glob("journal.db*"):
        path.unlink()
    (tmp_path / "journal.db").write_bytes(b"")
    assert started(day) == [Why.JOURNAL_SET_ASIDE]
    (name,) = kept(tmp_path)
    assert told(day)["text"] == f"{name}, it was empty"
    assert not any(book.armed for book in day.state.grids.values())


def test_a_missing_journal_where_one_was_is_said(tmp_path: Path) -> None:
    day = traded(tmp_path)
    for path in tmp_path.glob("journal.db*"):
        path.unlink()
    assert started(day) == [Why.JOURNAL_MISSING]
    assert told(day)["text"] == "journal.db"
    assert kept(tmp_path) == []


def test_a_journal_whose_rows_are_all_gone_is_said(tmp_path: Path) -> None:
    day = traded(tmp_path)
    for path in tmp_path.glob("journal.db*"):
        path.unlink()
    Journal.open(tmp_path / "journal.db").close()
    assert started(day) == [Why.JOURNAL_MISSING]


def test_a_log_without_its_journal_is_kept_and_said(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    day.loop._diary.close()
    (tmp_path / "journal.db").unlink()
    (tmp_path / "journal.db-wal").write_bytes(b"x" * 5_000)
    assert started(day) == [Why.JOURNAL_SET_ASIDE]
    (wal,) = tmp_path.glob("journal.db.damaged-*-wal")
    assert wal.read_bytes() == b"x" * 5_000


@pytest.mark.parametrize("left", ["nothing", "an empty file", "a journal without rows in its log"])
def test_a_first_start_has_lost_nothing(tmp_path: Path, left: str) -> None:
    path = tmp_path / "journal.db"
    if left == "an empty file":
        path.write_bytes(b"")
    elif left != "nothing":
        journal = Journal.open(tmp_path / "made.db")
        for tail in ("", "-wal"):
            (tmp_path / f"journal.db{tail}").write_bytes((tmp_path / f"made.db{tail}").read_bytes())
        journal.close()
        assert (tmp_path / "journal.db-wal").stat().st_size
    day = LoopDay(folder=tmp_path).open()
    day.live_market(3_000)
    assert not set(LOST) & set(day.said())
    assert kept(tmp_path) == []


def test_what_an_older_version_told_is_not_told_again(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    (tmp_path / "journal.db.damaged-20261101-093000").write_bytes(b"old")
    day.feed(m.JournalSetAside("journal.db.damaged-20261101-093000, record 3: bad"))
    assert started(day) == []
    (tmp_path / "journal.db.damaged-20261102-093000").write_bytes(b"older program died before it told")
    assert started(day) == [Why.JOURNAL_SET_ASIDE]
    assert told(day)["text"] == "journal.db.damaged-20261102-093000"


def test_a_garbled_note_of_a_loss_is_damage_like_any_other(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "journal.db")
    journal.append([JournalRow(1, "JournalLost", b"[1]")], durable=True)
    journal.close()
    day = LoopDay(folder=tmp_path).open()
    assert Why.JOURNAL_SET_ASIDE in day.said()


@pytest.mark.parametrize("how", ["the file is damaged", "a record makes no sense"])
def test_command_numbers_of_a_lost_journal_are_forgotten_and_later_ones_kept(tmp_path: Path, how: str) -> None:
    day = LoopDay(folder=tmp_path).open()
    day.loop.handle(day.at, m.SetMaster(on=True), command=7)
    day.loop._diary.close()
    if how == "the file is damaged":
        garble(tmp_path)
    else:
        journal = Journal.open(tmp_path / "journal.db")
        journal.append([JournalRow(1, "GridFlown", b"{}")], durable=True)
        journal.close()
    day.again(resume=True)
    assert day.loop.done_commands == ()
    day.loop.handle(day.at, m.SetMaster(on=True), command=9)
    day.again(resume=True)
    assert day.loop.done_commands == (9,)


def test_a_real_trader_tells_a_desk_once_that_its_journal_was_empty(tmp_path: Path) -> None:
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready and (desk.folder / "installation").exists(), "ready")
    for path in desk.folder.glob("journal.db*"):
        path.unlink()
    (desk.folder / "journal.db").write_bytes(b"")
    with DeskStandIn(tmp_path) as second:
        second.until(lambda: second.ready and "journal_set_aside" in second.events, "it is said")
        old = second.kill_trader()
        second.until(lambda: second.pid != old and second.ready, "another trader")
        assert second.events.count("journal_set_aside") == 1


def test_real_moneys_fresh_journal_says_so_before_it_says_what_was_lost(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    (tmp_path / "installation").write_bytes(b"abcd")
    diary = Diary(path, live=True)
    diary.begun(list, at=5)
    assert [row.kind for row in diary._journal.read()] == ["Mode", "Program", "JournalLost"]
    diary.close()
    again = Diary(path, live=True)
    assert again.begun(list) == []
    assert again.loss is not None
    assert again.loss.missing
    again.close()
