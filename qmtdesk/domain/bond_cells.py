"""One cell of a bond list: its text as a value, or why it is none."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from qmtdesk.domain.bond_headers import BLANK, DAY, LISTED_WORDS, REDEEM_WORDS, UNIT_WORDS, YUAN, Unit, plain
from qmtdesk.domain.bond_terms import RedeemState
from qmtdesk.domain.codes import UnknownCodeError, classify, has_rules
from qmtdesk.domain.instrument import Kind, Market


class Fault(str, Enum):
    """What can be wrong with a cell, a row, or a list as a whole."""

    CODE_EMPTY = "code_empty"
    CODE_BAD = "code_bad"
    CODE_DAMAGED = "code_damaged"
    CODE_NOT_BOND = "code_not_bond"
    CODE_TWICE = "code_twice"
    FORMULA = "formula"
    NUMBER_BAD = "number_bad"
    TOO_FINE = "too_fine"
    SIZE_IMPOSSIBLE = "size_impossible"
    PRICE_IMPOSSIBLE = "price_impossible"
    DATE_BAD = "date_bad"
    DATE_SERIAL = "date_serial"
    DATE_SHORT = "date_short"
    DATE_FAR = "date_far"
    DATE_FUTURE = "date_future"
    TEXT_BAD = "text_bad"
    WORD_UNKNOWN = "word_unknown"
    # the list as a whole
    NOT_THERE = "not_there"
    NOT_A_FILE = "not_a_file"
    BAD_PATH = "bad_path"
    NO_RIGHT = "no_right"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_BONDS = "too_many_bonds"
    TOO_WIDE = "too_wide"
    LONG_CELL = "long_cell"
    OLD_EXCEL = "old_excel"
    IS_HTML = "is_html"
    NOT_TEXT = "not_text"
    BAD_ARCHIVE = "bad_archive"
    BOMB = "bomb"
    LOCKED = "locked"
    NO_HEADER = "no_header"
    NO_TERMS = "no_terms"
    TWO_COLUMNS = "two_columns"
    NO_BONDS = "no_bonds"
    TOO_MANY_BAD = "too_many_bad"
    UNIT_ASKED = "unit_asked"
    UNIT_UNLIKELY = "unit_unlikely"
    NO_DATE = "no_date"
    CHANGED = "changed"
    STOPPED = "stopped"
    TOO_SLOW = "too_slow"
    BUSY = "busy"
    NOT_SAVED = "not_saved"
    NO_PREVIOUS = "no_previous"
    NO_DATABASE = "no_database"
    BAD_URL = "bad_url"
    PASSWORD_IN_URL = "password_in_url"  # noqa: S105 - the name of a fault
    NO_DRIVER = "no_driver"
    QUERY_FAILED = "query_failed"
    BROKEN = "broken"


class CellError(ValueError):
    """A cell that is no value."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


OLDEST_DAY, LATEST_DAY = date(1990, 1, 1), date(2100, 1, 1)
MAX_SIZE_YUAN = 100_000_000_000
MIN_SIZE_YUAN = 100  # one bond of 100 CNY face
MAX_PRICE = Decimal(10_000)
TEXT_LENGTH = 32
_SLACK = Decimal("0.0000005")  # what binary floats in a spreadsheet add to a decimal price
_NUMBER = re.compile(r"-?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,18})(\.[0-9]{0,20})?")
_POWERED = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")
_CODE = re.compile(r"([0-9]{6})(?:\.0+)?")
_SUFFIXED = re.compile(r"([0-9]{6})\.?(SH|SZ|XSHG|XSHE|SSE|SZSE)")
_PREFIXED = re.compile(r"(SHSE|SZSE|SH|SZ)\.?([0-9]{6})")
_QUOTED = re.compile(r'="([^"=]*)"')
_JOINED = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:\.0+)?")
_SERIAL = re.compile(r"[1-9][0-9]{4}(\.[0-9]*)?")
_SHORT = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([0-9]{2})?")
_COUNT = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(\|[0-9]+)?")
_MARKETS = {"XSHG": "SH", "SSE": "SH", "SHSE": "SH", "XSHE": "SZ", "SZSE": "SZ", "SH": "SH", "SZ": "SZ"}


def cleaned(cell: str) -> str:
    """The cell without blanks around it and without the ways a spreadsheet marks text; CellError for a formula."""
    text = unicodedata.normalize("NFKC", cell).strip()
    found = _QUOTED.fullmatch(text)
    if found:
        return found.group(1).strip()
    if text.startswith(("=", "@")) or (text.startswith(("+", "-")) and "(" in text):
        raise CellError(Fault.FORMULA)
    return text.removeprefix("'")


def is_blank(text: str) -> bool:
    """Whether a cleaned cell says nothing."""
    return plain(text) in BLANK


def bond_code(text: str) -> str:
    """A convertible bond's code with its exchange, however it was written; what a spreadsheet ruined is refused."""
    code = _full_code(text)
    try:
        listing = classify(code)
    except UnknownCodeError:
        raise CellError(Fault.CODE_NOT_BOND) from None
    if listing.kind is not Kind.BOND:
        raise CellError(Fault.CODE_NOT_BOND)
    return code


