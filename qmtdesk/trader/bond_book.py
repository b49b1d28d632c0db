"""The terms of all bonds as the trader uses them: what the gateway tells under what the user's own lists tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from qmtdesk.domain.bond_facts import BondFacts, facts_of, laid_over
from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.replacing import replace
from qmtdesk.store.bond_list_kept import KeptLists
from qmtdesk.wire.bond_talk import BondListRow


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading of a list has come; '' when none is read."""

    name: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class BondBook:
    """All sources of terms, and what they come to. `terms` is a new mapping only when something in it changed."""

    kept: KeptLists = field(default_factory=KeptLists)
    gateway: Mapping[str, BondTerms] = field(default_factory=dict)
    terms: dict[str, BondTerms] = field(default_factory=dict)
    reading: Reading = Reading()
    problem: str = ""

    def told(self, terms: Iterable[BondTerms]) -> "BondBook":
        """The gateway's terms of a new day."""
        return self._with(gateway={each.code: each for each in terms})

    def keeping(self, kept: KeptLists) -> "BondBook":
        """Other lists of the user are in force."""
        return replace(self._with(kept=kept), problem="")

    def at(self, reading: Reading) -> "BondBook":
        """A list is being read, or is not any more."""
        return replace(self, reading=reading)

    def _with(self, *, kept: KeptLists | None = None, gateway: Mapping[str, BondTerms] | None = None) -> "BondBook":
        kept, gateway = kept or self.kept, self.gateway if gateway is None else gateway
        return replace(self, kept=kept, gateway=gateway, terms=_merged(kept, gateway))

    @property
    def row(self) -> BondListRow:
        """What desks are shown of it."""
        kept, before = self.kept, self.kept.before
        return BondListRow(
            name=kept.now.name,
            kind=kept.now.kind,
            as_of=kept.now.as_of,
            at=kept.now.at,
            count=len(kept.now.bonds),
            bad=kept.now.bad,
            before=before.name if before is not None else "",
            before_count=len(before.bonds) if before is not None else -1,
            hand=len({facts.code for facts in kept.hand}),
            reading=self.reading.name,
            done=self.reading.done,
            total=self.reading.total,
            sql_url=kept.sql_url,
            sql_table=kept.sql_table,
            problem=self.problem,
        )


def _merged(kept: KeptLists, gateway: Mapping[str, BondTerms]) -> dict[str, BondTerms]:
    """A bond that only a list knows is shown too; it has no price and so is never picked."""
    own: dict[str, list[BondFacts]] = {}
    for facts in (*kept.now.bonds, *kept.hand):
        own.setdefault(facts.code, []).append(facts)
    merged = {
        code: laid_over((facts_of(terms), *own[code])) if code in own else terms for code, terms in gateway.items()
    }
    merged.update({code: laid_over(told) for code, told in own.items() if code not in gateway})
    return merged


def bare_terms(day: str, instruments: Iterable[Instrument]) -> list[BondTerms]:
    """The bonds of a source that knows no terms: everything but code and name is unknown."""
    return [
        BondTerms(code=each.code, name=each.name, size_known=False, source="replay", as_of=day)
        for each in instruments
        if each.kind is Kind.BOND
    ]
