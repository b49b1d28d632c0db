"""Money as whole 厘 (0.001 CNY): reading it, writing it, and the one way to round it."""

import re

MILLI = 1000
"""厘 in one CNY."""

_PLAIN = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,12}))?")


class BadMoneyError(ValueError):
    """A text or a number that is no exact amount of money; the message names it."""


def parse_price(text: str) -> int:
    """The price in 厘 that a plain decimal CNY text says; 0 is allowed and means none."""
    milli = parse_cny(text)
    if milli < 0:
        raise BadMoneyError(f"price was {text!r}: a price is not negative")
    return milli


def parse_cny(text: str) -> int:
    """The amount in 厘 that a plain decimal CNY text says, exactly.

    ASCII digits with an optional minus and fraction only: no blanks, separators, exponents or other digits, because
    each of them is as likely a misread column as a number.
    """
    found = _match(text)
    if found is None:
        raise BadMoneyError(f"amount was {text!r}: not a plain decimal number")
    sign, whole, fraction = found.group(1), found.group(2), found.group(3) or ""
    if fraction[3:].strip("0"):
        raise BadMoneyError(f"amount was {text!r}: finer than 0.001")
    milli = int(whole) * MILLI + int(fraction[:3].ljust(3, "0"))
    return -milli if sign else milli


def decimal_text(milli: int, places: int = 3) -> str:
    """Plain decimal CNY text of an amount in 厘, never rounded: BadMoneyError when `places` cannot hold it."""
    if not 0 <= places <= 3:
        raise BadMoneyError(f"places was {places}: money has 0 to 3")
    scale: int = 10 ** (3 - places)
    if milli % scale:
        raise BadMoneyError(f"amount was {milli} 厘: does not fit {places} places")
    sign = "-" if milli < 0 else ""
    whole, fraction = divmod(abs(milli) // scale, 10**places)
    return f"{sign}{whole}.{fraction:0{places}d}" if places else f"{sign}{whole}"


def round_half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a ratio, halves towards plus infinity (四舍五入 for what is not negative)."""
    _positive(denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def round_down(numerator: int, denominator: int) -> int:
    """The largest whole number not above a ratio."""
    _positive(denominator)
    return numerator // denominator


def round_up(numerator: int, denominator: int) -> int:
    """The smallest whole number not below a ratio."""
    _positive(denominator)
    return -(-numerator // denominator)


def _match(text: object) -> re.Match[str] | None:
    return _PLAIN.fullmatch(text) if isinstance(text, str) else None


def _positive(denominator: int) -> None:
    if denominator <= 0:
        raise BadMoneyError(f"denominator was {denominator}: must be positive")
