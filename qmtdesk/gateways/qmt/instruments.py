"""The morning's list: what QMT says of each instrument, beside what the rules say, and the bonds' terms."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from qmtdesk.domain.bond_terms import BondTerms, RedeemState
from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.replacing import replace
from qmtdesk.gateways.qmt import meaning as mean
from qmtdesk.gateways.qmt import names

SOURCE = "qmt"
DAYS_8 = 8


class Listed(NamedTuple):
    """What was made of the details. `problems` are (code, why it is left out); `differences` (code, what differs)."""

    instruments: tuple[Instrument, ...]
    problems: tuple[tuple[str, str], ...]
    differences: tuple[tuple[str, str], ...]


def listed(details: Mapping[str, Mapping[str, Any] | None], day: date) -> Listed:
    """Instruments of the day from `get_instrument_detail`; one that cannot be made is left out by name.

    A tick or limits that differ from the rules stay in the instrument as told, and the guard is off for it.
    """
    made: list[Instrument] = []
    problems: list[tuple[str, str]] = []
    differences: list[tuple[str, str]] = []
    for code, detail in details.items():
        try:
            one = _instrument(code, detail, day)
            differs = _differences(one, detail or {}, day)
        except (mean.UnclearError, ValueError) as error:
            problems.append((code, str(error)))
            continue
        made.append(one)
        differences.extend((code, text) for text in differs)
    return Listed(tuple(made), tuple(problems), tuple(differences))


def _instrument(code: str, detail: Mapping[str, Any] | None, day: date) -> Instrument:
    if not detail:
        raise mean.UnclearError("QMT knows no such code")
    if not isinstance(detail, Mapping):
        raise mean.UnclearError(f"a detail was {type(detail).__name__}")
    previous = mean.price_of(detail.get("PreClose"), "PreClose")
    if not previous:
        raise mean.UnclearError(f"PreClose was {detail.get('PreClose')!r}")
    made = make_instrument(
        code,
        mean.text_of(detail.get("InstrumentName")),
        previous,
        day,
        _limit(detail, "UpStopPrice"),
        _limit(detail, "DownStopPrice"),
        first_day=_day(detail.get("OpenDate")) == day.isoformat(),
    )
    return replace(made, told_tick=_limit(detail, "PriceTick"))


def _limit(detail: Mapping[str, Any], name: str) -> int:
    """0 and None are what a client says when it knows none."""
    value = detail.get(name)
    return mean.price_of(value, name) if value else 0


def old_day(details: Mapping[str, Mapping[str, Any] | None], day: date) -> str:
    """The day (ISO) that most details are of, where that is one before `day`: the terminal has not turned the page."""
    told = [_day(each.get("TradingDay")) for each in details.values() if isinstance(each, Mapping)]
    old = [each for each in told if each and each < day.isoformat()]
    return max(old) if len(old) * 2 > len(told) else ""


def old_codes(details: Mapping[str, Mapping[str, Any] | None], day: date) -> dict[str, str]:
    """The codes whose details are of a day before `day`, and of which."""
    told = ((code, _day(each.get("TradingDay"))) for code, each in details.items() if isinstance(each, Mapping))
    return {code: each for code, each in told if each and each < day.isoformat()}


def _differences(one: Instrument, detail: Mapping[str, Any], day: date) -> list[str]:
    out = []
    if not one.limits_agree:
        told, own = (
            f"{one.told_down / 1000:g}–{one.told_up / 1000:g}",
            f"{one.limit_down / 1000:g}–{one.limit_up / 1000:g}",
        )
        out.append(names.LIMITS_DIFFER.format(told, own))
    if not one.tick_agrees:
        out.append(names.TICK_DIFFERS.format(detail["PriceTick"], one.tick / 1000))
    told_day = _day(detail.get("TradingDay"))
    if told_day and told_day < day.isoformat():
        out.append(names.DAY_DIFFERS.format(told_day, day.isoformat()))
    return out


def bonds_among(codes: Iterable[str]) -> tuple[str, ...]:
    """Those of them that are convertible bonds, by market and prefix, each once, sorted."""
    return tuple(sorted({code for code in codes if _is_bond(code)}))


def _is_bond(code: str) -> bool:
    try:
        return classify(code).kind is Kind.BOND
    except UnknownCodeError:
        return False


def terms_of(code: str, name: str, info: Mapping[str, Any], day: date) -> BondTerms:
    """A bond's terms from `get_cb_info`; without the right to it everything but code and name is unknown."""
    as_of = day.isoformat()
    if not info:
        return BondTerms(code=code, name=name, size_known=False, source=SOURCE, as_of=as_of)
    size = _size(info.get("bondReMainSize"))
    last_day = _day(info.get("forceRedeemTradeDate"))
    return BondTerms(
        code=code,
        name=mean.text_of(info.get("bondName")) or name,
        stock_code=mean.text_of(info.get("stockCode")),
        stock_name=mean.text_of(info.get("stockName")),
        conv_price=_price_or_none(info.get("bondConvPrice")),
        remaining_yuan=size,
        size_known=size > 0,
        list_day=_day(info.get("bondListDate")),
        maturity=_day(info.get("bondMaturityDate")),
        # no date is not the same as no redemption: the counting days are not told here
        redeem=RedeemState.ANNOUNCED if last_day else RedeemState.UNKNOWN,
        redeem_day=_day(info.get("forceRedeemConvDate")),
        last_day=last_day,
        source=SOURCE,
        as_of=as_of,
    )


def _price_or_none(value: object) -> int:
    """厘, 0 for whatever is no price."""
    try:
        return mean.price_of(value if isinstance(value, int | float) else None, "price")
    except mean.UnclearError:
        return 0


def _size(value: object) -> int:
    """Whole CNY, 0 for whatever is no amount."""
    try:
        return max(0, mean.money_of(value if isinstance(value, int | float) else None, "bondReMainSize") // 1000)
    except mean.UnclearError:
        return 0


def _day(value: object) -> str:
    """ISO day of a number or text YYYYMMDD; '' for the many ways to say none."""
    text = str(value) if isinstance(value, int | str) else ""
    if len(text) != DAYS_8 or not text.isdigit():
        return ""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return ""
