"""A whole live trader process over the real xtquant layer: health told, the word asked for, the trial walked."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from standin_control import ACCOUNT, Control
from standins.install import layer

sys.path.insert(0, str(Path(__file__).parents[1] / "trader"))

from desk_stand_in import DeskStandIn

from qmtdesk.domain.messages import SetMaster
from qmtdesk.domain.reason import Why
from qmtdesk.domain.texts_live import LIVE_WORD
from qmtdesk.trader.check import Wish, check
from qmtdesk.wire.client import TraderLink
from qmtdesk.wire.live_settings import LiveSettings, live_settings
from qmtdesk.wire.live_talk import FoundRow, GoLive, HealthRow, Looking, TrialRow, TrialWish
from qmtdesk.wire.probe_lines import Code
from qmtdesk.wire.rows import BondRow
from qmtdesk.wire.talk import Ack, act


class LiveDesk(DeskStandIn):
    """A desk of a live trader."""

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.folder = base / "live"
        self._words = ("--data", str(base), "--live", "--trader")
        self.link = TraderLink(self.folder, self._spawn, lambda: None)

    @property
    def health(self) -> HealthRow:
        return self.rows.get((HealthRow, ""), HealthRow())  # type: ignore[return-value]

    @property
    def trial(self) -> TrialRow:
        return self.rows.get((TrialRow, ""), TrialRow())  # type: ignore[return-value]

    def go_on(self, what: str, then: str, code: str = "") -> None:
        assert self.do(TrialWish(what=what, code=code)).ok
        self.until(lambda: self.trial.step == then, then)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[LiveDesk, Control]]:
    if layer() is None:
        pytest.skip("the xtquant wheel is not installed (extra qmt)")
    for name in ("terminal", "userdata_mini", "data/live"):
        (tmp_path / name).mkdir(parents=True)
    control = Control(tmp_path / "terminal", shift=True)
    for name, value in control.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    chosen = LiveSettings(package="qmt_standin", folder=str(tmp_path / "userdata_mini"), account=ACCOUNT)
    live_settings(tmp_path / "data" / "live").save(chosen)
    with LiveDesk(tmp_path / "data") as attached:
        attached.until(lambda: attached.ready and attached.health.trade_stage == "up", "the terminal")
        yield attached, control


def why(ack: Ack) -> Why | None:
    return ack.reason.why if ack.reason is not None else None


def test_from_the_first_word_to_the_trials_report(desk: tuple[LiveDesk, Control]) -> None:
    live, control = desk
    status = live.status
    assert status is not None
    assert (status.mode, status.master, status.live_said, status.reported_day) == ("live", False, False, "")
    assert ACCOUNT not in status.account
    assert why(live.do(act(SetMaster(on=True)))) is Why.LIVE_UNSAID
    assert why(live.do(GoLive(word=LIVE_WORD, reported=False))) is Why.NOT_REPORTED
    assert live.do(GoLive(word=LIVE_WORD, reported=True)).ok
    assert live.do(act(SetMaster(on=True))).ok
    live.until(lambda: live.all(BondRow), "bonds")
    before = live.health.subscribed
    codes = sorted(row.code for row in live.all(BondRow))[:8]
    assert live.do(Looking(codes=tuple(codes))).ok
    live.until(lambda: live.health.subscribed >= before + 5, "subscriptions")
    live.until(lambda: len(live.all(FoundRow)) == 1 and len(live.all(FoundRow)[0].units) >= 2, "units")
    live.go_on("begin", "asset", codes[0])
    live.go_on("same", "order")
    live.until(lambda: live.trial.last > 0, "a price")
    live.go_on("order", "cancel")
    live.go_on("cancel", "relogin")
    live.go_on("closing", "lost")
    control.act("disconnect")
    live.until(lambda: live.trial.step == "report", "the link again")
    live.until(lambda: live.health.connects == 2, "told of it")
    live.go_on("report", "done")
    told = Path(live.trial.report).read_text("utf-8")
    assert ACCOUNT not in told
    assert {name for name, verdict, _ in live.trial.findings if verdict != "ok"} <= {"remark", "auction"}


def test_level_two_is_used_and_told_where_the_account_has_the_right(desk: tuple[LiveDesk, Control]) -> None:
    live, control = desk
    live.until(lambda: live.health.level2_stage == "refused", "no right")
    control.change(faults={"level2": "lots"})
    control.act("lose_quotes")
    live.until(lambda: live.health.level2_stage == "on", "Level-2")
    assert live.health.level2_codes >= 1
    answered = [line for line in check(Wish(live.folder.parent)) if line.looked_for.code is Code.LOOK_LEVEL2]
    assert [line.found.code for line in answered if line.stage == "trader"] == [Code.LEVEL2_ON]
