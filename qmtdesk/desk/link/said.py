"""A reason told with what the desk knows besides: the level its price is, the order it speaks of."""

import msgspec

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import say, say_short, t
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.rows import GridRow, KillItem
from qmtdesk.wire.talk import GridPreview

LACKS_CASH = frozenset({Why.CASH_SHORT, Why.CASH_KEPT})


def say_at(mirror: Mirror, reason: Reason, code: str, *, short: bool = False) -> str:
    """The sentence, behind the level's number where its price is a level of that code's grid."""
    told = _with_price(mirror, reason)
    words = say_short(told, code) if short else say(told, code)
    no = level_no(mirror, told, code)
    return words if no is None else t("level.at", no=fmt.fixed(no, 1, 0, signed=True), words=words)


def cash_cause(mirror: Mirror, reason: Reason, code: str) -> Reason:
    """What really lacks where a strategy says 资金不足: the account's cash, or what the limits leave of it.

    A strategy is given the cash less what is kept, and its own bids as free.
    """
    args, status = dict(reason.args), mirror.status
    need, have = args.get("need_milli"), args.get("have_milli")
    if reason.why is not Why.CASH_SHORT or status is None or not isinstance(need, int) or not isinstance(have, int):
        return reason
    grid = mirror.grids.get(code)
    bids = sum([level.price * level.buy for level in grid.levels]) if grid is not None else 0
    if need > status.cash + bids:
        return reason
    return because(Why.CASH_KEPT, need_milli=need, have_milli=have, cash_milli=status.cash)


def told_grid(mirror: Mirror, grid: GridRow) -> GridRow:
    """A grid whose levels name what really lacks."""
    if not any(_lacks_cash(level.why) for level in grid.levels):
        return grid
    levels = tuple(
        msgspec.structs.replace(level, why=cash_cause(mirror, level.why, grid.code))
        if level.why is not None and _lacks_cash(level.why)
        else level
        for level in grid.levels
    )
    return msgspec.structs.replace(grid, levels=levels)


def told_preview(mirror: Mirror, preview: GridPreview, code: str) -> GridPreview:
    """A grid's preview whose checks name what really lacks."""
    checks = [msgspec.structs.replace(check, reason=cash_cause(mirror, check.reason, code))
              if check.level != "ok" else check for check in preview.checks]  # fmt: skip
    return msgspec.structs.replace(preview, checks=tuple(checks))


def short_of_cash(mirror: Mirror, grid: GridRow) -> Reason | None:
    """Why the highest of a grid's levels that waits for cash waits, None when none does."""
    why = next((level.why for level in reversed(grid.levels) if _lacks_cash(level.why)), None)
    return None if why is None or not grid.armed else cash_cause(mirror, why, grid.code)


def _lacks_cash(why: Reason | None) -> bool:
    return why is not None and why.why in LACKS_CASH


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


def unsure(item: KillItem) -> bool:
    """Whether nobody can say what became of an order that was live when the kill switch was pressed."""
    return item.state in ("unknown", "unlisted")
