"""Recordings: what is read, what is refused and where, and the paper world on top of them."""

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from paper_bench import BUY, OWNER

from qmtdesk.domain.messages import DayOpened, FillReported, Place, Quoted
from qmtdesk.domain.quote import BoardState, board_state
from qmtdesk.domain.sessions import at_of, clock_text
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import AT_ONCE
from qmtdesk.gateways.paper.world import World
from qmtdesk.gateways.replay.days import ReplayError, replay_days
from qmtdesk.gateways.replay.feed import RecordedFeed
from qmtdesk.gateways.replay.reader import read_file
from qmtdesk.gateways.replay.ticks import COLUMNS

DAY = date(2022, 6, 1)
START = at_of(DAY, 9, 30)


def tick(at: int = START, code: str = "000400.SZ", **cells: object) -> dict[str, object]:
    """One good row; what is given replaces its cells."""
    row: dict[str, object] = dict.fromkeys(COLUMNS, "0")
    row |= {"time_ms": at, "code": code, "last": "20.6", "open": "20.5", "high": "20.7", "low": "20.4"}
    row |= {"prev_close": "19.38", "volume": "633", "amount": "13039.8", "bid1": "20.59", "bid_vol1": "1250"}
    row |= {"ask1": "20.61", "ask_vol1": "300"}
    return row | cells


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: dict[str, object], columns: tuple[str, ...] = COLUMNS, name: str = "t.csv") -> Path:
        lines = [",".join(columns), *(",".join(str(row[column]) for column in columns) for row in rows)]
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def bar(minute: str, close: str = "10.02", **cells: object) -> dict[str, object]:
    row: dict[str, object] = {"code": "000001.SZ", "datetime": f"2018-01-02 {minute}", "open": "10.0"}
    return row | {"high": "10.05", "low": "9.98", "close": close} | cells


BARS = ("code", "datetime", "open", "high", "low", "close")
ENDS = (bar("11:30"), bar("13:01"))


def test_a_tick_row_is_read_exactly_and_in_whole_lots(written: Callable[..., Path]) -> None:
    quote = read_file(written(tick())).rows[0].quote()
    assert (quote.last, quote.prev_close, quote.low, quote.amount) == (20_600, 19_380, 20_400, 13_039_800)
    assert (quote.volume, quote.bid1.volume, quote.ask1.volume) == (600, 1200, 300)
    bond = read_file(written(tick(code="123901.SZ"))).rows[0].quote()
    assert (bond.volume, bond.bid1.volume) == (633, 1250)


def test_limits_are_told_where_the_file_has_them(written: Callable[..., Path]) -> None:
    columns = (*COLUMNS, "up_limit", "down_limit", "truth")
    path = written(tick(up_limit="21.32", down_limit="17.44", truth="OPEN"), columns=columns)
    (day,) = replay_days([path])
    assert (day.instruments[0].told_up, day.instruments[0].told_down) == (21_320, 17_440)
    assert day.instruments[0].limits_agree
    (plain,) = replay_days([written(tick())])
    assert plain.instruments[0].told_up == 0
    assert plain.instruments[0].limit_up == 21_320


