import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.codes import Listing, UnknownCodeError, classify
from qmtdesk.domain.instrument import Board, Kind, Market

BONDS = {
    "SH": {"110", "111", "113", "118", "132"},
    "SZ": {"120", "123", "127", "128"},
}
STOCKS = {
    "SH": {**dict.fromkeys(("600", "601", "603", "605"), Board.MAIN), **dict.fromkeys(("688", "689"), Board.STAR)},
    "SZ": {
        **dict.fromkeys(("000", "001", "002", "003"), Board.MAIN),
        **dict.fromkeys(("300", "301", "302"), Board.CHINEXT),
    },
}


def expected(prefix, market):
    """An independent reading of market-rules 5."""
    if prefix in BONDS.get(market, ()):
        return Kind.BOND, Board.BOND
    if prefix in STOCKS.get(market, ()):
        return Kind.STOCK, STOCKS[market][prefix]
    if market == "BJ" and (prefix == "920" or prefix[:2] in {"43", "83", "87", "88"}):
        return Kind.STOCK, Board.BSE
    if (market, prefix[0]) == ("SH", "5") or (market == "SZ" and prefix[:2] in {"15", "16"}):
        return Kind.FUND, Board.FUND
    return None


@pytest.mark.parametrize("market", ["SH", "SZ", "BJ"])
def test_every_prefix_of_every_exchange_is_what_the_table_says_or_unknown(market):
    for number in range(1000):
        code = f"{number:03d}123.{market}"
        wanted = expected(f"{number:03d}", market)
        if wanted is None:
            with pytest.raises(UnknownCodeError, match=code):
                classify(code)
        else:
            assert classify(code) == Listing(code, Market(market), *wanted)


@pytest.mark.parametrize(
    "code",
    ["112001.SZ", "115001.SH", "127001.SH", "131810.SZ", "204001.SH", "117103.SZ", "137001.SH", "121001.SZ"],
)
def test_a_bare_11_or_12_is_no_convertible_bond(code):
    with pytest.raises(UnknownCodeError, match=code):
        classify(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "600000",
        "600000.sh",
        "600000.SS",
        "SH600000",
        "60000.SH",
        "6000000.SH",
        "６00000.SH",
        "600000.SH\n",
        "600000.HK",
        "404002.NQ",
        None,
        600000,
        b"600000.SH",
    ],
)
def test_what_is_not_a_code_is_named(code):
    with pytest.raises(UnknownCodeError) as told:
        classify(code)
    assert repr(code) in str(told.value)
    assert isinstance(told.value, ValueError)


@given(st.text(max_size=12))
def test_any_text_is_classified_or_refused(code):
    try:
        listing = classify(code)
    except UnknownCodeError:
        return
    assert listing.code == code
    assert code.endswith(listing.market.value)
