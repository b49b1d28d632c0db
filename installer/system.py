"""What Qt needs from a Debian or Ubuntu system and may be missing there: found, said, installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from installer.environment import SetupError

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
BUILD_TOOLS = {
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
    "x86_64-w64-mingw32-windres": "binutils-mingw-w64-x86-64",
    "makensis": "nsis",
    "osslsigncode": "osslsigncode",
}
PROOF_TOOLS = {
    "wine": "wine",
    "wine64": "wine64",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
}
CHINESE = "zh_CN.UTF-8"
FONT_PACKAGE = "fonts-noto-cjk"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_WORDS = ("cjk", "wqy", "han", "yahei", "droidsansfallback")


def missing_packages(libraries: frozenset[str], fonts: list[str], *, has_venv: bool) -> list[str]:
    """The Debian packages that are not there, given the loadable libraries, font file names, and whether venv works."""
    wanted = [package for library, package in LIBRARIES.items() if library not in libraries]
    if not any(word in name.lower() for name in fonts for word in FONT_WORDS):
        wanted.append(FONT_PACKAGE)
    if not has_venv:
        wanted.append("python3-venv")
    return wanted


def ready_system() -> None:
    """Install what is missing on Debian and its kin; elsewhere Qt's wheels bring what they need. SetupError if not."""
    if sys.platform != "linux" or shutil.which("apt-get") is None:
        return
    _install(missing_packages(_libraries(), _fonts(), has_venv=_has_venv()), "窗口 / Qt")


def ready_build_tools() -> None:
    """Install what makes the Windows package, on Debian and its kin; elsewhere the build itself names what it lacks."""
    if sys.platform != "linux" or shutil.which("apt-get") is None:
        return
    _install([package for tool, package in BUILD_TOOLS.items() if shutil.which(tool) is None], "打包 / packaging")


def ready_proof_tools() -> None:
    """Install what runs the Windows package here: wine, a screen, a hand for it, and the locale of a Chinese system."""
    if sys.platform != "linux" or shutil.which("apt-get") is None:
        raise SetupError("证明只能在 Debian/Ubuntu 上运行 / the proof runs on Debian and Ubuntu only")
    wanted = [package for tool, package in PROOF_TOOLS.items() if not _there(tool)]
    has_locale = _has_locale()
    _install([*wanted, *([] if has_locale else ["locales"])], "在 wine 里证明 / proof under wine")
    if not has_locale:
        words = ["localedef", "-i", "zh_CN", "-f", "UTF-8", CHINESE]
        done = subprocess.run(words if os.geteuid() == 0 else ["sudo", *words], check=False)
        if done.returncode and not _has_locale():
            raise SetupError(f"没有中文环境 / the locale could not be made: {' '.join(words)}")


def _there(tool: str) -> bool:
    """Debian keeps the 64-bit wine out of the path."""
    return shutil.which(tool) is not None or Path("/usr/lib/wine", tool).exists()


def _has_locale() -> bool:
    told = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
    return CHINESE.lower().replace("-", "") in (line.lower().replace("-", "") for line in told.splitlines())


def _install(wanted: list[str], purpose: str) -> None:
    if not wanted:
        return
    words = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
    if os.geteuid() != 0:
        words = ["sudo", *words]
    print(f"{purpose}: 需要这些系统软件包，现在安装 / needs these packages, installing: {' '.join(wanted)}", flush=True)
    if os.geteuid() != 0 and shutil.which("sudo") is None:
        raise SetupError(
            f"没有管理员权限。请让管理员运行 / no administrator rights, ask for: apt-get install {' '.join(wanted)}"
        )
    update = [*words[: words.index("apt-get")], "apt-get", "update", "-qq"]
    subprocess.run(update, check=False)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(words, env=env, check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        raise SetupError(
            f"系统软件包没有装好，请手动运行 / the packages could not be installed, run: {' '.join(words)}"
        )


def _libraries() -> frozenset[str]:
    """Names of all libraries the loader knows."""
    ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
    told = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=False).stdout
    return frozenset(line.split()[0] for line in told.splitlines()[1:] if line.strip())


def _fonts() -> list[str]:
    return [
        file.name
        for folder in FONT_FOLDERS
        if (place := Path(folder).expanduser()).is_dir()
        for file in place.rglob("*.[to]t[fc]")
    ]


def _has_venv() -> bool:
    """Debian ships Python without ensurepip; a virtual environment made then has no pip."""
    asked = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return asked.returncode == 0
