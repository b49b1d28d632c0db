"""The words of `qmtdesk replay`: positions, guards and grids as typed, each a clear error or a plan."""

from collections.abc import Mapping

from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.money import BadMoneyError, parse_cny, parse_price
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan, Readiness
from qmtdesk.engine.pnl import Lot


class BadWordError(ValueError):
    """A word of the command line that cannot be understood; the text names it and says what it should look like."""


def _split(word: str, form: str) -> tuple[str, str, dict[str, str]]:
    """CODE=VALUE,key=value,… or CODE,key=value,… taken apart."""
    head, *rest = word.split(",")
    code, _, value = head.partition("=")
    options = {}
    for part in rest:
        key, equals, text = part.partition("=")
        if not equals or not key or key in options:
            raise BadWordError(f"{part!r} in {word!r} is not key=value, or stands there twice; the form is {form}")
        options[key] = text
    return _code(code, word), value, options


def _code(text: str, word: str) -> str:
    try:
        return classify(text).code
    except UnknownCodeError as error:
        raise BadWordError(f"{word!r}: {error}") from error


def _number(text: str, what: str, word: str, least: int = 1) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise BadWordError(f"{what} was {text!r} in {word!r}: a whole number from {least} on is needed")
    return int(text)


def _money(text: str, what: str, word: str) -> int:
    try:
        milli = parse_cny(text)
    except BadMoneyError as error:
        raise BadWordError(f"{what} in {word!r}: {error}") from error
    if milli <= 0:
        raise BadWordError(f"{what} was {text} in {word!r}: an amount above zero is needed")
    return milli


def _known(options: Mapping[str, str], names: set[str], word: str, form: str) -> None:
    strange = sorted(set(options) - names)
    if strange:
        raise BadWordError(f"{', '.join(strange)} in {word!r} is not known; the form is {form}")


def cash_of(word: str) -> int:
    """`--cash CNY` in 厘."""
    return _money(word, "cash", word)


def position_of(word: str) -> tuple[str, Lot]:
    """`--position CODE=VOLUME@COST`; the cost is a price in CNY."""
    form = "CODE=VOLUME@COST"
    code, value, options = _split(word, form)
    _known(options, set(), word, form)
    volume, at, cost = value.partition("@")
    if not at:
        raise BadWordError(f"{word!r} has no cost; the form is {form}")
    shares = _number(volume, "volume", word)
    try:
        return code, Lot(shares, shares * parse_price(cost))
    except BadMoneyError as error:
        raise BadWordError(f"cost in {word!r}: {error}") from error


def guard_of(word: str) -> GuardPlan:
    """`--guard CODE=THRESHOLD_CNY[,readiness=auto|once|above|n][,confirm=N]`."""
    form = "CODE=THRESHOLD_CNY[,readiness=auto|once|above|N][,confirm=N]"
    code, value, options = _split(word, form)
    _known(options, {"readiness", "confirm"}, word, form)
    ready = options.get("readiness", "auto")
    named = {"auto": Readiness.AUTO, "once": Readiness.ONCE, "above": Readiness.ABOVE}
    return GuardPlan(
        code=code,
        threshold=_money(value, "threshold", word),
        readiness=named.get(ready, Readiness.SNAPSHOTS),
        snapshots=1 if ready in named else _number(ready, "readiness", word),
        confirm=_number(options.get("confirm", "1"), "confirm", word),
    )


def grid_of(word: str) -> GridPlan:
    """`--grid CODE[,step_bp=N][,unit=N][,amount=CNY][,base=prev_close|last|PRICE]`."""
    form = "CODE[,step_bp=N][,unit=N][,amount=CNY][,base=prev_close|last|PRICE]"
    code, value, options = _split(word, form)
    if value:
        raise BadWordError(f"{word!r} gives the code a value; the form is {form}")
    _known(options, {"step_bp", "unit", "amount", "base"}, word, form)
    base = options.get("base", "prev_close")
    kind = {"prev_close": BaseKind.PREV_CLOSE, "last": BaseKind.LAST}.get(base, BaseKind.TYPED)
    try:
        typed = parse_price(base) if kind is BaseKind.TYPED else 0
    except BadMoneyError as error:
        raise BadWordError(f"base in {word!r}: {error}") from error
    return GridPlan(
        code=code,
        base=kind,
        base_price=typed,
        step_bp=_number(options.get("step_bp", "30"), "step_bp", word),
        unit=_number(options["unit"], "unit", word) if "unit" in options else 0,
        amount=_money(options.get("amount", "20000"), "amount", word),
    )
