"""Loads xtquant, or a package that offers the same modules, without letting it call out or run its update check."""

import importlib
import importlib.util
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

REAL = "xtquant"
MODULES = ("xttrader", "xtdata", "xtconstant", "xttype")
WAIT_S = 45.0
"""Two sides may load at once, and the second waits for the first; for an import that hangs not for ever."""
_loading = threading.Lock()


class NativeError(Exception):
    """xtquant cannot be used here; the message says why in the loader's own words."""


class Native(NamedTuple):
    """The modules of xtquant this program uses. They are untyped, so only this room touches them."""

    xttrader: Any
    xtdata: Any
    xtconstant: Any
    xttype: Any
    origin: str
    """Where they were loaded from."""


def load(package: str = REAL, packages: Path | None = None) -> Native:
    """The modules of `package`. Raises NativeError. May take seconds: for worker threads of the trader alone.

    Another package than xtquant may also lie in the folder `packages`, behind everything that is installed.

    The wheel's `__init__` asks a package index for news with a timeout of ten seconds, so it never runs: an empty
    package object with the wheel's path stands for it. A stand-in package is imported as it is.
    """
    if not _loading.acquire(timeout=WAIT_S):
        raise NativeError(f"another attempt to load {package} has been hanging for {WAIT_S:g} s")
    try:
        if package == REAL and REAL not in sys.modules:
            sys.modules[REAL] = _without_init()
        elif package.partition(".")[0] != REAL:
            _look_also_in(packages)
        found: dict[str, Any] = {name: importlib.import_module(f"{package}.{name}") for name in MODULES}
        # a banner on a standard output that a windowed program does not have
        found["xtdata"].enable_hello = False
        return Native(**found, origin=str(getattr(found["xttrader"], "__file__", package)))
    except NativeError:
        raise
    # whatever native code raises at import, by any class, only means that it cannot be used
    except Exception as error:
        raise NativeError(f"{type(error).__name__}: {error}") from error
    finally:
        _loading.release()


def _look_also_in(packages: Path | None) -> None:
    """What it imports later comes from there, too."""
    if packages is not None and packages.is_dir() and str(packages) not in sys.path:
        sys.path.append(str(packages))
        importlib.invalidate_caches()


def _without_init() -> ModuleType:
    spec = importlib.util.find_spec(REAL)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise NativeError(f"{REAL} is not installed")
    package = ModuleType(REAL)
    package.__path__ = places
    return package
