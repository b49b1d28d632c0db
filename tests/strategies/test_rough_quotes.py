"""A snapshot of which nobody knows what a volume stands for: it is heard, and says nothing of a seal."""

from guard_kit import LIMIT, TEN, WAN, instrument, quote

from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.quote import BoardState
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.board import step_board, watch
from qmtdesk.strategies.guard import Fired, GuardContext, arm_guard, step_guard
from qmtdesk.strategies.guard_preview import preview_guard

SEALED = quote(TEN, LIMIT, (LIMIT, 100_000))
CTX = GuardContext(
    at=TEN,
    phase=Phase.MORNING,
    can_use=1_000,
    position=1_000,
    bought_today=0,
    fresh=True,
    lot=100,
    day_amount=0,
    pace=1,
)


def test_a_rough_snapshot_seals_no_board() -> None:
    board, moves = step_board(watch(SEALED.code, LIMIT), replace(SEALED, rough=True), Phase.MORNING, TEN)
    assert (board.state, board.seal, board.decided, moves) == (BoardState.OPEN, 0, False, ())
    assert board.last_at == TEN
    clear, _ = step_board(board, replace(SEALED, at=TEN + 3_000), Phase.MORNING, TEN + 3_000)
    assert clear.sealed


def test_a_rough_snapshot_breaks_no_seal() -> None:
    board, _ = step_board(watch(SEALED.code, LIMIT), SEALED, Phase.MORNING, TEN)
    open_again = replace(quote(TEN + 3_000, LIMIT - 10, (LIMIT - 20, 100), (LIMIT - 10, 100)), rough=True)
    board, moves = step_board(board, open_again, Phase.MORNING, TEN + 3_000)
    assert board.sealed
    assert moves == ()


def test_no_rule_fires_on_one() -> None:
    guard = arm_guard(GuardPlan(code=SEALED.code, threshold=3_000 * WAN), instrument(), TEN)
    for rough, fires in ((True, False), (False, True)):
        snapshot = replace(SEALED, rough=rough)
        board, _ = step_board(watch(SEALED.code, LIMIT), snapshot, Phase.MORNING, TEN)
        _, moves = step_guard(guard, board, snapshot, CTX)
        assert any(isinstance(move, Fired) for move in moves) is fires


def test_the_arming_sheet_is_told_why_nothing_would_happen() -> None:
    plan = GuardPlan(code=SEALED.code, threshold=3_000 * WAN)
    board = watch(SEALED.code, LIMIT)
    blind = replace(CTX, fresh=False)
    found = preview_guard(plan, instrument(), board, replace(SEALED, rough=True), blind)
    assert [line.reason.why for line in found.checks] == [Why.UNIT_UNKNOWN]
    assert found.fires is None


def test_what_was_traded_over_one_is_no_print() -> None:
    board, prints = watch(SEALED.code, LIMIT), []
    for no, rough in enumerate((False, False, True, True, False, False)):
        seen = replace(SEALED, at=TEN + no * 3_000, volume=10_000_000 + no * 1_000, rough=rough)
        board, _ = step_board(board, seen, Phase.MORNING, seen.at)
        prints.append(board.print_volume)
    assert (prints[1], prints[4], prints[5]) == (1_000, 0, 1_000)
