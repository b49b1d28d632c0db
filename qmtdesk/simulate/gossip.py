"""A counter whose every text names an account and a token, so that whatever is passed on unread shows."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.replacing import replace

ACCOUNT, TOKEN = "8880012345", "Zx9mQ4tB7vK2pL8nR3wY6cHd"
GOSSIP = f"; account {ACCOUNT}, token={TOKEN}"
SECRETS = (ACCOUNT.encode(), TOKEN.encode())


def gossiped(event: m.Event) -> m.Event:
    """The event as such a counter tells it."""
    match event:
        case m.SubmitRefused() | m.SubmitUnknown() | m.CancelRefused() | m.ReportFailed() | m.LinkChanged():
            return replace(event, text=event.text + GOSSIP)
        case m.OrderReported(order):
            return replace(event, order=replace(order, text=order.text + GOSSIP))
        case _:
            return event


def secrets_in(told: bytes) -> bool:
    """Whether anything of it stands there."""
    return any(secret in told for secret in SECRETS)
