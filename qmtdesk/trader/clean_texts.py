"""What a counter says in its own words, cleaned before anything is decided on it.

Without what nobody else may read, and without halves of letters, which no journal and no pipe takes.
"""

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder, OddRow
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.redact import redact

# most of what happens has no words in it at all
WORDLESS = frozenset({m.Quoted, m.TimePassed, m.FillReported, m.SubmitAnswered})


def cleaned(event: m.Event) -> m.Event:
    """The event with its texts redacted and whole; the very same one where there is nothing to clean."""
    if type(event) in WORDLESS:
        return event
    match event:
        case m.SubmitRefused() | m.SubmitUnknown() | m.CancelRefused() | m.ReportFailed() | m.LinkChanged():
            text = _clean(event.text)
            return event if text == event.text else replace(event, text=text)
        case m.OrderReported(order):
            row = _row(order)
            return event if row is order else replace(event, order=row)
        case m.AccountReported(_, report):
            orders, odd = tuple(map(_row, report.orders)), tuple(map(_odd, report.odd))
            same = orders == report.orders and odd == report.odd
            return event if same else replace(event, report=replace(report, orders=orders, odd=odd))
        case _:
            return event


def _row(row: BrokerOrder) -> BrokerOrder:
    told = row.told_remark
    found = (_clean(row.text), _whole(row.remark), _whole(row.odd), None if told is None else _whole(told))
    if found == (row.text, row.remark, row.odd, told):
        return row
    text, remark, odd, told = found
    return replace(row, text=text, remark=remark, odd=odd, told_remark=told)


def _odd(row: OddRow) -> OddRow:
    text = _whole(row.text)
    return row if text == row.text else replace(row, text=text)


def _clean(text: str) -> str:
    return _whole(redact(text)) if text else ""


def _whole(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
