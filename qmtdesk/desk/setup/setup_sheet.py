"""连接 QMT, step by step: which market, which folder, the connection, the account, the one question."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedLayout, QWidget

from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.setup.probe_child import ProbeChild
from qmtdesk.desk.setup.setup_finish import AccountPage, FinishPage, kind_words
from qmtdesk.desk.setup.setup_looks import Connecting, Searching
from qmtdesk.desk.setup.setup_pages import ConnectPage, FolderPage, ModePage, Page
from qmtdesk.desk.setup.setup_parts import Grip, StepRail
from qmtdesk.desk.setup.setup_state import STEPS, Account, Step
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.live_settings import LiveSettings, is_package

LEAST_WIDE, LEAST_HIGH = 720, 440


class Setup(Protocol):
    """What the program does for the wizard."""

    @property
    def mode(self) -> str:
        """Which market this desk shows: paper | live | replay."""

    @property
    def live_folder(self) -> Path:
        """Where live data is kept; it need not exist yet."""

    def known(self) -> LiveSettings:
        """What was chosen before."""

    def search_words(self) -> Sequence[str]:
        """The command that looks for terminals."""

    def examine_words(self, folder: str) -> Sequence[str]:
        """The command that looks at one folder without connecting."""

    def connect_words(self, folder: str, kind: str, package: str) -> Sequence[str]:
        """The command that connects to the terminal of a folder."""

    def keep(self, settings: LiveSettings) -> None:
        """Write the choice down; OSError when that is not possible."""

    def go(self, mode: str) -> None:
        """Go on in that market, in another window if this one shows another; OSError when that cannot be started."""

    def today(self) -> str:
        """The day in Shanghai."""


class SetupSheet(Sheet):
    """Each step needs the one before; Esc leaves everything as it is, and paper goes on behind."""

    sized = Signal(int, int)
    wide = 1040
    high = 664

    def __init__(self, window: QWidget, mirror: Mirror, look: Look, setup: Setup, step: Step = "mode") -> None:
        super().__init__(window, mirror, look)
        self._setup = setup
        self._known = setup.known()
        self._account = ""
        self._failed = ""
        mode = "live" if step != "mode" or setup.mode == "live" else "paper"
        self.rail = StepRail(look)
        self.mode_page, self.folder_page = ModePage(look, mode), FolderPage(look)
        self.connect_page, self.account_page = ConnectPage(look), AccountPage(look)
        self.finish_page = FinishPage(look)
        self.pages: dict[Step, Page] = {
            "mode": self.mode_page,
            "folder": self.folder_page,
            "connect": self.connect_page,
            "account": self.account_page,
            "finish": self.finish_page,
        }
        self.searching = Searching(ProbeChild(self), setup, self._known.folder)
        self.connecting = Connecting(ProbeChild(self), setup)
        self.back = ActButton(look, t("setup.back"), "Alt+←", parent=self.card)
        self.grip = Grip(look, self.card)
        self.step: Step = step
        self._lay()
        self._connect()
        if setup.mode == "live":
            self.mode_page.about.say(t("setup.mode_about_live"))
        self.folder_page.show_package(self._known.package, str(setup.live_folder.with_name("packages")))
        if self._known.reported:
            self.finish_page.answered_before(self._known.reported_day)
        self.go_to(step)

    def _lay(self) -> None:
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        for page in self.pages.values():
            self._stack.addWidget(page)
        row.addWidget(holder, 1)
        self.cancel.say(t("setup.later"))
        self.add_button(self.back)

    def _connect(self) -> None:
        self.back.clicked.connect(self.go_back)
        self.mode_page.chosen.connect(lambda _: self._show())
        self.folder_page.chosen.connect(self.searching.choose)
        self.folder_page.typed.connect(self.searching.type)
        self.folder_page.browse_wanted.connect(self.browse)
        self.folder_page.again_wanted.connect(self.searching.start)
        self.folder_page.renamed.connect(self._show)
        self.connect_page.again_wanted.connect(self._start_connecting)
        self.connect_page.stop_wanted.connect(self.connecting.stop)
        self.account_page.chosen.connect(self._choose_account)
        self.account_page.again_wanted.connect(self._look_again)
        self.finish_page.answered.connect(self._show)
        self.searching.changed.connect(self._show)
        self.connecting.changed.connect(self._show)
        self.grip.sized.connect(self.resize_card)
        self.look.changed.connect(self._show)

    # what a sheet is asked

    def title(self) -> str:
        return t("setup.title")

    def is_live(self) -> bool:
        # the wizard may be open before any trader said what it trades
        return self._setup.mode == "live"

    def quiet(self) -> tuple[str, ...]:
        return (
            *super().quiet(),
            t("setup.checking_foot"),
            t("setup.connecting"),
            t("setup.block_answer"),
            t("setup.block_account"),
        )

    def blocked(self) -> str:
        match self.step:
            case "folder":
                if not is_package(self.package):
                    return t("setup.block_package", name=self.package)
                if self.searching.usable:
                    return ""
                return t("setup.checking_foot") if self.searching.running else t("setup.block_folder")
            case "connect":
                if self.connecting.running:
                    return t("setup.connecting")
                return "" if self.connecting.accounts else t("setup.block_connect")
            case "account":
                account = self.account
                if account is None:
                    return t("setup.block_account")
                return "" if account.usable else t("setup.block_kind", kind=kind_words(account.kind))
            case "finish":
                return t("setup.block_answer") if self.finish_page.answer is None else ""
            case _:
                return ""

    def confirm(self) -> None:
        if self.step == "mode" and self.mode_page.mode == "paper":
            self._go_on("paper")
        elif self.step == "finish":
            self._finish()
        else:
            self.go_to(STEPS[STEPS.index(self.step) + 1])

    def leave(self) -> None:
        self.searching.close()
        self.connecting.close()
        super().leave()

    # the steps

    @property
    def account(self) -> Account | None:
        """The chosen one."""
        return next((each for each in self.connecting.accounts if each.key == self._account), None)

    @property
    def package(self) -> str:
        """What offers xtquant's modules."""
        return self.folder_page.package_name

    def go_to(self, step: Step) -> None:
        """Show that step and begin what it needs."""
        self.step, self._failed, looks = step, "", self.connecting
        self._stack.setCurrentWidget(self.pages[step])
        if step == "folder" and not self.searching.places and not self.searching.running:
            self.searching.start()
        elif step == "connect" and (looks.folder, looks.package) != (self.searching.folder, self.package):
            self._start_connecting()
        elif step == "account":
            self._choose_first()
        self._show()
        self._first_focus()

    def go_back(self) -> None:
        """One step back; what was found stays."""
        if self.step != STEPS[0]:
            self.go_to(STEPS[STEPS.index(self.step) - 1])

    def browse(self) -> None:
        """Ask for a folder."""
        dialog = QFileDialog(self.host, t("setup.browse_title"), self.searching.folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.searching.type)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _start_connecting(self) -> None:
        self._account = ""
        self.connecting.start(self.searching.folder, self._known.account_type, self.package)

    def _look_again(self) -> None:
        self.go_to("connect")
        self._start_connecting()

    def _choose_account(self, key: str) -> None:
        self._account = key
        self._show()

    def _choose_first(self) -> None:
        """The one chosen before, else the only one there is; of several the user chooses."""
        accounts = self.connecting.accounts
        if self.account is None:
            before = [each.key for each in accounts if each.number == self._known.account]
            only = [each.key for each in accounts] if len(accounts) == 1 else []
            self._account = next(iter(before or only), "")

    def _first_focus(self) -> None:
        first: dict[Step, QWidget] = {
            "mode": self.mode_page.cards[self.mode_page.mode],
            "folder": self.folder_page.places,
            "connect": self.connect_page.checks,
            "account": self.account_page.rows,
            "finish": self.finish_page.yes,
        }
        if self.isVisible():
            first[self.step].setFocus()

    def open(self) -> None:
        super().open()
        self._first_focus()

    # the end

    def _finish(self) -> None:
        account = self.account
        if account is None:
            return
        reported = bool(self.finish_page.answer)
        kept_day = self._known.reported_day if self._known.reported else ""
        settings = msgspec.structs.replace(
            self._known,
            package=self.package,
            folder=self.searching.folder,
            account=account.number,
            account_type=account.kind,
            reported=reported,
            reported_day=(kept_day or self._setup.today()) if reported else "",
        )
        try:
            self._setup.keep(settings)
        except OSError as error:
            self._fail(t("setup.not_kept", folder=self._setup.live_folder, error=error.strerror or error))
            return
        self._known = settings
        self._go_on("live" if reported else "paper")

    def _go_on(self, mode: str) -> None:
        try:
            self._setup.go(mode)
        except OSError as error:
            self._fail(t("setup.not_started_desk", error=error.strerror or error))
            return
        self.leave()

    def _fail(self, words: str) -> None:
        self._failed = words
        self._show()

    # what is shown

    def _show(self) -> None:
        step = self.step
        self.rail.show_step(step, short=step == "mode" and self.mode_page.mode == "paper")
        self.back.setVisible(step != STEPS[0])
        if step == "folder":
            looks = self.searching
            self.folder_page.show_places(looks.places, looks.folder, busy=looks.running)
        elif step == "connect":
            looks_on = self.connecting
            note = "" if looks_on.running or not looks_on.accounts else t("setup.connected", n=len(looks_on.accounts))
            self.connect_page.show_checks(looks_on.folder, looks_on.checks, running=looks_on.running, note=note)
        elif step == "account":
            self.account_page.show_accounts(self.connecting.accounts, self._account, self.connecting.notes)
        elif step == "finish" and self.account is not None:
            self.finish_page.show_choice(self.searching.folder, self.account, str(self._setup.live_folder))
        self.finish_page.wrong.say(self._failed)
        self.arm_button(self._button_words(), "primary")
        self.recheck()

    def _button_words(self) -> str:
        if self.step == "mode" and self.mode_page.mode == "paper":
            return t("setup.use_paper")
        if self.step == "finish":
            return t("setup.not_yet_paper") if self.finish_page.answer is False else t("setup.done")
        return t("setup.forward")

    # size

    def resize_card(self, wide: int, high: int) -> None:
        """As the user wants it, within the window."""
        self.wide, self.high = max(wide, LEAST_WIDE), max(high, LEAST_HIGH)
        self._place()
        self.sized.emit(self.wide, self.high)

    def _place(self) -> None:
        super()._place()
        self.grip.move(self.card.width() - self.grip.width() - 1, self.card.height() - self.grip.height() - 1)

    # Qt's own

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if alt and event.key() == Qt.Key.Key_Left:
            self.go_back()
            event.accept()
        elif event.key() == Qt.Key.Key_F5:
            self._refresh()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _refresh(self) -> None:
        again = {"folder": self.searching.start, "connect": self._start_connecting, "account": self._look_again}
        if self.step in again:
            # after the key is let go: the list it came from is rebuilt
            QTimer.singleShot(0, self, again[self.step])
