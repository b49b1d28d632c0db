"""What of the wheels and of the embeddable Python is shipped; everything else is left out."""

import re
from pathlib import Path, PurePosixPath

# what the window imports, and what pyqtgraph does not load without; whatever else Qt has is not there
QT = ("Core", "Gui", "Widgets", "OpenGL", "OpenGLWidgets")
_PYSIDE = re.compile(
    r"PySide6/(?:"
    rf"Qt(?:{'|'.join(QT)})\.pyd|Qt6(?:{'|'.join(QT)})\.dll|pyside6\.abi3\.dll"
    r"|(?:__init__|_config|_git_pyside_version)\.py|support/(?:__init__|deprecated)\.py"
    r"|plugins/platforms/qwindows\.dll"
    r"|translations/qtbase_zh_(?:CN|TW)\.qm)"
)
_SHIBOKEN = re.compile(r"shiboken6/(?:Shiboken\.pyd|shiboken6\.abi3\.dll|\w+\.py)")
_XTQUANT = re.compile(
    r"xtquant/(?:(?:datacenter|xtpythonclient)\.cp311-win_amd64\.pyd|(?:datacenter_shared|log4cxx|libeay32|ssleay32)\.dll"
    r"|[^/]+\.(?:py|ini|log4cxx)|(?:config|metatable)/.+|xtbson/(?:__init__\.py|bson37/(?:[^/]+\.py|_cbson\.cp311-.+)))"
)
_TZDATA = re.compile(
    r"tzdata/(?:__init__\.py|zoneinfo/__init__\.py|zoneinfo/UTC|zoneinfo/Asia/(?:__init__\.py|Shanghai))"
)
_NUMPY_OUT = re.compile(
    r"numpy/(?:f2py|distutils|doc|_pyinstaller|core/include|_core/include|_core/lib|random/_examples|random/lib)/"
    r"|numpy/(?:conftest|_configtool)\.py|.*\.lib$|.*\.a$"
)
_PYQTGRAPH_OUT = re.compile(r"pyqtgraph/(?:examples|opengl|jupyter|canvas|flowchart|console)/")
_KEPT_ONLY = {"PySide6": _PYSIDE, "shiboken6": _SHIBOKEN, "xtquant": _XTQUANT, "tzdata": _TZDATA}
_LEFT_OUT = {"numpy": _NUMPY_OUT, "pyqtgraph": _PYQTGRAPH_OUT}
# for compilers, type checkers and test runners
_NEVER = re.compile(r"(?:^|/)(?:tests?|__pycache__)/|\.(?:pyi|pyx|pxd|c|h|cpp|pyc)$|(?:^|/)py\.typed$|^bin/")
# what tells programs about a distribution; its licences go to a folder of their own
_OF_DIST_INFO = ("METADATA", "entry_points.txt")
# no console, no installer and no sounds in this program
RUNTIME_OUT = frozenset({"python.cat", "python.exe", "pythonw.exe", "winsound.pyd", "_msi.pyd", "LICENSE.txt"})
# one C++ runtime for all: the newest, beside Python; Windows takes the first of a name that is loaded
CRT = ("msvcp140.dll", "msvcp140_1.dll", "msvcp140_2.dll", "vcruntime140.dll", "vcruntime140_1.dll")
CRT_SOURCE = "PySide6"


def is_shipped(path: PurePosixPath) -> bool:
    """Whether a file of the wheels, named from where they are unpacked, belongs into the package."""
    name, room = str(path), path.parts[0]
    if room.endswith(".dist-info"):
        return path.name in _OF_DIST_INFO and len(path.parts) == 2
    if _NEVER.search(name):
        return False
    if room in _KEPT_ONLY:
        return _KEPT_ONLY[room].fullmatch(name) is not None
    return room not in _LEFT_OUT or _LEFT_OUT[room].match(name) is None


def files_of(folder: Path) -> list[Path]:
    """All files under a folder in an order that no file system has a say in."""
    return sorted(
        (each for each in folder.rglob("*") if each.is_file()), key=lambda each: each.relative_to(folder).as_posix()
    )
