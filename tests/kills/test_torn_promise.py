"""The torn journals' own promise: a commit that was not flushed is missed when the power fails."""

import pytest
from torn import tear

from qmtdesk.store.journal import Journal


def test_a_journal_that_does_not_flush_what_it_promised_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    write = Journal._write
    monkeypatch.setattr(Journal, "_write", lambda journal, rows, *, durable: write(journal, rows, durable=False))
    found = tear(150, 3, start_every=1_000)
    assert any("rows were promised" in text for text in found.wrong)


def test_a_journal_that_flushes_keeps_its_promise() -> None:
    assert tear(150, 3, start_every=1_000).wrong == []
