"""Setting up: what is checked before anything is installed, and what the locked requirements promise."""

import re
import sys
from pathlib import Path

import pytest

from installer.environment import SetupError, check_version, fingerprint, python_of
from installer.system import LIBRARIES, missing_packages

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "installer" / "requirements"


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
def test_a_supported_python_is_taken(version: tuple[int, int]) -> None:
    check_version(version)


@pytest.mark.parametrize("version", [(3, 9), (3, 14), (2, 7)])
def test_another_python_is_refused_by_its_number(version: tuple[int, int]) -> None:
    with pytest.raises(SetupError, match=re.escape(".".join(map(str, version)))):
        check_version(version)


@pytest.mark.parametrize("kind", ["run", "test"])
def test_every_requirement_is_pinned_and_hashed_and_no_address_is_named(kind: str) -> None:
    text = (REQUIREMENTS / f"{kind}.txt").read_text(encoding="utf-8")
    blocks = [b for b in re.split(r"\n(?=\S)", text.replace("\\\n", "\n")) if b.strip()]
    assert len(blocks) >= 5
    for block in blocks:
        assert re.match(r"[\w.-]+==\S+", block), block
        assert "--hash=sha256:" in block, block
    assert "://" not in text


def test_what_the_desk_needs_is_pinned_alike_for_running_and_testing() -> None:
    def pins(kind: str) -> set[str]:
        text = (REQUIREMENTS / f"{kind}.txt").read_text(encoding="utf-8")
        return set(re.findall(r"^([\w.-]+==\S+)", text, re.MULTILINE))

    assert pins("run") <= pins("test")


def test_an_environment_is_made_anew_when_its_requirements_change(tmp_path: Path) -> None:
    file = tmp_path / "run.txt"
    file.write_text("a==1", encoding="utf-8")
    before = fingerprint(file, (3, 11, 7))
    file.write_text("a==2", encoding="utf-8")
    assert fingerprint(file, (3, 11, 7)) != before
    assert fingerprint(file, (3, 12, 0)) != fingerprint(file, (3, 11, 7))


def test_the_interpreter_is_looked_for_where_this_system_puts_it(tmp_path: Path) -> None:
    assert python_of(tmp_path).parent.name == ("Scripts" if sys.platform == "win32" else "bin")


def test_a_complete_system_misses_nothing() -> None:
    assert missing_packages(frozenset(LIBRARIES), ["NotoSansCJK-Regular.ttc"], has_venv=True) == []


def test_a_missing_library_font_and_venv_are_named_by_their_packages() -> None:
    wanted = missing_packages(frozenset(LIBRARIES) - {"libEGL.so.1"}, ["DejaVuSans.ttf"], has_venv=False)
    assert wanted == ["libegl1", "fonts-noto-cjk", "python3-venv"]
