"""The groups of the top bar: what each one says, how wide it is, and in which order they give way."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.link.health_words import lamp_note, lamp_tip
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell.strip_words import quote_age, settling, trade_age
from qmtdesk.desk.words.texts import TEXTS, t
from qmtdesk.wire.rows import StatusRow

BAR = 54
_UP = QRectF(0, 8, 0, 22)  # the upper line of text; x and width are set where it is used
_DOWN = QRectF(0, 29, 0, 18)


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its width, its strokes from x on, its tooltip. `rank` 0 never goes; the highest goes first."""

    name: str
    width: float
    draw: Callable[[QPainter, float], None]
    tip: str = ""
    rank: int = 0
    line: bool = True


def _two(p: QPainter, x: float, wide: float, up: str, down: str, theme: Theme, *, bold: bool = True) -> None:
    paint.text(p, _UP.adjusted(x, 0, x + wide, 0), up, theme.t1, bold=bold)
    paint.text(p, _DOWN.adjusted(x, 0, x + wide, 0), down, theme.t2, fonts.SMALL)


def groups(mirror: Mirror, theme: Theme) -> list[Group]:
    """All groups from left to right."""
    status = mirror.status
    made = [_mode(status, theme), _lamp(mirror, theme, quotes=True), _lamp(mirror, theme, quotes=False)]
    made += [_phase(mirror, theme), _clock(mirror, theme)]
    made += [_figure("total", theme, 2), _figure("cash", theme, 4)] if status is None else _money(mirror, status, theme)
    return made


def _mode(status: StatusRow | None, theme: Theme) -> Group:
    mode = status.mode if status else "none"
    value, ground = mode_colours(mode, theme)
    tag = t(f"mode.{mode}")
    account = account_words(status)
    note_key = f"mode.{mode}_note"
    note = t(note_key, speed=status.speed) if status and note_key in TEXTS else fmt.MISSING
    tag_wide = fonts.width_of(tag, fonts.VALUE, True) + 22
    wide = max(fonts.width_of(account, fonts.BODY, True), fonts.width_of(note, fonts.SMALL), 78)

    def draw(p: QPainter, x: float) -> None:
        box = QRectF(x, 15, tag_wide, 26)
        paint.box(p, box, ground, value, 5)
        paint.text(p, box, tag, value, fonts.VALUE, bold=True, align=paint.CENTRE)
        _two(p, x + tag_wide + 10, wide, account, note, theme)

    return Group("mode", tag_wide + 10 + wide, draw, line=False)


def account_words(status: StatusRow | None) -> str:
    """The account's name; the paper market's own is a word of ours."""
    if status is None:
        return t("mode.waiting")
    return t("mode.paper_account") if status.account in ("", "paper", "demo") else status.account


def mode_colours(mode: str, theme: Theme) -> tuple[str, str]:
    """Text and ground of the mode; live is copper, everything that trades no money violet."""
    return (theme.live, theme.livebg) if mode == "live" else (theme.paper, theme.paperbg)


