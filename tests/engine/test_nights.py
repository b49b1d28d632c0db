"""Random nights: the program or its link goes before the close and comes back to lists that may have turned.

Whatever filled unseen, a kept grid holds in the morning what its orders traded, and no more.
"""

from datetime import date
from random import Random

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.simulate.market_day import BOND, MarketDay, quote_of

DAYS = (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25))
LIMITS = RiskLimits(
    fills_per_minute=0,
    round_trips_per_day=0,
    per_symbol_day=0,
    per_minute=0,
    loss_reduce_bp=0,
    loss_kill_bp=0,
    symbol_exposure=0,
    account_exposure=0,
)
STEPS = (-600, -300, -100, 0, 100, 300, 600)


class Nights:
    """Three days of one grid in a market that goes to and fro by two percent an evening."""

    def __init__(self, seed: int) -> None:
        self.random = chance = Random(seed)
        held = {BOND: (300, 110_000)} if chance.random() < 0.5 else {}
        self.day = MarketDay(held=held, limits=LIMITS, seed=seed, hour=14, minute=54).open()
        faults = {"lose_answer": chance.choice((0, 0, 100)), "drop_trade": chance.choice((0, 200))}
        self.faults = Faults(short_remark=chance.choice((-1, -1, -1, 9)), **faults)
        step, sides = chance.choice((30, 50)), chance.choice((1, 2))
        plan = GridPlan(code=BOND, base=BaseKind.LAST, unit=100, step_bp=step, live_per_side=sides, keep_armed=True)
        self.day.feed(m.ArmGrid(replace(plan, first_buy=chance.random() < 0.5)))
        self.price = 120_000

    def moves(self) -> None:
        self.price = max(100_000, self.price + self.random.choice(STEPS))

    def goes_dark(self) -> bool:
        """The end of the day, of which the last part is not seen; whether the link is what went, not the program."""
        day, chance = self.day, self.random
        day.exchange.faults = self.faults
        closing = at_of(day.day, 14, 57)
        dark, by_link = closing - chance.choice((0, 5_000, 20_000, 60_000)), chance.random() < 0.5
        while day.at < dark:
            self.moves()
            day.wait(chance.choice((1_000, 2_500)))
            day.price(BOND, self.price, depth=chance.choice((10, 40, 1_000)))
        day.mute = True
        if by_link:
            day.feed(m.LinkChanged(up=False, text="gone"))
        before = day.state if by_link else day.folded(resume=chance.random() < 0.5)
        while day.at < closing:
            self.moves()
            day.at += 2_000
            depth = chance.choice((10, 40, 1_000))
            day.exchange.market(quote_of(BOND, day.at, self.price, prev=120_000, depth=depth))
            day.exchange.due(day.at)
        day.state = before
        return by_link

    def night(self, morning: date) -> None:
        """The exchange opens its next day; whoever asks before nine is told of that one, under the old day's name."""
        day, chance, old = self.day, self.random, self.day.day
        day.at = max(day.at, at_of(old, 15, 0, 1))
        day.exchange.close_day(day.at)
        day.exchange.due(day.at + 5_000)
        self.price = day.last[BOND] = max(100_000, self.price + chance.choice((-900, 0, 900)))
        listed, former = day.make_instruments(morning, day.last), day.instruments
        day.exchange.open_day(morning, listed)
        day.exchange.faults = Faults(short_remark=self.faults.short_remark)
        back = chance.choice(("9:31", "9:05", "8:40", "21:00"))
        early = back in ("8:40", "21:00")
        if early:
            day.at = at_of(morning, 8, 40) if back == "8:40" else at_of(old, 21, 0)
            self.asked_early(former)
        day.exchange.due(day.at)
        day.mute = False
        day.day, day.instruments, day.prices = morning, listed, dict(day.last)
        day.at = at_of(morning, 9, 31) if back == "9:31" else at_of(morning, 9, 5)
        if not early:
            day.feed(m.LinkChanged(up=True))
        day.feed(m.DayOpened(morning.isoformat(), listed))
        day.quote_all()
        day.wait(12_000)
        day.at = max(day.at, at_of(morning, 9, 31))
        day.quote_all()
        day.live_market(15_000)

    def asked_early(self, former: tuple[object, ...]) -> None:
        day, asked = self.day, 0
        day.feed(m.LinkChanged(up=True))
        if not day.state.instruments:
            day.feed(m.DayOpened(day.day.isoformat(), former))  # type: ignore[arg-type]
        for _ in range(40):
            day.at += 1_000
            day.feed(m.TimePassed())
            if day.state.request != asked:
                asked = day.state.request
                told = replace(day.exchange.report(day.at), day=day.day.isoformat())
                day.feed(m.AccountReported(asked, told))

    def traded(self) -> int:
        """What the exchange says this day's trades come to; nobody else trades."""
        fills = self.day.exchange.report(self.day.at).fills
        return sum(fill.volume if fill.side is Side.BUY else -fill.volume for fill in fills)


@pytest.mark.parametrize("seed", range(24))
def test_after_any_night_a_kept_grid_holds_what_its_orders_traded(seed: int) -> None:
    story, before = Nights(seed), 0
    for morning in DAYS[1:]:
        story.goes_dark()
        before += story.traded()
        story.night(morning)
        grid = story.day.state.grids[BOND].grid
        assert grid is not None
        assert grid.held_total == before + story.traded()
        story.day.at = at_of(morning, 14, 54)
        story.day.quote_all()
        story.day.live_market(6_000)
