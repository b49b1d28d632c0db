"""Deliberate mistakes, put into the running program by name, each of which the promises must notice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import CANCELLABLE, Order
from qmtdesk.domain.quote import BoardState
from qmtdesk.engine import apply as folding
from qmtdesk.engine import books, core, diff, gate, grids, ledger, reconcile, switches, work
from qmtdesk.strategies import grid_state, lattice
from qmtdesk.strategies import guard as rules
from qmtdesk.trader import loop, publisher

Anything = Any
"""What a patched name holds; the mutants are the one place that bends the program's types."""


class Patch:
    """Names replaced for a while, and put back in the reverse order."""

    def __init__(self) -> None:
        self._undo: list[tuple[object, str, Anything]] = []

    def set(self, where: object, name: str, value: Anything) -> None:
        """Replace one name; AttributeError when there is nothing of that name to replace."""
        self._undo.append((where, name, getattr(where, name)))
        setattr(where, name, value)

    def undo(self) -> None:
        """Put everything back."""
        while self._undo:
            setattr(*self._undo.pop())


Mutant = Callable[[Patch], None]


def _no_checks(*names: str) -> Mutant:
    def mutate(patch: Patch) -> None:
        patch.set(gate, "CHECKS", tuple(check for check in gate.CHECKS if check.__name__ not in names))
        for name in names:
            patch.set(gate, name, lambda *_: None)

    return mutate


def _without_dedupe(patch: Patch) -> None:
    real, count = folding.fill_key, iter(range(10**9))
    patch.set(ledger, "fill_key", lambda fill: f"{real(fill)}:{next(count)}")


def _doubt_is_refusal(patch: Patch) -> None:
    patch.set(ledger, "doubtful", ledger.refused)


def _one_look(patch: Patch) -> None:
    patch.set(reconcile, "LOOKS", 1)
    patch.set(reconcile, "LOOKING_MS", 0)
    patch.set(reconcile, "_unclaimed", lambda *_: False)


def _no_reviving(patch: Patch) -> None:
    _one_look(patch)
    patch.set(ledger, "_alive", lambda _work, order: order)


def _doubts_do_not_block(patch: Patch) -> None:
    _no_checks("_one_per_key", "_frozen_side")(patch)
    real = diff.difference

    def known_only(wanted: Anything, working: list[Order]) -> Anything:
        return real(wanted, [order for order in working if order.state in CANCELLABLE])

    patch.set(grids, "difference", known_only)


def _kill_forgets(patch: Patch) -> None:
    patch.set(switches, "progress", lambda _work: None)


def _foreign_is_ours(patch: Patch) -> None:
    real = books.live_orders
    patch.set(switches, "live_orders", lambda state, code="", **_: real(state, code, own=False))


def _disarm_forgets(patch: Patch) -> None:
    patch.set(grids, "_wind", lambda *_: None)


def _fills_unwritten(patch: Patch) -> None:
    real = work.Work.note

    def note(self: work.Work, record: Anything) -> None:
        real(self, record)
        if type(record).__name__ == "FillBooked" and int(record.fill.trade_id) % 7 == 0:
            self.records.pop()

    patch.set(work.Work, "note", note)


def _cancels_anywhen(patch: Patch) -> None:
    patch.set(work, "phase_takes_cancels", lambda *_: True)


def _unsettled_is_done(patch: Patch) -> None:
    patch.set(Order, "unsettled", property(lambda _order: False))


def _states_go_back(patch: Patch) -> None:
    patch.set(ledger, "may_follow", lambda _now, _then: True)
    patch.set(ledger, "_steps_back", lambda *_: False)


def _latches_unwritten(patch: Patch) -> None:
    real = work.Work.set_guard
    patch.set(work.Work, "set_guard", lambda self, code, guard, **_: real(self, code, guard, keep=False))


def _sent_before_written(patch: Patch) -> None:
    real = loop.Loop.handle

    def handle(self: loop.Loop, at: int, event: m.Event, *, command: int = 0) -> core.Step:
        early = core.step(self.state, at or self.gateway.now(), event)
        for intent in early.intents:
            self._send(intent)
        mute = Patch()
        mute.set(self, "_send", lambda _intent: None)
        try:
            return real(self, at, event, command=command)
        finally:
            mute.undo()

    patch.set(loop.Loop, "handle", handle)


def _nothing_written(patch: Patch) -> None:
    real = loop.Loop.handle

    def handle(self: loop.Loop, at: int, event: m.Event, *, command: int = 0) -> core.Step:
        mute = Patch()
        if not isinstance(event, m.ArmGrid | m.DayOpened):
            mute.set(self, "_diary", _Blank())
        try:
            return real(self, at, event, command=command)
        finally:
            mute.undo()

    patch.set(loop.Loop, "handle", handle)


class _Blank:
    def write(self, *_: object, **__: object) -> None:
        """A page nobody keeps."""


