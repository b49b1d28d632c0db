"""What a grid says of a new day's prices: each price to the tick, and which price it is."""

import pytest

from qmtdesk.desk.words.texts import say
from qmtdesk.domain.instrument import Board, Instrument, Kind, Market
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine.anew import told_forbidden
from qmtdesk.strategies.grid_start import PlanError, check_plan
from qmtdesk.trader.told import spoken


def refused(last: int) -> Reason:
    """A lower stop of 117.500 at that price, on a day with 117.400 as the previous close."""
    bond = Instrument("127089.SZ", "bond", Market.SZ, Kind.BOND, Board.BOND, 1, 10, 10, False, 117_400, 0, 0)
    with pytest.raises(PlanError) as error:
        check_plan(GridPlan(code=bond.code, lower_stop=117_500), bond, last, 0)
    return error.value.reason


@pytest.mark.parametrize(("last", "price"), [(117_400, "昨收 117.400"), (0, "昨收 117.400"), (117_300, "现价 117.300")])
def test_a_stop_that_is_passed_already_is_told_with_the_price_it_was_compared_with(last: int, price: str) -> None:
    found = refused(last)
    assert say(found, "127089.SZ") == f"设置不可用：下限 117.500，{price}"
    assert f"：{price} 不高于下限 117.500，" in say(told_forbidden(found), "127089.SZ")
    assert spoken(told_forbidden(found)).startswith("not_worked_out")


def test_what_was_worked_out_anew_is_told_to_the_tick() -> None:
    reason = because(
        Why.WORKED_OUT_ANEW, was_milli=120_000, base_milli=118_050, first_was_milli=120_000, first_price_milli=118_055
    )
    assert say(reason, "127089.SZ") == "按今天的价格重算，基准 120.000 → 118.050，首仓 120.000 → 118.055"


def test_a_setting_that_does_not_fit_is_told_by_its_name() -> None:
    refusal = because(Why.BAD_SETTING, name="amount", value_milli=1, least_milli=2)
    assert "：每只金额，首仓" in say(told_forbidden(refusal), "127089.SZ")
    ended = because(Why.BUYS_ENDED, name="Z bond")
    assert told_forbidden(ended) is ended
    assert say(ended).startswith("Z bond：最后交易日")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"close_milli": 10_000, "reference_price_milli": 9_500}, "：收盘 10.00，参考价 9.50，网格"),
        ({"name": "XD某某", "reference_price_milli": 9_500}, "：XD某某，参考价 9.50，网格"),
        (
            {"reference_price_milli": 9_500, "stop_milli": 9_700},
            "，参考价 9.50，不高于下限 9.70 而上一日收盘没看到，网格",
        ),
    ],
)
def test_a_reference_price_that_moved_is_told_with_what_it_was_compared_with(
    args: dict[str, int | str], words: str
) -> None:
    assert words in say(because(Why.EX_RIGHTS, **args), "600719.SH")


def test_what_was_sold_unseen_is_told_with_what_counted_before_and_counts_now() -> None:
    reason = because(Why.OWN_LESS, position=0, was=160, held=0, bought_was=160, bought=0)
    assert say(reason).endswith("：网格持有 160 → 0，本程序买入 160 → 0")
