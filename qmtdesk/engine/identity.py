"""Who is who: this installation, the account it trades, and whatever else trades there."""

from collections.abc import Iterable

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine import records as r
from qmtdesk.engine import supervise
from qmtdesk.engine.books import BUYS
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, Work

PREFIX = 4
"""Letters of an installation's prefix."""
DATED = 6


def installed(work: Work, prefix: str) -> None:
    """This installation's prefix is decided; once it is, nothing changes it."""
    if not work.state.install and sound_prefix(prefix):
        work.note(r.Installed(prefix))


def sound_prefix(text: str) -> bool:
    """Whether these may be an installation's letters."""
    return len(text) == PREFIX and text.isascii() and text.isalpha()


def linked_to(work: Work, account: str) -> None:
    """The link that came up trades this account. These books are about one account for ever."""
    known = work.state.account
    if account and not known:
        work.note(r.AccountKnown(account))
    elif account != known:
        supervise.suspend(work, "", because(Why.ACCOUNT_CHANGED))


def let_in(work: Work, event: m.BrokerEvent) -> bool:
    """Whether what was told is about this account; whoever else trades there is noticed on the way."""
    match event:
        case m.AccountReported(_, report, account):
            return _ours(work, account, "report") and _notice(work, report.orders)
        case m.OrderReported(order, account):
            return _ours(work, account, "order") and _notice(work, (order,))
        case m.FillReported(_, account):
            return _ours(work, account, "fill")
        case m.AccountStatusTold(_, account):
            return _ours(work, account, "status")
        case _:
            return True


def _ours(work: Work, account: str, kind: str) -> bool:
    """Nothing of another account is ever booked: it is counted, and said once a day."""
    if account == work.state.account:
        return True
    work.note(r.StrayDropped(kind, work.state.at))
    reason = because(Why.OTHER_ACCOUNT, count=work.state.strays)
    if told_key("", reason) not in work.state.told:
        work.log(ALARM, "", reason)
    return False


def _notice(work: Work, rows: Iterable[BrokerOrder]) -> bool:
    """Buying stops when another installation's order is seen; once a day for each, for then the user has said yes."""
    for row in rows:
        other = installation_of(row.remark) if row.remark[:1] == "q" else ""
        if other and other != work.state.install:
            reason = because(Why.OTHER_PROGRAM, install=other)
            if told_key("", reason) not in work.state.told:
                supervise.suspend(work, BUYS, reason)
    return True


def installation_of(remark: str) -> str:
    """Whose order a remark says it is; '' when it has not the form of our refs, or is cut too short to tell."""
    prefix, dated = remark[1 : 1 + PREFIX], remark[1 + PREFIX : 1 + PREFIX + DATED]
    sound = remark[:1] == "q" and sound_prefix(prefix) and dated.isascii() and dated.isdigit()
    return prefix if sound and len(dated) == DATED else ""
