"""Files anybody may have made: read within limits or refused with a reason, never believed and never carried out."""

import contextlib
import csv
import io
import os
import pickle
import sqlite3
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmtdesk.domain.bond_cells import Fault
from qmtdesk.domain.bond_facts import BondFacts
from qmtdesk.domain.bond_headers import Unit
from qmtdesk.domain.bond_list import Asked, BondList, ListError, read_list
from qmtdesk.store import bond_list_file, bond_list_kept, bond_list_sql
from qmtdesk.store.bond_list_file import Table, read_file
from qmtdesk.store.bond_list_kept import KeptList, KeptLists, kept_lists, swapped, with_hand, with_list

TODAY = "2026-11-22"
LINES = "转债代码,转债名称,剩余规模(亿元),到期日\n113050,南银转债,2.35,2028-03-01\n127089,晶澳转债,0.5,2029-07-18\n"


def on(_done: int, _total: int) -> None:
    """Goes on whatever is done."""


def listed(table: Table) -> BondList:
    return read_list(table.rows, Asked(today=TODAY, as_of="2026-11-20"))


def refused(path: Path) -> Fault:
    with pytest.raises(ListError) as caught:
        read_file(path, on)
    return caught.value.problem.fault


def put(folder: Path, data: bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.fault("O10")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_a_spreadsheet_writes_gives_the_same_bonds(tmp_path: Path, encoding: str) -> None:
    found = listed(read_file(put(tmp_path, LINES.encode(encoding)), on))
    assert [(bond.code, bond.name, bond.remaining_yuan) for bond in found.bonds] == [
        ("113050.SH", "南银转债", 235_000_000), ("127089.SZ", "晶澳转债", 50_000_000),
    ]  # fmt: skip


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_every_usual_delimiter_is_seen(tmp_path: Path, sign: str) -> None:
    found = listed(read_file(put(tmp_path, LINES.replace(",", sign).encode("gbk"), "list.xls"), on))
    assert found.good == 2


CODES = st.sampled_from([f"113{n:03d}" for n in range(500)])
ROWS = st.dictionaries(
    CODES, st.tuples(st.integers(100, 50_000_000_000), st.text(alphabet="甲乙丙转债AB12", max_size=8)),
    min_size=1, max_size=30,
)  # fmt: skip


@pytest.mark.fault("O10")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(bonds=ROWS, encoding=st.sampled_from(["utf-8", "gbk", "utf-16"]), quoting=st.sampled_from([0, 1]))
def test_what_was_written_is_what_is_read(
    tmp_path: Path, bonds: dict[str, tuple[int, str]], encoding: str, quoting: int
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL)
    writer.writerow(["代码", "名称", "余额(元)"])
    writer.writerows([code, name, yuan] for code, (yuan, name) in bonds.items())
    found = listed(read_file(put(tmp_path, text.getvalue().encode(encoding)), on))
    assert found.bad == 0
    assert {bond.code[:6]: (bond.remaining_yuan, bond.name or "") for bond in found.bonds} == bonds


@pytest.mark.fault("O11")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    data=st.binary(min_size=1, max_size=400),
    head=st.sampled_from([b"", b"PK\x03\x04", "代码,剩余规模\n".encode(), b"\xff\xfe"]),
)
def test_no_bytes_do_more_than_be_refused(tmp_path: Path, data: bytes, head: bytes) -> None:
    path = put(tmp_path, head + data)
    with contextlib.suppress(ListError):
        listed(read_file(path, on))


@pytest.mark.fault("O11")
@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY),
        (b" \r\n ", Fault.EMPTY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Fault.OLD_EXCEL),
        (b"<html><table><tr><td>113050", Fault.IS_HTML),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff", Fault.NOT_TEXT),
        (pickle.dumps({"code": "113050", "size": 2.5, "x": b"\xff\x00"}), Fault.NOT_TEXT),
        (b"PK\x03\x04 no archive", Fault.BAD_ARCHIVE),
        (("代码,剩余规模\n" + "1" * 3_000).encode(), Fault.LONG_CELL),
        (('代码,剩余规模\n113050,"2\n' + "113051,2\n" * 400).encode(), Fault.LONG_CELL),
        (("代码,剩余规模\n" + "," * 600).encode(), Fault.TOO_WIDE),
    ],
)
def test_what_is_no_list_is_called_what_it_is(tmp_path: Path, data: bytes, fault: Fault) -> None:
    assert refused(put(tmp_path, data)) is fault


@pytest.mark.fault("O10")
def test_a_million_rows_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "代码,剩余规模\n".encode() + b"113050,2.5\n" * 1_000_000)
    assert refused(path) is Fault.TOO_MANY_ROWS


