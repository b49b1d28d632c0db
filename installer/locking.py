"""Writes the requirement files anew from pyproject.toml. Needs uv, which only whoever changes dependencies has."""

import hashlib
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.windows.fetch import FOR_WINDOWS

# made for: what is installed from it
LOCKS = (
    ("run", ("--universal", "--python-version", "3.10")),
    ("test", ("--universal", "--python-version", "3.10", "--extra", "test")),
    ("build", ("--universal", "--python-version", "3.11", "--extra", "package")),
)
FOR_PACKAGE = ("--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.11", "--extra", "sql")
QUIET = ("--quiet", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")


def lock(root: Path) -> int:
    """All of them; returns the exit code of what failed first."""
    folder = root / "installer" / "requirements"
    for kind, words in LOCKS:
        done = _compile(root, folder / f"{kind}.txt", (*words, "--generate-hashes"))
        if done:
            return done
    return _lock_package(root, folder / "windows.txt")


def _compile(root: Path, target: Path, words: tuple[str, ...]) -> int:
    command = ["uv", "pip", "compile", "pyproject.toml", *words, *QUIET, "-o", str(target)]
    return subprocess.run(command, cwd=root, check=False).returncode


def _lock_package(root: Path, target: Path) -> int:
    """One pin and one hash for each wheel of the package: nothing else can come for it."""
    with TemporaryDirectory() as place:
        names, wheels = Path(place) / "names.txt", Path(place) / "wheels"
        done = _compile(root, names, FOR_PACKAGE)
        if done:
            return done
        pins = [line for line in names.read_text(encoding="utf-8").splitlines() if line]
        words = ["-m", "pip", "download", "-qq", "--no-deps", *FOR_WINDOWS, "-d", str(wheels), *pins]
        done = subprocess.run([sys.executable, *words], check=False).returncode
        if done:
            return done
        hashes = {_plain(each.name): hashlib.sha256(each.read_bytes()).hexdigest() for each in wheels.iterdir()}
    lines = [f"{pin} --hash=sha256:{hashes[_plain(pin.partition('==')[0])]}\n" for pin in pins]
    target.write_text("".join(lines), encoding="utf-8", newline="\n")
    return 0


def _plain(name: str) -> str:
    """A distribution's name as it is compared, of a pin or of a wheel."""
    return name.partition("-")[0].replace(".", "_").lower() if name.endswith(".whl") else name.replace("-", "_").lower()
