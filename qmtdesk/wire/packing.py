"""Cuts what a desk is told into messages short enough that encoding one delays nobody."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from qmtdesk.wire.outbox import Change
from qmtdesk.wire.rows import AnyRow, QuoteRow
from qmtdesk.wire.talk import Batch, Gone, Message

PAGE = 32_000
"""Bytes of rows in one message: encoding them holds the decision thread up for less than a millisecond."""
QUOTES = 150
"""Quotes in one message, about 200 bytes each."""

_encoder = msgspec.msgpack.Encoder()


class _RawPage(Message, frozen=True, tag=21):
    """A Page whose rows are encoded already."""

    boot: str
    seq: int
    first: bool
    last: bool
    rows: list[msgspec.Raw]


class _RawBatch(Message, frozen=True, tag=22):
    """A Batch whose changes are encoded already."""

    boot: str
    first: int
    changes: list[msgspec.Raw]
    quotes: tuple[()]


def pages(boot: str, seq: int, rows: Iterable[AnyRow]) -> Iterator[bytes]:
    """A snapshot as Page messages; at least one. A single row beyond the limit gets a page of its own."""
    first = True
    ahead: list[msgspec.Raw] | None = None
    for part in _parts(rows):
        if ahead is not None:
            yield _encoder.encode(_RawPage(boot, seq, first, False, ahead))
            first = False
        ahead = part
    yield _encoder.encode(_RawPage(boot, seq, first, True, ahead or []))


def batches(boot: str, changes: Sequence[Change], quotes: Sequence[QuoteRow], nothing_after: int) -> Iterator[bytes]:
    """Consecutive numbered changes and then quotes as Batch messages, none when there is nothing.

    A batch of quotes alone carries the number of the next change to come, `nothing_after` + 1 without changes.
    """
    number = changes[0][0] if changes else nothing_after + 1
    for part in _parts(row for _, row in changes):
        yield _encoder.encode(_RawBatch(boot, number, part, ()))
        number += len(part)
    rest = iter(quotes)
    while some := tuple(islice(rest, QUOTES)):
        yield _encoder.encode(Batch(boot, number, (), some))


def _parts(rows: Iterable[AnyRow | Gone]) -> Iterator[list[msgspec.Raw]]:
    part: list[msgspec.Raw] = []
    size = 0
    for row in rows:
        data = _encoder.encode(row)
        if part and size + len(data) > PAGE:
            yield part
            part, size = [], 0
        part.append(msgspec.Raw(data))
        size += len(data)
    if part:
        yield part
