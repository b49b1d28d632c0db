"""Everything xtquant said, word for word, written down before anybody makes sense of it."""

import logging
from pathlib import Path

import msgspec

from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.gateways.qmt.records import Raw, Scalar
from qmtdesk.wire.inside import inside
from qmtdesk.wire.redact import Redactor, mask_account
from qmtdesk.wire.redact_fully import redact_fully

log = logging.getLogger("qmtdesk.trader")

MOST_BYTES = 50_000_000
KEPT = 10
"""Files that are kept; a day has one, a stormy one more."""
NUMBERS = frozenset({"stock_code", "order_id", "order_sysid", "traded_id", "order_time", "traded_time"})
"""What names an order, a trade or a moment: long digits that are no account's, and what an enquiry needs whole."""


class _Line(msgspec.Struct, frozen=True):
    at: int
    generation: int
    record: Raw


class RawLog:
    """One file of JSON lines for each day, `qmt-YYYYMMDD.jsonl`; no account's number stands in it whole, no secret.

    For one thread. A disk that is full is told once and loses lines of this log, never an event.
    """

    def __init__(self, folder: Path, number: str, masked: str) -> None:
        self._folder = folder
        self._number, self._masked = number, masked
        self._own = Redactor()
        if self._number:
            # written in groups too, and before anybody else was told of it
            self._own.know_account(number)
        self._encoder = msgspec.json.Encoder()
        self._path: Path | None = None
        self._size = 0
        self._told = False

    def note(self, at: int, generation: int, record: Raw) -> None:
        """Append one record; Unix ms."""
        line = self._encoder.encode(_Line(at, generation, self._cleaned(record))) + b"\n"
        try:
            path = self._file(at)
            with path.open("ab") as file:
                file.write(line)
            self._size += len(line)
            self._told = False
        except OSError:
            if not self._told:
                self._told = True
                log.exception("the raw log cannot be written; the events go on without it")

    def _cleaned(self, record: Raw) -> Raw:
        """A terminal tells of all its accounts, in fields and in a counter's own words; nobody else may read either."""
        changed = {
            name: clean
            for name in record.__struct_fields__
            if (told := getattr(record, name)) is not None and (clean := self._clean(name, told)) != told
        }
        return msgspec.structs.replace(record, **changed) if changed else record

    def _clean(self, name: str, told: Scalar) -> Scalar:
        text = str(told)
        if name == "account_id":
            return self._masked if text == self._number else mask_account(text)
        if isinstance(told, str) and name not in NUMBERS:
            return self._own.redact(redact_fully(text))
        return text.replace(self._number, self._masked) if self._number and self._number in text else told

    def _file(self, at: int) -> Path:
        day = f"qmt-{shanghai_day(at):%Y%m%d}"
        if self._path is None or not self._path.name.startswith(day) or self._size > MOST_BYTES:
            self._path = self._fresh(day)
            self._size = self._path.stat().st_size if self._path.exists() else 0
            self._sweep()
        return self._path

    def _fresh(self, day: str) -> Path:
        for number in range(1000):
            path = inside(self._folder, f"{day}.jsonl" if number == 0 else f"{day}-{number}.jsonl")
            if not path.exists() or path.stat().st_size <= MOST_BYTES:
                return path
        raise OSError(f"a thousand files of {day}")

    def _sweep(self) -> None:
        for old in sorted(self._folder.glob("qmt-*.jsonl"), key=lambda each: each.stat().st_mtime)[:-KEPT]:
            old.unlink()