@pytest.mark.fault("O11")
def test_a_huge_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    monkeypatch.setattr(bond_list_file, "_read", lambda *_: pytest.fail("it was opened"))
    assert refused(path) is Fault.TOO_LARGE


@pytest.mark.fault("O11")
@pytest.mark.parametrize(
    "place", ["list.csv", "../list.csv", "\\\\server\\share\\list.csv", "//server/share/list.csv", "/tmp/nul",  # noqa: S108
              "/tmp/COM1.csv", "/tmp/list.csv:hidden", "/tmp/li\0st.csv"],  # noqa: S108
)  # fmt: skip
def test_a_path_that_is_more_than_a_path_is_refused(place: str) -> None:
    assert refused(Path(place)) is Fault.BAD_PATH


def test_what_is_not_a_file_is_not_read(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.csv") is Fault.NOT_THERE
    assert refused(tmp_path) is Fault.NOT_A_FILE


@pytest.mark.skipif(os.name == "nt", reason="named pipes in folders are of POSIX")
def test_a_pipe_does_not_make_the_reader_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list.csv")
    assert refused(tmp_path / "list.csv") is Fault.NOT_A_FILE


def test_a_day_in_the_name_goes_before_the_day_of_the_file(tmp_path: Path) -> None:
    named = read_file(put(tmp_path, LINES.encode(), "转债_2026-11-19.csv"), on)
    assert (named.day, named.day_from) == ("2026-11-19", "name")
    plain = put(tmp_path, LINES.encode(), "转债.csv")
    os.utime(plain, (1_795_000_000, 1_795_000_000))
    assert (read_file(plain, on).day, read_file(plain, on).day_from) == ("2026-11-18", "file")


def test_the_user_can_stop_it(tmp_path: Path) -> None:
    def enough(_done: int, _total: int) -> None:
        raise ListError(Fault.STOPPED)

    with pytest.raises(ListError) as caught:
        read_file(put(tmp_path, LINES.encode()), enough)
    assert caught.value.problem.fault is Fault.STOPPED


# spreadsheets


def workbook(path: Path, rows: list[list[object]], title: str = "名单") -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_spreadsheets_numbers_and_dates_are_read_as_values(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["可转债"],
        ["代码", "剩余规模(亿元)", "到期日", "转股价"],
        [113050, 0.1 + 0.2, date(2028, 3, 1), 12.34],
        ["127089", 2, "2029/7/18", 9],
    ]
    table = read_file(workbook(tmp_path / "list.xlsx", rows), on)
    found = listed(table)
    assert (table.kind, table.sheet, found.bad) == ("xlsx", "名单", 0)
    assert [(bond.code, bond.remaining_yuan, bond.maturity, bond.conv_price) for bond in found.bonds] == [
        ("113050.SH", 30_000_000, "2028-03-01", 12_340), ("127089.SZ", 200_000_000, "2029-07-18", 9_000),
    ]  # fmt: skip


@pytest.mark.fault("O10")
def test_a_formula_in_a_spreadsheet_is_named_and_its_row_skipped(tmp_path: Path) -> None:
    rows: list[list[object]] = [["代码", "剩余规模(亿元)"], *([113100 + n, 2.5] for n in range(40)), [113050, "=1+1"]]
    found = listed(read_file(workbook(tmp_path / "list.xlsx", rows), on))
    assert (found.good, found.bad, found.problems[0].fault, found.problems[0].value) == (40, 1, Fault.FORMULA, "=1+1")
    assert found.problems[0].row == 42


def repacked(path: Path, **parts: bytes) -> Path:
    """The same archive with parts added or replaced (_ for /, no ending: .xml)."""
    with zipfile.ZipFile(path) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    kept.update({name.replace("__", "/") + ".xml": data for name, data in parts.items()})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in kept.items():
            new.writestr(name, data)
    return path


@contextlib.contextmanager
def memory() -> Iterator[list[int]]:
    """The most bytes in use at once within, in the list when it ends."""
    peak: list[int] = []
    tracemalloc.start()
    try:
        yield peak
    finally:
        peak.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()


@pytest.mark.fault("O11")
def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [["代码", "剩余规模"], [113050, 2]])
    repacked(path, xl__worksheets__sheet1=b"<worksheet>" + b" " * (64 << 20) + b"</worksheet>")
    assert path.stat().st_size < 200_000
    with memory() as peak:
        assert refused(path) is Fault.BOMB
    assert peak[0] < 8 << 20


