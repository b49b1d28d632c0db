"""The board: when it is sealed, breaks and seals again, and when it is blind."""

from datetime import date
from itertools import pairwise

import pytest
from guard_kit import DAY, LIMIT, TEN, Tick, at_limit, clock, opened, quote, read_ticks, sealed
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.quote import BoardState, Level
from qmtdesk.domain.sessions import Phase, at_of
from qmtdesk.strategies.board import (
    AHEAD_MS,
    Board,
    BoardMove,
    MoveKind,
    began,
    blind,
    coarse,
    expected_gap,
    for_keeping,
    is_blind,
    step_board,
    trading_back,
    trading_between,
    watch,
)

CLIPPED = "ticks_clipped_000400_L20.60.csv.gz"


def fed(*quotes, limit=LIMIT, phase=Phase.MORNING):
    board, said = watch("600103.SH", limit), []
    for one in quotes:
        board, moves = step_board(board, one, phase, one.at)
        said += moves
    return board, said


def walked(ticks: list[Tick], limit: int, *, closing: bool = False) -> tuple[Board, list[BoardMove]]:
    board, said = watch(ticks[0].quote.code, limit), []
    for tick in ticks:
        board, moves = step_board(board, tick.quote, tick.phase, tick.quote.at, decide_in_close_auction=closing)
        said += moves
    return board, said


def test_a_seal_is_last_and_bid_at_the_limit_with_nothing_offered():
    board, moves = fed(sealed(TEN, 3000))
    assert board.sealed
    assert [move.kind for move in moves] == [MoveKind.SEALED]
    assert board.first_seal_at == board.sealed_since == TEN
    assert board.seal == board.peak == board.last_amount >= 300_000_000_00
    assert board.sealed_count == 1


def test_the_limit_traded_with_stock_on_offer_is_no_seal():
    board, moves = fed(at_limit(TEN))
    assert board.state is BoardState.AT_LIMIT
    assert [move.kind for move in moves] == [MoveKind.AT_LIMIT]
    assert board.seals == board.seal == 0
    assert not board.broken


def test_a_board_seals_breaks_and_seals_again():
    steps = [
        sealed(TEN, 3000),
        sealed(TEN + 3000, 5000),
        at_limit(TEN + 6000),
        opened(TEN + 9000),
        sealed(TEN + 12000, 800),
    ]
    board, moves = fed(*steps)
    assert [move.kind for move in moves] == [MoveKind.SEALED, MoveKind.BROKE, MoveKind.OPENED, MoveKind.RESEALED]
    assert moves[1].amount >= 5000 * 10_000_000
    assert (board.breaks, board.seals, board.reseals) == (1, 2, 1)
    assert board.broke_at == TEN + 6000
    assert board.first_seal_at == TEN
    assert board.sealed_since == TEN + 12000
    assert board.tally.first_peak == moves[1].amount
    assert board.peak == board.seal


def test_the_first_seals_peak_is_kept_through_later_breaks():
    board, _ = fed(
        sealed(TEN, 3000), opened(TEN + 3000), sealed(TEN + 6000, 9000), opened(TEN + 9000), sealed(TEN + 12000, 10)
    )
    assert board.tally.first_peak == board.tally.first_amount < 9000 * 10_000_000
    assert board.breaks == 2


def test_a_queue_eaten_to_nothing_breaks_the_board():
    board, moves = fed(sealed(TEN, 100), quote(TEN + 3000, LIMIT, (LIMIT - 10, 100)))
    assert moves[-1].kind is MoveKind.BROKE
    assert board.broken


@pytest.mark.parametrize("last", [0, LIMIT])
def test_a_snapshot_without_a_book_or_a_last_price_breaks_nothing(last):
    """A halt, or a terminal that has lost its feed for a moment."""
    board, moves = fed(sealed(TEN, 3000), quote(TEN + 3000, last), sealed(TEN + 6000, 3000))
    assert [move.kind for move in moves] == [MoveKind.SEALED]
    assert (board.breaks, board.sealed) == (0, True)
    priceless, _ = fed(sealed(TEN, 3000), quote(TEN + 3000, 0, (LIMIT, 3000)))
    assert priceless.sealed


