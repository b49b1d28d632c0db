"""Limits that nobody can read lift no cap: everything is held back, said with file, key and value, at every start."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk_stand_in import DeskStandIn
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND
from qmtdesk.store.settings import keep_exit, keep_whole, trader_settings
from qmtdesk.trader.process import _settings
from qmtdesk.wire.rows import EventRow

TIGHT = {"version": 1, "risk": {"symbol_exposure": 25_000_000}}
SLIP = {"version": 1, "risk": {"symbol_exposure": 25_000_000, "order_valeu": 20_000_000}}


def wrote(folder: Path, body: object) -> Path:
    path = trader_settings(folder).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def day_of(folder: Path) -> LoopDay:
    """A morning with a kept grid under the user's own, tighter cap."""
    wrote(folder, TIGHT)
    value, read = _settings(folder)
    day = LoopDay(folder=folder, limits=replace(value.risk, jump_ms=10**9), settings=read).open()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, keep_armed=True))).refusal is None
    day.live_market(6_000)
    assert day.places()
    return day


def again(day: LoopDay) -> LoopDay:
    """As a start of the program does it."""
    value, day.settings = _settings(day.folder)
    day.limits = replace(value.risk, jump_ms=10**9)
    day.again(resume=False)
    day.live_market(9_000)
    return day


def told(day: LoopDay) -> list[dict[str, object]]:
    return [dict(line.reason.args) for line in day.state.lines if line.reason.why is Why.SETTINGS_REFUSED]


def test_a_slip_of_the_finger_holds_everything_back_at_every_start(tmp_path: Path) -> None:
    day = day_of(tmp_path)
    path = wrote(tmp_path, SLIP)
    for start in (1, 2, 3):
        again(day)
        assert not day.places(), start
        assert day.state.suspended[""].why is Why.SETTINGS_REFUSED
        assert len(told(day)) == start
        assert told(day)[-1] == {
            "fault": "unknown_key",
            "file": str(path),
            "key": "risk.order_valeu",
            "value": "20000000",
        }
    assert json.loads(path.read_text(encoding="utf-8")) == SLIP
    (copy,) = tmp_path.glob("trader-settings.json.bad-*")
    assert copy.read_bytes() == path.read_bytes()


def test_a_corrected_file_lifts_it_at_the_next_start_with_the_users_own_cap(tmp_path: Path) -> None:
    day = day_of(tmp_path)
    wrote(tmp_path, SLIP)
    again(day)
    wrote(tmp_path, TIGHT)
    again(day)
    assert "" not in day.state.suspended
    assert day.state.limits.symbol_exposure == 25_000_000
    assert day.said().count(Why.SETTINGS_TAKEN) == 1
    again(day)
    assert day.said().count(Why.SETTINGS_TAKEN) == 1


def test_the_user_may_go_on_with_the_defaults_until_the_next_start(tmp_path: Path) -> None:
    day = day_of(tmp_path)
    wrote(tmp_path, SLIP)
    again(day)
    assert day.feed(m.Release("")).refusal is None
    day.live_market(9_000)
    assert day.places()
    assert day.state.limits.symbol_exposure == RiskLimits().symbol_exposure
    again(day)
    assert not day.places()
    assert day.state.suspended[""].why is Why.SETTINGS_REFUSED


def test_what_the_user_has_to_release_for_another_reason_stays_his_to_release(tmp_path: Path) -> None:
    day = day_of(tmp_path)
    day.feed(m.ClockJumped(day.limits.jump_arm_ms + 10**9))
    assert day.state.suspended[""].why is Why.CLOCK_JUMPED
    wrote(tmp_path, SLIP)
    again(day)
    assert told(day)
    wrote(tmp_path, TIGHT)
    again(day)
    assert day.state.suspended[""].why is Why.CLOCK_JUMPED


def test_nothing_is_written_over_a_file_nobody_can_read(tmp_path: Path) -> None:
    path = wrote(tmp_path, SLIP)
    before = path.read_bytes()
    with pytest.raises(OSError, match="order_valeu"):
        keep_exit(tmp_path, cancel=True)
    with pytest.raises(OSError, match="order_valeu"):
        keep_whole(tmp_path, on=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize("keep", [lambda at: keep_exit(at, cancel=True), lambda at: keep_whole(at, on=True)])
def test_limits_that_could_not_be_read_at_once_are_neither_waited_for_nor_lost_with_the_next_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: Callable[[Path], object]
) -> None:
    path = wrote(tmp_path, TIGHT)
    # the decision thread keeps these choices: it may not stand still until a scanner lets go
    real, left = Path.open, [1]

    def held(self: Path, *args: Any, **words: Any) -> Any:
        if self == path and left[0]:
            left[0] -= 1
            raise PermissionError(13, "being used by another process", str(self))
        return real(self, *args, **words)

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(OSError, match="another process"):
        keep(tmp_path)
    assert trader_settings(tmp_path).load().value.risk.symbol_exposure == TIGHT["risk"]["symbol_exposure"]
    keep(tmp_path)
    assert trader_settings(tmp_path).load().value.risk.symbol_exposure == TIGHT["risk"]["symbol_exposure"]


def test_what_was_armed_in_this_run_does_not_go_on_under_limits_nobody_can_read(tmp_path: Path) -> None:
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready, "ready")
        desk.demo()
        desk.until(lambda: any(row.armed for row in desk.grids().values()), "a grid")
        wrote(tmp_path / "paper", SLIP)
        old = desk.kill_trader()
        desk.until(lambda: desk.pid != old and desk.ready and "settings_refused" in desk.events, "it is said")
        assert not any(row.armed for row in desk.grids().values())


def test_a_trader_restarted_by_its_desk_goes_on_with_nothing_and_says_why(tmp_path: Path) -> None:
    wrote(tmp_path / "paper", {"version": 1, "risk": {"order_value": "a lot"}})
    with DeskStandIn(tmp_path) as desk:
        for starts in (1, 2):
            desk.until(lambda n=starts: desk.ready and desk.events.count("settings_refused") == n, "it is said")
            assert desk.status is not None
            assert [each.reason.why for each in desk.status.suspended] == [Why.SETTINGS_REFUSED]
            (line, *_) = [row for row in desk.all(EventRow) if row.reason.why is Why.SETTINGS_REFUSED]
            assert line.level == "alarm"
            assert dict(line.reason.args)["key"] == "risk.order_value"
            assert dict(line.reason.args)["value"] == '"a lot"'
            assert dict(line.reason.args)["file"] == str(tmp_path / "paper" / "trader-settings.json")
            if starts == 1:
                old = desk.kill_trader()
                desk.until(lambda pid=old: desk.pid != pid, "another trader")
