"""Takes what the link heard and lays it into the mirror."""

from collections.abc import Callable, Iterable
from pathlib import Path

from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import CRASHES, STOPPED, Mirror
from qmtdesk.desk.words.texts import TEXTS, t
from qmtdesk.wire.client import Item
from qmtdesk.wire.inside import inside
from qmtdesk.wire.link_events import Attached, Failed, LinkEvent, Lost, Silent, Starting
from qmtdesk.wire.numbering import Snapshot
from qmtdesk.wire.spawn import LOG
from qmtdesk.wire.talk import Batch, Beat, Raise, Refuse


class Listener:
    """GUI thread only. `raised` when another start asks for the window, `refused` when the trader will not end.

    `folder` is where the trader writes its logs. `disarmed` when a trader that crashed too often is back with nothing
    armed.
    """

    def __init__(
        self,
        mirror: Mirror,
        commands: Commands,
        raised: Callable[[], None],
        refused: Callable[[str], None],
        folder: Path,
        disarmed: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder, self._disarmed = folder, disarmed
        self._mirror, self._commands, self._raised, self._refused = mirror, commands, raised, refused
        self.attached_once = False

    def take(self, items: Iterable[Item]) -> None:
        """Everything of one drain."""
        for item in items:
            self._take(item)

    def _take(self, item: Item) -> None:
        mirror = self._mirror
        match item:
            case Batch():
                self._heard()
                mirror.apply(item.changes)
                mirror.apply(item.quotes)
            case Beat():
                self._heard()
                mirror.beat(item.clock)
            case Snapshot():
                self._snapshot(item)
            case Attached() | Silent() | Starting() | Lost() | Failed():
                self._link(item)
            case Raise():
                self._raised()
            case Refuse():
                self._refused(item.why)
            case _:  # a greeting, a page or an answer: the link has taken what there is in it
                return

    def _link(self, event: LinkEvent) -> None:
        mirror = self._mirror
        match event:
            case Attached():
                self.attached_once = True
                mirror.set_link("starting")
                if event.safe:
                    self._disarmed()
            case Silent():
                mirror.set_link("silent", str(event.ms))
            case Starting(safe=True) if mirror.status is not None:
                mirror.set_link("lost", CRASHES)
            case Starting():
                # a picture that stands still keeps its alarm
                mirror.set_link("starting" if mirror.status is None else "lost", str(event.ms))
            case Lost(stopped=True):
                mirror.set_link("lost", STOPPED)
            case Lost():
                mirror.set_link("lost", event.reason)
            case Failed():
                mirror.set_link("failed", _failed(event, self._folder))

    def _heard(self) -> None:
        if self._mirror.link == "silent":
            self._mirror.set_link("attached")

    def _snapshot(self, snapshot: Snapshot) -> None:
        mirror = self._mirror
        mirror.begin_snapshot()
        mirror.apply(snapshot.rows)
        mirror.end_snapshot()
        mirror.set_link("attached")
        mirror.flush()
        for code, what in ((mirror.selected_bond, "price"), (mirror.selected_stock, "seal")):
            if code:
                self._commands.ask_series(code, what)


def _failed(item: Failed, folder: Path) -> str:
    """Why there is no trader, in the user's language where we have words for it."""
    key = f"failed.{item.why}"
    return t(key, text=item.text, pid=item.pid or "—", log=last_words(folder)) if key in TEXTS else item.text


def last_words(folder: Path) -> Path:
    """The file a trader wrote in last: its log, or its output where it ended before it had one."""
    log = inside(folder, "trader.log")
    return max((log, inside(folder, LOG)), key=_written)


def _written(path: Path) -> float:
    try:
        found = path.stat()
    except OSError:
        return 0.0
    return found.st_mtime if found.st_size else 0.0
