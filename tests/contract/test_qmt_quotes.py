"""Cases Q61 to Q80: quotes, units and the morning's list over xtdata."""

import threading
from typing import Any

import pytest
from gateway_bench import GatewayBench, QmtBench
from still_feed import BOND, BOND_SZ, CODES, DAY, STOCK

from qmtdesk.domain.messages import DayOpened, LinkChanged, Quoted
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt import list_questions, names, quote_side, watchdog
from qmtdesk.gateways.qmt.list_questions import ListQuestions


def quotes(bench: GatewayBench, code: str = BOND) -> list[Any]:
    return [e.quote for e in bench.of(Quoted, lambda e: e.quote.code == code)]


def fresh(bench: GatewayBench, code: str = BOND) -> None:
    """A snapshot of after this moment comes."""
    now = bench.gateway.now()
    bench.wait(Quoted, lambda e: e.quote.code == code and e.quote.at > now)


@pytest.mark.parametrize("unit", [1, 10, 100])
def test_q61_a_bonds_volumes_are_in_pieces_whatever_the_feed_counts_in(raw_qmt: QmtBench, unit: int) -> None:
    raw_qmt.terminal.units = {BOND: unit}
    raw_qmt.ready()
    fresh(raw_qmt)
    quote = quotes(raw_qmt)[-1]
    assert (quote.rough, quote.bids[0].volume, quote.amount) == (False, 5_000, quote.volume * quote.last)
    assert raw_qmt.gateway.units[BOND] == unit


@pytest.mark.parametrize("unit", [1, 10, 100])
def test_q61_a_stocks_volumes_are_in_pieces_whatever_the_feed_counts_in(raw_qmt: QmtBench, unit: int) -> None:
    raw_qmt.terminal.units = {STOCK: unit}
    raw_qmt.ready()
    raw_qmt.until(lambda: STOCK in raw_qmt.gateway.units, "a unit")
    fresh(raw_qmt, STOCK)
    told = [quote for quote in quotes(raw_qmt, STOCK) if not quote.rough]
    assert {quote.bids[0].volume for quote in told} == {5_000}
    assert all(quote.amount == quote.volume * quote.last for quote in told)
    assert raw_qmt.gateway.units[STOCK] == unit


def test_q62_before_the_first_trade_a_bonds_volumes_are_said_to_be_rough(raw_qmt: QmtBench) -> None:
    raw_qmt.feed.traded = False
    raw_qmt.terminal.quotes.clear()
    raw_qmt.ready()
    fresh(raw_qmt)
    assert quotes(raw_qmt)[-1].rough
    assert quotes(raw_qmt)[-1].bids[0].price == 119_999
    assert not quotes(raw_qmt, STOCK)[-1].rough
    raw_qmt.feed.traded = True
    raw_qmt.wait(Quoted, lambda e: e.quote.code == BOND and not e.quote.rough)


def test_q63_garbage_is_counted_and_the_next_snapshot_is_read(qmt: QmtBench) -> None:
    qmt.faults.bad_ticks = 2
    qmt.until(lambda: qmt.gateway.health.quotes.bad > 0, "garbage")
    fresh(qmt)
    assert all(quote.last > 0 for quote in quotes(qmt))


