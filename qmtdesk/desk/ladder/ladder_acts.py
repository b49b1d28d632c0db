"""What the user does to the chosen bond's grid and its levels, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QToolTip

from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.note_bar import NoteBar
from qmtdesk.desk.brush.plain import plain_tip
from qmtdesk.desk.ladder.ladder_head import RUNNING, LadderHead, no_start
from qmtdesk.desk.ladder.ladder_history import HistoryPopup, gap_fills, level_words
from qmtdesk.desk.ladder.ladder_view import LadderView
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.grid_form import differences
from qmtdesk.desk.sheets.sheet_base import host_of
from qmtdesk.desk.sheets.sheets import open_stop_choice
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.rows import GridRow, LevelRow
from qmtdesk.wire.talk import Ack


@dataclass(frozen=True, slots=True)
class _Aim:
    """A level as it stood when its menu opened: its index may soon be another's. `top`: the price above it, 0 none."""

    code: str
    price: int
    top: int
    paused: bool
    refs: tuple[str, ...]


class LadderActs(QObject):
    """Sends the wishes that need no sheet; a refusal is shown in the panel's note. Levels are given by index."""

    sheet_requested = Signal(str)

    def __init__(
        self, mirror: Mirror, commands: Commands, look: Look, head: LadderHead, ladder: LadderView, note: NoteBar
    ) -> None:
        super().__init__(ladder)
        self._mirror = mirror
        self._commands = commands
        self._look = look
        self._head = head
        self._ladder = ladder
        self._note = note
        self._sell_only: dict[str, bool] = {}
        mirror.grid_changed.connect(self._follow)

    def _grid(self) -> GridRow | None:
        return self._mirror.grids.get(self._mirror.selected_bond)

    def ask_sheet(self) -> None:
        """The grid sheet of the chosen bond."""
        if self._mirror.selected_bond:
            self.sheet_requested.emit(self._mirror.selected_bond)

    def set_sell_only(self, on: bool) -> None:  # noqa: FBT001
        """Wind the grid down, or take that back."""
        code = self._mirror.selected_bond

        def answered(ack: Ack) -> None:
            self._answered(ack)
            if ack.ok:
                self._sell_only[code] = on
                self._follow(frozenset({code}))

        self._head.set_busy(True)
        self._commands.set_sell_only(code, on, answered)

    def _follow(self, codes: frozenset[str]) -> None:
        """Once the grid does as told, so do the settings kept for its next start: they are older than the word."""
        for code in codes & self._sell_only.keys():
            grid, on = self._mirror.grids.get(code), self._sell_only[code]
            if grid is None or grid.plan.sell_only is not on:
                continue
            del self._sell_only[code]
            kept = self._mirror.pending.get(code)
            if kept is not None:
                kept = replace(kept, sell_only=on)
                self._mirror.keep_plan(code, kept if differences(grid.plan, kept) else None)

    def stop(self) -> None:
        """Stop the chosen bond's grid: own orders are cancelled, holdings kept."""
        self.stop_grid(self._mirror.selected_bond)

    def stop_grid(self, code: str, how: StopHow = StopHow.CANCEL) -> None:
        """Stop a grid without selling; never asks, offers the way back."""
        words = t("head.stopped_left" if how is StopHow.LEAVE else "head.stopped", name=self._mirror.name(code))

        def stopped(ack: Ack) -> None:
            self._answered(ack)
            if ack.ok:
                self._note.say(words, t("head.again"), lambda: self.sheet_requested.emit(code))

        self._commands.disarm_grid(code, how, stopped)

    def stop_ways(self) -> None:
        """The three ways to stop the chosen bond's grid, under the button."""
        open_stop_choice(host_of(self._head), self._mirror.selected_bond, self._head.ways_button, self.stop_grid)

    def stop_selected(self) -> None:
        """The S key: stop the chosen bond's grid, if it has one running; one that is stopping already says so."""
        grid = self._grid()
        if grid is not None and grid.state in RUNNING:
            self.stop()
        elif waits := no_start(self._mirror, self._mirror.selected_bond):
            self._note.say(waits)

    def demo(self) -> None:
        """Paper market: start what there is to look at."""
        self._commands.demo(self._answered)

    def _level(self, index: int) -> LevelRow | None:
        grid = self._grid()
        return grid.levels[index] if grid is not None and 0 <= index < len(grid.levels) else None

    def pause(self, index: int) -> None:
        """Pause the gap above a level, or go on with it."""
        level = self._level(index)
        if level is not None:
            self._pause(self._mirror.selected_bond, index, on=not level.paused)

    def _pause(self, code: str, index: int, *, on: bool) -> None:
        # the highest level has no gap above it
        if self._level(index + 1) is not None:
            self._commands.pause_gap(code, index, on, self._answered)

    def cancel(self, index: int) -> None:
        """Cancel what rests at a level."""
        level = self._level(index)
        if level is None:
            return
        for ref in _refs(level):
            self._commands.cancel_order(ref, self._answered)

    def _aim(self, index: int, level: LevelRow) -> _Aim:
        above = self._level(index + 1)
        top = above.price if above is not None else 0
        return _Aim(self._mirror.selected_bond, level.price, top, level.paused, _refs(level))

    def _at(self, aim: _Aim, act: Callable[[int], object]) -> None:
        """Do something to a level where it stands now; one that is gone is not replaced by its neighbour."""
        grid = self._grid()
        levels = grid.levels if grid is not None and grid.code == aim.code else ()
        for index, level in enumerate(levels):
            now = self._aim(index, level)
            if (now.price, now.top) == (aim.price, aim.top):
                act(index)
                return
        self._gone(aim)

    def _gone(self, aim: _Aim) -> None:
        self._note.warn(t("ladder.level_gone", price=f.price(aim.price, aim.code)))

    def _pause_aimed(self, aim: _Aim) -> None:
        self._at(aim, lambda index: self._pause(aim.code, index, on=not aim.paused))

    def _cancel_aimed(self, aim: _Aim) -> None:
        grid = self._mirror.grids.get(aim.code)
        resting = {ref for level in grid.levels for ref in _refs(level)} if grid is not None else set()
        refs = [ref for ref in aim.refs if ref in resting]
        for ref in refs:
            self._commands.cancel_order(ref, self._answered)
        if not refs:
            self._gone(aim)

    def _answered(self, ack: Ack) -> None:
        self._head.set_busy(False)
        if not ack.ok and ack.reason is not None:
            self._note.warn(t("head.refused", why=say(ack.reason, self._mirror.selected_bond)))

    def history(self, index: int, place: QPoint) -> None:
        """What was traded in the gap above a level."""
        level, above = self._level(index), self._level(index + 1)
        if level is None:
            return
        code, top = self._mirror.selected_bond, above.price if above is not None else 0
        high = f.price(top or level.price, code)
        no = f.fixed(level.no, 1, 0, signed=True)
        title = t("ladder.history", no=no, low=f.price(level.price, code), high=high)
        fills = gap_fills(self._mirror.fills.values(), code, level.price, top)
        HistoryPopup(self._look, title, fills, self._ladder).show_at(place)

    def menu(self, index: int, place: QPoint) -> None:
        """All that can be done with a level."""
        level = self._level(index)
        if level is None:
            return
        aim = self._aim(index, level)
        menu = QMenu(self._ladder)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(t("ladder.menu_resume" if level.paused else "ladder.menu_pause"), lambda: self._pause_aimed(aim))
        menu.addAction(t("ladder.menu_cancel"), lambda: self._cancel_aimed(aim)).setEnabled(bool(aim.refs))
        menu.addAction(t("ladder.menu_history"), lambda: self._at(aim, lambda now: self.history(now, place)))
        menu.addSeparator()
        menu.addAction(t("ladder.menu_centre"), self._ladder.centre)
        menu.addAction(t("ladder.menu_copy"), lambda: self._at(aim, self._copy))
        menu.popup(place)

    def _copy(self, index: int) -> None:
        QGuiApplication.clipboard().setText(self.level_words(index))

    def help(self, index: int, place: QPoint) -> None:
        """The tooltip of a level."""
        QToolTip.showText(place, plain_tip(self.level_words(index)), self._ladder)

    def level_words(self, index: int) -> str:
        """All there is to say about a level, one fact a line."""
        level, grid = self._level(index), self._grid()
        return "" if level is None or grid is None else level_words(grid, level, self._mirror.last(grid.code))


def _refs(level: LevelRow) -> tuple[str, ...]:
    """The orders that rest at a level."""
    return tuple(ref for ref in (level.buy_ref, level.sell_ref) if ref)