def test_a_packed_file_and_a_marked_one_are_read_too(written: Callable[..., Path], tmp_path: Path) -> None:
    plain = written(tick())
    packed, marked = tmp_path / "odd.name", tmp_path / "bom.csv"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    marked.write_bytes(b"\xef\xbb\xbf" + plain.read_bytes())
    assert read_file(packed).rows == read_file(marked).rows == read_file(plain).rows


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([], 2, "no rows"),
        ([tick(last="20.6.1")], 2, "column last"),
        ([tick(), tick(START + 3000, last="nan")], 3, "column last"),
        ([tick(last="-1")], 2, "not negative"),
        ([tick(last="1e1")], 2, "column last"),
        ([tick(high="20.6001")], 2, "finer than 0.001"),
        ([tick(volume="633.5")], 2, "column volume"),
        ([tick(bid_vol3="-5")], 2, "column bid_vol3"),
        ([tick(volume="６３３")], 2, "column volume"),
        ([tick(amount="12x")], 2, "column amount"),
        ([tick(amount="12.3x")], 2, "column amount"),
        ([tick(code="400.SZ")], 2, "column code"),
        ([tick(code="127001.SH")], 2, "column code"),
        ([tick(prev_close="0")], 2, "column prev_close"),
        ([tick(prev_close="19.385")], 2, "finer than its tick"),
        ([tick(1654047000)], 2, "Unix milliseconds"),
        ([tick(at_of(date(2022, 6, 4), 10, 0))], 2, "no trading day"),
        ([tick(), tick(START - 3000)], 3, "time goes back by 3000 ms"),
        ([tick(), tick(code="600107.SH"), tick()], 4, "same row of 000400.SZ as line 2"),
        ([tick(volume="6", amount="13039.8")], 2, "lots of 100"),
        ([tick(code="123901.SZ", volume="63", amount="13039.8")], 2, "lots of 10 "),
        ([tick(volume="63300", amount="13039.8")], 2, "100 times too large"),
        ([tick(volume="6330000", amount="13039.8")], 2, "万元"),
        ([tick(volume="633000", amount="13039.8")], 2, "thousands"),
        ([tick(volume="200", amount="13039.8")], 2, "not known"),
        ([tick(amount="0")], 2, "amount is 0"),
    ],
)
def test_what_is_wrong_in_a_tick_file_is_named_with_file_and_line(
    written: Callable[..., Path], rows: list[dict[str, object]], line: int, words: str
) -> None:
    path = written(*rows)
    with pytest.raises(ReplayError) as caught:
        list(replay_days([path]))
    assert str(caught.value).startswith(f"t.csv:{line}: ")
    assert words in str(caught.value)


def test_missing_columns_are_named(written: Callable[..., Path]) -> None:
    columns = tuple(column for column in COLUMNS if column not in {"ask_vol5", "amount"})
    with pytest.raises(ReplayError, match=r"^t.csv:1: columns missing: amount, ask_vol5$"):
        read_file(written(tick(), columns=columns))
    with pytest.raises(ReplayError, match=r"^t.csv:1: columns there twice: last$"):
        read_file(written(tick(), columns=(*COLUMNS, "last")))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "t.csv:1: neither ticks"),
        (b"a,b\n1,2\n", "t.csv:1: neither ticks"),
        (b"\xff\xfe\x00\x01", "t.csv:1: is no CSV text"),
        (b"\x1f\x8bnot packed", "t.csv:1: cannot be read"),
        (b"code,datetime,open,high,low,close\n1,2\n", "t.csv:2: 2 cells where the header has 6"),
    ],
)
def test_files_of_another_kind_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(ReplayError) as caught:
        read_file(path)
    assert str(caught.value).startswith(words)


def test_a_cut_packed_file_and_a_missing_one_are_refused(written: Callable[..., Path], tmp_path: Path) -> None:
    whole = gzip.compress(written(*(tick(START + 3000 * n) for n in range(400))).read_bytes())
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(ReplayError, match=r"cut.csv.gz:\d+: cannot be read"):
        read_file(cut)
    with pytest.raises(ReplayError, match="no such file"):
        read_file(tmp_path / "none.csv")


def test_two_different_rows_of_one_time_keep_their_order(written: Callable[..., Path]) -> None:
    path = written(tick(last="20.5"), tick(last="20.6"), tick(last="20.4"))
    (day,) = replay_days([path])
    assert [quote.last for quote in day.quotes] == [20_500, 20_600, 20_400]


def test_files_are_merged_by_time(written: Callable[..., Path]) -> None:
    one = written(tick(), tick(START + 6000), name="a.csv")
    two = written(tick(START + 3000, "600107.SH"), tick(START + 6000, "600107.SH"), name="b.csv")
    (day,) = replay_days([one, two])
    assert [(quote.at - START, quote.code[:6]) for quote in day.quotes] == [
        (0, "000400"),
        (3000, "600107"),
        (6000, "000400"),
        (6000, "600107"),
    ]
    assert day.opens_at == START - 10_000


