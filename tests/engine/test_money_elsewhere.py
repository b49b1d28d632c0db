"""A reverse repo and the like: money that own trades in codes without rules moved is no transfer and no loss."""

import pytest
from words import asked, loss

from qmtdesk.domain.account import AccountReport
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import records as r
from qmtdesk.engine.books import BUYS
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.simulate.market_day import BOND, MarketDay

LENT = 300_000_000


class Repo(PaperExchange):
    """A counter that also tells what was turned over elsewhere."""

    elsewhere = 0

    def report(self, at: int) -> AccountReport:
        return replace(super().report(at), elsewhere=self.elsewhere)


class RepoDay(MarketDay):
    """1,000,000 CNY of cash and 5,000 bonds at 120; some of the cash is lent."""

    def make_exchange(self, account: object) -> PaperExchange:
        return Repo(account, seed=self.seed, faults=self.faults)  # type: ignore[arg-type]


def opened() -> RepoDay:
    day = RepoDay(held={BOND: (5_000, 120_000)}).open()
    day.live_market(3_000)
    return day


def lend(day: RepoDay, amount: int, turnover: int) -> None:
    day.exchange.account.cash -= amount
    day.exchange.elsewhere += turnover
    asked(day)


def said(day: MarketDay) -> list[tuple[str, str, int | str]]:
    words = (Why.MONEY_MOVED, Why.MONEY_ELSEWHERE)
    return [
        (line.level, line.reason.why.value, line.reason.get("amount_milli"))
        for line in day.state.lines
        if line.reason.why in words
    ]


def test_what_was_lent_is_no_loss_and_stops_no_buying() -> None:
    day = opened()
    lend(day, LENT, LENT)
    assert said(day) == [("notice", "money_elsewhere", -LENT)]
    assert BUYS not in day.state.suspended
    assert loss(day) == 0
    assert day.folded().elsewhere == day.state.elsewhere


@pytest.mark.parametrize(("gone", "turnover"), [(LENT, 0), (LENT, LENT // 2), (-LENT, LENT // 2)])
def test_more_than_was_turned_over_is_still_a_transfer(gone: int, turnover: int) -> None:
    day = opened()
    lend(day, gone, turnover)
    assert said(day) == [("alarm", "money_moved", -gone)]
    assert BUYS in day.state.suspended
    assert loss(day) == 0


def test_one_turnover_explains_one_movement() -> None:
    day = opened()
    lend(day, LENT, LENT)
    day.exchange.account.cash -= LENT
    asked(day)
    assert [why for _, why, _ in said(day)] == ["money_elsewhere", "money_moved"]


def test_what_was_turned_over_before_the_first_answer_explains_nothing_after_it() -> None:
    day = RepoDay(held={BOND: (5_000, 120_000)})
    day.exchange.elsewhere = LENT
    day.open()
    day.live_market(3_000)
    lend(day, LENT, 0)
    assert [why for _, why, _ in said(day)] == ["money_moved"]


@pytest.mark.parametrize("days", [1, 2])
def test_it_comes_back_the_next_day_with_interest_and_on_no_later_one(days: int) -> None:
    day = opened()
    lend(day, LENT, LENT)
    for number in range(days):
        day.exchange.elsewhere = 0
        day.next_day(day.day.replace(day=23 + number))
        day.live_market(3_000)
    day.exchange.account.cash += LENT + 20_000
    asked(day)
    assert [why for _, why, _ in said(day)] == (["money_elsewhere"] if days == 1 else ["money_moved"])
    assert day.folded().elsewhere == day.state.elsewhere


def test_a_day_base_of_an_older_journal_explains_nothing() -> None:
    assert r.DayBase(1).elsewhere == type(r.DayBase(1).elsewhere)()
