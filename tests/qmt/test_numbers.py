"""Whose number is it: an order has one for life, a number one order, and a remark is trusted where it is unique."""

from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.gateways.qmt.numbers import Numbers

REFS = ["qabcd2611200001", "qabcd2611200002", "qabcd2611200003"]


def test_an_answer_names_its_order_and_later_rows_are_found_by_number() -> None:
    table = Numbers()
    table.leaves(REFS[0])
    table.sent(REFS[0], 5)
    assert table.knows(5)
    assert table.answered(5, "900") == REFS[0]
    assert table.answered(6, "901") == ""
    assert table.ref_of("900", "whatever", "S1") == REFS[0]
    assert (table.sysid_of("900"), table.sysid_of("901")) == ("S1", "")
    assert table.ref_of("900", "", "") == REFS[0]
    assert table.sysid_of("900") == "S1"
    assert (table.knows_id("900"), table.knows_id("901")) == (True, False)


def test_a_remark_binds_where_only_one_order_begins_so() -> None:
    table = Numbers()
    for number, ref in enumerate(REFS, 1):
        table.sent(ref, number)
    assert table.ref_of("900", REFS[0][:14]) == ""
    assert table.ref_of("900", REFS[0]) == REFS[0]
    # the second row with that remark is somebody else's
    assert table.ref_of("901", REFS[0]) == ""
    table.answered(2, "902")
    assert table.ref_of("903", REFS[2][:14]) == REFS[2]
    assert table.ref_of("904", "qabcd26") == ""
    assert table.ref_of("904", "") == ""


def test_an_error_is_told_once() -> None:
    table = Numbers()
    table.sent(REFS[0], 1)
    assert [table.failed(1), table.failed(1), table.failed(2)] == [REFS[0], "", ""]


def test_request_numbers_of_an_old_connection_mean_nothing() -> None:
    table = Numbers()
    table.sent(REFS[0], 1)
    table.new_connection()
    assert table.answered(1, "900") == ""
    assert table.failed(1) == ""
    assert table.ref_of("900", REFS[0]) == REFS[0]


Act = st.tuples(
    st.sampled_from(["leaves", "sent", "answered", "row", "new"]),
    st.sampled_from(REFS),
    st.integers(1, 4),
    st.sampled_from(["900", "901", "902", ""]),
    st.integers(0, 15),
)


@given(st.lists(Act, max_size=40))
def test_a_number_is_one_orders_for_ever_whatever_comes(acts: list[tuple[str, str, int, str, int]]) -> None:
    table, owner = Numbers(), dict[str, str]()
    for what, ref, seq, number, cut in acts:
        match what:
            case "leaves":
                table.leaves(ref)
            case "sent":
                table.sent(ref, seq)
            case "answered":
                table.answered(seq, number)
            case "row":
                table.ref_of(number, ref[:cut])
            case _:
                table.new_connection()
        for each in ("900", "901", "902"):
            if table.knows_id(each):
                found = table.ref_of(each, "")
                assert owner.setdefault(each, found) == found
    assert len(set(owner.values())) == len(owner)
