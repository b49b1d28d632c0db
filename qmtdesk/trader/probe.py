"""Tries a terminal out, from its folder to its quotes, in a process that may be given up at any moment."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from qmtdesk.gateways.qmt.looking import WITH_MONEY, LookSession
from qmtdesk.gateways.qmt.looking_quotes import look_at_quotes
from qmtdesk.gateways.qmt.meaning import TYPES, UnclearError, account_key, asset_of
from qmtdesk.gateways.qmt.native import Native, load
from qmtdesk.gateways.qmt.pc import Pc
from qmtdesk.gateways.qmt.records import RawAccount, RawAsset, RawPoison, RawStatus
from qmtdesk.gateways.qmt.session import NotOpened, ReportFailure
from qmtdesk.gateways.qmt.userdata import examine
from qmtdesk.gateways.qmt.worker import CommandThread, Done, Failed, Overdue
from qmtdesk.wire.probe_lines import Code, ProbeLine, Said, bad, doubtful, fine, said
from qmtdesk.wire.redact import know_account, mask_account, redact

LOAD_S = 60.0
END_S = 5.0
LONGEST = 300

Say = Callable[[ProbeLine], None]


class ProbeWish(NamedTuple):
    """What is to be tried. `despite`: go on although the folder looks wrong; `account` '' when none is chosen yet.

    `packages` is where another package than xtquant may lie.
    """

    folder: str
    account: str = ""
    account_type: str = "STOCK"
    package: str = "xtquant"
    despite: bool = False
    packages: Path | None = None


class _Found(NamedTuple):
    number: str
    kind: str

    @property
    def masked(self) -> str:
        return mask_account(self.number)


def run_probe(wish: ProbeWish, say: Say, pc: Pc) -> bool:
    """Say each thing as it is found; whether a trader could be started. Takes as long as the deadlines, never longer.

    Threads of calls that hang are left behind: whoever calls this ends its process without waiting for them.
    """
    worst: list[bool] = []

    def tell(line: ProbeLine) -> None:
        worst.append(line.ok)
        say(line)

    findings = examine(wish.folder, pc)
    for line in findings.lines:
        tell(line)
    if findings.usable or wish.despite:
        native = _loaded(wish, tell)
        if native is not None:
            _trading(wish, native, tell)
            _quotes(native, tell)
    return all(worst) or (wish.despite and all(worst[len(findings.lines) :]))


def _short(text: str) -> str:
    return redact(" ".join(text.split()))[:LONGEST]


# --- load


def _loaded(wish: ProbeWish, say: Say) -> Native | None:
    looked = said(Code.LOOK_LOAD, package=wish.package)
    worker = CommandThread("qmt-load")
    answer = worker.call(lambda: load(wish.package, wish.packages), LOAD_S)
    worker.end()
    match answer:
        case Done(native):
            say(fine("load", looked, said(Code.LOADED, origin=native.origin)))
            return native
        case Failed(text):
            say(bad("load", looked, said(Code.NOT_LOADED, error=_short(text)), said(Code.DO_INSTALL)))
        case Overdue(seconds):
            found = said(Code.OVERDUE, seconds=f"{seconds:g}")
            say(bad("load", looked, found, said(Code.DO_LOOK), hung=True))
    return None


# --- the trading side


def _trading(wish: ProbeWish, native: Native, say: Say) -> None:
    session = LookSession(native, Path(wish.folder), int(time.monotonic()))
    refused = session.open()
    if refused is None:
        say(fine("connect", said(Code.LOOK_CONNECT), said(Code.CONNECTED)))
        _accounts(wish, session, say)
    else:
        advice = said(Code.DO_RESTART_CLIENT if refused.hung else Code.DO_CONNECT)
        say(bad("connect", said(Code.LOOK_CONNECT), _refusal(refused), advice, hung=refused.hung))
    _end(session, say)


def _refusal(refused: NotOpened) -> Said:
    return said(Code.REFUSED, text=_short(refused.text))


def _end(session: LookSession, say: Say) -> None:
    """Close it; a close that hangs is told, and the process ends all the same."""
    hung_before = session.sick
    session.close()
    if session.sick and not hung_before:
        found = said(Code.NOT_ENDED, seconds="2")
        say(doubtful("end", said(Code.LOOK_END), found, said(Code.DO_RESTART_CLIENT), hung=True))
    elif not hung_before:
        say(fine("end", said(Code.LOOK_END), said(Code.ENDED)))


def _accounts(wish: ProbeWish, session: LookSession, say: Say) -> None:
    told = session.accounts()
    looked = said(Code.LOOK_ACCOUNTS)
    if isinstance(told, ReportFailure):
        found = said(Code.UNREAD, text=_short(told.text))
        say(bad("accounts", looked, found, said(Code.DO_RESTART_CLIENT), hung=told.hung))
        return
    accounts = [_Found(str(each.account_id), _kind(each)) for each in told if isinstance(each, RawAccount)]
    for each in accounts:
        _know(each.number)
    if not accounts:
        say(bad("accounts", looked, said(Code.NO_ACCOUNTS), said(Code.DO_LOG_IN)))
        return
    names = ", ".join(f"{each.masked} {each.kind}" for each in accounts)
    rows = [{"number": one.number, "type": one.kind, "masked": one.masked} for one in accounts]
    say(fine("accounts", looked, said(Code.ACCOUNTS, count=len(accounts), list=names), accounts=rows))
    if wish.account:
        _chosen(wish, accounts, session, say)
    for each in accounts:
        if each.kind in WITH_MONEY and not session.sick:
            _money(each, session, say)
    if not session.sick:
        _statuses(accounts, session, say)


def _kind(told: RawAccount) -> str:
    return TYPES.get(told.account_type, "STOCK") if isinstance(told.account_type, int) else "STOCK"


def _know(number: str) -> None:
    try:
        know_account(number)
    except ValueError:
        # too short to be hidden by itself; the lines hold it masked anyway
        logging.getLogger("qmtdesk.trader").debug("an account number of %d characters", len(number))


def _chosen(wish: ProbeWish, accounts: list[_Found], session: LookSession, say: Say) -> None:
    looked = said(Code.LOOK_ACCOUNT, account=mask_account(wish.account))
    if wish.account not in [each.number for each in accounts]:
        say(bad("accounts", looked, said(Code.ACCOUNT_ABSENT), said(Code.DO_CHOOSE_ACCOUNT)))
        return
    refused = session.subscribed(wish.account, wish.account_type)
    if refused is None:
        say(fine("accounts", looked, said(Code.ACCOUNT_THERE)))
    else:
        found = said(Code.ACCOUNT_CLOSED, text=_short(refused.text))
        say(bad("accounts", looked, found, said(Code.DO_CHOOSE_ACCOUNT), hung=refused.hung))


def _money(account: _Found, session: LookSession, say: Say) -> None:
    looked = said(Code.LOOK_ASSET, account=account.masked)
    raw = session.asset(account.number, account.kind)
    if isinstance(raw, RawAsset):
        try:
            asset = asset_of(raw)
        except UnclearError as error:
            raw = RawPoison("RawAsset", str(error))
        else:
            found = said(Code.ASSET, total=f"{asset.total / 1000:,.2f}", cash=f"{asset.cash / 1000:,.2f}")
            data = {"total": asset.total, "cash": asset.cash, **_names(account)}
            say(fine("asset", looked, found, **data))
            return
    hung = isinstance(raw, ReportFailure) and raw.hung
    found = said(Code.UNREAD, text=_short(raw.text))
    say(bad("asset", looked, found, said(Code.DO_LOOK), hung=hung, **_names(account)))


def _names(account: _Found) -> dict[str, object]:
    return {
        "number": account.number,
        "type": account.kind,
        "masked": account.masked,
        "key": account_key(account.number),
    }


def _statuses(accounts: list[_Found], session: LookSession, say: Say) -> None:
    told = session.statuses()
    if isinstance(told, ReportFailure):
        looked = said(Code.LOOK_STATUS, account=accounts[0].masked)
        say(doubtful("status", looked, said(Code.UNREAD, text=_short(told.text)), said(Code.DO_LOOK), hung=told.hung))
        return
    known = {each.number: each for each in accounts}
    for row in told:
        account = known.get(str(row.account_id)) if isinstance(row, RawStatus) else None
        if account is not None and isinstance(row, RawStatus):
            say(_status(account, row.status))


def _status(account: _Found, number: object) -> ProbeLine:
    looked = said(Code.LOOK_STATUS, account=account.masked)
    if number == 0:
        return fine("status", looked, said(Code.STATUS_FINE), status=0, **_names(account))
    shown = number if isinstance(number, int) else -1
    found = said(Code.STATUS_OTHER, status=shown)
    return doubtful("status", looked, found, said(Code.DO_WAIT_STATUS), status=shown, **_names(account))


# --- the quote side


def _quotes(native: Native, say: Say) -> None:
    worker = CommandThread("qmt-look-quotes")
    for line in look_at_quotes(native, worker):
        say(line)
    if not worker.sick:
        worker.call(native.xtdata.disconnect, END_S)
    worker.end()
