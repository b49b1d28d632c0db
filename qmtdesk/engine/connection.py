"""The way to the account: the link, whoever answers on it, and how the account itself stands."""

from qmtdesk.domain.account import TRUSTED, AccountStatus
from qmtdesk.domain.messages import ConfirmLive, GatewaySilent, Installed, LinkChanged, ReportFailed
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine import going_live, identity, reconcile, supervise
from qmtdesk.engine.books import Ready
from qmtdesk.engine.gate import UNANSWERED
from qmtdesk.engine.reasons import status_reason
from qmtdesk.engine.work import ALARM, NOTICE, Work

SAID_MS = 60_000


def happened(work: Work, event: Installed | GatewaySilent | LinkChanged | ReportFailed | ConfirmLive) -> None:
    """Something about the way there, not about what is there."""
    match event:
        case Installed(prefix):
            identity.installed(work, prefix)
            going_live.write_down(work)
        case GatewaySilent(waited_ms):
            silent(work, waited_ms)
        case LinkChanged():
            link_changed(work, event)
        case ConfirmLive(word):
            going_live.confirm(work, word)
        case ReportFailed(request):
            # whoever says that it failed is alive
            newest = request == work.state.request
            work.state = replace(work.state, unanswered=0, request_at=0 if newest else work.state.request_at)


def link_changed(work: Work, event: LinkChanged) -> None:
    """The link came up, and everything is asked; or it went down, and nothing leaves."""
    if event.up == work.state.linked:
        return
    work.state = replace(work.state, linked=event.up, ready=Ready.SUSPENDED, unanswered=0)
    if not event.up:
        work.log(ALARM, "", because(Why.LINK_DOWN, text=event.text))
        if event.lost:
            _lost(work)
        return
    identity.linked_to(work, event.account)
    reconcile.doubt(work)
    # before the day is known nothing in a report could be judged
    if work.state.instruments:
        work.query()


def _lost(work: Work) -> None:
    """A link that goes again and again is fought for: whoever else wants the session must not meet our orders."""
    caps, at = work.state.limits, work.state.at
    since = max(at - caps.losses_ms, work.state.released.get("", 0))
    losses = (*(loss for loss in work.state.losses if loss > since), at)
    work.state = replace(work.state, losses=losses)
    if caps.losses and len(losses) >= caps.losses:
        supervise.suspend(work, "", because(Why.LINK_FLAPS, count=len(losses), wait_ms=caps.losses_ms))


def ask_in_time(work: Work) -> None:
    """Ask for everything again and again, sooner while anything is in doubt or nobody answers."""
    state = work.state
    if not state.linked or not state.instruments:
        return
    if state.request_at:
        if state.at - state.request_at > state.limits.query_answer_ms:
            unanswered(work)
            work.query()
        return
    last = state.money.reported_at if state.money else 0
    if state.at - last >= reconcile.ask_every(state):
        work.query()


def unanswered(work: Work) -> None:
    """A question had no answer in time. After some in a row whoever should answer is taken for dead until he speaks."""
    count = work.state.unanswered + 1
    work.state = replace(work.state, unanswered=count)
    if count == UNANSWERED:
        _given_up(work, work.state.limits.query_answer_ms * count)


def silent(work: Work, waited_ms: int) -> None:
    """No answer for so long of real time, whatever the market's clock says."""
    if work.state.unanswered < UNANSWERED:
        work.state = replace(work.state, unanswered=UNANSWERED)
        _given_up(work, waited_ms)


def _given_up(work: Work, waited_ms: int) -> None:
    work.log(ALARM, "", because(Why.GATEWAY_SILENT, wait_ms=waited_ms))
    if work.state.linked:
        reconcile.doubt(work)


def status_told(work: Work, number: int) -> None:
    """The account at the counter is in order, or is not: then nothing leaves, and afterwards everything is asked."""
    state = work.state
    if number == state.status:
        return
    in_order = number == AccountStatus.OK
    work.state = replace(work.state, status=number)
    reason = status_reason(number)
    # one that comes and goes is said once and again only after a while
    if not any(line.reason == reason and state.at - line.at < SAID_MS for line in state.lines):
        work.log(NOTICE if in_order or number in TRUSTED else ALARM, "", reason)
    if not in_order and number in TRUSTED:
        return
    reconcile.doubt(work)
    if in_order and work.state.linked and work.state.instruments:
        work.query()
