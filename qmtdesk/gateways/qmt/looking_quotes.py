"""A look at the quote side: is it there, how old are its snapshots, what are a bond's units, do its limits agree."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.gateways.qmt.instruments import bonds_among, listed
from qmtdesk.gateways.qmt.looking_level2 import look_at_level2
from qmtdesk.gateways.qmt.meaning import UnclearError
from qmtdesk.gateways.qmt.names import BOND_SECTOR
from qmtdesk.gateways.qmt.native import Native
from qmtdesk.gateways.qmt.snapshots import unit_told
from qmtdesk.gateways.qmt.worker import CommandThread, Done, Failed, Overdue
from qmtdesk.wire.probe_lines import Code, ProbeLine, Said, bad, doubtful, fine, said
from qmtdesk.wire.redact import redact

SHANGHAI = timezone(timedelta(hours=8))
CONNECT_S, CALL_S = 20.0, 10.0
INDEX, STOCK = "000001.SH", "600000.SH"
BONDS, DETAILS = 40, 12
FRESH_S = 60
LONGEST = 200

T = TypeVar("T")


class NoAnswerError(Exception):
    """A call of the quote side failed; `hung` when it did not come back."""

    def __init__(self, text: str, *, hung: bool) -> None:
        super().__init__(text)
        self.hung = hung


def look_at_quotes(native: Native, worker: CommandThread) -> Iterator[ProbeLine]:
    """Line by line; the caller stops listening when one is bad."""
    data = native.xtdata
    try:
        _value(worker.call(data.reconnect, CONNECT_S))
    except NoAnswerError as error:
        yield _failed(error, Code.LOOK_QUOTES)
        return
    yield fine("quotes", said(Code.LOOK_QUOTES), said(Code.QUOTES_UP))
    try:
        sector = _value(worker.call(lambda: data.get_stock_list_in_sector(BOND_SECTOR), CALL_S))
        bonds = _some(bonds_among(map(str, sector or ())), BONDS)
        ticks = _value(worker.call(lambda: data.get_full_tick([INDEX, STOCK, *bonds]), CALL_S)) or {}
        yield _age(ticks, bonds)
        yield from _units(ticks, bonds)
        yield from _limits(native, worker, bonds)
        yield look_at_level2(native)
    except NoAnswerError as error:
        yield _failed(error, Code.LOOK_SNAPSHOT)


def _value(answer: Done[T] | Failed | Overdue) -> T:
    match answer:
        case Done(value):
            return value
        case Failed(text):
            raise NoAnswerError(text, hung=False)
        case Overdue(seconds):
            raise NoAnswerError(f"{seconds:g} s", hung=True)


def _failed(error: NoAnswerError, looked: Code) -> ProbeLine:
    found = (
        said(Code.OVERDUE, seconds=str(error)) if error.hung else said(Code.RAISED, text=redact(str(error))[:LONGEST])
    )
    return bad("quotes", said(looked), found, said(Code.DO_QUOTES), hung=error.hung)


def _some(bonds: tuple[str, ...], most: int) -> tuple[str, ...]:
    """So many of them, of both markets."""
    return bonds[:: max(1, len(bonds) // most)][:most]


def _age(ticks: Mapping[str, Any], bonds: tuple[str, ...]) -> ProbeLine:
    looked = said(Code.LOOK_SNAPSHOT)
    times = {
        code: tick["time"] for code, tick in ticks.items() if isinstance(tick, dict) and _is_time(tick.get("time"))
    }
    if not times:
        codes = ", ".join((INDEX, STOCK, *bonds[:2]))
        return bad("quotes", looked, said(Code.NO_SNAPSHOT, codes=codes), said(Code.DO_QUOTES))
    code = max(times, key=lambda each: int(times[each]))
    at = int(times[code])
    age = max(0, time.time_ns() // 1_000_000 - at)
    if age <= FRESH_S * 1000:
        found = said(Code.SNAPSHOT, code=code, seconds=f"{age / 1000:.1f}")
        return fine("quotes", looked, found, age_ms=age, code=code)
    told = datetime.fromtimestamp(at / 1000, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    found = said(Code.SNAPSHOT_OLD, at=told, code=code)
    return doubtful("quotes", looked, found, said(Code.DO_OUTSIDE_HOURS), age_ms=age, code=code)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and value > 10**12


def _units(ticks: Mapping[str, Any], bonds: tuple[str, ...]) -> Iterator[ProbeLine]:
    """For one bond of each market that has traded: the two may differ."""
    for market in (".SH", ".SZ"):
        codes = [code for code in bonds if code.endswith(market) and isinstance(ticks.get(code), dict)]
        if not codes:
            continue
        known = ((code, unit) for code in codes if (unit := _unit(ticks[code])))
        code, unit = next(known, (codes[0], 0))
        looked = said(Code.LOOK_UNIT, code=code)
        if unit:
            yield fine("quotes", looked, said(Code.UNIT, unit=unit), code=code, unit=unit)
        else:
            yield doubtful("quotes", looked, said(Code.UNIT_UNKNOWN), said(Code.DO_UNIT), code=code, unit=0)


def _unit(tick: Mapping[str, Any]) -> int:
    try:
        return unit_told(tick)
    except UnclearError:
        return 0


def _limits(native: Native, worker: CommandThread, bonds: tuple[str, ...]) -> Iterator[ProbeLine]:
    details: dict[str, Any] = {}
    for code in (STOCK, *_some(bonds, DETAILS)):
        details[code] = _value(worker.call(_one(native.xtdata.get_instrument_detail, code), CALL_S))
    made = listed({code: each for code, each in details.items() if each}, shanghai_day(time.time_ns() // 1_000_000))
    looked = said(Code.LOOK_LIMITS)
    if made.differences:
        text = "; ".join(f"{code} {what}" for code, what in made.differences)[:LONGEST]
        found = said(Code.LIMITS_DIFFER, count=len({code for code, _ in made.differences}), text=text)
        yield doubtful("limits", looked, found, said(Code.DO_LIMITS))
    elif made.instruments:
        yield fine("limits", looked, said(Code.LIMITS_AGREE, count=len(made.instruments)))
    else:
        yield doubtful("limits", looked, _not_told(details), said(Code.DO_OUTSIDE_HOURS))
    if bonds:
        yield _bond_data(_value(worker.call(_one(native.xtdata.get_cb_info, bonds[0]), CALL_S)), bonds[0])


def _one(call: Callable[[str], Any], code: str) -> Callable[[], Any]:
    return lambda: call(code)


def _not_told(details: Mapping[str, Any]) -> Said:
    return said(Code.LIMITS_NOT_TOLD, text=", ".join(list(details)[:4]))


def _bond_data(info: object, code: str) -> ProbeLine:
    looked = said(Code.LOOK_BOND_DATA)
    if info:
        return fine("limits", looked, said(Code.BOND_DATA, code=code))
    return doubtful("limits", looked, said(Code.NO_BOND_DATA), said(Code.DO_BOND_LIST))
