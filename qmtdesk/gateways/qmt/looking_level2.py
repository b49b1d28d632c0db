"""A look at Level-2: may this account have the supplement, and does any come."""

import threading

from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.level2 import PERIOD
from qmtdesk.gateways.qmt.native import Native
from qmtdesk.gateways.qmt.worker import CommandThread, Done, Failed, Overdue
from qmtdesk.wire.probe_lines import Code, ProbeLine, Said, fine, said
from qmtdesk.wire.redact import redact

STOCK = "600000.SH"
CALL_S, WAIT_S = 5.0, 4.0
LONGEST = 200


def look_at_level2(native: Native) -> ProbeLine:
    """Never a fault: the program does without. On a thread of its own, so that one that hangs holds up nothing."""
    worker, came = CommandThread("look-level2"), threading.Event()
    data = native.xtdata
    answer = worker.call(
        lambda: data.subscribe_quote(STOCK, period=PERIOD, count=0, callback=lambda _: came.set()), CALL_S
    )
    found = _found(answer, came)
    if isinstance(answer, Done) and found.code is not Code.LEVEL2_NONE:
        worker.post(lambda: data.unsubscribe_quote(answer.value))
    worker.end()
    return fine("quotes", said(Code.LOOK_LEVEL2), found)


def _found(answer: Done[object] | Failed | Overdue, came: threading.Event) -> Said:
    match answer:
        case Done(int() as number) if number > 0:
            return said(Code.LEVEL2_ON if came.wait(WAIT_S) else Code.LEVEL2_SILENT)
        case Done(value):
            return _none(names.LEVEL2_ANSWER.format(value))
        case Failed(text):
            return _none(text)
        case Overdue(seconds):
            return _none(names.NO_RETURN.format("subscribe_quote", seconds))


def _none(text: str) -> Said:
    return said(Code.LEVEL2_NONE, text=redact(text)[:LONGEST])
