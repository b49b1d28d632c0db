"""What the exchange marks in an instrument's short name: risk warning, new listing, delisting."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class NameMarks:
    """The marks of one short name; an empty name carries none."""

    risk_warned: bool = False  # ST, *ST, SST, S*ST
    unreformed: bool = False  # plain S: share reform never done
    first_day: bool = False  # N
    first_week: bool = False  # C: second to fifth day
    leaving: bool = False  # 退: delisting period
    last_day: bool = False  # Z: a bond's last trading day
    ex_right: bool = False  # XD, XR, DR: the reference price is not the last close


_EX_RIGHT = ("XD", "XR", "DR")


@lru_cache(maxsize=16384)
def marks_of(name: str) -> NameMarks:
    """Read the marks; blanks and full-width letters, which some feeds use, do not matter."""
    plain = "".join(unicodedata.normalize("NFKC", name).upper().split())
    # an ex-right mark stands before the others on its one day
    ex_right = plain.startswith(_EX_RIGHT)
    if ex_right:
        plain = plain[2:]
    first_day, first_week = plain.startswith("N"), plain.startswith("C")
    if first_day or first_week:
        plain = plain[1:]
    warned = plain.startswith(("ST", "*ST", "SST", "S*ST"))
    return NameMarks(
        risk_warned=warned,
        unreformed=plain.startswith("S") and not warned,
        first_day=first_day,
        first_week=first_week,
        leaving="退" in plain,
        last_day=plain.startswith("Z"),
        ex_right=ex_right,
    )
