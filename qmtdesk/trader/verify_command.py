"""`verify`: one journal file, looked at from outside, and what there is to say of it in both languages."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from qmtdesk.store.journal import JournalError, JournalTooNewError, Verdict, verify
from qmtdesk.wire import texts_verify as words
from qmtdesk.wire.texts_verify import Pair

SHANGHAI = timezone(timedelta(hours=8))
SOUND, DAMAGED, CANNOT = 0, 1, 2

Say = Callable[[str], None]


def verify_command(path: Path, say: Say, complain: Say) -> int:
    """Say how the file stands; 0 as written, 1 not as written, 2 nobody can tell from here."""
    kind = _no_file(path)
    if kind:
        complain(_both(words.CANNOT[kind], path=path))
        return CANNOT
    try:
        verdict = verify(path)
    except JournalTooNewError as error:
        complain(_both(words.CANNOT["newer"], path=path, text=error))
        return CANNOT
    except JournalError as error:
        kind = "locked" if "locked" in str(error) else "other"
        complain(_both(words.CANNOT[kind], path=path, text=error))
        return CANNOT
    say(_told(verdict))
    return SOUND if verdict.ok else DAMAGED


def _no_file(path: Path) -> str:
    """What stands in a file's place, '' when it is one."""
    try:
        if path.is_symlink() and not path.exists():
            return "dangling"
        if not path.exists():
            return "missing"
        return "folder" if path.is_dir() else ""
    except OSError:
        return "missing"


def _told(verdict: Verdict) -> str:
    if verdict.first_bad:
        return _both(words.EDITED, row=verdict.first_bad)
    if not verdict.ok:
        return _both(words.DAMAGED, text=verdict.text)
    if not verdict.rows:
        return _both(words.NO_ROWS)
    return _both(words.SOUND, rows=verdict.rows, time=_clock(verdict.last_at), hash=verdict.last_hash)


def _clock(at: int) -> str:
    try:
        return f"{datetime.fromtimestamp(at / 1000, SHANGHAI):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return f"{at} ms"


def _both(pair: Pair, **told: object) -> str:
    return "\n".join(text.format(**told) for text in pair)
