"""The bond list in force, the one before it, what the user typed, and the database: one file, replaced whole."""

from pathlib import Path
from typing import Any

import msgspec

from qmtdesk.domain.bond_facts import CELLS, BondFacts
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.inside import inside
from qmtdesk.wire.typed_file import TypedFile

FILE = "bond-list.json"
VERSION = 1


class KeptList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One imported list. `as_of` is the oldest day in it, `at` when it was taken over (Unix ms of the computer)."""

    name: str = ""
    kind: str = ""
    digest: str = ""
    as_of: str = ""
    at: int = 0
    bad: int = 0
    bonds: tuple[BondFacts, ...] = ()


class KeptLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of it. `before` is what 恢复 brings back; an empty list is one like any other."""

    version: int = VERSION
    now: KeptList = KeptList()
    before: KeptList | None = None
    hand: tuple[BondFacts, ...] = ()
    sql_url: str = ""
    sql_table: str = ""


def kept_lists(folder: Path) -> TypedFile[KeptLists]:
    """The file in the data folder."""
    return TypedFile(inside(folder, FILE), KeptLists, VERSION)


def with_list(kept: KeptLists, fresh: KeptList) -> KeptLists:
    """A new list in force; the one before can be brought back."""
    return msgspec.structs.replace(kept, now=fresh, before=kept.now)


def swapped(kept: KeptLists) -> KeptLists:
    """The list before in force again, and the present one kept in its place."""
    return kept if kept.before is None else msgspec.structs.replace(kept, now=kept.before, before=kept.now)


def with_hand(kept: KeptLists, facts: BondFacts) -> KeptLists:
    """What the user typed of one bond goes before what they typed of it earlier; no cells at all take that away."""
    told = frozenset(cell for cell in CELLS if getattr(facts, cell) is not None)
    nothing: dict[str, Any] = dict.fromkeys(told)
    rest = [
        each if each.code != facts.code else replace(each, **nothing)
        for each in kept.hand
        if told or each.code != facts.code
    ]
    hand = tuple(each for each in (facts, *rest) if any(getattr(each, cell) is not None for cell in CELLS))
    return msgspec.structs.replace(kept, hand=hand)
