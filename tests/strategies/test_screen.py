import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.bond_terms import BondTerms, RedeemState
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.screen import ORIGINAL, ScreenPlan, ScreenResult, Verdict, run_screen

TODAY = date(2026, 11, 20)  # a Friday; 15 trading days earlier is 2026-10-30, later 2026-12-11
FINE = BondTerms(code="1", name="fine", remaining_yuan=200_000_000, redeem=RedeemState.NONE, as_of="2026-11-20")


def screen(*bonds: BondTerms, plan: ScreenPlan = ORIGINAL, price: int = 110_000) -> ScreenResult:
    return run_screen(plan, {b.code: b for b in bonds}, {b.code: price for b in bonds}, TODAY)


def verdict(plan: ScreenPlan = ORIGINAL, price: int = 110_000, **change: object) -> Verdict:
    return screen(replace(FINE, **change), plan=plan, price=price).verdicts["1"]  # type: ignore[arg-type]


def why(plan: ScreenPlan = ORIGINAL, price: int = 110_000, **change: object) -> Reason:
    return verdict(plan, price, **change).why


def test_a_bond_no_rule_puts_out_is_in_with_its_rank() -> None:
    assert verdict() == Verdict(included=True, rank=1, why=Reason(Why.RANKED_IN, (("rank", 1),)))


@pytest.mark.fault("M9")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"listed": False}, Reason(Why.NOT_LISTED)),
        ({"size_known": False}, Reason(Why.SIZE_UNKNOWN)),
        ({"remaining_yuan": 0}, Reason(Why.SIZE_ZERO, (("size_yuan", 0),))),
        (
            {"remaining_yuan": 300_000_001},
            Reason(Why.SIZE_TOO_LARGE, (("size_yuan", 300_000_001), ("max_yuan", 300_000_000))),
        ),
        ({"redeem_day": "2026-12-31"}, Reason(Why.REDEEM_ANNOUNCED, (("day", "2026-12-31"), ("limit", 15)))),
        ({"redeem_day": "2026-10-31"}, Reason(Why.REDEEM_ANNOUNCED, (("day", "2026-10-31"), ("limit", 15)))),
        ({"redeem": RedeemState.ANNOUNCED}, Reason(Why.REDEEM_ANNOUNCED)),
        (
            {"last_day": "2026-12-11"},
            Reason(Why.LAST_DAY_NEAR, (("day", "2026-12-11"), ("days", 15), ("limit", 15))),
        ),
        (
            {"last_day": "2026-11-19"},
            Reason(Why.LAST_DAY_NEAR, (("day", "2026-11-19"), ("days", -1), ("limit", 15))),
        ),
        ({"name": "Z fine"}, Reason(Why.NAME_DYING, (("name", "Z fine"),))),
        ({"name": "某退债"}, Reason(Why.NAME_DYING, (("name", "某退债"),))),
    ],
)
def test_the_first_rule_that_put_a_bond_out_is_told_with_its_number(
    change: dict[str, object], expected: Reason
) -> None:
    found = verdict(**change)  # type: ignore[arg-type]
    assert (found.included, found.rank, found.why) == (False, 0, expected)


@pytest.mark.parametrize(
    "change",
    [
        {"remaining_yuan": 300_000_000},
        {"remaining_yuan": 1},
        {"redeem_day": "2026-10-30"},
        {"redeem": RedeemState.ANNOUNCED, "redeem_day": "2026-10-30"},
        {"redeem": RedeemState.COUNTING},
        {"last_day": "2026-12-14"},
        {"name": "fiZne"},
    ],
)
def test_what_stands_on_a_bound_stays_in(change: dict[str, object]) -> None:
    assert verdict(**change).included  # type: ignore[arg-type]


def test_an_unknown_redemption_is_shown_as_unknown_and_not_as_no() -> None:
    found = verdict(redeem=RedeemState.UNKNOWN)
    assert (found.included, found.rank, found.why.why) == (True, 1, Why.REDEEM_UNKNOWN)
    strict = verdict(replace(ORIGINAL, unknown_redeem=False), redeem=RedeemState.UNKNOWN)
    assert (strict.included, strict.rank, strict.why.why) == (False, 0, Why.REDEEM_UNKNOWN)


