"""继续交易: what suspended a code or everything, what was counted, and what leaves at once when it goes on."""

from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.wrap import Cause
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror, grids_armed
from qmtdesk.desk.link.said import say_at
from qmtdesk.desk.sheets.wish_sheet import WishSheet
from qmtdesk.desk.words.texts import TEXTS, t
from qmtdesk.domain.reason import Reason, Why

Line = tuple[str, str, bool]


class ReleaseSheet(WishSheet):
    """Of one code, or with the code '' of everything or of all buying. It leaves by itself when nothing waits."""

    wide = 640
    high = 348
    needs_quotes = False
    label_wide = 92

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str) -> None:
        self.code = code
        super().__init__(window, mirror, commands, look)
        self.cause = Cause(look, self.body, self.wide - 48)
        self.column.insertWidget(0, self.cause)
        self.say_foot(t("release.foot"))
        self.arm_button(t(f"release.go{self.kind()}"), "primary")
        for signal in (mirror.status_changed, mirror.second_passed, mirror.fills_changed, mirror.orders_changed):
            signal.connect(self._show)
        self._show()

    def title(self) -> str:
        return t(f"release.title{self.kind()}")

    def kind(self) -> str:
        """What is released: '' one code, '_all' everything, '_buys' all buying."""
        held = self.mirror.suspension(self.code)
        if self.code:
            return ""
        return "_buys" if held is not None and held.buys_only else "_all"

    def subject(self) -> str:
        return self.code

    def missing(self) -> str:
        held = self.mirror.suspension(self.code)
        if held is None:
            return t("release.nothing")
        return t("release.journal") if held.reason.why is Why.JOURNAL_FAILED else ""

    def wish(self, done: Done) -> None:
        self.commands.release(self.code, done)

    def _show(self, *_: object) -> None:
        held = self.mirror.suspension(self.code)
        if self.leaving:
            return
        if held is None:
            self.leave()
            return
        self.cause.say(say_at(self.mirror, held.reason, self.code))
        age = fmt.duration(max(self.mirror.clock() - held.at, 0))
        since = t("release.since_at", at=fmt.clock(held.at), age=age) if held.at else fmt.MISSING
        lines: list[Line] = [(t("release.since"), since, False)]
        lines += self._of_code() if self.code else self._of_all()
        lines.append((t("release.look"), look_first(held.reason), False))
        self.facts.say(tuple(lines))
        self.recheck()

    def _of_code(self) -> list[Line]:
        code, grid = self.code, self.mirror.grids.get(self.code)
        fills = [fill for fill in self.mirror.fills.values() if fill.code == code]
        buys = [fill.volume for fill in fills if fill.side == "buy"]
        sells = [fill.volume for fill in fills if fill.side == "sell"]
        today = t(
            "release.today_n",
            buys=len(buys),
            bought=fmt.volume(sum(buys), code),
            sells=len(sells),
            sold=fmt.volume(sum(sells), code),
        )
        if grid is not None and grid.armed:
            then = t("release.then_code", price=fmt.price(self.mirror.last(code), code))
        else:
            then = t("release.then_idle")
        return [
            (t("release.today"), today, False),
            (t("release.live"), t("stop.orders", n=self._live()), self._live() > 0),
            (t("release.stands"), t("release.stands_code"), False),
            (t("release.then"), then, False),
        ]

    def _of_all(self) -> list[Line]:
        status = self.mirror.status
        refused = [row for row in self.mirror.orders.values() if row.state == "rejected" and row.kind != "foreign"]
        told = t("release.refused_none")
        if refused:
            newest = max(refused, key=lambda row: row.updated_at)
            told = t("release.refused_n", n=len(refused), text=newest.text or fmt.MISSING)
        grids, guards = (grids_armed(status), status.guards_armed) if status is not None else (0, 0)
        return [
            (t("release.refused"), told, bool(refused)),
            (t("release.live"), t("stop.orders", n=self._live()), False),
            (t("release.stands"), t(f"release.stands{self.kind()}"), False),
            (t("release.then"), t(f"release.then{self.kind()}", grids=grids, guards=guards), False),
        ]

    def _live(self) -> int:
        rows = (row for row in self.mirror.orders.values() if row.cancellable and row.kind != "foreign")
        return sum(not self.code or row.code == self.code for row in rows)


def look_first(reason: Reason) -> str:
    """Where a person should look before going on."""
    key = f"release.look_{reason.why.value}"
    return t(key if key in TEXTS else "release.look_any")
