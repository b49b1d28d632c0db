"""The trading side of the gateway: keeps a connection, sends what is wanted, tells what comes back."""

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from qmtdesk.domain.account import AccountStatus
from qmtdesk.domain.messages import (
    AccountReported,
    Cancel,
    CancelRefused,
    Event,
    Place,
    Query,
    ReportFailed,
    SubmitRefused,
    SubmitUnknown,
)
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.ports import Post
from qmtdesk.gateways.qmt import approach, link, names, unanswered
from qmtdesk.gateways.qmt.approach import Approach, Loader
from qmtdesk.gateways.qmt.days import trading_day
from qmtdesk.gateways.qmt.health import TradingHealth
from qmtdesk.gateways.qmt.hearing import Hearing
from qmtdesk.gateways.qmt.queue_files import QueueFiles
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.records import RawAccount, RawPoison
from qmtdesk.gateways.qmt.session import NotOpened, ReportFailure, TradeSession
from qmtdesk.gateways.qmt.worker import Failed, Overdue

log = logging.getLogger("qmtdesk.trader")

LOOK_S = 0.2
STALE_MS = 2_000
"""An order that waited longer for the driver is not what was wanted any more."""
REMARK = 20
"""Characters of a remark that every counter was seen to keep."""
STOP_S = 1.2

Clock = Callable[[], int]


class TradeOptions(Struct, frozen=True):
    """Which terminal and account. `base` makes this run's session ids its own.

    `client`: a running MiniQMT must be seen first, where processes can be; a bridge may serve another terminal.
    """

    folder: Path
    account: str
    account_type: str = "STOCK"
    base: int = 0
    client: bool = False


class _Wish(NamedTuple):
    """An intent, and when and for which connection it was wanted."""

    intent: Place | Cancel
    at: int
    generation: int


class _Lost(NamedTuple):
    """That connection is of no more use."""

    generation: int
    text: str
    hung: bool = False


