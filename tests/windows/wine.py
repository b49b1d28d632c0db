"""A Windows of our own: a wine prefix made for one proof, with a screen that nobody sees."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

HERE = Path(__file__).resolve().parent
LOCALE = "zh_CN.UTF-8"
"""Gives wine the code page of a Chinese Windows."""
SHIM = "uishim.dll"
MARK = b"qmtdesk stand-in for tests, not to be shipped"
OVERRIDES = "mscoree=d;mshtml=d;winemenubuilder.exe=d;winedbg.exe=d"
CLASS = r"HKLM\Software\Microsoft\WindowsRuntime\ActivatableClassId\Windows.UI.ViewManagement.UISettings"
SCREEN = "1680x1000x24"
PLAIN_DPI = 96
SCALES = (r"HKEY_CURRENT_USER\Control Panel\Desktop", r"HKEY_CURRENT_USER\Software\Wine\Fonts")
STEP_S = 0.02
LIMIT_S = 60.0

T = TypeVar("T")


class ProofError(Exception):
    """Something that was to be shown was not."""


def until(look: Callable[[], T | None], what: str, limit_s: float = LIMIT_S, step_s: float = STEP_S) -> T:
    """Wait until `look` gives something that counts; ProofError when it does not come."""
    end = time.monotonic() + limit_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise ProofError(f"{what}: not within {limit_s:g} s")
        # the one wait of the proof: other programs' windows and files tell nobody when they change
        time.sleep(step_s)  # noqa: TID251


class Wine:
    """One prefix and its screen. `close` ends what runs in it, and nothing else."""

    def __init__(self, place: Path) -> None:
        self.prefix = place / "prefix"
        self._screen: subprocess.Popen[bytes] | None = None
        self._env: dict[str, str] = {}

    def open(self) -> None:
        """The screen, then the prefix with the one stand-in that Qt needs in wine 8."""
        display = self._open_screen()
        home = self.prefix.parent / "home"
        home.mkdir(parents=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "QMTDESK_", "PYTHON"))}
        self._env = {
            **kept,
            "HOME": str(home),
            "DISPLAY": display,
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": OVERRIDES,
            "LC_ALL": LOCALE,
        }
        os.environ["DISPLAY"] = display
        self.done("wineboot", "-i")
        self.settle()
        # without its 32-bit half Debian's wine begins as Windows 7
        self.done("wine", "winecfg", "-v", "win10")
        self.settle()
        self._add_shim()

    def _open_screen(self) -> str:
        reads, writes = os.pipe()
        # -r: no repeated keys, for a stall between the press and the release of one would be a key held down
        words = ["Xvfb", "-displayfd", str(writes), "-screen", "0", SCREEN, "-nolisten", "tcp", "-r"]
        self._screen = subprocess.Popen(words, pass_fds=[writes], stderr=subprocess.DEVNULL)
        os.close(writes)
        with os.fdopen(reads) as told:
            return f":{int(told.readline())}"

    def _add_shim(self) -> None:
        built = self.path(r"C:\windows\system32") / SHIM
        words = ["x86_64-w64-mingw32-gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-s", "-shared"]
        subprocess.run([*words, "-o", str(built), str(HERE / "uishim.c")], check=True)
        value = rf"C:\windows\system32\{SHIM}"
        self.done("wine", "reg", "add", CLASS, "/v", "DllPath", "/t", "REG_SZ", "/d", value, "/f")

    def path(self, windows: str) -> Path:
        """Where a file on drive C is to be found from here."""
        return self.prefix / "drive_c" / windows.removeprefix("C:\\").replace("\\", "/")

    def start(self, *words: str, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start a Windows program and go on; `before` is a program of this system that is to start it."""
        # a regular file for its output would end Python in wine; what it says goes nowhere
        nothing = subprocess.DEVNULL
        return subprocess.Popen([*before, "wine", *words], env=self._env, stdin=nothing, stdout=nothing, stderr=nothing)

    def code(self, *words: str, limit_s: float = 180.0) -> int:
        """Run a Windows program to its end; its exit code."""
        return self.run(["wine", *words], limit_s).returncode

    def done(self, *words: str) -> str:
        """Run something that has to succeed; what it said."""
        told = self.run(words, 180.0)
        if told.returncode:
            raise ProofError(f"{' '.join(words)} ended with {told.returncode}: {told.stdout.decode(errors='replace')}")
        return told.stdout.decode("utf-8", "replace")

    def run(self, words: Sequence[str], limit_s: float) -> "subprocess.CompletedProcess[bytes]":
        """Run something of wine's, its words caught."""
        try:
            return subprocess.run(
                words,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=limit_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ProofError(f"{' '.join(words)} did not end within {limit_s:g} s") from error

    def processes(self, name: str = "qmtdesk.exe") -> dict[int, str]:
        """Every process of that name in this prefix, by its number here, and how it was called."""
        found = {}
        mine = f"WINEPREFIX={self.prefix}".encode()
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal():
                continue
            try:
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
                if name in words and mine in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = words
            except OSError:
                # it ended while it was looked at
                continue
        return found

    def scale(self, percent: int) -> None:
        """How large whatever is started from now on shows everything, as a user sets it for the screen."""
        value = f"{PLAIN_DPI * percent // 100:08x}"
        lines = ["REGEDIT4", *(f'[{key}]\n"LogPixels"=dword:{value}' for key in SCALES), ""]
        told = self.path(r"C:\scale.reg")
        told.write_text("\n\n".join(lines), encoding="ascii")
        self.done("wine", "reg", "import", r"C:\scale.reg")
        told.unlink()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing runs in the prefix any more."""
        self.run(["wineserver", "-w"], 60.0)

    def restart(self) -> None:
        """End everything in the prefix and start it again, as a computer is switched off and on."""
        self.settle()
        self.done("wineboot")
        self.settle()

    def end(self) -> None:
        """End everything that runs in the prefix."""
        self.run(["wineserver", "-k"], 60.0)
        self.settle()

    def close(self) -> None:
        """End wine and the screen, and remove the prefix."""
        if self._env:
            self.end()
        if self._screen is not None:
            self._screen.terminate()
            self._screen.wait(10)
        shutil.rmtree(self.prefix.parent, ignore_errors=True)
