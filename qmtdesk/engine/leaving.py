"""What is said of a grid whose instrument is about to leave the market."""

from qmtdesk.domain.reason import Why, because
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, Work


def tell(work: Work, code: str) -> None:
    """Once a day: an instrument whose name says that it leaves is not bought any more."""
    instrument = work.state.instruments.get(code)
    if instrument is None or not instrument.dying:
        return
    reason = because(Why.BUYS_ENDED, name=instrument.name)
    if told_key(code, reason) not in work.state.told:
        work.log(ALARM, code, reason)
