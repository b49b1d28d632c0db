"""Real money and play money never share a folder."""

from pathlib import Path

import pytest

from qmtdesk.engine.records import MasterSet
from qmtdesk.store.journal import Journal
from qmtdesk.trader.diary import Diary, JournalModeError
from qmtdesk.trader.process import NO_JOURNAL, TraderOptions, run_trader
from qmtdesk.wire.spawn import refusal_in

MODES = {"live": True, "paper": False}


def kept(path: Path, *, live: bool) -> None:
    diary = Diary(path, live=live)
    diary.begun(list)
    diary.write(1_000, (MasterSet(on=False),), durable=True)
    diary.close()


def rows(path: Path) -> list[tuple[str, bytes]]:
    journal = Journal.open(path)
    found = [(row.kind, row.body) for row in journal.read()]
    journal.close()
    return found


@pytest.mark.parametrize("mode", MODES)
def test_a_journal_is_taken_up_again_by_its_own_kind(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    for _ in range(2):
        kept(path, live=MODES[mode])
    diary = Diary(path, live=MODES[mode])
    assert diary.begun(list) == [MasterSet(on=False)] * 2
    assert diary.loss is None
    diary.close()


@pytest.mark.parametrize("mode", MODES)
def test_a_journal_of_the_other_money_is_refused_and_stays_as_it_is(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    kept(path, live=MODES[mode])
    before = rows(path)
    diary = Diary(path, live=not MODES[mode])
    with pytest.raises(JournalModeError):
        diary.begun(list)
    diary.close()
    assert rows(path) == before
    assert sorted(each.name for each in tmp_path.iterdir() if "damaged" in each.name) == []


def test_only_real_money_says_so_and_says_it_first(tmp_path: Path) -> None:
    kept(tmp_path / "live.db", live=True)
    kept(tmp_path / "paper.db", live=False)
    assert rows(tmp_path / "live.db")[0] == ("Mode", b"live")
    assert [kind for kind, _ in rows(tmp_path / "paper.db")] == ["Program", "MasterSet"]


def test_the_process_says_why_it_does_not_start(tmp_path: Path) -> None:
    kept(tmp_path / "journal.db", live=True)
    assert run_trader(TraderOptions(tmp_path, seed=1, speed=1, resume=False)) == NO_JOURNAL
    kind, text = refusal_in(tmp_path)
    assert kind == "other_money"
    assert "real money" in text
