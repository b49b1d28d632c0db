"""What the strip says: the three answers, or the one alarm with its actions."""

from dataclasses import dataclass

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.link.mirror import CRASHES, STOPPED, Mirror
from qmtdesk.desk.link.said import say_at, short_of_cash, unsure
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.wire.rows import EventRow, GridRow, KillRow, StatusRow, Suspension

SETTLES_MS = 10_000
CALM = frozenset(
    {
        Why.SLEEPING,
        Why.SELL_ONLY,
        Why.STOP_FIRED,
        Why.PHASE_CLOSED,
        Why.AUCTION,
        Why.AUCTION_WAIT,
        Why.RECONCILING,
        Why.NOT_ARMED,
        Why.WAITING_CANCEL,
        Why.T_PLUS_ONE,
        Why.FIRST_BUY_PENDING,
        Why.NO_CANCEL_PHASE,
        Why.EXPIRED_AT_CLOSE,
    }
)
"""Reasons that are part of a normal day: they are said without amber."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a clause. `tone`: fact | number | alert. `rank` 0 stays, higher ones go first when room is short."""

    words: str
    tone: str = "fact"
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Clause:
    """One of the three answers."""

    label: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One cause, said once: what, what follows, what can be done. `actions` are names the strip knows how to do."""

    kind: str
    title: str
    note: str
    actions: tuple[tuple[str, str], ...] = ()


def alarm_of(mirror: Mirror, error: str = "", title: str = "") -> Alarm | None:
    """The alarm that takes the strip over, the worst one if there are several; `error` is told under `title`."""
    link = _link_alarm(mirror)
    if link is not None:
        return link
    status = mirror.status
    if status is None:
        return None
    if mirror.killed:
        return _kill_alarm(mirror)
    held = mirror.suspension("")
    if held is not None and _unwritten(mirror):
        # a disk that is full takes the paper market's link down as well; the cause is told, not that
        return _paused_alarm(mirror, held)
    if status.lamp_quotes == "blind":
        return _blind_alarm(mirror, status)
    if status.lamp_trade == "blind" and not settling(mirror):
        age = fmt.duration(trade_age(mirror))
        return Alarm("trade", t("strip.trade_down", age=age), t("strip.trade_down_note"))
    waits = _waits_for_user(mirror, status)
    if waits is None and error:
        told = error if title else t("strip.error_note", text=error)
        return Alarm("error", title or t("strip.error"), told, (("dismiss", t("strip.dismiss")),))
    return waits


def _waits_for_user(mirror: Mirror, status: StatusRow) -> Alarm | None:
    """What nobody but the user can end."""
    told = mirror.new_journal
    if told is not None and told.at != mirror.journal_read:
        return _journal_alarm(mirror, told)
    if not status.master or unsaid(status):
        return _master_alarm(mirror, status)
    held = mirror.suspension("")
    if held is not None and not held.buys_only:
        return _paused_alarm(mirror, held)
    if status.ready == "suspended":
        return Alarm("suspended", t("strip.suspended"), t("strip.suspended_note"))
    return None


def _unwritten(mirror: Mirror) -> bool:
    """Whether the journal cannot be written, or could not when the trader was last heard."""
    held = mirror.suspension("")
    return held is not None and held.reason.why is Why.JOURNAL_FAILED


def _link_alarm(mirror: Mirror) -> Alarm | None:
    restart = (("reconnect", t("strip.restart")),)
    waited = int(mirror.link_text) if mirror.link_text.isdigit() else 0
    if mirror.link == "lost":
        if mirror.link_text == STOPPED:
            return Alarm("lost", t("strip.ended"), t("strip.ended_note"), restart)
        if mirror.link_text == CRASHES:
            return Alarm("lost", t("strip.lost"), t("strip.lost_safe"))
        note = t("strip.lost_unwritten" if _unwritten(mirror) else "strip.lost_note")
        if waited:
            note += t("strip.lost_checking", age=fmt.duration(waited // 1000 * 1000))
        return Alarm("lost", t("strip.lost"), note)
    if mirror.link == "silent":
        return Alarm("lost", t("strip.silent", age=fmt.duration(waited)), t("strip.silent_note"), restart)
    if mirror.link == "failed":
        text = mirror.link_text or fmt.MISSING
        live = mirror.status is not None and mirror.status.mode == "live"
        resting = len(own_live(mirror))
        note = t("strip.failed_live" if live and resting else "strip.failed_note", text=text, n=resting)
        return Alarm("lost", t("strip.failed"), note, restart)
    return None


def _kill_alarm(mirror: Mirror) -> Alarm:
    row = mirror.kill
    shown = ("kill_details", t("strip.kill_details"))
    if row is None:
        return Alarm("killed", t("strip.killed"), t("strip.killed_reading"), (shown,))
    if row.done:
        return Alarm("killed", t("strip.killed"), _kill_done(row), (shown, ("lift", t("strip.lift"))))
    done = sum(item.done for item in row.items)
    if done == len(row.items):
        return Alarm("killed", t("strip.killed"), t("strip.killed_checking"), (shown,))
    if mirror.status is not None and mirror.status.lamp_trade == "blind":
        note = t("strip.killed_cut_off", n=len(row.items) - done)
        return Alarm("killed", t("strip.killed"), note, (shown,))
    return Alarm("killed", t("strip.killed"), t("strip.killed_note", done=done, all=len(row.items)), (shown,))


def _kill_done(row: KillRow) -> str:
    """How it ended; an order may fill between the press and its cancel, or may have where nobody answered."""
    left = sum(unsure(item) for item in row.items)
    if left:
        return t("strip.killed_unsure", n=left)
    kept = "" if any(item.filled for item in row.items) else t("strip.killed_kept")
    return t("strip.killed_done") + kept


def unsaid(status: StatusRow) -> bool:
    """Whether real money waits for its word."""
    return status.mode == "live" and not status.live_said


def _master_alarm(mirror: Mirror, status: StatusRow) -> Alarm:
    if unsaid(status):
        note, live = _resting(mirror, t("strip.unsaid_note"))
        return Alarm("unsaid", t("strip.unsaid"), note, (*live, ("go_live", t("live.open"))))
    actions = [("master", t("strip.master_on"))]
    note, live = _resting(mirror, t("strip.master_note"))
    return Alarm("master", t("strip.master"), note, (*live, *actions))


def _paused_alarm(mirror: Mirror, held: Suspension) -> Alarm:
    """A journal that cannot be written needs a restart; everything else the user's word."""
    if held.reason.why is Why.JOURNAL_FAILED:
        actions = [("reconnect", t("strip.restart"))]
    else:
        actions = [("release:", t("release.open"))]
    note, live = _resting(mirror, say(held.reason) + t("strip.stop"))
    return Alarm("paused", t("strip.paused"), note, (*live, *actions))


