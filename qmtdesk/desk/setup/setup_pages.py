"""The pages of the wizard before the account: the mode, the folder, the connection."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.controls import ActButton, Fold
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.setup.setup_lists import CheckList, Choice, ChoiceList
from qmtdesk.desk.setup.setup_parts import ModeCard, Words, side_by_side
from qmtdesk.desk.setup.setup_state import Check, Place
from qmtdesk.desk.sheets.list_parts import TextLine
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.live_settings import XTQUANT, is_package

_NARROW = 560


class Page(QWidget):
    """Title, one sentence, and below them what a subclass adds to `box`."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.look = look
        self.title = Words(look, t(f"setup.{name}_title"), "t1", fonts.CLOCK, bold=True)
        self.about = Words(look, t(f"setup.{name}_about"))
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(24, 16, 0, 10)
        self.box.setSpacing(6)
        self.box.addWidget(self.title)
        self.box.addWidget(self.about)
        self.box.addSpacing(6)


class ModePage(Page):
    """模拟 or QMT 实盘."""

    chosen = Signal(str)

    def __init__(self, look: Look, mode: str) -> None:
        super().__init__(look, "mode")
        self.cards = {name: ModeCard(look, name) for name in ("paper", "live")}
        self._row = QHBoxLayout()
        self._row.setSpacing(14)
        for name, card in self.cards.items():
            self._row.addWidget(card, 1, Qt.AlignmentFlag.AlignTop)
            card.setChecked(name == mode)
            card.toggled.connect(lambda on, name=name: self.chosen.emit(name) if on else None)
        self.box.addLayout(self._row)
        self.box.addSpacing(8)
        self.box.addWidget(Words(look, t("setup.mode_apart"), "t3", fonts.SMALL))
        self.box.addStretch(1)

    @property
    def mode(self) -> str:
        """The chosen one."""
        return next((name for name, card in self.cards.items() if card.isChecked()), "paper")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self._row.setDirection(QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight)