@pytest.mark.parametrize("last", [0, LIMIT])
def test_snapshots_that_show_nothing_are_no_sign_of_life(last):
    shown = [sealed(TEN + 3000 * n, 3000) for n in range(100)]
    end = shown[-1].at
    board, _ = fed(*shown, *(quote(end + 3000 * n, last) for n in range(1, 5)))
    assert is_blind(board, end + 12_000, Phase.MORNING)
    board, _ = step_board(board, sealed(end + 15_000, 3000), Phase.MORNING, end + 15_000)
    assert not is_blind(board, end + 15_000, Phase.MORNING)


def test_without_a_limit_nothing_is_ever_at_it():
    board, moves = fed(quote(TEN, 0), sealed(TEN + 3000, 3000), limit=0)
    assert not moves
    assert board.state is BoardState.OPEN
    assert board.ticks == 2


def test_a_snapshot_older_than_the_newest_is_dropped():
    board, _ = fed(sealed(TEN, 3000))
    again, moves = step_board(board, opened(TEN - 1), Phase.MORNING, TEN + 1)
    assert again is board
    assert not moves


def test_two_snapshots_of_one_time_stamp_both_count():
    board, moves = fed(sealed(TEN, 3000), opened(TEN))
    assert [move.kind for move in moves] == [MoveKind.SEALED, MoveKind.BROKE]
    assert board.history == ((TEN, -1),)
    assert board.ticks == 2


@pytest.mark.parametrize(
    "phase",
    [Phase.OPEN_AUCTION, Phase.OPEN_AUCTION_LOCKED, Phase.OPEN_WAIT, Phase.LUNCH, Phase.CLOSE_AUCTION, Phase.CLOSED],
)
def test_nothing_but_continuous_trading_seals_a_board(phase):
    board, moves = fed(sealed(TEN, 3000), phase=phase)
    assert not moves
    assert not board.sealed
    assert board.last_at == TEN


def test_an_auction_snapshot_that_comes_late_seals_nothing():
    stamped = clock(9, 25)
    board, moves = step_board(watch("600103.SH", LIMIT), sealed(stamped, 3000), Phase.MORNING, clock(9, 30, 0, 100))
    assert not moves
    assert board.last_at == stamped


def test_volumes_of_the_print_and_the_queue_before_it_are_kept():
    board, _ = fed(sealed(TEN, 3000, volume=1_000_000), sealed(TEN + 3000, 2500, volume=1_040_000))
    assert board.print_volume == 40_000
    assert board.queue_before * LIMIT >= 3000 * 10_000_000
    assert board.volume_at_seal == 1_000_000


