"""The open questions of the guards: which comes first, and how long each still waits."""

from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.wire.rows import AskRow


def queue(asks: dict[str, AskRow]) -> list[AskRow]:
    """The open questions, the one nearest to nothing first."""
    return sorted(asks.values(), key=lambda ask: (ask.seal * 1000 // max(ask.threshold, 1), ask.asked_at, ask.code))


def left_ms(mirror: Mirror, ask: AskRow) -> int:
    """Time on the wall until a question does nothing, 0 when that has come; the market's clock may run faster."""
    return max(ask.deadline - mirror.clock(), 0) // speed(mirror)


def speed(mirror: Mirror) -> int:
    """How many times as fast as the wall's the market's clock runs."""
    return max(mirror.status.speed, 1) if mirror.status is not None else 1
