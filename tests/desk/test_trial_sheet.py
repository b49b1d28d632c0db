"""The trial's sheet: one step at a time, the order only after a typed word, everything that was found beside it."""

import fake_trader as ft
import pytest
from live_pictures import trial
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sheet_host import Host

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.sheets.trial_sheet import OTHERS, WISHES, TrialSheet
from qmtdesk.desk.words.texts import TEXTS, t
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.live_talk import TrialRow, TrialWish

CONTROL = Qt.KeyboardModifier.ControlModifier
STEPS = ("link", "asset", "order", "working", "cancel", "cancelling", "relogin", "lost", "back", "report", "done")


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    made = Host("live")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def opened(host: Host, step: str = "") -> TrialSheet:
    if step:
        host.tell(trial(step))
    sheet = TrialSheet(host, host.mirror, host.commands, host.look)
    sheet.open()
    return sheet


def said(sheet: TrialSheet) -> list[str]:
    with paint.recording() as seen:
        sheet.grab()
    assert [drawn.text for drawn in seen.too_wide()] == []
    return [drawn.text for drawn in seen.texts]


def wished(host: Host) -> list[TrialWish]:
    return [body for body in host.commands.wished if isinstance(body, TrialWish)]


def press(sheet: TrialSheet, qtbot: QtBot) -> None:
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)


@pytest.mark.parametrize("mode", ["paper", "replay"])
@pytest.mark.parametrize("step", ["", "asset"])
def test_outside_live_it_says_where_the_trial_is_done_and_asks_nothing(
    host: Host, qtbot: QtBot, mode: str, step: str
) -> None:
    host.tell(ft.status(mode=mode))
    sheet = opened(host, step)
    words = said(sheet)
    assert t("trial.do_elsewhere").split("。")[0] in "".join(words)
    assert "对照 QMT" not in "".join(words)
    assert t("trial.not_live") in words
    assert not sheet.go.isEnabled()
    assert sheet.other.isHidden()
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert wished(host) == []


def test_it_begins_with_the_chosen_bond_and_says_what_will_be_looked_at(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    words = said(sheet)
    assert t("trial.found_auction") in words
    press(sheet, qtbot)
    assert wished(host) == [TrialWish(what="begin", code=ft.BOND)]


def test_the_order_wants_its_word_and_shows_price_and_cost(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host, "order")
    words = "".join(said(sheet))
    assert "94.800" in words
    assert "948.00" in words
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    sheet.word.setText("不")
    assert sheet.blocked() == "键入「验收」或 yanshou 再发出这笔委托"
    assert wished(host) == []
    sheet.word.setText("验收")
    press(sheet, qtbot)
    assert wished(host) == [TrialWish(what="order", code=ft.BOND)]
    assert sheet.word.text() == ""


def test_why_the_order_did_not_leave_is_said(host: Host, qtbot: QtBot) -> None:
    host.commands.ok, host.commands.reason = False, because(Why.MASTER_OFF)
    sheet = opened(host, "order")
    sheet.word.setText("验收")
    press(sheet, qtbot)
    assert "总开关" in sheet.foot_words


@pytest.mark.parametrize("step", [step for step in WISHES if step not in ("none", "order")])
def test_each_step_asks_for_its_one_thing(step: str, host: Host, qtbot: QtBot) -> None:
    sheet = opened(host, step)
    press(sheet, qtbot)
    assert wished(host) == [TrialWish(what=WISHES[step], code=ft.BOND)]
    assert sheet.leaving is (step == "done")


@pytest.mark.parametrize("step", list(OTHERS))
def test_what_differs_or_is_skipped_has_its_own_button(step: str, host: Host) -> None:
    sheet = opened(host, step)
    assert sheet.other.isVisibleTo(sheet)
    sheet.other.click()
    assert wished(host) == [TrialWish(what=OTHERS[step], code=ft.BOND)]


@pytest.mark.parametrize("step", [step for step in STEPS if step not in WISHES])
def test_while_something_is_waited_for_there_is_nothing_to_press(step: str, host: Host) -> None:
    sheet = opened(host, step)
    assert not sheet.go.isVisibleTo(sheet)
    assert not sheet.word.isVisibleTo(sheet)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_its_words_and_they_fit(step: str, language: Language, host: Host) -> None:
    host.look.set(language=language)
    assert f"trial.do_{step}" in TEXTS
    assert said(opened(host, step))


@pytest.mark.parametrize("before", ["asset", "order"])
def test_the_word_can_be_typed_as_soon_as_it_is_asked_for(host: Host, qtbot: QtBot, before: str) -> None:
    host.activateWindow()
    sheet = opened(host, before)
    host.tell(trial("order"))
    qtbot.waitUntil(sheet.word.hasFocus)
    sheet.cancel.setFocus()
    host.mirror.second_passed.emit()
    assert not sheet.word.hasFocus()


def test_a_finding_that_differs_is_amber_and_the_sheet_follows(host: Host) -> None:
    sheet = opened(host, "asset")
    host.tell(trial("cancel", answer="ok", remark="other"))
    words = said(sheet)
    assert "与预期不同" in words
    assert any(word.startswith("与预期一致 · answer 120 ms") for word in words)


def test_leaving_the_sheet_leaves_the_trial_where_it_is(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host, "cancel")
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.leaving
    assert wished(host) == []
    assert host.mirror.trial != TrialRow()
