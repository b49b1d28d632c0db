"""What the confirm-sell card says of its question."""

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.reason import Why
from qmtdesk.wire.rows import AskRow


def sale(ask: AskRow) -> str:
    """What the green button says: how much it sells as things stand."""
    return t("ask.sell", volume=fmt.fixed(ask.volume, 1, 0)) if ask.volume else t("ask.sell_none")


def below(ask: AskRow) -> bool:
    """Whether the seal is under the threshold now; it may have come back since the question was asked."""
    return ask.seal < ask.threshold


def against(ask: AskRow) -> str:
    """The threshold beside the seal of now."""
    return t("ask.below" if below(ask) else "ask.not_below", threshold=fmt.money_short(ask.threshold))


def why(ask: AskRow) -> str:
    """Why it asks; that the reason has passed, where it has."""
    if ask.sealed and not below(ask) and ask.reason.why is Why.RULE_AMOUNT:
        return t("ask.recovered", seal=fmt.money_short(ask.seal), threshold=fmt.money_short(ask.threshold))
    return say(ask.reason, ask.code)


def facts(mirror: Mirror, ask: AskRow, left_ms: int) -> list[tuple[str, str]]:
    """What it would sell, how the board stands, what happens without an answer."""
    board = t("ask.still_sealed" if ask.sealed else "ask.open_now") + t("ask.breaks", n=ask.breaks)
    unanswered = t("ask.nothing", n=-(-left_ms // 1000)) if mirror.link == "attached" else t("ask.no_trader")
    return [(t("ask.sells"), _order(mirror, ask)), (t("ask.board"), board), (t("ask.else"), unanswered)]


def _order(mirror: Mirror, ask: AskRow) -> str:
    if not ask.volume:
        settles = mirror.status is not None and mirror.status.ready in ("starting", "reconciling")
        return t("ask.none_reconciling" if settles else "ask.none")
    volume, price = fmt.volume(ask.volume, ask.code), fmt.price(ask.price, ask.code)
    return t("ask.order", volume=volume, price=price, value=fmt.money_short(ask.price * ask.volume))
