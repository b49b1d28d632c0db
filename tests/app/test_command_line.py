"""The command line: what it refuses, in words, and what it does without a window."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qmtdesk import __version__

ROOT = Path(__file__).resolve().parents[2]


def _run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-m", "qmtdesk", *words],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **env},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_it_tells_its_version() -> None:
    told = _run("--data", "place", "--version").stdout.splitlines()
    assert told[0] == f"qmtdesk {__version__}"
    assert [line.split(" / ")[1].split(":")[0] for line in told[1:]] == ["commit", "build", "program", "data"]
    assert told[-1].endswith(str(ROOT / "place"))


def test_it_tells_that_nothing_is_to_be_stopped(tmp_path: Path) -> None:
    done = _run("--data", str(tmp_path), "--stop")
    assert done.returncode == 0
    assert "No qmtdesk is running" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only there a program may start without a screen")
def test_without_a_screen_it_says_so_in_both_languages(tmp_path: Path) -> None:
    done = _run("--data", str(tmp_path))
    assert done.returncode == 2
    assert "没有可用的屏幕" in done.stderr
    assert "There is no screen" in done.stderr


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--guard", "600000.SH=abc"), "abc"),
        (("--guard", "600000.SH=-5"), "-5"),
        (("--guard", "999999.XX=20000000"), "999999.XX"),
        (("--guard", "600000.SH=20000000,readiness=soon"), "soon"),
        (("--guard", "600000.SH=20000000,colour=red"), "colour"),
        (("--grid", "123230.SZ,step_bp=0"), "'0'"),
        (("--grid", "123230.SZ,base=12.3456"), "12.3456"),
        (("--grid", "123230.SZ=5"), "123230.SZ=5"),
        (("--position", "600000.SH=100"), "600000.SH=100"),
        (("--position", "600000.SH=１００@5"), "１００"),
        (("--cash", "1e9"), "1e9"),
    ],
)
def test_a_word_that_cannot_be_understood_is_named(tmp_path: Path, words: tuple[str, ...], named: str) -> None:
    file = tmp_path / "none.csv"
    done = _run("replay", str(file), "--events", str(tmp_path / "out.jsonl"), *words)
    assert done.returncode == 2
    assert named in done.stderr


def test_a_file_that_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    done = _run("replay", str(tmp_path / "gone.csv"), "--events", str(tmp_path / "out.jsonl"))
    assert done.returncode == 2
    assert "gone.csv" in done.stderr
    bad = tmp_path / "bad.csv"
    bad.write_text("time,price\n1,2\n", encoding="utf-8")
    done = _run("replay", str(bad), "--events", str(tmp_path / "out.jsonl"))
    assert done.returncode == 2
    assert "bad.csv" in done.stderr


def test_a_guard_on_a_code_the_file_does_not_hold_is_said(tmp_path: Path, shared_data: Path) -> None:
    done = _run(
        "replay",
        str(shared_data / "ticks_clipped_000400_L20.60.csv.gz"),
        "--events",
        str(tmp_path / "out.jsonl"),
        "--guard",
        "600000.SH=20000000",
    )
    assert done.returncode == 2
    assert "600000.SH" in done.stderr


def test_a_replay_ends_with_a_summary_and_twice_gives_the_same_bytes(tmp_path: Path, shared_data: Path) -> None:
    def once(name: str) -> bytes:
        out = tmp_path / name
        done = _run(
            "replay",
            str(shared_data / "ticks_clipped_000400_L20.60.csv.gz"),
            "--events",
            str(out),
            "--position",
            "000400.SZ=1000@18.73",
            "--guard",
            "000400.SZ=1000000,readiness=above",
            "--seed",
            "7",
        )
        assert done.returncode == 0, done.stderr
        return out.read_bytes()

    first = once("a.jsonl")
    assert first == once("b.jsonl")
    summary = json.loads(first.splitlines()[-1])
    assert summary["event"] == "summary"
    assert summary["cash"] == "1020574.040"
    assert summary["positions"] == {}


def test_a_recording_that_cannot_be_read_opens_no_window(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("time,price\n1,2\n", encoding="utf-8")
    done = _run("--data", str(tmp_path / "d"), "--replay", str(bad), QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert "bad.csv" in done.stderr
