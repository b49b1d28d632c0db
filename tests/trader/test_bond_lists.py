"""Lists are read beside the loop: stopped, given up on, refused and never half taken over."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from loop_day import LoopDay

from qmtdesk.domain.bond_cells import Fault
from qmtdesk.domain.bond_list import ListError
from qmtdesk.store.bond_list_kept import kept_lists
from qmtdesk.trader import bond_lists
from qmtdesk.trader.bond_lists import BondLists
from qmtdesk.trader.loop import Loop
from qmtdesk.wire.bond_talk import BondListAnswer, BondListWish, ReadBondList, TypeBond

TEXT = "代码,剩余规模(亿元),数据日期\n113050,2.35,2025-01-06\n"


class Bench:
    """A real loop that is turned by hand, and lists over it."""

    def __init__(self, folder: Path, **how: Any) -> None:
        self.folder = folder
        self.loop: Loop = LoopDay(seed=1, folder=folder).loop
        self.lists = BondLists(folder, **how)
        self.loop.take_lists(self.lists.load())
        self.answers: list[BondListAnswer] = []
        self.file = folder / "名单.csv"
        self.file.write_text(TEXT, "utf-8")

    def ask(self, wish: ReadBondList | BondListWish | TypeBond) -> None:
        self.lists.ask(self.loop, len(self.answers) + 1, wish, self.answers.append)

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end, "never came"
            self.loop._drain()

    def answer(self, wish: ReadBondList | BondListWish | TypeBond) -> BondListAnswer:
        before = len(self.answers)
        self.ask(wish)
        self.until(lambda: len(self.answers) > before)
        return self.answers[-1]

    def fault(self, wish: ReadBondList | BondListWish | TypeBond) -> str:
        refused = self.answer(wish).refused
        assert refused is not None
        return refused.fault

    def seen(self) -> ReadBondList:
        found = self.answer(ReadBondList(source="file", place=str(self.file)))
        assert found.refused is None, found.refused
        return ReadBondList(source="file", place=str(self.file), use=True, digest=found.digest)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_preview_changes_nothing(bench: Bench) -> None:
    bench.seen()
    assert not bench.loop.terms
    assert not kept_lists(bench.folder).path.exists()


@pytest.mark.fault("O10")
def test_a_file_that_changed_since_it_was_seen_is_not_taken_over(bench: Bench) -> None:
    wish = bench.seen()
    bench.file.write_text(TEXT.replace("2.35", "23.5"), "utf-8")
    assert bench.fault(wish) == "changed"
    assert not bench.loop.terms


def test_a_list_that_may_not_be_used_is_not_used_whatever_is_asked(bench: Bench) -> None:
    bench.file.write_text(TEXT.replace("(亿元)", ""), "utf-8")
    found = bench.answer(ReadBondList(source="file", place=str(bench.file)))
    wish = ReadBondList(source="file", place=str(bench.file), use=True, digest=found.digest)
    assert bench.fault(wish) == "unit_asked"
    assert not bench.loop.terms


def test_a_list_that_cannot_be_written_is_not_in_force(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = bench.seen()

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qmtdesk.wire.typed_file.write_atomic", full)
    assert bench.fault(wish) == "not_saved"
    assert not bench.loop.terms
    monkeypatch.undo()
    assert bench.answer(wish).used
    assert bench.loop.terms["113050.SH"].remaining_yuan == 235_000_000


def held(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """The file's reader waits, looking now and then whether it should go on; events: begun, and let it go."""
    begun, go = threading.Event(), threading.Event()

    def slow(path: Path, going: Any) -> Any:
        begun.set()
        while not go.wait(0.005):
            going(1, 2)
        return read_file(path, going)

    read_file = bond_lists.read_file
    monkeypatch.setattr(bond_lists, "read_file", slow)
    return begun, go


def test_progress_is_shown_and_the_user_can_stop_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    held(monkeypatch)
    bench.ask(ReadBondList(source="file", place=str(bench.file)))
    bench.until(lambda: bench.loop.desk.bond_list.done == 1)
    assert bench.loop.desk.bond_list.reading == "名单.csv"
    bench.ask(BondListWish(what="stop"))
    bench.until(lambda: len(bench.answers) == 2)
    assert bench.answers[-1].refused is not None
    assert bench.answers[-1].refused.fault == "stopped"
    assert bench.loop.desk.bond_list.reading == ""


