"""Redaction of what leaves this machine: also numbers nobody told us of, and who the user is."""

import getpass
import re

from qmtdesk.wire.redact import HIDDEN, Redactor, redact

_HOME = re.compile(
    r"(?P<before>(?:[A-Za-z]:)?[\\/]{1,4}(?:Users|Documents and Settings|home)[\\/]{1,4})"
    r"(?P<name>[^\\/:*?\"<>|\r\n]{1,64}(?=[\\/])|[^\\/:*?\"<>|\s]{1,64})",
    re.IGNORECASE,
)
_NOBODY = frozenset({"root", "user", "admin", "administrator", "public", "default", "qmtdesk"})
LEAST_NAME = 3
_shapes = Redactor()
"""One that knows no account, so that it hides every number that looks like one."""


def redact_fully(text: str) -> str:
    """The text without secrets, without anything that looks like an account's number, without the user's name."""
    text = _shapes.redact(redact(text))
    text = _HOME.sub(lambda found: f"{found['before']}{HIDDEN}", text)
    name = user_name()
    if len(name) >= LEAST_NAME and name.lower() not in _NOBODY:
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", HIDDEN, text, flags=re.IGNORECASE)
    return text


def user_name() -> str:
    """Of whoever runs this, '' when the system does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