class TradeSide:
    """Three threads: the driver owns the connection and sends, the asker waits for answers, `Hearing` makes events.

    `submit`, `cancel` and `query` may be called from any thread and return at once. What the driver waits for is
    bounded by the session's deadlines; a connection whose call hangs is left behind with its thread.
    """

    def __init__(self, options: TradeOptions, load: Loader, clock: Clock, raw: RawLog) -> None:
        self._options = options
        self._clock = clock
        self._approach = Approach(options.folder, load, client=options.client)
        self._files = QueueFiles(options.folder)
        self._session: TradeSession | None = None
        self._stated = False
        """Whether the terminal said how the account stands since it was connected."""
        self._unanswered = unanswered.Unanswered()
        """The asker's."""
        self._generation = 0
        self._attempts = link.Attempts()
        self._wishes: queue.SimpleQueue[_Wish | _Lost] = queue.SimpleQueue()
        self._questions: queue.SimpleQueue[Query | None] = queue.SimpleQueue()
        self._hearing = Hearing(options.account, options.account_type, clock, raw, self)
        self._ended = threading.Event()
        self._health = TradingHealth()
        self._noting = threading.Lock()
        self._post: Post = _nobody
        self._driver = threading.Thread(target=self._drive, name="qmt-driver", daemon=True)
        self._asker = threading.Thread(target=self._answer, name="qmt-asker", daemon=True)

    # --- the port

    def start(self, post: Post) -> None:
        """Begin to connect."""
        self._post = post
        self._hearing.start()
        self._asker.start()
        self._driver.start()

    def stop(self) -> None:
        """End. Waits a moment for the driver to close the connection, and for nothing that hangs."""
        self.leave()
        if self._driver.is_alive():
            self._driver.join(STOP_S)
        self._hearing.end()

    def leave(self) -> None:
        """Begin to end, without waiting."""
        self._ended.set()
        self._questions.put(None)

    def want(self, intent: Place | Cancel) -> None:
        """Send it when the driver comes to it: at once, or not at all."""
        self._wishes.put(_Wish(intent, self._clock(), self._generation))

    def ask(self, query: Query) -> None:
        """Ask when the asker comes to it."""
        self._questions.put(query)

    @property
    def health(self) -> TradingHealth:
        """How the connection stands; any thread."""
        return self._health

    @property
    def key(self) -> str:
        """The account's short key."""
        return self._hearing.key

    # --- the driver

    def _drive(self) -> None:
        while not self._ended.is_set():
            if self._session is None:
                self._try_to_connect()
            try:
                wish = self._wishes.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if not self._ended.is_set():
                self._carry_out(wish)
        if self._session is not None:
            self._session.close()

    def _try_to_connect(self) -> None:
        now = self._clock()
        if not link.due(self._attempts, now):
            return
        native = self._approach.native()
        if isinstance(native, NotOpened):
            self._failed(native)
            return
        self._attempts = link.begun(self._attempts)
        self._generation += 1
        self.note(stage="connecting", text=self._health.text)
        options = self._options
        number = link.session_id(options.base, self._attempts)
        self._files.take(number)
        session = TradeSession(
            native,
            options.folder,
            number,
            options.account,
            options.account_type,
            self._generation,
            self._hearing.heard,
        )
        self._hearing.new_connection()
        refused = session.open()
        if refused is not None:
            self._close(session)
            self._failed(refused)
            return
        self._opened(session)

    def _failed(self, why: NotOpened) -> None:
        now = self._clock()
        spare = why.stage in approach.STAGES and self._attempts.spare
        self._attempts = link.missed(self._attempts, now, refused=why.refused, spare=spare)
        text = names.NOT_OPENED[why.stage].format(why.text)
        if text != self._health.text:
            # a terminal that is closed for a night is one message
            log.warning("QMT: %s", text)
        self.note(
            stage="hung" if why.hung else "closed",
            text=text,
            failures=self._attempts.failed,
            next_try_at=self._attempts.next_at,
            hung=self._health.hung + why.hung,
        )

    def _opened(self, session: TradeSession) -> None:
        accounts = session.accounts()
        statuses = session.statuses()
        for found in (accounts, statuses):
            if isinstance(found, ReportFailure) and found.hung:
                self._close(session)
                self._failed(NotOpened("accounts", found.text, hung=True))
                return
        self._session = session
        self._stated = not isinstance(statuses, ReportFailure)
        now = self._clock()
        listed = 0 if isinstance(accounts, ReportFailure) else _numbers(accounts)
        self._attempts = link.worked(self._attempts, now)
        self.note(
            stage="up",
            text="",
            since=now,
            connects=self._health.connects + 1,
            failures=0,
            next_try_at=0,
            accounts=listed,
        )
        log.info("QMT: connected as session %d", session.session_id)
        told = () if isinstance(statuses, ReportFailure) else statuses
        self._hearing.link_up(session.generation, told, sole=listed == 1)

    def _lose(self, text: str, *, hung: bool = False) -> None:
        """The connection is of no more use: tell it, leave it, and try again later."""
        session, self._session = self._session, None
        self._generation += 1
        self._attempts = link.missed(self._attempts, self._clock())
        self.note(
            stage="hung" if hung else "closed",
            text=text,
            since=self._clock(),
            failures=self._attempts.failed,
            next_try_at=self._attempts.next_at,
            hung=self._health.hung + hung,
        )
        log.warning("QMT: %s", text)
        self._hearing.link_down(text)
        if session is not None:
            self._close(session)

    def _close(self, session: TradeSession) -> None:
        session.close()
        if not session.sick:
            # what hangs may still use its files
            self._files.closed(session.session_id)

    def _carry_out(self, wish: _Wish | _Lost) -> None:
        if isinstance(wish, _Lost):
            if self._session is not None and wish.generation == self._generation:
                self._lose(wish.text, hung=wish.hung)
        elif isinstance(wish.intent, Cancel):
            self._cancel(wish.intent)
        elif self._session is None:
            self._hearing.not_sent(wish.intent.ref, names.NOT_CONNECTED)
        elif not (0 < len(wish.intent.ref) <= REMARK and wish.intent.ref.isascii()):
            self.tell(SubmitRefused(wish.intent.ref, names.BAD_REF))
        elif wish.generation != self._generation or self._clock() - wish.at > STALE_MS:
            self._hearing.not_sent(wish.intent.ref, names.TOO_OLD)
        else:
            self._place(wish.intent, self._session)

    def _place(self, place: Place, session: TradeSession) -> None:
        self._hearing.leaves(place.ref)
        match session.order(place):
            case int() as seq if seq > 0:
                self._hearing.sent(place.ref, seq)
            case int() as seq:
                self.tell(SubmitUnknown(place.ref, names.NO_SEQUENCE.format(seq)))
            case Failed(text):
                # it may have been raised after the native side had it
                self.tell(SubmitUnknown(place.ref, names.ORDER_RAISED.format(text)))
            case Overdue(seconds):
                self.tell(SubmitUnknown(place.ref, names.NO_RETURN.format("order_stock_async", seconds)))
                self._lose(names.ORDER_HUNG, hung=True)

    def _cancel(self, cancel: Cancel) -> None:
        if self._session is None:
            return
        match self._session.cancel(cancel.broker_id):
            case int() as seq if seq > 0:
                pass
            case int() as seq:
                self.tell(CancelRefused(cancel.broker_id, names.CANCEL_NO_SEQUENCE.format(seq)))
            case Failed(text):
                self.tell(CancelRefused(cancel.broker_id, names.CANCEL_RAISED.format(text)))
            case Overdue():
                self._lose(names.CANCEL_HUNG, hung=True)

    # --- the asker

    def _answer(self) -> None:
        while (query := self._newest_question()) is not None:
            session = self._session
            if session is None:
                self.tell(ReportFailed(query.request, self._health.text))
                continue
            self._ask(query, session)

    def _newest_question(self) -> Query | None:
        """Waits for one. While a slow terminal was asked others may have come; only the newest still matters."""
        query = self._questions.get()
        while query is not None and not self._questions.empty():
            query = self._questions.get()
        return query

    def _ask(self, query: Query, session: TradeSession) -> None:
        asked_at = self._clock()
        found = self._status_hung(session) or session.read_account()
        if isinstance(found, ReportFailure):
            self.tell(ReportFailed(query.request, found.text))
            if found.hung:
                self._wishes.put(_Lost(session.generation, found.text, hung=True))
            elif self._in_vain(session.generation, found):
                self.lost(session.generation, names.UNANSWERED.format(found.text))
            return
        self._unanswered = unanswered.answered(self._unanswered)
        found = found._replace(issues=session.new_issues(trading_day(asked_at).isoformat()))
        self._hearing.answered(session.generation, found, query.request, asked_at)

    def _in_vain(self, generation: int, why: ReportFailure) -> bool:
        """Whether nothing but failures came for too long; an account that moved while it was read was answered."""
        if why.what == "round":
            self._unanswered = unanswered.answered(self._unanswered)
            return False
        self._unanswered, lost = unanswered.failed(self._unanswered, generation, self._clock())
        return lost

    def _status_hung(self, session: TradeSession) -> ReportFailure | None:
        """Ask how the account stands while it is not known to be in order: the push that says so may be lost."""
        if self._stated and self._health.status == AccountStatus.OK:
            return None
        pushed = self._hearing.statuses
        found = session.statuses()
        if isinstance(found, ReportFailure):
            return found if found.hung else None
        self._stated = True
        self._hearing.stated(session.generation, found, pushed)
        return None

    # --- what the reader needs

    @property
    def generation(self) -> int:
        """The connection of now; what comes from another one is old. Any thread."""
        return self._generation

    def lost(self, generation: int, text: str) -> None:
        """That connection is gone. Any thread."""
        self._wishes.put(_Lost(generation, text))

    def beat(self) -> None:
        """About once a second. Any thread."""
        self._hearing.beat()

    def tell(self, event: Event) -> None:
        """Hand an event on while there is anybody to hear it. Any thread."""
        if isinstance(event, ReportFailed | AccountReported):
            self.note(unanswered=event.text if isinstance(event, ReportFailed) else "")
        if not self._ended.is_set():
            self._post(self._clock(), event)

    def note(self, **changes: object) -> None:
        """Change what is known of the connection's health. Any thread."""
        with self._noting:
            self._health = replace(self._health, **changes)  # type: ignore[arg-type]


def _numbers(accounts: tuple[RawAccount | RawPoison, ...]) -> int:
    """How many accounts these are: one number is listed once for each market it trades in."""
    unread = [each for each in accounts if isinstance(each, RawPoison)]
    return len({each.account_id for each in accounts if isinstance(each, RawAccount)}) + len(unread)


def _nobody(_at: int, _event: Event) -> None:
    """Before the start there is nobody to tell."""
