"""Which convertible bonds a screen picks, and for each of the others the first rule that kept it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from qmtdesk.domain.bond_terms import BondTerms, RedeemState
from qmtdesk.domain.calendar import next_trading_day, previous_trading_day, trading_days_between
from qmtdesk.domain.reason import Reason, Why, because


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPlan:
    """A screen as the user set it up; sizes in whole CNY, days are trading days.

    A bond is out whose redemption executes later than `redeem_days` before today, or whose last trading day is within
    the next `last_days`. `keep` are picked. Terms older than `data_days` are old. `dying_names` puts out names that
    start with Z or contain 退. `unknown_redeem` lets bonds through of which nobody told whether they are redeemed.
    """

    name: str
    min_size_yuan: int = 1
    max_size_yuan: int = 300_000_000
    redeem_days: int = 15
    last_days: int = 15
    keep: int = 6
    data_days: int = 1
    dying_names: bool = True
    unknown_redeem: bool = True


ORIGINAL = ScreenPlan(name="original")
"""The screen of the original script, with the last trading day and the names added to it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a screen says of one bond. `rank` counts from 1 among the bonds no rule put out, 0 for the others.

    An included bond's `why` is RANKED_IN, or REDEEM_UNKNOWN where a redemption could not be excluded.
    """

    included: bool
    rank: int
    why: Reason


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """The picked codes, best first, and a verdict for every code.

    `as_of` is the day of the oldest terms used, '' where a source did not tell; such terms count as old.
    """

    included: tuple[str, ...]
    verdicts: Mapping[str, Verdict]
    data_old: bool
    as_of: str


def run_screen(
    plan: ScreenPlan, terms: Mapping[str, BondTerms], prices: Mapping[str, int], today: date
) -> ScreenResult:
    """Screen all bonds at these prices (厘 by code, missing or 0 for none), smallest remaining size × price first."""
    bounds = _bounds(plan, today)
    verdicts: dict[str, Verdict] = {}
    standing: list[tuple[int, str]] = []
    for code, bond in terms.items():
        why = _put_out(plan, bond, bounds)
        price = prices.get(code, 0)
        if why is None and price <= 0:
            why = because(Why.PRICE_UNKNOWN)
        if why is None:
            standing.append((bond.remaining_yuan * price, code))
        else:
            verdicts[code] = Verdict(included=False, rank=0, why=why)
    standing.sort()
    for rank, (value, code) in enumerate(standing, 1):
        verdicts[code] = _ranked(plan, terms[code], rank, value)
    included = tuple(code for _, code in standing[: plan.keep])
    as_of = min((bond.as_of for bond in terms.values()), default="")
    return ScreenResult(included, verdicts, is_old(plan, as_of, today), as_of)


def is_old(plan: ScreenPlan, as_of: str, today: date) -> bool:
    """Whether terms as of an ISO day are too old to buy by; '', a day nobody told, is."""
    return not as_of or trading_days_between(date.fromisoformat(as_of), today) > plan.data_days


def leaving(plan: ScreenPlan, bond: BondTerms, today: date) -> Reason | None:
    """Why a bond is about to go, whatever else the screen has against it: redeemed, its last day near, its name."""
    return _leaving(plan, bond, _bounds(plan, today))


@dataclass(frozen=True, slots=True)
class _Bounds:
    """ISO days, which compare as text: redemptions after the first and last days up to the second put a bond out."""

    today: date
    redeemed_after: str
    last_until: str


def _bounds(plan: ScreenPlan, today: date) -> _Bounds:
    before = after = today
    for _ in range(plan.redeem_days):
        before = previous_trading_day(before)
    for _ in range(plan.last_days):
        after = next_trading_day(after)
    return _Bounds(today, before.isoformat(), after.isoformat())


def _put_out(plan: ScreenPlan, bond: BondTerms, bounds: _Bounds) -> Reason | None:
    """The first rule that keeps a bond out."""
    if not bond.listed:
        return because(Why.NOT_LISTED)
    if not bond.size_known:
        return because(Why.SIZE_UNKNOWN)
    if bond.remaining_yuan < plan.min_size_yuan:
        return because(Why.SIZE_ZERO, size_yuan=bond.remaining_yuan)
    if bond.remaining_yuan > plan.max_size_yuan:
        return because(Why.SIZE_TOO_LARGE, size_yuan=bond.remaining_yuan, max_yuan=plan.max_size_yuan)
    return _leaving(plan, bond, bounds)


def _leaving(plan: ScreenPlan, bond: BondTerms, bounds: _Bounds) -> Reason | None:
    if bond.redeem_day > bounds.redeemed_after:
        return because(Why.REDEEM_ANNOUNCED, day=bond.redeem_day, limit=plan.redeem_days)
    if bond.redeem is RedeemState.ANNOUNCED and not bond.redeem_day:
        return because(Why.REDEEM_ANNOUNCED)
    if bond.last_day and bond.last_day <= bounds.last_until:
        days = trading_days_between(bounds.today, date.fromisoformat(bond.last_day))
        return because(Why.LAST_DAY_NEAR, day=bond.last_day, days=days, limit=plan.last_days)
    if plan.dying_names and (bond.name.startswith("Z") or "退" in bond.name):
        return because(Why.NAME_DYING, name=bond.name)
    if bond.redeem is RedeemState.UNKNOWN and not plan.unknown_redeem:
        return because(Why.REDEEM_UNKNOWN, as_of=bond.as_of)
    return None


def _ranked(plan: ScreenPlan, bond: BondTerms, rank: int, value: int) -> Verdict:
    if rank > plan.keep:
        # size × price as a market value in whole CNY: face value is 100 CNY, prices are 厘
        why = because(Why.RANKED_OUT, rank=rank, value=value // 100_000, keep=plan.keep)
        return Verdict(included=False, rank=rank, why=why)
    if bond.redeem is RedeemState.UNKNOWN:
        return Verdict(included=True, rank=rank, why=because(Why.REDEEM_UNKNOWN, as_of=bond.as_of, rank=rank))
    return Verdict(included=True, rank=rank, why=because(Why.RANKED_IN, rank=rank))
