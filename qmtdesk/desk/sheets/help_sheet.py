"""F1: what the user looks at, the keys, and the manual, in one sheet that can be searched."""

import html
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTextBrowser, QTextEdit, QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.info_sheet import KEYS, named_key
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import t

MANUAL = Path(__file__).resolve().parents[3] / "resources" / "help" / "manual.zh.md"
_LONGEST = 64
_STEP = 48


def manual(file: Path = MANUAL) -> str:
    """The manual's text in Markdown, or one line that says where it was looked for."""
    try:
        return file.read_text("utf-8")
    except OSError:
        return t("help.no_manual", file=file.name)


class HelpSheet(Sheet):
    """`told` is a title and its lines about what had the keyboard."""

    wide = 860
    high = 680

    def __init__(self, window: QWidget, mirror: Mirror, look: Look, told: tuple[str, tuple[str, ...]]) -> None:
        super().__init__(window, mirror, look)
        self._told = told
        self.go.hide()
        self.cancel.say(t("sheet.close"))
        self.search = QLineEdit(self.body)
        self.search.setMaxLength(_LONGEST)
        self.search.setPlaceholderText(t("help.search"))
        self.search.setAccessibleName(t("help.search"))
        self.search.setFixedHeight(32)
        self.search.textChanged.connect(lambda _: self._look_for(fresh=True))
        self.search.installEventFilter(self)
        self.page = QTextBrowser(self.body)
        self.page.setOpenLinks(False)
        self.page.setFrameShape(QTextBrowser.Shape.NoFrame)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 14, 0, 12)
        column.setSpacing(10)
        line = QHBoxLayout()
        line.addWidget(self.search)
        column.addLayout(line)
        column.addWidget(self.page, 1)
        look.changed.connect(self._write)
        self._write()

    def title(self) -> str:
        return t("help.title")

    def blocked(self) -> str:
        return ""

    def open(self) -> None:
        super().open()
        self.search.setFocus()

    # the text

    def _write(self) -> None:
        theme = self.look.theme
        self.search.setFont(fonts.font(fonts.BODY))
        self.search.setStyleSheet(
            f"QLineEdit{{background:{theme.bg2};border:1px solid {theme.line2};border-radius:5px;color:{theme.t1};"
            f"padding:0 10px;}}QLineEdit:focus{{border:1px solid {theme.acc};}}"
        )
        self.page.setFont(fonts.font(fonts.BODY))
        self.page.setStyleSheet(f"QTextBrowser{{background:{theme.bg1};color:{theme.t1};border:0;}}")
        self.page.setHtml(self._page())
        self._look_for(fresh=True)

    def _page(self) -> str:
        theme = self.look.theme
        title, lines = self._told
        about = "".join(f"<p>{html.escape(line)}</p>" for line in lines if line)
        keys = "".join(
            f'<tr><td style="padding:3px 24px 3px 0"><b>{html.escape(key)}</b></td>'
            f'<td style="padding:3px 0;color:{theme.t2}">{html.escape(words)}</td></tr>'
            for key, words in (named_key(key, name) for key, name in KEYS)
        )
        note = t("help.manual_language")
        return (
            f'<h3 style="color:{theme.acc}">{html.escape(title)}</h3>{about}<hr>'
            f"<h3>{t('help.keys')}</h3><table>{keys}</table><hr>"
            f"<p>{html.escape(note)}</p>{self._manual()}"
        )

    def _manual(self) -> str:
        """The manual as HTML in the colours in force."""
        document = QTextDocument()
        document.setMarkdown(manual(), QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        body = document.toHtml()
        return body[body.index("<body") :].partition(">")[2].rpartition("</body>")[0]

    # the search

    def _look_for(self, *, fresh: bool) -> None:
        """Mark every place, go to the next one (`fresh`: the first), and say how many there are."""
        typed = self.search.text().strip()
        places = self._places(typed)
        self.page.setExtraSelections([self._marked(place) for place in places])
        if not typed:
            self.say_foot("")
            return
        if not places:
            self.say_foot(t("help.nothing", typed=typed))
            return
        now = -1 if fresh else self.page.textCursor().selectionStart()
        at = next((n for n, place in enumerate(places) if place.selectionStart() > now), 0)
        self.page.setTextCursor(places[at])
        self.page.ensureCursorVisible()
        self.say_foot(t("help.found", at=at + 1, of=len(places)))

    def _places(self, typed: str) -> list[QTextCursor]:
        found: list[QTextCursor] = []
        if not typed:
            return found
        document = self.page.document()
        cursor = document.find(typed)
        while not cursor.isNull():
            found.append(QTextCursor(cursor))
            cursor = document.find(typed, cursor)
        return found

    def _marked(self, place: QTextCursor) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        tint = QTextCharFormat()
        tint.setBackground(paint.color(self.look.theme.warnbg))
        mark.cursor, mark.format = place, tint  # type: ignore[attr-defined]  # missing in PySide's stubs
        return mark

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        mine = watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if mine and isinstance(event, QKeyEvent) and self._key(event):
            return True
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """Keys of the search line: Enter goes on, Esc clears first, the others that move move the page."""
        key, bar = Qt.Key(event.key()), self.page.verticalScrollBar()
        moves = {
            Qt.Key.Key_Up: -_STEP,
            Qt.Key.Key_Down: _STEP,
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
        }
        if key in moves:
            bar.setValue(bar.value() + moves[key])
        elif (
            key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            self._look_for(fresh=False)
        elif key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            return False
        return True
