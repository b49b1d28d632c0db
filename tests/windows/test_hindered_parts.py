"""What the proof makes unusual for one start: whether a window is all on the screen, and being without a network."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("fcntl", reason="the proof runs on Linux")

from tests.windows import offline
from tests.windows.hindered_start import HinderedStart, judged_report, refuse_outside
from tests.windows.offline import interfaces, words_offline
from tests.windows.wine import ProofError

ALONE = """
import errno, socket
with socket.create_server(("127.0.0.1", 0)) as here, socket.create_connection(here.getsockname()):
    print("itself")
with socket.socket() as there:
    there.settimeout(5)
    print(errno.errorcode[there.connect_ex(("192.0.2.1", 9))])
"""
"""192.0.2.1 is for examples and nobody's; where there is a network it is not unreachable but silent."""


def test_a_program_that_is_cut_off_reaches_itself_and_nothing_else() -> None:
    words = words_offline()
    if not words:
        pytest.skip("this computer lets nobody be cut off from the network")
    told = subprocess.run([*words, sys.executable, "-c", ALONE], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["itself", "ENETUNREACH"]


@pytest.mark.parametrize("way", ["false", "/no/such/program"], ids=["refused", "not there"])
def test_a_computer_that_cuts_nothing_off_is_known(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(offline, "WAYS", ((way,),))
    assert words_offline() == []


def test_a_way_that_leaves_a_network_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "interfaces", lambda table: ["lo", "eth0"])
    assert words_offline() == []


def test_the_systems_table_names_its_networks() -> None:
    table = "Inter-|   Receive\n face |bytes\n    lo:  0 0\n  eth0: 12 3\n"
    assert interfaces(table) == ["lo", "eth0"]


@pytest.mark.parametrize("frame", [(0, 0, 1680, 1000), (5, 35, 1600, 900)])
def test_a_window_on_the_screen_passes(frame: tuple[int, int, int, int]) -> None:
    refuse_outside(frame, (1680, 1000))


@pytest.mark.parametrize("frame", [(5, 35, 1680, 953), (-1, 0, 100, 100), (0, -1, 100, 100), (0, 101, 800, 900)])
def test_a_window_with_a_part_off_the_screen_fails_the_proof(frame: tuple[int, int, int, int]) -> None:
    with pytest.raises(ProofError, match="is not all on a screen of 1680×1000"):
        refuse_outside(frame, (1680, 1000))


def _report(*, ok: bool) -> dict[str, Any]:
    checks = [{"name": "desk", "ok": True, "found": {}}, {"name": "guard", "ok": ok, "found": {"error": "none fired"}}]
    return {"ok": ok, "seconds": 3.5, "checks": checks, **({} if ok else {"logs": {"trader.log": "no quote"}})}


def test_a_good_report_is_told_in_a_line() -> None:
    assert judged_report(json.dumps(_report(ok=True)), 0) == "2 checks, 3.5 s"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (json.dumps(_report(ok=False)), 1, "guard.*none fired.*no quote"),
        (json.dumps(_report(ok=True)), 3, "ended with 3"),
        ("", 1, "its report is empty"),
    ],
    ids=["a check failed", "it ended badly", "empty"],
)
def test_a_bad_report_fails_the_proof_with_what_failed(text: str, code: int, words: str) -> None:
    with pytest.raises(ProofError, match=words):
        judged_report(text, code)


class _Starts:
    """A wine whose self-tests write the given reports, one a start."""

    def __init__(self, place: Path, reports: list[bool]) -> None:
        self.place, self.reports = place, reports

    def path(self, windows: str) -> Path:
        return self.place / windows

    def end(self) -> None:
        pass

    def start(self, *words: str, before: list[str]) -> SimpleNamespace:
        ok = self.reports.pop(0)
        self.path(words[-1]).write_text(json.dumps(_report(ok=ok)), encoding="utf-8")
        return SimpleNamespace(poll=lambda: 0 if ok else 1, returncode=0 if ok else 1)


def _hindered(place: Path, *reports: bool) -> HinderedStart:
    wine: Any = _Starts(place, list(reports))
    program: Any = SimpleNamespace(wine=wine)
    hindered = HinderedStart(program, "report.json", place)
    hindered._process = wine.start("report.json", before=[])
    return hindered


def test_a_report_that_says_no_is_kept_and_told_beside_the_second(tmp_path: Path) -> None:
    told = _hindered(tmp_path, False, True).ends()
    assert told.startswith("2 checks, 3.5 s, WITH the network")
    assert "only at the second start, the first: the self-test ended with 1" in told
    assert not json.loads((tmp_path / "selftest.json").read_bytes())["ok"]
    assert json.loads((tmp_path / "selftest-second.json").read_bytes())["ok"]


def test_two_reports_that_say_no_fail_the_proof(tmp_path: Path) -> None:
    with pytest.raises(ProofError, match="none fired"):
        _hindered(tmp_path, False, False).ends()


def test_one_good_report_is_enough(tmp_path: Path) -> None:
    assert _hindered(tmp_path, True).ends().endswith("lets no one cut it off")
