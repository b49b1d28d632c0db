"""What is asked of xtdata about codes: the bond sector, details, bond data; beside the quotes, not in their way."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.native import Native
from qmtdesk.gateways.qmt.worker import CommandThread, Done, Failed, Overdue

log = logging.getLogger("qmtdesk.trader")

CALL_S = 10.0
SECTORS_S = 60.0


class Asked(NamedTuple):
    """What was told of codes. `failed` is why it is not everything."""

    details: Mapping[str, Mapping[str, Any] | None]
    bond_infos: Mapping[str, Mapping[str, Any]]
    failed: str = ""


class ListQuestions:
    """Asks on a command thread of its own: hundreds of questions, one by one, hold up neither quotes nor orders.

    `native` gives xtquant's modules while the quote link stands. Its calls block within their deadlines; for one
    thread. `end` may come from another, and then the next question is the last.
    """

    def __init__(self, native: Callable[[], Native | None]) -> None:
        self._native = native
        self._worker: CommandThread | None = None
        self._ended = False

    def end(self) -> None:
        """Ask no more."""
        self._ended = True

    def universe(self) -> tuple[str, ...] | Failed:
        """The codes of the bond sector, as QMT keeps it."""
        match self._call(lambda native: native.xtdata.get_stock_list_in_sector(names.BOND_SECTOR)):
            case Done(list() as codes):
                return tuple(str(code) for code in codes)
            case Done(value):
                return Failed(f"get_stock_list_in_sector: {type(value).__name__}")
            case Failed() as failed:
                return failed
            case Overdue(seconds):
                return Failed(names.NO_RETURN.format("get_stock_list_in_sector", seconds))

    def fetch_sectors(self) -> str:
        """Let the terminal fetch its sectors, which a fresh one has not done yet; '' or why that failed."""
        match self._call(lambda native: native.xtdata.download_sector_data(), SECTORS_S):
            case Done():
                return ""
            case Failed(text):
                return text
            case Overdue(seconds):
                return f"download_sector_data: {seconds:g} s"

    def ask(self, codes: Iterable[str], bonds: Iterable[str]) -> Asked:
        """Details of the codes, and of the bonds among them what `get_cb_info` tells."""
        details: dict[str, Mapping[str, Any] | None] = {}
        for code in codes:
            match self._call(lambda native, code=code: native.xtdata.get_instrument_detail(code)):  # type: ignore[misc]
                case Done(value):
                    details[code] = value
                case Failed(text):
                    return Asked(details, {}, text)
                case Overdue(seconds):
                    return Asked(details, {}, names.NO_RETURN.format("get_instrument_detail", seconds))
        return Asked(details, self._bond_infos(bonds))

    def _bond_infos(self, bonds: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """A right that many accounts do not have: without it bonds are listed without terms."""
        infos: dict[str, Mapping[str, Any]] = {}
        for code in bonds:
            match self._call(lambda native, code=code: native.xtdata.get_cb_info(code)):  # type: ignore[misc]
                case Done(value):
                    infos[code] = value if isinstance(value, Mapping) else {}
                case Failed(text):
                    log.info("QMT list: no bond data: %s", text)
                    break
                case Overdue(seconds):
                    log.warning("QMT list: no bond data: get_cb_info: %g s", seconds)
                    break
        return infos

    def _call(self, what: Callable[[Native], Any], deadline_s: float = 0.0) -> Done[Any] | Failed | Overdue:
        native = self._native()
        if native is None or self._ended:
            return Failed(names.QUOTES_GONE)
        if self._worker is None or self._worker.sick:
            self._worker = CommandThread("qmt-lists")
        return self._worker.call(lambda: what(native), deadline_s or CALL_S)
