"""The cancelled buys a board keeps beside its history: all of them, in step with it, and nothing with Level-1 alone."""

import msgspec
import pytest
from guard_kit import LIMIT, TEN, WAN, opened, quote, sealed
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.board import KEPT_MS, Board, for_keeping, step_board, watch


def fed(*quotes: Quote, board: Board | None = None) -> Board:
    board = board or watch("600103.SH", LIMIT)
    for one in quotes:
        board, _ = step_board(board, one, Phase.MORNING, one.at)
    return board


def told(at: int, withdrawn: int, wan: int = 3000) -> Quote:
    return replace(sealed(at, wan), withdrawn=withdrawn)


def test_with_level_one_alone_nothing_is_kept():
    board = fed(sealed(TEN, 3000), opened(TEN + 3000), sealed(TEN + 6000, 3000))
    assert board.withdrawn == ()
    assert not board.cancels_told


def test_a_feed_that_begins_to_tell_in_the_middle_is_kept_in_step():
    board = fed(sealed(TEN, 3000), told(TEN + 3000, 500), sealed(TEN + 6000, 3000), told(TEN + 9000, 900))
    assert board.withdrawn == (-1, 500, -1, 900)
    assert board.cancels_told
    assert not fed(sealed(TEN + 12_000, 3000), board=board).cancels_told


def test_the_second_snapshot_of_a_second_takes_the_firsts_place():
    assert fed(told(TEN, 100), told(TEN + 500, 200), told(TEN + 1000, 300)).withdrawn == (200, 300)


def test_what_was_told_more_than_ten_minutes_ago_is_forgotten():
    board = fed(told(TEN, 100), sealed(TEN + KEPT_MS, 3000))
    assert board.withdrawn == (100, -1)
    assert fed(sealed(TEN + KEPT_MS + 3000, 3000), board=board).withdrawn == ()


def test_a_journal_that_kept_no_history_begins_anew():
    board = replace(fed(told(TEN, 100), told(TEN + 3000, 200)), history=(), volumes=())
    assert fed(told(TEN + 6000, 300), board=board).withdrawn == (300,)


def test_boards_and_quotes_of_older_journals_are_read():
    board = fed(told(TEN, 100))
    for record in (board, told(TEN, 100)):
        older = msgspec.to_builtins(record)
        del older["withdrawn"]
        read = msgspec.convert(older, type(record))
        assert read == replace(record, withdrawn=() if isinstance(record, Board) else -1)
        assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record


@pytest.mark.parametrize("tells", [True, False])
def test_what_is_kept_of_a_board_stays_in_step(tells: bool):
    quotes = [told(TEN + 3000 * no, 100 * no if tells else -1, 3000 - 1000 * (no // 7)) for no in range(20)]
    kept = for_keeping(fed(*quotes))
    assert len(kept.volumes) == len(kept.history) == 4
    assert kept.withdrawn == (tuple((at - TEN) // 30 for at, _ in kept.history) if tells else ())


@given(st.lists(st.tuples(st.integers(0, 200_000), st.integers(-1, 9)), min_size=1, max_size=40))
def test_samples_and_history_are_always_as_long_and_the_same_moments(steps: list[tuple[int, int]]):
    at, board, figures = TEN, watch("600103.SH", LIMIT), dict[int, int]()
    for gap, withdrawn in steps:
        at += gap
        board = fed(replace(quote(at, LIMIT, (LIMIT, 100 * WAN // LIMIT * 100)), withdrawn=withdrawn), board=board)
        figures[at] = withdrawn
        expected = tuple(figures[moment] for moment, _ in board.history)
        assert board.withdrawn == (expected if max(expected) >= 0 else ())
        assert board.cancels_told == (withdrawn >= 0)
