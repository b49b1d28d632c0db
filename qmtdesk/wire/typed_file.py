"""A settings file: JSON with a version, declared keys and nothing else."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from qmtdesk.wire.files import TRIES, read_patiently, replace_patiently, write_atomic

T = TypeVar("T", bound=msgspec.Struct)
LIMIT = 4 << 20
BOM = b"\xef\xbb\xbf"
SHANGHAI = timezone(timedelta(hours=8))
SHOWN = 60
"""Characters of a wrong value that are told."""
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_AT = re.compile(r"at `\$([^`]*)`")
UNREADABLE = "unreadable"
_OWN_WORDS = re.compile(r"([a-z_]+(?:\.[a-z_]+)+) is ")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file: one word, the key or line it is wrong at, and what stands there."""

    word: str
    key: str = ""
    value: str = ""


class BadFileError(Exception):
    """The file cannot be used; the text names file, line or key, and what is wrong. `fault` says it in parts."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(text)
        self.fault = fault


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
    fault: Fault | None = None

    @property
    def unreadable(self) -> bool:
        """Whether the system would not give the file out: what it says may be good, and must not be written over."""
        return self.fault is not None and self.fault.word == UNREADABLE


class TypedFile(Generic[T]):
    """One file of one struct type; the struct needs `version: int` and a default for every key, and forbids others.

    Not for several writers at once. `stays`: what a person wrote by hand; a bad one is left in its place, so that no
    later start takes it for missing, and nothing is written over it.
    """

    def __init__(self, path: Path, kind: type[T], version: int, *, stays: bool = False) -> None:
        self.path = path
        self.backup = path.with_name(f"{path.name}.bak")
        self._kind = kind
        self._version = version
        self._stays = stays

    def load(self, *, patient: bool = True) -> Loaded[T]:
        """The file's value; of a bad file the backup's, else the defaults, with the bad one kept aside. Never raises.

        A file that is not there is no problem: it means the defaults. One that stays is copied aside, and the backup of
        what the program once wrote does not stand in for it. One that cannot be read is waited for, half a second, and
        left where it is: whoever holds it lets go of it again. Not `patient`: for a thread that may not wait.
        """
        try:
            return Loaded(self.decode(self._read(self.path, patient=patient), self.path))
        except FileNotFoundError:
            return Loaded(self._kind())
        except OSError as error:
            problem, fault = str(error), Fault(UNREADABLE)
        except BadFileError as error:
            problem, fault = str(error), error.fault
        if self._stays:
            return Loaded(self._kind(), problem, self._copied() if fault.word != UNREADABLE else None, fault=fault)
        kept = self._set_aside() if fault.word != UNREADABLE else None
        try:
            value = self.decode(self._read(self.backup, patient=patient), self.backup)
            return Loaded(value, problem, kept, from_backup=True, fault=fault)
        except (BadFileError, OSError):
            return Loaded(self._kind(), problem, kept, fault=fault)

    def save(self, value: T) -> None:
        """Write the value and keep the one before as backup; OSError leaves the file as it was."""
        try:
            before = self._read(self.path)
            self.decode(before, self.path)
        except FileNotFoundError:
            pass
        except (BadFileError, OSError) as error:
            if self._stays:
                raise OSError(str(error)) from error
        else:
            write_atomic(self.backup, before)
        write_atomic(self.path, msgspec.json.format(msgspec.json.encode(value), indent=2))

    def decode(self, data: bytes, path: Path) -> T:
        """The value in these bytes; BadFileError says why there is none."""
        data = data.removeprefix(BOM)
        try:
            head = msgspec.json.decode(data, type=_Head)
            if head.version != self._version:
                text = f"{path}: version {head.version}; this program writes version {self._version}"
                raise BadFileError(text, Fault("other_version", "version", str(head.version)))
            value = msgspec.json.decode(data, type=self._kind)
            _refuse_unknown(msgspec.json.decode(data), msgspec.to_builtins(value), path)
        except msgspec.ValidationError as error:
            raise BadFileError(f"{path}: {error}", _misfit(data, str(error))) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            where = _where(data, str(error))
            raise BadFileError(f"{path}, {where}: {error}", Fault("broken", where)) from error
        return value

    def _read(self, path: Path, *, patient: bool = True) -> bytes:
        data = read_patiently(path, LIMIT + 1, tries=TRIES if patient else 0)
        if len(data) > LIMIT:
            raise BadFileError(f"{path}: larger than {LIMIT} bytes", Fault("broken"))
        return data

    def _copied(self) -> Path | None:
        """Where a copy of the bad file is; each content is copied once, however often it is met."""
        try:
            data = self._read(self.path)
            for old in self.path.parent.glob(f"{self.path.name}.bad-*"):
                if old.is_file() and old.read_bytes() == data:
                    return old
            target = self._aside()
            write_atomic(target, data)
        except (BadFileError, OSError):
            return None
        return target

    def _aside(self) -> Path:
        stamp = datetime.now(SHANGHAI).strftime("%Y%m%d-%H%M%S")
        target, n = self.path.with_name(f"{self.path.name}.bad-{stamp}"), 1
        while target.exists():
            n += 1
            target = self.path.with_name(f"{self.path.name}.bad-{stamp}-{n}")
        return target

    def _set_aside(self) -> Path | None:
        target = self._aside()
        try:
            replace_patiently(self.path, target)
        except OSError:
            return None
        return target


def _where(data: bytes, text: str) -> str:
    """The line a decoder's "(byte n)" lies in."""
    number = text.rpartition("(byte ")[2].rstrip(")")
    return f"line {data[: int(number)].count(10) + 1}" if number.isdigit() else "end of file"


def _misfit(data: bytes, text: str) -> Fault:
    """Which key a decoder's words are about, and what stands there."""
    unknown, at, own = _UNKNOWN.search(text), _AT.search(text), _OWN_WORDS.match(text)
    key = f".{own[1]}" if own else at[1] if at else ""
    if unknown:
        key = f"{key}.{unknown[1]}"
    word = "unknown_key" if unknown else "wrong_value"
    return Fault(word, key.lstrip("."), _found(data, _STEP.findall(key)))


def _found(data: bytes, steps: list[tuple[str, str]]) -> str:
    """What stands at that place, '' where it cannot be found."""
    try:
        value: object = msgspec.json.decode(data)
        for name, number in steps:
            value = value[name] if isinstance(value, dict) else value[int(number)]  # type: ignore[index]
    except (LookupError, TypeError, ValueError, RecursionError):
        return ""
    return _shown(value) if steps else ""


def _shown(value: object) -> str:
    return msgspec.json.encode(value).decode()[:SHOWN]


def _refuse_unknown(told: object, understood: object, path: Path, where: str = "") -> None:
    """Plain dataclasses inside the struct would let an unknown key pass, and a mistyped limit with it."""
    if isinstance(told, dict) and isinstance(understood, dict):
        for key, value in told.items():
            if key not in understood:
                fault = Fault("unknown_key", f"{where}.{key}".lstrip("."), _shown(value))
                raise BadFileError(f"{path}: ${where}: unknown key `{key}`", fault)
            _refuse_unknown(value, understood[key], path, f"{where}.{key}")
    elif isinstance(told, list) and isinstance(understood, list | tuple):
        for number, (one, other) in enumerate(zip(told, understood, strict=True)):
            _refuse_unknown(one, other, path, f"{where}[{number}]")
