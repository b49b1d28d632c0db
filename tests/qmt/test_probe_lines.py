"""The lines a look at a terminal tells: every sentence in both languages, and through the pipe unchanged."""

import string

import msgspec
import pytest

from qmtdesk.wire.probe_lines import Code, ProbeLine, bad, decoded, encoded, said
from qmtdesk.wire.texts_probe import READY, STAGES, STATUS, TEXTS


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_has_its_two_sentences_and_no_sentence_is_left_over() -> None:
    assert {code.value for code in Code} == TEXTS.keys()
    for code, (zh, en) in TEXTS.items():
        assert names(zh) == names(en), code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh) or names(zh), code
        assert en.isprintable()


def test_numbers_of_states_become_words() -> None:
    for number, (zh, en) in STATUS.items():
        line = said(Code.STATUS_OTHER, status=number)
        assert zh in line.text("zh")
        assert en in line.text("en")
    assert "?" in said(Code.STATUS_OTHER, status=4711).text()
    for ready, (_, en) in READY.items():
        assert en in said(Code.TRADER_ANSWERS, pid=1, version="1", ready=ready, orders=0).text("en")


def test_every_stage_has_a_name() -> None:
    stages = ProbeLine.__annotations__["stage"].__args__
    assert set(stages) == STAGES.keys()


def test_a_line_comes_through_the_pipe_as_it_was() -> None:
    line = bad("asset", said(Code.LOOK_ASSET, account="66****396"), said(Code.UNREAD, text="a\nb"), None, total=7)
    assert encoded(line).count(b"\n") == 1
    assert decoded(encoded(line)) == line


@pytest.mark.parametrize("text", [b"", b"xtquant says hello", b"{}", b'{"stage":"no"}'])
def test_what_is_no_line_is_refused(text: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decoded(text)
