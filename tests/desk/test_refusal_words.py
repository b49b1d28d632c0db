"""Every refusal of the gate and every other reason of the program, as the desk says it: with each of its numbers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.words.texts import say
from qmtdesk.desk.words.texts_why import SENTENCES
from qmtdesk.domain import reason
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.engine.telling import REFUSALS

PROGRAM = Path(reason.__file__).parents[1]
ROOMS = ("domain", "strategies", "engine", "gateways", "trader")
LOOKED_UP = frozenset({"ref"})
"""What the desk turns into the order it names before it says the reason."""
WORDS = {"side": ("buy", "sell"), "phase": ("lunch", "closed"), "by": ("key", "file"), "check": ("fresh", "room")}
FIELD = re.compile(r"\{(\w+)")


def calls(file: Path) -> Iterator[tuple[Why, tuple[str, ...]]]:
    """Each reason written down in a file with the names of its numbers."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("because", "said") and node.args):
            continue
        first = node.args[0]
        if isinstance(first, ast.Attribute) and getattr(first.value, "id", "") == "Why":
            yield Why[first.attr], tuple(each.arg for each in node.keywords if each.arg)


FOUND = sorted({found for room in ROOMS for file in (PROGRAM / room).rglob("*.py") for found in calls(file)})
GATE = sorted({why for why, _ in calls(PROGRAM / "engine" / "gate.py")})


def value(name: str, which: int) -> int | str:
    """Two values of one argument that no reader would take for each other."""
    if name in WORDS:
        return WORDS[name][which]
    if name in ("error", "text", "name", "value", "how", "status", "day"):
        return ("first words", "other words")[which]
    if name.endswith("_milli"):
        return (119_388, 2_640_000)[which]
    return (60_000, 4_200_000)[which] if name.endswith("_ms") else (1_200, 3_400)[which]


def test_the_gate_has_its_reasons_and_each_is_told_once_and_not_at_every_tick() -> None:
    assert len(GATE) > 30
    assert [why for why in GATE if why not in REFUSALS] == []


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("why", GATE, ids=[why.value for why in GATE])
def test_each_refusal_of_the_gate_says_every_one_of_its_numbers(why: Why, language: Language) -> None:
    speak(language)
    for found, names in FOUND:
        if found is not why:
            continue
        plain = Reason(why, tuple((name, value(name, 0)) for name in names))
        words = say(plain, "127089.SZ")
        assert not set("[]{}") & set(words), words
        assert "—" not in words, f"{words} lacks a number"
        for name in names:
            if name in LOOKED_UP:
                continue
            other = Reason(why, tuple((n, value(n, int(n == name))) for n in names))
            assert say(other, "127089.SZ") != words, f"{words}: {name} is not in it"


@pytest.mark.parametrize("language", list(Language))
def test_no_reason_of_the_program_is_said_with_a_hole_in_it(language: Language) -> None:
    speak(language)
    assert len(FOUND) > 100
    for why, names in FOUND:
        words = say(Reason(why, tuple((name, value(name, 0)) for name in names)), "127089.SZ")
        assert not set("[]{}") & set(words), words
        assert words.strip() == words
        assert "—" not in words, f"{why.value} with {names}: {words}"


@pytest.mark.parametrize("why", GATE, ids=[why.value for why in GATE])
def test_a_refusal_is_a_chinese_sentence_and_an_english_one(why: Why) -> None:
    chinese, english = SENTENCES[why]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)
    assert set(FIELD.findall(chinese)) == set(FIELD.findall(english))
