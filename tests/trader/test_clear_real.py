"""The real trader clears what its own grid bought after the bond left the list, and nothing of the user's."""

import os
from pathlib import Path
from typing import Any

import pytest
from desk_stand_in import DeskStandIn

from qmtdesk.domain.messages import ClearRow, DisarmGrid
from qmtdesk.domain.plans import StopHow
from qmtdesk.wire.bond_talk import TypeBond
from qmtdesk.wire.clear_talk import ClearLine, ClearList, ClearRows, KeepWhole, ListClear
from qmtdesk.wire.rows import PositionRow
from qmtdesk.wire.talk import Ack, act

pytestmark = pytest.mark.skipif(os.name == "nt", reason="stops processes by POSIX signals")


def ask(desk: DeskStandIn, wish: Any) -> Any:
    got: list[Any] = []
    desk.link.request(wish, got.append)
    return desk.until(lambda: got[0] if got else None, "answer")


def line_of(desk: DeskStandIn, code: str) -> ClearLine | None:
    found = ask(desk, ListClear())
    assert isinstance(found, ClearList)
    return next((line for line in found.lines if line.code == code), None)


@pytest.mark.fault("M9")
def test_what_a_grid_bought_is_cleared_when_its_bond_left_the_list(tmp_path: Path) -> None:
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready, "ready")
        desk.demo()
        fill = desk.until(
            lambda: next((f for f in desk.fills().values() if f.kind == "first_buy"), None), "a first buy"
        )
        code = fill.code
        assert line_of(desk, code) is None
        assert desk.do(act(DisarmGrid(code, StopHow.CANCEL))).ok
        desk.until(lambda: not any(o.cancellable for o in desk.orders().values() if o.code == code), "cancelled")
        typed = ask(desk, TypeBond(code=code, cells=(("redeem", "已公告强赎"),)))
        assert typed.refused is None

        line = desk.until(lambda: line_of(desk, code), "the bond is off the list")
        assert line.why.why.value == "redeem_announced"
        bought = sum(f.volume * (1 if f.side == "buy" else -1) for f in desk.fills().values() if f.code == code)
        assert line.volume == bought
        position = desk.rows[PositionRow, code].volume

        over = ask(desk, ClearRows(rows=(ClearRow(code, position + 10, line.floor),)))
        assert isinstance(over, Ack)
        assert over.reason is not None
        assert over.reason.why.value == "not_proposed"

        def sell() -> ClearLine | None:
            fresh = line_of(desk, code)
            if fresh is None or fresh.refusal:
                return None
            ack = ask(desk, ClearRows(rows=(ClearRow(code, fresh.volume, fresh.floor),)))
            # a stall between the look and the order makes the bid too old, and it is looked at again
            assert ack.ok or ack.reason.why.value == "quote_stale", ack
            return fresh if ack.ok else None

        line = desk.until(sell, "sold at a fresh bid")
        desk.until(lambda: "cleared" in desk.events, "cleared")
        sold = [f for f in desk.fills().values() if f.code == code and f.kind == "clear"]
        assert sum(f.volume for f in sold) == bought
        assert min(f.price for f in sold) >= line.floor
        left = desk.rows.get((PositionRow, code))
        assert (left.volume if left is not None else 0) == position - bought
        assert line_of(desk, code) is None
        assert ask(desk, KeepWhole(on=True)).ok
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready, "ready again")
        assert ask(desk, ListClear()).whole
