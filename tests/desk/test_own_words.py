"""What engine and gateways say of themselves reaches the user in his own language."""

import re
from pathlib import Path

import pytest

import qmtdesk
from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell.table_columns import order_note
from qmtdesk.desk.words.texts import TEXTS, say
from qmtdesk.domain.reason import Why, because
from qmtdesk.gateways.qmt import names
from qmtdesk.wire.rows import OrderRow

ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,}")


def row(state: str, text: str) -> OrderRow:
    return OrderRow(
        ref="q1", code="127089.SZ", name="", side="buy", price=1, volume=10, filled=0, amount=0, state=state, at=0,
        updated_at=0, kind="grid", slot=0, text=text, cancellable=False, ahead=0, looks=0,
    )  # fmt: skip


def test_an_order_nobody_answered_says_so_in_chinese(qapp: object) -> None:
    assert order_note(row("unknown", ""), Mirror()) == "回报超时，查询中"


@pytest.mark.parametrize(
    "word", ["not_found", "not_listed", "decided", "decided_listed", "decided_over", "decided_gone"]
)
def test_why_an_order_was_given_up_is_put_into_words(qapp: object, word: str) -> None:
    words = order_note(row("refused", word), Mirror())
    assert words != word
    assert not words.isascii()


def test_a_counters_own_words_stay_as_they_are(qapp: object) -> None:
    assert order_note(row("refused", "[COUNTER] 可用资金不足"), Mirror()) == "[COUNTER] 可用资金不足"
    assert order_note(row("rejected", "decided"), Mirror()) == "decided"


def test_every_setting_named_in_a_refusal_has_a_word() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(qmtdesk.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'BAD_SETTING, name="(\w+)"', source))
    assert len(named) > 10
    assert {name for name in named if f"setting.{name}" not in TEXTS} == set()


@pytest.mark.parametrize("by", ["desk", "terminal"])
@pytest.mark.parametrize("then", ["grid", "selling", "guard"])
def test_what_a_cancel_ended_is_a_sentence_without_a_code_word(by: str, then: str) -> None:
    reason = because(Why.TAKEN_OFF, by=by, side="sell", price_milli=120_000, then=then, ref="q1")
    said = say(reason, "127089.SZ")
    assert "120.000 卖单" in said
    assert by not in said
    assert then not in said
    speak(Language.EN)
    assert say(reason, "127089.SZ").isascii()


def test_what_the_gateway_says_is_chinese() -> None:
    texts = [text for name, text in vars(names).items() if name.isupper() and isinstance(text, str)]
    texts += names.NOT_OPENED.values()
    assert len(texts) > 20
    assert [text for text in texts if text.isascii() or ENGLISH.search(text)] == []


@pytest.mark.parametrize(
    ("language", "causes"),
    [
        (Language.ZH, ("转账", "转股", "赎回", "佣金设置与券商不符", "券商不报费用")),
        (Language.EN, ("transfer", "conversion", "redemption", "commission setting", "tells no fee")),
    ],
)
def test_money_that_moved_without_a_trade_names_what_it_may_have_been(
    qapp: object, language: Language, causes: tuple[str, ...]
) -> None:
    speak(language)
    words = say(because(Why.MONEY_MOVED, amount_milli=-3_000_000))
    assert [cause for cause in causes if cause not in words] == []
