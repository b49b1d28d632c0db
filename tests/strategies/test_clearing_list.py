"""清理: what is proposed for sale, of every holding and every list: no listed bond, none of the user's own volume."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.bond_terms import BondTerms, RedeemState
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.quote import EMPTY, Level, Quote
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.strategies.clearing import ClearPlan, Desk, Held, Line, Proposal, Seat, propose
from qmtdesk.strategies.screen import ORIGINAL, run_screen

DAY = date(2026, 11, 20)
AT = at_of(DAY, 10, 0)
CODES = tuple(f"1130{n}.SH" for n in range(50, 60))
OUT = CODES[9]
PLAIN, WHOLE = ClearPlan(), ClearPlan(whole=True)


def terms_of(code: str, size: int, as_of: str = "2026-11-20") -> BondTerms:
    return BondTerms(code=code, name=code, remaining_yuan=size, redeem=RedeemState.NONE, as_of=as_of)


TERMS = {code: terms_of(code, (n + 1) * 10_000_000) for n, code in enumerate(CODES)}


def seat_of(code: str, bid: int = 120_000, ask: int = 120_001, age_ms: int = 0) -> Seat:
    bids = (Level(bid, 100),) if bid else (EMPTY,)
    asks = (Level(ask, 100),) if ask else (EMPTY,)
    quote = Quote(code, AT, 120_000, 120_000, 120_000, 120_000, 120_000, 0, 0, bids, asks)
    return Seat(instrument=make_instrument(code, "", 120_000, DAY), quote=quote, age_ms=age_ms)


def desk_of(terms: dict[str, BondTerms] = TERMS, at: int = AT, seats: dict[str, Seat] | None = None) -> Desk:
    result = run_screen(ORIGINAL, terms, dict.fromkeys(terms, 120_000), DAY)
    return Desk(
        screen=ORIGINAL,
        result=result,
        terms=terms,
        seats={code: seat_of(code) for code in CODES} if seats is None else seats,
        fees=FeeSchedule(),
        at=at,
        quote_age_ms=5_000,
    )


def held(code: str = OUT, **said: object) -> Held:
    fields = {"position": 300, "own": 160, "offer": 160, **said}
    return Held(code=code, name=code, **fields)  # type: ignore[arg-type]


def line(one: Held | None = None, plan: ClearPlan = PLAIN, **desk: object) -> Line:
    (found,) = propose(plan, desk_of(**desk), [one or held()]).lines  # type: ignore[arg-type]
    return found


def refused(one: Held | None = None, plan: ClearPlan = PLAIN, **desk: object) -> Why | None:
    reason = line(one, plan, **desk).refusal
    return reason.why if reason is not None else None


def test_a_bond_off_the_list_is_proposed_with_its_numbers() -> None:
    assert line() == Line(
        code=OUT, name=OUT, position=300, volume=160, stays=140, bid1=120_000, floor=119_400,
        why=Reason(Why.RANKED_OUT, (("rank", 10), ("value", 120_000_000), ("keep", 6))),
        proceeds=19_200_000, fee=960,
    )  # fmt: skip


def test_a_bond_on_the_list_or_not_held_is_not_proposed() -> None:
    assert propose(WHOLE, desk_of(), [held(CODES[0]), held(OUT, position=0)]) == Proposal(lines=(), others=0, busy=0)


def test_what_a_grid_or_guard_works_with_is_counted_and_never_proposed() -> None:
    assert propose(WHOLE, desk_of(), [held(busy=True)]) == Proposal(lines=(), others=0, busy=1)


def test_what_qmtdesk_did_not_buy_is_counted_and_proposed_only_with_the_setting() -> None:
    users = held(own=0, offer=300)
    assert propose(ClearPlan(), desk_of(), [users]) == Proposal(lines=(), others=1, busy=0)
    found = line(users, WHOLE)
    assert (found.volume, found.stays) == (300, 0)
    assert found.notes == (Reason(Why.NOT_BOUGHT_HERE),)
    some = line(held(own=60, offer=300), WHOLE)
    assert some.notes == (Reason(Why.NOT_BOUGHT_HERE, (("volume", 60),)),)
    assert line(held(position=160, offer=160), WHOLE).notes == ()


def test_the_largest_come_first() -> None:
    found = propose(ClearPlan(), desk_of(), [held(CODES[7], own=80), held(CODES[8], own=160), held(CODES[6], own=80)])
    assert [each.code for each in found.lines] == [CODES[8], CODES[6], CODES[7]]


def test_a_bond_nobody_told_anything_of_cannot_be_confirmed() -> None:
    nothing = {code: bond for code, bond in TERMS.items() if code != OUT}
    assert line(terms=nothing).why.why is Why.TERMS_UNKNOWN
    assert refused(terms=nothing) is Why.TERMS_UNKNOWN
    assert refused(terms={**TERMS, OUT: replace(TERMS[OUT], size_known=False)}) is Why.TERMS_UNKNOWN


@pytest.mark.fault("O12")
@pytest.mark.parametrize("day", ["", "2026-11-18"])
def test_a_bond_out_by_its_own_old_terms_cannot_be_confirmed(day: str) -> None:
    large = replace(TERMS[OUT], remaining_yuan=900_000_000, as_of=day)
    assert refused(terms={**TERMS, OUT: large}) is Why.DATA_OLD
    assert refused(terms={**TERMS, OUT: replace(large, as_of="2026-11-19")}) is None


def test_a_rank_is_as_old_as_the_oldest_terms_it_was_counted_among() -> None:
    old = {**TERMS, CODES[0]: replace(TERMS[CODES[0]], as_of="2026-11-18")}
    assert refused(terms=old) is Why.DATA_OLD
    own = {**old, OUT: replace(TERMS[OUT], remaining_yuan=900_000_000)}
    assert refused(terms=own) is None


def test_a_verdict_without_terms_beside_it_is_old() -> None:
    desk = desk_of({**TERMS, OUT: replace(TERMS[OUT], remaining_yuan=900_000_000)})
    (found,) = propose(ClearPlan(), replace(desk, terms={}), [held()]).lines
    assert found.refusal == Reason(Why.DATA_OLD, (("as_of", ""),))


@pytest.mark.parametrize(
    ("one", "why"),
    [(held(clearing=True), Why.CLEARING), (held(offer=0), Why.NOTHING_SELLABLE), (held(), None)],
)
def test_what_is_being_sold_or_cannot_be_sold_cannot_be_confirmed(one: Held, why: Why | None) -> None:
    assert refused(one) is why


@pytest.mark.parametrize(
    ("seats", "why"),
    [
        ({}, Why.NO_QUOTE),
        ({OUT: seat_of(OUT, age_ms=5_001)}, Why.QUOTE_STALE),
        ({OUT: seat_of(OUT, bid=0)}, Why.NO_BID),
        ({OUT: seat_of(OUT, bid=0, ask=0)}, Why.NO_BOOK),
        ({OUT: seat_of(OUT, ask=0)}, None),
    ],
)
def test_without_a_fresh_bid_nothing_can_be_confirmed(seats: dict[str, Seat], why: Why | None) -> None:
    assert refused(seats=seats) is why
    assert (line(seats=seats).floor > 0) is (seats.get(OUT) is not None and seats[OUT].quote.bid1.price > 0)


@pytest.mark.parametrize(("hour", "minute"), [(9, 20), (12, 0), (15, 1)])
def test_outside_continuous_trading_nothing_can_be_confirmed(hour: int, minute: int) -> None:
    assert refused(at=at_of(DAY, hour, minute)) is Why.PHASE_CLOSED


def test_bought_today_can_be_sold_and_orders_of_a_stopped_grid_come_off_first() -> None:
    found = line(held(bought_today=80, orders=2))
    assert [note.why for note in found.notes] == [Why.SAME_DAY, Why.WAITING_CANCEL]
    assert found.refusal is None


def test_the_lowest_price_is_never_under_the_days_limit() -> None:
    assert line(plan=ClearPlan(slippage_bp=1_000), seats={OUT: seat_of(OUT, bid=97_000)}).floor == 96_000
    free = replace(seat_of(OUT).instrument, limit_down=0, told_down=119_900)
    assert line(seats={OUT: replace(seat_of(OUT), instrument=free)}).floor == 119_900


HOLDINGS = st.lists(
    st.builds(
        Held,
        code=st.sampled_from(CODES),
        name=st.just(""),
        position=st.integers(0, 500),
        own=st.integers(0, 600),
        offer=st.integers(0, 500),
        busy=st.booleans(),
        clearing=st.booleans(),
    ),
    unique_by=lambda one: one.code,
)


@given(
    HOLDINGS,
    st.dictionaries(st.sampled_from(CODES), st.integers(0, 60), max_size=10),
    st.booleans(),
    st.integers(0, 1_000),
    st.sampled_from(["", "2026-11-17", "2026-11-19", "2026-11-20"]),
)
def test_whatever_is_held_and_listed(
    holdings: list[Held], sizes: dict[str, int], whole: bool, slippage: int, day: str
) -> None:
    terms = {code: terms_of(code, size * 10_000_000, day) for code, size in sizes.items()}
    desk, plan = desk_of(terms), ClearPlan(whole=whole, slippage_bp=slippage)
    found = propose(plan, desk, holdings)
    by_code = {one.code: one for one in holdings}
    assert len({each.code for each in found.lines}) == len(found.lines)
    for each in found.lines:
        one = by_code[each.code]
        assert each.code not in desk.result.included
        assert not one.busy
        assert 0 <= each.volume <= min(one.offer, one.position if whole else one.own)
        assert each.volume + each.stays == one.position
        assert each.stays >= 0
        assert each.floor <= each.bid1
        if each.refusal is None:
            assert each.volume > 0
            assert day in ("2026-11-19", "2026-11-20")
            assert each.code in terms
            assert not one.clearing
    rest = [one for one in holdings if one.position and one.code not in desk.result.included]
    assert len(found.lines) + found.others + found.busy == len(rest)
