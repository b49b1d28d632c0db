"""The two pages of the import sheet: where a list can come from, and what was found in one."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton, Option
from qmtdesk.desk.brush.inputs import Choice
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.sheets.list_parts import ColumnTable, ProblemList, TextLine, size_words
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.bond_talk import BondListAnswer, BondListRow

TYPED = ("size", "redeem_day", "redeem", "last_day", "conv_price", "maturity", "rating")
LABEL, GAP = 92, 8
ENCODINGS = {"gb18030": "GBK", "utf-8-sig": "UTF-8"}


class Line(QWidget):
    """One painted line: what it is about at the left, what is said of it behind."""

    def __init__(self, look: Look, label: str = "", tone: str = "t1", high: int = 26) -> None:
        super().__init__()
        self._look, self._label, self._tone = look, label, tone
        self.words = ""
        self.setFixedHeight(high)
        look.changed.connect(self.update)

    def say(self, words: str, tone: str = "") -> None:
        """Say this instead; nothing takes its room away."""
        self.words, self._tone = words, tone or self._tone
        self.setAccessibleName(f"{self._label} {words}")
        self.setVisible(bool(words or self._label))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        x = 0.0
        if self._label:
            paint.text(p, QRectF(0, 0, LABEL - 8, self.height()), self._label, theme.t3, elide=True)
            x = LABEL + GAP
        value = getattr(theme, self._tone)
        if self._tone == "warn" and self.words:
            x += paint.alert(p, x, self.height() / 2, value) + 4
        paint.text(p, QRectF(x, 0, self.width() - x, self.height()), self.words, value, elide=True)
        p.end()


def _row(*parts: QWidget | int) -> QWidget:
    """Widgets side by side; a number is what the last widget stretches by."""
    row = QWidget()
    box = QHBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(GAP)
    for part in parts:
        if isinstance(part, int):
            box.setStretch(box.count() - 1, part)
        else:
            box.addWidget(part)
    return row


def _label(look: Look, words: str) -> Line:
    line = Line(look, words, high=30)
    line.setFixedWidth(LABEL)
    return line


class StartPage(QWidget):
    """No list chosen: what is in force, the one before, the database, and what is typed by hand."""

    restore_wanted = Signal()
    sql_wanted = Signal(str, str)
    hand_wanted = Signal(str, str, str)

    def __init__(self, look: Look, kept: BondListRow) -> None:
        super().__init__()
        self.failed = Line(look, tone="warn", high=34)
        self.about, self.limits = Line(look, tone="t1", high=30), Line(look, tone="t3", high=24)
        self.now = Line(look, t("list.now"), high=30)
        self.before = Line(look, t("list.before"), high=30)
        self.hand_note, self.sql_note = Line(look, tone="t3", high=24), Line(look, tone="t3", high=24)
        self.restore = ActButton(look, t("list.back"), height=28)
        self.url = TextLine(look, t("list.sql_hint"))
        self.table = TextLine(look, t("list.sql_table"))
        self.read = ActButton(look, t("list.sql_read"), height=30)
        self.code, self.value = TextLine(look, t("list.hand_code")), TextLine(look, t("list.hand_value"))
        self.column = Choice(look, tuple((name, t(f"list.col.{name}")) for name in TYPED), TYPED[0])
        self.put = ActButton(look, t("list.hand_put"), height=30)
        self._lay(look)
        self.about.say(t("list.start"))
        self.limits.say(t("list.start_limits"))
        self.sql_note.say(t("list.sql_note"))
        self.url.setText(kept.sql_url)
        self.table.setText(kept.sql_table or "cgs_convertible_bond")
        self.show_kept(kept)
        self.restore.clicked.connect(self.restore_wanted)
        self.read.clicked.connect(lambda: self.sql_wanted.emit(self.url.text().strip(), self.table.text().strip()))
        self.put.clicked.connect(
            lambda: self.hand_wanted.emit(self.code.text().strip(), self.column.value, self.value.text().strip())
        )

    def _lay(self, look: Look) -> None:
        self.table.setFixedWidth(210)
        self.code.setFixedWidth(120)
        self.column.setFixedWidth(130)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(4)
        for part in (self.failed, self.about, self.limits, 16, self.now, _row(self.before, 1, self.restore), 16):
            box.addSpacing(part) if isinstance(part, int) else box.addWidget(part)
        box.addWidget(_row(_label(look, t("list.sql")), self.url, 1, self.table, self.read))
        box.addWidget(_indented(self.sql_note))
        box.addSpacing(16)
        box.addWidget(_row(_label(look, t("list.hand")), self.code, self.column, self.value, 1, self.put))
        box.addWidget(_indented(self.hand_note))
        box.addStretch(1)

    def show_kept(self, kept: BondListRow) -> None:
        """What is in force, and what can be brought back."""
        now = t("list.now_is", name=kept.name, n=kept.count, day=kept.as_of) if kept.count else t("list.now_none")
        self.now.say(now)
        name = kept.before or t("list.before_empty")
        has = kept.before_count >= 0
        self.before.say(t("list.before_is", name=name, n=kept.before_count) if has else t("list.before_none"))
        self.restore.setVisible(has)
        if kept.problem:
            self.failed.say(t("list.problem", text=kept.problem))
        elif not self.failed.words:
            self.failed.say("")
        self.hand_note.say(t("list.hand_count", n=kept.hand))


def _indented(line: QWidget) -> QWidget:
    row = QWidget()
    box = QHBoxLayout(row)
    box.setContentsMargins(LABEL + GAP, 0, 0, 0)
    box.addWidget(line)
    return row


class FoundPage(QWidget):
    """What is in a list: where it is from, what must be said about it, its columns, its problems."""

    unit_chosen = Signal(str)
    day_typed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.head, self.compared = Line(look, tone="t1", high=28), Line(look, tone="t2", high=22)
        self.wrong = Line(look, tone="warn", high=26)
        self.units = {unit: Option(look, t(f"list.unit_{unit}"), "") for unit in ("yi", "wan", "yuan")}
        self.unit_row = _row(_label(look, t("list.unit_ask")), *self.units.values())
        self.day = TextLine(look, t("list.day_bad"))
        self.day.setFixedWidth(170)
        self.day_note = Line(look, tone="t3", high=30)
        self.day_hint = ActButton(look, "", height=28)
        self.day_row = _row(_label(look, t("list.day")), self.day, self.day_hint, self.day_note, 1)
        self.columns, self.problems = ColumnTable(look), ProblemList(look)
        self.columns_head, self.unused = Line(look, tone="t2", high=28), Line(look, tone="t3", high=24)
        self.problems_head = Line(look, tone="t2", high=28)
        self._hint = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(2)
        for part in (self.head, self.compared, self.wrong, self.unit_row, self.day_row, self.columns_head):
            if part in (self.unit_row, self.day_row):
                box.addSpacing(4)
            box.addWidget(part)
        for part in (self.columns, self.unused, self.problems_head):
            box.addWidget(part)
        box.addWidget(self.problems, 1)
        for unit, option in self.units.items():
            option.clicked.connect(lambda _=False, unit=unit: self.unit_chosen.emit(unit))
        self.day.editingFinished.connect(lambda: self.day_typed.emit(self.day.text().strip()))
        self.day_hint.clicked.connect(self._take_hint)

    def _take_hint(self) -> None:
        self.day.setText(self._hint)
        self.day_typed.emit(self._hint)

    def show_list(self, answer: BondListAnswer, left: frozenset[str], wrong: str) -> None:
        """All of it; `wrong` is why it cannot be taken over as it is."""
        kind = t(
            f"list.kind_{answer.kind}",
            encoding=ENCODINGS.get(answer.encoding, answer.encoding.upper()),
            sheet=answer.sheet,
        )
        self.head.say(f"{answer.name}  ·  {kind}  ·  {t('list.count', good=answer.good, bad=answer.bad)}")
        compared = t("list.compare", fresh=answer.fresh, changed=answer.changed, gone=answer.gone)
        self.compared.say(f"{t('list.here', n=answer.here)}  ·  {compared}")
        self.wrong.say(wrong)
        self._show_unit(answer)
        self._show_day(answer)
        self.columns.show_list(answer, left)
        self.columns_head.say(f"{t('list.columns')}  ·  {t('list.columns_note')}")
        self.unused.say(self._unused(answer, left))
        more = f"  ·  {t('list.problems_more', n=len(answer.problems))}" if len(answer.problems) < answer.bad else ""
        self.problems_head.say(t("list.problems") + more)
        self.problems.show_problems(answer.problems)

    def _show_unit(self, answer: BondListAnswer) -> None:
        self.unit_row.setVisible(bool(answer.choices))
        for choice in answer.choices:
            key = "list.unit_middle" if choice.likely else "list.unit_odd"
            option = self.units[choice.unit]
            option.say(t(f"list.unit_{choice.unit}"), t(key, size=size_words(choice.middle_yuan)))
            option.setChecked(choice.unit == answer.unit)

    def _show_day(self, answer: BondListAnswer) -> None:
        own = answer.own_dates and bool(answer.as_of)
        self.day.setVisible(not own)
        if not own and not self.day.hasFocus() and answer.as_of:
            self.day.setText(answer.as_of)
        from_file = answer.hint_from == "file" and not answer.as_of and not own
        self._hint = answer.hint
        self.day_hint.say(t("list.day_file", day=answer.hint))
        self.day_hint.setVisible(from_file)
        from_name = answer.hint_from == "name" and answer.as_of == answer.hint and not own
        words = t("list.day_own", day=answer.as_of) if own else t("list.day_name") if from_name else ""
        self.day_note.say(words)
        self.day_note.setVisible(True)

    def _unused(self, answer: BondListAnswer, left: frozenset[str]) -> str:
        unused = [c for c in answer.columns if not c.column and c.header and c.header not in left]
        if not any(column.column == "size" for column in answer.columns):
            return t("list.no_size")
        names = t("list.comma").join(t("list.live", name=c.header) if c.live else c.header for c in unused)
        return t("list.unused", names=names) if names else ""


class WaitPage(QWidget):
    """How far the reading is."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.row = BondListRow()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, row = self._look.theme, self.row
        p = QPainter(self)
        middle = self.height() / 2
        whole = QRectF(0, middle - 40, self.width(), 30)
        paint.text(p, whole, t("list.reading", name=row.reading), theme.t1, fonts.VALUE, align=paint.CENTRE, elide=True)
        bar = QRectF(self.width() / 2 - 180, middle, 360, 6)
        paint.meter(p, bar, row.done / row.total if row.total else 0.0, theme.acc, theme.bg3)
        words = t("list.read_rows", n=f"{row.done:,}") if row.done else ""
        if row.total:
            words = t("list.read_part", done=fmt.fixed(row.done, 1 << 20, 1), total=fmt.fixed(row.total, 1 << 20, 1))
        paint.text(p, whole.translated(0, 52), words, theme.t3, fonts.SMALL, align=paint.CENTRE)
        p.end()
