"""What a desk asks for, carried out on the decision thread and answered."""

import logging
from collections.abc import Callable
from typing import Protocol

import msgspec

from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.messages import ArmGrid, ArmGuard, Place, UserEvent, WatchStock
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GridPlan, GuardAction, GuardPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import phase_at, shanghai_day
from qmtdesk.engine import gate
from qmtdesk.engine.anew import before, starting_price
from qmtdesk.engine.beside import GRID_OWNERS
from qmtdesk.engine.books import Holding, State, cash_kept, cash_room, filed_orders, live_orders
from qmtdesk.engine.guard_sight import context
from qmtdesk.engine.standing import on_book
from qmtdesk.engine.work import phase_takes_cancels
from qmtdesk.strategies.board import watch
from qmtdesk.strategies.grid_preview import Preview, preview_grid
from qmtdesk.strategies.guard_preview import preview_guard
from qmtdesk.strategies.screen import is_old, leaving
from qmtdesk.strategies.shadow import figures
from qmtdesk.trader.account_checks import account_checks
from qmtdesk.trader.bond_lists import BondLists
from qmtdesk.trader.clear_wishes import ClearWishes
from qmtdesk.trader.farewell import day_over
from qmtdesk.trader.late_wishes import stop_in, too_late
from qmtdesk.trader.live_wishes import LiveWishes
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.picture_bonds import screen_now
from qmtdesk.wire.bond_talk import BondListWish, ReadBondList, TypeBond
from qmtdesk.wire.clear_talk import ClearRows, KeepWhole, ListClear
from qmtdesk.wire.live_talk import GoLive, Looking, MakeBundle, TrialWish
from qmtdesk.wire.outbox import Answer
from qmtdesk.wire.talk import (
    Ack,
    Act,
    AskSeries,
    Check,
    Command,
    Demo,
    GridPreview,
    GuardPreview,
    OnExit,
    PaperClock,
    PreviewGrid,
    PreviewGuard,
    PreviewOrder,
    Series,
    WatchCode,
    event_of,
)

log = logging.getLogger("qmtdesk.trader")

DEMO_GRIDS = 3
DEMO_GUARDS = 5


class PaperWorld(Protocol):
    """What only a paper market can do; a live gateway has none of it."""

    def set_speed(self, speed: int) -> None:
        """Run 1 to 60 times as fast as the wall clock."""

    def jump(self, minute: int) -> None:
        """Go forward to a minute after midnight."""

    def history(self, code: str) -> list[tuple[int, int]]:
        """(time, price) from the open until now."""

    def seal_history(self, code: str) -> list[tuple[int, int]]:
        """(time, seal amount or -1) from the open until now."""


Reply = Callable[[int, Answer], None]


