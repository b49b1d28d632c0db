"""Whether a folder is a MiniQMT's that can be connected to, found out before xtquant touches it.

xtquant makes the folder it is given and leaves a file of 75 MB there, whatever it is; so everything that can be seen
from outside is looked at first.
"""

from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from qmtdesk.gateways.qmt.candidates import (
    PROGRAMS,
    RESEARCH,
    USERDATA,
    candidates,
    folder_of,
    is_client,
    is_full_client,
)
from qmtdesk.gateways.qmt.pc import Pc, Process
from qmtdesk.wire.probe_lines import Code, ProbeLine, Said, bad, doubtful, fine, said

QUEUE_FILE = 20
"""Characters xtquant's own file names add to the folder's."""
LONGEST, TOO_LONG = 200, 240
NEEDED, COMFORTABLE = 150_000_000, 1_000_000_000
TYPICAL = frozenset({"log", "users", "datadir", "cfg", "config", "quoter", "temp", "data"})
"""What a terminal that was logged in once leaves; queue files prove nothing, xtquant makes them itself."""
LOG = "xtminiqmt_"
MOST_NAMED = 4


class Findings(NamedTuple):
    """What was seen. `usable`: a connection may be tried."""

    lines: tuple[ProbeLine, ...]

    @property
    def usable(self) -> bool:
        """Whether nothing forbids it."""
        return all(line.ok for line in self.lines)


def examine(folder: str, pc: Pc) -> Findings:
    """Look at the folder, the disk and the processes; writes one tiny file and removes it, when all else is well."""
    place = pc.path(folder)
    lines = list(_seen(place, pc))
    if all(line.ok for line in lines):
        lines.append(_writable(place, pc))
        lines.append(_disk(place, pc))
    running = _Running(pc.processes())
    lines += [_client(place, pc, running)]
    if lines[0].ok:
        lines += [_log(place, pc, running), *_session(place, pc, running), _others(place, pc)]
    return Findings(tuple(lines))


class _Running:
    """The processes that matter."""

    def __init__(self, processes: tuple[Process, ...] | None) -> None:
        self.hidden = processes is None
        self.clients = [each for each in processes or () if is_client(each)]
        self.full = [each for each in processes or () if is_full_client(each)]

    def of(self, place: PurePath, pc: Pc) -> Process | None:
        """The client that belongs to a folder, as far as can be seen."""
        for each in self.clients:
            if _same(folder_of(pc, each.path), place):
                return each
        return next((each for each in self.clients if not each.path), None)


def _same(one: PurePath | None, other: PurePath) -> bool:
    return one is not None and str(one).lower() == str(other).lower()


# --- the folder itself


def _seen(place: PurePath, pc: Pc) -> Iterator[ProbeLine]:
    there = _exists(place, pc)
    yield there
    if not there.ok:
        return
    for look in (_local, _name, _content, _length):
        yield look(place, pc)


def _exists(place: PurePath, pc: Pc) -> ProbeLine:
    looked = said(Code.LOOK_FOLDER, folder=str(place))
    if not pc.exists(place):
        return bad("examine", looked, said(Code.NOT_THERE), _better(pc))
    if not pc.is_folder(place):
        return bad("examine", looked, said(Code.NO_FOLDER), said(Code.DO_CHOOSE))
    return fine("examine", looked, said(Code.FOUND_HERE), path=str(place))


def _better(pc: Pc) -> Said:
    found = candidates(pc)
    return said(Code.DO_CHOOSE_THIS, path=str(found[0].folder)) if found else said(Code.DO_CHOOSE)


def _local(place: PurePath, pc: Pc) -> ProbeLine:
    kind = pc.network_kind(place)
    looked = said(Code.LOOK_LOCAL)
    if kind:
        return bad("examine", looked, said(Code.OF_ANOTHER_MACHINE, where=kind), said(Code.DO_LOCAL))
    return fine("examine", looked, said(Code.OF_THIS_MACHINE))


def _name(place: PurePath, pc: Pc) -> ProbeLine:
    looked, name = said(Code.LOOK_NAME), place.name.lower()
    if name == USERDATA:
        return fine("examine", looked, said(Code.NAME_RIGHT))
    if pc.is_folder(place / USERDATA):
        advice = said(Code.DO_CHOOSE_THIS, path=str(place / USERDATA))
        return bad("examine", looked, said(Code.NAME_ABOVE), advice, path=str(place / USERDATA))
    beside = place.with_name(USERDATA) if place.name else place
    if name == RESEARCH:
        there = pc.is_folder(beside)
        advice = said(Code.DO_CHOOSE_THIS, path=str(beside)) if there else said(Code.DO_CHOOSE_MINI)
        return bad("examine", looked, said(Code.NAME_RESEARCH), advice, path=str(beside) if there else "")
    return doubtful("examine", looked, said(Code.NAME_OTHER, name=place.name or str(place)), said(Code.DO_CHOOSE))


