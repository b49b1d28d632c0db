"""Two data folders never trade one account, whoever started them and however the first one died."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from qmtdesk.store.account_lock import AccountKey, account_locks, hold_account
from qmtdesk.wire.address import read_card
from qmtdesk.wire.spawn import refusal_in
from qmtdesk.wire.start_refusal import ACCOUNT_TAKEN, StartRefusedError

CHILD = Path(__file__).with_name("account_child.py")
NUMBER = "66123396"


class Traders:
    """Real traders of one user."""

    def __init__(self, home: Path) -> None:
        self.home, self.running = home, []

    def start(self, base: Path, *account: str) -> subprocess.Popen:
        self.running.append(
            subprocess.Popen(
                [sys.executable, str(CHILD), str(base), *account],
                env={**os.environ, "XDG_DATA_HOME": str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        )
        return self.running[-1]

    def up(self, base: Path, process: subprocess.Popen) -> bool:
        """Wait until it serves, or has ended."""
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            card = read_card(base / "paper")
            if card is not None and card.pid == process.pid:
                return True
            Event().wait(0.02)
        return False

    def close(self) -> None:
        for process in self.running:
            process.kill()
            process.wait(60)
            process.stdout.close()


@pytest.fixture
def traders(tmp_path: Path) -> Iterator[Traders]:
    found = Traders(tmp_path / "home")
    yield found
    found.close()


@pytest.mark.fault("X8")
def test_a_second_data_folder_on_the_account_is_refused_and_told_the_first(traders: Traders, tmp_path: Path) -> None:
    one, two, broker = tmp_path / "一 号", tmp_path / "two", tmp_path / "国金QMT"
    broker.mkdir()
    first = traders.start(one, NUMBER, str(broker))
    assert traders.up(one, first)
    # the same account and the same broker, written another way
    second = traders.start(two, f" {NUMBER}", str(broker / ".." / "国金QMT"))
    assert second.wait(60) == ACCOUNT_TAKEN
    said = second.stdout.read()
    assert str(one / "paper") in said
    assert str(first.pid) in said
    assert "另一个数据文件夹" in said
    assert "another data folder" in said
    kind, text = refusal_in(two / "paper")
    assert kind == "account_taken"
    assert str(one / "paper") in text
    for file in [*two.rglob("*"), *traders.home.rglob("*")]:
        assert NUMBER not in file.name
        assert not file.is_file() or NUMBER.encode() not in file.read_bytes()
    assert not (two / "paper" / "journal.db").exists()
    assert first.poll() is None


def test_another_account_another_broker_and_paper_start_beside_it(traders: Traders, tmp_path: Path) -> None:
    words = ((NUMBER, str(tmp_path / "a")), ("66123397", str(tmp_path / "a")), (NUMBER, str(tmp_path / "b")), ())
    bases = [tmp_path / f"data{n}" for n in range(len(words))]
    processes = [traders.start(base, *account) for base, account in zip(bases, words, strict=True)]
    assert [traders.up(base, process) for base, process in zip(bases, processes, strict=True)] == [True] * len(words)


def test_a_killed_trader_frees_its_account(traders: Traders, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    first = traders.start(one, NUMBER, str(tmp_path))
    assert traders.up(one, first)
    first.kill()
    first.wait(60)
    second = traders.start(two, NUMBER, str(tmp_path))
    assert traders.up(two, second)
    assert not refusal_in(two / "paper")[0]


def test_of_four_started_at_once_one_trades(traders: Traders, tmp_path: Path) -> None:
    bases = [tmp_path / f"data{n}" for n in range(4)]
    processes = [traders.start(base, NUMBER, str(tmp_path)) for base in bases]
    up = [traders.up(base, process) for base, process in zip(bases, processes, strict=True)]
    assert sum(up) == 1
    assert [process.wait(60) for process, here in zip(processes, up, strict=True) if not here] == [ACCOUNT_TAKEN] * 3


def test_a_lock_says_who_holds_it_and_not_for_which_account(tmp_path: Path) -> None:
    key = AccountKey(NUMBER, tmp_path)
    lock = hold_account(key, tmp_path / "data", tmp_path)
    with pytest.raises(StartRefusedError, match="data"):
        hold_account(AccountKey(NUMBER, tmp_path), tmp_path / "other", tmp_path)
    assert (lock.holder(), lock.note()) == (os.getpid(), str(tmp_path / "data"))
    assert NUMBER not in f"{key!r} {lock.path}"
    lock.release()
    hold_account(key, tmp_path / "other", tmp_path).release()


def test_the_place_of_the_locks_is_the_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert account_locks() == tmp_path / "qmtdesk" / "accounts"
    assert account_locks().stat().st_mode & 0o777 == 0o700
