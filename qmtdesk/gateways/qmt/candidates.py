"""Where a MiniQMT's data folder may be on a computer: where one runs, where one was used, where one is installed."""

import itertools
from collections.abc import Iterator
from enum import Enum
from pathlib import PurePath
from typing import NamedTuple

import msgspec

from qmtdesk.gateways.qmt.pc import Pc, Process
from qmtdesk.gateways.qmt.texts_folders import PARENTS, WORDS

USERDATA = "userdata_mini"
RESEARCH = "userdata"
CLIENT = "xtminiqmt.exe"
FULL_CLIENT = "xtitclient.exe"
PROGRAMS = "bin.x64"
MOST_LOOKS = 3_000
"""Folders that are looked into at most: a search must end on any disk."""


class How(str, Enum):
    """Why a folder is proposed, best reason first."""

    RUNNING = "running"
    LAST_USED = "last_used"
    CONFIGURED = "configured"
    INSTALLED = "installed"


class Candidate(NamedTuple):
    """One folder that may be the one."""

    folder: PurePath
    how: How


class _Config(msgspec.Struct):
    root_dir: str = ""


def candidates(pc: Pc, last_used: str = "") -> list[Candidate]:
    """Existing `userdata_mini` folders, best first, each once. Reads names of folders and changes nothing."""
    found: dict[str, Candidate] = {}
    for how, folders in (
        (How.RUNNING, _running(pc)),
        (How.LAST_USED, _last_used(pc, last_used)),
        (How.CONFIGURED, _configured(pc)),
        (How.INSTALLED, _installed(pc)),
    ):
        for folder in folders:
            if pc.is_folder(folder):
                found.setdefault(str(folder).lower(), Candidate(folder, how))
    return list(found.values())


def is_client(process: Process) -> bool:
    """Whether it is a MiniQMT; brokers leave the program's name alone, but not always its letters."""
    return process.name.lower() == CLIENT


def is_full_client(process: Process) -> bool:
    """Whether it is the terminal with its own window, which serves no other program."""
    return process.name.lower() == FULL_CLIENT


def folder_of(pc: Pc, program: str) -> PurePath | None:
    """The data folder that belongs to a running program: beside its `bin.x64`, or beside itself."""
    if not program:
        return None
    place = pc.path(program).parent
    root = place.parent if place.name.lower().startswith("bin") else place
    return root / USERDATA


def _running(pc: Pc) -> Iterator[PurePath]:
    for process in pc.processes() or ():
        folder = folder_of(pc, process.path) if is_client(process) else None
        if folder is not None:
            yield folder


def _last_used(pc: Pc, folder: str) -> Iterator[PurePath]:
    if folder:
        yield pc.path(folder)


def _configured(pc: Pc) -> Iterator[PurePath]:
    """The quote service leaves a note of its place in the user's folder."""
    home = pc.variable("USERPROFILE")
    if not home:
        return
    notes = pc.path(home) / ".xtquant"
    for name in pc.children(notes):
        try:
            told = msgspec.json.decode(pc.text(notes / name / "xtdata.cfg"), type=_Config).root_dir
        except (msgspec.MsgspecError, UnicodeError):
            continue
        root = pc.path(told)
        if told:
            yield root if root.name.lower() == USERDATA else root / USERDATA


def _installed(pc: Pc) -> Iterator[PurePath]:
    for place in itertools.islice(_places(pc), MOST_LOOKS):
        yield place / USERDATA


def _places(pc: Pc) -> Iterator[PurePath]:
    """Folders that may be installations: any on a drive, and named ones inside the usual parents."""
    home = pc.variable("USERPROFILE")
    homes = [pc.path(home), *(pc.path(home) / name for name in ("Desktop", "Documents", "Downloads"))] if home else []
    local = pc.variable("LOCALAPPDATA")
    homes += [pc.path(local) / "Programs"] if local else []
    for drive in pc.drives():
        tops = pc.children(drive)
        # every folder of the drive first: that is where most people have it
        yield from (drive / name for name in tops)
        for name in tops:
            if name in PARENTS or _sounds_right(name):
                yield from _inside(pc, drive / name, everything=True)
    for each in homes:
        yield from _inside(pc, each, everything=False)


def _inside(pc: Pc, folder: PurePath, *, everything: bool) -> Iterator[PurePath]:
    for name in pc.children(folder):
        right = _sounds_right(name)
        if everything or right:
            yield folder / name
        if right:
            yield from (folder / name / inner for inner in pc.children(folder / name) if _sounds_right(inner))


def _sounds_right(name: str) -> bool:
    small = name.lower()
    return any(word in small for word in WORDS)
