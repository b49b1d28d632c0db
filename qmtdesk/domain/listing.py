"""An instrument of the day, made from what a feed tells about a code."""

from datetime import date

from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.limits import price_limits, says_no_limit
from qmtdesk.domain.rules import rules_of


def make_instrument(
    code: str,
    name: str,
    prev_close: int,
    day: date,
    told_up: int = 0,
    told_down: int = 0,
    *,
    first_day: bool = False,
) -> Instrument:
    """The instrument of one trading day, with our own limits beside the told ones; prices in 厘.

    A feed's sentinel for "no limit" counts as nothing told where our rules say the same; where they do not, it stays
    and shows as a disagreement. Raises as `price_limits` does.
    """
    listing = classify(code)
    limits = price_limits(code, prev_close, day, name, first_day=first_day)
    limit_up, limit_down = limits or (0, 0)
    if limits is None and says_no_limit(prev_close, told_up):
        told_up = told_down = 0
    rules = rules_of(listing, day)
    return Instrument(
        code=code,
        name=name,
        market=listing.market,
        kind=listing.kind,
        board=listing.board,
        tick=rules.tick,
        lot=rules.lot,
        step=rules.step,
        t_plus_one=rules.t_plus_one,
        prev_close=prev_close,
        limit_up=limit_up,
        limit_down=limit_down,
        told_up=told_up,
        told_down=told_down,
    )
