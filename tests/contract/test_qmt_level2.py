"""Cases Q91 to Q103: Level-2's cancelled buys where the feed gives them, and Level-1 untouched where it does not."""

from typing import Any

import pytest
from gateway_bench import QmtBench
from still_feed import BOND, CODES, DAY, STOCK

from qmtdesk.domain.messages import Quoted
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt import level2_side

PRICE = 10_000


def withdrawn(bench: QmtBench) -> list[int]:
    return [e.quote.withdrawn for e in bench.of(Quoted, lambda e: e.quote.code == STOCK)]


def fresh(bench: QmtBench, code: str = STOCK) -> None:
    """A snapshot of after this moment comes."""
    now = bench.gateway.now()
    bench.wait(Quoted, lambda e: e.quote.code == code and e.quote.at > now)


def stage(bench: QmtBench, wanted: str) -> None:
    bench.until(lambda: bench.gateway.health.level2.stage == wanted, f"Level-2 {wanted}")


def cancel(bench: QmtBench, shares: int, price: int = PRICE) -> None:
    """From the next snapshot on so much of the day's buying is cancelled."""
    with bench.truth():
        bench.terminal.withdrawn[STOCK] = (shares, shares * price)


def ready(bench: QmtBench, right: str, *codes: str) -> QmtBench:
    bench.faults.level2 = right
    bench.ready()
    bench.gateway.look_closely(codes or (STOCK,))
    return bench


@pytest.mark.parametrize("right", ["lots", "shares"])
def test_q91_the_days_cancelled_buys_are_in_shares_whatever_the_feed_counts_in(raw_qmt: QmtBench, right: str) -> None:
    cancel(raw_qmt, 120_000)
    ready(raw_qmt, right)
    raw_qmt.until(lambda: 120_000 in withdrawn(raw_qmt), "the exact cancels")
    cancel(raw_qmt, 150_000)
    raw_qmt.until(lambda: 150_000 in withdrawn(raw_qmt), "the newer ones")
    assert set(withdrawn(raw_qmt)) <= {-1, 120_000, 150_000}
    stage(raw_qmt, "on")
    assert raw_qmt.gateway.health.level2.text == ""


@pytest.mark.parametrize("right", ["refused", "raises"])
def test_q92_without_the_right_it_stays_with_level_one_and_asks_once(raw_qmt: QmtBench, right: str) -> None:
    ready(raw_qmt, right)
    stage(raw_qmt, "refused")
    begun = raw_qmt.gateway.now()
    raw_qmt.until(lambda: raw_qmt.gateway.now() > begun + 120_000)
    fresh(raw_qmt)
    health = raw_qmt.gateway.health
    assert STOCK in health.level2.text
    assert raw_qmt.terminal.level2_asked == [STOCK]
    assert (health.quotes.stage, health.quotes.reconnects, health.quotes.bad) == ("up", 0, 0)
    assert set(withdrawn(raw_qmt)) == {-1}


def test_q93_a_right_that_came_meanwhile_is_found_with_the_next_connection(raw_qmt: QmtBench) -> None:
    ready(raw_qmt, "refused")
    stage(raw_qmt, "refused")
    raw_qmt.faults.level2 = "lots"
    raw_qmt.terminal.lose_quotes()
    raw_qmt.until(lambda: 0 in withdrawn(raw_qmt), "cancels")
    stage(raw_qmt, "on")


def test_q94_a_number_and_nothing_after_it_is_told_after_a_minute_of_trading(raw_qmt: QmtBench) -> None:
    ready(raw_qmt, "silent")
    stage(raw_qmt, "waiting")
    stage(raw_qmt, "silent")
    assert raw_qmt.gateway.health.level2.subscribed == 1
    assert raw_qmt.terminal.level2_asked == [STOCK]
    fresh(raw_qmt)
    raw_qmt.faults.level2 = "shares"
    stage(raw_qmt, "on")


def test_q95_a_subscription_that_hangs_costs_no_quote_and_is_tried_again_with_the_next_connection(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level2_side, "CALL_S", 0.3)
    raw_qmt.faults.hang_calls = {"subscribe_level2"}
    ready(raw_qmt, "lots")
    fresh(raw_qmt)
    stage(raw_qmt, "hung")
    begun = raw_qmt.gateway.now()
    raw_qmt.until(lambda: raw_qmt.gateway.now() > begun + 30_000)
    fresh(raw_qmt, BOND)
    assert raw_qmt.terminal.level2_asked == [STOCK]
    assert (raw_qmt.gateway.health.quotes.stage, raw_qmt.gateway.health.quotes.reconnects) == ("up", 0)
    raw_qmt.faults.hang_calls = set()
    raw_qmt.terminal.lose_quotes()
    stage(raw_qmt, "on")


