"""The guard sheet's choice for R5: the net estimate, or Level-2's gross cancels where there are any."""

import fake_trader as ft
import msgspec
import pytest
from arming_host import Host, ready, shown_host
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.controls import Tick
from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.guard_sheet import GuardSheet
from qmtdesk.desk.words.texts import say
from qmtdesk.domain.plans import RuleId, RuleSetting
from qmtdesk.domain.reason import Why, because


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    return shown_host(qtbot)


def opened(host: Host) -> GuardSheet:
    sheet = sheets.open_guard_sheet(host, ft.STOCK)
    sheet.more.setChecked(True)
    return sheet


def rule_tick(sheet: GuardSheet) -> Tick:
    return next(line.tick for form, line in sheet.rules._forms.items() if form.rule is RuleId.R5)


def choice(sheet: GuardSheet) -> Tick:
    return next(tick for tick in sheet.rules.findChildren(Tick) if "Level-2" in tick.text())


def cancels(sheet: GuardSheet) -> RuleSetting:
    return next(setting for setting in sheet.plan.rules if setting.rule is RuleId.R5)


def texts(sheet: GuardSheet) -> list[str]:
    with paint.recording() as seen:
        sheet.rules.grab()
    assert [drawn.text for drawn in seen.too_wide()] == []
    return [drawn.text for drawn in seen.texts]


def told(sheet: GuardSheet, *, exact: bool, gross_bp: int = -1) -> list[str]:
    """What the rules say after such a preview."""
    assert sheet.answer is not None
    preview = msgspec.structs.replace(sheet.answer.preview, exact_cancels=exact, gross_bp=gross_bp)
    sheet.took(sheet.plan, sheet._asked, preview)
    return texts(sheet)


def test_the_choice_is_off_and_dead_until_the_rule_is_on(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    ready(qtbot, sheet)
    box = choice(sheet)
    assert (box.isChecked(), box.isEnabled()) == (False, False)
    rule_tick(sheet).setChecked(True)
    assert box.isEnabled()
    assert (cancels(sheet).on, cancels(sheet).gross) == (True, False)
    rule_tick(sheet).setChecked(False)
    assert not box.isEnabled()


def test_the_keyboard_comes_to_the_choice_right_after_its_rule(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    rule_tick(sheet).setChecked(True)
    rule_tick(sheet).setFocus()
    seen = []
    for _ in range(3):
        qtbot.keyClick(host.focusWidget(), Qt.Key.Key_Tab)
        seen.append(host.focusWidget())
    assert seen[2] is choice(sheet)


def test_what_was_chosen_goes_into_the_plan_and_is_shown_again(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    rule_tick(sheet).setChecked(True)
    qtbot.mouseClick(choice(sheet), Qt.MouseButton.LeftButton)
    assert cancels(sheet).gross
    ready(qtbot, sheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (armed,) = host.armed()
    assert [setting.gross for setting in armed.plan.rules if setting.rule is RuleId.R5] == [True]
    qtbot.waitUntil(lambda: sheet.leaving)
    host.mirror.apply([msgspec.structs.replace(host.mirror.watches[ft.STOCK], plan=armed.plan)])
    host.mirror.flush()
    again = opened(host)
    assert (choice(again).isChecked(), choice(again).isEnabled()) == (True, True)
    choice(again).setChecked(False)
    assert not cancels(again).gross


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("chosen", [False, True])
@pytest.mark.parametrize(("exact", "gross_bp"), [(True, 820), (True, 123_456), (True, -1), (False, -1)])
def test_all_of_it_has_room_in_both_languages(
    host: Host, language: Language, chosen: bool, exact: bool, gross_bp: int
) -> None:
    speak(language)
    sheet = opened(host)
    rule_tick(sheet).setChecked(True)
    choice(sheet).setChecked(chosen)
    assert told(sheet, exact=exact, gross_bp=gross_bp)


@pytest.mark.parametrize(
    ("chosen", "exact", "figure"),
    [
        (False, True, "净额，估算"),
        (False, False, "净额，估算"),
        (True, True, "总量，精确"),
        (True, False, "净额，估算"),
    ],
)
def test_the_rule_says_which_figure_it_judges_by(host: Host, chosen: bool, exact: bool, figure: str) -> None:
    sheet = opened(host)
    rule_tick(sheet).setChecked(True)
    choice(sheet).setChecked(chosen)
    assert f"1 分钟撤单占排队（{figure}）" in told(sheet, exact=exact)


def test_the_choice_says_what_the_gross_figure_is_and_stands_at(host: Host) -> None:
    sheet = opened(host)
    rule_tick(sheet).setChecked(True)
    assert "不限价位、不扣新单，门槛要设高些" in told(sheet, exact=True)
    assert "现 8%；不限价位，门槛要设高些" in told(sheet, exact=True, gross_bp=820)
    assert "不限价位、不扣新单，门槛要设高些" in told(sheet, exact=False)
    choice(sheet).setChecked(True)
    assert "现在没有 Level-2，仍用估算" in told(sheet, exact=False)


def test_the_reason_names_its_figure_and_adds_the_gross_one_for_information(host: Host) -> None:
    numbers = {"cancelled": 30_000, "queue": 100_000, "threshold_bp": 3000, "window_ms": 60_000}
    estimated = say(because(Why.RULE_NET_CANCEL, **numbers, figure="estimated", gross=50_000))
    assert "撤单 30,000（净额，估算）" in estimated
    assert estimated.endswith("，Level-2 总量 50,000")
    exact = say(because(Why.RULE_NET_CANCEL, **numbers, figure="exact"))
    assert "撤单 30,000（总量，精确）" in exact
    assert "Level-2" not in exact
