"""A terminal tried out by a process of its own, over the real layer and a terminal that stands in."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from standin_control import ACCOUNT, OTHER, Control
from standins.install import layer

from qmtdesk.wire.probe_lines import Code, ProbeLine, decoded
from qmtdesk.wire.probe_run import ProbeRun
from qmtdesk.wire.spawn import child_environment, trader_command

pytestmark = pytest.mark.skipif(layer() is None, reason="the xtquant wheel is not installed (extra qmt)")


class Tried:
    """What one run told."""

    def __init__(self, lines: list[ProbeLine], *, fine: bool, seconds: float) -> None:
        self.lines, self.fine, self.seconds = lines, fine, seconds

    def of(self, looked: Code) -> list[ProbeLine]:
        return [line for line in self.lines if line.looked_for.code is looked]

    def one(self, looked: Code) -> ProbeLine:
        (line,) = self.of(looked)
        return line

    @property
    def stages(self) -> list[str]:
        return list(dict.fromkeys(line.stage for line in self.lines))


Try = Callable[..., Tried]


@pytest.fixture
def userdata(tmp_path: Path) -> Path:
    folder = tmp_path / "国金QMT" / "userdata_mini"
    (folder / "log").mkdir(parents=True)
    return folder


@pytest.fixture
def attempt(tmp_path: Path, userdata: Path, monkeypatch: pytest.MonkeyPatch) -> Try:
    def run(
        place: Path = userdata,
        /,
        *,
        account: str = "",
        more: tuple[str, ...] = (),
        silence_s: float = 60,
        **plan: object,
    ) -> Tried:
        control = Control(tmp_path, **{"shift": True, **plan})
        for name, value in control.environment().items():
            monkeypatch.setenv(name, value)
        lines: list[ProbeLine] = []
        ends: list[bool] = []
        ended = threading.Event()

        def end(fine: bool) -> None:
            ends.append(fine)
            ended.set()

        begun = time.monotonic()
        words = ("--probe-qmt", str(place), "--package", "qmt_standin", *more)
        probe = ProbeRun(words, account, lines.append, end, silence_s)
        assert ended.wait(100)
        assert probe.wait(20)
        with pytest.raises(ProcessLookupError):
            os.kill(probe.pid, 0)
        return Tried(lines, fine=ends[0], seconds=time.monotonic() - begun)

    return run


def test_a_terminal_that_is_there_is_seen_to_its_quotes(attempt: Try, userdata: Path) -> None:
    tried = attempt(account=ACCOUNT)
    assert tried.fine
    assert tried.stages == ["examine", "load", "connect", "accounts", "asset", "status", "end", "quotes", "limits"]
    assert {line.level for line in tried.lines if line.stage != "examine"} == {"ok"}
    (row,) = tried.one(Code.LOOK_ACCOUNTS).data["accounts"]
    assert row == {"number": ACCOUNT, "type": "STOCK", "masked": "66****396"}
    assert tried.one(Code.LOOK_ASSET).data["total"] == pytest.approx(1_000_000_000, rel=0.01)
    assert {line.data["unit"] for line in tried.of(Code.LOOK_UNIT)} == {1, 10}
    assert tried.one(Code.LOOK_SNAPSHOT).data["age_ms"] < 60_000
    assert len(list(userdata.glob("down_queue_win_9900*"))) == 1


def test_no_sentence_holds_an_account_number(attempt: Try) -> None:
    tried = attempt(account=ACCOUNT, accounts=(ACCOUNT, OTHER))
    for line in tried.lines:
        for said in filter(None, (line.looked_for, line.found, line.advice)):
            assert ACCOUNT not in said.text() + said.text("en")
            assert OTHER not in said.text() + said.text("en")


def test_of_two_accounts_each_has_its_money(attempt: Try) -> None:
    tried = attempt(accounts=(ACCOUNT, OTHER))
    money = {line.data["number"]: line.data["total"] for line in tried.of(Code.LOOK_ASSET)}
    assert money == {ACCOUNT: pytest.approx(1_000_000_000, rel=0.01), OTHER: 50_000_000}
    assert tried.fine


def test_an_account_that_is_not_logged_in_is_told(attempt: Try) -> None:
    tried = attempt(account="1234567")
    line = tried.one(Code.LOOK_ACCOUNT)
    assert (line.level, line.found.code) == ("bad", Code.ACCOUNT_ABSENT)
    assert not tried.fine


def test_an_account_whose_reports_are_refused_is_told(attempt: Try) -> None:
    tried = attempt(account=ACCOUNT, faults={"refuse_subscribe": True})
    assert tried.one(Code.LOOK_ACCOUNT).found.code is Code.ACCOUNT_CLOSED


def test_a_terminal_that_does_not_run_refuses_and_its_quotes_too(attempt: Try) -> None:
    tried = attempt(running=False)
    assert not tried.fine
    connect = tried.one(Code.LOOK_CONNECT)
    assert (connect.level, connect.found.code) == ("bad", Code.REFUSED)
    assert connect.advice is not None
    assert connect.advice.code is Code.DO_CONNECT
    assert tried.one(Code.LOOK_QUOTES).level == "bad"
    assert tried.of(Code.LOOK_ACCOUNTS) == []


def test_another_terminals_folder_is_refused(attempt: Try, tmp_path: Path, userdata: Path) -> None:
    other = tmp_path / "other" / "userdata_mini"
    (other / "log").mkdir(parents=True)
    line = attempt(other, folder=str(userdata)).one(Code.LOOK_CONNECT)
    assert (line.level, line.found.code) == ("bad", Code.REFUSED)


def test_a_wrong_path_is_not_even_tried_and_nothing_is_made_there(attempt: Try, tmp_path: Path) -> None:
    wrong = tmp_path / "no" / "such" / "userdata_mini"
    tried = attempt(wrong)
    assert tried.stages == ["examine"]
    assert not tried.fine
    assert not (tmp_path / "no").exists()


def test_a_folder_that_looks_wrong_can_be_tried_despite_it(attempt: Try, tmp_path: Path) -> None:
    odd = tmp_path / "userdata_mini"
    odd.mkdir()
    assert attempt(odd).stages == ["examine"]
    tried = attempt(odd, more=("--despite",))
    assert tried.one(Code.LOOK_CONNECT).level == "ok"
    assert tried.fine


def test_without_the_right_to_bond_data_the_rest_is_fine(attempt: Try) -> None:
    tried = attempt(faults={"cb_right": False})
    assert tried.one(Code.LOOK_BOND_DATA).found.code is Code.NO_BOND_DATA
    assert tried.fine


@pytest.mark.parametrize(
    ("right", "code"),
    [("refused", Code.LEVEL2_NONE), ("raises", Code.LEVEL2_NONE), ("silent", Code.LEVEL2_SILENT)],
)
def test_without_level_two_the_rest_is_fine_and_it_is_said(attempt: Try, right: str, code: Code) -> None:
    tried = attempt(faults={"level2": right})
    line = tried.one(Code.LOOK_LEVEL2)
    assert (line.level, line.found.code) == ("ok", code)
    assert tried.fine


def test_limits_that_differ_from_the_rules_are_named(attempt: Try) -> None:
    assert attempt(faults={"told_limit_off": 10}).one(Code.LOOK_LIMITS).found.code is Code.LIMITS_DIFFER


def test_no_account_logged_in_is_told(attempt: Try) -> None:
    tried = attempt(faults={"empty": ["infos"]})
    assert tried.one(Code.LOOK_ACCOUNTS).found.code is Code.NO_ACCOUNTS


def test_money_that_is_not_told_is_no_money_of_zero(attempt: Try) -> None:
    line = attempt(faults={"none": ["asset"]}).one(Code.LOOK_ASSET)
    assert line.level == "bad"
    assert "total" not in line.data


@pytest.mark.parametrize(("status", "word"), [(2, "登录中"), (3, "失败"), (9, "已停用")])
def test_how_an_account_stands_is_told(attempt: Try, status: int, word: str) -> None:
    line = attempt(status={ACCOUNT: status}).one(Code.LOOK_STATUS)
    assert line.level == "warn"
    assert word in line.found.text()


def test_a_package_that_cannot_be_imported_is_told_with_its_words(attempt: Try) -> None:
    line = attempt(import_fails="DLL load failed").one(Code.LOOK_LOAD)
    assert line.level == "bad"
    assert "DLL load failed" in line.found.text()


@pytest.mark.parametrize(
    ("hangs", "looked"),
    [("infos", Code.LOOK_ACCOUNTS), ("asset", Code.LOOK_ASSET), ("full_tick", Code.LOOK_SNAPSHOT)],
)
def test_a_call_that_never_returns_is_told_and_the_process_ends(attempt: Try, hangs: str, looked: Code) -> None:
    tried = attempt(faults={"hang_calls": [hangs]})
    line = tried.one(looked)
    assert (line.level, line.data["hung"]) == ("bad", True)
    assert not tried.fine
    assert tried.seconds < 40


def test_an_import_that_never_returns_is_given_up_by_whoever_waits(attempt: Try) -> None:
    tried = attempt(import_hangs=True, silence_s=4)
    assert (tried.lines[-1].stage, tried.lines[-1].found.code) == ("end", Code.OVERDUE)
    assert not tried.fine
    assert tried.seconds < 20


def test_what_a_library_prints_never_mixes_with_the_lines(attempt: Try) -> None:
    tried = attempt(import_prints="hello from a library")
    assert tried.one(Code.LOOK_LOAD).level == "ok"
    assert tried.fine


def test_a_process_that_dies_in_the_middle_is_told(attempt: Try) -> None:
    tried = attempt(import_dies=True)
    assert (tried.lines[-1].stage, tried.lines[-1].found.code) == ("end", Code.CRASHED)
    assert not tried.fine


def hidden(*words: str, home: Path) -> tuple[int, list[ProbeLine]]:
    run = subprocess.run(
        trader_command(words), env={**child_environment(), "USERPROFILE": str(home)}, capture_output=True, check=False
    )
    return run.returncode, [decoded(line) for line in run.stdout.splitlines()]


def test_a_search_names_each_folder_with_all_that_is_seen_of_it(tmp_path: Path, userdata: Path) -> None:
    note = tmp_path / ".xtquant" / "a1" / "xtdata.cfg"
    note.parent.mkdir(parents=True)
    note.write_text(json.dumps({"root_dir": str(userdata.parent)}), encoding="utf-8")
    code, lines = hidden("--find-qmt", home=tmp_path)
    mine = [line for line in lines if line.data["path"] == str(userdata)]
    assert code == 0
    assert {line.data["source"] for line in mine} == {"configured"}
    assert mine[0].looked_for.code is Code.LOOK_FOLDER
    assert Code.LOOK_WRITABLE in [line.looked_for.code for line in mine]


def test_a_folder_is_looked_at_without_a_connection(tmp_path: Path, userdata: Path) -> None:
    code, lines = hidden("--examine-qmt", str(userdata), home=tmp_path)
    assert code == 0
    assert {line.stage for line in lines} == {"examine"}
    assert not list(userdata.glob("down_queue*"))
    assert hidden("--examine-qmt", str(tmp_path / "no"), home=tmp_path)[0] == 1
