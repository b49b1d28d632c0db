"""The texts: all there, in both languages, in our own words."""

import ast
import re
from pathlib import Path

import pytest

from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.words import texts
from qmtdesk.desk.words.texts import TEXTS, say, say_short, t
from qmtdesk.desk.words.texts_why import SENTENCES, SHORT
from qmtdesk.domain.order import OrderState, OwnerKind
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.sessions import Phase

DESK = Path(texts.__file__).parents[1]
FIELD = re.compile(r"\{(\w+)")
PAIRS = {**TEXTS, **{f"why.{why.value}": pair for why, pair in SENTENCES.items()}}


def used_keys() -> set[tuple[str, str]]:
    """Every literal first argument of t(...) in the desk, with its file."""
    found = set()
    for file in DESK.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t" and node.args:
                for part in ast.walk(node.args[0]):
                    literal = isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value
                    if literal and not any(isinstance(up, ast.JoinedStr) for up in ast.walk(node.args[0])):
                        found.add((file.name, part.value))
    return found


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    assert [why for why in Why if why not in SENTENCES] == []
    assert set(SHORT) <= set(SENTENCES)


def test_every_key_the_desk_asks_for_is_written() -> None:
    used = used_keys()
    assert len(used) > 100
    assert sorted(pair for pair in used if pair[1] not in TEXTS) == []


@pytest.mark.parametrize("kind", [OrderState, OwnerKind, Phase])
def test_every_state_the_trader_can_send_has_a_word(kind: type) -> None:
    prefix = {OrderState: "order", OwnerKind: "owner", Phase: "phase"}[kind]
    assert [member for member in kind if f"{prefix}.{member.value}" not in TEXTS] == []


@pytest.mark.parametrize("key", sorted(PAIRS))
def test_both_languages_name_the_same_numbers(key: str) -> None:
    chinese, english = PAIRS[key]
    assert set(FIELD.findall(chinese)) == set(FIELD.findall(english))


def test_the_words_are_ours() -> None:
    for key, (chinese, english) in {**PAIRS, **{f"short.{w.value}": p for w, p in SHORT.items()}}.items():
        assert "武装" not in chinese, key
        assert "请" not in chinese, key
        assert "!" not in chinese + english, key
        assert "！" not in chinese, key


def test_a_clause_without_its_numbers_is_left_out() -> None:
    assert say(because(Why.QUOTE_STALE)) == "行情中断，新委托已拦下"
    assert say(because(Why.QUOTE_STALE, age_ms=47_000)) == "行情中断 47\u2009s，新委托已拦下"


def test_a_figure_has_as_much_room_behind_it_as_before_it() -> None:
    speak(Language.ZH)
    said = say(because(Why.RULE_CONSUMED, traded=1_000, queue=100_000, threshold_bp=2_000))
    assert said.startswith("R4 成交 1,000 对排队 100,000 超过 20")
    assert "变动 −5.0\u2009万由此" in say(because(Why.MONEY_ELSEWHERE, amount_milli=-50_000_000))
    assert "变动 −500 由此" in say(because(Why.MONEY_ELSEWHERE, amount_milli=-500_000))


def test_a_tick_is_written_to_the_last_of_it() -> None:
    speak(Language.ZH)
    assert "行情 0.001，按规则 0.010" in say(because(Why.TICK_DISAGREES, tick_milli=10, told_tick_milli=1))
    differs = because(Why.CLOSE_DISAGREES, own_close_milli=11_900, told_close_milli=12_000)
    assert "今天的行情 12.00，合约信息 11.90" in say(differs)


def test_numbers_are_written_by_the_suffix_of_their_name() -> None:
    reason = because(Why.RULE_AMOUNT, amount_milli=12_692_440_000, threshold_milli=20_000_000_000)
    assert say(reason) == "R1 封单 1,269\u2009万 < 阈值 2,000\u2009万"
    assert "11.00" in say(because(Why.SOLD, volume=4200, price_milli=11_000), "002455.SZ")
    assert "118.500" in say(because(Why.SOLD, volume=80, price_milli=118_500), "127089.SZ")


def test_a_phase_inside_a_reason_is_a_word() -> None:
    assert say(because(Why.PHASE_CLOSED, phase="lunch")) == "非交易时段（午间休市）"


def test_the_language_changes_at_run_time() -> None:
    assert t("kill.button") == "全部停止"
    speak(Language.EN)
    assert t("kill.button") == "Stop all"
    assert say_short(because(Why.SLEEPING)) == "Out of range, asleep"


def test_every_reason_can_be_said_with_nothing_known() -> None:
    for language in Language:
        speak(language)
        for why in Why:
            for words in (say(because(why)), say_short(because(why))):
                assert words.strip()
                assert "[" not in words
                assert "{" not in words
