"""The trial of a first live day, walked on the paper broker: what is seen of each assumption, and the report."""

from pathlib import Path

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.quote import EMPTY, Level
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.simulate.market_day import BOND, quote_of
from qmtdesk.trader.trial_watch import trial_wish
from qmtdesk.wire.live_talk import TrialRow, TrialWish


class TrialDay(LoopDay):
    """The loop of a paper trader on which a trial is walked."""

    def wish(self, what: str, code: str = "") -> Reason | None:
        reason = trial_wish(self.loop, 1, TrialWish(what=what, code=code), self.folder)
        self.state = self.loop.state
        return reason

    @property
    def row(self) -> TrialRow:
        row = self.loop.trial.row(self.loop.state, None)
        assert row is not None
        return row

    @property
    def verdicts(self) -> dict[str, str]:
        return {name: verdict for name, verdict, _ in self.row.findings}

    def detail(self, name: str) -> str:
        return next(detail for each, _, detail in self.row.findings if each == name)


def begun(folder: Path, **more: object) -> TrialDay:
    day = TrialDay(folder=folder, held={BOND: (1_000, 120_000)}, **more).open()  # type: ignore[arg-type]
    assert isinstance(day, TrialDay)
    assert day.wish("begin", BOND) is None
    return day


def to_the_order(day: TrialDay) -> None:
    assert day.wish("same") is None
    assert day.wish("order") is None
    day.live_market(6_000)


def test_a_whole_trial_goes_step_by_step_and_finds_everything_as_assumed(tmp_path: Path) -> None:
    day = begun(tmp_path)
    steps = [day.row.step]
    day.wish("same")
    steps.append(day.row.step)
    assert (day.row.price, day.row.volume, day.row.last) == (96_000, 10, 120_000)
    assert day.wish("order") is None
    steps.append(day.row.step)
    day.live_market(6_000)
    steps.append(day.row.step)
    assert day.wish("cancel") is None
    day.live_market(6_000)
    steps.append(day.row.step)
    day.wish("closing")
    steps.append(day.row.step)
    day.wait(4_000)
    day.feed(m.LinkChanged(up=False))
    steps.append(day.row.step)
    day.wait(20_000)
    day.feed(m.LinkChanged(up=True))
    day.live_market(6_000)
    steps.append(day.row.step)
    assert steps == ["asset", "order", "working", "cancel", "relogin", "lost", "back", "report"]
    assert day.wish("report") is None
    assert day.row.step == "done"
    assert {verdict for name, verdict in day.verdicts.items() if name not in ("units", "auction")} == {"ok"}
    assert (day.detail("lost"), day.detail("back")) == ("4000 ms", "24000 ms")
    assert day.detail("answer").startswith("answer ")
    told = Path(day.row.report).read_text("utf-8")
    assert told.count("[与预期一致]") == 9
    assert told.count("[没有观察到]") == 2
    assert "paper" in told
    assert BOND in told


def test_what_the_user_sees_otherwise_is_written_down_so(tmp_path: Path) -> None:
    day = begun(tmp_path)
    day.wish("other")
    assert day.verdicts["asset"] == "other"
    assert day.row.step == "order"


def test_a_relogin_may_be_skipped(tmp_path: Path) -> None:
    day = begun(tmp_path)
    to_the_order(day)
    day.wish("cancel")
    day.live_market(6_000)
    day.wish("skip")
    assert day.row.step == "report"
    assert (day.verdicts["lost"], day.verdicts["back"], day.verdicts["same"]) == ("none", "none", "none")


def test_an_order_that_is_turned_down_is_different_and_the_trial_goes_on(tmp_path: Path) -> None:
    day = begun(tmp_path)
    day.wish("same")
    day.exchange.account.cash = 0
    day.wish("order")
    day.live_market(6_000)
    order = day.state.orders[day.row.ref]
    assert order.state is OrderState.REJECTED
    assert day.verdicts["resting"] == "other"
    assert day.row.step == "relogin"


@pytest.mark.parametrize(("by_link", "state"), [(False, OrderState.REJECTED), (True, OrderState.REFUSED)])
def test_an_order_turned_down_without_a_number_is_different_and_the_trial_goes_on(
    by_link: bool, state: OrderState, tmp_path: Path
) -> None:
    day = begun(tmp_path)
    day.wish("same")
    day.mute = True
    day.wish("order")
    day.feed(m.SubmitRefused(day.row.ref, "未开通可转债权限", by_link=by_link))
    order = day.state.orders[day.row.ref]
    assert (order.state, order.broker_id) == (state, "")
    assert (day.row.step, day.verdicts["resting"]) == ("relogin", "other")
    assert day.detail("resting") == "未开通可转债权限"
    for wish in ("skip", "report", "end"):
        assert day.wish(wish) is None
    assert day.row == TrialRow()