def _journal_alarm(mirror: Mirror, told: EventRow) -> Alarm:
    """Said until it is read: nothing else shows that what was started is forgotten."""
    actions = [("orders", t("strip.see_orders")), ("journal_read", t("strip.dismiss"))]
    live = len(lost_live(mirror))
    if live:
        actions.insert(1, ("cancel_lost", t("strip.cancel_all", n=live)))
    note = t("strip.journal_lost", n=live) if live else t("strip.journal_none")
    return Alarm("journal", t("strip.journal"), f"{note}{say(told.reason)}", tuple(actions))


def actions_of(mirror: Mirror) -> tuple[tuple[str, str], ...]:
    """What waits for the user's word on a day without alarm."""
    status = mirror.status
    if status is None:
        return ()
    found = []
    doubts = len(mirror.doubts())
    if doubts:
        found.append(("doubts", t("doubt.open", n=doubts)))
    held = [each for each in status.suspended if each.code or each.buys_only]
    if len(held) > 1:
        found.append((f"release:{held[0].code}", t("release.open_more", n=len(held))))
    elif held and held[0].buys_only:
        found.append(("release:", t("release.open_buys")))
    elif held:
        name = short_name(mirror.name(held[0].code))
        found.append((f"release:{held[0].code}", t("release.open_one", name=name)))
    return tuple(found)


