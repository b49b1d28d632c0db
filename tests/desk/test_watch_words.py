"""What the guard's panels say while they load, and when a guard was taken off."""

import fake_trader as ft
import msgspec
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.watch.seal_words import foot
from qmtdesk.desk.watch.watch_list import WatchList
from qmtdesk.desk.watch.watch_state import does
from qmtdesk.domain.plans import GuardAction, RuleId, RuleSetting
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace


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


def test_a_guard_is_named_by_the_most_that_any_of_its_rules_does() -> None:
    alerts = replace(ft.watches()[0].plan, action=GuardAction.ALERT)
    off = RuleSetting(rule=RuleId.R3, threshold=30_000, on=False)
    asks = RuleSetting(rule=RuleId.R2, threshold=3_000, action=GuardAction.ASK)
    sells = RuleSetting(rule=RuleId.R8, threshold=3)

    def named(*rules: RuleSetting) -> str:
        plan = replace(alerts, rules=rules)
        return does(msgspec.structs.replace(ft.watches()[0], action="alert", plan=plan))

    assert [named(), named(off), named(off, asks), named(sells, asks)] == ["alert", "alert", "ask", "sell"]
