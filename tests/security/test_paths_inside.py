"""No name leads out of the data folder, to a device or into a hidden stream; and every writer asks for its name."""

import ast
import os
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.wire.inside import PathRefusedError, inside

ROOT = Path(__file__).resolve().parents[2] / "qmtdesk"

BAD = (
    "",
    ".",
    "..",
    "../x",
    "a/../../x",
    "a/b",
    "a\\b",
    "/etc/passwd",
    "C:\\x",
    "C:x",
    "\\\\server\\share\\x",
    "\\\\?\\C:\\x",
    "\\\\.\\pipe\\x",
    "a:b",
    "journal.db:stream",
    "journal.db::$DATA",
    "CON",
    "con",
    "NUL",
    "nul.txt",
    "nul .txt",
    "Aux.tar.gz",
    "COM1",
    "com1.log",
    "LPT9",
    "COM\u00b9",
    "CONIN$",
    "clock$",
    "a\x00b",
    "a\nb",
    "a.",
    "a ",
    "a*",
    "a?",
    'a"',
    "a|b",
    "<a>",
    "x" * 201,
    "文" * 67,
    "\udc80",
)


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_is_no_plain_files_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PathRefusedError):
        inside(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["journal.db", "KILL", ".probe.x", "设置 一.json", "console.log", "com10", "nullable"])
def test_a_plain_name_is_taken(tmp_path: Path, name: str) -> None:
    assert inside(tmp_path, name) == tmp_path / name


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_that_leads_out_is_refused_and_one_within_is_not(tmp_path: Path) -> None:
    folder, away = tmp_path / "data", tmp_path / "away"
    folder.mkdir()
    away.mkdir()
    (folder / "out").symlink_to(away / "x")
    (folder / "up").symlink_to("../away/x")
    (folder / "loop").symlink_to("loop")
    (folder / "within").symlink_to("other")
    (tmp_path / "linked").symlink_to(folder)
    for name in ("out", "up", "loop"):
        with pytest.raises(PathRefusedError):
            inside(folder, name)
    assert inside(folder, "within") == folder / "within"
    # the folder itself may be reached by a link: that was its user's choice
    assert inside(tmp_path / "linked", "x") == tmp_path / "linked" / "x"


@given(st.one_of(st.text(max_size=40), st.text("./\\:ConNUL \u00b9.$aux~", max_size=12), st.sampled_from(BAD)))
def test_whatever_the_name_is_it_stays_inside_or_is_refused(name: str) -> None:
    folder = Path("/nowhere/data")
    try:
        path = inside(folder, name)
    except PathRefusedError:
        return
    assert path.resolve().parent == folder.resolve()
    assert path.name == name
    windows = PureWindowsPath("D:/data") / name
    assert windows.parent == PureWindowsPath("D:/data")
    assert not windows.is_reserved() if hasattr(windows, "is_reserved") else True


# a file that is only ever replaced whole and never followed, and whose mere presence is what it says
BY_PRESENCE = {"trader/kill_file.py", "desk/shell/wired.py"}
# folders, made and checked for their owner as folders; a scratch folder of a simulation
FOLDERS = {"store/files.py", "wire/address.py", "simulate/looped_day.py", "store/account_lock.py"} | {
    # another program's folders, which are only looked at
    "gateways/qmt/candidates.py"
}


def test_every_file_of_the_data_folder_is_named_by_the_one_helper() -> None:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        if where in FOLDERS | BY_PRESENCE | {"wire/inside.py"}:
            continue
        found += [
            f"{where}:{node.lineno} {ast.unparse(node)}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and "folder" in ast.unparse(node.left)
        ]
    assert found == []
