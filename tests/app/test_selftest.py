"""The self-test as a user starts it: both processes, a trade, a guard, and a report that can be believed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qmtdesk import __version__
from qmtdesk.trader import selftest
from qmtdesk.trader.selftest import SelfTest, self_test
from qmtdesk.trader.selftest_desk import TestFailedError

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["versions", "desk", "trader", "grid", "guard", "window", "second_start", "qmt", "databases"]
NAMES += ["end", "journal", "clean"]
LIMIT_S = 240


def _self_test(report: Path, temp: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("TMP", "TEMP")}
    return subprocess.run(
        [sys.executable, "-m", "qmtdesk", "--selftest", str(report)],
        cwd=ROOT,
        env={**kept, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", "TMPDIR": str(temp)},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        timeout=LIMIT_S,
    )


@pytest.mark.skipif(os.name == "nt", reason="the package's own tests run it there")
def test_this_program_proves_that_it_works_and_leaves_only_its_report(tmp_path: Path) -> None:
    temp = tmp_path / "t"
    temp.mkdir()
    report = tmp_path / "报告.json"
    done = _self_test(report, temp)
    told: dict[str, Any] = json.loads(report.read_text("utf-8"))
    assert told["ok"], told
    assert done.returncode == 0
    assert json.loads(done.stdout) == told
    found = {each["name"]: each["found"] for each in told["checks"]}
    assert list(found) == NAMES
    assert found["desk"]["pid"] != found["trader"]["pid"]
    assert found["window"]["bonds"] == 30
    assert found["window"]["fills"] >= 1
    assert found["guard"]["state"] in ("triggered", "sold")
    assert found["journal"]["rows"] > 50
    assert found["qmt"] == {"answer": "not on this system"}
    assert found["versions"]["program"]["version"] == __version__
    assert list(temp.iterdir()) == []


def test_a_report_that_cannot_be_written_is_said_before_anything_is_started(tmp_path: Path) -> None:
    done = _self_test(tmp_path / "no" / "folder" / "r.json", tmp_path)
    assert done.returncode == 2
    assert "r.json" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_does_not_start_fails_every_check_that_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "r.json"
    monkeypatch.setattr(selftest, "trader_command", lambda words: [sys.executable, "-c", "raise SystemExit(9)"])
    monkeypatch.setattr(
        "qmtdesk.wire.spawn.trader_command", lambda words: [sys.executable, "-c", "raise SystemExit(9)"]
    )
    for place in ("qmtdesk.trader.selftest.LIMIT_S", "qmtdesk.trader.selftest_desk.LIMIT_S"):
        monkeypatch.setattr(place, 0.2)
    assert self_test(report) == 1
    told = json.loads(report.read_text("utf-8"))
    assert not told["ok"]
    failed = {each["name"] for each in told["checks"] if not each["ok"]}
    assert {"trader", "grid", "guard", "window", "second_start", "journal"} <= failed


def test_a_failure_tells_what_the_processes_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def starts(self: SelfTest) -> dict[str, object]:
        (self._folder / "desk-output.log").write_text("what went wrong", "utf-8")
        raise TestFailedError("no")

    monkeypatch.setattr(SelfTest, "_starts", starts)
    for place in ("qmtdesk.trader.selftest.LIMIT_S", "qmtdesk.trader.selftest_desk.LIMIT_S"):
        monkeypatch.setattr(place, 0.1)
    monkeypatch.setattr(SelfTest, "_second", lambda self: {})
    assert self_test(tmp_path / "r.json") == 1
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["logs"] == {"desk-output.log": "what went wrong"}
