"""A settings file: JSON with a version, declared keys and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from qmtdesk.wire.files import replace_patiently, write_atomic

T = TypeVar("T", bound=msgspec.Struct)
LIMIT = 4 << 20
BOM = b"\xef\xbb\xbf"
SHANGHAI = timezone(timedelta(hours=8))


class BadFileError(Exception):
    """The file cannot be used; the text names file, line or key, and what is wrong."""


class _Head(msgspec.Struct):
    """What every version of every such file has."""

    version: int


@dataclass(frozen=True)
class Loaded(Generic[T]):
    """What a file said. `problem` is '' or why its words were not taken; `kept` is where the bad file is now."""

    value: T
    problem: str = ""
    kept: Path | None = None
    from_backup: bool = False


class TypedFile(Generic[T]):
    """One file of one struct type; the struct needs `version: int` and a default for every key, and forbids others.

    Not for several writers at once.
    """

    def __init__(self, path: Path, kind: type[T], version: int) -> None:
        self.path = path
        self.backup = path.with_name(f"{path.name}.bak")
        self._kind = kind
        self._version = version

    def load(self) -> Loaded[T]:
        """The file's value; of a bad file the backup's, else the defaults, with the bad one kept aside. Never raises.

        A file that is not there is no problem: it means the defaults.
        """
        try:
            return Loaded(self.decode(self._read(self.path), self.path))
        except FileNotFoundError:
            return Loaded(self._kind())
        except (BadFileError, OSError) as error:
            problem = str(error)
        kept = self._set_aside()
        try:
            return Loaded(self.decode(self._read(self.backup), self.backup), problem, kept, from_backup=True)
        except (BadFileError, OSError):
            return Loaded(self._kind(), problem, kept)

    def save(self, value: T) -> None:
        """Write the value and keep the one before as backup; OSError leaves the file as it was."""
        try:
            before = self._read(self.path)
            self.decode(before, self.path)
        except (BadFileError, OSError):
            pass
        else:
            write_atomic(self.backup, before)
        write_atomic(self.path, msgspec.json.format(msgspec.json.encode(value), indent=2))

    def decode(self, data: bytes, path: Path) -> T:
        """The value in these bytes; BadFileError says why there is none."""
        data = data.removeprefix(BOM)
        try:
            head = msgspec.json.decode(data, type=_Head)
            if head.version != self._version:
                raise BadFileError(f"{path}: version {head.version}; this program writes version {self._version}")
            value = msgspec.json.decode(data, type=self._kind)
            _refuse_unknown(msgspec.json.decode(data), msgspec.to_builtins(value), f"{path}: $")
        except msgspec.ValidationError as error:
            raise BadFileError(f"{path}: {error}") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadFileError(f"{path}, {_where(data, str(error))}: {error}") from error
        return value

    def _read(self, path: Path) -> bytes:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
        if len(data) > LIMIT:
            raise BadFileError(f"{path}: larger than {LIMIT} bytes")
        return data

    def _set_aside(self) -> Path | None:
        stamp = datetime.now(SHANGHAI).strftime("%Y%m%d-%H%M%S")
        target, n = self.path.with_name(f"{self.path.name}.bad-{stamp}"), 1
        while target.exists():
            n += 1
            target = self.path.with_name(f"{self.path.name}.bad-{stamp}-{n}")
        try:
            replace_patiently(self.path, target)
        except OSError:
            return None
        return target


def _where(data: bytes, text: str) -> str:
    """The line a decoder's "(byte n)" lies in."""
    number = text.rpartition("(byte ")[2].rstrip(")")
    return f"line {data[: int(number)].count(10) + 1}" if number.isdigit() else "end of file"


def _refuse_unknown(told: object, understood: object, where: str) -> None:
    """Plain dataclasses inside the struct would let an unknown key pass, and a mistyped limit with it."""
    if isinstance(told, dict) and isinstance(understood, dict):
        for key, value in told.items():
            if key not in understood:
                raise BadFileError(f"{where}: unknown key `{key}`")
            _refuse_unknown(value, understood[key], f"{where}.{key}")
    elif isinstance(told, list) and isinstance(understood, list | tuple):
        for number, (one, other) in enumerate(zip(told, understood, strict=True)):
            _refuse_unknown(one, other, f"{where}[{number}]")
