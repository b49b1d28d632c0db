"""The look at Level-2: what is said of each answer, and that none of them is a fault or holds anything up."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from qmtdesk.gateways.qmt import looking_level2
from qmtdesk.gateways.qmt.looking_level2 import look_at_level2
from qmtdesk.wire.probe_lines import Code, ProbeLine

Answer = Callable[[Callable[[object], None]], Any]


class Layer:
    """A quote layer that answers one subscription."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.given_up: list[int] = []
        self.done = threading.Event()

    def subscribe_quote(self, _code: str, *, period: str, count: int, callback: Callable[[object], None]) -> Any:
        assert (period, count) == ("l2quoteaux", 0)
        return self.answer(callback)

    def unsubscribe_quote(self, number: int) -> None:
        self.given_up.append(number)
        self.done.set()


def looked(layer: Layer) -> ProbeLine:
    return look_at_level2(SimpleNamespace(xtdata=layer))  # type: ignore[arg-type]


def granted(callback: Callable[[object], None]) -> int:
    callback({"600000.SH": [{}]})
    return 7


def raises(_callback: Callable[[object], None]) -> int:
    raise PermissionError("no Level-2")


def hangs(_callback: Callable[[object], None]) -> int:
    threading.Event().wait()
    return 7


@pytest.mark.parametrize(("answer", "code"), [(granted, Code.LEVEL2_ON), (lambda _: 7, Code.LEVEL2_SILENT)])
def test_a_subscription_is_given_up_again(answer: Answer, code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_level2, "WAIT_S", 0.05)
    layer = Layer(answer)
    line = looked(layer)
    assert (line.level, line.found.code) == ("ok", code)
    assert layer.done.wait(20)
    assert layer.given_up == [7]


@pytest.mark.parametrize(
    ("answer", "words"),
    [(lambda _: -1, "返回 -1"), (lambda _: None, "返回 None"), (raises, "no Level-2"), (hangs, "0.1 秒")],
)
def test_without_it_the_layers_own_words_are_told(answer: Answer, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_level2, "CALL_S", 0.1)
    layer = Layer(answer)
    line = looked(layer)
    assert (line.level, line.found.code) == ("ok", Code.LEVEL2_NONE)
    assert words in line.found.text()
    assert layer.given_up == []
