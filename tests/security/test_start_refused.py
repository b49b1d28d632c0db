"""A folder nobody can trade from is refused before anything is begun: a sentence in two languages and a code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qmtdesk.app import main
from qmtdesk.desk.shell import refusal_box
from qmtdesk.wire import place
from qmtdesk.wire.place import check_data_folder, check_program, mounted_on, opened_in_archive
from qmtdesk.wire.start_refusal import BAD_PLACE, StartRefusedError
from qmtdesk.wire.texts_start import REFUSED

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """The program as its user starts it; `before` is done to the mounts of this one process alone."""
    program = [sys.executable, "-m", "qmtdesk", *words]
    if before:
        program = ["unshare", "-m", "sh", "-c", f'{before}; exec "$@"', "sh", *program]
    return subprocess.run(
        program,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def can_mount() -> bool:
    try:
        return subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def refused(done: subprocess.CompletedProcess[str], folder: Path | str) -> None:
    assert done.returncode == BAD_PLACE
    assert "Traceback" not in done.stderr
    assert "--data" in done.stderr
    chinese, english = done.stderr.strip().splitlines()
    assert "数据文件夹" in chinese
    assert "The data folder" in english
    assert str(folder) in chinese


@pytest.mark.parametrize("how", [(), ("--trader",)], ids=["desk", "trader"])
@pytest.mark.skipif(sys.platform != "linux", reason="a place where nobody can make a folder")
def test_a_folder_that_cannot_be_made_is_refused(how: tuple[str, ...]) -> None:
    refused(run("--data", "/proc/x", *how), "/proc/x")


@pytest.mark.parametrize("how", [(), ("--trader",)], ids=["desk", "trader"])
def test_a_file_is_no_folder(tmp_path: Path, how: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("x")
    refused(run("--data", str(tmp_path / "file"), *how), tmp_path / "file")


@pytest.mark.skipif(not can_mount(), reason="needs the right to mount")
@pytest.mark.parametrize("how", [(), ("--trader",)], ids=["desk", "trader"])
@pytest.mark.parametrize("made", [False, True], ids=["fresh", "used before"])
@pytest.mark.fault("O14")
def test_a_read_only_share_is_refused(tmp_path: Path, how: tuple[str, ...], made: bool) -> None:
    share = tmp_path / "共享 1"
    share.mkdir()
    if made:
        (share / "paper").mkdir(mode=0o700)
    before = f"mount --bind '{share}' '{share}' && mount -o remount,ro,bind '{share}'"
    refused(run("--data", str(share), *how, before=before), share)
    assert list(share.rglob("*")) == ([share / "paper"] if made else [])


@pytest.mark.skipif(not can_mount(), reason="needs the right to mount")
@pytest.mark.parametrize("how", [(), ("--trader",)], ids=["desk", "trader"])
def test_a_full_disk_is_refused_before_a_journal_is_begun(tmp_path: Path, how: tuple[str, ...]) -> None:
    before = f"mount -t tmpfs -o size=16k none '{tmp_path}' && head -c 100000 /dev/zero > '{tmp_path}/fill' 2>/dev/null"
    done = run("--data", str(tmp_path), *how, before=f"{before}; mkdir -m 700 '{tmp_path}/paper'")
    assert done.returncode == BAD_PLACE
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["desk.lock", "desk.log"])
def test_a_file_of_the_folder_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "paper" / name).mkdir(parents=True)
    done = run("--data", str(tmp_path))
    assert done.returncode == BAD_PLACE
    assert "Traceback" not in done.stderr
    assert all(str(tmp_path / "paper" / name) in line for line in done.stderr.strip().splitlines()[-2:])
    assert "没有启动" in done.stderr


@pytest.mark.parametrize(
    ("how", "platform", "boxes"),
    [((), "xcb", 1), ((), "", 1), ((), "offscreen", 0), (("--trader",), "xcb", 0)],
)
def test_who_waits_for_a_window_sees_the_refusal_in_one(
    tmp_path: Path,
    how: tuple[str, ...],
    platform: str,
    boxes: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A double click opens no terminal although there is an output."""
    shown: list[str] = []
    monkeypatch.setattr(refusal_box, "show_refusal", shown.append)
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    monkeypatch.setenv("DISPLAY", ":0")
    (tmp_path / "file").write_text("x")
    assert main(["--data", str(tmp_path / "file"), *how]) == BAD_PLACE
    assert len(shown) == boxes
    told = capsys.readouterr().err
    assert all(text in told and str(tmp_path / "file") in text for text in shown)
    assert "没有启动" in told


