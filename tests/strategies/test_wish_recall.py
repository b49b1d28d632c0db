"""A grid that remembers its newest answer gives the very answers of one that remembers nothing."""

import grid_kit as kit
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.order import Side
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.grid import Grid, GridContext, Wish, wanted

NOBODY = frozenset[object]()

moments = st.builds(
    lambda last, cash, can_use, phase, later, live: {
        "last": last,
        "cash": cash,
        "can_use": can_use,
        "phase": phase,
        "at": kit.NOON + later,
        "live": live,
    },
    st.sampled_from((0, 90_500, 99_500, 100_500, 101_500)),
    st.sampled_from((0, 10_000_000, 10**12)),
    st.sampled_from((0, 80, 160)),
    st.sampled_from((Phase.MORNING, Phase.OPEN_AUCTION_LOCKED, Phase.LUNCH)),
    st.integers(0, 3),
    st.sampled_from((NOBODY, kit.live((10, Side.BUY)), kit.live((9, Side.BUY), (10, Side.SELL)))),
)


def forgetful(grid: Grid, ctx: GridContext) -> Wish:
    """The answer of an equal grid that was never asked before."""
    return wanted(replace(grid), ctx, explain=False)


@given(st.lists(moments, min_size=1, max_size=8))
def test_what_was_asked_before_changes_no_answer(asked: list[dict[str, object]]) -> None:
    grid = kit.holding(kit.make(), g10=80, g11=80)
    for more in asked:
        ctx = kit.moment(grid, **more)  # type: ignore[arg-type]
        assert wanted(grid, ctx, explain=False) == forgetful(grid, ctx)
        assert wanted(grid, ctx).orders == forgetful(grid, ctx).orders


def test_a_second_later_in_the_same_world_the_answer_is_the_one_given_before() -> None:
    grid = kit.make()
    first = wanted(grid, kit.moment(grid), explain=False)
    assert wanted(grid, kit.moment(grid, at=kit.NOON + 1_000), explain=False) is first
    assert wanted(grid, kit.moment(grid, last=99_500), explain=False) is not first


def test_what_a_grid_remembers_is_no_part_of_what_it_is() -> None:
    grid = kit.make()
    wanted(grid, kit.moment(grid), explain=False)
    assert grid == kit.make()
    assert replace(grid, sell_only=True).last_asked == []
