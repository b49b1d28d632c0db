"""Each code's own quote grows old on the desk, whatever the others do, and only while that code is traded."""

from collections.abc import Iterable

from qmtdesk.domain.messages import WatchStock
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.risk_limits import paced
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay
from qmtdesk.strategies.screen import ScreenPlan
from qmtdesk.trader.pictures import QUIET_MS, Desk
from qmtdesk.trader.publisher import Publisher
from qmtdesk.trader.series import Series

OTHER = "110059.SH"
DESK = Desk("paper", "paper", 1, "")


class Shown:
    """What a desk holds of each code's quote, asked for each second."""

    def __init__(self, *, hour: int = 10, minute: int = 0, speed: int = 1) -> None:
        prices = {BOND: 120_000, OTHER: 110_000, STOCK: 10_000}
        self.day = MarketDay(prices=prices, hour=hour, minute=minute)
        self.day.state = replace(self.day.state, limits=paced(self.day.limits, speed), pace=speed)
        self.day.open()
        self.publisher, self.wall = Publisher(ScreenPlan(name="all"), Series()), 0
        self.stale: dict[str, bool] = {}
        self.sent = 0
        self.look()

    def look(self) -> "Shown":
        self.wall += 1_000
        _, quotes = self.publisher.changes(self.day.state, {}, DESK, self.wall)
        self.stale.update({row.code: row.stale for row in quotes})
        self.sent += len(quotes)
        return self

    def go(self, ms: int, *, quoted: Iterable[str], every: int = 3_000) -> "Shown":
        for _ in range(ms // every):
            self.day.wait(every)
            for code in quoted:
                self.day.price(code, self.day.last[code])
            self.look()
        return self


def test_a_code_nothing_is_heard_of_is_old_though_others_are_quoted_and_is_fresh_with_its_next_quote() -> None:
    shown = Shown().go(QUIET_MS - 9_000, quoted=[OTHER])
    assert not any(shown.stale.values())
    shown.go(12_000, quoted=[OTHER])
    assert shown.stale == {BOND: True, OTHER: False, STOCK: True}
    shown.go(3_000, quoted=[BOND, OTHER])
    assert shown.stale == {BOND: False, OTHER: False, STOCK: True}


def test_a_row_that_stays_old_is_told_once() -> None:
    shown = Shown().go(QUIET_MS + 30_000, quoted=[])
    assert shown.stale[BOND]
    before = shown.sent
    shown.go(60_000, quoted=[])
    assert shown.sent == before


def test_a_watched_stock_is_old_when_its_own_habit_says_so() -> None:
    shown = Shown()
    shown.day.feed(WatchStock(STOCK, on=True))
    shown.go(60_000, quoted=[STOCK, BOND])
    shown.go(30_000, quoted=[BOND])
    assert shown.stale[STOCK]


def test_nothing_is_old_over_lunch_nor_in_the_first_minute_after_it() -> None:
    shown = Shown(hour=11, minute=29).go(30_000, quoted=[BOND, OTHER, STOCK])
    shown.day.jump(12, 30)
    assert not any(shown.look().stale.values())
    shown.day.jump(13, 0, 30)
    assert not any(shown.look().stale.values())
    shown.go(QUIET_MS, quoted=[])
    assert all(shown.stale.values())


def test_after_the_close_nothing_is_old() -> None:
    shown = Shown(hour=14, minute=50).go(QUIET_MS + 30_000, quoted=[])
    assert shown.stale[BOND]
    shown.day.jump(15, 1)
    assert not any(shown.look().stale.values())


def test_a_fast_paper_clock_makes_no_healthy_row_old() -> None:
    # sixty times as fast, a snapshot each second of market time may come in gulps of a third of a second of ours
    shown = Shown(speed=60)
    shown.day.feed(WatchStock(STOCK, on=True))
    shown.go(240_000, quoted=[BOND, OTHER, STOCK], every=20_000)
    assert not any(shown.stale.values())
