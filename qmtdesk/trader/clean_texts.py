"""What a counter says in its own words, without what nobody else may read: cleaned before anything is decided on it."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.redact import redact

# most of what happens has no words in it at all
WORDLESS = frozenset({m.Quoted, m.TimePassed, m.FillReported, m.SubmitAnswered})


def cleaned(event: m.Event) -> m.Event:
    """The event with its texts redacted; the very same one where there is nothing to redact."""
    if type(event) in WORDLESS:
        return event
    match event:
        case m.SubmitRefused() | m.SubmitUnknown() | m.CancelRefused() | m.ReportFailed() | m.LinkChanged():
            text = redact(event.text) if event.text else ""
            return event if text == event.text else replace(event, text=text)
        case m.OrderReported(order) if order.text:
            row = _row(order)
            return event if row is order else replace(event, order=row)
        case m.AccountReported(_, report) if any(row.text for row in report.orders):
            return replace(event, report=replace(report, orders=tuple(map(_row, report.orders))))
        case _:
            return event


def _row(row: BrokerOrder) -> BrokerOrder:
    text = redact(row.text) if row.text else ""
    return row if text == row.text else replace(row, text=text)
