"""How far a fund may move is its index's matter: one of ChiNext moves by 20 %, and its code does not say so."""

import pytest
from words import WHOLE, loss, said

from qmtdesk.domain import messages as m
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.worth import odd_price
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

FUND = "159915.SZ"


def beside_a_grid(code: str, told_up: int, told_down: int) -> MarketDay:
    """A grid of a bond, and beside it a holding of 2.00 a piece whose limits QMT tells."""

    class Told(MarketDay):
        def make_instruments(self, day: object, prices: dict[str, int]) -> tuple[Instrument, ...]:
            made = super().make_instruments(day, prices)  # type: ignore[arg-type]
            told = {code: {"told_up": told_up, "told_down": told_down}}
            return tuple(replace(one, **told.get(one.code, {})) for one in made)

    day = Told(held={code: (100_000, 1_800)}, prices={BOND: 120_000, code: 2_000}, cash=200_000_000).open()
    day.feed(m.ArmGrid(WHOLE))
    day.live_market(6_000)
    return day


def falls(day: MarketDay, code: str, price: int) -> None:
    day.last[code] = price
    day.live_market(9_000)


def test_a_fund_below_our_own_limit_and_within_the_told_one_counts_as_a_loss() -> None:
    day = beside_a_grid(FUND, 2_400, 1_600)
    falls(day, FUND, 1_740)
    assert said(day, Why.PNL_UNKNOWN) == 0
    assert loss(day) == 100_000 * 260
    assert day.state.kill is not None
    assert day.state.kill.by == "loss"


@pytest.mark.parametrize("price", [2_260, 1_740])
def test_within_the_wider_limits_the_price_of_a_fund_is_one_of_today(price: int) -> None:
    day = beside_a_grid(FUND, 2_400, 1_600)
    falls(day, FUND, price)
    assert odd_price(day.state) is None


@pytest.mark.parametrize(
    ("code", "told_up", "told_down", "price"),
    [
        (FUND, 2_400, 1_600, 1_590),
        (FUND, 2_400, 1_600, 2_410),
        (FUND, 0, 0, 1_790),
        # narrower than ours, and the sentinel for no limit
        (FUND, 2_100, 1_900, 1_790),
        (FUND, 999_999_999, 1, 1_790),
        (STOCK, 2_400, 1_600, 1_790),
    ],
)
def test_what_is_outside_both_is_no_price_and_a_stock_has_its_own_limits(
    code: str, told_up: int, told_down: int, price: int
) -> None:
    day = beside_a_grid(code, told_up, told_down)
    falls(day, code, price)
    found = odd_price(day.state)
    assert found is not None
    assert (found.why, found.get("code")) == (Why.PNL_UNKNOWN, code)
