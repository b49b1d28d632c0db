"""`python -m qmtdesk check`: what it looks at, what it says, and that it changes nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from standin_control import ACCOUNT, Control
from standins.install import layer

from qmtdesk.store.journal import Journal, JournalRow
from qmtdesk.trader.check import Wish, check, lamps
from qmtdesk.trader.check_command import CheckWords, check_command
from qmtdesk.trader.check_text import all_fine, as_text
from qmtdesk.wire.live_settings import LiveSettings, live_settings
from qmtdesk.wire.live_talk import HealthRow
from qmtdesk.wire.probe_lines import Code, ProbeLine
from qmtdesk.wire.spawn import TraderProcess, child_environment, spawn_trader, trader_command

ROOT = Path(__file__).resolve().parents[2]


def lines(data: Path) -> dict[Code, ProbeLine]:
    return {line.looked_for.code: line for line in check(Wish(data))}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for mode in ("paper", "live"):
        (folder / mode).mkdir(parents=True)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_place_where_nothing_was_ever_kept_is_no_fault_and_nothing_is_made(tmp_path: Path) -> None:
    found = lines(tmp_path / "data")
    assert found[Code.LOOK_DATA].level == "warn"
    assert found[Code.LOOK_LIVE].found.code is Code.LIVE_NOT_CHOSEN
    assert all(line.ok for line in found.values())
    assert not (tmp_path / "data").exists()


def test_a_check_changes_no_file(data: Path) -> None:
    (data / "paper" / "trader-settings.json").write_bytes(b"{ torn")
    (data / "paper" / "trader.lock").touch()
    Journal.open(data / "paper" / "journal.db").close()
    before = files(data)
    list(check(Wish(data)))
    after = {name: text for name, text in files(data).items() if not name.endswith(("-wal", "-shm"))}
    assert after.keys() == before.keys()
    assert {name for name in before if before[name] != after[name]} <= {str(data / "paper" / "trader.lock")}


def test_a_sound_journal_is_counted_and_a_changed_row_is_found(data: Path) -> None:
    path = data / "paper" / "journal.db"
    journal = Journal.open(path)
    journal.append([JournalRow(n, "Note", b"{}") for n in range(12)], durable=True)
    journal.close()
    line = lines(data)[Code.LOOK_JOURNAL]
    # the live folder has none, and is looked at last
    assert line.found.code is Code.JOURNAL_NONE
    first = next(each for each in check(Wish(data)) if each.looked_for.code is Code.LOOK_JOURNAL)
    assert first.found.args == {"rows": 12}
    import sqlite3

    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE journal SET body = x'7b7d20' WHERE no = 7")
    connection.close()
    bad = next(each for each in check(Wish(data)) if each.looked_for.code is Code.LOOK_JOURNAL)
    assert (bad.level, bad.found.code) == ("bad", Code.JOURNAL_BAD)
    assert "7" in bad.found.text()


@pytest.mark.parametrize("name", ["trader-settings.json", "live-settings.json"])
def test_settings_that_cannot_be_used_are_named_and_left_where_they_are(data: Path, name: str) -> None:
    path = data / "live" / name
    path.write_text('{"version": 1, "unheard_of": 1}', encoding="utf-8")
    found = [line for line in check(Wish(data)) if line.looked_for.args.get("file") == name and not line.ok]
    assert [line.found.code for line in found] == [Code.SETTINGS_BAD]
    assert path.exists()


def test_the_clocks_zone_is_told(data: Path) -> None:
    run = subprocess.run(
        trader_command(["check", "--json", "--data", str(data)]),
        cwd=ROOT,
        env={**child_environment(), "TZ": "Asia/Shanghai"},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0
    clock = next(line for line in json.loads(run.stdout)["lines"] if line["looked_for"] == "look_clock")
    assert clock["found"] == "clock_fine"


def test_words_come_in_chinese_and_in_english(data: Path) -> None:
    seen = {language: list[str]() for language in (False, True)}
    for english, said in seen.items():
        assert check_command(CheckWords(data, english, False, None), said.append, said.append) == 0
    assert "Nothing wrong was found." in seen[True]
    told = list(check(Wish(data)))
    assert "没有发现问题" in as_text(told, "zh")
    assert all_fine(told)


@pytest.fixture
def trader(data: Path) -> Iterator[TraderProcess]:
    folder = data / "paper"
    process = spawn_trader(folder, ["--data", str(data), "--seed", "1", "--trader"])
    wait_for_card(folder, process)
    yield process
    os.kill(process.pid, 15)
    process._popen.wait(20)


def wait_for_card(folder: Path, process: TraderProcess) -> None:
    import threading

    pause = threading.Event()
    for _ in range(600):
        if (folder / "trader.json").exists():
            return
        assert process.poll() is None
        pause.wait(0.05)
    raise AssertionError("no trader")


def test_a_running_trader_is_asked_and_goes_on(data: Path, trader: TraderProcess) -> None:
    found = {line.found.code: line for line in check(Wish(data)) if line.stage in ("trader", "data")}
    line = found[Code.TRADER_ANSWERS]
    assert line.found.args["pid"] == trader.pid
    assert line.found.args["ready"] in ("starting", "reconciling", "ready", "suspended")
    assert found[Code.LOCK_HELD].found.args == {"pid": trader.pid}
    assert trader.poll() is None


def test_a_trader_that_holds_the_folder_and_says_nothing_is_told(data: Path, trader: TraderProcess) -> None:
    os.kill(trader.pid, 19)
    try:
        found = [line for line in check(Wish(data)) if line.stage == "trader" and not line.ok]
    finally:
        os.kill(trader.pid, 18)
    (line,) = found
    assert line.found.code is Code.TRADER_SILENT
    assert line.advice is not None
    assert str(trader.pid) in line.advice.text()


# --- QMT


@pytest.fixture
def configured(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Control:
    if layer() is None:
        pytest.skip("the xtquant wheel is not installed (extra qmt)")
    folder = tmp_path / "QMT" / "userdata_mini"
    (folder / "log").mkdir(parents=True)
    chosen = LiveSettings(package="qmt_standin", folder=str(folder), account=ACCOUNT)
    live_settings(data / "live").save(chosen)
    control = Control(tmp_path, shift=True)
    for name, value in control.environment().items():
        monkeypatch.setenv(name, value)
    return control


def test_the_configured_terminal_is_tried_out(data: Path, configured: Control) -> None:
    found = lines(data)
    assert found[Code.LOOK_ACCOUNT].found.code is Code.ACCOUNT_THERE
    assert found[Code.LOOK_QUOTES].level == "ok"
    assert found[Code.LOOK_XTQUANT].found.code is Code.INSTALLED
    assert all(line.ok for line in found.values())


def test_a_terminal_that_does_not_run_is_exit_code_one(data: Path, configured: Control) -> None:
    configured.change(running=False)
    assert check_command(CheckWords(data, False, True, None), lambda _: None, lambda _: None) == 1


def test_nothing_that_is_printed_holds_the_accounts_number(data: Path, configured: Control) -> None:
    for words in (["--english"], ["--json"], []):
        run = subprocess.run(
            [sys.executable, "-m", "qmtdesk", "check", "--data", str(data), *words],
            cwd=ROOT,
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        assert run.returncode == 0, run.stderr
        assert ACCOUNT.encode() not in run.stdout + run.stderr
        assert b"66****396" in run.stdout


def test_json_is_one_object(data: Path) -> None:
    said: list[str] = []
    check_command(CheckWords(data, False, True, None), said.append, said.append)
    (text,) = said
    assert msgspec.json.decode(text.encode())["ok"] is True


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ("on", Code.LEVEL2_ON),
        ("refused", Code.LEVEL2_NONE),
        ("hung", Code.LEVEL2_NONE),
        ("silent", Code.LEVEL2_SILENT),
        ("waiting", Code.LEVEL2_SILENT),
        ("unclear", Code.LEVEL2_UNCLEAR),
        ("", None),
    ],
)
def test_how_level_two_stands_with_a_running_trader_is_never_a_fault(stage: str, code: Code | None) -> None:
    row = HealthRow(trade_stage="up", quotes_stage="up", level2_stage=stage, level2_text="why")
    told = [line for line in lamps(row) if line.looked_for.code is Code.LOOK_LEVEL2]
    assert [(line.level, line.found.code) for line in told] == ([("ok", code)] if code else [])
    assert [line.found.args for line in told if line.found.code is Code.LEVEL2_NONE] in ([], [{"text": "why"}])
