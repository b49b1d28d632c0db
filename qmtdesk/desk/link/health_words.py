"""The terminal's two connections in words: each figure, what it means for the user, and what he can do about it."""

from typing import NamedTuple

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import TEXTS, say, say_short, t
from qmtdesk.domain.account import AccountStatus
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.live_talk import HealthRow

SILENT_MS = 20_000
UP = "up"


class Line(NamedTuple):
    """A figure; `amber` when a person should look."""

    label: str
    value: str
    amber: bool = False


class Section(NamedTuple):
    """One of the two connections, or what was found on them."""

    title: str
    lines: tuple[Line, ...]


def status_word(number: int) -> str:
    """How the account stands; the counter's number where it has no name."""
    name = AccountStatus(number).name.lower() if number in set(AccountStatus) else ""
    key = f"status.{name}"
    return t(key) if key in TEXTS else str(number)


def sections(mirror: Mirror) -> tuple[Section, ...]:
    """Everything, for the sheet and for the clipboard; nothing where there is no terminal."""
    row = mirror.health
    if row is None:
        return ()
    return (
        Section(t("health.trade"), _trading(row, mirror.clock())),
        Section(t("health.quotes"), _quotes(row, mirror)),
        Section(t("health.found"), _differences(mirror)),
        Section(t("health.units"), _units(mirror)),
    )


def _stage(stage: str, since: int, text: str, now: int) -> list[Line]:
    up = stage == UP
    lines = [Line(t("health.stage"), t(f"health.stage_{stage}"), not up)]
    if up and since:
        since_words = f"{fmt.clock(since)} · {t('health.ago', age=fmt.duration(max(now - since, 0)))}"
        lines.append(Line(t("health.since"), since_words))
    if text:
        lines.append(Line(t("health.note" if up else "health.why"), text, True))
    return lines


def _trading(row: HealthRow, now: int) -> tuple[Line, ...]:
    lines = _stage(row.trade_stage, row.trade_since, row.trade_text, now)
    if row.trade_stage != UP and row.next_try_at:
        lines.append(Line(t("health.next"), _in(row.next_try_at, now)))
    lines.append(Line(t("health.status"), status_word(row.status), row.status != AccountStatus.OK))
    lines.append(Line(t("health.answered"), _ago(row.answered_at, now)))
    if row.trade_stage == UP and row.unanswered:
        lines.append(Line(t("health.unanswered"), row.unanswered, True))
    lines += [
        Line(t("health.connects"), str(row.connects)),
        Line(t("health.failures"), str(row.failures), row.failures > 0),
        Line(t("health.accounts"), str(row.accounts), row.accounts > 1),
        Line(t("health.strays"), str(row.strays), row.strays > 0),
        Line(t("health.hung"), str(row.hung), row.hung > 0),
        Line(t("health.unread"), str(row.unread), row.unread > 0),
    ]
    return tuple(lines)


def _quotes(row: HealthRow, mirror: Mirror) -> tuple[Line, ...]:
    now = mirror.clock()
    return (
        *_stage(row.quotes_stage, row.quotes_since, row.quotes_text, now),
        Line(t("health.tick"), _ago(row.tick_at, now), silent(mirror)),
        Line(t("health.subscribed"), str(row.subscribed)),
        Line(t("health.reconnects"), str(row.reconnects), row.reconnects > 0),
        Line(t("health.bad"), str(row.bad), row.bad > 0),
        *_level2(row),
    )


def _level2(row: HealthRow) -> tuple[Line, ...]:
    """Nothing where no stock is watched; without the right there is nothing to worry about."""
    if not row.level2_stage:
        return ()
    words = t(f"health.level2_{row.level2_stage}", n=row.level2_codes)
    if row.level2_bad:
        words = t("health.level2_bad", words=words, n=row.level2_bad)
    value = f"{words} · {row.level2_text}" if row.level2_text else words
    return (Line(t("health.level2"), value, row.level2_stage == "unclear"),)


def _differences(mirror: Mirror) -> tuple[Line, ...]:
    told = tuple(
        Line(_named(mirror, code), _told(code, text, why), True) for code, text, why in mirror.found.differences
    )
    return told or (Line(t("health.none"), ""),)


