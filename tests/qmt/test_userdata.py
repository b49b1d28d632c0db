"""Finding a terminal's folder on a PC, and seeing what is wrong with one before anything touches it."""

import json
from pathlib import Path

import pytest
from invented_pc import HOME, InventedPc

from qmtdesk.gateways.qmt.candidates import MOST_LOOKS, How, candidates
from qmtdesk.gateways.qmt.pc import ThisPc
from qmtdesk.gateways.qmt.userdata import examine
from qmtdesk.wire.probe_lines import Code, ProbeLine

ROOT = r"D:\国金证券QMT交易端"


@pytest.fixture
def pc() -> InventedPc:
    pc = InventedPc()
    pc.install(ROOT)
    pc.run(ROOT)
    return pc


def found(folder: str, pc: InventedPc, looked: Code) -> ProbeLine:
    lines = {line.looked_for.code: line for line in examine(folder, pc).lines}
    return lines[looked]


def told(pc: InventedPc, last_used: str = "") -> list[tuple[str, How]]:
    return [(str(each.folder), each.how) for each in candidates(pc, last_used)]


# --- finding


def test_the_one_that_runs_comes_first_and_each_comes_once(pc: InventedPc) -> None:
    other = pc.install(r"C:\迅投\QMT极速版")
    assert told(pc, other) == [(rf"{ROOT}\userdata_mini", How.RUNNING), (other, How.LAST_USED)]


@pytest.mark.parametrize(
    "root",
    [
        r"D:\QMT",
        r"D:\anything at all",
        r"C:\迅投\我的",
        r"C:\Program Files\国信iQuant QMT",
        r"D:\软件\某某证券\QMT实盘",
        rf"{HOME}\Desktop\miniQMT",
        rf"{HOME}\QMT",
    ],
)
def test_usual_places_on_every_drive_are_looked_into(root: str) -> None:
    pc = InventedPc()
    pc.install(root)
    assert told(pc) == [(rf"{root}\userdata_mini", How.INSTALLED)]


@pytest.mark.parametrize("named", [ROOT, rf"{ROOT}\userdata_mini", ROOT.replace("\\", "/")])
def test_the_note_of_the_quote_service_is_read(named: str) -> None:
    pc = InventedPc(fixed=())
    pc.install(ROOT)
    pc.files[rf"{HOME}\.xtquant\a1b2\xtdata.cfg"] = json.dumps({"root_dir": named, "port": 58610, "more": [1]})
    pc.files[rf"{HOME}\.xtquant\c3d4\xtdata.cfg"] = "{ torn"
    pc.files[rf"{HOME}\.xtquant\e5f6\running_status"] = ""
    assert told(pc) == [(rf"{ROOT}\userdata_mini", How.CONFIGURED)]


def test_a_folder_that_is_gone_is_not_proposed(pc: InventedPc) -> None:
    assert r"E:\QMT\userdata_mini" not in [folder for folder, _ in told(pc, r"E:\QMT\userdata_mini")]


def test_a_search_ends_on_a_drive_with_any_number_of_folders() -> None:
    pc = InventedPc(files={rf"D:\QMT{n}\a": "" for n in range(200)} | {rf"D:\QMT0\xt{n}\b": "" for n in range(200)})
    looked: list[str] = []
    pc.is_folder = lambda path: bool(looked.append(str(path)))  # type: ignore[method-assign]
    assert candidates(pc) == []
    assert 0 < len(looked) <= MOST_LOOKS


# --- looking at one


def test_a_running_terminals_folder_is_fine_in_every_respect(pc: InventedPc) -> None:
    findings = examine(rf"{ROOT}\userdata_mini", pc)
    assert findings.usable
    assert {line.level for line in findings.lines} == {"ok"}
    assert {line.looked_for.code.value for line in findings.lines} == {
        f"look_{name}"
        for name in [
            "folder",
            "local",
            "name",
            "content",
            "length",
            "writable",
            "disk",
            "client",
            "log",
            "session",
            "others",
        ]
    }


@pytest.mark.fault("O13")
@pytest.mark.parametrize(
    ("folder", "looked", "seen", "advice"),
    [
        (r"D:\国金\userdata_mini", Code.LOOK_FOLDER, Code.NOT_THERE, Code.DO_CHOOSE_THIS),
        (rf"{ROOT}\bin.x64\XtMiniQmt.exe", Code.LOOK_FOLDER, Code.NO_FOLDER, Code.DO_CHOOSE),
        (ROOT, Code.LOOK_NAME, Code.NAME_ABOVE, Code.DO_CHOOSE_THIS),
        (rf"{ROOT}\userdata", Code.LOOK_NAME, Code.NAME_RESEARCH, Code.DO_CHOOSE_THIS),
        (r"D:\投研\userdata", Code.LOOK_NAME, Code.NAME_RESEARCH, Code.DO_CHOOSE_MINI),
        (r"D:\litter\userdata_mini", Code.LOOK_CONTENT, Code.CONTENT_NONE, Code.DO_CHOOSE_MINI),
    ],
)
def test_a_wrong_folder_is_named_and_the_right_one_proposed(
    pc: InventedPc, folder: str, looked: Code, seen: Code, advice: Code
) -> None:
    pc.files |= {
        rf"{ROOT}\userdata\log\x": "",
        r"D:\投研\userdata\log\x": "",
        # what an earlier connection to a mistyped path left
        r"D:\litter\userdata_mini\down_queue_win_123456": "",
    }
    line = found(folder, pc, looked)
    assert (line.level, line.found.code) == ("bad", seen)
    assert line.advice is not None
    assert line.advice.code is advice
    if advice is Code.DO_CHOOSE_THIS:
        assert line.advice.args["path"] == rf"{ROOT}\userdata_mini"
    assert not examine(folder, pc).usable
    assert pc.tried == [], "nothing may be written into a folder that is the wrong one"