def _resting(mirror: Mirror, note: str) -> tuple[str, list[tuple[str, str]]]:
    """The note, and what of ours rests at the exchange all the same, with the way to cancel it."""
    live = len(own_live(mirror))
    if not live:
        return note, []
    space = "" if note.endswith("。") else " "
    return f"{note}{space}{t('strip.blind_live', n=live)}", [("cancel_live", t("strip.cancel_all", n=live))]


def _blind_alarm(mirror: Mirror, status: StatusRow) -> Alarm:
    note, actions = _resting(mirror, t("strip.blind_note"))
    return Alarm("blind", t("strip.blind", age=fmt.duration(quote_age(mirror))), note, tuple(actions))


def cancels_owed(mirror: Mirror) -> bool:
    """Whether everything was stopped and not all of it is proved to be cancelled yet; none can be after the close."""
    return mirror.kill is not None and not mirror.kill.done and not mirror.kill.over


def grids_winding(mirror: Mirror) -> int:
    """How many grids are stopped and still have orders to cancel or a volume to sell."""
    return sum(row.winding for row in mirror.grids.values())


def own_live(mirror: Mirror) -> list[str]:
    """Refs of our own orders that can be cancelled now."""
    return [row.ref for row in mirror.orders.values() if row.cancellable and row.kind != "foreign"]


def lost_live(mirror: Mirror) -> list[str]:
    """Refs of our own orders of a journal that was lost: no strategy looks after them."""
    return [row.ref for row in mirror.orders.values() if row.cancellable and row.kind == "lost"]


def quote_age(mirror: Mirror) -> int:
    """Age of the newest market data, counted on since the trader's word; 0 without a trader."""
    status = mirror.status
    return 0 if status is None else status.quote_age_ms + max(mirror.clock() - status.clock, 0)


def trade_age(mirror: Mirror) -> int:
    """Age of the newest account data, counted on."""
    status = mirror.status
    return 0 if status is None else status.trade_age_ms + max(mirror.clock() - status.clock, 0)


def settling(mirror: Mirror) -> bool:
    """Just started and still reading the account: no word from the broker yet is no alarm yet."""
    status = mirror.status
    return status is not None and status.ready in ("starting", "reconciling") and trade_age(mirror) < SETTLES_MS


