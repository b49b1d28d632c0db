"""The session ends: nobody is asked, what was chosen beforehand is done, and it takes less than two seconds."""

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtGui import QSessionManager
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.close_sheet import CloseSheet
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.shell.leaving import SessionEnd
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import DisarmGrid, DisarmGuard
from qmtdesk.domain.plans import StopHow
from qmtdesk.wire.talk import OnExit
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.fault("X16")


class Manager:
    """The system's side; Qt lets nobody make one."""

    hint: QSessionManager.RestartHint | None = None

    def setRestartHint(self, hint: QSessionManager.RestartHint) -> None:
        self.hint = hint


class Pipe:
    """A trader that obeys, or one that does not answer any more."""

    def __init__(self, stage: "Stage", *, obeys: bool) -> None:
        self._stage, self._obeys = stage, obeys
        self.attached = True
        self.stops: list[bool] = []

    def stop_trader(self, *, force: bool) -> None:
        self.stops.append(force)
        self.attached = not self._obeys

    def hear(self) -> None:
        wished = self._stage.commands.wished
        if self._obeys and any(isinstance(wish, DisarmGrid) for wish in wished):
            self._stage.tell(*fake.stopped_rows(), fake.idle_status())


class Stage:
    def __init__(self, qtbot: QtBot, *, obeys: bool = True, ends_within_ms: int = 60_000) -> None:
        self.mirror, self.commands = Mirror(), fake.FakeCommands()
        look = Look()
        look.set(motion=False)
        self.window = MainWindow(self.mirror, self.commands, look)
        qtbot.addWidget(self.window, before_close_func=lambda w: setattr(w, "_may_close", True))
        self.window.show()
        fake.fill_mirror(self.mirror)
        self.saved = 0
        self.pipe, self.manager = Pipe(self, obeys=obeys), Manager()
        self.end = SessionEnd(self.window, self.pipe, self.save, self.pipe.hear, ends_within_ms=ends_within_ms)

    def tell(self, *rows: object) -> None:
        self.mirror.apply(rows)  # type: ignore[arg-type]
        self.mirror.flush()

    def save(self) -> None:
        self.saved += 1

    def commit(self) -> float:
        with Stopwatch() as watch:
            self.end.commit(self.manager)  # type: ignore[arg-type]
        return watch.seconds

    def stops(self) -> set[StopHow]:
        return {wish.how for wish in self.commands.wished if isinstance(wish, DisarmGrid)}


@pytest.mark.parametrize("how", ["ask", "keep"])
def test_what_was_not_to_be_stopped_goes_on_and_the_settings_are_kept(qtbot: QtBot, how: str) -> None:
    stage = Stage(qtbot)
    stage.window.menu_does(f"close:{how}")
    assert stage.commit() < 0.5
    assert (stage.saved, stage.stops(), stage.pipe.stops) == (1, set(), [])
    assert stage.manager.hint is QSessionManager.RestartHint.RestartNever


@pytest.mark.parametrize(("how", "stop"), [("cancel", StopHow.CANCEL), ("leave", StopHow.LEAVE)])
def test_what_was_to_be_stopped_is_stopped_and_the_trader_let_go(qtbot: QtBot, how: str, stop: StopHow) -> None:
    stage = Stage(qtbot)
    stage.window.menu_does(f"close:{how}")
    assert stage.commit() < 2
    assert stage.stops() == {stop}
    assert any(isinstance(wish, DisarmGuard) for wish in stage.commands.wished)
    assert stage.pipe.stops == [False]


def test_a_trader_that_does_not_answer_holds_the_log_off_up_for_less_than_two_seconds(qtbot: QtBot) -> None:
    stage = Stage(qtbot, obeys=False)
    stage.window.menu_does("close:cancel")
    assert stage.commit() < 2
    assert stage.stops() == {StopHow.CANCEL}
    assert stage.pipe.stops == [], "something is armed: it is not asked to end"


