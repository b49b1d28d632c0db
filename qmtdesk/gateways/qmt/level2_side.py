"""Asks for the Level-2 supplement of the stocks that matter, beside the Level-1 quotes and never in their way."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.instrument import Kind
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.days import trading_day
from qmtdesk.gateways.qmt.health import Level2Health
from qmtdesk.gateways.qmt.level2 import PERIOD, Cancels
from qmtdesk.gateways.qmt.native import Native
from qmtdesk.gateways.qmt.watchdog import trading
from qmtdesk.gateways.qmt.worker import CommandThread, Done, Failed, Overdue

log = logging.getLogger("qmtdesk.trader")

CALL_S = 5.0
LOOK_S = 0.5
SILENT_MS = 60_000
MOST = 30
"""The vendor bears some fifty subscriptions of single codes, and other programs of the user may have theirs."""

Link = Callable[[], tuple[int, Native] | None]
Hand = Callable[[int, object], None]


class Level2Side:
    """One thread that subscribes; what comes is handed on with the number of its connection.

    A code that is refused is asked for again with the next connection or on the next day, and not before; after a call
    that did not return nothing more is asked for until then. `watch` may be called from any thread.
    """

    def __init__(self, linked: Link, clock: Callable[[], int], cancels: Cancels, hand: Hand) -> None:
        self._linked = linked
        self._clock = clock
        self._cancels = cancels
        self._hand = hand
        self._wanted: tuple[str, ...] = ()
        self._of: tuple[int, date] | None = None
        self._asked: dict[str, int] = {}
        self._worker: CommandThread | None = None
        self._workers = 0
        self._refusal = ""
        self._hung = False
        self._seen = (0, 0)
        self._heard = ""
        self._quiet_ms = 0
        self._looked_at = 0
        self._health = Level2Health()
        self._changed = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="qmt-level2", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def leave(self) -> None:
        """Begin to end, without waiting."""
        self._ended.set()
        self._changed.set()

    def watch(self, codes: Iterable[str]) -> None:
        """These codes matter, the first ones most; only stocks are asked for, and only so many."""
        self._wanted = tuple(code for code in codes if _is_stock(code))[:MOST]
        self._changed.set()

    @property
    def health(self) -> Level2Health:
        """How it stands; any thread."""
        return self._health

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._look()
            except Exception:
                # Level-1 goes on without it, and the next look may do better
                log.exception("QMT Level-2: a look failed")
            self._changed.wait(LOOK_S)
            self._changed.clear()
        if self._worker is not None:
            self._worker.end()

    def _look(self) -> None:
        now, linked = self._clock(), self._linked()
        passed, self._looked_at = max(0, now - self._looked_at), now
        if linked is None:
            self._health = Level2Health()
            return
        generation, native = linked
        of = (generation, trading_day(now))
        if of != self._of:
            self._begin(of, native)
        if not self._hung:
            self._ask(generation, native)
        self._listen(passed if self._asked and trading(self._wanted, now) else 0)
        self._tell()

    def _begin(self, of: tuple[int, date], native: Native) -> None:
        """A new connection or a new day: what was refused may be granted now."""
        if self._of is not None and self._of[0] == of[0]:
            for number in filter(None, self._asked.values()):
                self._call(_giving_up(native, number))
        self._of = of
        self._asked.clear()
        self._refusal, self._hung, self._heard, self._quiet_ms = "", False, "", 0
        if self._worker is None or self._worker.sick:
            self._workers += 1
            self._worker = CommandThread(f"qmt-level2-{self._workers}")

    def _ask(self, generation: int, native: Native) -> None:
        for code in [code for code in self._asked if code not in self._wanted]:
            number = self._asked.pop(code)
            if number:
                self._call(_giving_up(native, number))
        for code in self._wanted:
            if code in self._asked or self._hung:
                continue
            match self._call(self._subscribing(generation, native, code)):
                case Done(int() as number) if number > 0:
                    self._asked[code] = number
                case Done(value):
                    self._refused(code, names.LEVEL2_ANSWER.format(value))
                case Failed(text):
                    self._refused(code, text)
                case Overdue(seconds):
                    self._refused(code, names.NO_RETURN.format("subscribe_quote", seconds))

    def _subscribing(self, generation: int, native: Native, code: str) -> Callable[[], Any]:
        def came(rows: object) -> None:
            self._hand(generation, rows)

        return lambda: native.xtdata.subscribe_quote(code, period=PERIOD, count=0, callback=came)

    def _refused(self, code: str, why: str) -> None:
        self._asked[code] = 0
        self._refusal = f"{code}: {why}"

    def _call(self, what: Callable[[], Any]) -> Done[Any] | Failed | Overdue:
        answer = self._worker.call(what, CALL_S) if self._worker is not None else Failed(names.LEVEL2_NOT_BEGUN)
        self._hung |= isinstance(answer, Overdue)
        return answer

    def _listen(self, passed: int) -> None:
        """Whether anything came since the last look, and whether it made sense."""
        seen = (self._cancels.used, self._cancels.doubted)
        if seen == self._seen:
            self._quiet_ms += passed
            return
        self._heard = "on" if seen[0] > self._seen[0] else "unclear"
        self._seen, self._quiet_ms = seen, 0

    def _tell(self) -> None:
        held = sum(number > 0 for number in self._asked.values())
        stage, text = self._stage(held)
        if (stage, text) != (self._health.stage, self._health.text) and stage not in ("", self._health.stage):
            log.info("QMT Level-2: %s %s", stage, text)
        self._health = Level2Health(stage, text, held, self._cancels.doubted)

    def _stage(self, held: int) -> tuple[str, str]:
        if not self._wanted:
            return "", ""
        if self._hung:
            return "hung", self._refusal
        if self._asked and not held:
            return "refused", self._refusal
        if self._quiet_ms > SILENT_MS:
            return "silent", ""
        return self._heard or "waiting", self._cancels.doubt if self._heard == "unclear" else ""


def _giving_up(native: Native, number: int) -> Callable[[], Any]:
    return lambda: native.xtdata.unsubscribe_quote(number)


def _is_stock(code: str) -> bool:
    try:
        return classify(code).kind is Kind.STOCK
    except UnknownCodeError:
        return False