@pytest.mark.parametrize(
    "changed",
    [
        {"withdrawBidQuantity": None},
        {"withdrawBidQuantity": -5},
        {"withdrawBidAmount": "much"},
        {"time": 12},
        {"totalBidQuantity": 1.5},
    ],
)
def test_q96_rows_of_garbage_are_counted_and_the_next_true_one_is_used(
    raw_qmt: QmtBench, changed: dict[str, Any]
) -> None:
    raw_qmt.faults.level2_changed = changed
    cancel(raw_qmt, 5_000)
    ready(raw_qmt, "shares")
    stage(raw_qmt, "unclear")
    assert set(withdrawn(raw_qmt)) == {-1}
    assert raw_qmt.gateway.health.level2.bad > 0
    assert raw_qmt.gateway.health.quotes.bad == 0
    raw_qmt.faults.level2_changed = {}
    raw_qmt.until(lambda: 5_000 in withdrawn(raw_qmt), "the exact cancels")


@pytest.mark.parametrize("amount", [0.0, 5_000 * 10.0 * 100 * 100, 5_000 * 10.0 / 100, 5_000 * 1.0])
def test_q97_a_quantity_whose_amount_fits_no_unit_is_not_used_and_that_is_said(
    raw_qmt: QmtBench, amount: float
) -> None:
    raw_qmt.faults.level2_changed = {"withdrawBidAmount": amount}
    cancel(raw_qmt, 5_000)
    ready(raw_qmt, "shares")
    stage(raw_qmt, "unclear")
    assert "withdrawBidQuantity" in raw_qmt.gateway.health.level2.text
    assert set(withdrawn(raw_qmt)) == {-1}


def test_q98_a_total_that_falls_is_doubted_once_and_what_comes_after_it_is_used(raw_qmt: QmtBench) -> None:
    cancel(raw_qmt, 90_000)
    ready(raw_qmt, "lots")
    raw_qmt.until(lambda: 90_000 in withdrawn(raw_qmt))
    cancel(raw_qmt, 40_000)
    raw_qmt.until(lambda: 40_000 in withdrawn(raw_qmt))
    raw_qmt.until(lambda: raw_qmt.gateway.health.level2.bad == 1, "one doubt")
    stage(raw_qmt, "on")
    fresh(raw_qmt)
    assert raw_qmt.gateway.health.level2.bad == 1


def test_q99_a_stale_row_says_nothing_of_a_new_snapshot(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.level2_late_ms = 30_000
    cancel(raw_qmt, 5_000)
    ready(raw_qmt, "lots")
    stage(raw_qmt, "silent")
    assert set(withdrawn(raw_qmt)) == {-1}


def test_q100_a_feed_of_zeros_counts_as_one_that_does_not_come(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.level2_changed = dict.fromkeys(["totalBidQuantity", "withdrawBidQuantity", "withdrawBidAmount"], 0)
    ready(raw_qmt, "lots")
    stage(raw_qmt, "silent")
    assert set(withdrawn(raw_qmt)) == {-1}


def test_q101_it_is_asked_for_stocks_alone_and_given_up_for_those_nobody_watches_any_more(raw_qmt: QmtBench) -> None:
    ready(raw_qmt, "lots", BOND, STOCK, "605999.SH", "999999.XX")
    raw_qmt.until(lambda: raw_qmt.terminal.level2_asked == [STOCK, "605999.SH"])
    (client,) = raw_qmt.terminal.quote_clients
    raw_qmt.until(lambda: client.level2_codes == {STOCK, "605999.SH"})  # type: ignore[attr-defined]
    raw_qmt.gateway.look_closely(["605999.SH"])
    raw_qmt.until(lambda: client.level2_codes == {"605999.SH"})  # type: ignore[attr-defined]
    raw_qmt.gateway.look_closely([])
    raw_qmt.until(lambda: client.level2_codes == set())  # type: ignore[attr-defined]
    stage(raw_qmt, "")
    assert raw_qmt.terminal.subscribed == set(CODES)


def test_q102_a_row_that_raises_when_it_is_read_costs_no_quote(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qmtdesk.gateways.qmt import level2

    def breaks(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(level2, "_withdrawn", breaks)
    ready(raw_qmt, "lots")
    stage(raw_qmt, "unclear")
    fresh(raw_qmt)
    assert raw_qmt.gateway.health.quotes.bad == 0


def test_q103_the_next_day_it_is_asked_for_anew_on_the_same_connection(raw_qmt: QmtBench) -> None:
    raw_qmt.terminal.world.at = at_of(DAY, 15, 4, 50)
    ready(raw_qmt, "silent", STOCK, "605999.SH")
    (client,) = raw_qmt.terminal.quote_clients
    raw_qmt.until(lambda: client.level2_codes == {STOCK, "605999.SH"})  # type: ignore[attr-defined]
    raw_qmt.faults.level2 = "lots"
    asked = [STOCK, "605999.SH"] * 2
    raw_qmt.until(lambda: raw_qmt.terminal.level2_asked == asked, "asked on the next day")
    stage(raw_qmt, "on")
    assert len(client._level2) == 2  # type: ignore[attr-defined]
    assert raw_qmt.gateway.health.quotes.reconnects == 0
