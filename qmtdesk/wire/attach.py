"""The desk's way in: from a card to an attached line, and the errands that need no window."""

from os import getpid
from pathlib import Path

import msgspec

from qmtdesk import __version__
from qmtdesk.wire.address import Card, read_card
from qmtdesk.wire.handshake import greet_as_desk
from qmtdesk.wire.line import GARBLED, Line, LineLostError, Watchdog, dial
from qmtdesk.wire.talk import PROTOCOL, Hello, Refuse, Stop, Welcome

GREETING_S = 3.0
ANSWER_LIMIT = 4096

_encoder = msgspec.msgpack.Encoder()
_greeting = msgspec.msgpack.Decoder(Welcome | Refuse)


class RefusedError(Exception):
    """A trader is there and says no: protocol, armed or busy."""

    def __init__(self, why: str, pid: int, proto: int) -> None:
        super().__init__(f"the trader (process {pid}, protocol {proto}) refused: {why}")
        self.why = why
        self.pid = pid


def attach(card: Card, role: str) -> tuple[Line, Welcome]:
    """Connect, prove, greet, all in a few seconds; LineLostError, or RefusedError from a trader that is there."""
    line = dial(card.address, card.pid)
    try:
        with Watchdog(line, GREETING_S):
            greet_as_desk(line, bytes.fromhex(card.key))
            line.send(_encoder.encode(Hello(PROTOCOL, role, getpid(), __version__)))
            return line, _welcomed(line, card)
    except BaseException:
        line.close()
        raise


def _welcomed(line: Line, card: Card) -> Welcome:
    try:
        answer: Welcome | Refuse = _greeting.decode(line.receive(ANSWER_LIMIT))
    except GARBLED as error:
        raise LineLostError(f"the trader sent what is no greeting: {error}") from error
    if isinstance(answer, Refuse):
        raise RefusedError(answer.why, card.pid, answer.proto)
    return answer


def raise_first_desk(folder: Path) -> bool:
    """Ask the desk that is attached to this folder's trader to come to the front; False when no trader answers."""
    card = read_card(folder)
    if card is None:
        return False
    try:
        line, _ = attach(card, "raise")
    except (LineLostError, RefusedError):
        return False
    line.close()
    return True


def stop_trader(folder: Path, *, force: bool) -> bool:
    """Ask this folder's trader to end; False when none answers, RefusedError("armed") when it may not without force.

    It answers before it ends: wait for trader.lock to be free if that matters.
    """
    card = read_card(folder)
    if card is None:
        return False
    try:
        line, _ = attach(card, "stop")
    except LineLostError:
        return False
    try:
        with Watchdog(line, GREETING_S):
            line.send(_encoder.encode(Stop(force)))
            _welcomed(line, card)
    except LineLostError:
        # it was asked and went without a word
        return True
    finally:
        line.close()
    return True
