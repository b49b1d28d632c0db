"""What several sources tell of a bond, laid over each other: every cell from the most trusted source that tells it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from qmtdesk.domain.bond_terms import BondTerms, RedeemState


class Source(str, Enum):
    """Where a cell is from, the most trusted first."""

    QMT = "qmt"
    HAND = "hand"  # typed by the user
    FILE = "file"
    SQL = "sql"
    PAPER = "paper"
    REPLAY = "replay"


TRUST = tuple(source.value for source in Source)


@dataclass(frozen=True, slots=True, kw_only=True)
class BondFacts:
    """One source's word on one bond, as of a day ('' unknown). None: it says nothing of that. Units as in BondTerms."""

    code: str
    source: str
    as_of: str
    name: str | None = None
    listed: bool | None = None
    stock_code: str | None = None
    stock_name: str | None = None
    conv_price: int | None = None
    remaining_yuan: int | None = None
    list_day: str | None = None
    maturity: str | None = None
    rating: str | None = None
    redeem: RedeemState | None = None
    redeem_count: int | None = None
    redeem_need: int | None = None
    redeem_day: str | None = None
    last_day: str | None = None


CELLS = (
    "name",
    "listed",
    "stock_code",
    "stock_name",
    "conv_price",
    "remaining_yuan",
    "list_day",
    "maturity",
    "rating",
    "redeem",
    "redeem_count",
    "redeem_need",
    "redeem_day",
    "last_day",
)
DECIDING = ("remaining_yuan", "redeem", "redeem_day", "last_day", "listed")
"""The cells a screen decides by: the oldest of them is how old a bond's terms are."""


def facts_of(terms: BondTerms) -> BondFacts:
    """A gateway's terms as one source's word: what it left empty it does not tell."""
    known = terms.redeem is not RedeemState.UNKNOWN
    return BondFacts(
        code=terms.code,
        source=terms.source,
        as_of=terms.as_of,
        name=terms.name or None,
        listed=terms.listed,
        stock_code=terms.stock_code or None,
        stock_name=terms.stock_name or None,
        conv_price=terms.conv_price or None,
        remaining_yuan=terms.remaining_yuan if terms.size_known else None,
        list_day=terms.list_day or None,
        maturity=terms.maturity or None,
        rating=terms.rating or None,
        redeem=terms.redeem if known else None,
        redeem_count=terms.redeem_count if known else None,
        redeem_need=terms.redeem_need if known else None,
        redeem_day=terms.redeem_day or None,
        last_day=terms.last_day or None,
    )


def laid_over(told: Iterable[BondFacts]) -> BondTerms:
    """One bond's terms out of at least one source's facts, each cell with its origin where it differs from the rest.

    `source` and `as_of` are those of the oldest cell a screen decides by.
    """
    layers = sorted(told, key=_rank)
    picked: dict[str, BondFacts] = {}
    for cell in CELLS:
        found = next((facts for facts in layers if getattr(facts, cell) is not None), None)
        if found is not None:
            picked[cell] = found
    # how far a count has come belongs to the source that told the state, never to another one
    state = picked.get("redeem")
    for cell in ("redeem_count", "redeem_need"):
        if state is not None and getattr(state, cell) is not None:
            picked[cell] = state
        else:
            picked.pop(cell, None)
    deciding = [picked[cell] for cell in DECIDING if cell in picked] or [layers[0]]
    oldest = min(deciding, key=lambda facts: (facts.as_of, _rank(facts)))
    stands = (oldest.source, oldest.as_of)
    values = {cell: getattr(facts, cell) for cell, facts in picked.items()}
    return BondTerms(
        code=layers[0].code,
        name=str(values.pop("name", "")),
        size_known="remaining_yuan" in values,
        source=oldest.source,
        as_of=oldest.as_of,
        origins=tuple(
            (cell, facts.source, facts.as_of) for cell, facts in picked.items() if (facts.source, facts.as_of) != stands
        ),
        **values,
    )


def _rank(facts: BondFacts) -> int:
    return TRUST.index(facts.source) if facts.source in TRUST else len(TRUST)
