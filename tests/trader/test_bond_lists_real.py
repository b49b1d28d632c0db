"""The real trader imports a bond list: shown first, then in force, over a restart, and brought back."""

import os
from pathlib import Path

import pytest
from desk_stand_in import DeskStandIn

from qmtdesk.domain.plans import GridPlan
from qmtdesk.wire.bond_talk import BondListAnswer, BondListRow, BondListWish, ReadBondList, TypeBond
from qmtdesk.wire.rows import BondRow, ScreenRow
from qmtdesk.wire.talk import Ack, Demo, GridPreview, PreviewGrid

pytestmark = pytest.mark.skipif(os.name == "nt", reason="stops processes by POSIX signals")


def ask(desk: DeskStandIn, wish: ReadBondList | BondListWish | TypeBond) -> BondListAnswer:
    """Send and wait for the answer."""
    got: list[BondListAnswer | Ack] = []
    desk.link.request(wish, got.append)  # type: ignore[arg-type]
    answer = desk.until(lambda: got[0] if got else None, "answer")
    assert isinstance(answer, BondListAnswer), answer
    return answer


def bonds(desk: DeskStandIn) -> dict[str, BondRow]:
    return {row.code: row for row in desk.all(BondRow)}


def kept(desk: DeskStandIn) -> BondListRow:
    row = desk.rows[BondListRow, ""]
    assert isinstance(row, BondListRow)
    return row


@pytest.mark.fault("O12")
def test_a_list_is_seen_first_then_in_force_then_brought_back(tmp_path: Path) -> None:
    file = tmp_path / "名单.csv"
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready and bonds(desk), "ready")
        known = sorted(bonds(desk))
        day = desk.status.day if desk.status else ""
        lines = [f"{code[:6]},{2 + n / 100:.2f},{day}" for n, code in enumerate(known)]
        file.write_text("\n".join(["转债代码,剩余规模,数据日期", *lines, "128999,2.35,"]), "gbk")

        seen = ask(desk, ReadBondList(source="file", place=str(file)))
        assert seen.refused is not None
        assert (seen.refused.fault, seen.encoding, seen.here) == ("unit_asked", "gb18030", len(known))
        assert [choice.likely for choice in seen.choices] == [True, False, False]
        assert kept(desk).count == 0

        wish = ReadBondList(source="file", place=str(file), unit="yi", as_of=day, use=True, digest=seen.digest)
        used = ask(desk, wish)
        assert used.used
        assert used.good == len(known) + 1
        desk.until(lambda: bonds(desk)[known[0]].remaining_yuan == 200_000_000, "the size of the list")
        row = bonds(desk)[known[0]]
        assert ("remaining_yuan", "file", day) in (*row.origins, ("remaining_yuan", row.source, row.as_of))
        assert bonds(desk)["128999.SZ"].why.why.value == "price_unknown"

    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready and bonds(desk), "ready again")
        assert (kept(desk).name, kept(desk).count) == ("名单.csv", len(known) + 1)
        desk.until(lambda: bonds(desk)[known[0]].remaining_yuan == 200_000_000, "still in force")
        assert ask(desk, BondListWish(what="restore")).used
        desk.until(lambda: "128999.SZ" not in bonds(desk), "the list is gone")
        assert ask(desk, BondListWish(what="restore")).name == "名单.csv"

        old = ask(desk, TypeBond(code=known[0], cells=(("size", "1.5亿"), ("redeem_day", "2020-01-01"))))
        assert old.used
        desk.until(lambda: bonds(desk)[known[0]].remaining_yuan == 150_000_000, "the hand's word stands above the list")
        assert bonds(desk)[known[0]].redeem == "announced"


@pytest.mark.fault("O12")
def test_an_old_list_shuts_what_buys_by_the_list(tmp_path: Path) -> None:
    file = tmp_path / "名单_2025-01-06.csv"
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready and bonds(desk), "ready")
        code = min(bonds(desk))
        file.write_text(f"代码,剩余规模(亿元)\n{code},2.5\n", "utf-8-sig")
        seen = ask(desk, ReadBondList(source="file", place=str(file)))
        assert (seen.refused, seen.as_of, seen.hint_from) == (None, "2025-01-06", "name")
        used = ask(desk, ReadBondList(source="file", place=str(file), as_of=seen.as_of, use=True, digest=seen.digest))
        assert used.used

        def screen() -> ScreenRow | None:
            return next(iter(desk.all(ScreenRow)), None)

        desk.until(lambda: (row := screen()) is not None and row.data_old, "the screen says old")
        previews: list[GridPreview] = []
        desk.link.request(PreviewGrid(GridPlan(code=code)), previews.append)  # type: ignore[arg-type]
        preview = desk.until(lambda: previews[0] if previews else None, "preview")
        assert ("warn", "data_old") in [(check.level, check.reason.why.value) for check in preview.checks]
        refused = desk.do(Demo())
        assert not refused.ok
        assert refused.reason is not None
        assert refused.reason.why.value == "data_old"
        assert not desk.grids()
