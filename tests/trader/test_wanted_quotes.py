"""Only what is on a screen, held, started, guarded, watched or ordered is worth a subscription."""

from types import MappingProxyType

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import State
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay
from qmtdesk.trader.wanted_quotes import EVERY_NS, MOST, STAYS_NS, WantedQuotes, followed, needed

OTHER, THIRD = "110001.SH", "123001.SZ"
NOTHING = MarketDay().state


class Asked:
    """What the gateway was asked to quote, one entry for each time."""

    def __init__(self) -> None:
        self.told: list[frozenset[str]] = []
        self.wanted = WantedQuotes(self.told.append)
        self.now = 0

    def tell(self, state: State = NOTHING, after: int = EVERY_NS) -> frozenset[str]:
        self.now += after
        self.wanted.tell(state, self.now)
        return self.told[-1]


def test_what_two_desks_look_at_is_united_and_what_a_desk_looked_at_goes_with_it() -> None:
    asked = Asked()
    asked.wanted.looks(1, (BOND,))
    asked.wanted.looks(2, (OTHER,))
    assert asked.tell() == {BOND, OTHER}
    asked.wanted.left(1)
    assert asked.tell(after=STAYS_NS) == {OTHER}
    asked.wanted.left(2)
    assert asked.tell(after=STAYS_NS) == frozenset()


def test_the_gateway_is_told_four_times_a_second_at_most_and_only_of_changes() -> None:
    asked = Asked()
    asked.wanted.looks(1, (BOND,))
    asked.tell()
    for code in (OTHER, THIRD, STOCK):
        asked.wanted.looks(1, (code,))
        asked.wanted.tell(NOTHING, asked.now + EVERY_NS - 1)
    assert len(asked.told) == 1
    asked.tell()
    asked.tell()
    assert len(asked.told) == 2


def test_what_scrolls_away_and_back_is_not_asked_for_anew() -> None:
    asked = Asked()
    for codes in ((BOND,), (OTHER,), (BOND,), (OTHER,)):
        asked.wanted.looks(1, codes)
        asked.tell()
    assert asked.told == [{BOND}, {BOND, OTHER}]
    assert asked.tell(after=STAYS_NS) == {OTHER}


def test_a_desk_that_says_anything_at_all_harms_nobody() -> None:
    asked = Asked()
    asked.wanted.looks(1, ("", "abc", "999999.XX", "113050", BOND))
    assert asked.tell() == {BOND}
    asked.wanted.looks(1, tuple(f"{113_000 + n}.SH" for n in range(999)))
    assert len(asked.tell(after=STAYS_NS)) <= MOST


def test_without_a_terminal_nobody_is_told() -> None:
    wanted = WantedQuotes(None)
    wanted.looks(1, (BOND,))
    wanted.tell(NOTHING, EVERY_NS)


def test_what_decisions_hang_on_is_quoted_whoever_looks() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    assert needed(day.state) == {STOCK}
    plan = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    assert needed(day.state) == {STOCK, BOND}
    bare = replace(day.state, grids=MappingProxyType({}), holdings=MappingProxyType({}))
    assert needed(bare) == {order.code for order in day.live()} == {BOND}
    assert day.feed(m.WatchStock(STOCK, on=True)).refusal is None
    assert STOCK in needed(replace(day.state, holdings=MappingProxyType({})))
    guarded = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    assert guarded.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    assert STOCK in needed(replace(guarded.state, holdings=MappingProxyType({}), watch=()))


def test_the_guarded_stocks_are_looked_at_closely_first_and_no_bond_is() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000), BOND: (100, 100_000)}).open()
    assert followed(day.state) == (STOCK,)
    assert followed(_watching(day.state, "600519.SH")) == ("600519.SH", STOCK)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    assert followed(_watching(day.state, "600519.SH")) == (STOCK, "600519.SH")


def _watching(state: State, code: str) -> State:
    other = replace(state.instruments[STOCK], code=code)
    return replace(state, instruments=MappingProxyType({**state.instruments, code: other}), watch=(code, BOND))


def test_a_change_of_what_is_looked_at_closely_is_told_once() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    told: list[tuple[str, ...]] = []
    wanted = WantedQuotes(lambda _: None, told.append)
    for n in range(1, 4):
        wanted.tell(day.state, n * EVERY_NS)
    assert told == [(STOCK,)]
    wanted.tell(NOTHING, 4 * EVERY_NS)
    assert told == [(STOCK,), ()]