def test_history_holds_ten_minutes_and_one_point_a_second():
    quotes = [opened(TEN + 500 * n) for n in range(100)] + [opened(TEN + 60_000 + 3000 * n) for n in range(300)]
    board, _ = fed(*quotes)
    times = [at for at, _ in board.history]
    assert times[-1] - times[0] <= 600_000
    assert len(times) == len(board.volumes) == 201
    assert all(later // 1000 > sooner // 1000 for sooner, later in pairwise(times))


def test_a_board_is_kept_with_the_turns_of_its_history_and_goes_on():
    amounts = (3200, 3202, 3204, 2600, 2602, 2600)
    board, _ = fed(*[sealed(TEN + 3000 * no, amount) for no, amount in enumerate(amounts)])
    kept = for_keeping(board)
    assert kept.history == tuple(board.history[no] for no in (0, 3, 5))
    assert kept.volumes == tuple(board.volumes[no] for no in (0, 3, 5))
    board, moves = step_board(kept, sealed(TEN + 18_000, 2000), Phase.MORNING, TEN + 18_000)
    assert not moves
    assert len(board.history) == len(board.volumes) == 4
    assert board.sealed_count == 7


def test_a_board_nobody_saw_is_kept_as_it_is():
    assert for_keeping(watch("600103.SH", LIMIT)) == watch("600103.SH", LIMIT)


def test_of_a_wild_board_only_the_newest_turns_are_kept():
    board, _ = fed(*[sealed(TEN + 3000 * no, 1000 * (1 + no % 2)) for no in range(150)])
    kept = for_keeping(board)
    assert kept.history == board.history[-32:]


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_a_coarse_amount_is_true_to_an_eighth_and_grows_with_the_amount(one, other):
    low, high = sorted((one, other))
    assert coarse(low) <= coarse(high)
    if coarse(low) == coarse(high):
        assert low * 8 >= high * 7


def test_a_spark_has_a_point_each_ten_seconds():
    board, _ = fed(*[sealed(TEN + 3000 * n, 3000) for n in range(10)], opened(TEN + 30_000), opened(TEN + 90_000))
    spark = board.spark()
    assert spark[0] == 3000
    assert spark[-1] == -1
    assert len(spark) == 10
    assert spark == (3000, 3000, 3000, -1, -1, -1, -1, -1, -1, -1)


def test_ten_minutes_of_history_are_of_trading():
    kept = [clock(11, 25), clock(11, 29, 59), clock(13, 0, 3), clock(13, 5)]
    board, _ = fed(*[sealed(at, 3000) for at in (clock(11, 20), clock(11, 24, 59), *kept)])
    assert [at for at, _ in board.history] == kept
    assert len(board.volumes) == len(kept)
    assert len(board.spark()) == 61


@given(st.integers(clock(9, 30), clock(11, 30) - 1) | st.integers(clock(13, 0), clock(15, 0)), st.integers(0, 600_000))
def test_so_much_trading_lies_between_a_time_and_the_one_so_much_before_it(at, ms):
    assert trading_between(trading_back(at, ms), at) == ms
    assert not clock(11, 30) < trading_back(at, ms) < clock(13, 0)


@pytest.mark.parametrize("ahead", [40_000, 600_000, 3_600_000])
def test_a_snapshot_from_a_time_to_come_keeps_no_later_one_out(ahead):
    board, _ = fed(opened(TEN - 6000), sealed(TEN - 3000, 2000))
    board, _ = step_board(board, opened(TEN + ahead), Phase.MORNING, TEN)
    board, _ = step_board(board, sealed(TEN + ahead, 9000, volume=20_000_000), Phase.MORNING, TEN)
    for late in (3000, 6000):
        board, _ = step_board(board, sealed(TEN + late, 3000), Phase.MORNING, TEN + late)
        assert board.last_at == TEN + late
        assert board.print_volume == 0
    assert board.sealed_since == board.broke_at == TEN + 3000
    times = [at for at, _ in board.history]
    assert times[-2:] == [TEN + 3000, TEN + 6000]
    assert times == sorted(times)
    assert len(times) == len(board.volumes)


@pytest.mark.parametrize(("ahead", "later"), [(AHEAD_MS, 0), (600_000, AHEAD_MS + 1)])
def test_one_hardly_ahead_of_its_arrival_or_another_from_a_time_to_come_changes_nothing(ahead, later):
    board, _ = step_board(watch("600103.SH", LIMIT), sealed(TEN + ahead, 3000), Phase.MORNING, TEN)
    again, moves = step_board(board, opened(TEN + later), Phase.MORNING, TEN)
    assert again is board
    assert not moves


def test_a_board_nobody_saw_has_no_spark():
    assert watch("600103.SH", LIMIT).spark() == ()


def test_the_closing_auction_decides_only_when_asked():
    before = sealed(clock(14, 56, 57), 3000)
    cut = quote(clock(14, 57, 9), LIMIT, (LIMIT - 10, 100), (LIMIT - 10, 100))
    board, _ = fed(before, phase=Phase.AFTERNOON)
    still, moves = step_board(board, cut, Phase.CLOSE_AUCTION, cut.at)
    assert still.sealed
    assert not moves
    broke, moves = step_board(board, cut, Phase.CLOSE_AUCTION, cut.at, decide_in_close_auction=True)
    assert [move.kind for move in moves] == [MoveKind.BROKE]
    assert broke.state is BoardState.OPEN


@pytest.mark.parametrize(
    ("bid", "ask", "more", "state", "shares"),
    [
        ((0, 0), (0, 0), (), BoardState.SEALED, None),  # an empty book says nothing
        ((LIMIT, 40_000), (0, 0), (), BoardState.SEALED, 40_000),
        ((LIMIT, 40_000), (LIMIT, 40_000), (Level(0, 90_000),), BoardState.SEALED, 90_000),
        ((LIMIT, 40_000), (LIMIT, 40_000), (Level(0, 0),), BoardState.AT_LIMIT, 0),
        ((LIMIT, 40_000), (LIMIT, 40_000), (), BoardState.AT_LIMIT, 0),
        ((0, 0), (LIMIT, 40_000), (), BoardState.OPEN, 0),
    ],
)
def test_a_closing_match_at_the_limit_with_buyers_left_is_a_seal(bid, ask, more, state, shares):
    board, _ = fed(sealed(clock(14, 56, 57), 3000), phase=Phase.AFTERNOON)
    seen = quote(clock(14, 57, 9), LIMIT, bid, ask, more_bids=more)
    after, _ = step_board(board, seen, Phase.CLOSE_AUCTION, seen.at, decide_in_close_auction=True)
    assert after.state is state
    assert after.seal == (board.seal if shares is None else shares * LIMIT)


def quiet(gap_ms: int, ticks: int) -> Board:
    return fed(*[opened(TEN + gap_ms * n) for n in range(ticks)])[0]


def test_a_liquid_stock_is_blind_after_ten_seconds():
    board = quiet(3000, 100)
    assert expected_gap(board) == 10_000
    assert not is_blind(board, board.last_at + 10_000, Phase.MORNING)
    assert is_blind(board, board.last_at + 10_001, Phase.MORNING)


def test_a_quiet_stock_is_given_ninety_seconds_at_most():
    board = quiet(75_000, 10)
    assert expected_gap(board) == 90_000
    assert not is_blind(board, board.last_at + 75_000, Phase.MORNING)
    assert is_blind(board, board.last_at + 90_001, Phase.MORNING)


def test_an_outage_does_not_make_a_liquid_stock_a_quiet_one():
    board = quiet(3000, 100)
    late = opened(board.last_at + 300_000)
    board, _ = step_board(board, late, Phase.MORNING, late.at)
    assert expected_gap(board) <= 21_000


def test_the_lunch_break_is_neither_silence_nor_a_gap_to_learn():
    board = quiet(3000, 100)
    assert not is_blind(board, clock(12, 0), Phase.LUNCH)
    assert not is_blind(board, clock(13, 0, 9), Phase.AFTERNOON)
    assert is_blind(board, clock(13, 0, 11), Phase.AFTERNOON)
    first = opened(clock(13, 0, 3))
    after, _ = step_board(board, first, Phase.AFTERNOON, first.at)
    assert after.usual_gap == board.usual_gap


def test_old_snapshots_arriving_on_time_are_blindness_too():
    board = quiet(3000, 100)
    lagging = opened(board.last_at + 3000)
    board, _ = step_board(board, lagging, Phase.MORNING, lagging.at + 60_000)
    assert is_blind(board, board.arrived_at, Phase.MORNING)


def test_a_caller_may_name_the_silence_it_expects():
    board = quiet(3000, 100)
    assert blind(board, TEN, board.last_at + 5001, 5000)
    assert not blind(board, TEN, board.last_at + 5000, 5000)


def test_phases_begin_at_their_wall_clock():
    assert began(Phase.AFTERNOON, clock(14, 0)) == clock(13, 0)
    assert began(Phase.LUNCH, clock(12, 0)) == at_of(DAY, 0, 0)


def test_the_clipped_board_moves_exactly_where_the_truth_does(shared_data):
    ticks = read_ticks(shared_data / CLIPPED, "000400.SZ")
    _, moves = walked(ticks, 20_600)
    expected, now = [], "OPEN"
    for tick in ticks:
        if tick.phase.continuous and tick.raw["truth"] != now:
            now = tick.raw["truth"]
            expected.append((tick.quote.at, now))
    assert len(expected) == 15
    assert [(move.at, move.after.name) for move in moves] == expected
    seals = [move.kind for move in moves if move.kind in (MoveKind.SEALED, MoveKind.BROKE, MoveKind.RESEALED)]
    assert seals == [MoveKind.SEALED, MoveKind.BROKE, MoveKind.RESEALED]


def test_the_clipped_board_does_not_move_in_the_closing_auction(shared_data):
    ticks = read_ticks(shared_data / CLIPPED, "000400.SZ")
    auction = [tick for tick in ticks if tick.phase is Phase.CLOSE_AUCTION]
    assert {tick.raw["truth"] for tick in auction} == {"AT_LIMIT", "SEALED"}
    board, moves = walked(ticks, 20_600)
    assert moves[-1].at < at_of(date(2022, 6, 1), 14, 57)
    assert board.sealed
    assert board.last_at == ticks[-1].quote.at


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        (
            "ticks_20211201_sh6.csv.gz",
            ("600107.SH", "600133.SH", "600446.SH", "603299.SH", "603687.SH", "688378.SH"),
        ),
        ("ticks_20220601_sz2.csv.gz", ("000400.SZ", "300288.SZ")),
        ("ticks_20230201_600519_000333.csv.gz", ("600519.SH", "000333.SZ")),
    ],
)
def test_real_days_without_a_seal_show_none(shared_data, name, codes):
    for code in codes:
        ticks = read_ticks(shared_data / name, code)
        _, moves = walked(ticks, milli_limit(ticks))
        assert not [move for move in moves if move.after is BoardState.SEALED], code


