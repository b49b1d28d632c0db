"""A reason told with what the desk knows besides: the level its price is, the order it speaks of."""

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import say, say_short, t
from qmtdesk.domain.reason import Reason
from qmtdesk.domain.replacing import replace


def say_at(mirror: Mirror, reason: Reason, code: str, *, short: bool = False) -> str:
    """The sentence, behind the level's number where its price is a level of that code's grid."""
    told = _with_price(mirror, reason)
    words = say_short(told, code) if short else say(told, code)
    no = level_no(mirror, told, code)
    return words if no is None else t("level.at", no=fmt.fixed(no, 1, 0, signed=True), words=words)


def level_no(mirror: Mirror, reason: Reason, code: str) -> int | None:
    """Number of the level whose price the reason names, None when it names none."""
    price = dict(reason.args).get("price_milli")
    grid = mirror.grids.get(code)
    if grid is None or not isinstance(price, int):
        return None
    return next((level.no for level in grid.levels if level.price == price), None)


def _with_price(mirror: Mirror, reason: Reason) -> Reason:
    """A reason that names an order by its reference gets that order's price."""
    args = dict(reason.args)
    order = mirror.orders.get(str(args.get("ref", "")))
    if order is None or "price_milli" in args:
        return reason
    return replace(reason, args=(("price_milli", order.price), *reason.args))