def _checking(waited: int) -> tuple[Clause, ...]:
    """A trader that reads a long journal before it listens."""
    age = fmt.duration(waited // 1000 * 1000)
    return (
        Clause(t("strip.doing"), (Phrase(t("strip.checking", age=age)),)),
        Clause(t("strip.next"), (Phrase(t("strip.then_attaches")),)),
        Clause(t("strip.why_not"), (Phrase(t("strip.not_watching")),)),
    )


def clauses(mirror: Mirror) -> tuple[Clause, ...]:
    """The three answers for a day without alarm."""
    status = mirror.status
    if status is None and mirror.link == "starting" and mirror.link_text:
        return _checking(int(mirror.link_text))
    if status is None or mirror.link == "starting":
        return (Clause(t("strip.doing"), (Phrase(t("strip.starting" if status is None else "strip.loading")),)),)
    return (
        Clause(t("strip.doing"), _doing(status)),
        Clause(t("strip.next"), _next(mirror)),
        Clause(t("strip.why_not"), _why_not(mirror, status)),
    )


def _doing(status: StatusRow) -> tuple[Phrase, ...]:
    if status.ready in ("starting", "reconciling"):
        return (Phrase(t("strip.reconciling")),)
    found: list[Phrase] = []
    if status.grids_running:
        found.append(Phrase(t("strip.grids", n=status.grids_running)))
    if status.grids_asleep:
        found.append(Phrase(t("strip.asleep", n=status.grids_asleep), "number", 2))
    if status.grids_sell_only:
        found.append(Phrase(t("strip.sell_only", n=status.grids_sell_only), "number", 2))
    if status.guards_armed:
        found.append(Phrase(t("strip.guards", n=status.guards_armed)))
    if status.clearing:
        found.append(Phrase(t("strip.clearing", n=status.clearing)))
    if status.live_orders:
        value = fmt.fixed(status.live_value, 1000, 0)
        found.append(Phrase(t("strip.live", n=status.live_orders, value=value), "number", 3))
    return tuple(found) or (Phrase(t("strip.idle")),)


def _next(mirror: Mirror) -> tuple[Phrase, ...]:
    grid = nearest_grid(mirror)
    if grid is None:
        return (Phrase(t("strip.no_next"), "number"),)
    last = mirror.last(grid.code)
    found: list[Phrase] = []
    for key, price, volume, rank in (
        ("strip.next_buy", grid.next_buy, grid.next_buy_volume, 0),
        ("strip.next_sell", grid.next_sell, grid.next_sell_volume, 1),
    ):
        if price:
            words = t(key, price=fmt.price(price, grid.code), volume=fmt.volume(volume, grid.code))
            found.append(Phrase(words if found else f"{short_name(grid.name)} {words}", "fact", rank))
            found.append(Phrase(fmt.change(price, last, signed=True), "number", rank + 1 if rank else 1))
    return tuple(found) or (Phrase(t("strip.no_next"), "number"),)


def nearest_grid(mirror: Mirror) -> GridRow | None:
    """The grid whose next order is nearest: the selected one if it runs, else the closest of all."""
    awake = [row for row in mirror.grids.values() if row.armed and row.state in ("running", "sell_only")]
    chosen = next((row for row in awake if row.code == mirror.selected_bond), None)
    if chosen is not None and (chosen.next_buy or chosen.next_sell):
        return chosen

    def distance(row: GridRow) -> int:
        last = mirror.last(row.code)
        prices = [price for price in (row.next_buy, row.next_sell) if price and last]
        return min((abs(price - last) * 100_000 // last for price in prices), default=10**9)

    return min((row for row in awake if row.next_buy or row.next_sell), key=distance, default=None)


def short_name(name: str) -> str:
    """A bond's name without the word every bond's name ends in."""
    return name.removesuffix("转债")


def _why_not(mirror: Mirror, status: StatusRow) -> tuple[Phrase, ...]:
    standing = _standing(mirror, status)
    if not standing:
        return (Phrase(t("strip.nothing_stops"), "number"),)
    found: list[Phrase] = []
    for reason, code in standing[:2]:
        name = short_name(mirror.name(code)) + " " if code else ""
        tone = "fact" if reason.why in CALM else "alert"
        words = say_at(mirror, reason, code, short=bool(code and found))
        found.append(Phrase(name + words, tone, 3 if found else 0))
    if len(standing) > 2:
        found.append(Phrase(t("strip.more", n=len(standing) - 2), "number", 0))
    return tuple(found)


def _standing(mirror: Mirror, status: StatusRow) -> list[tuple[Reason, str]]:
    """What stands still and whose it is, the worst first; behind it the grids that wait for cash with a level."""
    codes = (*status.blocker_codes, *([""] * len(status.blockers)))
    told = list(zip(status.blockers, codes, strict=False))
    named = {code for _, code in told}
    for code, grid in mirror.grids.items():
        lacking = None if code in named else short_of_cash(mirror, grid)
        if lacking is not None:
            told.append((lacking, code))
    return told
