"""What the seal chart's foot says: how far the guard is from acting, or why it does not."""

from dataclasses import dataclass

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.watch.watch_state import awaits, near
from qmtdesk.desk.words.texts import say, say_short, t
from qmtdesk.domain.reason import Why
from qmtdesk.wire.rows import WatchRow


@dataclass(frozen=True, slots=True)
class Foot:
    """The line under the chart; `warn` gives it the amber triangle, `right` stands at the right edge.

    `short` says the same where there is no room.
    """

    words: str
    right: str = ""
    warn: bool = False
    short: str = ""


def foot(row: WatchRow, *, blind: bool, killed: bool, paused: bool = False) -> Foot:
    """What happens next with this row, or why nothing does."""
    if killed:
        return Foot(t("seal.killed"))
    if row.state == "sold":
        return Foot(t("seal.sold", volume=fmt.fixed(row.sold, 1, 0)))
    if row.state == "triggered":
        return _fired(row)
    if blind and awaits(row):
        return Foot(t("seal.unseen"))
    if blind:
        return Foot(t("seal.blind"), warn=True)
    if not row.armed:
        named = row.why is not None and row.why.why not in (Why.NOT_SEALED, Why.DISARMED)
        return Foot(say(row.why, row.code) if named and row.why is not None else t("seal.off"))
    if paused:
        return Foot(t("seal.paused"), warn=True)
    if row.board != "sealed":
        broken = row.state == "broken"
        return Foot(t("seal.broken", n=row.breaks) if broken else t("seal.not_sealed"), warn=broken)
    return _sealed(row)


def _fired(row: WatchRow) -> Foot:
    """A guard sells once it fired, but nothing may have left yet, or what left was refused."""
    if row.order_ref:
        return Foot(t("seal.triggered"), warn=True)
    if row.why is None:
        return Foot(t("seal.no_order"), warn=True)
    words, short = (t("seal.no_order", why=told(row.why, row.code)) for told in (say, say_short))
    return Foot(words, warn=True, short=short)


def _sealed(row: WatchRow) -> Foot:
    if not row.ready:
        return Foot(t("seal.wait", amount=fmt.money_short(row.threshold)))
    left = row.seal - row.threshold
    if left < 0:
        short = fmt.money_short(-left)
        if row.confirm_have >= row.confirm_need and row.action in ("ask", "alert"):
            return Foot(t(f"seal.spoke_{row.action}", left=short), warn=True)
        return Foot(t("seal.under", left=short, have=row.confirm_have, need=row.confirm_need), warn=True)
    right = t("seal.eta", eta=fmt.duration(row.eta_ms)) if row.eta_ms else ""
    if row.action == "alert":
        return Foot(t("seal.foot_alert", left=fmt.money_short(left)), right, near(row))
    numbers = {
        "left": fmt.money_short(left),
        "action": t(f"action.{row.action}"),
        "volume": fmt.fixed(row.would_sell, 1, 0),
        "price": fmt.price(row.limit_up, row.code),
    }
    return Foot(t("seal.foot", **numbers), right, near(row), t("seal.foot_short", **numbers))
