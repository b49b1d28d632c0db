"""Makes events of raw records: whose they are, what they mean, and what to do with those that mean nothing."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import NamedTuple, TypeVar

from qmtdesk.domain.account import AccountReport, BrokerOrder, Position
from qmtdesk.domain.codes import has_rules
from qmtdesk.domain.messages import (
    AccountReported,
    AccountStatusTold,
    BrokerEvent,
    CancelRefused,
    FillReported,
    OrderReported,
    ReportFailed,
    SubmitAnswered,
    SubmitUnknown,
)
from qmtdesk.domain.order import Fill
from qmtdesk.domain.replacing import replace
from qmtdesk.gateways.qmt import meaning as mean
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.days import trading_day
from qmtdesk.gateways.qmt.numbers import Numbers, is_ref
from qmtdesk.gateways.qmt.records import (
    Raw,
    RawAnswer,
    RawAsset,
    RawCancelAnswer,
    RawCancelError,
    RawOrder,
    RawOrderError,
    RawPoison,
    RawPosition,
    RawStatus,
    RawTrade,
)
from qmtdesk.gateways.qmt.session import RawReport

log = logging.getLogger("qmtdesk.trader")

R = TypeVar("R", RawOrder, RawTrade)
T = TypeVar("T")


class Read(NamedTuple):
    """What one record came to. `unread` is why it must be asked about: something happened that was not understood."""

    events: tuple[BrokerEvent, ...] = ()
    unread: str = ""


class Reader:
    """Reads for one account. For one thread."""

    def __init__(self, number: str, account_type: str = "STOCK") -> None:
        self._number, self._kind = number, account_type
        self.key = mean.account_key(number)
        self.sole = False
        """Whether the terminal is known to be logged in to this account alone."""
        self._numbers = Numbers()
        self._early: dict[int, list[RawAnswer | RawOrderError]] = {}
        self._leaving: set[str] = set()
        """Orders whose call has not come back yet."""
        self._unclear: set[str] = set()
        self._issues: frozenset[str] = frozenset()
        self._day: date | None = None

    # --- what we sent

    def leaves(self, ref: str, now: int) -> None:
        """An order is about to leave."""
        self._turn(now)
        self._numbers.leaves(ref)
        self._leaving.add(ref)

    def sent(self, ref: str, seq: int) -> Read:
        """It left under this request number; an answer or error that was faster is read now."""
        self._numbers.sent(ref, seq)
        self._leaving.discard(ref)
        events: list[BrokerEvent] = []
        for early in self._early.pop(seq, ()):
            if isinstance(early, RawAnswer):
                events += self._answer(early).events
            elif ref.startswith(mean.text_of(early.order_remark)):
                events += self._error(early).events
        return Read(tuple(events))

    def new_connection(self) -> None:
        """Request numbers begin anew."""
        self._numbers.new_connection()
        self._early.clear()
        self._leaving.clear()

    def _turn(self, now: int) -> None:
        """Counters give the numbers of one day out again on the next."""
        day = trading_day(now)
        if day != self._day:
            self._day = day
            self._numbers = Numbers()
            self._early.clear()
            self._unclear.clear()
            self._issues = frozenset()

    # --- what is pushed

    def read(self, record: Raw, now: int) -> Read:
        """One record of the living connection; Unix ms."""
        self._turn(now)
        try:
            return self._read(record, now)
        except mean.UnclearError as error:
            return self._not_understood(record, str(error))

    def _read(self, record: Raw, now: int) -> Read:
        match record:
            case RawOrder() | RawTrade():
                return self._row(record, now)
            case RawAnswer():
                return self._answer(record)
            case RawOrderError():
                return self._error(record)
            case RawCancelError():
                return Read((self._cancel_refused(record),)) if self._mine(record.account_id) else Read()
            case RawCancelAnswer(cancel_result=result):
                refused = isinstance(result, int) and result != 0 and self._mine(record.account_id)
                return Read((self._cancel_refused(record),)) if refused else Read()
            case RawStatus():
                return self._status(record)
            case RawPoison() if self._nobodys(record):
                self._not_followed(f"{record.kind}: {record.text}")
                return Read()
            case RawPoison(kind=kind, text=text):
                return Read(unread=f"{kind}: {text}")
            case _:
                # money and holdings are pushed by some clients and not by others; they are asked for instead
                return Read()

    def _status(self, record: RawStatus) -> Read:
        """One number may be listed once for each market it trades in; only the chosen type says how ours stands."""
        if mean.is_other_type(record.account_type, self._kind):
            return Read()
        number, key = record.status, self._key(record.account_id)
        if isinstance(number, int) and not isinstance(number, bool):
            return Read((AccountStatusTold(number, key),))
        return Read(unread=f"status was {number!r}: not a number") if key == self.key else Read()

    def _row(self, record: RawOrder | RawTrade, now: int) -> Read:
        if self._elsewhere(record):
            self._not_followed(f"{record.stock_code}: a subscription, or of order_type {record.order_type!r}")
            return Read()
        if isinstance(record, RawTrade):
            if self._is_nothing(record):
                return Read()
            return Read((FillReported(self._fill(record, now), self._key(record.account_id)),))
        order, key = self._order(record, now), self._key(record.account_id)
        return Read() if self._nowhere(order) else Read((OrderReported(order, key),))

    def _order(self, raw: RawOrder, now: int) -> BrokerOrder:
        order = mean.order_of(raw, now)
        # one without a number or a volume says how an order ended; it gives none its number
        whole = order.broker_id and order.volume
        ref = self._ref(raw, order.broker_id, order.remark) if whole else self._ended(raw, order)
        return replace(order, remark=ref or order.remark, told_remark=order.remark)

    def _ended(self, raw: RawOrder, order: BrokerOrder) -> str:
        return self._numbers.told_as(order.broker_id, order.remark) if self._mine(raw.account_id) else ""

    def _nowhere(self, order: BrokerOrder) -> bool:
        """Whether a row without a number or a volume can be put to no order; such ones ended without a trade."""
        if order.broker_id and order.volume:
            return False
        self._not_followed(f"{order.code}: order {order.broker_id or '-'}, volume {order.volume}: {order.state.value}")
        named = is_ref(order.remark) or self._numbers.told_as("", order.remark)
        return not order.broker_id and not named

    def _is_nothing(self, raw: RawTrade) -> bool:
        """Whether a trade moved nothing, as a cancel that is told as one; said once."""
        if not mean.is_nothing(raw):
            return False
        told = f"traded_volume {raw.traded_volume!r}, traded_price {raw.traded_price!r}"
        self._not_followed(f"{raw.stock_code}: {told}: no trade")
        return True

    def _fill(self, raw: RawTrade, now: int) -> Fill:
        fill = mean.fill_of(raw, now)
        ref = self._ref(raw, fill.broker_id, fill.ref)
        return replace(fill, ref=ref) if ref else fill

    def _ref(self, raw: RawOrder | RawTrade, broker_id: str, remark: str) -> str:
        """Numbers are one account's; another one's row must not take ours."""
        if not self._mine(raw.account_id):
            return ""
        before = self._numbers.sysid_of(broker_id)
        ref = self._numbers.ref_of(broker_id, remark, mean.text_of(raw.order_sysid))
        told = self._numbers.sysid_of(broker_id)
        if told != before:
            # what the user and his broker call it, for the diagnostics
            log.info("QMT: order %s: number %s, contract number %s", ref, broker_id, told)
        return ref

    def _answer(self, raw: RawAnswer) -> Read:
        """-1 was seen for orders that were live, so it refuses nothing: it only says that nobody can tell."""
        seq = raw.seq if isinstance(raw.seq, int) else 0
        number = raw.order_id if isinstance(raw.order_id, int) else -1
        if number > 0:
            ref = self._numbers.answered(seq, str(number))
            events: tuple[BrokerEvent, ...] = (SubmitAnswered(ref, str(number)),)
        else:
            ref = self._numbers.failed(seq)
            events = (SubmitUnknown(ref, mean.text_of(raw.error_msg) or names.NO_NUMBER.format(number)),)
        if ref:
            return Read(events)
        if not self._numbers.knows(seq):
            self._early.setdefault(seq, []).append(raw)
        return Read()

    def _error(self, raw: RawOrderError) -> Read:
        """An error alone ends no order: it may be an older one's told again. Its number says whom to ask about."""
        ref = self._numbers.failed(raw.seq) if isinstance(raw.seq, int) else ""
        if (
            isinstance(raw.seq, int)
            and self._leaving
            and not self._numbers.knows(raw.seq)
            and self._mine(raw.account_id)
        ):
            self._early.setdefault(raw.seq, []).append(raw)
        return Read((SubmitUnknown(ref, mean.text_of(raw.error_msg)),)) if ref else Read()

    def _cancel_refused(self, raw: RawCancelError | RawCancelAnswer) -> CancelRefused:
        return CancelRefused(str(mean.count_of(raw.order_id, "order_id")), mean.text_of(raw.error_msg))

    def _not_understood(self, record: Raw, why: str) -> Read:
        """Rows of things this program has no rules for (a reverse repo, a loan) are the user's own and not ours."""
        if isinstance(record, RawCancelError | RawCancelAnswer):
            # that a cancel did not work is seen by its order, which stays as it is
            log.info("not followed: %s", why)
            return Read()
        if isinstance(record, RawOrder | RawTrade) and not self._ours(record):
            self._not_followed(why)
            return Read()
        return Read(unread=why)

    def _not_followed(self, why: str) -> None:
        """Written down once."""
        if why not in self._unclear:
            self._unclear.add(why)
            log.info("not followed: %s", why)

    def _ours(self, record: RawOrder | RawTrade) -> bool:
        """Whether a row may be of our own order: by number or remark, or because nothing says otherwise."""
        foreign_code = isinstance(record.stock_code, str) and not has_rules(record.stock_code)
        known = self._numbers.knows_id(mean.number_of(record))
        return known or (not foreign_code and not mean.is_other_business(record) and self._mine(record.account_id))

    def _mine(self, account: object) -> bool:
        """Rows that name no account were asked for in this one's name."""
        return account is None or account == self._number

    def _key(self, account: object) -> str:
        """Whose a push is. One that names nobody can only be ours where there is nobody else."""
        if account is None and not self.sole:
            raise mean.UnclearError("account_id was None: the terminal is logged in to several accounts")
        return self.key if account is None else mean.account_key(str(account))

    # --- what is answered

    def report(self, raw: RawReport, request: int, asked_at: int, now: int) -> AccountReported | ReportFailed:
        """A whole account, or why it is none. Rows of other accounts and of other products are left out."""
        self._turn(now)
        try:
            return AccountReported(request, self._report(raw, asked_at, now), self.key)
        except mean.UnclearError as error:
            return ReportFailed(request, str(error))

    def _report(self, raw: RawReport, asked_at: int, now: int) -> AccountReport:
        if isinstance(raw.asset, RawPoison) or not self._mine(raw.asset.account_id):
            raise mean.UnclearError(f"the asset was {_masked(raw.asset)}: not this account's")
        self._issues |= raw.issues  # what this connection does not tell, one before it may have
        odd: list[tuple[RawOrder | RawTrade, str]] = []
        orders = self._read_rows(self._own_rows(raw.orders, odd), self._order, odd, now)
        trades = [each for each in self._own_rows(raw.trades, odd) if not self._is_nothing(each)]
        fills = self._read_rows(trades, self._fill, odd, now)
        positions, unclear = self._positions(raw)
        day = trading_day(now).isoformat()
        others = [*self._others(raw.trades), *(each for each, _ in odd if isinstance(each, RawTrade))]
        elsewhere = sum(mean.turnover_of(each) for each in others if self._today(each, day, now))
        return AccountReport(
            asked_at,
            day,
            mean.asset_of(raw.asset),
            positions,
            tuple(each for each in orders if not self._nowhere(each)),
            fills,
            unclear,
            elsewhere,
            tuple(mean.odd_row(each, now, why, self._issues) for each, why in odd),
        )

    def _read_rows(
        self, rows: list[R], read: Callable[[R, int], T], odd: list[tuple[RawOrder | RawTrade, str]], now: int
    ) -> tuple[T, ...]:
        """What can be read; the rest goes to `odd`, for what it holds or moves is in the account's own figures.

        Whether an own order may be hidden there only the books can tell. UnclearError for one that says so itself.
        """
        out: list[T] = []
        for each in rows:
            try:
                out.append(read(each, now))
            except mean.UnclearError as error:  # noqa: PERF203 - one row must not cost the others
                if self._says_ours(each):
                    raise
                self._not_followed(f"{each.stock_code}: {error}")
                odd.append((each, str(error)))
        return tuple(out)

    def _says_ours(self, raw: RawOrder | RawTrade) -> bool:
        remark = mean.text_of(raw.order_remark)
        # of an order of before this start nothing is known here but that no other program's remark looks so
        return self._numbers.knows_id(mean.number_of(raw)) or self._numbers.knows_remark(remark) or is_ref(remark)

    def _others(self, rows: tuple[RawTrade | RawPoison, ...]) -> list[RawTrade]:
        """The account's own trades of codes this program has no rules for."""
        mine = [each for each in rows if isinstance(each, RawTrade) and self._mine(each.account_id)]
        return [each for each in mine if not has_rules(mean.text_of(each.stock_code))]

    def _today(self, raw: RawTrade, day: str, now: int) -> bool:
        return trading_day(mean.time_of(raw.traded_time, now)).isoformat() == day

    def _positions(self, raw: RawReport) -> tuple[tuple[Position, ...], tuple[str, ...]]:
        """The holdings, and the codes whose holding cannot be read. UnclearError for a row of nobody knows what.

        A code that two rows hold is unclear, too: nobody says whether they are parts or one is the older.
        Of a code without rules nothing is traded here, so its row, readable or not, holds nothing up.
        """
        positions: list[Position] = []
        unclear: set[str] = set()
        for each in raw.positions:
            if not self._mine(each.account_id):
                continue
            try:
                held = _position(each)
            except mean.UnclearError as error:
                code = mean.text_of(each.stock_code)
                if not code:
                    raise
                self._not_followed(f"{code}: {error}")
                if has_rules(code):
                    unclear.add(code)
                continue
            if held is not None:
                positions.append(held)
        for code, rows in Counter(each.code for each in positions).items():
            if rows > 1 and has_rules(code):
                self._not_followed(f"{code}: held in {rows} rows")
                unclear.add(code)
        return tuple(each for each in positions if each.code not in unclear), tuple(sorted(unclear))

    def _own_rows(self, rows: tuple[R | RawPoison, ...], odd: list[tuple[RawOrder | RawTrade, str]]) -> list[R]:
        """Those of buys and sales in codes with rules; other business in such a code goes to `odd`."""
        out: list[R] = []
        for each in rows:
            if isinstance(each, RawPoison):
                if self._nobodys(each):
                    continue
                raise mean.UnclearError(f"{each.kind}: {each.text}")
            if not self._mine(each.account_id) or not has_rules(mean.text_of(each.stock_code)):
                continue
            if self._elsewhere(each):
                self._not_followed(f"{each.stock_code}: order_type {each.order_type!r}")
                odd.append((each, ""))
                continue
            out.append(each)
        return out

    def _elsewhere(self, raw: RawOrder | RawTrade) -> bool:
        """Whether it is no buy and no sale, whatever it is told as: a conversion, a subscription to a new issue."""
        issue = raw.stock_code in self._issues and not raw.order_remark
        return (issue or mean.is_other_business(raw)) and not self._numbers.knows_id(mean.number_of(raw))

    def _nobodys(self, poison: RawPoison) -> bool:
        """Whether a row that cannot be read is at least known to be another account's or of a code without rules."""
        code = mean.text_of(poison.stock_code)
        return not self._mine(poison.account_id) or (code != "" and not has_rules(code))


def _position(raw: RawPosition | RawPoison) -> Position | None:
    """A holding, None for one that is gone. What is told without a volume is unclear, and not nothing."""
    if isinstance(raw, RawPoison):
        raise mean.UnclearError(f"{raw.kind}: {raw.text}")
    return mean.position_of(raw) if raw.volume != 0 else None


def _masked(asset: RawAsset | RawPoison) -> str:
    """An asset record for a message, without whose it is."""
    return repr(replace(asset, account_id="…"))