class Obey:
    """Turns commands into events and previews. `world` is the paper market, None when live.

    `keep_exit` remembers for the next start what becomes of own orders at an end; OSError when it cannot.
    """

    def __init__(
        self,
        world: PaperWorld | None,
        reply: Reply,
        lists: BondLists | None = None,
        *,
        keep_exit: Callable[[bool], None],
        live: LiveWishes | None = None,
        clear: ClearWishes | None = None,
    ) -> None:
        self._world = world
        self._reply = reply
        self._lists = lists
        self._keep_exit = keep_exit
        self._live = live
        self._clear = clear or ClearWishes()

    def carry_out(self, loop: Loop, desk: int, command: Command) -> None:
        """Do it and answer; an impossible request is answered with its reason, never dropped."""
        body = command.body
        try:
            late = too_late(command)
            if late is not None:
                log.warning("command %d is too old: %s", command.id, late)
                if (stop := stop_in(body, loop.state)) is not None:
                    loop.handle(0, stop)
                    late = because(late.why, **dict(late.args), then="no_sale")
                answer: Answer | None = _no(loop, command.id, late)
            else:
                answer = self._begun(loop, desk, command)
        except (ValueError, KeyError, LookupError, msgspec.ValidationError) as error:
            log.warning("command %d cannot be carried out: %s", command.id, error)
            answer = _no(loop, command.id, because(Why.BAD_SETTING, name=type(body).__name__, value=str(error)))
        if answer is not None:
            self._reply(desk, answer)

    def _begun(self, loop: Loop, desk: int, command: Command) -> Answer | None:
        """The answer; None where whoever was asked answers by himself, perhaps later."""
        body = command.body
        if isinstance(body, ReadBondList | BondListWish | TypeBond) and self._lists is not None:
            self._lists.ask(loop, command.id, body, lambda answer: self._reply(desk, answer))
            return None
        if isinstance(body, Looking | GoLive | MakeBundle | TrialWish) and self._live is not None:
            self._live.ask(loop, desk, command.id, body, lambda answer: self._reply(desk, answer))
            return None
        return self._answer(loop, command)

    def _answer(self, loop: Loop, command: Command) -> Answer:
        body = command.body
        match body:
            case Act():
                return self._act(loop, command.id, event_of(body))
            case WatchCode(code, on):
                return self._act(loop, command.id, WatchStock(code, on))
            case AskSeries(code, what):
                return Series(command.id, code, what, self._series(loop, code, what))
            case PreviewGrid(plan):
                return _grid_preview(loop, command.id, plan)
            case PreviewGuard(plan):
                return _guard_preview(loop, command.id, plan)
            case PaperClock() | Demo():
                return self._paper(loop, command.id, body)
            case OnExit(cancel):
                return self._on_exit(loop, command.id, cancel=cancel)
            case ListClear() | ClearRows() | KeepWhole():
                return self._clear.answer(loop, command.id, body)
            case ReadBondList() | BondListWish() | TypeBond() | Looking() | GoLive() | MakeBundle() | TrialWish():
                name = "bond_list" if isinstance(body, ReadBondList | BondListWish | TypeBond) else "live"
                return _no(loop, command.id, because(Why.BAD_SETTING, name=name, value=loop.desk.mode))

    def _act(self, loop: Loop, number: int, event: UserEvent) -> Answer:
        result = loop.handle(0, event, command=number)
        return Ack(number, result.refusal is None, loop.seq, result.refusal)

    def _paper(self, loop: Loop, number: int, body: PaperClock | Demo) -> Answer:
        if self._world is None:
            return _no(loop, number, because(Why.BAD_SETTING, name="paper", value=loop.desk.mode))
        if isinstance(body, Demo):
            return _demo(loop, number)
        if not 1 <= body.speed <= 60:
            return _no(loop, number, because(Why.BAD_SETTING, name="speed", value=body.speed))
        self._world.set_speed(body.speed)
        loop.set_speed(body.speed)
        if body.jump_minute:
            self._world.jump(body.jump_minute)
        return Ack(number, True, loop.seq)

    def _on_exit(self, loop: Loop, number: int, *, cancel: bool) -> Ack:
        try:
            self._keep_exit(cancel)
        except OSError as error:
            return _no(loop, number, because(Why.BAD_SETTING, name="cancel_on_exit", value=str(error)))
        loop.choose_exit(cancel=cancel)
        return Ack(number, True, loop.seq)

    def _series(self, loop: Loop, code: str, what: str) -> tuple[tuple[int, int], ...]:
        points = loop.series.points(what, code)
        if self._world is not None:
            past = self._world.history(code) if what == "price" else self._world.seal_history(code)
            loop.series.fill(what, code, past)
            points = loop.series.points(what, code)
        return points


def _no(loop: Loop, number: int, reason: Reason) -> Ack:
    return Ack(number, False, loop.seq, reason)


def _grid_preview(loop: Loop, number: int, plan: GridPlan) -> GridPreview | Ack:
    state = loop.state
    instrument = state.instruments.get(plan.code)
    if instrument is None:
        return _no(loop, number, because(Why.UNKNOWN_CODE, code=plan.code))
    held = state.holdings.get(plan.code, Holding(plan.code, 0, 0, 0, 0))
    phase = phase_at(state.listings[plan.code], state.at)
    found = preview_grid(
        plan,
        instrument,
        last=starting_price(state, plan),
        cost=held.cost,
        position=held.volume,
        can_use=held.sellable,
        # new settings start where its own buys have been taken off the book
        cash=max(0, cash_room(state) + filed_orders(state).once(on_book, plan.code).bids - cash_kept(state)),
        at=state.at,
        day=state.day,
        phase=phase,
        quote_age_ms=_quote_age(state, plan.code),
        fees=state.fees,
        before=before(state, plan.code),
    )
    ours = _engine_checks(loop, plan, found)
    return GridPreview(
        id=number,
        ok=found.ok and all(check.level != "refuse" for check in ours),
        base=found.base,
        unit=found.unit,
        first_volume=found.first_volume,
        first_price=found.first_price,
        adopted=found.adopted,
        base_holding=found.base_holding,
        levels_up=found.levels_up,
        levels_down=found.levels_down,
        levels=found.levels,
        cap_level=found.cap_level,
        cash_full=found.cash_full,
        cash_live=found.cash_live,
        cash=found.cash,
        worst_loss=found.worst_loss,
        worst_price=found.worst_price,
        trip_net=found.trip_net,
        trip_fee=found.trip_fee,
        orders=tuple(PreviewOrder(o.side, o.price, o.volume, o.level, o.first, o.after_first) for o in found.orders),
        checks=(*(Check(c.level, c.reason) for c in found.checks), *ours),
        symbol_cap=state.limits.symbol_exposure,
        skipped=found.skipped,
        last=found.last,
        most=found.most,
        at_limit=found.at_limit,
    )


def _quote_age(state: State, code: str) -> int:
    """How old (ms) the newest price is, −1 where there is none."""
    seen = state.quotes.get(code)
    return state.at - seen.at if seen else -1


def _engine_checks(loop: Loop, plan: GridPlan, found: Preview) -> tuple[Check, ...]:
    """What the preview of the plan alone cannot know: the gate, what is on the book, the account, the bond's terms."""
    state = loop.state
    large, left = _large_checks(state, plan, found), _left_checks(state, plan.code)
    return (*large, *left, *account_checks(state, plan, found), *_bond_checks(loop, plan.code))


