"""The real trader, killed for real, again and again on one folder: never twice, never lost."""

import random
from pathlib import Path

import pytest
from desk_stand_in import DeskStandIn
from kill_bench import KillBench, Visitor, random_kills, wait

from qmtdesk.domain.messages import SetMaster, WatchStock
from qmtdesk.wire.talk import act

TRADING = (
    "before:OrderPlaced",
    "after:OrderPlaced",
    "before:submit",
    "after:submit",
    "before:OrderMoved",
    "after:OrderMoved",
    "before:FillBooked",
    "after:FillBooked",
    "before:CancelAsked",
    "after:CancelAsked",
    "before:cancel",
    "after:cancel",
    "before:GridChanged",
    "after:GridChanged",
    "before:Logged",
    "after:Logged",
    "before:query",
    "after:query",
    "before:save",
    "after:save",
)
OPENING = ("before:DayBegan", "after:DayBegan", "before:DayBase", "after:DayBase")


@pytest.fixture
def bench(tmp_path: Path):
    made = KillBench(tmp_path)
    yield made
    made.close()


@pytest.mark.fault("X1")
def test_random_kills_double_nothing_and_lose_nothing(bench: KillBench, long_run: bool) -> None:
    random_kills(bench, 1_000 if long_run else 12, random.Random(5))
    assert bench.wrong == []
    assert bench.readies > bench.kills // 4
    assert bench.booked


@pytest.mark.fault("X1")
def test_a_death_at_each_point_of_the_journal_and_of_the_gateway_is_made_good(bench: KillBench) -> None:
    bench.start(resume=False)
    bench.arm()
    bench.kill()
    reached = []
    for point in TRADING:
        bench.start(point=(point, 2))
        if wait(lambda: bench.gone, 8):
            reached.append(point)
        bench.kill()
    bench.finish()
    assert bench.wrong == []
    # a quiet stretch of the market may have no fill or no cancel in it
    assert len(reached) >= 6


@pytest.mark.parametrize("point", OPENING)
def test_a_death_on_the_first_day_leaves_a_trader_that_starts(bench: KillBench, point: str) -> None:
    bench.start(point=(point, 1), resume=False)
    assert wait(lambda: bench.gone, 60)
    bench.kill()
    bench.start(resume=False)
    assert bench.ready()
    bench.kill()
    assert bench.wrong == []


@pytest.mark.parametrize("point", ["before:KillSet", "after:KillSet"])
def test_a_death_while_the_kill_switch_is_pressed_stops_everything_all_the_same(bench: KillBench, point: str) -> None:
    bench.start(resume=False)
    bench.arm()
    bench.kill()
    (bench.folder / "KILL").touch()
    bench.start(point=(point, 1))
    assert wait(lambda: bench.gone, 60)
    bench.kill()
    bench.finish()
    assert bench.wrong == []


@pytest.mark.parametrize(
    ("point", "word"), [("MasterSet", SetMaster(on=False)), ("WatchSet", WatchStock("600000.SH", on=True))]
)
def test_a_users_word_is_kept_once_it_was_written_and_not_before(bench: KillBench, point: str, word: object) -> None:
    for when in ("before", "after"):
        bench.start(point=(f"{when}:{point}", 1), resume=False)

        def say(desk: Visitor) -> None:
            desk.until(lambda: desk.ready, "ready")
            code = next(iter(desk.watches()), None) or next(iter(desk.rows))[1]
            said = WatchStock(_other_stock(desk, code), on=True) if isinstance(word, WatchStock) else word
            desk.link.send(act(said))
            assert wait(lambda: bench.gone, 60)

        bench.visit(say)
        bench.kill()
        kept = any(kind == point for _, kind, _ in bench.rows())
        assert kept is (when == "after")
    assert bench.wrong == []


def _other_stock(desk: DeskStandIn, _code: str) -> str:
    from qmtdesk.wire.rows import QuoteRow

    watched = set(desk.watches())
    return next(row.code for row in desk.all(QuoteRow) if row.code not in watched)


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("forget:OrderPlaced", "knows nothing of"),
        ("twice:submit", "reached the broker 2 times"),
        ("forget:GridChanged", "its trades come to"),
    ],
)
def test_the_comparison_finds_a_trader_that_forgets_or_repeats(bench: KillBench, fault: str, found: str) -> None:
    bench.start(resume=False)
    bench.arm()
    bench.kill()
    assert bench.wrong == []
    bench.start(point=(fault, 0))
    wait(lambda: bench.dirty(found), 20)
    bench.kill()
    assert any(found in text for text in bench.wrong), bench.wrong
