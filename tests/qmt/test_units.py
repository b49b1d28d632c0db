"""What one volume stands for is seen from what was traded, and one odd snapshot changes nothing."""

import csv
import gzip
from pathlib import Path

import pytest

from qmtdesk.gateways.qmt.units import AGREE, STOCK, Traded, Units

STAR, BEIJING, MAIN, BOND = "688001.SH", "830799.BJ", "600719.SH", "113901.SH"


def snapshot(unit: int, volume: int = 800_000) -> Traded:
    """A day between 11 and 12 CNY whose volumes are counted in so many pieces."""
    return Traded(volume // unit, volume * 11_800, 11_000, 12_000)


NOTHING = Traded(0, 0, 0, 0)


class Feed:
    """A feed whose snapshots come three seconds apart, or `again` at the same time."""

    def __init__(self, code: str) -> None:
        self.code, self.at, self.units = code, 0, Units()

    def read(self, told: Traded, *, again: bool = False) -> int:
        self.at += 0 if again else 3_000
        return self.units.took(self.code, told, self.at)


@pytest.mark.parametrize("code", [STAR, BEIJING, MAIN])
@pytest.mark.parametrize("unit", [1, 10])
def test_a_stock_told_in_another_unit_is_not_read_by_the_documented_one(code: str, unit: int) -> None:
    feed = Feed(code)
    assert feed.read(NOTHING) == STOCK
    assert [feed.read(snapshot(unit)) for _ in range(AGREE + 1)] == [*[0] * (AGREE - 1), unit, unit]
    assert feed.read(NOTHING) == unit


@pytest.mark.parametrize(("code", "known"), [(MAIN, 100), (BOND, 10)])
def test_one_odd_snapshot_changes_no_unit_and_is_not_read_itself(code: str, known: int) -> None:
    feed = Feed(code)
    assert feed.read(snapshot(known)) == known
    for _ in range(3 * AGREE):
        assert [feed.read(told) for told in (snapshot(1), NOTHING, snapshot(known))] == [0, 0, known]
    assert feed.units.known == {code: known}


def test_an_odd_snapshot_told_again_and_again_is_one() -> None:
    feed = Feed(MAIN)
    assert [feed.read(snapshot(1), again=True) for _ in range(3 * AGREE)] == [0] * 3 * AGREE


def test_two_units_that_are_told_in_turn_are_both_not_believed() -> None:
    feed = Feed(MAIN)
    assert {feed.read(snapshot(unit)) for _ in range(3 * AGREE) for unit in (1, 10)} == {0}


def test_a_bond_has_no_unit_until_one_is_told() -> None:
    feed = Feed(BOND)
    assert [feed.read(told) for told in (NOTHING, snapshot(10), NOTHING)] == [0, 10, 10]


def test_odd_lots_of_the_star_market_cut_to_whole_hands_are_no_reason_to_doubt() -> None:
    feed = Feed(STAR)
    assert feed.read(Traded(2, 299 * 11_800, 11_000, 12_000)) == STOCK
    assert feed.units.known == {}


@pytest.mark.parametrize("unit", [1, 100])
@pytest.mark.parametrize("name", ["ticks_20220601_sz2", "ticks_20211201_sh6", "ticks_clipped_000400_L20.60"])
def test_each_recorded_day_is_read_in_the_unit_it_is_told_in(shared_data: Path, name: str, unit: int) -> None:
    units, wrong = Units(), set[tuple[str, int]]()
    with gzip.open(shared_data / f"{name}.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            low, high = (round(float(row[price]) * 1000) for price in ("low", "high"))
            told = Traded(int(row["volume"]) // unit, round(float(row["amount"]) * 1000), low, high)
            if units.took(row["code"], told, int(row["time_ms"])) != unit and told.volume:
                wrong.add((row["code"], int(row["time_ms"])))
    assert set(units.known.values()) == {unit}
    assert all(sum(each == code for each, _ in wrong) < AGREE for code in units.known)
