"""What a dead trader's journal says, drawn as a desk would be shown it."""

from pathlib import Path
from typing import Any

import msgspec

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.engine.books import State
from qmtdesk.engine.core import begin
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.trader import pictures
from qmtdesk.trader.diary import Diary
from qmtdesk.wire.rows import FillRow, GridRow, OrderRow


def state_of(folder: Path) -> State:
    """The state the journal folds to; nobody may be writing it."""
    diary = Diary(folder / "journal.db")
    assert diary.set_aside is None
    try:
        return begin(State(RiskLimits(), FeeSchedule()), diary.past(), resume=True)
    finally:
        diary.close()


def commands_in(folder: Path) -> list[int]:
    """Numbers of the commands that were carried out, as often as they were."""
    diary = Diary(folder / "journal.db")
    try:
        list(diary.past())
        return list(diary.commands)
    finally:
        diary.close()


def unlike(
    folder: Path, orders: dict[str, OrderRow], fills: dict[str, FillRow], grids: dict[str, GridRow]
) -> list[str]:
    """Every row of a desk that says something else than the journal, and every one that is missing on either side."""
    state = state_of(folder)
    wrong = _differing(orders, {ref: pictures.order_row(state, each) for ref, each in state.orders.items()})
    drawn = [pictures.fill_row(state, fill) for fill in state.fills.values()]
    wrong += _differing(fills, {row.key: row for row in drawn})
    for code, book in state.grids.items():
        part = book.grid or book.rolling
        row = grids.get(code)
        held = part.held_total if part else 0
        if row is None or (row.armed, row.held) != (book.armed, held):
            wrong.append(f"grid {code}: {row} for armed {book.armed}, held {held}")
    return wrong


def _differing(shown: dict[str, Any], right: dict[str, Any]) -> list[str]:
    # names come from the market, which a journal does not keep
    bare = {key: msgspec.structs.replace(row, name="") for key, row in shown.items()}
    keys = sorted(bare.keys() | right.keys())
    return [f"{key}: {bare.get(key)} for {right.get(key)}" for key in keys if bare.get(key) != right.get(key)]
