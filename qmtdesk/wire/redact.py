"""What of a text nobody else may read: account numbers, tokens, passwords, addresses that carry a key."""

import json
import re
from collections.abc import Callable
from itertools import pairwise

from qmtdesk.wire import texts_redact as words

HIDDEN = "****"
LEAST_SECRET = 4
LEAST_ACCOUNT = 4
LOOSE = 6
"""A known number of at least so many digits is found inside a longer run of digits too."""

_WIDE = {str(digit): chr(0xFF10 + digit) for digit in range(10)}

# no name begins with a repetition, and no value is unbounded in quotes: a long text must not take long
_NAMES = (
    r"(?:passw(?:or)?d|passphrase|secret|token|credential|signature|sendkey|webhook|api[_-]?key)s?"
    rf"|(?<![A-Za-z])(?:pass|pwd|key|cookie)|authorization|{words.SECRET}"
)
_LABELLED = re.compile(
    rf"(?P<name>(?:{_NAMES})['\"`]?\s{{0,8}}(?:[:={words.COLON}]|\bis\b|{words.IS})\s{{0,8}}|--(?:{_NAMES})\s{{1,8}})"
    r"(?P<value>b?'(?:\\.|[^'\\]){0,400}'|b?\"(?:\\.|[^\"\\]){0,400}\"|(?:(?:bearer|basic|token)\s+)?[^\s,;&}\])]+)",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?P<name>\b(?:bearer|basic)\s+)(?P<value>[\w.~+/=-]{6,})", re.IGNORECASE)
_URL = re.compile(rf"\b(?P<scheme>[a-z][a-z0-9+.-]{{1,11}}://)(?P<rest>[^\s'\"<>{words.MARKS}]+)", re.IGNORECASE)
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32,}(?![0-9A-Za-z])", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_+=-]{20,}")
_CAMEL = re.compile(r"[A-Z][a-z]*")

_NAMED = (
    r"price|cash|amount|value|total|pnl|money|fees?|seal|limit|floor|cap|threshold|volume|lots|shares|frozen|balance"
    r"|row|byte|command|request|process|pid|seed|seq"
)
_FIGURE = (
    rf"{_NAMED}|paid|realised|floating|turnover|size|room|at|clock|asked|gap|lag|age|day|date|ref|order_id|traded_id"
)
_OURS = (
    r"(?<![A-Za-z])q\d{6}-\d{6}(?!\d)"  # an order ref
    r"|(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{6}(?!\d)"  # the stamp of a file that is kept aside
    r"|(?<![0-9A-Za-z])(?=[0-9]{0,15}[a-f])[0-9a-f]{16}(?![0-9A-Za-z])"  # the name of a run or of a replay
)
_UNITS = (
    rf"{words.UNITS}|(?:{words.UNITS_OR_NAMES})(?![\u4e00-\u9fff])"
    r"|(?:ms|us|ns|s|bp|ppm|bytes|CNY|shares|lots|rows)(?![A-Za-z])"
)
_DIGITS = re.compile(
    rf"(?P<ours>{_OURS})"
    rf"|(?P<figure>(?<![A-Za-z])(?:(?:{_FIGURE}|milli|ms|us|ns)['\"]?\s?[:=]|(?:{_NAMED}))\s?[+-]?)?"
    r"(?<!\d)(?P<digits>\d{8,24})(?!\d)"
    rf"(?P<more>\.\d{{2,3}}(?!\d)|\s?(?:{_UNITS}))?"
)
_ACCOUNT = re.compile(
    rf"(?P<name>(?:{words.ACCOUNT}|(?<![A-Za-z])(?:account|acct|acc|client|login)s?(?:[ _-]?(?:id|no|number))?)"
    rf"['\"]?\s?(?:[:={words.COLON} ]|{words.IS})?\s?b?['\"]?)(?P<digits>[A-Za-z]{{0,2}}\d{{4,24}})(?![\d.])",
    re.IGNORECASE,
)


def mask_account(number: str) -> str:
    """An account number as it may be shown and logged: 66****396."""
    return f"{number[:2]}{HIDDEN}{number[-3:]}" if len(number) > 6 else HIDDEN