@pytest.mark.fault("O11")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = workbook(tmp_path / "list.xlsx", [["代码", "剩余规模"], [113050, 2]])
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]><sst>&a8;</sst>'
    assert refused(repacked(path, xl__sharedStrings=text.encode(encoding))) is Fault.BOMB


@pytest.mark.fault("O11")
def test_a_declaration_behind_a_long_comment_is_found(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [["代码", "剩余规模"], [113050, 2]])
    text = f'<?xml version="1.0"?><!--{"x" * 200_000}--><!DOCTYPE x [<!ENTITY a "b">]><x/>'
    assert refused(repacked(path, xl__media__picture=text.encode())) is Fault.BOMB


@pytest.mark.fault("O11")
@pytest.mark.parametrize("name", ["../../evil.xml", "..\\evil.xml", "/etc/evil.xml", "C:/evil.xml"])
def test_names_that_climb_out_of_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    path = workbook(tmp_path / "list.xlsx", [["代码", "剩余规模"], [113050, 2]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"<x/>")
    assert refused(path) is Fault.BAD_ARCHIVE


@pytest.mark.fault("O11")
def test_no_cut_of_a_spreadsheet_crashes_the_reader(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "list.xlsx", [["代码", "剩余规模(亿元)"], [113050, 2]]).read_bytes()
    for size in range(4, len(whole), 97):
        assert refused(put(tmp_path, whole[:size], "cut.xlsx")) is Fault.BAD_ARCHIVE
    for at in range(30, len(whole), 61):
        path = put(tmp_path, whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :], "bit.xlsx")
        with contextlib.suppress(ListError):
            listed(read_file(path, on))


def test_a_limit_of_rows_holds_for_spreadsheets_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qmtdesk.store import bond_list_sheet

    monkeypatch.setattr(bond_list_sheet, "MAX_ROWS", 20)
    rows: list[list[object]] = [["代码", "剩余规模(亿元)"], *([113100 + n, 2.5] for n in range(20))]
    assert refused(workbook(tmp_path / "list.xlsx", rows)) is Fault.TOO_MANY_ROWS


# databases


def original_table(path: Path) -> str:
    with sqlite3.connect(path) as base:
        base.execute(
            "CREATE TABLE cgs_convertible_bond (id INTEGER, code TEXT, price REAL, status INTEGER,"
            " remain_issue_vol REAL, execute_redeem_date TEXT)"
        )
        base.executemany(
            "INSERT INTO cgs_convertible_bond VALUES (?, ?, ?, ?, ?, ?)",
            [
                (1, "113050", 120.5, 0, 2.35, None),
                (2, "123456", 99.0, 0, 0.5, "2026-12-01"),
                (3, "127089", 1, 1, 3, None),
            ],
        )
    base.close()
    return f"sqlite:///{path}"


def test_the_original_scripts_table_is_read_as_it_is(tmp_path: Path) -> None:
    table = bond_list_sql.read_database(original_table(tmp_path / "cgs.db"), bond_list_sql.TABLE, on)
    found = read_list(table.rows, Asked(today=TODAY, as_of="2026-11-20", unit=Unit.YI))
    assert found.refused is None
    assert [(bond.code, bond.listed, bond.remaining_yuan, bond.redeem_day) for bond in found.bonds] == [
        ("113050.SH", True, 235_000_000, None),
        ("123456.SZ", True, 50_000_000, "2026-12-01"),
        ("127089.SZ", False, 300_000_000, None),
    ]