@pytest.mark.fault("O13")
def test_no_right_to_write_is_told_with_the_systems_words(pc: InventedPc) -> None:
    pc.refuses = "Permission denied"
    line = found(rf"{ROOT}\userdata_mini", pc, Code.LOOK_WRITABLE)
    assert (line.level, line.found.args["error"]) == ("bad", "Permission denied")


@pytest.mark.parametrize(
    ("free", "level"), [(10**10, "ok"), (500_000_000, "warn"), (100_000_000, "bad"), (None, "warn")]
)
def test_the_disk_must_hold_the_queue_file(pc: InventedPc, free: int | None, level: str) -> None:
    pc.free = free
    assert found(rf"{ROOT}\userdata_mini", pc, Code.LOOK_DISK).level == level


@pytest.mark.parametrize(
    ("name", "path", "root", "seen", "level"),
    [
        ("XtMiniQmt.exe", True, ROOT, Code.CLIENT_RUNS, "ok"),
        ("xtminiqmt.EXE", True, ROOT.lower(), Code.CLIENT_RUNS, "ok"),
        ("XtMiniQmt.exe", False, ROOT, Code.CLIENT_RUNS_SOMEWHERE, "warn"),
        ("XtMiniQmt.exe", True, r"C:\QMT另一个", Code.CLIENT_ELSEWHERE, "bad"),
        ("XtItClient.exe", True, ROOT, Code.CLIENT_FULL, "bad"),
        ("notepad.exe", True, ROOT, Code.CLIENT_NOT, "bad"),
    ],
)
def test_what_runs_tells_the_mode(pc: InventedPc, name: str, path: bool, root: str, seen: Code, level: str) -> None:
    pc.running = []
    pc.install(r"C:\QMT另一个")
    pc.run(root, name, path=path)
    line = found(rf"{ROOT}\userdata_mini", pc, Code.LOOK_CLIENT)
    assert (line.found.code, line.level) == (seen, level)


def test_where_processes_cannot_be_seen_a_connection_may_still_be_tried(pc: InventedPc) -> None:
    pc.running = None
    findings = examine(rf"{ROOT}\userdata_mini", pc)
    assert findings.usable
    assert found(rf"{ROOT}\userdata_mini", pc, Code.LOOK_CLIENT).level == "warn"


@pytest.mark.parametrize(("log", "seen"), [("20261120", Code.LOG_TODAY), ("20261119", Code.LOG_OLD)])
def test_the_log_says_when_it_was_logged_in(log: str, seen: Code) -> None:
    pc = InventedPc()
    folder = pc.install(ROOT, log=log)
    pc.run(ROOT)
    assert found(folder, pc, Code.LOOK_LOG).found.code is seen


def test_another_windows_session_is_no_place_to_connect_from(pc: InventedPc) -> None:
    pc.session = 0
    line = found(rf"{ROOT}\userdata_mini", pc, Code.LOOK_SESSION)
    assert (line.level, line.found.args) == ("bad", {"theirs": 1, "ours": 0})


@pytest.mark.fault("O13")
def test_another_version_beside_it_is_named(pc: InventedPc) -> None:
    other = pc.install(r"D:\国金QMT模拟")
    line = found(rf"{ROOT}\userdata_mini", pc, Code.LOOK_OTHERS)
    assert (line.level, line.data["paths"]) == ("warn", [other])


def test_a_network_drive_is_refused(pc: InventedPc) -> None:
    pc.remote = {"D:": r"\\nas\qmt"}
    assert found(rf"{ROOT}\userdata_mini", pc, Code.LOOK_LOCAL).level == "bad"


@pytest.mark.parametrize(("length", "level"), [(60, "ok"), (195, "warn"), (230, "bad")])
def test_a_path_may_be_too_long_for_the_queue_files(length: int, level: str) -> None:
    pc = InventedPc()
    folder = pc.install("D:\\" + "q" * (length - len("D:\\" + "\\userdata_mini")))
    assert len(folder) == length
    assert found(folder, pc, Code.LOOK_LENGTH).level == level


# --- the PC this runs on


def test_trying_to_write_leaves_nothing(tmp_path: Path) -> None:
    assert ThisPc().try_write(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []
    assert ThisPc().try_write(tmp_path / "not there") != ""
    assert not (tmp_path / "not there").exists()


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "nothing"])
def test_no_name_of_a_path_makes_a_look_fail(tmp_path: Path, name: str) -> None:
    pc = ThisPc()
    assert not examine(str(tmp_path / name), pc).usable
    assert pc.children(tmp_path / name) == ()
    assert pc.text(tmp_path / name) == ""
