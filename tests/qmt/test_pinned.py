"""The xtquant these tests ran with is the one that is shipped: without it most of them are skipped in silence."""

import importlib
import importlib.metadata
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def _asked(project: dict[str, Any], extra: str) -> list[Requirement]:
    """What an extra of this project asks for on this platform, through the extras it names."""
    here = [Requirement(text) for text in project["optional-dependencies"][extra]]
    here = [one for one in here if one.marker is None or one.marker.evaluate()]
    inner = [name for one in here if one.name == project["name"] for name in one.extras]
    return here + [one for name in inner for one in _asked(project, name)]


def test_the_installed_xtquant_is_the_pinned_one() -> None:
    toml: Any = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    project = toml.loads(PYPROJECT.read_text("utf-8"))["project"]
    (shipped,) = [one for one in map(Requirement, project["dependencies"]) if one.name == "xtquant"]
    pins = [one for one in _asked(project, "test") if one.name == "xtquant"]
    if not pins:
        pytest.skip("the test requirements of this platform have no xtquant")
    assert {str(one.specifier) for one in pins} == {str(shipped.specifier)}
    installed = {each.name.lower(): each.version for each in importlib.metadata.distributions()}
    assert f"=={installed.get('xtquant')}" == str(shipped.specifier)
