"""Puts the stand-ins under the real Python layer of xtquant, and takes them away again."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import standins.terminal
from standins.native_quote import quote_module
from standins.native_trade import trade_module

NATIVE = ("xtquant.xtpythonclient", "xtquant.datacenter")


def layer() -> Path | None:
    """Where the wheel's Python files are; None when it is not installed. Nothing of it is run for this."""
    spec = importlib.util.find_spec("xtquant")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0]) if places else None


def forget() -> None:
    """Drop every module of xtquant, so that the next import is a first one."""
    for name in [name for name in sys.modules if name == "xtquant" or name.startswith("xtquant.")]:
        del sys.modules[name]


def put_under(terminal: "standins.terminal.Terminal") -> None:
    """The stand-ins in the places where the natives would be; the package object runs no `__init__`."""
    forget()
    place = layer()
    assert place is not None, "the xtquant wheel is not installed"
    package = ModuleType("xtquant")
    package.__path__ = [str(place)]
    sys.modules["xtquant"] = package
    sys.modules[NATIVE[0]] = trade_module(terminal)
    sys.modules[NATIVE[1]] = quote_module(terminal)


@contextmanager
def installed(terminal: "standins.terminal.Terminal") -> Iterator[None]:
    """For a while."""
    put_under(terminal)
    try:
        yield
    finally:
        forget()