def test_the_same_code_and_day_in_two_files_is_refused(written: Callable[..., Path]) -> None:
    one, two = written(tick(), name="a.csv"), written(tick(START + 3000), name="b.csv")
    with pytest.raises(ReplayError, match=r"^b.csv:2: 000400.SZ on 2022-06-01 is in a.csv too"):
        list(replay_days([one, two]))


def test_a_bar_becomes_four_corners_of_its_minute(written: Callable[..., Path]) -> None:
    path = written(bar("09:31"), bar("09:32", "9.99"), *ENDS, columns=BARS)
    (day,) = replay_days([path])
    quotes = list(day.quotes)[:8]
    assert [quote.last for quote in quotes] == [10_000, 9_980, 10_050, 10_020, 10_000, 10_050, 9_980, 9_990]
    assert [clock_text(quote.at)[:8] for quote in quotes[:5]] == [
        "09:30:00",
        "09:30:15",
        "09:30:30",
        "09:30:45",
        "09:31:00",
    ]
    assert all(quote.prev_close == 10_000 and not quote.bid1.price and not quote.offered for quote in quotes)
    assert (quotes[1].high, quotes[1].low) == (10_000, 9_980)


def test_bars_labelled_by_their_start_begin_there_and_unclear_labels_are_refused(written: Callable[..., Path]) -> None:
    (day,) = replay_days([written(bar("09:30"), bar("13:00"), columns=BARS)])
    assert clock_text(next(day.quotes).at)[:8] == "09:30:00"
    with pytest.raises(ReplayError, match="labelled by their start or by their end"):
        read_file(written(bar("09:31"), bar("09:32"), columns=BARS))


def test_each_bar_day_starts_from_the_close_before_it(written: Callable[..., Path]) -> None:
    second = bar("13:00", datetime="2018-01-03 13:00", open="10.04")
    found = read_file(written(bar("13:00", "10.03"), second, columns=BARS))
    first_day, second_day = replay_days([found.path])
    assert (first_day.day, second_day.day) == ("2018-01-02", "2018-01-03")
    assert [day.instruments[0].prev_close for day in (first_day, second_day)] == [10_000, 10_030]
    assert found.notes == ("000001.SZ: no close before 2018-01-02, so its first open stands for it",)


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([bar("09:31"), bar("09:31"), *ENDS], 3, "same minute of 000001.SZ as line 2"),
        ([bar("09:32"), bar("09:31"), *ENDS], 3, "time goes back"),
        ([bar("09:31", datetime="2018/01/02 09:31"), *ENDS], 2, "YYYY-MM-DD HH:MM"),
        ([bar("09:31", datetime="2018-13-02 09:31"), *ENDS], 2, "column datetime"),
        ([bar("25:31"), *ENDS], 2, "no time of day"),
        ([bar("09:31", datetime="2018-01-01 09:31"), *ENDS], 2, "no trading day"),
        ([bar("09:31", "10.06"), *ENDS], 2, "between low and high"),
        ([bar("09:31", low="0"), *ENDS], 2, "0 is no price"),
        ([bar("09:31", code="1"), *ENDS], 2, "column code"),
    ],
)
def test_what_is_wrong_in_a_bar_file_is_named_with_file_and_line(
    written: Callable[..., Path], rows: list[dict[str, object]], line: int, words: str
) -> None:
    with pytest.raises(ReplayError) as caught:
        read_file(written(*rows, columns=BARS))
    assert str(caught.value).startswith(f"t.csv:{line}: ")
    assert words in str(caught.value)


def test_bar_volumes_are_spread_over_the_corners_and_checked(written: Callable[..., Path]) -> None:
    columns = (*BARS, "volume", "amount")
    path = written(bar("09:30", volume="4000", amount="40080"), bar("13:00", volume="0", amount="0"), columns=columns)
    assert [row.quote().volume for row in read_file(path).rows] == [1000, 2000, 3000, 4000, 4000, 4000, 4000, 4000]
    with pytest.raises(ReplayError, match="lots of 100"):
        read_file(written(bar("13:00", volume="40", amount="40080"), columns=columns))


