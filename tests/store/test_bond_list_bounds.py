"""Each bound of a bond list holds: what is just beyond it is refused by name, what is just within is read."""

import sqlite3
import zipfile
from pathlib import Path

import openpyxl
import pytest

from qmtdesk.domain.bond_cells import Fault
from qmtdesk.domain.bond_list import ListError
from qmtdesk.store import bond_list_file, bond_list_sheet, bond_list_sql
from qmtdesk.store.bond_list_file import read_file
from qmtdesk.store.bond_list_limits import MAX_CELL, MAX_COLUMNS

HEAD = ["代码", "剩余规模(亿元)"]


def on(_done: int, _total: int) -> None:
    """Goes on whatever is done."""


def fault(path: Path) -> Fault | None:
    try:
        read_file(path, on)
    except ListError as error:
        return error.problem.fault
    return None


def workbook(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("row", "beyond"),
    [
        ([113050, 2, "x" * MAX_CELL], None),
        ([113050, 2, "x" * (MAX_CELL + 1)], Fault.LONG_CELL),
        ([113050] * MAX_COLUMNS, None),
        ([113050] * (MAX_COLUMNS + 1), Fault.TOO_WIDE),
    ],
    ids=["a long cell", "too long a cell", "a wide row", "too wide a row"],
)
@pytest.mark.fault("O11")
def test_cells_and_columns_of_a_spreadsheet_are_bounded(
    tmp_path: Path, row: list[object], beyond: Fault | None
) -> None:
    assert fault(workbook(tmp_path / "list.xlsx", row)) is beyond


@pytest.mark.parametrize("bound", ["MAX_ENTRIES", "MAX_UNPACKED"])
@pytest.mark.fault("O11")
def test_parts_of_a_spreadsheet_and_their_sum_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    path = workbook(tmp_path / "list.xlsx", [113050, 2])
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    have = {"MAX_ENTRIES": len(parts), "MAX_UNPACKED": sum(part.file_size for part in parts)}[bound]
    monkeypatch.setattr(bond_list_sheet, bound, have)
    assert fault(path) is None
    monkeypatch.setattr(bond_list_sheet, bound, have - 1)
    assert fault(path) is Fault.BOMB


@pytest.mark.fault("O11")
def test_a_spreadsheet_under_a_password_is_said_to_be_one(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [113050, 2])
    data = bytearray(path.read_bytes())
    # the first bit of a part's flags, in its own header and in the archive's list
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert fault(path) is Fault.LOCKED


def test_a_file_that_grows_while_it_is_read_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bond_list_file, "CHUNK", 64)
    monkeypatch.setattr(bond_list_file, "MAX_BYTES", 1_000)
    path = tmp_path / "list.csv"
    path.write_text("代码,剩余规模(亿元)\n" + "113050,2\n" * 90, encoding="utf-8")

    def grow(_done: int, _total: int) -> None:
        if path.stat().st_size < 100_000:
            with path.open("a", encoding="utf-8") as file:
                file.write("113050,2\n" * 90)

    with pytest.raises(ListError) as caught:
        read_file(path, grow)
    assert caught.value.problem.fault is Fault.TOO_LARGE


@pytest.mark.parametrize(
    ("rows", "text", "beyond"),
    [
        (20, "x" * MAX_CELL, None),
        (21, "", Fault.TOO_MANY_ROWS),
        (1, "x" * (MAX_CELL + 1), Fault.LONG_CELL),
    ],
    ids=["within", "too many rows", "too long a cell"],
)
def test_rows_and_cells_of_a_database_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, text: str, beyond: Fault | None
) -> None:
    monkeypatch.setattr(bond_list_sql, "MAX_ROWS", 20)
    with sqlite3.connect(tmp_path / "list.db") as base:
        base.execute("CREATE TABLE bonds (code TEXT, remain_issue_vol REAL, note TEXT)")
        base.executemany("INSERT INTO bonds VALUES (?, 2.5, ?)", [(f"{113100 + n}", text) for n in range(rows)])
    base.close()
    url = f"sqlite:///{tmp_path / 'list.db'}"
    if beyond is None:
        assert len(bond_list_sql.read_database(url, "bonds", on).rows) == rows + 1
        return
    with pytest.raises(ListError) as caught:
        bond_list_sql.read_database(url, "bonds", on)
    assert caught.value.problem.fault is beyond
