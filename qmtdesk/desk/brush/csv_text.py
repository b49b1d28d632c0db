"""Tables as text: for the clipboard, and as a CSV file a spreadsheet may open without running anything in it."""

import csv
import io
import re
from collections.abc import Sequence

from qmtdesk.desk.brush.format import MINUS, MISSING, THIN
from qmtdesk.wire.redact import redact

_NUMBER = re.compile(r"[+-]?(\d{1,7}|\d{1,3}(,\d{3})+)(\.\d+)?%?", re.ASCII)
"""A longer run of digits without commas is no figure of ours: the format parts thousands."""
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width ones."""
_BLANKS = " \u3000\u00a0\ufeff\"'"
"""What a spreadsheet may skip before it looks for a formula."""


def plain(words: str) -> str:
    """A cell without typography: ASCII minus, plain spaces, '' for missing."""
    return "" if words == MISSING else words.replace(MINUS, "-").replace(THIN, " ")


def safe(words: str) -> str:
    """A cell no spreadsheet takes for a formula, without what nobody else may read; numbers stay numbers."""
    bare = plain(words)
    if _NUMBER.fullmatch(bare):
        return bare.replace(",", "")
    bare = redact(bare)
    return f"'{bare}" if bare.lstrip(_BLANKS).startswith(_RISKY) else bare


def as_csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as CSV text with CRLF ends."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe(cell) for cell in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def as_line(cells: Sequence[str]) -> str:
    """One row for the clipboard, parted by tabs; a spreadsheet runs what is pasted just as what is opened."""
    return "\t".join(safe(plain(cell).replace("\t", " ").replace("\r", " ").replace("\n", " ")) for cell in cells)
