"""Reads of a Windows program what its loader will look for."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

OPTIONAL_64 = 0x20B
IMPORTS, DELAYED = 1, 13
ENTRY = {IMPORTS: (20, 12), DELAYED: (32, 4)}
"""The length of an entry of each table, and where in it the name stands."""


WINDOWED = 2
"""Of a program to which Windows gives no console."""


class PeError(Exception):
    """The file is no 64-bit Windows program."""


class _Section(NamedTuple):
    start: int
    size: int
    offset: int


def imports_of(path: Path, *, delayed: bool = False) -> list[str]:
    """The DLLs a program or DLL asks for by name, lower case; PeError when it is none."""
    data = path.read_bytes()
    try:
        return [name.lower() for name in _names(data, DELAYED if delayed else IMPORTS)]
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise PeError(f"{path.name}: {error}") from error


def is_windowed(path: Path) -> bool:
    """Whether Windows starts it without a console; PeError when it is no program."""
    data = path.read_bytes()
    try:
        return bool(struct.unpack_from("<H", data, _optional(data) + 68)[0] == WINDOWED)
    except struct.error as error:
        raise PeError(f"{path.name}: {error}") from error


def _optional(data: bytes) -> int:
    """Where the header stands that every program has; PeError when this is none."""
    head: int = struct.unpack_from("<I", data, 0x3C)[0]
    if data[:2] != b"MZ" or data[head : head + 4] != b"PE\0\0":
        raise PeError("not a Windows program")
    if struct.unpack_from("<H", data, head + 24)[0] != OPTIONAL_64:
        raise PeError("not a 64-bit Windows program")
    return head + 24


def _names(data: bytes, table: int) -> Iterator[str]:
    optional = _optional(data)
    count, optional_size = struct.unpack_from("<H12xH", data, optional - 18)
    address, size = struct.unpack_from("<II", data, optional + 112 + 8 * table)
    if not size:
        return
    first = optional + optional_size
    sections = [_Section(*struct.unpack_from("<8x4xIII", data, first + 40 * each)) for each in range(count)]
    step, place = ENTRY[table]
    at = _offset(sections, address)
    while any(data[at : at + step]):
        name = _offset(sections, struct.unpack_from("<I", data, at + place)[0])
        yield data[name : data.index(b"\0", name)].decode("ascii")
        at += step


def _offset(sections: list[_Section], address: int) -> int:
    for each in sections:
        if each.start <= address < each.start + each.size:
            return address - each.start + each.offset
    raise PeError(f"nothing lies at {address:#x}")
