"""Several sources told of a bond: each cell is of the most trusted one that tells it, and says so."""

from dataclasses import fields

from qmtdesk.domain.bond_facts import CELLS, BondFacts, facts_of, laid_over
from qmtdesk.domain.bond_terms import BondTerms, RedeemState

PAPER = BondTerms(
    code="113050.SH", name="南银转债", conv_price=10_000, remaining_yuan=900_000_000, maturity="2028-01-01",
    redeem=RedeemState.COUNTING, redeem_count=9, source="paper", as_of="2026-11-20",
)  # fmt: skip
FILE = BondFacts(code="113050.SH", source="file", as_of="2026-11-18", remaining_yuan=200_000_000)


def test_a_gateways_terms_alone_stay_as_they_are() -> None:
    assert laid_over([facts_of(PAPER)]) == PAPER
    bare = BondTerms(code="113050.SH", name="甲", size_known=False, source="replay", as_of="2026-11-20")
    assert laid_over([facts_of(bare)]) == bare


def test_the_order_of_trust_does_not_depend_on_the_order_of_telling() -> None:
    sql = BondFacts(code="113050.SH", source="sql", as_of="2026-11-21", remaining_yuan=1, maturity="2027-07-07")
    qmt = BondFacts(code="113050.SH", source="qmt", as_of="2026-11-21", conv_price=9_000)
    for told in ([facts_of(PAPER), FILE, sql, qmt], [qmt, sql, FILE, facts_of(PAPER)]):
        found = laid_over(told)
        assert (found.conv_price, found.remaining_yuan, found.maturity) == (9_000, 200_000_000, "2027-07-07")
        origins = {cell: (source, day) for cell, source, day in found.origins}
        assert origins["conv_price"] == ("qmt", "2026-11-21")
        assert origins["maturity"] == ("sql", "2026-11-21")


def test_the_terms_are_as_old_as_the_oldest_cell_a_screen_decides_by() -> None:
    found = laid_over([facts_of(PAPER), FILE])
    assert (found.source, found.as_of) == ("file", "2026-11-18")
    assert {cell for cell, *_ in found.origins} >= {"name", "conv_price", "redeem"}
    undated = laid_over([facts_of(PAPER), BondFacts(code="113050.SH", source="file", as_of="", remaining_yuan=5)])
    assert undated.as_of == ""


def test_a_count_goes_with_the_state_it_counts_for() -> None:
    told = BondFacts(code="113050.SH", source="file", as_of="2026-11-20", redeem=RedeemState.NONE)
    found = laid_over([facts_of(PAPER), told])
    assert (found.redeem, found.redeem_count) == (RedeemState.NONE, 0)


def test_every_cell_of_the_terms_can_be_told() -> None:
    apart = {"code", "size_known", "source", "as_of", "origins"}
    assert set(CELLS) == {field.name for field in fields(BondTerms)} - apart
    assert set(CELLS) == {field.name for field in fields(BondFacts)} - {"code", "source", "as_of"}
