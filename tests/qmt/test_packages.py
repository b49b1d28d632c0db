"""Another package with xtquant's modules: found beside the data, never in place of xtquant, and never by the desk."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from qmtdesk.gateways.qmt import native
from qmtdesk.store.files import packages_folder
from qmtdesk.trader.check import Wish, check
from qmtdesk.wire.live_settings import LiveSettings, is_package, live_settings
from qmtdesk.wire.probe_lines import Code


def laid(packages: Path, name: str) -> None:
    """A package that offers empty modules of xtquant's names."""
    (packages / name).mkdir(parents=True)
    for module in ("__init__", *native.MODULES):
        (packages / name / f"{module}.py").write_text("", "utf-8")


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


def test_a_package_beside_the_data_is_loaded_from_there(tmp_path: Path) -> None:
    laid(packages_folder(tmp_path), "bridge_beside")
    with pytest.raises(native.NativeError):
        native.load("bridge_beside")
    found = native.load("bridge_beside", packages_folder(tmp_path))
    assert Path(found.origin) == tmp_path / "packages" / "bridge_beside" / "xttrader.py"


def test_what_is_installed_comes_before_what_lies_there(tmp_path: Path) -> None:
    laid(packages_folder(tmp_path), "email")
    with pytest.raises(native.NativeError):
        native.load("email", packages_folder(tmp_path))


def test_xtquant_is_never_taken_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = packages_folder(tmp_path)
    laid(packages, "xtquant")
    monkeypatch.setattr(native, "REAL", "xtquant_that_is_not_installed")
    laid(packages, "xtquant_that_is_not_installed")
    with pytest.raises(native.NativeError):
        native.load("xtquant_that_is_not_installed", packages)
    assert str(packages) not in sys.path


def test_a_probe_loads_it_from_beside_its_data(tmp_path: Path) -> None:
    laid(packages_folder(tmp_path), "bridge_probed")
    words = ("--data", str(tmp_path), "--probe-qmt", str(tmp_path / "none"), "--package", "bridge_probed", "--despite")
    done = subprocess.run([sys.executable, "-m", "qmtdesk", *words], capture_output=True, timeout=60, check=False)
    assert str(tmp_path / "packages").encode() in done.stdout.replace(b"\\\\", b"\\")


def test_the_check_says_where_it_lies(tmp_path: Path) -> None:
    live = tmp_path / "live"
    live.mkdir(mode=0o700)
    live_settings(live).save(LiveSettings(package="bridge_checked"))

    def found() -> Code:
        return next(
            line.found.code
            for line in check(Wish(tmp_path, connect=False))
            if line.looked_for.code is Code.LOOK_XTQUANT and line.found is not None
        )

    assert found() is Code.NOT_INSTALLED
    laid(packages_folder(tmp_path), "bridge_checked")
    assert found() is Code.INSTALLED
    assert importlib.util.find_spec("bridge_checked") is None


@pytest.mark.parametrize(
    ("name", "plain"),
    [("xtquant", True), ("my_bridge", True), ("a.b", True), ("", False), ("a-b", False), ("1a", False), ("a..b", False),
     ("a/b", False), ("接口", False), ("x" * 61, False), ("import", False), ("a b", False)],
)  # fmt: skip
def test_the_name_of_a_package_is_a_plain_python_name(name: str, plain: bool) -> None:
    assert is_package(name) is plain