def test_a_second_list_waits_for_the_first(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = held(monkeypatch)
    bench.ask(ReadBondList(source="file", place=str(bench.file)))
    assert begun.wait(10)
    assert bench.fault(ReadBondList(source="file", place=str(bench.file))) == "busy"
    go.set()
    bench.until(lambda: len(bench.answers) == 2)
    assert bench.answers[-1].good == 1


def test_a_source_that_looks_at_nothing_is_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bond_lists, "GRACE_S", 0.05)
    bench = Bench(tmp_path, deadline_s=0.1)
    go = threading.Event()

    def deaf(_path: Path, _going: Any) -> Any:
        go.wait(30)
        raise ListError(Fault.EMPTY)

    monkeypatch.setattr(bond_lists, "read_file", deaf)
    wish = ReadBondList(source="file", place=str(bench.file))
    assert bench.fault(wish) == "too_slow"
    assert bench.fault(wish) == "too_slow"
    assert bench.fault(wish) == "busy", "readers that hang must not pile up"
    go.set()
    bench.until(lambda: not any(thread.is_alive() for thread in bench.lists._stuck))
    assert bench.fault(wish) == "empty"
    assert len(bench.answers) == 4


def test_a_reader_that_breaks_is_told_and_the_list_in_force_stays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.answer(bench.seen())
    monkeypatch.setattr(bond_lists, "read_file", lambda _path, _going: 1 / 0)
    assert bench.fault(ReadBondList(source="file", place=str(bench.file))) == "broken"
    assert "113050.SH" in bench.loop.terms


def test_the_loop_goes_on_deciding_while_a_list_is_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = held(monkeypatch)
    bench.ask(ReadBondList(source="file", place=str(bench.file)))
    assert begun.wait(10)
    done: list[int] = []
    for number in range(50):
        bench.loop.ask(lambda _loop, number=number: done.append(number))
    bench.until(lambda: len(done) == 50)
    assert not bench.answers
    go.set()
    bench.until(lambda: bench.answers)


@pytest.mark.parametrize(
    ("code", "cells", "fault"),
    [
        ("600000", (("size", "2亿"),), "code_not_bond"),
        ("1.13E5", (), "code_damaged"),
        ("113050", (("size", "2.35"),), "unit_asked"),
        ("113050", (("size", "=1"),), "formula"),
        ("113050", (("colour", "red"),), "word_unknown"),
    ],
)
def test_what_is_typed_is_judged_like_a_file(
    bench: Bench, code: str, cells: tuple[tuple[str, str], ...], fault: str
) -> None:
    assert bench.fault(TypeBond(code=code, cells=cells)) == fault


def test_nothing_before_cannot_be_brought_back(bench: Bench) -> None:
    assert bench.fault(BondListWish(what="restore")) == "no_previous"


def typed(code: str) -> TypeBond:
    return TypeBond(code=code, cells=(("size", "2.35亿"),))


def started_while_held(bench: Bench, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Another process has the file open, and its backup; the answer lets go of them."""
    path, real, held = kept_lists(folder).path, Path.open, ["by a scanner"]

    def opened(self: Path, *args: Any, **words: Any) -> Any:
        if self.name in (path.name, f"{path.name}.bak") and held:
            raise PermissionError(13, "being used by another process", str(self))
        return real(self, *args, **words)

    monkeypatch.setattr("qmtdesk.wire.files.PAUSE_S", 0.0)
    monkeypatch.setattr(Path, "open", opened)
    bench.lists = BondLists(folder)
    bench.loop.take_lists(bench.lists.load())
    assert "another process" in bench.loop.lists.problem
    return held.clear


def test_lists_that_could_not_be_read_at_the_start_are_not_written_over(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.answer(typed("113050")).used
    let_go = started_while_held(bench, tmp_path, monkeypatch)
    assert bench.fault(typed("113051")) == "not_saved"
    let_go()
    assert bench.answer(typed("113051")).used
    assert len(kept_lists(tmp_path).load().value.hand) == 2


def test_lists_found_again_by_a_look_at_another_one_are_in_force_and_stay(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("113051", "113052"):
        assert bench.answer(typed(code)).used
    let_go = started_while_held(bench, tmp_path, monkeypatch)
    let_go()
    wish = bench.seen()
    assert bench.loop.lists.problem == ""
    assert "113051.SH" in bench.loop.terms
    assert bench.answer(wish).used
    assert {each.code for each in kept_lists(tmp_path).load().value.hand} == {"113051.SH", "113052.SH"}
