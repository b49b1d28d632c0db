"""Both sides prove that they know the card's key, without showing it and without ever unpickling a byte."""

import hmac
import secrets

from qmtdesk.wire.line import Line, LineLostError

MAGIC = b"QMTD1"
NONCE = 32
PROOF = 32


def _proof(key: bytes, role: bytes, a: bytes, b: bytes) -> bytes:
    return hmac.digest(key, role + a + b, "sha256")


def greet_as_trader(line: Line, key: bytes) -> None:
    """Challenge whoever connected; LineLostError when it is not a desk of this folder."""
    a = secrets.token_bytes(NONCE)
    line.send(MAGIC + a)
    answer = line.receive(NONCE + PROOF)
    b, proof = answer[:NONCE], answer[NONCE:]
    if not hmac.compare_digest(proof, _proof(key, b"desk", a, b)):
        raise LineLostError("the other side does not know the key")
    line.send(_proof(key, b"trader", a, b))


def greet_as_desk(line: Line, key: bytes) -> None:
    """Answer the challenge and check the trader's; LineLostError when it is not the trader of this folder."""
    challenge = line.receive(len(MAGIC) + NONCE)
    if not challenge.startswith(MAGIC) or len(challenge) != len(MAGIC) + NONCE:
        raise LineLostError("the other side is no trader")
    a, b = challenge[len(MAGIC) :], secrets.token_bytes(NONCE)
    line.send(b + _proof(key, b"desk", a, b))
    if not hmac.compare_digest(line.receive(PROOF), _proof(key, b"trader", a, b)):
        raise LineLostError("the other side does not know the key")