def test_a_minute_line_is_one_snapshot_a_minute_in_lots(written: Callable[..., Path]) -> None:
    row = {"code": "600000.SH", "datetime": "2018-12-03 13:00", "price": "10.9", "volume_lots": "22117"}
    (only,) = read_file(written(row, columns=("code", "datetime", "price", "volume_lots"))).rows
    assert (only.quote().last, only.quote().volume) == (10_900, 2_211_700)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("ticks_20211201_sh6.csv.gz", 1),
        ("ticks_20220601_sz2.csv.gz", 1),
        ("ticks_20230201_600519_000333.csv.gz", 1),
        ("ticks_clipped_000400_L20.60.csv.gz", 1),
        ("bars_1m_000001_201801.csv.gz", 21),
        ("timeline_1m_600000_600004_201812_201902.csv.gz", 43),
    ],
)
def test_every_recording_at_hand_is_read_whole(shared_data: Path, name: str, days: int) -> None:
    found = list(replay_days([shared_data / name]))
    assert len(found) == days
    with gzip.open(shared_data / name, "rt") as file:
        lines = sum(1 for _ in file) - 1
    rows = sum(len(day.rows) for day in found)
    assert rows == (lines * 4 if name.startswith("bars") else lines)
    for day in found:
        times = [quote.at for quote in day.quotes]
        assert times == sorted(times)
        if name.startswith("ticks"):
            assert all(one.limits_agree and one.told_up for one in day.instruments)


def test_the_clipped_recording_is_sealed_where_its_maker_says(shared_data: Path) -> None:
    path = shared_data / "ticks_clipped_000400_L20.60.csv.gz"
    (day,) = replay_days([path])
    limit = day.instruments[0].limit_up
    with gzip.open(path, "rt") as file:
        truths = [line.rstrip().rsplit(",", 1)[1] for line in file][1:]
    states = [board_state(quote, limit) for quote in day.quotes]
    continuous = [number for number, quote in enumerate(day.quotes) if clock_text(quote.at) < "14:57"]
    assert [states[n].name for n in continuous] == [truths[n] for n in continuous]
    assert BoardState.SEALED in states


def test_the_paper_world_runs_on_a_recording_and_ends_with_it(shared_data: Path) -> None:
    days = tuple(replay_days([shared_data / "bars_1m_000001_201801.csv.gz"]))[:2]
    feed = RecordedFeed(days)
    exchange = PaperExchange(PaperAccount(1_000_000_000), None, AT_ONCE, 1)
    world = World(feed, exchange, feed.opening(date(2026, 1, 1)))
    events = world.opened()
    world.submit(Place("r1", "000001.SZ", BUY, 13_300, 1000, OWNER))
    events += world.advance(60_000)
    # sent before the first bar, in the minutes in which nothing matches
    assert not [event for _, event in events if isinstance(event, FillReported)]
    events += world.advance(24 * 3_600_000)
    assert world.ended
    assert sum(isinstance(event, Quoted) for _, event in events) == sum(len(day.rows) for day in days)
    assert [event.day for _, event in events if isinstance(event, DayOpened)] == [day.day for day in days]
    assert feed.day_after(date(2018, 1, 3)) is None
    assert feed.quote_at(date(2018, 1, 2), "000001.SZ", at_of(date(2018, 1, 2), 9, 0)) is None
    history = feed.history(date(2018, 1, 2), "000001.SZ", at_of(date(2018, 1, 2), 10, 0))
    assert len(history) == 30 * 4 + 1
    assert feed.terms(date(2018, 1, 2)) == ()
    assert feed.seal_history(date(2018, 1, 2), "000001.SZ", at_of(date(2018, 1, 2), 9, 31))[0][1] == 0
