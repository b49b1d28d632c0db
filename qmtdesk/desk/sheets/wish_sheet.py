"""A sheet that says facts and sends one wish: dead while that is on its way, and told why it was refused."""

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.guard_paint import Facts, Label
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import TEXTS, say, t
from qmtdesk.wire.talk import Ack


class TypedWord(QWidget):
    """One word to be typed before something that cannot be taken back; `ask` says which.

    `key`.word is the word in both languages and `key`.type asks for it; `latin` serves keyboards without an input
    method for the Chinese word.
    """

    def __init__(self, look: Look, key: str, latin: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._accepted = frozenset(word.lower() for word in TEXTS[f"{key}.word"]) | {latin}
        self.ask = t(f"{key}.type", word=t(f"{key}.word"))
        self.line = QLineEdit(self)
        self.line.setFixedHeight(34)
        self.line.setFont(fonts.font(fonts.VALUE, True))
        self.line.setAccessibleName(self.ask)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(Label(look, self.ask, self))
        box.addWidget(self.line)
        self._restyle()
        look.changed.connect(self._restyle)

    @property
    def right(self) -> bool:
        """Whether the word stands there."""
        return self.line.text().strip().lower() in self._accepted

    def _restyle(self) -> None:
        theme = self._look.theme
        self.line.setStyleSheet(
            f"QLineEdit{{background:{theme.bg2};border:1px solid {theme.line2};border-radius:5px;color:{theme.t1};"
            f"padding:0 10px;}}QLineEdit:focus{{border:1px solid {theme.acc};}}"
        )


class WishSheet(Sheet):
    """Subclasses fill `facts`, name what is `missing` and utter the `wish`; a refusal is shown at the foot."""

    needs_quotes = True
    label_wide = 110

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> None:
        super().__init__(window, mirror, look)
        self.commands = commands
        self.typed: TypedWord | None = None
        self._sending = False
        self._refusal = ""
        self.facts = Facts(look, self.body, self.label_wide)
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(0, 16, 0, 12)
        self.column.setSpacing(10)
        self.column.addWidget(self.facts)
        self.column.addStretch(1)

    def ask_word(self, key: str, latin: str) -> QLineEdit:
        """Want a word typed; where it is typed."""
        self.typed = TypedWord(self.look, key, latin, self.body)
        self.typed.line.textChanged.connect(lambda _: self.recheck())
        self.column.addWidget(self.typed)
        return self.typed.line

    def missing(self) -> str:
        """What else stands in the way, in words; '' for nothing."""
        return ""

    def wish(self, done: Done) -> None:
        """Ask the trader."""
        raise NotImplementedError

    def granted(self) -> None:
        """The trader did it."""
        self.leave()

    def quiet(self) -> tuple[str, ...]:
        return (*super().quiet(), self.typed.ask) if self.typed is not None else super().quiet()

    def blocked(self) -> str:
        if self.mirror.link != "attached":
            return t("sheet.no_trader")
        if self.needs_quotes and self.mirror.blind:
            return t("sheet.blind")
        if self._sending:
            return t("sheet.sending")
        why = self.missing() or self._refusal
        if why or self.typed is None or self.typed.right:
            return why
        return self.typed.ask

    def confirm(self) -> None:
        self._sending = True
        self.recheck()
        self.wish(self._answered)

    def forget_refusal(self) -> None:
        """What was refused was about something else."""
        self._refusal = ""

    def _answered(self, ack: Ack) -> None:
        self._sending = False
        if ack.ok:
            self.granted()
            return
        self._refusal = say(ack.reason, self.subject()) if ack.reason is not None else t("sheet.refused")
        self.recheck()
