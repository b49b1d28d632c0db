"""The bond table's figures, its order and its search."""

from fractions import Fraction

from fake_market import bonds as all_bonds
from fake_market import quote
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from qmtdesk.desk.bonds.bonds_columns import (
    BY_KEY,
    COLUMNS,
    FROZEN,
    SCROLLED,
    Bond,
    arranged,
    change_bp,
    conversion_value,
    double_low,
    half_up,
    market_size_yuan,
    ordered,
    premium_bp,
    turnover_bp,
)
from qmtdesk.desk.bonds.bonds_model import help_of, row_text
from qmtdesk.desk.bonds.bonds_search import initials, matches
from qmtdesk.desk.words.texts import TEXTS

ROW = all_bonds()[0]
EMPTY = replace(
    ROW, conv_price=0, remaining_yuan=-1, position=0, cost=0, trips=0, years_left_bp=0, maturity="", rating="",
    stock_name="", grid="", pnl=0,
)  # fmt: skip


def bond(last: int = 119_388, stock: int = 14_820, conv: int = 17_150, size: int = 124_000_000) -> Bond:
    row = replace(ROW, conv_price=conv, remaining_yuan=size)
    return Bond(row, quote(row.code, last, 75), quote(row.stock_code, stock, 123, tick=10))


money = st.integers(1, 500_000)


@given(money, money, money)
def test_premium_and_conversion_value_are_exact_to_the_last_digit(last: int, stock: int, conv: int) -> None:
    made = bond(last, stock, conv)
    worth = Fraction(100_000 * stock, conv)
    premium, value = premium_bp(made), conversion_value(made)
    assert premium is not None
    assert value is not None
    assert abs(value - worth) <= Fraction(1, 2)
    assert abs(premium - (last / worth - 1) * 10_000) <= Fraction(1, 2)
    assert double_low(made) == last + premium * 10


@given(money, st.integers(1, 10**10))
def test_market_size_is_size_times_price_of_100_face(last: int, size: int) -> None:
    got = market_size_yuan(bond(last, size=size))
    assert got is not None
    assert abs(got - Fraction(size * last, 100_000)) <= Fraction(1, 2)


def test_half_is_rounded_away_from_zero() -> None:
    assert [half_up(n, 2) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]


def test_a_bond_without_sources_has_no_figures_and_never_a_zero() -> None:
    empty = Bond(EMPTY)
    for column in COLUMNS:
        if column.key in ("name", "grid", "code", "redeem"):
            continue
        assert column.sort(empty) is None, column.key
        assert column.show(empty).text == "—", column.key
    assert change_bp(None) is None
    assert turnover_bp(empty) is None


def test_each_column_of_a_full_bond_says_something() -> None:
    full = Bond(
        replace(ROW, last_day="2029-12-28"), quote(ROW.code, 119_388, 75), quote(ROW.stock_code, 14_820, 123, tick=10)
    )
    blank = [column.key for column in COLUMNS if column.show(full).text == "—"]
    assert blank == []
    assert BY_KEY["premium"].show(full).text == "38.16%"
    assert BY_KEY["size"].show(full).text == "1.24"


def test_sorting_goes_by_value_and_leaves_what_is_missing_last() -> None:
    bonds = [bond(9_500), bond(100_000), bond(10_500), Bond(EMPTY)]
    column = BY_KEY["last"]
    assert [b.last for b in ordered(bonds, column, descending=False)] == [9_500, 10_500, 100_000, 0]
    assert [b.last for b in ordered(bonds, column, descending=True)] == [100_000, 10_500, 9_500, 0]


def test_without_a_column_the_screen_decides_the_order() -> None:
    bonds = [Bond(row) for row in reversed(all_bonds())]
    ranks = [b.row.rank for b in ordered(bonds, None, descending=False) if b.row.included]
    assert ranks == [1, 2, 3, 4, 5, 6]


@given(st.integers(0, 1500))
def test_the_narrower_the_panel_the_more_optional_columns_give_way(room: int) -> None:
    widths = dict.fromkeys(BY_KEY, 60)
    columns = arranged(frozenset(BY_KEY), widths, room)
    assert {column.key for column in columns} == {column.key for column in SCROLLED}
    first = [column.key for column in columns]
    assert first[:2] == ["last", "change"]
    assert "pnl" in first[:6]
    size, premium, redeem = first.index("size"), first.index("premium"), first.index("redeem")
    if size < 6 and first.index("pnl") > size:
        assert premium < size
    if premium < first.index("code"):
        assert redeem < first.index("code")


def test_what_a_grid_earned_is_named_as_in_its_round_trips_and_not_as_the_accounts_day() -> None:
    column, bond = BY_KEY["pnl"], Bond(replace(ROW, grid="running", pnl=-673_680))
    assert TEXTS["bond.col.pnl"] == TEXTS["col.net"]
    assert row_text(bond, (column,)).startswith("净盈亏\n")
    assert "净盈亏 = 今日已实现 + 浮动（含前几日的）− 今日费用" in help_of(bond, column)
    assert "今日盈亏" not in help_of(bond, column)


def test_hidden_columns_stay_away_but_never_price_and_change() -> None:
    columns = arranged(frozenset(), dict.fromkeys(BY_KEY, 60), 400)
    assert [column.key for column in columns] == ["last", "change"]
    assert [column.key for column in FROZEN] == ["name", "grid"]


def test_all_columns_of_the_description_are_there() -> None:
    assert len(COLUMNS) == 25


def test_search_finds_by_code_name_and_initials() -> None:
    assert initials("星澜转债") == "xlzz"
    assert initials("北辰转2") == "bcz2"
    for typed in ("", " ", "127", "星澜", "xl", "XLZZ"):
        assert matches(typed, "127089.SZ", "星澜转债"), typed
    assert not matches("gh", "127089.SZ", "星澜转债")
    assert initials("鑫😀") in ("", "x")


def test_a_bond_of_which_nothing_remains_says_so_and_is_not_taken_for_unknown() -> None:
    gone = bond(size=0)
    assert BY_KEY["size"].show(gone).text == "0.00"
    assert BY_KEY["market_size"].show(gone).text == "0.00"
    assert BY_KEY["turnover"].show(gone).text == "—"