class Redactor:
    """Knows what is secret in this process. Any thread; what is told once is hidden from then on."""

    def __init__(self) -> None:
        self._accounts: frozenset[str] = frozenset()
        self._secrets: frozenset[str] = frozenset()
        self._known: re.Pattern[str] | None = None
        self._hidden: re.Pattern[str] | None = None

    def know_account(self, number: str) -> None:
        """Hide exactly this account number; ValueError when it is too short to be told from an ordinary figure."""
        if len(number) < LEAST_ACCOUNT or not (number.isascii() and number.isalnum()):
            raise ValueError("an account number has at least four letters or digits")
        self._accounts |= {number}
        self._known = re.compile("|".join(map(_spelt, sorted(self._accounts, key=len, reverse=True))))

    def know_secret(self, secret: str) -> None:
        """Hide this token, password or address wherever it stands; ValueError when it is too short to be found."""
        if len(secret) < LEAST_SECRET:
            raise ValueError("a secret has at least four characters")
        self._secrets |= {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], _percent(secret)}
        longest_first = sorted(self._secrets, key=len, reverse=True)
        self._hidden = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def redact(self, text: str) -> str:
        """The text without what nobody else may read. Never raises.

        What is called an account is hidden always. Digit runs that only look like one are hidden as long as no
        account is known; figures with a name or a unit, times, codes, prices and our own order refs are left.
        """
        if self._hidden is not None:
            text = self._hidden.sub(HIDDEN, text)
        if self._known is not None:
            text = self._known.sub(_masked, text)
        text = _URL.sub(_short_url, text)
        for pattern in (_LABELLED, _BEARER):
            text = pattern.sub(_unlabelled, text)
        text = _WORD.sub(_no_token, _HEX.sub(HIDDEN, _UUID.sub(HIDDEN, text)))
        text = _ACCOUNT.sub(_no_labelled, text)
        return text if self._accounts else _DIGITS.sub(_no_account, text)


def _spelt(number: str) -> str:
    """However the number is written: full-width, or in groups."""
    body = "[ -]?".join(f"[{each}{_WIDE[each]}]" if each in _WIDE else re.escape(each) for each in number)
    return body if len(number) >= LOOSE else rf"(?<!\w){body}(?!\w)"


def _percent(secret: str) -> str:
    return "".join(chr(b) if chr(b).isalnum() and b < 128 else f"%{b:02X}" for b in secret.encode())


def _masked(found: re.Match[str]) -> str:
    return mask_account(re.sub("[ -]", "", found[0]))


def _short_url(found: re.Match[str]) -> str:
    """Scheme and host; a webhook's key is its path, a proxy's password stands before the host."""
    if found["scheme"].lower() == "file://":
        return found[0]
    host = re.split(r"[/?#]", found["rest"], maxsplit=1)[0]
    return f"{found['scheme']}{host.rpartition('@')[2]}" + (f"/{HIDDEN}" if found["rest"] != host else "")


def _unlabelled(found: re.Match[str]) -> str:
    value = found["value"]
    quote = value[-1] if value[-1] in "'\"" and len(value) > 1 and value[0] in "b'\"" else ""
    return f"{found['name']}{quote}{HIDDEN}{quote}"


def _no_token(found: re.Match[str]) -> str:
    return HIDDEN if _is_random(found[0]) else found[0]


def _is_random(word: str) -> bool:
    """Long, and made as no name of ours is: letters and digits in one piece, or capitals all over."""
    for piece in re.split(r"[_=-]", word):
        letters = [c for c in piece if c.isalpha()]
        digits = [c for c in piece if c.isdigit()]
        if len(piece) >= 20 and len(letters) >= 2 and len(digits) >= 2:
            return True
    capitals, lower = _CAMEL.findall(word), sum(c.islower() for c in word)
    mixed = bool(capitals) and lower >= 3 and any(c.isdigit() for c in word)
    shuffled = len(capitals) >= 5 and lower >= 3 and sum(map(len, capitals)) < 3.4 * len(capitals)
    return shuffled or (mixed and _switches(word) * 3 >= len(word))


def _switches(word: str) -> int:
    """How often small letters, capitals, digits and marks take turns."""
    kinds: list[Callable[[str], bool]] = [str.islower, str.isupper, str.isdigit]
    told = [next((n for n, kind in enumerate(kinds) if kind(c)), 3) for c in word]
    return sum(one != other for one, other in pairwise(told))


def _no_labelled(found: re.Match[str]) -> str:
    return f"{found['name']}{mask_account(found['digits'])}"


def _no_account(found: re.Match[str]) -> str:
    if found["ours"] or found["figure"] or found["more"]:
        return found[0]
    return mask_account(found["digits"])


_REDACTOR = Redactor()
know_account = _REDACTOR.know_account
know_secret = _REDACTOR.know_secret
redact = _REDACTOR.redact
