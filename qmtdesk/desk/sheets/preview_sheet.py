"""A sheet whose numbers the trader computes: asked again at each edit and with the ticks, dead until they are in."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.rolling import Rolling
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.plans import GridPlan, GuardPlan
from qmtdesk.wire.rows import StatusRow
from qmtdesk.wire.talk import Ack, GridPreview, GuardPreview

P = TypeVar("P", GridPlan, GuardPlan)
R = TypeVar("R", GridPreview, GuardPreview)

EDIT_MS = 150
TICK_MS = 1000
LEAST_BODY = 516
"""As high as the body is in a window of 1280×720; in a lower one it rolls."""


@dataclass(frozen=True)
class Answer(Generic[P, R]):
    """A preview and the plan it is of."""

    plan: P
    preview: R


class PreviewSheet(Sheet, Generic[P, R]):
    """Holds the plan being edited. Subclasses implement `ask`, `shown` and `send`."""

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str, plan: P) -> None:
        super().__init__(window, mirror, look)
        self._rolling = Rolling(look, self.body, LEAST_BODY, self.card)
        self._column.insertWidget(0, self._rolling, 1)
        self.commands = commands
        self.code = code
        self.plan: P = plan
        self.answer: Answer[P, R] | None = None
        self._refusal = ""
        self._denied = ""
        self._sending = False
        self._asked = 0
        self._edit = QTimer(self)
        self._edit.setSingleShot(True)
        self._edit.timeout.connect(self.request)
        self._tick = QTimer(self)
        self._tick.setSingleShot(True)
        self._tick.timeout.connect(self.request)
        mirror.quotes_changed.connect(self._ticked)
        mirror.link_changed.connect(self._link_moved)
        self._account = _of_the_account(mirror.status)
        mirror.status_changed.connect(self._status_moved)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001
        moved = super().focusNextPrevChild(next)
        self._rolling.show_focus()
        return moved

    def ask(self, plan: P, number: int) -> None:
        """Ask the trader for the preview of a plan; the answer goes to `took` with the same number."""
        raise NotImplementedError

    def shown(self, preview: R) -> None:
        """Show a preview."""
        raise NotImplementedError

    def send(self, plan: P) -> None:
        """Arm the plan; the answer goes to `sent`."""
        raise NotImplementedError

    def fade(self, old: bool) -> None:  # noqa: FBT001
        """The figures shown are those of other settings: take their colour away, or give it back."""

    def bad_field(self) -> str:
        """What is wrong with the first field that is wrong, '' when none is."""
        return ""

    def subject(self) -> str:
        return self.code

    def change(self, plan: P) -> None:
        """Another plan: recomputed after a short pause in typing."""
        if plan != self.plan:
            self.plan = plan
            self._refusal = self._denied = ""
            self._edit.start(EDIT_MS)
        self.recheck()

    def recheck(self) -> None:
        super().recheck()
        self.fade(self.answer is None or bool(self.bad_field() or self._refusal))

    def request(self) -> None:
        """Ask now, unless the trader is away or a field is wrong."""
        self._edit.stop()
        self._tick.stop()
        if self.leaving or self.mirror.link != "attached" or self.bad_field():
            return
        self._asked += 1
        self.ask(self.plan, self._asked)

    def took(self, plan: P, number: int, preview: R | Ack) -> None:
        """The trader's preview, or its reason for having none."""
        if number != self._asked or self.leaving:
            return
        if isinstance(preview, Ack):
            self.answer = None
            self._refusal = say(preview.reason, self.code) if preview.reason is not None else t("sheet.refused")
        else:
            self._refusal = ""
            self.answer = Answer(plan, preview)
            self.shown(preview)
        self.recheck()

    def confirm(self) -> None:
        if self.answer is None:
            return
        self._sending, self._denied = True, ""
        self.recheck()
        self.send(self.answer.plan)

    def sent(self, ack: Ack) -> None:
        """Done, or the reason why not."""
        self._sending = False
        if ack.ok:
            self.leave()
            return
        self.deny(say(ack.reason, self.code) if ack.reason is not None else t("sheet.refused"))

    def deny(self, words: str) -> None:
        """Say why nothing came of the last press; the button is back with fresh figures."""
        self._sending = False
        if self.leaving:
            # an answer may come when the sheet is gone for good
            return
        self._refusal = self._denied = words
        self.recheck()

    def aside(self) -> tuple[str, bool]:
        # fresh figures bring the button back, they do not answer why the last press did nothing
        return (self._denied, True) if self._denied else super().aside()

    def blocked(self) -> str:
        first = super().blocked()
        if first:
            return first
        if self.mirror.killed:
            return t("sheet.killed")
        if self.mirror.stale(self.code):
            return t("sheet.stale")
        if self._sending:
            return t("sheet.sending")
        wrong = self.bad_field() or self._refusal
        if wrong:
            return wrong
        if self.answer is None or self.answer.plan != self.plan:
            return t("sheet.computing")
        if not self.answer.preview.ok:
            refused = [check.reason for check in self.answer.preview.checks if check.level == "refuse"]
            return say(refused[0], self.code) if refused else t("sheet.refused")
        return ""

    def _ticked(self, keys: frozenset[str]) -> None:
        if self.code in keys and not self._tick.isActive():
            self._tick.start(TICK_MS)
            self.recheck()

    def _status_moved(self) -> None:
        """What holds for the whole account is among the checks; it changes without a tick."""
        now = _of_the_account(self.mirror.status)
        if now != self._account:
            self._account = now
            self._edit.start(EDIT_MS)

    def _link_moved(self) -> None:
        self._sending = False
        self.answer = None
        self.request()
        self.recheck()


def _of_the_account(status: StatusRow | None) -> tuple[object, ...]:
    """What of the status may refuse a start."""
    if status is None:
        return ()
    whole = [reason for reason, code in zip(status.blockers, status.blocker_codes, strict=False) if not code]
    return status.ready, status.master, status.killed, status.live_said, tuple(whole)
