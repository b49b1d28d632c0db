"""A bond list is read cell by cell: what is damaged is named, what is doubtful is asked, nothing is guessed."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain import bond_cells as cells
from qmtdesk.domain.bond_cells import CellError, Fault
from qmtdesk.domain.bond_headers import Column, Unit, column_of
from qmtdesk.domain.bond_list import MAX_BONDS, Asked, BondList, ListError, Problem, read_list
from qmtdesk.domain.bond_terms import RedeemState

TODAY = "2026-11-22"


def read(*lines: str, unit: Unit | None = None, as_of: str = "2026-11-20", leave: tuple[str, ...] = ()) -> BondList:
    rows = [(number, line.split(",")) for number, line in enumerate(lines, 1)]
    return read_list(rows, Asked(today=TODAY, unit=unit, as_of=as_of, leave=frozenset(leave)))


def fault_of(text: str, parse: object) -> Fault:
    with pytest.raises(CellError) as caught:
        parse(cells.cleaned(text))  # type: ignore[operator]
    return caught.value.fault


@pytest.mark.parametrize(
    ("header", "column", "unit"),
    [
        ("转债代码", Column.CODE, None),
        (" Bond_Code ", Column.CODE, None),
        ("剩余规模(亿元)", Column.SIZE, Unit.YI),
        ("剩余规模（亿元）", Column.SIZE, Unit.YI),
        ("债券余额[万元]", Column.SIZE, Unit.WAN),
        ("债券余额：元", Column.SIZE, Unit.YUAN),
        ("剩余规模", Column.SIZE, None),
        ("remain_issue_vol", Column.SIZE, None),
        ("execute_redeem_date", Column.REDEEM_DAY, None),
        ("正股代码", Column.STOCK_CODE, None),
        ("转股价(元)", Column.CONV_PRICE, Unit.YUAN),
        ("转股溢价率", None, None),
        ("剩余规模(美元)", None, None),
    ],
)
def test_the_usual_headers_are_known(header: str, column: Column | None, unit: Unit | None) -> None:
    assert column_of(header) == (column, unit)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("113050", "113050.SH"),
        ("113050.0", "113050.SH"),
        ("123456", "123456.SZ"),
        ("127089.SZ", "127089.SZ"),
        ("sh113050", "113050.SH"),
        ("113050.XSHG", "113050.SH"),
        ("SZSE.123456", "123456.SZ"),
        ('="113050"', "113050.SH"),
        ("'113050", "113050.SH"),
        ("１１３０５０", "113050.SH"),
    ],
)
def test_a_code_is_understood_however_it_was_exported(text: str, code: str) -> None:
    assert cells.bond_code(cells.cleaned(text)) == code


@pytest.mark.fault("O10")
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.13E5", Fault.CODE_DAMAGED),
        ("1.1305E+05", Fault.CODE_DAMAGED),
        ("11305", Fault.CODE_BAD),
        ("600000", Fault.CODE_NOT_BOND),
        ("127089.SH", Fault.CODE_NOT_BOND),
        ("404001", Fault.CODE_NOT_BOND),
        ("=A1", Fault.FORMULA),
        ('=HYPERLINK("http://x","113050")', Fault.FORMULA),
        ("@SUM(1)", Fault.FORMULA),
        ("合计", Fault.CODE_BAD),
    ],
)
def test_a_damaged_code_is_named_as_what_it_is(text: str, fault: Fault) -> None:
    assert fault_of(text, cells.bond_code) is fault


@pytest.mark.parametrize(
    "text",
    ["2027-03-01", "2027/3/1", "2027.3.1", "20270301", "2027年3月1日", "2027-03-01 00:00:00", "2027-03-01T09:30"],
)
def test_a_day_may_be_written_in_several_ways(text: str) -> None:
    assert cells.iso_day(cells.cleaned(text)) == "2027-03-01"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("46447", Fault.DATE_SERIAL),
        ("27-03-01", Fault.DATE_SHORT),
        ("01/03/2027", Fault.DATE_SHORT),
        ("2027-13-01", Fault.DATE_BAD),
        ("1889-01-01", Fault.DATE_FAR),
        ("明天", Fault.DATE_BAD),
    ],
)
def test_a_day_that_could_be_two_days_is_refused(text: str, fault: Fault) -> None:
    assert fault_of(text, cells.iso_day) is fault


@given(st.integers(100, 100_000_000_000), st.sampled_from(Unit))
def test_a_size_survives_every_unit_it_is_written_in(yuan: int, unit: Unit) -> None:
    digits = {Unit.YUAN: 0, Unit.WAN: 4, Unit.YI: 8}[unit]
    text = format(Decimal(yuan).scaleb(-digits), "f")
    value, written = cells.size_parts(text)
    assert written is None
    assert cells.size_yuan(value, unit) == yuan


@given(st.text(max_size=40))
def test_no_text_makes_a_cell_anything_but_a_value_or_a_fault(text: str) -> None:
    kinds = {str: (cells.bond_code, cells.stock_code, cells.iso_day, cells.short_text), int: (cells.price_milli,),
             bool: (cells.is_listed,), tuple: (cells.redeem_state, cells.size_parts)}  # fmt: skip
    for kind, parses in kinds.items():
        for parse in parses:
            with contextlib.suppress(CellError):
                assert type(parse(cells.cleaned(text))) is kind


@pytest.mark.fault("O10")
def test_a_unit_nobody_wrote_is_asked_for_with_what_each_would_mean() -> None:
    found = read("代码,剩余规模", *(f"11305{n},{2 + n / 10}" for n in range(6)))
    assert found.refused == Problem(Fault.UNIT_ASKED)
    assert [(guess.unit, guess.likely) for guess in found.guesses] == [
        (Unit.YI, True), (Unit.WAN, False), (Unit.YUAN, False),
    ]  # fmt: skip
    assert all(bond.remaining_yuan is None for bond in found.bonds)
    told = read("代码,剩余规模", *(f"11305{n},{2 + n / 10}" for n in range(6)), unit=Unit.YI)
    assert told.refused is None
    assert told.bonds[0].remaining_yuan == 200_000_000


@pytest.mark.fault("O10")
def test_a_wrong_unit_is_not_believed_even_when_it_is_written() -> None:
    far = read("代码,剩余规模(亿元)", *(f"11305{n},300000000" for n in range(6)))
    assert far.refused == Problem(Fault.TOO_MANY_BAD, value="6/6")
    assert {problem.fault for problem in far.problems} == {Fault.SIZE_IMPOSSIBLE}
    near = read("代码,剩余规模(万元)", *(f"11305{n},3.2" for n in range(6)))
    assert near.refused is not None
    assert near.refused.fault is Fault.UNIT_UNLIKELY


def test_a_unit_behind_the_number_is_taken() -> None:
    found = read("代码,剩余规模", "113050,2.35亿", "113051,8500万")
    assert found.refused is None
    assert [bond.remaining_yuan for bond in found.bonds] == [235_000_000, 85_000_000]


@pytest.mark.fault("O10")
def test_bad_rows_are_skipped_and_named_by_row_column_and_value() -> None:
    good = [f"{113100 + n},2.5,2028-01-01" for n in range(60)]
    found = read("代码,剩余规模(亿元),到期日", *good, "1.13E5,2,", "113100,3,", "113200,x,45678")
    assert (found.good, found.bad, found.refused) == (60, 3, None)
    assert found.problems == (
        Problem(Fault.CODE_DAMAGED, 62, "代码", "1.13E5"),
        Problem(Fault.CODE_TWICE, 63, "代码", "113100.SH"),
        Problem(Fault.NUMBER_BAD, 64, "剩余规模(亿元)", "x"),
        Problem(Fault.DATE_SERIAL, 64, "到期日", "45678"),
    )


@pytest.mark.fault("O10")
@pytest.mark.parametrize(("bad", "used"), [(1, True), (2, False)])
def test_more_than_five_per_cent_bad_rows_refuse_the_list(bad: int, used: bool) -> None:
    good = [f"{113100 + n},2.5" for n in range(20 - bad)]
    found = read("代码,剩余规模(亿元)", *good, *(["x,1"] * bad))
    assert (found.refused is None) is used


@pytest.mark.fault("O10")
@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["名称,剩余规模", "甲转债,2"], Fault.NO_HEADER),
        (["代码,名称", "113050,甲转债"], Fault.NO_TERMS),
        (["代码,剩余规模,债券余额", "113050,2,3"], Fault.TWO_COLUMNS),
        (["代码,剩余规模", "来源：某处"], Fault.NO_BONDS),
    ],
)
def test_a_table_without_its_columns_is_refused_with_a_reason(lines: list[str], fault: Fault) -> None:
    with pytest.raises(ListError) as caught:
        read(*lines)
    assert caught.value.problem.fault is fault


def test_a_title_above_and_a_remark_below_do_no_harm() -> None:
    found = read("可转债一览", "", "代码,剩余规模(亿元)", "113050,2.35", ",", "数据来源：某终端")
    assert (found.good, found.bad, found.refused) == (1, 0, None)


def test_an_empty_redemption_cell_is_unknown_and_never_no() -> None:
    found = read(
        "代码,剩余规模(亿元),强赎日,强赎状态",
        "113050,2,,",
        "113051,2,2026-12-01,",
        "113052,2,,不强赎",
        "113053,2,,7/15",
    )
    assert [bond.redeem for bond in found.bonds] == [
        None, RedeemState.ANNOUNCED, RedeemState.NONE, RedeemState.COUNTING,
    ]  # fmt: skip
    assert (found.bonds[3].redeem_count, found.bonds[3].redeem_need) == (7, 15)


def test_zero_is_listed_as_in_the_original_table_and_any_other_number_is_not() -> None:
    found = read("code,status,remain_issue_vol,price", "113050,0,2,100", "113051,1,2,100", "113052,3,2,1", unit=Unit.YI)
    assert [bond.listed for bond in found.bonds] == [True, False, False]


@pytest.mark.fault("O12")
def test_a_list_without_a_day_or_of_tomorrow_is_not_used() -> None:
    assert read("代码,剩余规模(亿元)", "113050,2", as_of="").refused == Problem(Fault.NO_DATE)
    late = read("代码,剩余规模(亿元)", "113050,2", as_of="2026-11-23").refused
    assert late is not None
    assert late.fault is Fault.DATE_FUTURE
    rows = read("代码,剩余规模(亿元),数据日期", "113050,2,2026-11-23", as_of="")
    assert rows.problems[0].fault is Fault.DATE_FUTURE


def test_a_column_the_user_left_out_is_not_read() -> None:
    lines = ("代码,剩余规模(亿元),强赎状态", "113050,2,谁知道")
    assert read(*lines).bad == 1
    found = read(*lines, leave=("强赎状态",))
    assert (found.bad, found.refused) == (0, None)


@pytest.mark.fault("O11")
@pytest.mark.parametrize("name", ["<img src=file:///etc/passwd>", "甲\u202e转债", "甲\n转债", "甲" * 33])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    assert fault_of(name, cells.short_text) is Fault.TEXT_BAD


def test_a_list_of_more_bonds_than_there_ever_were_is_none() -> None:
    codes = [f"{prefix}{n:03d}" for prefix in ("110", "111", "113") for n in range(1000)]
    with pytest.raises(ListError) as caught:
        read("代码,剩余规模(亿元)", *(f"{code},2" for code in codes))
    assert caught.value.problem == Problem(Fault.TOO_MANY_BONDS, value=str(MAX_BONDS))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("可转债_2026-11-20", "2026-11-20"),
        ("bonds20261120", "2026-11-20"),
        ("2026-11-20 到 2026-11-21", ""),
        ("113050", ""),
        ("20261340", ""),
    ],
)
def test_a_day_in_the_files_name_counts_when_there_is_one(name: str, day: str) -> None:
    assert cells.day_in_name(name) == day