def _units(mirror: Mirror) -> tuple[Line, ...]:
    told = tuple(Line(_named(mirror, code), _unit(unit), unit == 0) for code, unit in mirror.found.units)
    return told or (Line(t("health.none"), ""),)


def _unit(unit: int) -> str:
    return t("health.unit_1") if unit == 1 else t("health.unit_n", n=unit) if unit else fmt.MISSING


def _named(mirror: Mirror, code: str) -> str:
    name = mirror.name(code)
    return code if name == fmt.bare(code) else f"{name} {code}"


def _ago(at: int, now: int) -> str:
    return t("health.ago", age=fmt.duration(max(now - at, 0))) if at else t("health.never")


def _in(at: int, now: int) -> str:
    return t("health.next_in", age=fmt.duration(at - now)) if at > now else t("health.now")


def silent(mirror: Mirror) -> bool:
    """Connected, and yet nothing new while the market trades."""
    row, status = mirror.health, mirror.status
    if row is None or status is None or row.quotes_stage != UP or not row.subscribed:
        return False
    return status.phase in ("morning", "afternoon") and mirror.clock() - row.tick_at > SILENT_MS


def advice(mirror: Mirror) -> tuple[str, ...]:
    """What the user can do, the most urgent first; that nothing is to be done when nothing is."""
    row = mirror.health
    if row is None:
        return (t("health.paper"),)
    stages = (row.trade_stage, row.quotes_stage)
    found = [
        ("hung", "hung" in stages),
        ("closed", "hung" not in stages and any(stage != UP for stage in stages)),
        ("status", row.trade_stage == UP and row.status != AccountStatus.OK),
        ("unanswered", row.trade_stage == UP and bool(row.unanswered)),
        ("list", row.quotes_stage == UP and bool(row.quotes_text)),
        ("silent", silent(mirror)),
        ("strays", row.strays > 0 or row.accounts > 1),
        ("unread", row.unread > 0),
        ("differences", bool(mirror.found.differences)),
        ("units", any(unit == 0 for _, unit in mirror.found.units)),
    ]
    return tuple(t(f"health.do_{name}") for name, so in found if so) or (t("health.do_nothing"),)


def lamp_note(mirror: Mirror, *, quotes: bool) -> str:
    """What a lamp says under its name while its side is not as it should be; '' while the age says it all."""
    row = mirror.health
    if row is None:
        return ""
    stage = row.quotes_stage if quotes else row.trade_stage
    if stage in ("hung", "connecting"):
        return t(f"health.lamp_{stage}")
    if stage != UP:
        wait = row.next_try_at - mirror.clock()
        if quotes or wait <= 0:
            return t("health.lamp_connecting")
        return t("health.lamp_retry", n=row.failures + 1, age=fmt.duration(wait))
    if not quotes and row.status != AccountStatus.OK:
        return t("health.lamp_status", status=status_word(row.status))
    return t("health.lamp_list") if quotes and row.quotes_text else ""


def lamp_tip(mirror: Mirror, *, quotes: bool) -> str:
    """The connection's figures, one a line; '' where there is no terminal."""
    found = sections(mirror)
    if not found:
        return ""
    section = found[1 if quotes else 0]
    return "\n".join([section.title, *(f"{line.label}  {line.value}" for line in section.lines), t("health.tip")])


def as_text(mirror: Mirror) -> str:
    """All of it as text, to be pasted where help is asked for."""
    parts = [t("health.title")]
    for section in sections(mirror):
        parts += ["", section.title, *(f"  {line.label}: {line.value}" for line in section.lines)]
    return "\n".join([*parts, "", *advice(mirror)])


def code_trouble(mirror: Mirror, code: str) -> tuple[str, str]:
    """What of a code's data cannot be relied on, in two words and in a sentence; '' where all of it can."""
    for each, text, why in mirror.found.differences:
        if each == code:
            return t("health.difference_short"), t("health.difference", text=_told(code, text, why))
    quote = mirror.quotes.get(code)
    if quote is not None and quote.rough:
        reason = because(Why.UNIT_UNKNOWN)
        return say_short(reason), say(reason)
    return "", ""


def _told(code: str, text: str, why: Reason | None) -> str:
    return say(why, code) if why is not None else text
