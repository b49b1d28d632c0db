"""Asks a running trader how it stands, as a desk that only reads would, and leaves."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from qmtdesk.wire.address import read_card
from qmtdesk.wire.attach import attach
from qmtdesk.wire.line import GARBLED, LineLostError, Watchdog
from qmtdesk.wire.live_talk import HealthRow
from qmtdesk.wire.rows import StatusRow
from qmtdesk.wire.talk import Batch, FromTrader, Page

PATIENCE_S = 10.0
LIMIT = 8 << 20
_from_trader = msgspec.msgpack.Decoder(FromTrader)


class Answered(NamedTuple):
    """What the trader says of itself; `health` only of a terminal's."""

    version: str
    ready: str
    live_orders: int
    health: HealthRow | None


def ask_trader(folder: Path) -> Answered:
    """Attach, hear the first picture, leave. LineLostError when none answers, RefusedError when it will not talk."""
    card = read_card(folder)
    if card is None:
        raise LineLostError("there is no trader.json, or it cannot be read")
    line, welcome = attach(card, "desk")
    status: StatusRow | None = None
    health: HealthRow | None = None
    try:
        with Watchdog(line, PATIENCE_S):
            told_all = False
            # one that starts may be asked before it has drawn its first picture: the status comes as a change then
            while status is None or not told_all:
                match _from_trader.decode(line.receive(LIMIT)):
                    case Page(last=last, rows=rows):
                        told_all = told_all or last
                    case Batch(changes=rows):
                        pass
                    case _:
                        continue
                status = next((row for row in rows if isinstance(row, StatusRow)), status)
                health = next((row for row in rows if isinstance(row, HealthRow)), health)
    except GARBLED as error:
        raise LineLostError(f"it sent what is no message: {error}") from error
    finally:
        line.close()
    return Answered(welcome.version, status.ready, status.live_orders, health)
