"""What is filed apart is always what looking through everything would find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.order import Fill, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.filed import Filed, Orders, is_open

CODES = ("127089.SZ", "600719.SH", "110059.SH")
REFS = tuple(f"q261120-{number:06d}" for number in range(8))
KINDS = (OwnerKind.GRID, OwnerKind.GUARD, OwnerKind.FOREIGN)

orders = st.builds(
    lambda ref, code, state, kind, filled, told: Order(
        ref, code, Side.BUY, 100_000, 100, Owner(kind), state, 1, 1, filled=filled, told_filled=told
    ),
    st.sampled_from(REFS),
    st.sampled_from(CODES),
    st.sampled_from(OrderState),
    st.sampled_from(KINDS),
    st.sampled_from((0, 10)),
    st.sampled_from((0, 10, 20)),
)
changes = st.lists(st.one_of(orders, st.sampled_from(REFS), st.sampled_from(CODES)), max_size=40)


def looked_through(filed: Orders, code: str, *, own: bool) -> tuple[Order, ...]:
    return tuple(
        order
        for order in dict(filed).values()
        if (order.live or order.unsettled)
        and (not code or order.code == code)
        and not (own and order.owner.kind is OwnerKind.FOREIGN)
    )


def open_refs(filed: Orders, code: str) -> set[str]:
    return {order.ref for order in filed.live(code, own=False)}


def check(filed: Orders, plain: dict[str, Order]) -> None:
    assert list(filed.items()) == list(plain.items())
    for code in ("", *CODES):
        for own in (True, False):
            assert filed.live(code, own=own) == looked_through(filed, code, own=own)
        assert filed.once(open_refs, code) == {order.ref for order in looked_through(filed, code, own=False)}
    assert set(filed.codes()) == {order.code for order in looked_through(filed, "", own=False)}
    for code in CODES:
        assert filed.of(code) == tuple(order for order in plain.values() if order.code == code)


@given(changes)
def test_the_open_orders_kept_apart_are_those_a_full_look_finds_whatever_was_asked_before(
    acts: list[Order | str],
) -> None:
    filed, plain = Orders(), dict[str, Order]()
    for act in acts:
        if isinstance(act, Order):
            filed = filed.with_entries({act.ref: act})
            plain[act.ref] = act
        elif act in CODES:
            # asking fills what is kept apart, which the next change then has to carry on
            filed.live(act)
            filed.live()
            filed.of(act)
            filed.once(open_refs, act)
        else:
            filed = filed.without(act)
            plain.pop(act, None)
    check(filed, plain)


@given(changes)
def test_an_older_mapping_still_says_what_it_said_after_newer_ones_were_made_of_it(acts: list[Order | str]) -> None:
    kept: list[tuple[Orders, dict[str, Order]]] = [(Orders(), {})]
    for act in acts:
        filed, plain = kept[-1]
        if isinstance(act, Order):
            kept.append((filed.with_entries({act.ref: act}), {**plain, act.ref: act}))
        else:
            filed.live(act if act in CODES else "", own=False)
    for filed, plain in kept:
        check(filed, plain)


@given(changes, st.lists(orders, max_size=8, unique_by=lambda order: order.ref))
def test_many_entries_set_at_once_are_the_same_as_one_after_another(
    acts: list[Order | str], together: list[Order]
) -> None:
    one = Orders()
    for act in acts:
        if isinstance(act, Order):
            one = one.with_entries({act.ref: act})
        else:
            one.live(act if act in CODES else "")
            one.of(CODES[0])
    at_once = one.with_entries({order.ref: order for order in together})
    for order in together:
        one = one.with_entries({order.ref: order})
    check(at_once, dict(one))


def test_an_order_that_comes_back_takes_its_old_place() -> None:
    first, second = (
        Order(ref, CODES[0], Side.BUY, 1, 10, Owner(OwnerKind.GRID), OrderState.WORKING, 1, 1) for ref in "ab"
    )
    filed = Orders({"a": first, "b": second})
    assert filed.live() == (first, second)
    gone = filed.with_entries({"a": replace(first, state=OrderState.REFUSED)})
    assert gone.live() == (second,)
    assert gone.with_entries({"a": first}).live() == (first, second)


def test_what_is_worked_out_of_the_orders_is_worked_out_once_until_they_change() -> None:
    asked: list[str] = []

    def count(filed: Orders, code: str) -> int:
        asked.append(code)
        return len(filed.of(code))

    order = Order("a", CODES[0], Side.BUY, 1, 10, Owner(OwnerKind.GRID), OrderState.WORKING, 1, 1)
    filed = Orders({"a": order})
    assert [filed.once(count, CODES[0]), filed.once(count, CODES[0]), filed.once(count, CODES[1])] == [1, 1, 0]
    assert asked == [CODES[0], CODES[1]]
    assert filed.with_entries({"b": replace(order, ref="b")}).once(count, CODES[0]) == 2


def test_trades_are_filed_by_code_in_the_order_they_were_booked() -> None:
    fills = [Fill(str(n), "2026-11-20", "1", "a", CODES[n % 2], Side.BUY, 1, 10, n) for n in range(4)]
    filed: Filed[Fill] = Filed()
    for fill in fills:
        filed = filed.with_entries({fill.trade_id: fill})
        assert filed.of(CODES[0])
    assert filed.of(CODES[0]) == (fills[0], fills[2])
    assert filed.of(CODES[1]) == (fills[1], fills[3])
    assert filed.without("0").of(CODES[0]) == (fills[2],)


@pytest.mark.parametrize("name", ["clear", "popitem"])
def test_a_filed_mapping_cannot_be_changed_in_place(name: str) -> None:
    filed = Orders({"a": Order("a", CODES[0], Side.BUY, 1, 10, Owner(OwnerKind.GRID), OrderState.WORKING, 1, 1)})
    with pytest.raises(TypeError):
        getattr(filed, name)()
    with pytest.raises(TypeError):
        filed["b"] = filed["a"]
    with pytest.raises(TypeError):
        del filed["a"]
    with pytest.raises(TypeError):
        filed.update({})
    assert is_open(filed["a"])