def _large_checks(state: State, plan: GridPlan, found: Preview) -> tuple[Check, ...]:
    """A buy that the gate never lets out: one of the first refuses, one that only a rise would bring warns."""
    first = [(order.price, order.volume) for order in found.orders if order.side is Side.BUY]
    level = [(found.levels[1][1], found.unit)] if first and len(found.levels) > 1 else []
    for how, buys in (("refuse", first), ("warn", level)):
        price, volume = max(buys, key=lambda each: each[0] * each[1], default=(0, 0))
        refusal = gate.too_large(state, Place("", plan.code, Side.BUY, price, volume, gate.NOBODY))
        if refusal is not None:
            over = price * volume - state.limits.order_value
            return (Check(how, because(refusal.why, **dict(refusal.args), over_milli=over, where="order_value")),)
    return ()


def _left_checks(state: State, code: str) -> tuple[Check, ...]:
    """Own orders that cannot be taken off now: a stop would only be a stop, and a start has to wait for it.

    Beside what a stop left on the book on purpose a grid does start, and takes it off when it can.
    """
    book = state.grids.get(code)
    stops = book is not None and (book.armed or book.winding)
    standing = any(order.owner.kind in GRID_OWNERS for order in live_orders(state, code))
    if not stops or not standing or day_over(state) or phase_takes_cancels(state, code):
        return ()
    return (Check("refuse", because(Why.NO_CANCEL_PHASE)),)


def _bond_checks(loop: Loop, code: str) -> tuple[Check, ...]:
    """What the bond's own terms have to say before money goes into it."""
    terms = loop.terms.get(code)
    if terms is None:
        return ()
    result = screen_now(loop.state, loop.terms, loop.screen)
    verdict = result.verdicts.get(code)
    aged = (
        (Check("warn", because(Why.DATA_OLD, as_of=terms.as_of)),)
        if is_old(loop.screen, terms.as_of, shanghai_day(loop.state.at))
        else ()
    )
    # what puts a bond out of the screen first, its size, says nothing of whether it is called
    found = leaving(loop.screen, terms, shanghai_day(loop.state.at))
    if verdict is not None and (found is None or verdict.why.why is Why.NOT_LISTED):
        found = verdict.why
    worrying = {Why.REDEEM_ANNOUNCED, Why.REDEEM_UNKNOWN, Why.LAST_DAY_NEAR, Why.NAME_DYING, Why.NOT_LISTED}
    if found is None or found.why not in worrying:
        return aged
    return (Check("warn", found), *aged)


def _guard_preview(loop: Loop, number: int, plan: GuardPlan) -> GuardPreview | Ack:
    state = loop.state
    instrument, seen = state.instruments.get(plan.code), state.quotes.get(plan.code)
    if instrument is None:
        return _no(loop, number, because(Why.UNKNOWN_CODE, code=plan.code))
    if seen is None:
        return _no(loop, number, because(Why.NO_QUOTE))
    board = state.boards.get(plan.code) or watch(plan.code, instrument.limit_up)
    found = preview_guard(plan, instrument, board, seen.quote, context(state, plan.code))
    return GuardPreview(
        id=number,
        ok=found.ok,
        fires=found.fires.value if found.fires else "",
        board=found.board,
        seal=found.seal,
        bid1=found.bid1,
        bid1_lots=found.bid1_lots,
        volume=found.volume,
        t1_volume=found.t1_volume,
        price=found.price,
        limit_up=found.limit_up,
        told_up=found.told_up,
        checks=tuple(Check(c.level, c.reason) for c in found.checks),
        shadow=figures(shadow, plan.threshold) if (shadow := state.shadows.get(plan.code)) else found.shadow,
        exact_cancels=found.exact_cancels,
        gross_bp=found.gross_bp,
        threshold=found.threshold,
    )


def _demo(loop: Loop, number: int) -> Ack:
    """Three grids on the screen's first bonds and five guards on held stocks, exactly as a user would arm them."""
    screened = screen_now(loop.state, loop.terms, loop.screen)
    if screened.data_old:
        return _no(loop, number, because(Why.DATA_OLD, as_of=screened.as_of))
    included = screened.included
    free = [code for code in included if (book := loop.state.grids.get(code)) is None or not book.armed]
    refusal: Reason | None = None
    for code in free[:DEMO_GRIDS]:
        refusal = loop.handle(0, ArmGrid(GridPlan(code=code))).refusal or refusal
    stocks = [
        code
        for code, held in loop.state.holdings.items()
        if held.sellable and loop.state.instruments[code].kind is Kind.STOCK and code not in loop.state.guards
    ]
    for place, code in enumerate(stocks[:DEMO_GUARDS]):
        action = GuardAction.ASK if place == 0 else GuardAction.SELL
        refusal = loop.handle(0, ArmGuard(GuardPlan(code=code, action=action))).refusal or refusal
    return Ack(number, refusal is None, loop.seq, refusal)
