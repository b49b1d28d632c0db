"""What the finished folder promises, checked at each build."""

import re
from pathlib import Path

from installer.environment import SetupError
from installer.windows.pe import PeError, imports_of, is_windowed
from installer.windows.prune import QT, files_of

MEGABYTE = 1_000_000
FOLDER_LIMIT, SETUP_LIMIT = 200 * MEGABYTE, 60 * MEGABYTE
LONGEST_NAME = 130
"""Of a name inside the folder: with a user's folder before it, it stays below what old programs can open."""
_BANNED = re.compile(
    r"(?:^|/)(?:pandas|requests|setuptools|pkg_resources|pip|pytest|tests?|examples|__pycache__)/"
    r"|(?:^|/)(?:uishim|icuuc|opengl32sw)\.dll$|\.(?:py|pdb|lib)$"
    rf"|(?:^|/)Qt6?(?!(?:{'|'.join(QT)})\.)[A-Z]\w*\.(?:dll|pyd)$",
    re.IGNORECASE,
)
# of Windows 10 1809; a name that is not here has to be in the folder
_OF_WINDOWS = re.compile(
    r"(?:api-ms-win-[a-z0-9-]+|advapi32|authz|bcrypt|bcryptprimitives|comctl32|comdlg32|crypt32|cfgmgr32|d3d11|d3d12|d3d9"
    r"|dwmapi|dwrite|dxgi|gdi32|imm32|iphlpapi|kernel32|mpr|mswsock|msvcrt|netapi32|ntdll|odbc32|ole32|oleaut32|opengl32|powrprof"
    r"|propsys|psapi|rpcrt4|secur32|setupapi|shcore|shell32|shlwapi|ucrtbase|uiautomationcore|user32|userenv|uxtheme"
    r"|version|wininet|winmm|winspool|wldap32|ws2_32|wtsapi32)\.(?:dll|drv)"
)

# asked for only by parallel algorithms that nothing here calls
_NEVER_CALLED = frozenset({"concrt140.dll"})


def check_folder(folder: Path) -> None:
    """SetupError naming everything that is not as promised."""
    files = files_of(folder)
    names = [each.relative_to(folder).as_posix() for each in files]
    wrong = [f"{name}: 不该在这里 / must not be shipped" for name in names if _BANNED.search(name)]
    wrong += [f"{name}: 文件名太长 / too long a name" for name in names if len(name) > LONGEST_NAME]
    size = sum(each.stat().st_size for each in files)
    if size > FOLDER_LIMIT:
        wrong.append(f"{size / MEGABYTE:.1f} MB > {FOLDER_LIMIT / MEGABYTE:.0f} MB")
    unreadable = missing_libraries(folder)
    wrong += unreadable or consoles(folder)
    if wrong:
        raise SetupError("\n".join(wrong))


def consoles(folder: Path) -> list[str]:
    """Every program to start beside whose window Windows would open a console."""
    wrong = [each.name for each in sorted(folder.glob("*.exe")) if not is_windowed(each)]
    return [f"{name}: 会打开控制台窗口 / opens a console window" for name in wrong]


def missing_libraries(folder: Path) -> list[str]:
    """Every DLL that a program in the folder asks for, and that neither the folder nor Windows has."""
    programs = [each for each in files_of(folder) if each.suffix in (".exe", ".dll", ".pyd")]
    here = {each.name.lower() for each in programs}
    wrong = []
    for each in programs:
        try:
            later = set(imports_of(each, delayed=True)) - _NEVER_CALLED
            asked = [*imports_of(each), *sorted(later)]
        except PeError as error:
            wrong.append(str(error))
            continue
        wrong += [
            f"{each.name} 需要 / needs {name}" for name in asked if name not in here and not _OF_WINDOWS.fullmatch(name)
        ]
    return wrong
