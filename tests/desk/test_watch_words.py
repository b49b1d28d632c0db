"""What the guard's panels say while they load, and when a guard was taken off."""

import fake_trader as ft
import msgspec
import pytest
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.watch.seal_panel import SealPanel
from qmtdesk.desk.watch.seal_words import foot
from qmtdesk.desk.watch.watch_list import WatchList
from qmtdesk.desk.watch.watch_state import does, words
from qmtdesk.domain.plans import GuardAction, RuleId, RuleSetting
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.rows import WatchRow


def test_the_list_is_not_called_empty_before_the_account_is_known(qtbot: QtBot) -> None:
    mirror = Mirror()
    made = WatchList(mirror, Look())
    qtbot.addWidget(made)
    made.resize(340, 400)
    mirror.apply([msgspec.structs.replace(ft.status(), ready="reconciling")])
    mirror.flush()
    with paint.recording() as seen:
        made.grab()
    words = [drawn.text for drawn in seen.texts]
    assert "正在读取持仓与观察表…" in words
    assert not any("没有持股涨停" in word for word in words)


def test_a_guard_taken_off_is_not_called_stopped() -> None:
    off = msgspec.structs.replace(ft.watches()[0], armed=False, state="open", why=because(Why.DISARMED))
    assert foot(off, blind=False, killed=False).words == "未布防，只看不卖"


@pytest.mark.parametrize(("armed", "state", "chip", "said"), [
    (False, "blind", "等行情", "还没有它的行情；有了才能判断"),
    (True, "blind", "失明", "失明：不判断、不卖出"),
    (False, "sold", "已卖出", "已卖出 200"),
])  # fmt: skip
def test_a_row_without_a_snapshot_yet_waits_for_it_and_only_an_armed_guard_is_blind(
    *, armed: bool, state: str, chip: str, said: str
) -> None:
    row = msgspec.structs.replace(ft.watches()[0], armed=armed, state=state, sold=200, unseen=True)
    told = words(row, blind=True, killed=False).chip, foot(row, blind=True, killed=False).words
    assert told[0] == chip
    assert told[1].startswith(said)


def test_a_guard_is_named_by_the_most_that_any_of_its_rules_does() -> None:
    alerts = replace(ft.watches()[0].plan, action=GuardAction.ALERT)
    off = RuleSetting(rule=RuleId.R3, threshold=30_000, on=False)
    asks = RuleSetting(rule=RuleId.R2, threshold=3_000, action=GuardAction.ASK)
    sells = RuleSetting(rule=RuleId.R8, threshold=3)

    def named(*rules: RuleSetting) -> str:
        plan = replace(alerts, rules=rules)
        return does(msgspec.structs.replace(ft.watches()[0], action="alert", plan=plan))

    assert [named(), named(off), named(off, asks), named(sells, asks)] == ["alert", "alert", "ask", "sell"]


REJECTED = because(Why.REJECTED_TOO_OFTEN, count=3, wait_ms=4_000)


def fired(why: Reason | None = None, ref: str = "") -> WatchRow:
    return msgspec.structs.replace(ft.watches()[0], state="triggered", why=why, order_ref=ref)


def test_a_fired_guard_without_an_order_is_not_said_to_have_one_and_says_why() -> None:
    told = [foot(fired(*of), blind=False, killed=False) for of in ((None, "q1"), (None,), (REJECTED,))]
    assert [each.words.replace("\u2009", " ") for each in told] == [
        "已触发，卖单在途",
        "已触发，没有卖单在途",
        "已触发，没有卖单在途：连续 3 次被柜台拒绝，已暂停，4 s 后再试",
    ]
    assert told[-1].short == "已触发，没有卖单在途：多次被拒，暂停"
    assert all(each.warn for each in told)


def test_the_list_says_of_a_fired_guard_in_amber_that_it_has_no_order() -> None:
    out, none = (words(fired(REJECTED, ref), blind=False, killed=False) for ref in ("q1", ""))
    assert (none.note, none.warn_note) == ("没有卖单", True)
    assert (out.note, out.warn_note) == ("09:52 炸 1", False)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("why", [REJECTED, because(Why.MASTER_OFF), None])
def test_that_a_fired_guard_has_no_order_is_said_in_full(qtbot: QtBot, why: Reason | None, language: Language) -> None:
    mirror, look = Mirror(), Look()
    speak(language)
    ft.fill_mirror(mirror, "main")
    mirror.apply([fired(why)])
    mirror.flush()
    mirror.select_stock(ft.STOCK)
    for made in (WatchList(mirror, look), SealPanel(mirror, ft.FakeCommands(), look)):
        qtbot.addWidget(made)
        made.resize(340, 270)
        with paint.recording() as seen:
            made.grab()
        assert [drawn.text for drawn in seen.too_wide()] == []
        assert [(a.text, b.text) for a, b in seen.overlaps() if "阈值" not in a.text + b.text] == []
