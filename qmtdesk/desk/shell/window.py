"""The main window: bars on top, panels in splitters below, and the keys that reach them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from qmtdesk.desk.bonds.bonds_panel import BondPanel
from qmtdesk.desk.brush import skin
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.note_bar import NoteBar
from qmtdesk.desk.ladder.ladder_head import no_start
from qmtdesk.desk.ladder.ladder_panel import LadderPanel
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.looking import Looking, on_screen
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.kill_sheet import LiftSheet
from qmtdesk.desk.sheets.sheet_base import HOST_NAME, TOP_NAME
from qmtdesk.desk.shell.alerts import Alerts
from qmtdesk.desk.shell.jump import Goal
from qmtdesk.desk.shell.layout_sizes import EDGE
from qmtdesk.desk.shell.leaving import Leaving
from qmtdesk.desk.shell.menu import as_goals
from qmtdesk.desk.shell.menu_acts import MenuActs
from qmtdesk.desk.shell.panes import Panes
from qmtdesk.desk.shell.strip import Strip
from qmtdesk.desk.shell.strip_words import lost_live, own_live
from qmtdesk.desk.shell.tabs import TabPanel
from qmtdesk.desk.shell.topbar import TopBar
from qmtdesk.desk.shell.topbar_groups import account_words
from qmtdesk.desk.watch.ask_card import AskCard
from qmtdesk.desk.watch.seal_panel import SealPanel
from qmtdesk.desk.watch.watch_panel import WatchPanel
from qmtdesk.desk.words.texts import TEXTS, say, t
from qmtdesk.domain.plans import StopHow
from qmtdesk.wire.talk import Ack


class MainWindow(QMainWindow):
    """`leaving` when the window may really go: True means that the trader should end too. GUI thread only."""

    leaving = Signal(bool)
    hidden_away = Signal()  # closed, while the program goes on behind it
    scale_chosen = Signal(int)
    sound_chosen = Signal()
    setup_wanted = Signal()  # the wizard, from the menu

    def __init__(self, mirror: Mirror, commands: Commands, look: Look, *, scale: int = 100, sound: bool = True) -> None:
        super().__init__()
        self.setObjectName(HOST_NAME)
        self.mirror, self.commands, self.look = mirror, commands, look
        self._may_close = False
        self.session_ends = False
        self._painted = False
        self._kill_shown = False
        self._kept_bond = ""
        self._stock_shown = False
        self._build()
        self.alerts = Alerts(mirror, self, sound=sound)
        self.leaving.connect(self.alerts.hush)
        self.menus = MenuActs(self, scale)
        self.goodbye = Leaving(self)
        self.looking = Looking(mirror, commands, self._seen, self)
        self._wire()
        self._keys()
        self.setMinimumSize(960, 560)
        self.setWindowIcon(skin.icon())
        self._restyle()
        self.bonds.setFocus()

    # building

    def _build(self) -> None:
        mirror, commands, look = self.mirror, self.commands, self.look
        self.top = TopBar(mirror, commands, look, self)
        self.top.setObjectName(TOP_NAME)
        self.strip = Strip(mirror, look, self.act, self)
        self.bonds = BondPanel(mirror, look)
        self.ladder = LadderPanel(mirror, commands, look)
        self.tabs = TabPanel(mirror, commands, look)
        self.watch = WatchPanel(mirror, commands, look)
        self.seal = SealPanel(mirror, commands, look)
        self.note = NoteBar(look, self.tabs)
        self.card = AskCard(mirror, commands, look, self.seal, self)
        self.panes = Panes(look, self.bonds, self.ladder, self.tabs, self.watch, self.seal)
        centre = QWidget(self)
        box = QVBoxLayout(centre)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.top)
        box.addWidget(self.strip)
        inner = QVBoxLayout()
        inner.setContentsMargins(EDGE, 0, EDGE, EDGE)
        inner.addWidget(self.panes)
        box.addLayout(inner, 1)
        self.setCentralWidget(centre)

    def _wire(self) -> None:
        mirror = self.mirror
        self.top.killed.connect(lambda: self.kill("button"))
        self.top.menu_asked.connect(self.menus.show)
        self.top.lamp_pressed.connect(lambda: self.menu_does("health"))
        self.top.jump.commands = as_goals
        self.top.jump.chosen.connect(self._jumped)
        self.bonds.sheet_requested.connect(self.open_grid)
        self.bonds.stop_requested.connect(self._stop_grid)
        self.bonds.ladder_requested.connect(lambda code: self.show_code("bond", code))
        self.bonds.release_requested.connect(self.release)
        self.bonds.list_dropped.connect(self.menus.bond_list)
        self.ladder.sheet_requested.connect(self.open_grid)
        self.ladder.release_requested.connect(self.release)
        self.tabs.show_code.connect(self.show_code)
        self.tabs.told.connect(self.note.say)
        self.tabs.doubt_opened.connect(self.show_doubts)
        self.look.changed.connect(self._restyle)
        mirror.kill_changed.connect(self._kill_changed)
        mirror.status_changed.connect(self._retitle)
        mirror.bonds_changed.connect(self._choose_first)
        mirror.watch_changed.connect(self._choose_first)

    def _keys(self) -> None:
        bind: dict[str, Callable[[], object]] = {
            "F12": lambda: self.kill("key"),
            "Ctrl+K": self._focus_jump,
            "F11": self.full_screen,
            "F1": lambda: self.menu_does("keys"),
            "S": self._stop,
            "C": self.ladder.ladder.centre,
        }
        for number in (1, 2, 3):
            bind[f"Ctrl+{number}"] = partial(self.panel, number)
        for number in range(5):
            bind[f"Alt+{number + 1}"] = partial(self.show_tab, number)
        for keys, do in bind.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(do)

    # what the user does

    def kill(self, by: str) -> None:
        """全部停止. Never asks; shows at once what is being done about it. Again: the open cancels are asked again.

        Said each time: what the window shows as stopped may be about to be lifted, by a wish that is on its way.
        """
        self.alerts.pressed(by)
        self.commands.kill(by)
        self._show_kill()

    def act(self, name: str) -> None:
        """An action of the strip, with the code it is about behind a colon."""
        what, _, code = name.partition(":")
        does: dict[str, Callable[[], object]] = {
            "reconnect": self.commands.reconnect,
            "cancel_live": lambda: self._cancel(own_live(self.mirror)),
            "cancel_lost": lambda: self._cancel(lost_live(self.mirror)),
            "orders": lambda: self.show_tab(0),
            "journal_read": self.mirror.read_journal,
            "kill_details": self._show_kill,
            "lift": lambda: LiftSheet(self, self.mirror, self.commands, self.look).open(),
            "master": self.menus.master,
            "go_live": self.menus.master,
            "dismiss": lambda: self.strip.show_error(""),
            "doubts": self.show_doubts,
            "release": lambda: self.release(code),
        }
        does[what]()

    def _cancel(self, refs: list[str]) -> None:
        for ref in refs:
            self.commands.cancel_order(ref, self.answered)

    def release(self, code: str) -> None:
        """The sheet that lets a suspended code ('' = everything) trade again."""
        sheets.show_release(self, self.mirror, self.commands, self.look, code)

    def show_doubts(self, ref: str = "") -> None:
        """The orders in doubt."""
        sheets.show_doubts(self, self.mirror, self.commands, self.look, ref)

    def show_code(self, kind: str, code: str) -> None:
        """Go to a bond's ladder or a stock's seal."""
        if kind == "bond":
            self._kept_bond = code
            self.mirror.select_bond(code)
            self.ladder.setFocus()
        elif code in self.mirror.watches:
            self.mirror.select_stock(code)
            self.watch.setFocus()

    def show_tab(self, number: int) -> None:
        """One of the tables; a panel shown alone gives the middle back to it."""
        if self.panes.solo:
            self.panes.show_all()
        self.tabs.show_tab(number)

    def open_grid(self, code: str) -> None:
        """The arming sheet of a bond; one line at the foot where its stop still sells and no start would be taken."""
        if waits := no_start(self.mirror, code):
            self.note.say(waits)
            return
        sheets.show_grid(self, self.mirror, self.commands, self.look, code)

    def panel(self, number: int) -> None:
        """Ctrl+1/2/3: give a panel the keyboard; again: give it the whole middle."""
        widget = (self.bonds, self.ladder, self.watch)[number - 1]
        if self._has_keyboard(widget) and not self.panes.solo:
            self.panes.show_only(number)
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _has_keyboard(self, panel: QWidget) -> bool:
        inside = QApplication.focusWidget()
        return inside is not None and (panel is inside or panel.isAncestorOf(inside))

    def _stop(self) -> None:
        """S: stop the grid or disarm the guard that has the keyboard. Safer, so it never asks."""
        if self._has_keyboard(self.watch):
            code = self.mirror.selected_stock
            row = self.mirror.watches.get(code)
            if row is not None and row.armed:
                self.watch.disarm(code)
        else:
            self.ladder.stop_selected()

    def _stop_grid(self, code: str, how: StopHow) -> None:
        sheets.stop_by(self, code, how, self.ladder.acts.stop_grid)

    def answered(self, ack: Ack) -> None:
        """A wish without a place of its own was refused: say why at the foot."""
        if not ack.ok and ack.reason is not None:
            self.note.warn(t("toast.refused", text=say(ack.reason)))

    def set_sound(self, on: bool) -> None:  # noqa: FBT001
        """Whether what calls the user makes a sound."""
        self.alerts.sound = on
        self.sound_chosen.emit()

    def _jumped(self, goal: Goal) -> None:
        if goal.kind == "command":
            self.menu_does(goal.value)
        else:
            self.show_code(goal.kind, goal.value)

    def _focus_jump(self) -> None:
        self.top.jump.show()
        self.top.jump.raise_()
        self.top.jump.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.top.jump.selectAll()

    def full_screen(self) -> None:
        """Into full screen or out of it."""
        window = self.window()
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    def menu_does(self, name: str) -> None:
        """An entry of the menu or of the jump box, by name."""
        self.menus.does(name)

    # what comes in

    def _kill_changed(self) -> None:
        if not self.mirror.killed:
            self._kill_shown = False
        elif not self._kill_shown:
            self._show_kill()

    def _show_kill(self) -> None:
        self._kill_shown = True
        sheets.show_kill(self, self.mirror, self.commands, self.look)

    def _choose_first(self, *_: object) -> None:
        mirror = self.mirror
        code = mirror.selected_bond
        if code and (code in mirror.bonds or code in mirror.grids):
            self._kept_bond = code
        elif mirror.bonds and (not code or code != self._kept_bond):
            # never away from what is on show: the next key would stop another bond
            ranked = sorted(mirror.bonds.values(), key=lambda row: (not row.included, row.rank))
            mirror.select_bond(ranked[0].code)
        if mirror.selected_stock in mirror.watches:
            self._stock_shown = True
        elif mirror.watches and self._stock_shown:
            # its row is gone: the next key would disarm another stock's guard
            mirror.select_stock("")
        elif mirror.watches:
            mirror.select_stock(next(iter(mirror.watches)))

    def _retitle(self) -> None:
        status = self.mirror.status
        if status is None:
            self.setWindowTitle("qmtdesk")
            return
        key = f"mode.{status.mode}"
        mode = t(key) if key in TEXTS else status.mode
        self.setWindowTitle(t("app.title", mode=mode, account=account_words(status)))

    def _restyle(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            skin.wear(app, self.look.theme)
        self._retitle()

    def _seen(self) -> frozenset[str]:
        """What the user can see of the market; nothing while the window is away."""
        shown = self.isVisible() and not self.window().isMinimized()
        return on_screen(self.mirror, self.bonds.seen()) if shown else frozenset()

    # leaving

    def leave(self, *, stop_trader: bool) -> None:
        """Go, without asking again."""
        self._may_close = True
        self.window().close()
        self.leaving.emit(stop_trader)

    def keep_running(self) -> None:
        """Put the window away; the trader goes on."""
        self.window().hide()
        self.hidden_away.emit()

    # Qt's own

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close or self.session_ends or not (self.goodbye.armed() or self.goodbye.doubtful()):
            event.accept()
            if not self._may_close:
                self._may_close = True
                # at the end of the session the trader has been told already
                self.leaving.emit(not self.session_ends)
            return
        event.ignore()
        self.goodbye.asked()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # not a shortcut: Esc belongs first to whoever has the keyboard, then to an open question
        if event.key() == Qt.Key.Key_Escape and self.panes.solo:
            self.panes.show_all()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._after_first_paint)

    def _after_first_paint(self) -> None:
        """The plotting library takes a while to import: only now, with the frame already on the screen."""
        self.ladder.attach_chart()
        self.seal.attach_chart()

    def sizeHint(self) -> QSize:
        return QSize(1600, 900)