def _day_forgotten(patch: Patch) -> None:
    patch.set(folding, "_day_began", lambda state, day: replace(state, day=day))


def _day_kept_orders(patch: Patch) -> None:
    real = folding._day_began

    def began(state: books.State, day: str) -> books.State:
        return replace(real(state, day), orders=state.orders, refs=state.refs)

    patch.set(folding, "_day_began", began)


def _numbers_start_anew(patch: Patch) -> None:
    patch.set(folding, "number_of", lambda _ref: 0)


def _float_levels(patch: Patch) -> None:
    def level(self: lattice.Stair, k: int) -> int:
        price = round(self.base / 1_000 * (1 + self.step_bp / 10_000) ** k, 3)
        return int(price * 1_000) // self.tick * self.tick

    patch.set(lattice.Stair, "level", level)


def _slots_by_price(patch: Patch) -> None:
    def owner(self: grid_state.Grid, gap: int) -> Anything:
        price = self.lattice.levels[gap] / 1_000
        return real(self, int(price / (1 + self.plan.step_bp / 10_000)))

    real = grid_state.Grid.owner
    patch.set(grid_state.Grid, "owner", owner)


def _fires_open(patch: Patch) -> None:
    real = rules.step_guard

    def step(guard: Anything, board: Anything, quote: Anything, ctx: Anything) -> Anything:
        at_limit = quote.last == guard.limit_up
        forced = replace(board, state=BoardState.SEALED, seal=1) if at_limit else board
        return real(guard, forced, quote, ctx)

    patch.set(rules, "step_guard", step)


def _sells_again(patch: Patch) -> None:
    patch.set(grids, "_guard_sells", lambda *_: False)


def _room_forgets_offers(patch: Patch) -> None:
    patch.set(gate, "sell_room", lambda state, code: state.holdings[code].volume if code in state.holdings else 0)
    patch.set(grids, "context", _with_all(grids.context))


def _with_all(real: Callable[..., Anything]) -> Callable[..., Anything]:
    def context(state: books.State, code: str) -> Anything:
        made = real(state, code)
        return replace(made, can_use=made.position)

    return context


def _old_news(patch: Patch) -> None:
    _no_checks("_fresh")(patch)
    real = core._quoted

    def quoted(doing: work.Work, code: str, event: m.Quoted) -> None:
        doing.state = replace(doing.state, quotes={k: v for k, v in doing.state.quotes.items() if k != code})
        real(doing, code, event)

    patch.set(core, "_quoted", quoted)


def _desk_misses(patch: Patch) -> None:
    patch.set(publisher.Publisher, "_drop", lambda *_: None)


def _young_cancels(patch: Patch) -> None:
    real = work.Work.cancel
    patch.set(work.Work, "cancel", lambda self, order, **_: real(self, order, young=True))


MUTANTS: dict[str, Mutant] = {
    "doubt-is-refusal": _doubt_is_refusal,
    "one-look": _one_look,
    "no-reviving": _no_reviving,
    "no-dedupe": _without_dedupe,
    "no-sell-bound": _no_checks("_room"),
    "room-forgets-offers": _room_forgets_offers,
    "doubts-do-not-block": _doubts_do_not_block,
    "own-orders-cross": _no_checks("_self_trade"),
    "no-stale-check": _no_checks("_fresh"),
    "old-news": _old_news,
    "any-phase": _no_checks("_phase"),
    "no-switches": _no_checks("_switches"),
    "not-reconciled": _no_checks("_connection"),
    "no-rate": _no_checks("_rate"),
    "no-caps": _no_checks("_exposure"),
    "no-suspension": _no_checks("_suspended"),
    "kill-forgets": _kill_forgets,
    "kill-takes-foreign": _foreign_is_ours,
    "disarm-forgets": _disarm_forgets,
    "fills-unwritten": _fills_unwritten,
    "sent-before-written": _sent_before_written,
    "nothing-written": _nothing_written,
    "numbers-start-anew": _numbers_start_anew,
    "cancels-anywhen": _cancels_anywhen,
    "young-cancels": _young_cancels,
    "unsettled-is-done": _unsettled_is_done,
    "states-go-back": _states_go_back,
    "latches-unwritten": _latches_unwritten,
    "day-roll-forgotten": _day_forgotten,
    "orders-outlive-the-day": _day_kept_orders,
    "float-levels": _float_levels,
    "float-level-keys": _slots_by_price,
    "guard-fires-open": _fires_open,
    "grid-buys-what-a-guard-sells": _sells_again,
    "desk-keeps-old-rows": _desk_misses,
}


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The program with that mistake in it, in this process, until the block ends; '' for none. KeyError otherwise."""
    patch = Patch()
    try:
        if name:
            MUTANTS[name](patch)
        yield
    finally:
        patch.undo()
