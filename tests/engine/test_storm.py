"""Random schedules with every fault on: no promise is broken, and the checks notice when one is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from storm import Storm

from qmtdesk.domain.order import CANCELLABLE, OrderState
from qmtdesk.engine import apply as folding
from qmtdesk.engine import books, core, gate, grids, ledger, reconcile, switches, work

BEATS = 80
SEEDS, LONG_SEEDS = 160, 6_000
Mutant = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize("part", range(4))
def test_no_schedule_breaks_a_promise(part: int, long_run: bool) -> None:
    count = (LONG_SEEDS if long_run else SEEDS) // 4
    for seed in range(part * count, (part + 1) * count):
        Storm(seed, foreign=seed % 2 == 1).run(BEATS)


@pytest.mark.long
def test_long_schedules_break_no_promise(long_run: bool) -> None:
    if not long_run:
        pytest.skip("the long form, run with --long")
    for seed in range(60):
        Storm(seed, foreign=seed % 2 == 1).run(1_500)


def test_the_same_seed_is_the_same_story() -> None:
    first, second = (Storm(11, foreign=True).run(BEATS) for _ in range(2))
    assert first.records == second.records
    assert first.sent == second.sent


def _patch(where: object, name: str, value: object) -> Mutant:
    return lambda patch: patch.setattr(where, name, value)


def _no_checks(*names: str) -> Mutant:
    def patch_all(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(gate, "CHECKS", tuple(check for check in gate.CHECKS if check.__name__ not in names))
        for name in names:
            patch.setattr(gate, name, lambda *_: None)

    return patch_all


def _without_dedupe(patch: pytest.MonkeyPatch) -> None:
    real = folding.fill_key
    count = iter(range(10**9))
    patch.setattr(ledger, "fill_key", lambda fill: f"{real(fill)}:{next(count)}")


def _doubt_is_refusal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "doubtful", ledger.refused)


def _one_look(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "LOOKS", 1)
    patch.setattr(reconcile, "LOOKING_MS", 0)
    patch.setattr(reconcile, "_unclaimed", lambda *_: False)


def _kill_forgets(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(switches, "progress", lambda _each: None)


def _no_journal_of_fills(patch: pytest.MonkeyPatch) -> None:
    real = work.Work.note

    def note(self: Any, record: Any) -> None:
        real(self, record)
        if type(record).__name__ == "FillBooked" and int(record.fill.trade_id) % 7 == 0:
            self.records.pop()

    patch.setattr(work.Work, "note", note)


def _cancels_go_anywhen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(work, "phase_takes_cancels", lambda *_: True)


def _unsettled_is_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(books.Order, "unsettled", property(lambda _order: False))


def _states_go_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "may_follow", lambda _now, _then: True)
    patch.setattr(ledger, "_steps_back", lambda *_: False)


def _foreign_is_ours(patch: pytest.MonkeyPatch) -> None:
    real = books.live_orders
    everything = lambda state, code="", *, own=True: real(state, code, own=False)  # noqa: E731
    patch.setattr(switches, "live_orders", everything)


def _disarm_forgets(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(core.grids, "_wind", lambda *_: None)


def _no_reviving(patch: pytest.MonkeyPatch) -> None:
    _one_look(patch)
    patch.setattr(ledger, "_alive", lambda _work, order: order)


def _doubts_do_not_block(patch: pytest.MonkeyPatch) -> None:
    _no_checks("_one_per_key", "_frozen_side")(patch)
    real = grids.difference
    patch.setattr(
        grids, "difference", lambda wanted, working: real(wanted, [o for o in working if o.state in CANCELLABLE])
    )


def _latches_in_memory(patch: pytest.MonkeyPatch) -> None:
    real = work.Work.set_guard
    patch.setattr(work.Work, "set_guard", lambda self, code, guard, **_: real(self, code, guard, keep=False))


MUTANTS: dict[str, Mutant] = {
    "a doubt is taken for a refusal": _doubt_is_refusal,
    "one look is enough": _one_look,
    "what came back is not believed": _no_reviving,
    "trades are not deduplicated": _without_dedupe,
    "sales have no bound": _no_checks("_room"),
    "two orders of one owner": _doubts_do_not_block,
    "own orders may cross": _no_checks("_self_trade"),
    "old prices are good enough": _no_checks("_fresh"),
    "any phase will do": _no_checks("_phase"),
    "the switches are decoration": _no_checks("_switches"),
    "not reconciled and yet ready": _no_checks("_connection"),
    "messages without end": _no_checks("_rate"),
    "the kill cancels nothing": _kill_forgets,
    "the kill cancels everybody's orders": _foreign_is_ours,
    "a disarm cancels nothing": _disarm_forgets,
    "some trades are not written down": _no_journal_of_fills,
    "cancels in any phase": _cancels_go_anywhen,
    "trades on their way are forgotten": _unsettled_is_done,
    "states go backwards": _states_go_back,
    "latches are not written down": _latches_in_memory,
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_checks_notice_when(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    # a mutant may break anything, all that counts is that it shows
    with pytest.raises(Exception):  # noqa: B017, PT011, PT012
        for seed in range(80):
            Storm(seed, foreign=seed % 2 == 1).run(BEATS)


def test_a_fault_that_never_ends_leaves_a_doubt_and_no_second_order() -> None:
    storm = Storm(3, foreign=False)
    storm.open()
    storm.exchange.faults = replace(storm.exchange.faults, lose_answer=1_000, short_remark=0, lose_query=1_000)
    for _ in range(60):
        storm.arm_grid()
        storm.wait(1_000)
        storm.walk()
    assert any(order.state is OrderState.UNKNOWN for order in storm.live())