def _lamp(mirror: Mirror, theme: Theme, *, quotes: bool) -> Group:
    status = mirror.status
    age = quote_age(mirror) if quotes else trade_age(mirror)
    state = _lamp_state(mirror, quotes=quotes)
    name = t("lamp.quotes" if quotes else "lamp.trade")
    title = f"{name} {t(f'lamp.{state}')}"
    note = fmt.MISSING if status is None else fmt.age(age)
    if state == "blind":
        note = t("lamp.nothing" if quotes else "lamp.no_answer", age=fmt.duration(age))
    if state != "ok" and mirror.link == "attached":
        note = lamp_note(mirror, quotes=quotes) or note
    widest = (f"{name} {t('lamp.late')}", "00.0 s 前")
    wide = max(
        fonts.width_of(title, fonts.BODY, True),
        fonts.width_of(widest[0], fonts.BODY, True),
        fonts.width_of(note, fonts.SMALL),
    )
    tip = lamp_tip(mirror, quotes=quotes) or t("tip.quotes" if quotes else "tip.trade", age=note)
    if state == "blind":
        return Group("lamp", wide + 48, _solid_lamp(title, note, wide, theme), tip, line=quotes)

    def draw(p: QPainter, x: float) -> None:
        value = {"ok": theme.acc, "late": theme.warn}.get(state, theme.t3)
        if state == "late":
            paint.alert(p, x - 2, 19, theme.warn)
        else:
            paint.dot(p, x, 19, value, hollow=state in ("down", "waiting"))
        paint.text(
            p, _UP.adjusted(x + 16, 0, x + 16 + wide, 0), title, theme.warn if state == "late" else theme.t1, bold=True
        )
        paint.text(p, _DOWN.adjusted(x + 16, 0, x + 16 + wide, 0), note, theme.t2, fonts.SMALL)

    return Group("lamp", wide + 16, draw, tip, line=quotes)


def _lamp_state(mirror: Mirror, *, quotes: bool) -> str:
    status = mirror.status
    if mirror.link == "starting" or (status is None and mirror.link == "attached"):
        return "waiting"
    if mirror.link != "attached" or status is None:
        return "down"
    if not quotes and status.lamp_trade == "blind" and settling(mirror):
        return "waiting"
    return status.lamp_quotes if quotes else status.lamp_trade


def _solid_lamp(title: str, note: str, wide: float, theme: Theme) -> Callable[[QPainter, float], None]:
    def draw(p: QPainter, x: float) -> None:
        paint.box(p, QRectF(x - 6, 7, wide + 46, 41), theme.solid, radius=5)
        paint.alert(p, x + 2, 27, theme.on_solid, 16)
        paint.text(p, _UP.adjusted(x + 27, 0, x + 27 + wide, 0), title, theme.on_solid, bold=True)
        paint.text(p, _DOWN.adjusted(x + 27, 0, x + 27 + wide, 0), note, theme.on_solid, fonts.SMALL)

    return draw


def _phase(mirror: Mirror, theme: Theme) -> Group:
    status = mirror.status
    phase = status.phase if status else "closed"
    title = t(f"phase.{phase}") if status and f"phase.{phase}" in TEXTS else fmt.MISSING
    note = ""
    if status and status.phase_ends and f"until.{phase}" in TEXTS:
        note = f"{t(f'until.{phase}')} {fmt.countdown(status.phase_ends - _shown_clock(mirror, status))}"
    wide = max(fonts.width_of(title, fonts.BODY, True), fonts.width_of(note, fonts.SMALL), 84)
    return Group("phase", wide, lambda p, x: _two(p, x, wide, title, note, theme))


def _shown_clock(mirror: Mirror, status: StatusRow) -> int:
    """The market's time; without a trader the one of its last word, to which the whole picture belongs."""
    return mirror.clock() if mirror.link == "attached" else status.clock


def _clock(mirror: Mirror, theme: Theme) -> Group:
    status = mirror.status
    words = fmt.clock(_shown_clock(mirror, status)) if status else "--:--:--"
    wide = fonts.width_of("00:00:00", fonts.CLOCK, True)
    tip = t("tip.clock", day=status.day, lag=status.lag_us) if status else ""

    def draw(p: QPainter, x: float) -> None:
        value = theme.t3 if mirror.link != "attached" else theme.t1
        paint.text(p, QRectF(x, 2, wide, BAR - 2), words, value, fonts.CLOCK, bold=True)

    return Group("clock", wide, draw, tip, line=False)


