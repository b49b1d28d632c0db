"""Numbers as people of the trade read them: prices, money, ages, shares and the Shanghai clock."""

from datetime import datetime, timedelta, timezone

from qmtdesk.desk.brush.language import chinese
from qmtdesk.domain.codes import classify, has_rules
from qmtdesk.domain.instrument import Kind

MISSING = "—"
MINUS = "\u2212"
THIN = "\u2009"
SHANGHAI = timezone(timedelta(hours=8))
YI = 100_000_000_000  # 亿 in 厘
WAN = 10_000_000  # 万 in 厘
_THREE_PLACES = ("10", "11", "12", "13", "15", "16", "18")
"""How codes without rules here begin that are written with three decimals: other bonds and funds."""
_BONDS = ("10", "11", "12", "13")


def bond_like(code: str) -> bool:
    """Whether the code's figures are written the bond way (three decimals, 张). For display only."""
    return code[:2] in _BONDS


def places_of(code: str) -> int:
    """Decimals of a price of this code: 3 for bonds and funds, 2 for stocks."""
    if has_rules(code):
        return 2 if classify(code).kind is Kind.STOCK else 3
    return 3 if code[:2] in _THREE_PLACES else 2


def unit_of(code: str) -> str:
    """The word for one piece of it."""
    if not chinese():
        return "pcs" if bond_like(code) else "sh"
    return "张" if bond_like(code) else "股"


def fixed(value: int, scale: int, places: int, *, signed: bool = False) -> str:
    """Value ÷ scale with that many decimals, half away from zero, thousands parted, U+2212 as minus."""
    grain = 10**places
    whole = (abs(value) * grain * 2 + scale) // (2 * scale)
    digits = f"{whole // grain:,}"
    if places:
        digits += f".{whole % grain:0{places}d}"
    if not whole:
        return digits
    if value < 0:
        return MINUS + digits
    return "+" + digits if signed else digits


def price(milli: int, code: str = "", places: int | None = None) -> str:
    """A price of that code; 0 is missing."""
    if not milli:
        return MISSING
    return fixed(milli, 1000, places_of(code) if places is None else places).replace(",", "")


def money(milli: int, places: int = 2, *, signed: bool = False) -> str:
    """The user's own money in full: 1,012,846.20."""
    return fixed(milli, 1000, places, signed=signed)


def money_short(milli: int, *, signed: bool = False) -> str:
    """Money in lists: 1.29 亿, 2,640 万, below 1 万 whole yuan; in English 129 M, 26.4 M, 980 k."""
    size = abs(milli)
    if chinese():
        if size >= YI:
            return fixed(milli, YI, 2, signed=signed) + THIN + "亿"
        if size >= WAN:
            return fixed(milli, WAN, 0 if size >= 10 * WAN else 1, signed=signed) + THIN + "万"
        return fixed(milli, 1000, 0, signed=signed)
    if size >= 1_000_000_000:
        return fixed(milli, 1_000_000_000, 2 if size < 10_000_000_000 else 1, signed=signed) + THIN + "M"
    if size >= 10_000_000:
        return fixed(milli, 1_000_000, 0, signed=signed) + THIN + "k"
    return fixed(milli, 1000, 0, signed=signed)


def yuan_short(yuan: int, places: int = 2) -> str:
    """Whole CNY as 1.24 亿 (English: 124 M)."""
    if chinese():
        if abs(yuan) >= 100_000_000:
            return fixed(yuan, 100_000_000, places) + THIN + "亿"
        return fixed(yuan, 10_000, 0) + THIN + "万"
    return fixed(yuan, 1_000_000, 0) + THIN + "M"


def volume(count: int, code: str = "") -> str:
    """A volume with its unit where the code is given."""
    digits = fixed(count, 1, 0)
    return f"{digits}{THIN}{unit_of(code)}" if code else digits


def percent(bp: int, places: int = 2, *, signed: bool = False) -> str:
    """Basis points as a percentage."""
    return fixed(bp, 100, places, signed=signed) + "%"


def share(part: int, whole: int, places: int = 2, *, signed: bool = False) -> str:
    """Part ÷ whole as a percentage, missing when there is no whole."""
    if not whole:
        return MISSING
    sign = -1 if whole < 0 else 1
    return fixed(part * 100 * sign, abs(whole), places, signed=signed) + "%"


def change(last: int, base: int, places: int = 2, *, signed: bool = False) -> str:
    """How far last is from base, as a percentage; without a sign the triangle beside it tells the way."""
    if not last or not base:
        return MISSING
    return share(last - base if signed else abs(last - base), base, places, signed=signed)


def times(amount: int, base: int) -> str:
    """Amount as a multiple of base: 1.3×."""
    if not base:
        return MISSING
    return fixed(amount, base, 1 if amount < 10 * base else 0) + "×"


def age(ms: int) -> str:
    """How long ago: 0.8 s, over 99 s in minutes, over 99 minutes in hours."""
    ms = max(ms, 0)
    if ms < 10_000:
        text = f"{ms // 100 / 10:.1f}{THIN}s"
    elif ms < 100_000:
        text = f"{ms // 1000}{THIN}s"
    elif ms < 6_000_000:
        text = f"{ms // 60_000}{THIN}分" if chinese() else f"{ms // 60_000}{THIN}min"
    else:
        text = f"{ms // 3_600_000}{THIN}小时" if chinese() else f"{ms // 3_600_000}{THIN}h"
    return f"{text}{THIN}前" if chinese() else f"{text} ago"


def duration(ms: int) -> str:
    """How long: 0.38 s, 52 s, 12 分."""
    if ms < 10_000:
        return f"{max(ms, 0) // 10 / 100:.2f}".rstrip("0").rstrip(".") + f"{THIN}s"
    if ms < 100_000:
        return f"{ms // 1000}{THIN}s"
    if ms < 6_000_000:
        return f"{ms // 60_000}{THIN}" + ("分" if chinese() else "min")
    return f"{ms // 3_600_000}{THIN}" + ("小时" if chinese() else "h")


def countdown(ms: int) -> str:
    """Time left: 1:05:23, 12:07."""
    seconds = max(ms, 0) // 1000
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def moment(ms: int) -> datetime:
    """Unix ms as a Shanghai datetime."""
    return datetime.fromtimestamp(ms / 1000, SHANGHAI)


def clock(ms: int, *, seconds: bool = True) -> str:
    """Shanghai time of day: 10:24:37 or 10:24; missing for 0."""
    if not ms:
        return MISSING
    return moment(ms).strftime("%H:%M:%S" if seconds else "%H:%M")


def when(ms: int, now: int) -> str:
    """Shanghai time of day of what was today, 10:24:37; the day too of what was not, 11-20 15:00."""
    if not ms or moment(ms).date() == moment(now).date():
        return clock(ms)
    return moment(ms).strftime("%m-%d %H:%M")


def clock_ms(ms: int) -> str:
    """Shanghai time of day to the millisecond."""
    return f"{clock(ms)}.{ms % 1000:03d}" if ms else MISSING


def day_short(iso: str) -> str:
    """An ISO day without its year: 11-19; missing for ''."""
    return iso[5:10] if len(iso) >= 10 else MISSING


def bare(code: str) -> str:
    """A code without its market."""
    return code.partition(".")[0]
