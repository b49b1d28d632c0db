"""Real money moves only after the user typed one word in this run, over a link to an account that is known."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.texts_live import LIVE_WORD
from qmtdesk.engine import records as r
from qmtdesk.engine.books import State
from qmtdesk.engine.work import NOTICE, Work
from qmtdesk.strategies.plan_error import PlanError


def begun(state: State, *, resume: bool) -> State:
    """The state at a start. A start by the user begins with the switch off and the word unsaid."""
    if not state.live:
        # a journal that went with a user from live to paper is refused before this; the word means nothing on paper
        return replace(state, confirmed=False)
    return state if resume else replace(state, confirmed=False, master=False)


def write_down(work: Work) -> None:
    """A new run of a live trader is written down, so that a later restart of the program takes up this run's word."""
    if work.state.live and not work.state.resume:
        work.note(r.LiveSaid(on=False))
        work.note(r.MasterSet(on=False))


def refuse_unsaid(work: Work, event: m.Event) -> None:
    """PlanError for a user's word that has to wait for that one."""
    state = work.state
    riskier = isinstance(event, m.ArmGrid | m.ArmGuard | m.ClearHoldings | m.PlaceTrial)
    riskier = riskier or (isinstance(event, m.SetMaster) and event.on)
    if state.live and not state.confirmed and riskier:
        raise PlanError(because(Why.LIVE_UNSAID))


def confirm(work: Work, word: str) -> None:
    """The user typed a word that may be the one; PlanError says why it does not count. The switch stays off."""
    state = work.state
    if not state.live:
        raise PlanError(because(Why.BAD_SETTING, name="mode", value="paper"))
    if word.strip() != LIVE_WORD:
        raise PlanError(because(Why.LIVE_WORD_WRONG, word=LIVE_WORD))
    if not state.linked:
        raise PlanError(because(Why.LINK_DOWN))
    if state.money is None or not state.account:
        raise PlanError(because(Why.RECONCILING))
    if not state.confirmed:
        work.note(r.LiveSaid(on=True))
        work.log(NOTICE, "", because(Why.LIVE_SAID))