def _figure(
    name: str,
    theme: Theme,
    rank: int,
    words: str = fmt.MISSING,
    tip: str = "",
    *,
    line: bool = False,
    stale: bool = False,
) -> Group:
    label = t(f"top.{name}")
    wide = max(
        fonts.width_of(label, fonts.SMALL),
        fonts.width_of(words, fonts.VALUE, True),
        fonts.width_of("1,012,846.20", fonts.VALUE, True),
    )

    def draw(p: QPainter, x: float) -> None:
        paint.text(p, _UP.adjusted(x, 0, x + wide, 0), label, theme.t2, fonts.SMALL)
        value = theme.t3 if words == fmt.MISSING or stale else theme.t1
        paint.text(p, _DOWN.adjusted(x, 0, x + wide, 0), words, value, fonts.VALUE, bold=True)

    return Group(name, wide, draw, tip, rank, line=line)


def _money(mirror: Mirror, status: StatusRow, theme: Theme) -> list[Group]:
    if status.ready in ("starting", "reconciling"):
        note = t("tip.not_yet")
        ranks = (("total", 3), ("cash", 5), ("pnl", 1))
        return [
            *(_figure(name, theme, rank, tip=note, line=name != "cash") for name, rank in ranks),
            _messages(status, theme),
        ]
    at = fmt.clock(status.clock - status.trade_age_ms)
    stale = mirror.blind
    return [
        _figure("total", theme, 3, fmt.money(status.total), t("tip.total", at=at), line=True, stale=stale),
        _figure("cash", theme, 5, fmt.money(status.cash), t("tip.cash", at=at), stale=mirror.link != "attached"),
        _pnl(status, theme, at, stale=stale),
        _messages(status, theme),
    ]


def _pnl(status: StatusRow, theme: Theme, at: str, *, stale: bool) -> Group:
    label = t("top.pnl" if status.pnl_exact else "top.pnl_estimate")
    words = fmt.money(status.pnl, signed=True)
    part = fmt.share(status.pnl, status.pnl_base, signed=True)
    value = paint.direction(theme, status.pnl, stale=stale)
    head = paint.TRIANGLE + paint.TRIANGLE_GAP if status.pnl else 0
    main = fonts.width_of(words, fonts.VALUE, True)
    wide = max(head + main + 8 + fonts.width_of(part, fonts.SMALL), fonts.width_of(label, fonts.SMALL), 128)

    def draw(p: QPainter, x: float) -> None:
        paint.text(p, _UP.adjusted(x, 0, x + wide, 0), label, theme.t2, fonts.SMALL)
        line = _DOWN.adjusted(x, 0, x + head + main, 0)
        paint.arrowed(p, line, words, status.pnl, value, fonts.VALUE, bold=True, align=paint.LEFT)
        paint.text(p, _DOWN.adjusted(x + head + main + 8, 0, x + wide, 0), part, value, fonts.SMALL)

    return Group("pnl", wide, draw, t("tip.pnl", at=at, base=fmt.money(status.pnl_base)), 1)


def _messages(status: StatusRow, theme: Theme) -> Group:
    label = t("top.messages")
    count, cap = fmt.fixed(status.messages, 1, 0), t("top.messages_cap", cap=fmt.fixed(status.messages_cap, 1, 0))
    fraction = status.messages / status.messages_cap if status.messages_cap else 0.0
    near = fraction >= 0.8
    wide = max(fonts.width_of(label, fonts.SMALL), 120)

    def draw(p: QPainter, x: float) -> None:
        paint.text(p, _UP.adjusted(x, 0, x + wide, 0), label, theme.t2, fonts.SMALL)
        value = theme.warn if near else theme.t1
        used = paint.text(p, _DOWN.adjusted(x, 0, x + wide, 0), count, value, fonts.VALUE, bold=True) + 5
        if near:
            paint.alert(p, x + wide + 2, 38, theme.warn, 12)
        used += paint.text(p, _DOWN.adjusted(x + used, 0, x + wide, 0), cap, theme.t2, fonts.SMALL) + 14
        bar = QRectF(x + used, 36, max(x + wide - x - used, 30), 5)
        paint.meter(p, bar, fraction, theme.warn if near else theme.t2, theme.bg3)

    return Group("messages", wide, draw, t("tip.messages", sent=count, cap=status.messages_cap), 2)