def test_names_count_only_if_the_screen_says_so() -> None:
    assert verdict(replace(ORIGINAL, dying_names=False), name="Z").included


def test_a_bond_without_a_price_cannot_be_ranked() -> None:
    assert why(price=0).why is Why.PRICE_UNKNOWN
    assert run_screen(ORIGINAL, {"1": FINE}, {}, TODAY).verdicts["1"].why.why is Why.PRICE_UNKNOWN


def test_the_six_smallest_by_size_times_price_are_in() -> None:
    bonds = {str(n): replace(FINE, code=str(n), remaining_yuan=n * 30_000_000) for n in range(1, 9)}
    prices = dict.fromkeys(bonds, 100000) | {"1": 800_000}
    result = run_screen(ORIGINAL, bonds, prices, TODAY)
    assert result.included == ("2", "3", "4", "5", "6", "7")
    assert result.verdicts["7"].rank == 6
    out = result.verdicts["1"].why
    assert out == Reason(Why.RANKED_OUT, (("rank", 7), ("value", 240_000_000), ("keep", 6)))
    assert not result.verdicts["8"].included


@pytest.mark.fault("O12")
def test_terms_older_than_one_trading_day_are_old() -> None:
    assert not screen(FINE).data_old
    thursday = screen(FINE, replace(FINE, code="2", as_of="2026-11-19"))
    assert (thursday.as_of, thursday.data_old) == ("2026-11-19", False)
    wednesday = screen(FINE, replace(FINE, code="2", as_of="2026-11-18"))
    assert (wednesday.as_of, wednesday.data_old) == ("2026-11-18", True)
    assert not screen(replace(FINE, as_of="2026-11-18"), plan=replace(ORIGINAL, data_days=2)).data_old


def test_terms_without_a_date_are_old() -> None:
    assert screen(FINE, replace(FINE, code="2", as_of="")).data_old
    assert screen() == ScreenResult((), {}, data_old=True, as_of="")


@given(
    st.lists(
        st.tuples(st.integers(0, 400_000_000), st.integers(0, 300_000), st.sampled_from(RedeemState), st.booleans()),
        max_size=30,
    )
)
def test_every_bond_has_one_verdict_and_the_ranks_are_complete(
    rows: list[tuple[int, int, RedeemState, bool]],
) -> None:
    terms = {
        str(n): replace(FINE, code=str(n), remaining_yuan=size, redeem=redeem, listed=listed)
        for n, (size, _, redeem, listed) in enumerate(rows)
    }
    prices = {str(n): price for n, (_, price, _, _) in enumerate(rows)}
    result = run_screen(ORIGINAL, terms, prices, TODAY)
    assert result.verdicts.keys() == terms.keys()
    ranked = sorted((v.rank, code) for code, v in result.verdicts.items() if v.rank)
    assert [rank for rank, _ in ranked] == list(range(1, len(ranked) + 1))
    values = [terms[code].remaining_yuan * prices[code] for _, code in ranked]
    assert values == sorted(values)
    assert result.included == tuple(code for _, code in ranked[:6])
    assert {code for code, v in result.verdicts.items() if v.included} == set(result.included)


def test_a_real_universe_is_ranked_as_by_hand(shared_data: Path) -> None:
    with (shared_data / "cb_universe_20260515.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    terms, prices = universe(rows)
    result = run_screen(ORIGINAL, terms, prices, date(2026, 5, 15))
    small = [c for c, b in terms.items() if 0 < b.remaining_yuan <= 300_000_000 and prices[c] > 0]
    small.sort(key=lambda c: terms[c].remaining_yuan * prices[c])
    expected = [c for c in small if not (terms[c].name.startswith("Z") or "退" in terms[c].name)][:6]
    assert list(result.included) == expected
    assert len(expected) == 6
    assert all(result.verdicts[c].why.why is Why.REDEEM_UNKNOWN for c in expected)


def universe(rows: list[dict[str, str]]) -> tuple[dict[str, BondTerms], dict[str, int]]:
    terms = {
        row["code"]: BondTerms(
            code=row["code"],
            name=row["name"],
            remaining_yuan=int(Decimal(row["remain_yi"] or 0) * 100_000_000),
            as_of=row["as_of"],
        )
        for row in rows
    }
    return terms, {row["code"]: int(Decimal(row["price"] or 0) * 1000) for row in rows}