def test_a_trader_with_nothing_to_do_is_let_go(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    stage.tell(*fake.stopped_rows(), fake.idle_status())
    stage.commit()
    assert stage.pipe.stops == [False]


def test_the_window_then_closes_without_a_question(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    left: list[bool] = []
    stage.window.leaving.connect(left.append)
    stage.commit()
    assert stage.window.close()
    assert stage.window.findChildren(Sheet) == []
    assert left == [False]


def test_without_the_end_of_the_session_the_same_close_asks(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    assert not stage.window.close()
    assert len(stage.window.findChildren(Sheet)) == 1
    idle = [msgspec.structs.replace(row, armed=False) for row in fake.all_grids()]
    stage.tell(*idle, fake.idle_status())
    assert stage.window.close()


def told(stage: Stage) -> list[bool]:
    return [wish.cancel for wish in stage.commands.wished if isinstance(wish, OnExit)]


def test_the_trader_knows_beforehand_what_to_do_when_it_is_ended_too(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    stage.window.menu_does("close:keep")
    assert told(stage) == []
    stage.window.menu_does("close:cancel")
    stage.tell(fake.status(messages=170))
    assert told(stage) == [True]
    stage.tell(fake.status(cancel_on_exit=True))
    stage.window.menu_does("close:leave")
    assert told(stage) == [True, False]


def test_a_new_trader_is_told_again(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    stage.window.menu_does("close:cancel")
    stage.mirror.set_link("lost")
    stage.mirror.set_link("attached")
    stage.tell(fake.status(messages=171))
    assert told(stage) == [True, True]


def ways_left(stage: Stage) -> list[tuple[bool, bool]]:
    """Each time the window goes: whether the trader is to end, and whether by force."""
    left: list[tuple[bool, bool]] = []
    stage.window.leaving.connect(lambda stop: left.append((stop, stage.window.goodbye.force)))
    return left


def owing(stage: Stage) -> None:
    stage.tell(*fake.stopped_rows(), fake.killed_status(), fake.kill_row())


def test_a_session_that_ends_lets_no_trader_go_that_still_owes_cancels(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    owing(stage)
    assert stage.commit() < 2
    assert stage.pipe.stops == []


def test_closing_while_cancels_are_owed_asks_and_ends_the_trader_only_when_told_to(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    owing(stage)
    # what was chosen for strategies does not drop open cancels
    stage.window.goodbye.how = "leave"
    left = ways_left(stage)
    assert not stage.window.close()
    (sheet,) = stage.window.findChildren(CloseSheet)
    assert left == []
    assert sheet.title() == t("close.title_kill")
    sheet.leave_orders.click()
    assert left == [(True, True)]


def test_a_closing_that_waits_for_the_cancels_goes_when_they_are_proved_and_by_no_force(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    owing(stage)
    left = ways_left(stage)
    stage.window.close()
    (sheet,) = stage.window.findChildren(CloseSheet)
    sheet.disarm.click()
    stage.tell(*(msgspec.structs.replace(row, state="cancelled", cancellable=False) for row in fake.orders()))
    assert left == []
    stage.tell(msgspec.structs.replace(fake.kill_row(), done=True))
    assert left == [(True, False)]


def test_after_the_close_cancels_that_cannot_be_proved_any_more_ask_nothing(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    owing(stage)
    stage.tell(msgspec.structs.replace(fake.kill_row(), over=True))
    assert stage.window.close()
    assert stage.window.findChildren(CloseSheet) == []


@pytest.mark.parametrize("how", ["cancel", "leave"])
def test_a_kept_way_to_stop_says_nothing_of_cancels_that_are_owed(qtbot: QtBot, how: str) -> None:
    stage = Stage(qtbot)
    owing(stage)
    stage.window.menu_does(f"close:{how}")
    assert not stage.window.close()
    (sheet,) = stage.window.findChildren(CloseSheet)
    assert sheet.disarm.isEnabled()
    assert sheet.leave_orders.isEnabled()


def test_who_waits_for_the_cancels_may_still_leave_them(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    owing(stage)
    left = ways_left(stage)
    stage.window.close()
    (sheet,) = stage.window.findChildren(CloseSheet)
    sheet.disarm.click()
    assert not sheet.disarm.isEnabled()
    sheet.leave_orders.click()
    assert left == [(True, True)]


def stopped(stage: Stage) -> list[DisarmGrid]:
    return [wish for wish in stage.commands.wished if isinstance(wish, DisarmGrid)]


def winding(stage: Stage) -> str:
    """Nothing is armed any more, but one grid's stop still sells; its code."""
    row, *rest = fake.stopped_rows()
    gone = [msgspec.structs.replace(each, state="cancelled", cancellable=False) for each in fake.orders()]
    stage.tell(msgspec.structs.replace(row, winding=True), *rest, *gone, fake.idle_status())
    return str(row.code)


@pytest.mark.parametrize("how", [StopHow.CANCEL, StopHow.LEAVE])
def test_a_stop_that_still_sells_is_asked_about_and_stopped_like_what_is_armed(qtbot: QtBot, how: StopHow) -> None:
    stage = Stage(qtbot)
    code = winding(stage)
    left = ways_left(stage)
    assert not stage.window.close()
    (sheet,) = stage.window.findChildren(CloseSheet)
    with paint.recording() as drawn:
        sheet.grab()
    assert any(each.text.startswith("1 个网格") for each in drawn.texts)
    (sheet.disarm if how is StopHow.CANCEL else sheet.leave_orders).click()
    assert stopped(stage) == [DisarmGrid(code, how)]
    assert left == []
    stage.tell(*fake.stopped_rows())
    assert left == [(True, False)]


def test_a_stop_that_still_sells_ends_with_the_session_where_everything_is_to_end(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    stage.window.menu_does("close:cancel")
    code = winding(stage)
    assert stage.commit() < 2
    assert stopped(stage) == [DisarmGrid(code, StopHow.CANCEL)]
    assert stage.pipe.stops == [False]


def test_when_the_session_goes_on_and_the_trader_is_back_closing_asks_again(qtbot: QtBot) -> None:
    stage = Stage(qtbot)
    stage.commit()
    stage.mirror.set_link("silent", "2000")
    stage.mirror.set_link("attached")
    assert stage.window.session_ends
    stage.mirror.set_link("lost", "stopped")
    stage.mirror.set_link("starting")
    assert stage.window.session_ends
    stage.mirror.set_link("attached")
    assert not stage.window.session_ends
    assert not stage.window.close()


def test_a_program_that_still_runs_long_after_the_log_off_asks_on_closing_again(qtbot: QtBot) -> None:
    stage = Stage(qtbot, ends_within_ms=1)
    stage.commit()
    assert stage.window.session_ends
    qtbot.waitUntil(lambda: not stage.window.session_ends)
    assert not stage.window.close()
    assert len(stage.window.findChildren(CloseSheet)) == 1
