"""The wizard's last two pages: which account, and the one question with what is about to happen."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton, Option
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.setup.setup_lists import CheckList, Choice, ChoiceList
from qmtdesk.desk.setup.setup_pages import Page
from qmtdesk.desk.setup.setup_parts import Words, side_by_side
from qmtdesk.desk.setup.setup_state import Account, Check, Level
from qmtdesk.desk.words.texts import TEXTS, t
from qmtdesk.wire.redact import mask_account

LABEL, LINE = 108, 24


def kind_words(kind: str) -> str:
    """An account's type in words, as it is told where we know none."""
    key = f"setup.kind.{kind}"
    return t(key) if key in TEXTS else kind


def money(milli: int | None) -> str:
    """An amount of the user's own money, the dash where it was not told."""
    return fmt.MISSING if milli is None else t("setup.yuan", n=fmt.fixed(milli, 1000, 2))


class AccountPage(Page):
    """One row for each account the terminal is logged in to."""

    chosen = Signal(str)
    again_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "account")
        self.rows = ChoiceList(look, t("setup.no_accounts"))
        self.rows.setAccessibleName(t("setup.account_title"))
        self.checks = CheckList(look)
        self.checks.setAccessibleName(t("setup.checks"))
        self.note = Words(look, "", "t3", fonts.SMALL, keeps_room=True)
        self.again = ActButton(look, t("setup.refresh"), height=30)
        self.box.addWidget(self.rows, 3)
        self.box.addWidget(side_by_side(self.note, 1, self.again))
        self.box.addWidget(self.checks, 4)
        self.box.addStretch(1)
        self.rows.chosen.connect(self.chosen)
        self.again.clicked.connect(self.again_wanted)

    def show_accounts(self, accounts: tuple[Account, ...], key: str, checks: tuple[Check, ...]) -> None:
        """All of them, that one chosen; `checks` are what is to be said of it."""
        self.rows.show_rows(tuple(map(self._row, accounts)), key)
        self.checks.show_checks(checks)
        self.checks.setVisible(bool(checks))
        count = len(accounts)
        self.note.say(t("setup.accounts_many", n=count) if count > 1 else "")

    def _row(self, account: Account) -> Choice:
        note = f"{kind_words(account.kind)}  ·  {account.status_words or t('setup.status_untold')}"
        cash = t("setup.cash", n=money(account.cash_milli))
        level: Level = "ok" if account.usable else "bad"
        return Choice(account.key, mask_account(account.number), note, level, money(account.total_milli), cash)


class Summary(QWidget):
    """What was chosen, label by label."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.rows: tuple[tuple[str, str], ...] = ()
        look.changed.connect(self.update)

    def show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """These."""
        self.rows = rows
        self.setFixedHeight(len(rows) * LINE + 20)
        self.setAccessibleName("\n".join(f"{label} {words}" for label, words in rows))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()), theme.bg2, theme.line, 6)
        for at, (label, words) in enumerate(self.rows):
            row = QRectF(16, 10 + at * LINE, self.width() - 32, LINE)
            paint.text(p, QRectF(row.left(), row.top(), LABEL - 12, LINE), label, theme.t3, elide=True)
            paint.text(p, row.adjusted(LABEL, 0, 0, 0), words, theme.t1, elide=True)
        p.end()


class FinishPage(Page):
    """已通过券商完成程序化交易报告. Answered once; 还没有 keeps the choice and leaves paper open."""

    answered = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "finish")
        self.summary = Summary(look)
        self.yes = Option(look, t("setup.report_yes"), t("setup.report_yes_note"))
        self.no = Option(look, t("setup.report_no"), t("setup.report_no_note"))
        self.said = Words(look, "", "t3", fonts.SMALL)
        self.next = Words(look, t("setup.next"), "t2")
        self.wrong = Words(look, "", "warn")
        self.box.addWidget(self.summary)
        self.box.addSpacing(8)
        self.box.addWidget(Words(look, t("setup.report_ask"), "t1", fonts.SEAL, bold=True))
        self.box.addWidget(Words(look, t("setup.report_why"), "t3", fonts.SMALL))
        self.box.addSpacing(2)
        self.box.addWidget(side_by_side(self.yes, 1, self.no, 1))
        self.box.addWidget(self.said)
        self.box.addSpacing(4)
        self.box.addWidget(self.next)
        self.box.addWidget(self.wrong)
        self.box.addStretch(1)
        for option in (self.yes, self.no):
            option.toggled.connect(self.show_next)
            option.toggled.connect(lambda _on: self.answered.emit())

    @property
    def answer(self) -> bool | None:
        """True for done, False for not yet, None while it was not said."""
        if self.yes.isChecked():
            return True
        return False if self.no.isChecked() else None

    def show_next(self, _on: object = None) -> None:
        """What the button will do, by the answer."""
        self.next.say(t("setup.next_no" if self.answer is False else "setup.next"))

    def answered_before(self, day: str) -> None:
        """It was said on an earlier day."""
        self.yes.setChecked(True)
        self.said.say(t("setup.report_said", day=day))

    def show_choice(self, folder: str, account: Account, live_folder: str) -> None:
        """What was chosen on the pages before."""
        assets = f"{money(account.total_milli)}  ·  {t('setup.cash', n=money(account.cash_milli))}"
        self.summary.show_rows(
            (
                (t("setup.sum_folder"), folder),
                (t("setup.sum_account"), f"{mask_account(account.number)}  ·  {kind_words(account.kind)}"),
                (t("setup.sum_assets"), assets),
                (t("setup.sum_data"), live_folder),
            )
        )