class FolderPage(Page):
    """The folders that were found, a line for another one, and what was seen in the chosen one. Takes a drop too."""

    chosen = Signal(str)
    typed = Signal(str)
    browse_wanted = Signal()
    again_wanted = Signal()
    renamed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "folder")
        self.places = ChoiceList(look, t("setup.searching"))
        self.places.setAccessibleName(t("setup.folder_title"))
        self.line = TextLine(look, t("setup.folder_hint"))
        self.browse = ActButton(look, t("setup.browse"), height=30)
        self.again = ActButton(look, t("setup.again"), height=30)
        self.checks = CheckList(look)
        self.checks.setAccessibleName(t("setup.checks"))
        self.help = Words(look, t("setup.mini_help"), "t2")
        self.fold = Fold(look, t("setup.mini_ask"), self._fold)
        self.advanced = Fold(look, t("setup.advanced"), self._unfold)
        self.package = TextLine(look, t("setup.package"))
        self.package_note = Words(look, "", "t3", fonts.SMALL)
        self._packages = ""
        self._dropping = False
        self._lay()
        self.setAcceptDrops(True)
        self.line.setAcceptDrops(False)
        self.places.chosen.connect(self.chosen)
        self.line.returnPressed.connect(self._line_done)
        self.line.editingFinished.connect(self._line_done)
        self.browse.clicked.connect(self.browse_wanted)
        self.again.clicked.connect(self.again_wanted)
        self.package.textChanged.connect(self._package_typed)

    def _lay(self) -> None:
        self.box.addWidget(self.places, 3)
        self.box.addWidget(side_by_side(self.line, 1, self.browse, self.again))
        self.box.addWidget(self.checks, 8)
        self.box.addWidget(side_by_side(self.fold, 1, self.advanced, 1))
        self.box.addWidget(self.help)
        self.box.addWidget(self.package)
        self.box.addWidget(self.package_note)
        self.box.addStretch(1)
        self._fold(False)
        self._unfold(False)

    def _fold(self, opened: bool) -> None:  # noqa: FBT001 - a signal's argument
        self.help.setMaximumHeight(16_777_215 if opened else 0)
        self.help.setVisible(opened)

    def _unfold(self, opened: bool) -> None:  # noqa: FBT001 - a signal's argument
        self.package.setVisible(opened)
        self._say_package()

    def _package_typed(self) -> None:
        self._say_package()
        self.renamed.emit()

    def show_package(self, name: str, packages: str) -> None:
        """The package that offers xtquant's modules, and the folder where another one belongs."""
        self._packages = packages
        self.package.setText(name)
        self._say_package()

    @property
    def package_name(self) -> str:
        """As typed; nothing typed is xtquant."""
        return self.package.text().strip() or XTQUANT

    def _say_package(self) -> None:
        name = self.package_name
        self.advanced.say(t("setup.package_now", name=name))
        if not is_package(name):
            self.package_note.say(t("setup.block_package", name=name), "warn")
        else:
            words = t("setup.package_note", folder=self._packages) if self.advanced.isChecked() else ""
            self.package_note.say(words, "t3")

    def _line_done(self) -> None:
        text = self.line.text().strip().strip('"')
        if text:
            self.typed.emit(text)

    def show_places(self, places: tuple[Place, ...], folder: str, *, busy: bool) -> None:
        """All of them, that one chosen with its checks below."""
        self.places.say_empty(t("setup.searching") if busy else t("setup.none_found"))
        self.places.show_rows(tuple(map(self._row, places)), folder)
        now = next((place for place in places if place.folder == folder), None)
        if now is not None and not self.line.hasFocus():
            self.line.setText(now.folder)
        self.checks.show_checks(now.checks if now is not None else self._none(busy=busy), follow=True)

    def _row(self, place: Place) -> Choice:
        wrong = next((check for check in place.checks if check.level == "bad"), None)
        odd = next((check for check in place.checks if check.level == "warn"), None)
        said = wrong or odd
        words = t("setup.place_bad", name=said.name, found=said.found) if said is not None else t("setup.place_ok")
        if place.level in ("busy", "wait"):
            words = t("setup.checking")
        return Choice(place.folder, place.folder, words, place.level, place.source)

    def _none(self, *, busy: bool) -> tuple[Check, ...]:
        if busy:
            return (Check(t("setup.stage.find"), "busy", t("setup.searching")),)
        advice = tuple(t(f"setup.none_advice_{at}") for at in (1, 2, 3))
        return (Check(t("setup.stage.find"), "bad", t("setup.none_found"), t("setup.none_looked"), advice),)

    # a folder dropped from the file manager

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            self._drop(on=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: object) -> None:
        self._drop(on=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop(on=False)
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            event.acceptProposedAction()
            self.typed.emit(local[0])

    def _drop(self, *, on: bool) -> None:
        self._dropping = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._dropping:
            p = QPainter(self)
            paint.box(p, self.rect().toRectF().adjusted(12, 4, 0, -2), outline=self.look.theme.acc, radius=6, width=2)
            p.end()


class ConnectPage(Page):
    """How far the connection is, each stage with its own mark."""

    again_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "connect")
        self.folder = Words(look, "", "t3", fonts.SMALL)
        self.checks = CheckList(look)
        self.checks.setAccessibleName(t("setup.checks"))
        self.again = ActButton(look, t("setup.retry"), height=30)
        self.stop = ActButton(look, t("setup.stop"), height=30)
        self.note = Words(look, "", "t3", fonts.SMALL, keeps_room=True)
        self.box.addWidget(self.folder)
        self.box.addWidget(self.checks, 8)
        self.box.addWidget(side_by_side(self.note, 1, self.stop, self.again))
        self.box.addStretch(1)
        self.again.clicked.connect(self.again_wanted)
        self.stop.clicked.connect(self.stop_wanted)

    def show_checks(self, folder: str, checks: tuple[Check, ...], *, running: bool, note: str) -> None:
        """The stages as they are now."""
        self.folder.say(folder)
        self.checks.show_checks(checks, follow=True)
        self.stop.setVisible(running)
        self.again.setVisible(not running)
        self.note.say(note)
