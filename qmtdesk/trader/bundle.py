"""The diagnostics bundle: what whoever helps needs to see, in one zip, with nothing in it that is nobody's business."""

import io
import platform
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from qmtdesk import __version__
from qmtdesk.store.files import base_folder
from qmtdesk.store.journal import JournalError
from qmtdesk.store.journal_excerpt import excerpt
from qmtdesk.trader.check import version_of
from qmtdesk.trader.check_text import as_json, as_text
from qmtdesk.wire.files import write_atomic
from qmtdesk.wire.inside import inside
from qmtdesk.wire.live_settings import live_settings
from qmtdesk.wire.probe_lines import ProbeLine
from qmtdesk.wire.redact import know_account
from qmtdesk.wire.redact_fully import redact_fully
from qmtdesk.wire.typed_file import BadFileError

MODES = ("paper", "live", "replay")
LOG_BYTES, RAW_BYTES, SETTINGS_BYTES, JOURNAL_BYTES = 1_000_000, 2_000_000, 200_000, 3_000_000
LOGS, RAWS = 8, 2
ROWS = 500
WHOLE_BYTES = 16_000_000
LONGEST_LINE = 20_000
SHANGHAI = timezone(timedelta(hours=8))
CONTENTS = "contents.txt"
LIBRARIES = ("PySide6-Essentials", "pyqtgraph", "qasync", "msgspec", "numpy", "platformdirs", "openpyxl", "xtquant")


class Source(NamedTuple):
    """One file of the bundle: its name there, and how its text is read; `about` says what it is."""

    name: str
    about: str
    read: Callable[[], str]


def write_bundle(target: Path, data: Path | None, lines: Sequence[ProbeLine], screen: str = "") -> None:
    """Make the zip; OSError when it cannot be written, and then there is none. Reads beside a running trader.

    Every text is redacted on its way in, none is copied as it is; what cannot be read is said in the list of contents.
    """
    base = base_folder(data)
    _know_accounts(base)
    out, told, size = io.BytesIO(), list[str](), 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for source in _sources(base, lines, screen):
            try:
                text = redacted(source.read())
            except (OSError, JournalError) as error:
                told.append(f"{source.name}: not readable: {redacted(str(error))}")
                continue
            packed = text.encode("utf-8", "replace")
            if size + len(packed) > WHOLE_BYTES:
                told.append(f"{source.name}: left out, the bundle would be too large")
                continue
            size += len(packed)
            bundle.writestr(source.name, packed)
            told.append(f"{source.name}: {source.about}, {len(packed)} bytes")
        made = datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        bundle.writestr(CONTENTS, "\n".join([f"qmtdesk {__version__}, {made}", "", *told, ""]))
    write_atomic(target, out.getvalue())


def redacted(text: str) -> str:
    """Line by line, for one endless line must not take for ever; what is cut off is said."""
    return "\n".join(_line(each) for each in text.splitlines())


def _line(line: str) -> str:
    shown = redact_fully(line[:LONGEST_LINE])
    return shown if len(line) <= LONGEST_LINE else f"{shown} … {len(line) - LONGEST_LINE} more characters"


def _know_accounts(base: Path) -> None:
    """The one number that is known is hidden however it is written."""
    file = live_settings(base / "live")
    try:
        number = file.decode(file.path.read_bytes(), file.path).account
        know_account(number)
    except (BadFileError, OSError, ValueError):
        # none is known; whatever looks like one is hidden all the same
        return


def _sources(base: Path, lines: Sequence[ProbeLine], screen: str) -> Iterator[Source]:
    yield Source("check.txt", "the check, in words", lambda: f"{as_text(lines, 'zh')}\n\n{as_text(lines, 'en')}")
    yield Source("check.json", "the check, for programs", lambda: as_json(lines))
    yield Source("versions.txt", "versions and screen", lambda: _versions(screen))
    # what is small first: it shall not fall to a limit
    for mode in MODES:
        folder = base / mode
        if folder.is_dir():
            yield from _small(folder, mode)
    for mode in MODES:
        folder = base / mode
        if folder.is_dir():
            yield from _logs(folder, mode)


def _small(folder: Path, mode: str) -> Iterator[Source]:
    for path in sorted(folder.glob("*-settings.json*")):
        yield Source(f"settings/{mode}/{path.name}", "settings", _tail(path, SETTINGS_BYTES))
    refusal = inside(folder, "trader-refusal.txt")
    if refusal.exists():
        yield Source(f"logs/{mode}/{refusal.name}", "why the trader would not start", _tail(refusal, LOG_BYTES))
    journal = inside(folder, "journal.db")
    if journal.exists():
        yield Source(f"journal/{mode}.txt", "the first and newest rows of the journal", lambda: _journal(journal))


def _logs(folder: Path, mode: str) -> Iterator[Source]:
    logs = [*folder.glob("*.log"), *folder.glob("*.log.[0-9]"), *folder.glob("*-fault.txt")]
    for path in _newest(logs, LOGS):
        yield Source(f"logs/{mode}/{path.name}", "log", _tail(path, LOG_BYTES))
    for path in _newest(folder.glob("qmt-*.jsonl"), RAWS):
        yield Source(f"qmt/{mode}/{path.name}", "what QMT said", _tail(path, RAW_BYTES))


def _newest(paths: Iterable[Path], most: int) -> list[Path]:
    return sorted(paths, key=_age, reverse=True)[:most]


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _tail(path: Path, most: int) -> Callable[[], str]:
    """The end of a file, from the beginning of a line; the newest is what matters."""

    def read() -> str:
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(max(0, size - most))
            data = file.read(most)
        if size > most:
            data = data.partition(b"\n")[2]
        return data.decode("utf-8", "replace")

    return read


def _journal(path: Path) -> str:
    rows = excerpt(path, ROWS)
    text = "\n".join(f"{row.no} at={row.at} {row.kind} {row.body.decode('utf-8', 'replace')}" for row in rows)
    return text if len(text) <= JOURNAL_BYTES else text[-JOURNAL_BYTES:].partition("\n")[2]


def _versions(screen: str) -> str:
    rows = [f"qmtdesk {__version__}", f"Python {sys.version}", platform.platform(), f"program {sys.executable}"]
    rows += [f"{name} {version_of(name) or 'not installed'}" for name in LIBRARIES]
    if screen:
        rows += ["", "screen", screen]
    return "\n".join(rows)
