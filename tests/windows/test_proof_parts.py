"""The parts of the Windows proof that need no Windows: what it would refuse, it refuses."""

import shutil
import sys
from pathlib import Path

import pytest

from installer.system import PROOF_TOOLS
from tests.windows import two_builds
from tests.windows.first_paint_here import judged, ratio_of
from tests.windows.shims import refuse_shims, shims_in
from tests.windows.traces import left_behind
from tests.windows.wine import HERE, MARK, SHIM, ProofError, until


def _dist(place: Path, version: str = "0.1.0") -> Path:
    (place / "qmtdesk" / "runtime").mkdir(parents=True)
    (place / "qmtdesk" / "qmtdesk.exe").write_bytes(b"MZ")
    (place / f"qmtdesk-{version}-setup.exe").write_bytes(b"MZ setup")
    return place


def test_a_dist_without_stand_ins_passes(tmp_path: Path) -> None:
    assert refuse_shims(_dist(tmp_path / "dist")) == "2 files, none"


@pytest.mark.parametrize("name", [SHIM, "UISHIM.DLL", "icuuc.dll"])
def test_a_stand_in_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    dist = _dist(tmp_path / "dist")
    (dist / "qmtdesk" / "runtime" / name).write_bytes(b"MZ")
    with pytest.raises(ProofError, match=f"runtime/{name}"):
        refuse_shims(dist)


def test_a_stand_in_under_another_name_is_refused_by_its_mark(tmp_path: Path) -> None:
    dist = _dist(tmp_path / "dist")
    (dist / "qmtdesk" / "runtime" / "harmless.dll").write_bytes(b"MZ" + bytes(64) + MARK + bytes(8))
    assert shims_in(dist) == ["qmtdesk/runtime/harmless.dll"]


def test_the_stand_in_carries_the_mark_it_is_found_by() -> None:
    assert f'"{MARK.decode()}"' in (HERE / "uishim.c").read_text(encoding="utf-8")


def test_two_equal_builds_are_called_equal(tmp_path: Path) -> None:
    first, second = _dist(tmp_path / "one"), _dist(tmp_path / "two")
    assert "0 differ" in two_builds.compare(first, second, tmp_path / "told.json")


@pytest.mark.parametrize("change", ["another byte", "a file more", "a file less"])
def test_any_difference_between_two_builds_fails_and_is_named(tmp_path: Path, change: str) -> None:
    first, second = _dist(tmp_path / "one"), _dist(tmp_path / "two")
    exe = second / "qmtdesk" / "qmtdesk.exe"
    match change:
        case "another byte":
            exe.write_bytes(b"ZM")
        case "a file more":
            shutil.copyfile(exe, exe.with_name("more.exe"))
        case _:
            exe.unlink()
    with pytest.raises(ProofError, match=r"1 of \d files differ"):
        two_builds.compare(first, second, tmp_path / "told.json")
    assert "qmtdesk/" in (tmp_path / "told.json").read_text(encoding="utf-8")


def test_what_was_built_is_found_with_its_version(tmp_path: Path) -> None:
    built = two_builds.built_in(_dist(tmp_path / "dist", "1.2.3"))
    assert (built.version, built.setup.name) == ("1.2.3", "qmtdesk-1.2.3-setup.exe")


def test_a_build_that_fails_says_its_last_words(tmp_path: Path) -> None:
    tree = tmp_path / "tree" / "installer"
    tree.mkdir(parents=True)
    (tree / "__main__.py").write_text("raise SystemExit('no compiler here')\n", encoding="utf-8")
    build = two_builds.Build(tree.parent, tmp_path / "log", quick=True)
    with pytest.raises(ProofError, match="no compiler here"):
        build.done()
    build.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="the proof runs on Linux")
def test_a_build_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    tree = tmp_path / "tree" / "installer"
    tree.mkdir(parents=True)
    (tree / "__main__.py").write_text("import signal\nsignal.pause()\n", encoding="utf-8")
    build = two_builds.Build(tree.parent, tmp_path / "log", quick=True)
    build.stop()
    with pytest.raises(ProofError, match="ended with -15"):
        build.done()


def test_two_setups_in_one_dist_are_refused(tmp_path: Path) -> None:
    dist = _dist(tmp_path / "dist")
    (dist / "qmtdesk-0.0.9-setup.exe").write_bytes(b"MZ")
    with pytest.raises(ProofError, match="2 setups"):
        two_builds.built_in(dist)


def test_only_the_users_own_files_may_stay() -> None:
    before = frozenset({"windows/system.ini"})
    own = {"users/u/AppData/Local/qmtdesk/paper/journal.db", "users/u/.xtquant/1a/running_status"}
    wrong = {"程序测试/qmtdesk/runtime/python311.dll", "users/u/Desktop/qmtdesk.lnk", "~/.local/share/x.desktop"}
    empty = {"users/u/Temp/~nsu1.tmp/"}
    assert left_behind(before, before | own | wrong | empty) == (sorted(own), sorted(empty), sorted(wrong))


def test_the_uninstallers_folder_in_temp_may_stay_only_empty() -> None:
    copy = "users/u/Temp/~nsu1.tmp/Un.exe"
    assert left_behind(frozenset(), frozenset({copy})) == ([], [], [copy])


def test_one_disturbed_start_does_not_decide_about_all() -> None:
    assert ratio_of([(1.0, 1.2), (1.0, 9.0), (4.0, 4.0)]) == 1.2


@pytest.mark.parametrize(("desk", "told"), [(1.5, "so much"), (1.9, "so much; OVER THE LIMIT on this computer")])
def test_a_start_over_the_limit_is_told_as_such(desk: float, told: str) -> None:
    assert judged([(1.0, desk)], "so much") == told


def test_a_start_of_more_than_twice_a_bare_windows_fails_the_proof() -> None:
    with pytest.raises(ProofError, match="so much"):
        judged([(1.0, 2.1)], "so much")


def test_waiting_for_what_never_comes_says_what_it_was() -> None:
    with pytest.raises(ProofError, match="a window: not within 0 s"):
        until(lambda: None, "a window", limit_s=0)


def test_everything_the_proof_calls_is_installed_by_it() -> None:
    text = "".join((HERE / name).read_text(encoding="utf-8") for name in ("wine.py", "screen.py"))
    called = {tool for tool in PROOF_TOOLS if f'"{tool}"' in text}
    assert called == set(PROOF_TOOLS) - {"wine64"}, "wine64 is what wine starts"