def _content(place: PurePath, pc: Pc) -> ProbeLine:
    looked = said(Code.LOOK_CONTENT)
    names = [name for name in pc.children(place) if name.lower() in TYPICAL]
    programs = place.parent / PROGRAMS
    names += [name for name in pc.children(programs) if name.lower() in ("xtminiqmt.exe", "xtitclient.exe")]
    if names:
        return fine("examine", looked, said(Code.CONTENT_RIGHT, names=", ".join(sorted(names)[:MOST_NAMED])))
    return bad("examine", looked, said(Code.CONTENT_NONE), said(Code.DO_CHOOSE_MINI))


def _length(place: PurePath, _pc: Pc) -> ProbeLine:
    length = len(str(place)) + QUEUE_FILE
    looked, found = said(Code.LOOK_LENGTH), said(Code.LENGTH, characters=len(str(place)))
    if length > TOO_LONG:
        return bad("examine", looked, found, said(Code.DO_SHORTEN))
    return (
        doubtful("examine", looked, found, said(Code.DO_SHORTEN))
        if length > LONGEST
        else fine("examine", looked, found)
    )


def _writable(place: PurePath, pc: Pc) -> ProbeLine:
    error = pc.try_write(place)
    looked = said(Code.LOOK_WRITABLE)
    if error:
        return bad("examine", looked, said(Code.CANNOT_WRITE, error=error), said(Code.DO_RIGHTS))
    return fine("examine", looked, said(Code.CAN_WRITE))


def _disk(place: PurePath, pc: Pc) -> ProbeLine:
    free, looked = pc.free_bytes(place), said(Code.LOOK_DISK)
    if free is None:
        return doubtful("examine", looked, said(Code.SPACE_UNKNOWN), None)
    found = said(Code.SPACE, mb=free // 1_000_000)
    if free < NEEDED:
        return bad("examine", looked, found, said(Code.DO_FREE))
    return (
        doubtful("examine", looked, found, said(Code.DO_FREE)) if free < COMFORTABLE else fine("examine", looked, found)
    )


# --- what runs


def _client(place: PurePath, pc: Pc, running: _Running) -> ProbeLine:
    looked = said(Code.LOOK_CLIENT)
    if running.hidden:
        return doubtful("examine", looked, said(Code.PROCESSES_HIDDEN), said(Code.DO_START))
    mine = running.of(place, pc)
    if mine is not None and mine.path:
        return fine("examine", looked, said(Code.CLIENT_RUNS, pid=mine.pid), pid=mine.pid)
    if mine is not None:
        return doubtful("examine", looked, said(Code.CLIENT_RUNS_SOMEWHERE, pid=mine.pid), said(Code.DO_COMPARE))
    if running.clients:
        other = folder_of(pc, running.clients[0].path)
        path = str(other) if other is not None and pc.is_folder(other) else ""
        advice = said(Code.DO_CHOOSE_THIS, path=path) if path else said(Code.DO_COMPARE)
        found = said(Code.CLIENT_ELSEWHERE, path=running.clients[0].path)
        return bad("examine", looked, found, advice, path=path)
    if running.full:
        full = running.full[0]
        return bad("examine", looked, said(Code.CLIENT_FULL, name=full.name, pid=full.pid), said(Code.DO_MINI_MODE))
    return bad("examine", looked, said(Code.CLIENT_NOT), said(Code.DO_START))


def _log(place: PurePath, pc: Pc, running: _Running) -> ProbeLine:
    looked = said(Code.LOOK_LOG)
    logs = sorted(name for name in pc.children(place / "log") if name.lower().startswith(LOG))
    todays = [name for name in logs if pc.today() in name]
    if todays:
        return fine("examine", looked, said(Code.LOG_TODAY, name=todays[-1]))
    found = said(Code.LOG_OLD, name=logs[-1]) if logs else said(Code.LOG_NONE)
    # the log's name is what was seen of some brokers' versions, so its absence forbids nothing
    return doubtful("examine", looked, found, said(Code.DO_COMPARE if running.clients else Code.DO_START))


def _session(place: PurePath, pc: Pc, running: _Running) -> tuple[ProbeLine, ...]:
    looked, mine = said(Code.LOOK_SESSION), running.of(place, pc)
    if mine is None or mine.session < 0 or pc.session < 0:
        return ()
    if mine.session == pc.session:
        return (fine("examine", looked, said(Code.SESSION_SAME)),)
    found = said(Code.SESSION_OTHER, theirs=mine.session, ours=pc.session)
    return (bad("examine", looked, found, said(Code.DO_SAME_SESSION)),)


def _others(place: PurePath, pc: Pc) -> ProbeLine:
    others = [str(each.folder) for each in candidates(pc) if not _same(each.folder, place)]
    looked = said(Code.LOOK_OTHERS)
    if not others:
        return fine("examine", looked, said(Code.OTHERS_NONE))
    found = said(Code.OTHERS, count=len(others), paths="; ".join(others[:MOST_NAMED]))
    return doubtful("examine", looked, found, said(Code.DO_COMPARE), paths=others)
