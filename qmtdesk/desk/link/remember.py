"""Between the settings file and the window: what is taken from it at the start and written back."""

import base64
import binascii
import logging
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.tokens import Palette
from qmtdesk.desk.link.settings import DeskSettings
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.domain.plans import GridPlan
from qmtdesk.wire.typed_file import TypedFile

log = logging.getLogger("qmtdesk.desk")
_SAVE_MS = 1_000


def dress(look: Look, kept: DeskSettings, *, system_dark: bool) -> None:
    """The look as it was left."""
    look.set(
        dark=system_dark if kept.theme == "system" else kept.theme == "dark",
        palette=Palette(kept.palette),
        language=Language(kept.language),
        density=kept.density,
        motion=kept.motion,
    )


def pack(value: object) -> str:
    """Anything JSON can say, as the base64 the settings file wants."""
    return base64.b64encode(msgspec.json.encode(value)).decode("ascii")


def unpack(blob: str) -> dict[str, Any]:
    """What `pack` made; empty when it is something else."""
    try:
        found = msgspec.json.decode(base64.b64decode(blob, validate=True))
    except (binascii.Error, msgspec.DecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def plan_of(code: str, blob: str) -> GridPlan | None:
    """The settings in a blob of `pack`; None when they are no settings of that bond's grid."""
    try:
        plan = msgspec.convert(unpack(blob), GridPlan)
    except msgspec.ValidationError:
        return None
    return plan if plan.code == code else None


class Memory(QObject):
    """Writes the settings a second after something changed, and at the end.

    `may_write` is off where the file could not be read at the start: what it says is good and not known here.
    """

    def __init__(
        self, file: TypedFile[DeskSettings], kept: DeskSettings, window: MainWindow, frame: QWidget | None = None
    ) -> None:
        super().__init__(window)
        self._file, self._kept, self._window = file, kept, window
        self.may_write = True
        self._frame = frame or window
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_MS)
        self._timer.timeout.connect(self.save)
        window.look.changed.connect(self._timer.start)
        window.scale_chosen.connect(self._scaled)
        window.sound_chosen.connect(self._timer.start)
        window.watch.order_changed.connect(self._timer.start)
        window.panes.moved.connect(self._timer.start)
        window.mirror.pending_changed.connect(self._timer.start)
        window.mirror.read_changed.connect(self._timer.start)
        window.goodbye.how = kept.on_close
        window.goodbye.chosen.connect(self._timer.start)

    @property
    def paper_speed(self) -> int:
        """How fast the paper clock ran when it was last seen."""
        status = self._window.mirror.status
        return status.speed if status is not None and status.mode == "paper" else self._kept.paper_speed

    def restore(self) -> None:
        """Put the window as it was."""
        window, kept = self._window, self._kept
        splits = unpack(kept.layouts.get(window.panes.layout_key(), ""))
        if splits and all(isinstance(part, list) for part in splits.values()):
            window.panes.restore(splits)
        window.bonds.restore(unpack(kept.columns.get("bonds", "")))
        window.ladder.restore(unpack(kept.columns.get("ladder", "")))
        window.watch.restore_order(unpack(kept.columns.get("watch", "")))
        for code, blob in kept.pending.items():
            window.mirror.keep_plan(code, plan_of(code, blob))
        window.mirror.read_journal(kept.journal_read)
        if kept.selected_bond:
            window.mirror.select_bond(kept.selected_bond)
        if kept.selected_stock:
            window.mirror.select_stock(kept.selected_stock)

    def keep_size(self, name: str, wide: int, high: int) -> None:
        """The size a sheet was given by hand."""
        layouts = {**self._kept.layouts, f"sheet:{name}": pack({"wide": wide, "high": high})}
        self._kept = msgspec.structs.replace(self._kept, layouts=layouts)
        self._timer.start()

    def size_of(self, name: str) -> tuple[int, int] | None:
        """What `keep_size` kept, width and height."""
        kept = unpack(self._kept.layouts.get(f"sheet:{name}", ""))
        wide, high = kept.get("wide"), kept.get("high")
        return (wide, high) if isinstance(wide, int) and isinstance(high, int) else None

    def _scaled(self, scale: int) -> None:
        self._kept = msgspec.structs.replace(self._kept, scale=scale)
        self._timer.start()

    def save(self) -> None:
        """Write what there is now; a folder that does not take it costs the memory, not the window."""
        if not self.may_write:
            return
        window, look = self._window, self._window.look
        layouts = dict(self._kept.layouts)
        if window.panes.by_hand:
            layouts[window.panes.layout_key()] = pack(window.panes.splits())
        else:
            layouts.pop(window.panes.layout_key(), None)
        columns = {
            **self._kept.columns,
            "bonds": pack(window.bonds.state()),
            "ladder": pack(window.ladder.state()),
            "watch": pack(window.watch.order()),
        }
        self._kept = msgspec.structs.replace(
            self._kept,
            theme="dark" if look.dark else "light",
            palette=look.palette.value,
            language=look.language.value,
            density=look.density,
            motion=look.motion,
            sound=window.alerts.sound,
            on_close=window.goodbye.how,
            pending={code: pack(plan) for code, plan in window.mirror.pending.items()},
            journal_read=window.mirror.journal_read,
            paper_speed=self.paper_speed,
            geometry=base64.b64encode(bytes(self._frame.saveGeometry().data())).decode("ascii"),
            layouts=layouts,
            columns=columns,
            selected_bond=window.mirror.selected_bond,
            selected_stock=window.mirror.selected_stock,
        )
        try:
            self._file.save(self._kept)
        except OSError:
            log.exception("the desk's settings were not saved")
