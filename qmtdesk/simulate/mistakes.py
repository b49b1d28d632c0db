"""Deliberate mistakes in how orders, trades, records and days are handled."""

from collections.abc import Callable

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import CANCELLABLE, Order, Owner, OwnerKind
from qmtdesk.domain.quote import BoardState
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import apply as folding
from qmtdesk.engine import aside, books, core, diff, gate, grids, ledger, meant, reconcile, switches, work
from qmtdesk.simulate.patching import Anything, Patch, no_checks
from qmtdesk.strategies import grid_state, lattice
from qmtdesk.strategies import guard as rules
from qmtdesk.trader import loop, publisher


def without_dedupe(patch: Patch) -> None:
    real, count = folding.fill_key, iter(range(10**9))
    patch.set(ledger, "fill_key", lambda fill: f"{real(fill)}:{next(count)}")


def doubt_is_refusal(patch: Patch) -> None:
    patch.set(ledger, "doubtful", ledger.refused)


def one_look(patch: Patch) -> None:
    patch.set(reconcile, "LOOKS", 1)
    patch.set(reconcile, "LOOKING_MS", 0)
    patch.set(reconcile, "_unclaimed", lambda *_: False)


def no_reviving(patch: Patch) -> None:
    one_look(patch)
    patch.set(ledger, "_alive", lambda _work, order: order)


def doubts_do_not_block(patch: Patch) -> None:
    no_checks("_one_per_key", "_frozen_side")(patch)
    real = diff.difference

    def known_only(wanted: Anything, working: list[Order]) -> Anything:
        return real(wanted, [order for order in working if order.state in CANCELLABLE])

    patch.set(grids, "difference", known_only)


def kill_forgets(patch: Patch) -> None:
    patch.set(switches, "progress", lambda _work: None)


def foreign_is_ours(patch: Patch) -> None:
    live, may = books.live_orders, diff.cancellable
    patch.set(switches, "live_orders", lambda state, code="", **_: live(state, code, own=False))

    def anybodys(order: Order, *rest: int) -> bool:
        return may(replace(order, owner=Owner(OwnerKind.LOST)), *rest)

    patch.set(work, "cancellable", anybodys)


def disarm_forgets(patch: Patch) -> None:
    patch.set(grids, "_wind", lambda *_: None)


def fills_unwritten(patch: Patch) -> None:
    real = work.Work.note

    def note(self: work.Work, record: Anything) -> None:
        real(self, record)
        if type(record).__name__ == "FillBooked" and int(record.fill.trade_id) % 7 == 0:
            self.records.pop()

    patch.set(work.Work, "note", note)


def cancels_anywhen(patch: Patch) -> None:
    patch.set(work, "phase_takes_cancels", lambda *_: True)


def unsettled_is_done(patch: Patch) -> None:
    patch.set(Order, "unsettled", property(lambda _order: False))


def states_go_back(patch: Patch) -> None:
    patch.set(ledger, "may_follow", lambda _now, _then: True)
    patch.set(meant, "steps_back", lambda *_: False)


def latches_unwritten(patch: Patch) -> None:
    real = work.Work.set_guard
    patch.set(work.Work, "set_guard", lambda self, code, guard, **_: real(self, code, guard, keep=False))


def sent_before_written(patch: Patch) -> None:
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


def nothing_written(patch: Patch) -> None:
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


def day_forgotten(patch: Patch) -> None:
    patch.set(folding, "_day_began", lambda state, day: replace(state, day=day))


def day_kept_orders(patch: Patch) -> None:
    real = folding._day_began

    def began(state: books.State, day: str) -> books.State:
        return replace(real(state, day), orders=state.orders, refs=state.refs)

    patch.set(folding, "_day_began", began)


def numbers_start_anew(patch: Patch) -> None:
    patch.set(folding, "number_of", lambda _ref: 0)


def float_levels(patch: Patch) -> None:
    def level(self: lattice.Stair, k: int) -> int:
        price = round(self.base / 1_000 * (1 + self.step_bp / 10_000) ** k, 3)
        return int(price * 1_000) // self.tick * self.tick

    patch.set(lattice.Stair, "level", level)


def slots_by_price(patch: Patch) -> None:
    def owner(self: grid_state.Grid, gap: int) -> Anything:
        price = self.lattice.levels[gap] / 1_000
        return real(self, int(price / (1 + self.plan.step_bp / 10_000)))

    real = grid_state.Grid.owner
    patch.set(grid_state.Grid, "owner", owner)


def fires_open(patch: Patch) -> None:
    real = rules.step_guard

    def step(guard: Anything, board: Anything, quote: Anything, ctx: Anything) -> Anything:
        at_limit = quote.last == guard.limit_up
        forced = replace(board, state=BoardState.SEALED, seal=1) if at_limit else board
        return real(guard, forced, quote, ctx)

    patch.set(rules, "step_guard", step)


def sells_again(patch: Patch) -> None:
    patch.set(aside, "left_to_grid", lambda _state, _code, orders: orders)


def room_forgets_offers(patch: Patch) -> None:
    patch.set(gate, "sell_room", lambda state, code: state.holdings[code].volume if code in state.holdings else 0)
    patch.set(grids, "context", _with_all(grids.context))


def _with_all(real: Callable[..., Anything]) -> Callable[..., Anything]:
    def context(state: books.State, code: str) -> Anything:
        made = real(state, code)
        return replace(made, can_use=made.position)

    return context


def old_news(patch: Patch) -> None:
    no_checks("_fresh")(patch)
    real = core._quoted

    def quoted(doing: work.Work, code: str, event: m.Quoted) -> None:
        doing.state = replace(doing.state, quotes={k: v for k, v in doing.state.quotes.items() if k != code})
        real(doing, code, event)

    patch.set(core, "_quoted", quoted)


def desk_misses(patch: Patch) -> None:
    patch.set(publisher.Publisher, "_drop", lambda *_: None)


def young_cancels(patch: Patch) -> None:
    real = work.Work.cancel
    patch.set(work.Work, "cancel", lambda self, order, **_: real(self, order, young=True))