def test_a_database_is_never_changed_by_reading_it(tmp_path: Path) -> None:
    """A reader that may write tidies up after a writer that died: it moves the log into the file and takes it away."""
    original_table(tmp_path / "made.db")
    writer = sqlite3.connect(tmp_path / "made.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("UPDATE cgs_convertible_bond SET price = 111 WHERE id = 1")
    path, log = tmp_path / "cgs.db", tmp_path / "cgs.db-wal"
    for name, copy in (("made.db", path), ("made.db-wal", log)):
        copy.write_bytes((tmp_path / name).read_bytes())
    writer.close()
    before = path.read_bytes(), log.read_bytes()
    table = bond_list_sql.read_database(f"sqlite:///{path}", bond_list_sql.TABLE, on)
    assert "111" in repr(table.rows[1])
    assert (path.read_bytes(), log.read_bytes()) == before


def sql_fault(url: str, table: str = bond_list_sql.TABLE) -> Fault:
    with pytest.raises(ListError) as caught:
        bond_list_sql.read_database(url, table, on)
    return caught.value.problem.fault


def test_a_query_that_fails_is_never_an_empty_list(tmp_path: Path) -> None:
    url = original_table(tmp_path / "cgs.db")
    assert sql_fault(url, "no_such_table") is Fault.QUERY_FAILED
    assert sql_fault(f"sqlite:///{tmp_path / 'gone.db'}") is Fault.NOT_THERE
    (tmp_path / "no.db").write_bytes(b"this is no database at all" * 100)
    assert sql_fault(f"sqlite:///{tmp_path / 'no.db'}") is Fault.QUERY_FAILED
    assert not (tmp_path / "gone.db").exists()


@pytest.mark.parametrize(
    ("url", "table", "fault"),
    [
        ("", "t", Fault.NO_DATABASE),
        ("oracle://host/base", "t", Fault.BAD_URL),
        ("mysql:///base", "t", Fault.BAD_URL),
        ("mysql://host:99999999/base", "t", Fault.BAD_URL),
        ("mysql://me:secret@host/base", "t", Fault.PASSWORD_IN_URL),
        ("sqlite:////tmp/x.db", "t; DROP TABLE t", Fault.BAD_URL),
        ("sqlite:////tmp/x.db", "t -- ", Fault.BAD_URL),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(url: str, table: str, fault: Fault) -> None:
    assert sql_fault(url, table) is fault


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    def none(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", none)
    with pytest.raises(ListError) as caught:
        bond_list_sql.read_database("mysql://me@host/base", "t", on)
    assert (caught.value.problem.fault, caught.value.problem.value) == (Fault.NO_DRIVER, "PyMySQL")


def test_a_password_never_gets_into_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Driver:
        @staticmethod
        def connect(**words: object) -> object:
            raise RuntimeError(f"{'x' * 150}cannot log in with {words['password']}")

    monkeypatch.setenv(bond_list_sql.PASSWORD, "s3cret-w0rd")
    monkeypatch.setattr(bond_list_sql.importlib, "import_module", lambda _name: Driver)
    with pytest.raises(ListError) as caught:
        bond_list_sql.read_database("mysql://me@host/base", "t", on)
    assert caught.value.problem.fault is Fault.QUERY_FAILED
    assert "s3c" not in caught.value.problem.value
    assert caught.value.__cause__ is None


# what is kept


def test_a_list_is_kept_over_a_restart_and_the_one_before_comes_back(tmp_path: Path) -> None:
    one = KeptList(
        name="a.csv", as_of="2026-11-20", bonds=(BondFacts(code="113050.SH", source="file", as_of="2026-11-20"),)
    )
    two = KeptList(name="b.csv")
    file = kept_lists(tmp_path)
    file.save(with_list(with_list(KeptLists(), one), two))
    loaded = file.load()
    assert not loaded.problem
    assert (loaded.value.now, loaded.value.before) == (two, one)
    back = swapped(loaded.value)
    assert (back.now, back.before) == (one, two)
    assert swapped(back) == loaded.value


def test_the_largest_list_and_the_one_before_fit_into_the_file(tmp_path: Path) -> None:
    bonds = tuple(
        BondFacts(code=f"{n:06d}.SH", source="file", as_of="2026-11-20", name="甲" * 32, stock_name="乙" * 32,
                  rating="A" * 32, stock_code="600000.SH", maturity="2028-01-01", list_day="2022-01-01",
                  redeem_day="2027-01-01", last_day="2027-01-01", remaining_yuan=10**11, conv_price=10**7)
        for n in range(2_000)
    )  # fmt: skip
    file = kept_lists(tmp_path)
    kept = with_list(KeptLists(now=KeptList(bonds=bonds)), KeptList(bonds=bonds))
    file.save(kept)
    assert file.load().value == kept


def test_a_torn_file_gives_the_backups_lists_and_says_so(tmp_path: Path) -> None:
    file = kept_lists(tmp_path)
    file.save(KeptLists(now=KeptList(name="a.csv")))
    file.save(KeptLists(now=KeptList(name="b.csv")))
    file.path.write_bytes(file.path.read_bytes()[:40])
    loaded = file.load()
    assert loaded.value.now.name == "a.csv"
    assert loaded.problem


def test_what_is_typed_later_goes_before_and_can_be_taken_away() -> None:
    def typed(**cells: object) -> BondFacts:
        return BondFacts(code="113050.SH", source="hand", as_of="2026-11-20", **cells)  # type: ignore[arg-type]

    kept = with_hand(with_hand(KeptLists(), typed(remaining_yuan=5, rating="AA")), typed(remaining_yuan=7))
    assert kept.hand == (typed(remaining_yuan=7), typed(rating="AA"))
    assert with_hand(kept, typed()).hand == ()
    assert kept_lists(Path("/x")).path.name == bond_list_kept.FILE
    assert bond_list_file.MAX_BYTES == 20 << 20