def milli_limit(ticks: list[Tick]) -> int:
    return next(tick.quote.limit_up for tick in ticks if tick.quote.limit_up)


def test_a_limit_printed_beside_millions_on_offer_is_never_a_seal():
    # 600103.SH on 2021-12-01, 9:41:35 to 9:42:14: last 2.99 = limit, 7.7 to 10.0 million shares offered there
    rows = [(LIMIT - 10, LIMIT, shares) for shares in (7_700_000, 8_000_000, 9_100_000, 10_000_000)]
    rows += [(LIMIT, LIMIT, 8_400_000), (LIMIT - 10, LIMIT, 7_900_000), (LIMIT, LIMIT, 9_900_000)]
    start = clock(9, 41, 35)
    quotes = [quote(start + 5000 * n, LIMIT, (bid, 300_000), (ask, size)) for n, (bid, ask, size) in enumerate(rows)]
    _, moves = fed(*quotes)
    assert [move.kind for move in moves] == [MoveKind.AT_LIMIT]


states = st.sampled_from(["sealed", "at_limit", "open", "empty"])


@given(st.lists(st.tuples(states, st.integers(0, 9000)), max_size=60))
def test_seals_breaks_and_counts_always_agree(steps):
    board, at = watch("600103.SH", LIMIT), TEN
    for kind, wan in steps:
        at += 3000
        shown = {
            "sealed": sealed(at, wan + 1),
            "at_limit": at_limit(at),
            "open": opened(at),
            "empty": quote(at, LIMIT),
        }
        seen = shown[kind]
        before = board
        board, moves = step_board(board, seen, Phase.MORNING, at)
        assert bool(moves) == (board.state is not before.state)
        assert board.seals - board.breaks == int(board.sealed)
        assert board.reseals == max(0, board.seals - 1)
        assert (board.seal > 0) == board.sealed == (board.sealed_count > 0)
        assert board.peak >= board.seal