def test_a_try_leaves_nothing_behind(tmp_path: Path) -> None:
    check_data_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_share_whose_rights_say_yes_and_whose_server_says_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(place.os, "write", no)
    with pytest.raises(StartRefusedError, match="Read-only"):
        check_data_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


TABLE = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/nas rw shared:2 - cifs //nas/data rw
31 30 8:2 / /mnt/nas/local rw - ext4 /dev/sdb1 rw
32 22 0:41 / /mnt/with\\040space rw - nfs4 server:/x rw
33 22 0:42 / /mnt/twice rw - nfs server:/x rw
34 22 0:43 / /mnt/twice rw - ext4 /dev/sdc rw
nonsense
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/data/x", "ext4"),
        ("/mnt/nas", "cifs"),
        ("/mnt/nas/data/paper", "cifs"),
        ("/mnt/nasty", "ext4"),
        ("/mnt/nas/local/paper", "ext4"),
        ("/mnt/with space/d", "nfs4"),
        ("/mnt/twice/d", "ext4"),
    ],
)
def test_the_table_of_mounts_tells_what_a_folder_lies_on(folder: str, kind: str) -> None:
    assert mounted_on(TABLE, folder) == kind


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's table of mounts")
def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"30 22 0:40 / {tmp_path.resolve()} rw - cifs //nas/data rw\n")
    monkeypatch.setattr(place, "MOUNTS", table)
    with pytest.raises(StartRefusedError, match="cifs"):
        check_data_folder(tmp_path)


@pytest.mark.parametrize(
    ("program", "inside"),
    [
        (r"C:\Users\张 三\AppData\Local\Temp\Temp1_qmtdesk-0.1.0.zip\qmtdesk\qmtdesk.exe", True),
        (r"C:\Users\a\AppData\Local\Temp\7zO4A1B2C3D\qmtdesk.exe", True),
        (r"C:\Users\a\AppData\Local\Temp\Rar$EXa1234.5678\qmtdesk\qmtdesk.exe", True),
        (r"C:\Users\a\AppData\Local\Temp\BNZ.5f3a1\qmtdesk.exe", True),
        (r"C:\Users\a\AppData\Local\Programs\qmtdesk\qmtdesk.exe", False),
        (r"D:\temp1\qmtdesk.zip.unpacked\qmtdesk.exe", False),
        ("/usr/bin/python3", False),
    ],
)
@pytest.mark.fault("O14")
def test_a_program_opened_inside_an_archive_is_known_by_its_place(program: str, inside: bool) -> None:
    assert opened_in_archive(program) is inside


def test_a_program_inside_an_archive_is_refused_with_words() -> None:
    with pytest.raises(StartRefusedError, match="压缩包") as told:
        check_program(Path("/x/Temp1_qmtdesk.zip/qmtdesk/qmtdesk"))
    assert told.value.code == BAD_PLACE


@pytest.mark.parametrize("why", sorted(REFUSED))
def test_every_refusal_is_said_in_both_languages_with_the_same_facts(why: str) -> None:
    import re

    chinese, english = REFUSED[why]
    assert re.findall(r"\{(\w+)\}", chinese) == re.findall(r"\{(\w+)\}", english)
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)


def test_without_a_terminal_the_refusal_is_a_box_of_plain_text(tmp_path: Path) -> None:
    """A packaged window has no error output."""
    code = (
        "import sys; sys.stderr = None\n"
        "from PySide6.QtCore import QTimer, Qt\n"
        "from PySide6.QtWidgets import QApplication, QMessageBox\n"
        "app = QApplication([])\n"
        "def read():\n"
        "    box = next(w for w in app.topLevelWidgets() if isinstance(w, QMessageBox))\n"
        "    print(box.textFormat() == Qt.TextFormat.PlainText, ascii(box.text()))\n"
        "    box.accept()\n"
        "QTimer.singleShot(200, read)\n"
        "from qmtdesk.app import main\n"
        "sys.exit(main(['--data', sys.argv[1]]))\n"
    )
    bad = tmp_path / "<img src=x>"
    bad.write_text("")
    done = subprocess.run(
        [sys.executable, "-c", code, str(bad)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == BAD_PLACE
    assert done.stdout.startswith("True")
    assert "<img src=x>" in done.stdout