def test_q64_a_snapshot_of_next_year_does_not_keep_the_true_ones_out(
    qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (client,) = qmt.terminal.quote_clients
    inner = client._tick  # type: ignore[attr-defined]
    ahead = [3]

    def tick(quote: Any) -> dict[str, Any]:
        row: dict[str, Any] = inner(quote)
        if ahead[0]:
            ahead[0] -= 1
            row["time"] += 365 * 86_400_000
        return row

    monkeypatch.setattr(client, "_tick", tick)
    qmt.until(lambda: ahead[0] == 0 and qmt.gateway.health.quotes.bad >= 3)
    fresh(qmt)
    assert all(quote.at < at_of(DAY, 23, 59) for quote in quotes(qmt))


def test_q65_snapshots_that_overtake_each_other_are_told_newest_first(qmt: QmtBench) -> None:
    fresh(qmt)
    newest = quotes(qmt)[-1]
    rows = {BOND: {**_tick(qmt), "time": newest.at - 60_000}}
    qmt.gateway._quotes._came.put((qmt.gateway._quotes._generation, rows))
    fresh(qmt, STOCK)
    times = [quote.at for quote in quotes(qmt)]
    assert times == sorted(times)


def _tick(bench: QmtBench) -> dict[str, Any]:
    (client,) = bench.terminal.quote_clients
    row: dict[str, Any] = client._tick(bench.terminal.quotes[BOND])  # type: ignore[attr-defined]
    return row


def test_q66_a_lost_quote_link_is_made_anew_and_everything_is_subscribed_again(qmt: QmtBench) -> None:
    fresh(qmt)
    qmt.terminal.lose_quotes()
    qmt.until(lambda: qmt.gateway.health.quotes.reconnects == 1, "a reconnect")
    qmt.until(lambda: qmt.terminal.subscribed == set(CODES), "subscriptions")
    fresh(qmt)
    assert qmt.downs() == 0


def test_q67_a_connection_the_layer_made_by_itself_is_not_taken_for_ours(qmt: QmtBench) -> None:
    fresh(qmt)
    qmt.terminal.lose_quotes()
    from xtquant import xtdata

    # any call of the layer connects anew where it finds no connection; nothing is subscribed on that one
    assert xtdata.get_client().is_connected()
    qmt.until(lambda: qmt.terminal.subscribed == set(CODES), "subscriptions")
    fresh(qmt)


def heard_of(qmt: QmtBench) -> list[object]:
    """Every subscription from here on."""
    subscriptions: list[object] = []
    (client,) = qmt.terminal.quote_clients
    inner = client.subscribe_whole_quote  # type: ignore[attr-defined]
    client.subscribe_whole_quote = lambda *a: subscriptions.append(a) or inner(*a)  # type: ignore[attr-defined]
    return subscriptions


def test_q68_a_link_on_which_nothing_comes_is_subscribed_anew_and_then_made_anew(qmt: QmtBench) -> None:
    fresh(qmt)
    qmt.faults.frozen = True
    subscriptions = heard_of(qmt)
    qmt.until(lambda: bool(subscriptions), "a new subscription")
    assert qmt.gateway.health.quotes.reconnects == 0
    qmt.until(lambda: qmt.gateway.health.quotes.reconnects == 1, "a new connection")
    qmt.faults.frozen = False
    fresh(qmt)


def test_q68_a_silence_as_long_as_one_that_ended_by_itself_is_not_doubted_again(qmt: QmtBench) -> None:
    fresh(qmt)
    qmt.faults.frozen = True
    qmt.until(lambda: qmt.gateway.health.quotes.reconnects == 1, "a new connection")
    qmt.until(lambda: qmt.terminal.subscribed == set(CODES), "subscriptions")
    qmt.faults.frozen = False
    fresh(qmt)
    qmt.faults.frozen = True
    subscriptions = heard_of(qmt)
    qmt.pass_time(45_000)
    assert not subscriptions


def test_q69_silence_outside_the_session_is_no_silence() -> None:
    state, doubts = watchdog.Quiet(), []
    for at in range(0, 3_600_000, 500):
        state, doubt = watchdog.looked(state, at + 1, trading=False)
        doubts.append(doubt)
    state, doubt = watchdog.looked(state, 3_600_500, trading=True)
    assert {*doubts, doubt} == {watchdog.Doubt.NONE}


def test_q70_only_what_is_wanted_is_subscribed(qmt: QmtBench) -> None:
    assert qmt.terminal.subscribed == set(CODES)
    qmt.gateway.watch([BOND])
    qmt.until(lambda: qmt.terminal.subscribed == {BOND})
    qmt.gateway.watch([])
    qmt.until(lambda: qmt.terminal.subscribed == set())
    qmt.gateway.watch([STOCK, "999999.XX"])
    qmt.until(lambda: STOCK in qmt.terminal.subscribed)
    fresh(qmt, STOCK)


def test_q71_told_limits_that_differ_from_the_rules_are_kept_and_named(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.told_limit_off = 10
    raw_qmt.ready()
    one = next(i for i in raw_qmt.wait(DayOpened).instruments if i.code == BOND)
    assert (one.told_up, one.limit_up, one.limits_agree) == (144_010, 144_000, False)
    assert BOND in {code for code, _ in raw_qmt.gateway.differences}


def test_q71_a_told_tick_that_differs_from_the_rules_is_kept_and_named(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.details_changed = {BOND: {"PriceTick": 0.01}}
    raw_qmt.ready()
    one = next(i for i in raw_qmt.wait(DayOpened).instruments if i.code == BOND)
    assert (one.told_tick, one.tick) == (10, 1)
    assert (BOND, names.TICK_DIFFERS.format(0.01, 0.001)) in raw_qmt.gateway.differences


def test_q71_a_close_that_the_first_snapshot_tells_otherwise_is_kept_and_named(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.details_changed = {BOND: {"PreClose": 119.0, "UpStopPrice": 142.8, "DownStopPrice": 95.2}}
    raw_qmt.ready()

    def told() -> tuple[int, int]:
        one = next(i for e in reversed(raw_qmt.of(DayOpened)) for i in e.instruments if i.code == BOND)
        return one.told_close, one.prev_close

    raw_qmt.until(lambda: told() == (120_000, 119_000))
    assert raw_qmt.gateway.differences == ((BOND, names.CLOSE_DIFFERS.format(119.0, 120.0)),)
    # one right snapshot takes it back: the first may have been garbage
    raw_qmt.faults.last_close[BOND] = 119.0
    raw_qmt.until(lambda: told() == (0, 119_000))
    assert raw_qmt.gateway.differences == ()
    # and settles it for the day
    days = len(raw_qmt.of(DayOpened))
    raw_qmt.faults.last_close[BOND] = 118.0
    raw_qmt.until(lambda: quotes(raw_qmt)[-1].prev_close == 118_000)
    fresh(raw_qmt)
    assert (told(), len(raw_qmt.of(DayOpened))) == ((0, 119_000), days)


def test_q72_without_the_right_to_bond_data_bonds_are_listed_without_terms(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.cb_right = False
    raw_qmt.ready()
    opened = raw_qmt.wait(DayOpened)
    assert {t.code for t in opened.terms} == {BOND, BOND_SZ}
    assert not any(t.size_known for t in opened.terms)


def test_q73_a_sector_that_was_never_fetched_is_fetched(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.sector_empty = True
    raw_qmt.ready()
    assert {BOND, BOND_SZ} <= {i.code for i in raw_qmt.wait(DayOpened).instruments}
    assert raw_qmt.gateway.health.quotes.text == ""


def test_q74_a_sector_that_stays_empty_leaves_the_bonds_that_are_wanted_and_says_so(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.sector_empty = raw_qmt.faults.fetch_fails = True
    raw_qmt.gateway.start(raw_qmt.post)
    raw_qmt.gateway.watch([BOND, STOCK])
    raw_qmt.until(lambda: any({BOND, STOCK} == {i.code for i in e.instruments} for e in raw_qmt.of(DayOpened)))
    assert raw_qmt.gateway.health.quotes.text == names.NO_SECTOR


def test_q75_a_code_wanted_later_is_looked_up_and_nothing_else_is_asked_again(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    inner = ListQuestions.ask

    def ask(questions: ListQuestions, codes: list[str], bonds: tuple[str, ...]) -> Any:
        asked.append(list(codes))
        return inner(questions, codes, bonds)

    monkeypatch.setattr(ListQuestions, "ask", ask)
    raw_qmt.gateway.start(raw_qmt.post)
    raw_qmt.wait(DayOpened)
    raw_qmt.gateway.watch([STOCK, "605999.SH"])
    opened = raw_qmt.wait(DayOpened, count=2)
    assert {i.code for i in opened.instruments} == set(CODES)
    assert asked == [[BOND, BOND_SZ], [STOCK, "605999.SH"]]
    assert raw_qmt.gateway.health.quotes.text == names.LACKING.format(1, "605999.SH")
    raw_qmt.pass_time(100_000)
    # but for the one of which nothing was told
    assert asked[2:] in ([["605999.SH"]] * 2, [["605999.SH"]] * 3)
    assert len(raw_qmt.of(DayOpened)) == 2


@pytest.mark.parametrize("call", ["quotes", "subscribe_quotes", "detail", "sector"])
def test_q76_quote_calls_that_hang_are_given_up_and_trading_goes_on(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    for room in (quote_side, list_questions):
        monkeypatch.setattr(room, "CALL_S", 0.3)
    monkeypatch.setattr(quote_side, "CONNECT_S", 0.3)
    raw_qmt.faults.hang_calls = {call}
    raw_qmt.gateway.start(raw_qmt.post)
    raw_qmt.watch()
    raw_qmt.wait(LinkChanged, lambda e: e.up)
    assert raw_qmt.report().positions
    begun = raw_qmt.gateway.now()
    raw_qmt.until(lambda: raw_qmt.gateway.now() > begun + 20_000)
    raw_qmt.faults.hang_calls = set()
    raw_qmt.wait(DayOpened)
    fresh(raw_qmt)


def test_q77_bond_data_that_hang_cost_their_deadline_once_and_no_quotes(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_questions, "CALL_S", 0.3)
    from standins.native_quote import NativeQuotes

    calls: list[str] = []

    def hangs(_client: NativeQuotes, code: str) -> bytes:
        calls.append(code)
        threading.Event().wait()
        return b""

    monkeypatch.setattr(NativeQuotes, "get_cb_info", hangs)
    raw_qmt.ready()
    fresh(raw_qmt)
    assert len(calls) == 1
    assert raw_qmt.gateway.health.quotes.reconnects == 0


def test_q78_the_next_morning_has_a_list_of_its_own(raw_qmt: QmtBench) -> None:
    raw_qmt.terminal.world.at = at_of(DAY, 15, 4, 50)
    raw_qmt.ready()
    opened = raw_qmt.wait(DayOpened, lambda e: e.day == "2026-11-23")
    assert {BOND, BOND_SZ} <= {i.code for i in opened.instruments}


def test_q79_a_terminal_that_still_shows_yesterday_is_waited_for_until_twenty_past_nine(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from standins import native_quote

    inner = native_quote.detail_of
    monkeypatch.setattr(native_quote, "detail_of", lambda *a, **k: {**inner(*a, **k), "TradingDay": "20261119"})
    raw_qmt.terminal.world.at = at_of(DAY, 9, 14, 50)
    raw_qmt.gateway.start(raw_qmt.post)
    raw_qmt.watch()
    raw_qmt.until(lambda: "2026-11-19" in raw_qmt.gateway.health.quotes.text, "the reason")
    assert raw_qmt.of(DayOpened) == []
    raw_qmt.terminal.pump(240_000)
    assert raw_qmt.of(DayOpened) == []
    raw_qmt.terminal.pump(60_000)
    raw_qmt.wait(DayOpened)
    assert raw_qmt.gateway.now() >= at_of(DAY, 9, 20)
    assert any("TradingDay" in text for _, text in raw_qmt.gateway.differences)


def test_q80_one_unknown_code_does_not_cost_the_list(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.details_missing = {BOND_SZ}
    raw_qmt.ready()
    assert BOND_SZ not in {i.code for i in raw_qmt.wait(DayOpened).instruments}
    assert BOND in {i.code for i in raw_qmt.wait(DayOpened).instruments}


def test_q81_a_terminal_that_is_still_loading_opens_no_day_and_is_asked_again(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.details_missing = set(CODES)
    raw_qmt.gateway.start(raw_qmt.post)
    raw_qmt.watch()
    reason = names.NO_DETAILS.format(len(CODES), len(CODES))
    raw_qmt.until(lambda: raw_qmt.gateway.health.quotes.text == reason, "the reason")
    raw_qmt.pass_time(20_000)
    assert raw_qmt.of(DayOpened) == []
    raw_qmt.faults.details_missing = set()
    assert {i.code for i in raw_qmt.wait(DayOpened).instruments} == set(CODES)
    assert raw_qmt.gateway.health.quotes.text == ""


def test_q82_a_detail_that_is_late_makes_the_list_longer(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.details_missing = {STOCK}
    raw_qmt.ready()
    assert STOCK not in {i.code for i in raw_qmt.wait(DayOpened).instruments}
    raw_qmt.until(lambda: STOCK in raw_qmt.gateway.health.quotes.text, "the reason")
    raw_qmt.faults.details_missing = set()
    raw_qmt.until(lambda: {i.code for i in raw_qmt.of(DayOpened)[-1].instruments} == set(CODES), "the stock")
    raw_qmt.until(lambda: raw_qmt.gateway.health.quotes.text == "")


def test_q83_yesterdays_page_is_corrected_as_soon_as_the_terminal_has_turned_it(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.page_of = "20261119"
    raw_qmt.ready()

    def told() -> tuple[int, int, int]:
        one = next(i for i in raw_qmt.of(DayOpened)[-1].instruments if i.code == BOND)
        return one.prev_close, one.limit_up, one.told_close

    raw_qmt.until(lambda: told() == (119_000, 142_800, 120_000), "what the snapshots say")
    assert raw_qmt.gateway.health.quotes.text == names.OLD_PAGE.format("2026-11-19")
    raw_qmt.faults.page_of = ""
    raw_qmt.until(lambda: told() == (120_000, 144_000, 0), "today's page")
    raw_qmt.until(lambda: raw_qmt.gateway.health.quotes.text == "")
    assert raw_qmt.gateway.differences == ()


def test_q84_one_snapshot_of_this_afternoon_silences_nothing(qmt: QmtBench) -> None:
    now = qmt.gateway.now()
    qmt.faults.ahead_ms = {BOND: 3_000_000}
    qmt.wait(Quoted, lambda e: e.quote.code == BOND and e.quote.at > now + 2_000_000)
    qmt.wait(Quoted, lambda e: e.quote.code == BOND and now < e.quote.at < now + 2_000_000, count=3)
