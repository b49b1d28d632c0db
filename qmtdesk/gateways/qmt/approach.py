"""What must be there before a connection is tried: the folder, a running terminal, and xtquant itself."""

from collections.abc import Callable
from pathlib import Path

from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.candidates import is_client
from qmtdesk.gateways.qmt.native import Native
from qmtdesk.gateways.qmt.pc import Pc, this_pc
from qmtdesk.gateways.qmt.session import NotOpened
from qmtdesk.gateways.qmt.worker import CommandThread, Done, Failed, Overdue

LOAD_S = 60.0
SEE_S = 5.0
STAGES = frozenset({"terminal", "load"})
"""What ends at one of these built no session."""

Loader = Callable[[], Native]


def absence(folder: Path, pc: Pc, *, client: bool) -> str:
    """Why no connection can come about, '' where nothing says so. What cannot be seen is not absent."""
    if not pc.is_folder(folder):
        return names.NO_FOLDER
    running = pc.processes() if client else None
    if not running or any(is_client(each) for each in running):
        return ""
    return names.NO_TERMINAL


class Approach:
    """Looks and loads, each on a thread of its own, for a disk may hang and the native part as anything else.

    A session that is made makes its folder and leaves a file of 75 MB there, whether anybody is there or not.
    """

    def __init__(self, folder: Path, load: Loader, *, client: bool) -> None:
        self._folder, self._load, self._client = folder, load, client
        self._native: Native | None = None

    def native(self) -> Native | NotOpened:
        """Xtquant's modules, or what is missing."""
        absent = self._absent()
        return NotOpened("terminal", absent) if absent else self._loaded()

    def _absent(self) -> str:
        worker = CommandThread("qmt-look")
        answer = worker.call(lambda: absence(self._folder, this_pc(), client=self._client), SEE_S)
        worker.end()
        return answer.value if isinstance(answer, Done) else ""

    def _loaded(self) -> Native | NotOpened:
        if self._native is not None:
            return self._native
        worker = CommandThread("qmt-load")
        answer = worker.call(self._load, LOAD_S)
        worker.end()
        match answer:
            case Done(native):
                self._native = native
                return native
            case Failed(text):
                return NotOpened("load", text)
            case Overdue(seconds):
                return NotOpened("load", names.NO_RETURN.format("xtquant", seconds), hung=True)