def test_an_order_nobody_can_tell_of_is_waited_for_and_the_trial_may_be_ended(tmp_path: Path) -> None:
    day = begun(tmp_path)
    day.wish("same")
    day.mute = True
    day.wish("order")
    ref = day.row.ref
    day.feed(m.SubmitUnknown(ref, "timeout"))
    assert (day.row.step, day.verdicts["resting"]) == ("working", "none")
    assert day.wish("end") is None
    assert day.row == TrialRow()
    assert day.state.orders[ref].state is OrderState.UNKNOWN


def test_a_cut_remark_is_told(tmp_path: Path) -> None:
    day = begun(tmp_path)
    day.wish("same")
    day.mute = True
    day.wish("order")
    (place,) = day.places(BOND)
    row = BrokerOrder("77", place.ref[:11], BOND, place.side, place.price, 10, 0, OrderState.WORKING, "", day.at)
    day.feed(m.SubmitAnswered(place.ref, "77"))
    day.feed(m.OrderReported(row))
    assert (day.verdicts["remark"], day.detail("remark")) == ("other", f"{place.ref[:11]} 11/{len(place.ref)}")


def test_orders_that_are_not_there_after_the_login_are_told(tmp_path: Path) -> None:
    day = begun(tmp_path)
    to_the_order(day)
    day.wish("closing")
    day.wait(2_000)
    day.feed(m.LinkChanged(up=False))
    day.exchange.cancel(day.at, m.Cancel(day.row.ref, day.state.orders[day.row.ref].broker_id))
    day.exchange.due(day.at + 5_000)
    day.wait(6_000)
    day.feed(m.LinkChanged(up=True))
    day.live_market(9_000)
    assert day.verdicts["same"] == "other"


def test_the_kill_switch_ends_its_order_too(tmp_path: Path) -> None:
    day = begun(tmp_path)
    to_the_order(day)
    day.feed(m.Kill("key"))
    day.live_market(3_000)
    assert day.live() == []
    assert day.row.step == "relogin"


@pytest.mark.parametrize(("ask", "verdict"), [(120_000, "ok"), (120_100, "other"), (0, "none")])
def test_what_an_auction_shows_is_compared_with_what_was_assumed(ask: int, verdict: str, tmp_path: Path) -> None:
    day = begun(tmp_path, hour=9, minute=20)
    book = (Level(120_000, 100), *(EMPTY,) * 4)
    asks = (Level(ask, 100 if ask else 0), *(EMPTY,) * 4)
    day.feed(m.Quoted(replace(quote_of(BOND, at_of(day.day, 9, 21), 0, prev=120_000), bids=book, asks=asks)))
    assert day.verdicts["auction"] == verdict


@pytest.mark.parametrize(("units", "verdict"), [(None, "none"), (1, "none"), (2, "ok")])
def test_two_bonds_with_a_unit_are_enough(units: int | None, verdict: str, tmp_path: Path) -> None:
    day = begun(tmp_path)
    row = day.loop.trial.row(day.loop.state, units)
    assert row is not None
    assert {name: found for name, found, _ in row.findings}["units"] == verdict


@pytest.mark.parametrize(("kept", "verdict"), [(20, "ok"), (8, "other"), (0, "other")])
def test_what_the_counter_told_is_judged_and_not_what_the_gateway_mended(
    kept: int, verdict: str, tmp_path: Path
) -> None:
    day = begun(tmp_path)
    day.wish("same")
    day.mute = True
    day.wish("order")
    (place,) = day.places(BOND)
    assert (day.verdicts["remark"], day.detail("remark")) == ("none", "")
    told = place.ref[:kept]
    row = BrokerOrder("77", place.ref, BOND, place.side, place.price, 10, 0, OrderState.WORKING, "", day.at)
    # a first row may come without it
    day.feed(m.OrderReported(replace(row, told_remark="")))
    day.feed(m.OrderReported(replace(row, told_remark=told)))
    assert day.verdicts["remark"] == verdict
    assert day.detail("remark") == f"{told} {len(told)}/{len(place.ref)}".strip()
    row_of_it = day.loop.trial.row(day.loop.state, 0)
    assert {name: found for name, found, _ in row_of_it.findings}["remark"] == verdict


def test_without_a_trial_nothing_is_asked_shown_or_placed(tmp_path: Path) -> None:
    day = TrialDay(folder=tmp_path).open()
    assert isinstance(day, TrialDay)
    assert day.loop.trial.row(day.loop.state, None) is None
    for what in ("order", "cancel", "same", "report"):
        refused = day.wish(what)
        assert refused is not None
        assert refused.why is Why.NOT_ARMED
    refused = day.wish("begin", "999999.SH")
    assert refused is not None
    assert refused.why is Why.UNKNOWN_CODE
    assert day.places() == []


def test_ended_it_is_shown_no_more(tmp_path: Path) -> None:
    day = begun(tmp_path)
    assert day.row.step == "asset"
    day.wish("end")
    assert day.row == TrialRow()
