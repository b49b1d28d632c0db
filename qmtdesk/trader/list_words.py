"""What a desk is told about a list that was read."""

from collections.abc import Collection

from qmtdesk.domain.bond_facts import CELLS, BondFacts
from qmtdesk.domain.bond_list import BondList, Problem
from qmtdesk.store.bond_list_file import Table
from qmtdesk.store.bond_list_kept import KeptLists
from qmtdesk.wire.bond_talk import BondListAnswer, ListColumn, ListProblem, ReadBondList, UnitChoice

SHOWN_COLUMNS = 40


def problem_of(problem: Problem) -> ListProblem:
    """A problem as it goes over the pipe."""
    return ListProblem(fault=problem.fault.value, row=problem.row, column=problem.column, value=problem.value)


def answer_of(
    number: int, wish: ReadBondList, table: Table, found: BondList, kept: KeptLists, here: Collection[str]
) -> BondListAnswer:
    """Everything the user needs to say yes or no."""
    fresh, changed, gone = _compared(found.bonds, kept.now.bonds)
    days = [bond.as_of for bond in found.bonds if bond.as_of]
    return BondListAnswer(
        id=number,
        name=table.name,
        kind=table.kind,
        encoding=table.encoding,
        sheet=table.sheet,
        digest=table.digest,
        columns=tuple(
            ListColumn(
                header=seen.header,
                column=seen.column.value if seen.column else "",
                unit=seen.unit.value if seen.unit else "",
                live=seen.live,
            )
            for seen in found.columns[:SHOWN_COLUMNS]
        ),
        sample=tuple(row[:SHOWN_COLUMNS] for row in found.sample),
        unit=found.unit.value if found.unit else wish.unit,
        choices=tuple(
            UnitChoice(unit=each.unit.value, middle_yuan=each.middle_yuan, likely=each.likely) for each in found.guesses
        ),
        as_of=min(days, default=""),
        own_dates=found.own_dates,
        hint=table.day,
        hint_from=table.day_from,
        good=found.good,
        bad=found.bad,
        problems=tuple(map(problem_of, found.problems)),
        refused=problem_of(found.refused) if found.refused else None,
        here=sum(1 for bond in found.bonds if bond.code in here),
        fresh=fresh,
        changed=changed,
        gone=gone,
    )


def _compared(fresh: tuple[BondFacts, ...], now: tuple[BondFacts, ...]) -> tuple[int, int, int]:
    """How many bonds are new, told otherwise, or no more in the list; a later day alone is no change."""
    before = {bond.code: bond for bond in now}
    codes = {bond.code for bond in fresh}
    changed = sum(
        1
        for bond in fresh
        if bond.code in before and any(getattr(bond, cell) != getattr(before[bond.code], cell) for cell in CELLS)
    )
    return len(codes - before.keys()), changed, len(before.keys() - codes)
