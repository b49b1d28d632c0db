"""What a watchlist row says in words and ranks: its chip, its second line, its switch, its urgency."""

from dataclasses import dataclass
from enum import Enum

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import RuleId
from qmtdesk.domain.reason import Why
from qmtdesk.wire.rows import WatchRow

NEAR_TENTHS = 15
"""Under 1.5 × its threshold a seal is amber."""


class Tone(str, Enum):
    """How a chip is filled; each also has its own word, so hue never carries the state alone."""

    UP = "up"
    UP_OUTLINE = "up_outline"
    WARN = "warn"
    SOLID = "solid"
    DOWN = "down"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Words:
    """Everything one row says. `near` colours the amount amber; `warn_note` the second line under the chip."""

    chip: str
    tone: Tone
    note: str
    warn_note: bool
    big: str
    small: str
    near: bool
    action: str
    switch_on: bool
    switch_dead: bool


_CHIPS = {
    "sealed": ("board.sealed", Tone.UP),
    "at_limit": ("board.at_limit", Tone.UP_OUTLINE),
    "broken": ("board.broken", Tone.WARN),
    "triggered": ("board.triggered", Tone.SOLID),
    "sold": ("board.sold", Tone.DOWN),
    "blind": ("board.blind", Tone.GREY),
    "unseen": ("board.unseen", Tone.GREY),
    "open": ("board.open", Tone.GREY),
    "idle": ("board.open", Tone.GREY),
}
_BLOCKS = {
    Why.T_PLUS_ONE: "watch.no_t1",
    Why.NO_LIMIT: "watch.no_limit",
    Why.LIMIT_DISAGREES: "watch.no_agree",
    Why.TICK_DISAGREES: "watch.no_tick",
    Why.CLOSE_DISAGREES: "watch.no_close",
    Why.NOTHING_SELLABLE: "watch.no_hold",
    Why.KILLED: "watch.no_killed",
    Why.EXPIRED_AT_CLOSE: "watch.no_expired",
}
_NEVER_TODAY = frozenset({Why.NO_LIMIT, Why.LIMIT_DISAGREES, Why.TICK_DISAGREES, Why.CLOSE_DISAGREES})
_FINAL = ("triggered", "sold")


def sealed_now(row: WatchRow, *, blind: bool) -> bool:
    """Whether the row has a seal amount to speak of."""
    return row.board == "sealed" and row.state not in ("blind", "sold") and not blind


def awaits(row: WatchRow) -> bool:
    """Whether its first snapshot has not come yet; to an armed guard that is blindness all the same."""
    return row.unseen and not row.armed


def near(row: WatchRow) -> bool:
    """Whether the seal is under one and a half thresholds."""
    return row.seal * 10 < row.threshold * NEAR_TENTHS


def block(row: WatchRow) -> Why | None:
    """What forbids arming this row at all, None when it may be armed."""
    if row.why is not None and row.why.why in _NEVER_TODAY:
        return row.why.why
    if not row.limit_up:
        return Why.NO_LIMIT
    if row.sellable <= 0:
        return Why.T_PLUS_ONE if row.bought_today else Why.NOTHING_SELLABLE
    return None


def over(row: WatchRow) -> bool:
    """Whether the guard has fired: its switch switches nothing any more."""
    return row.state in _FINAL


def words(row: WatchRow, *, blind: bool, killed: bool, paused: bool = False) -> Words:
    """The row in words; `blind`: its figures are out of date. `killed`, `paused`: nothing may trade.

    What is paused stays armed and goes on when the user says so.
    """
    blind = blind or row.state == "blind"
    stands = row.state if row.state in _FINAL or not blind else "unseen" if awaits(row) else "blind"
    chip, tone = _CHIPS[stands]
    sealed = sealed_now(row, blind=blind)
    note, warn_note = _note(row, blind=blind)
    return Words(
        chip=t(chip),
        tone=tone,
        note=note,
        warn_note=warn_note,
        big=fmt.money_short(row.seal) if sealed else fmt.MISSING,
        small=_small(row, sealed=sealed),
        near=sealed and near(row),
        action=_action(row, killed=killed, paused=paused, sealed=sealed),
        switch_on=row.armed and not killed and not over(row),
        switch_dead=over(row) or (not row.armed and block(row) is not None),
    )


def _small(row: WatchRow, *, sealed: bool) -> str:
    if sealed:
        return t("watch.times", times=fmt.times(row.seal, row.threshold))
    return t("watch.threshold", amount=fmt.money_short(row.threshold))


def _note(row: WatchRow, *, blind: bool) -> tuple[str, bool]:
    if row.state == "triggered" and not row.order_ref:
        return t("watch.no_order"), True
    at = fmt.clock(row.broke_at if row.breaks and row.broke_at else row.first_seal_at, seconds=False)
    if row.state == "broken":
        return t("watch.breaks", n=row.breaks), not blind
    if row.first_seal_at and row.breaks:
        return t("watch.sealed_broke", at=at, n=row.breaks), False
    if row.first_seal_at:
        return t("watch.first_seal", at=at), False
    if row.state == "at_limit":
        return t("watch.not_held"), False
    if row.state == "triggered":
        return t("watch.order_out"), False
    return "", False


def _action(row: WatchRow, *, killed: bool, paused: bool, sealed: bool) -> str:
    if row.state in _FINAL:
        return t("watch.done")
    if killed:
        return t("watch.disarmed")
    if not row.armed:
        why = block(row) or (row.why.why if row.why is not None and row.why.why in _BLOCKS else None)
        return t(_BLOCKS[why]) if why in _BLOCKS else t("watch.off")
    if paused:
        return t("watch.paused")
    if sealed and not row.ready:
        return t("watch.waiting")
    if sealed and 0 < row.confirm_have < row.confirm_need:
        return t("watch.confirming", have=row.confirm_have, need=row.confirm_need)
    return t(f"action.{does(row)}")


def does(row: WatchRow) -> str:
    """The most that any of its rules does: a list that says 提醒 must not hide a rule that sells."""
    own = {setting.action.value for setting in row.plan.rules if setting.on and setting.rule is not RuleId.R1}
    return max({row.action, *own}, key=("alert", "ask", "sell").index)


def urgency(row: WatchRow) -> tuple[int, int, str]:
    """Sorts the rows a person should look at first: fired, then armed seals by how near their threshold is."""
    ratio = row.seal * 1000 // max(row.threshold, 1)
    if row.state == "triggered":
        return 0, 0, row.code
    if row.state == "sold":
        return 7, 0, row.code
    sealed = row.board == "sealed" or (row.board == "blind" and row.seal > 0)
    if row.armed and sealed:
        return 1, ratio, row.code
    if row.state == "broken":
        return (2 if row.armed else 3), -row.breaks, row.code
    if row.state == "at_limit":
        return 4, 0, row.code
    if sealed:
        return 5, ratio, row.code
    return 6, 0, row.code


def ordered(rows: dict[str, WatchRow], kept: tuple[str, ...], *, by_urgency: bool) -> tuple[str, ...]:
    """The codes in the order they are shown: by urgency, or as the user put them with new ones at the end."""
    if by_urgency:
        return tuple(row.code for row in sorted(rows.values(), key=urgency))
    known = [code for code in kept if code in rows]
    return (*known, *sorted(rows.keys() - set(known)))
