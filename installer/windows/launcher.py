"""Compiles qmtdesk.exe: icon, version, manifest, and the few lines of C that start the Python beside it."""

import shutil
import subprocess
from pathlib import Path

from installer.environment import SetupError
from installer.windows.plan import HERE, OLDEST_BUILD, Plan

GCC = ("x86_64-w64-mingw32-gcc", "gcc")
WINDRES = ("x86_64-w64-mingw32-windres", "windres")
FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-municode", "-mwindows", "-static", "-s")
# no time of day in the file, room for the loader to move it about, no code in data
LINKING = ("-Wl,--no-insert-timestamp", "-Wl,--dynamicbase", "-Wl,--high-entropy-va", "-Wl,--nxcompat")


def tool(names: tuple[str, ...], advice: str) -> str:
    """The first of these programs that is there; SetupError with `advice` when none is."""
    for name in names:
        found = shutil.which(name)
        if found is not None:
            return found
    raise SetupError(f"找不到 / not found: {' | '.join(names)}。{advice}")


def make_launcher(plan: Plan, icon: Path, target: Path) -> None:
    """Compile it to `target`."""
    advice = "Debian: apt-get install gcc-mingw-w64-x86-64; Windows: MinGW-w64 (gcc, windres) in PATH"
    gcc, windres = tool(GCC, advice), tool(WINDRES, advice)
    manifest = plan.work / "app.manifest"
    text = (HERE / "app.manifest").read_text(encoding="utf-8")
    manifest.write_text(text.replace("@VERSION@", plan.numbers.replace(",", ".")), encoding="utf-8", newline="\n")
    resources = plan.work / "app.res"
    defined = {
        "ICON_FILE": _quoted(icon.as_posix()),
        "MANIFEST_FILE": _quoted(manifest.as_posix()),
        "NUMBERS": plan.numbers,
        "VERSION_TEXT": _quoted(plan.version),
        "PRODUCT_TEXT": _quoted(f"{plan.version} {plan.commit[:12]}"),
    }
    words = [windres, "-c", "65001", "-O", "coff", "-I", str(HERE)]
    header = plan.work / "app_values.rc"
    lines = [f"#define {name} {value}" for name, value in defined.items()]
    header.write_text("\n".join([*lines, f"#include {_quoted((HERE / 'app.rc').as_posix())}", ""]), encoding="utf-8")
    _run([*words, str(header), str(resources)])
    source = [str(HERE / "launcher.c"), str(resources), f"-DOLDEST_BUILD={OLDEST_BUILD}"]
    _run([gcc, *FLAGS, "-o", str(target), *source, *LINKING])


def _quoted(text: str) -> str:
    return f'"{text}"'


def _run(words: list[str]) -> None:
    done = subprocess.run(words, check=False)
    if done.returncode:
        raise SetupError(f"{Path(words[0]).name} ended with {done.returncode}; its own words are above")
