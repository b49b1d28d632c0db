"""The virtual environment beside the source: made once from hash-checked requirements, made anew when they change."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 10), (3, 13)


class SetupError(Exception):
    """Setting up stopped; the text says what was tried and what to do."""


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def check_version(version: tuple[int, int]) -> None:
    """SetupError unless this Python is one the program runs on."""
    if not OLDEST <= version <= NEWEST:
        have, low, high = (".".join(map(str, v)) for v in (version, OLDEST, NEWEST))
        raise SetupError(
            f"Python 是 {have}，qmtdesk 需要 {low} 到 {high}。请换一个版本再运行同一条命令。\n"
            f"This is Python {have}; qmtdesk needs {low} to {high}. Run the same command with one of those."
        )


def fingerprint(requirements: Path, version: tuple[int, ...]) -> str:
    """What an environment was made from: the locked requirements and the Python that made it."""
    text = requirements.read_bytes() + repr((version, sys.platform)).encode()
    return hashlib.sha256(text).hexdigest()


def python_for(version: tuple[int, int]) -> Path | None:
    """Another interpreter of just this version; None when the running one is. SetupError when there is none."""
    if sys.version_info[:2] == version:
        return None
    name = ".".join(map(str, version))
    words = ["py", f"-{name}"] if sys.platform == "win32" else [f"python{name}"]
    found = shutil.which(words[0])
    if found is not None:
        script = "import sys; print(sys.executable)"
        asked = subprocess.run([found, *words[1:], "-c", script], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return Path(asked.stdout.strip())
    raise SetupError(f"这一步需要 Python {name}。请安装后再运行同一条命令。\nThis step needs Python {name} as well.")


def ready_environment(root: Path, kind: str, folder: Path | None = None) -> Path:
    """The interpreter of an environment that holds what `kind` (run | test | build) needs; the test one serves two."""
    check_version(sys.version_info[:2])
    folder = folder or root / ".venv"
    wanted = root / "installer" / "requirements" / f"{kind}.txt"
    stamp = folder / f"made-for-{kind}"
    mark = fingerprint(wanted, tuple(sys.version_info[:3]))
    python = python_of(folder)
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
        return python
    print(f"正在准备运行环境（{folder.name}，只在第一次和更新后需要）… / setting up {folder.name} …", flush=True)
    if not python.exists() or not _same_python(python):
        _make(folder)
    _install(python, wanted)
    stamp.write_text(mark, encoding="utf-8")
    return python


def _same_python(python: Path) -> bool:
    """Whether the environment was made by this version; one of another version is made anew."""
    asked = subprocess.run(
        [str(python), "-c", "import sys; print(sys.version_info[:3])"], capture_output=True, text=True, check=False
    )
    return asked.returncode == 0 and asked.stdout.strip() == str(sys.version_info[:3])


def _make(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    done = subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False)
    if done.returncode:
        raise SetupError(
            f"无法建立虚拟环境 {folder}。Debian/Ubuntu 请先安装 python3-venv。\n"
            f"The virtual environment {folder} could not be made; on Debian and Ubuntu install python3-venv."
        )


def _install(python: Path, wanted: Path) -> None:
    words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    words += ["--only-binary", ":all:", "-r", str(wanted)]
    done = subprocess.run([str(python), *words], check=False)
    if done.returncode:
        raise SetupError(
            "依赖没有装好：上面是 pip 的原话。检查网络后再运行同一条命令，已下载的不会重来。\n"
            "The dependencies could not be installed; pip's own words are above. Check the network and run the same "
            "command again."
        )
