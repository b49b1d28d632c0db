"""What a day's money must not hide, and what is no movement of it: repos, funds, slips, orders that are gone."""

from words import answer, asked, beat, by_hand, row_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport
from qmtdesk.domain.order import OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import gate
from qmtdesk.engine.books import BUYS, Ready
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.engine.worth import day_base, total_value
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.simulate.market_day import BOND, BOND2, MarketDay

LENT, TAKEN = 300_000_000, 100_000_000
REF = "q261120-000900"


class Repo(PaperExchange):
    """A counter that tells what was turned over elsewhere, and counts in its total what is held there."""

    elsewhere = 0
    funds = 0

    def report(self, at: int) -> AccountReport:
        told = super().report(at)
        asset = replace(told.asset, total=told.asset.total + self.funds)
        return replace(told, asset=asset, elsewhere=self.elsewhere)


class RepoDay(MarketDay):
    """1,000,000 CNY of cash and 5,000 bonds at 120."""

    def make_exchange(self, account: object) -> PaperExchange:
        return Repo(account, seed=self.seed, faults=self.faults)  # type: ignore[arg-type]


def opened() -> RepoDay:
    day = RepoDay(held={BOND: (5_000, 120_000)}).open()
    day.live_market(3_000)
    return day


def told(day: MarketDay) -> list[tuple[Why, int | str | None]]:
    words = (Why.MONEY_MOVED, Why.MONEY_ELSEWHERE)
    return [(line.reason.why, line.reason.get("amount_milli")) for line in day.state.lines if line.reason.why in words]


def test_what_was_lent_and_taken_out_at_once_leaves_nothing_to_explain_the_next_withdrawal() -> None:
    day = opened()
    day.exchange.account.cash -= LENT + TAKEN
    day.exchange.elsewhere = LENT
    asked(day)
    assert day.feed(m.Release("")).refusal is None
    day.exchange.account.cash -= 2 * TAKEN
    asked(day)
    assert told(day) == [(Why.MONEY_MOVED, -LENT - TAKEN), (Why.MONEY_MOVED, -2 * TAKEN)]
    assert BUYS in day.state.suspended
    assert day.folded().elsewhere == day.state.elsewhere


def test_and_what_was_lent_of_it_may_come_back_the_next_day() -> None:
    day = opened()
    day.exchange.account.cash -= LENT + TAKEN
    day.exchange.elsewhere = LENT
    asked(day)
    day.exchange.elsewhere = 0
    day.next_day()
    day.live_market(3_000)
    day.exchange.account.cash += LENT
    asked(day)
    assert told(day) == [(Why.MONEY_ELSEWHERE, LENT)]


def test_money_that_one_answer_told_wrong_is_explained_by_no_trade_elsewhere() -> None:
    day = opened()
    day.exchange.elsewhere = LENT
    day.exchange.account.cash += LENT
    day.feed(m.AskNow())
    day.wait(1_500)
    day.exchange.account.cash -= LENT
    asked(day)
    assert told(day) == []
    assert BUYS not in day.state.suspended


def test_a_fund_in_the_counters_total_is_no_loss_at_the_start() -> None:
    day = RepoDay(held={BOND: (5_000, 120_000)})
    day.exchange.funds = 600_000_000
    day.open()
    day.live_market(10_000)
    assert day.state.ready is Ready.READY
    assert day.state.kill is None
    assert day_base(day.state) == total_value(day.state)


def test_a_buy_of_before_the_journal_was_lost_that_is_not_listed_any_more_still_counts_for_the_account() -> None:
    day = MarketDay(prices={BOND: 120_000, BOND2: 105_000}, limits=RiskLimits(account_exposure=100_000_000)).open()
    day.deaf = True
    lost = replace(by_hand(BOND2, Side.BUY, 100_000, 900), ref=REF)
    day.feed(m.OrderReported(row_of(day, lost, OrderState.WORKING, number="55")))
    assert day.state.orders[lost.ref].owner.kind is OwnerKind.LOST
    other = row_of(day, by_hand(BOND, Side.BUY, 99_000, 10), OrderState.WORKING, number="9")
    for _ in range(6):
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, orders=[other])
    assert day.state.orders[lost.ref].text == NOT_LISTED
    place = replace(by_hand(BOND, Side.BUY, 120_000, 100), ref="q-new", owner=Owner(OwnerKind.GRID))
    refusal = gate.refusal(day.state, place)
    assert refusal is not None
    assert refusal.why is Why.ACCOUNT_EXPOSURE
