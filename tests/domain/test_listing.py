from datetime import date

import pytest

from qmtdesk.domain.codes import UnknownCodeError
from qmtdesk.domain.instrument import Board, Instrument, Kind, Market
from qmtdesk.domain.limits import BadPriceError
from qmtdesk.domain.listing import make_instrument

DAY = date(2025, 4, 21)


def test_an_instrument_carries_the_rules_and_limits_of_its_day():
    assert make_instrument("113050.SH", "南银转债", 120_005, DAY, 144_006, 96_004) == Instrument(
        code="113050.SH",
        name="南银转债",
        market=Market.SH,
        kind=Kind.BOND,
        board=Board.BOND,
        tick=1,
        lot=10,
        step=10,
        t_plus_one=False,
        prev_close=120_005,
        limit_up=144_006,
        limit_down=96_004,
        told_up=144_006,
        told_down=96_004,
    )


def test_no_limit_is_zero():
    stock = make_instrument("603120.SH", "C肯特", 20_000, DAY)
    assert (stock.limit_up, stock.limit_down) == (0, 0)


@pytest.mark.parametrize("sentinel", [99_999_990, 999_999_999])
def test_a_told_sentinel_agrees_with_no_limit(sentinel):
    stock = make_instrument("603120.SH", "", 20_000, date(2025, 4, 15), sentinel, 10, first_day=True)
    assert (stock.told_up, stock.told_down) == (0, 0)
    assert stock.limits_agree


def test_a_told_sentinel_against_a_limit_of_ours_disagrees():
    stock = make_instrument("600000.SH", "浦发银行", 20_000, DAY, 99_999_990, 10)
    assert (stock.limit_up, stock.limit_down) == (22_000, 18_000)
    assert not stock.limits_agree


def test_told_limits_against_none_of_ours_disagree():
    assert not make_instrument("603120.SH", "N肯特", 20_000, DAY, 22_000, 18_000).limits_agree


def test_bad_rows_are_named():
    with pytest.raises(UnknownCodeError, match="999999"):
        make_instrument("999999.SH", "", 20_000, DAY)
    with pytest.raises(BadPriceError, match="20005"):
        make_instrument("600000.SH", "", 20_005, DAY)