def stock_code(text: str) -> str:
    """A stock's code with its exchange."""
    code = _full_code(text.zfill(6) if text.isascii() and text.isdigit() else text)
    try:
        return classify(code).code
    except UnknownCodeError:
        raise CellError(Fault.CODE_BAD) from None


def _full_code(text: str) -> str:
    upper = text.upper().replace(",", "")
    if _POWERED.fullmatch(upper):
        raise CellError(Fault.CODE_DAMAGED)
    found = _SUFFIXED.fullmatch(upper)
    if found:
        return f"{found.group(1)}.{_MARKETS[found.group(2)]}"
    found = _PREFIXED.fullmatch(upper)
    if found:
        return f"{found.group(2)}.{_MARKETS[found.group(1)]}"
    found = _CODE.fullmatch(upper)
    if found is None:
        raise CellError(Fault.CODE_BAD)
    return _with_market(found.group(1))


def _with_market(digits: str) -> str:
    """A bare number has one exchange at most on which this program knows it."""
    found = next((code for market in Market if has_rules(code := f"{digits}.{market.value}")), "")
    if not found:
        raise CellError(Fault.CODE_NOT_BOND)
    return found


def number(text: str) -> Decimal:
    """A plain decimal, thousands grouped or not."""
    if not text.isascii() or not _NUMBER.fullmatch(text):
        raise CellError(Fault.NUMBER_BAD)
    return Decimal(text.replace(",", ""))


def size_parts(text: str) -> tuple[Decimal, Unit | None]:
    """A size and the unit written behind it, if any."""
    for word in sorted(UNIT_WORDS, key=len, reverse=True):
        if text.casefold().endswith(word):
            return number(text[: -len(word)].strip()), UNIT_WORDS[word]
    return number(text), None


def size_yuan(value: Decimal, unit: Unit) -> int:
    """A remaining size in whole CNY; one that no bond can have is refused."""
    yuan = value * YUAN[unit]
    if value < 0 or yuan > MAX_SIZE_YUAN or 0 < yuan < MIN_SIZE_YUAN:
        raise CellError(Fault.SIZE_IMPOSSIBLE)
    return int(yuan.quantize(Decimal(1), ROUND_HALF_UP))


def price_milli(text: str) -> int:
    """A conversion price in 厘."""
    value = number(text)
    if not 0 < value <= MAX_PRICE:
        raise CellError(Fault.PRICE_IMPOSSIBLE)
    exact = value.quantize(Decimal("0.001"), ROUND_HALF_UP)
    if abs(exact - value) > _SLACK:
        raise CellError(Fault.TOO_FINE)
    return int(exact * 1000)


def iso_day(text: str) -> str:
    """A day as ISO text. The year comes first and has four digits; anything else could be read in two ways."""
    head = re.split(r"[ T]", text, maxsplit=1)[0]
    found = DAY.fullmatch(head) or _JOINED.fullmatch(head)
    if found is None:
        if _SERIAL.fullmatch(head):
            raise CellError(Fault.DATE_SERIAL)
        raise CellError(Fault.DATE_SHORT if _SHORT.fullmatch(head) else Fault.DATE_BAD)
    try:
        day = date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    except ValueError:
        raise CellError(Fault.DATE_BAD) from None
    if not OLDEST_DAY <= day <= LATEST_DAY:
        raise CellError(Fault.DATE_FAR)
    return day.isoformat()


def short_text(text: str) -> str:
    """A name or a rating: short, printable, and nothing that could pass for markup."""
    if len(text) > TEXT_LENGTH or not text.isprintable() or any(sign in text for sign in "<>"):
        raise CellError(Fault.TEXT_BAD)
    return text


def redeem_state(text: str) -> tuple[RedeemState, int | None, int | None]:
    """How near a redemption is; a count such as 5/15 with its numbers."""
    word = plain(text)
    found = _COUNT.fullmatch(word)
    if found:
        have, need = int(found.group(1)), int(found.group(2))
        return (RedeemState.MET if have >= need else RedeemState.COUNTING), have, need
    if word not in REDEEM_WORDS:
        raise CellError(Fault.WORD_UNKNOWN)
    return REDEEM_WORDS[word], None, None


def is_listed(text: str) -> bool:
    """Whether a status says that the bond trades."""
    word = plain(text).removesuffix(".0")
    if word.isdigit():
        return int(word) == 0
    if word not in LISTED_WORDS:
        raise CellError(Fault.WORD_UNKNOWN)
    return LISTED_WORDS[word]


def day_in_name(name: str) -> str:
    """The one day that stands in a file's name as ISO text, '' without one."""
    found = {
        _try_day(match.group(0)) for match in re.finditer(r"20[0-9]{2}([-_.]?)[0-9]{2}\1[0-9]{2}(?![0-9])", name)
    } - {""}
    return found.pop() if len(found) == 1 else ""


def _try_day(text: str) -> str:
    try:
        return iso_day(text.replace("_", "-"))
    except CellError:
        return ""
