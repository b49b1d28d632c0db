"""The fields the sheets ask for, and a refused text in words."""

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.fields import Bad, Fault, Field, plain_number
from qmtdesk.desk.words.texts import t
from qmtdesk.desk.words.texts_sheets import SUFFIXES

YUAN = 1000
WAN = fmt.WAN
YI = fmt.YI

_MONEY = tuple((word, scale) for word, scale in SUFFIXES if scale >= YUAN)
_PERCENT = (("%", 100),)
_COUNT = (("", 1),)

THRESHOLD = Field(scale=WAN, low=100 * WAN, high=YI * 100, suffixes=_MONEY)
"""R1's threshold, typed in 万元: 100 万 to 100 亿."""
STEP = Field(scale=100, low=5, high=1000, suffixes=_PERCENT)
RANGE = Field(scale=100, low=100, high=5000, suffixes=_PERCENT)
AMOUNT = Field(scale=YUAN, low=1000 * YUAN, high=YI, suffixes=_MONEY)
CASH_CAP = Field(scale=YUAN, low=1000 * YUAN, high=10 * YI, zero=True, suffixes=_MONEY)
PRICE = Field(scale=YUAN, low=1 * YUAN, high=10_000 * YUAN)
LOWER_STOP = Field(scale=YUAN, low=1 * YUAN, high=10_000 * YUAN, zero=True)
BONDS = Field(scale=1, low=10, high=10_000_000, zero=True, step=10)
SHARES = Field(scale=1, low=1, high=1_000_000_000)
TRAIL = Field(scale=100, low=5, high=1000, zero=True, suffixes=_PERCENT)
ROLLS = Field(scale=1, low=1, high=50, zero=True)
CONFIRM = Field(scale=1, low=1, high=20)
SNAPSHOTS = Field(scale=1, low=1, high=100)
SECONDS = Field(scale=1000, low=1000, high=120_000)
SLIPPAGE = Field(scale=100, low=1, high=200, suffixes=_PERCENT)


def say_bad(bad: Bad, field: Field, unit: str) -> str:
    """Why a text was refused, with the bound it passed."""
    if bad.fault is Fault.ABOVE and field is THRESHOLD:
        return t("field.above_wan", got=fmt.money_short(bad.got), bound=fmt.money_short(bad.bound))
    if bad.fault in (Fault.BELOW, Fault.ABOVE, Fault.OFF_STEP):
        return t(f"field.{bad.fault.value}", bound=plain_number(bad.bound, field), unit=unit)
    return t(f"field.{bad.fault.value}", unit=unit)


def echo_wan(value: int) -> str:
    """A 万元 amount said twice: 2,000 万 = 20,000,000 元."""
    return t("field.echo_wan", wan=fmt.money_short(value), yuan=fmt.fixed(value, YUAN, 0))
