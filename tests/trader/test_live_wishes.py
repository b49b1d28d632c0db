"""What a desk asks of a live trader: the word with its question, the terminal's health, a bundle."""

import threading
from pathlib import Path

from loop_day import HandGateway, LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.texts_live import LIVE_WORD
from qmtdesk.engine.books import State
from qmtdesk.engine.core import Step
from qmtdesk.gateways.qmt.health import Health, QuotesHealth, TradingHealth
from qmtdesk.simulate.market_day import BOND, STOCK
from qmtdesk.store.settings import TraderSettings
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.live_wishes import LiveWishes, reported_day
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.obey import Obey
from qmtdesk.trader.pictures import Desk
from qmtdesk.wire.live_settings import LiveSettings, live_settings
from qmtdesk.wire.live_talk import FoundRow, GoLive, HealthRow, Looking, MakeBundle
from qmtdesk.wire.outbox import Answer, Change
from qmtdesk.wire.rows import QuoteRow, StatusRow
from qmtdesk.wire.talk import Ack, Act, Body, Command, act

PLAN = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100)


class Terminal(HandGateway):
    """A gateway with connections to tell of, that quotes what it is asked for."""

    differences: tuple[tuple[str, str], ...] = ((BOND, "PriceTick 0.01 instead of 0.001"),)
    units = {BOND: 10, STOCK: 100}  # noqa: RUF012

    def __init__(self, day: LoopDay) -> None:
        super().__init__(day)
        self.health = Health(TradingHealth(stage="up", connects=2), QuotesHealth(stage="up", subscribed=7))
        self.watched: list[frozenset[str]] = []

    def watch(self, codes: frozenset[str]) -> None:
        self.watched.append(frozenset(codes))


class Told:
    """The desks' end."""

    desks = 1

    def __init__(self) -> None:
        self.rows: dict[type, object] = {}

    def publish(self, changes: list[Change], quotes: list[QuoteRow]) -> None:
        self.rows.update((type(change), change) for _, change in changes)

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        """Alive."""


class LiveDay(LoopDay):
    """A live trader's loop on the paper broker."""

    def begin(self) -> None:
        self.terminal = Terminal(self)
        day = reported_day(self.folder)
        self.loop = Loop(
            self.terminal,  # type: ignore[arg-type]
            Diary(self.folder / "journal.db", live=True),
            State(self.limits, FeeSchedule(), live=True),
            Desk("live", "66****396", 1, str(self.folder), reported_day=day),
            TraderSettings().screen,
            self.folder,
            resume=self.resume,
        )
        self.state = self.loop.state
        self.answers: list[Answer] = []
        self.bundles: list[Path] = []
        self.answered = threading.Event()
        self.obey = Obey(None, self.reply, keep_exit=lambda _: None, live=LiveWishes(self.folder, self.bundle))
        self.numbers = 0

    def connect(self) -> None:
        self.feed(m.Installed("abcd"))
        self.feed(m.LinkChanged(up=True, account="k1"))
        self.feed(m.DayOpened(self.day.isoformat(), self.instruments))

    def feed(self, event: m.Event) -> Step:
        named = isinstance(event, m.AccountReported | m.OrderReported | m.FillReported)
        return super().feed(replace(event, account="k1") if named else event)

    def reply(self, _desk: int, answer: Answer) -> None:
        self.answers.append(answer)
        self.answered.set()

    def bundle(self, folder: Path) -> Path:
        if self.bundles:
            raise OSError("disk full")
        self.bundles.append(folder / "bundle.zip")
        return self.bundles[-1]

    def ask(self, body: Body) -> Ack:
        self.numbers += 1
        self.answered.clear()
        self.obey.carry_out(self.loop, 1, Command(self.numbers, 0, body))
        assert self.answered.wait(10)
        self.state = self.loop.state
        answer = self.answers[-1]
        assert isinstance(answer, Ack)
        return answer


def live(folder: Path) -> LiveDay:
    live_settings(folder).save(LiveSettings(folder="C:/qmt", account="6655443396"))
    return LiveDay(folder=folder).open()  # type: ignore[return-value]


def why(ack: Ack) -> Why | None:
    return ack.reason.why if ack.reason is not None else None


def test_the_word_needs_the_answer_about_the_report_and_the_answer_is_kept_with_its_day(tmp_path: Path) -> None:
    day = live(tmp_path)
    assert why(day.ask(GoLive(word=LIVE_WORD, reported=False))) is Why.NOT_REPORTED
    assert not day.state.confirmed
    assert why(day.ask(GoLive(word="no", reported=True))) is Why.LIVE_WORD_WRONG
    assert reported_day(tmp_path) == day.day.isoformat()
    kept = live_settings(tmp_path).load().value
    assert (kept.folder, kept.account, kept.reported) == ("C:/qmt", "6655443396", True)
    assert day.ask(GoLive(word=LIVE_WORD, reported=False)).ok
    assert day.state.confirmed


def test_the_next_run_asks_for_the_word_and_not_for_the_report(tmp_path: Path) -> None:
    day = live(tmp_path)
    assert day.ask(GoLive(word=LIVE_WORD, reported=True)).ok
    day.again(resume=False)
    assert not day.state.confirmed
    assert day.ask(GoLive(word=LIVE_WORD, reported=False)).ok


def test_no_desk_can_say_the_word_past_the_question(tmp_path: Path) -> None:
    day = live(tmp_path)
    bare = Act("ConfirmLive", b'{"word":"' + LIVE_WORD.encode() + b'"}')
    assert not day.ask(bare).ok
    assert not day.state.confirmed
    assert why(day.ask(act(m.ArmGrid(PLAN)))) is Why.LIVE_UNSAID
    assert why(day.ask(act(m.SetMaster(on=True)))) is Why.LIVE_UNSAID


def test_after_it_the_master_switch_and_a_grid_go_on(tmp_path: Path) -> None:
    day = live(tmp_path)
    assert day.ask(GoLive(word=LIVE_WORD, reported=True)).ok
    assert not day.places()
    assert day.ask(act(m.SetMaster(on=True))).ok
    assert day.ask(act(m.ArmGrid(PLAN))).ok
    assert day.places(BOND)


def test_the_desk_is_shown_the_terminal_and_what_still_has_to_be_said(tmp_path: Path) -> None:
    day, told = live(tmp_path), Told()
    day.loop._publish(told, 10**9)
    row, found, status = told.rows[HealthRow], told.rows[FoundRow], told.rows[StatusRow]
    assert isinstance(row, HealthRow)
    assert (row.trade_stage, row.connects, row.subscribed) == ("up", 2, 7)
    assert isinstance(found, FoundRow)
    assert found.units == ((BOND, 10),)
    assert found.differences[0][:2] == (BOND, "PriceTick 0.01 instead of 0.001")
    assert isinstance(status, StatusRow)
    assert (status.live_said, status.reported_day, status.master) == (False, "", False)
    assert [reason.why for reason in status.blockers] == [Why.LIVE_UNSAID]
    day.ask(GoLive(word=LIVE_WORD, reported=True))
    day.terminal.health = Health(TradingHealth(stage="hung"), QuotesHealth())
    day.loop._publish(told, 2 * 10**9)
    row, status = told.rows[HealthRow], told.rows[StatusRow]
    assert isinstance(row, HealthRow)
    assert row.trade_stage == "hung"
    assert isinstance(status, StatusRow)
    assert (status.live_said, status.reported_day) == (True, day.day.isoformat())


def test_a_paper_market_has_no_terminal_to_tell_of(tmp_path: Path) -> None:
    day, told = LoopDay(folder=tmp_path).open(), Told()
    day.loop._publish(told, 10**9)  # type: ignore[attr-defined]
    assert HealthRow not in told.rows
    assert StatusRow in told.rows


def test_what_a_desk_looks_at_is_quoted(tmp_path: Path) -> None:
    day = live(tmp_path)
    assert day.ask(Looking(codes=("110001.SH",))).ok
    day.loop.wanted.tell(day.state, 10**9)
    assert day.terminal.watched[-1] == {"110001.SH"}


def test_a_bundle_is_made_beside_the_loop_and_its_place_is_told(tmp_path: Path) -> None:
    day = live(tmp_path)
    ack = day.ask(MakeBundle())
    assert ack.reason is not None
    assert (ack.ok, ack.reason.why, ack.reason.get("path")) == (True, Why.BUNDLE_MADE, str(tmp_path / "bundle.zip"))
    ack = day.ask(MakeBundle())
    assert (ack.ok, why(ack)) == (False, Why.BUNDLE_FAILED)


def test_settings_that_cannot_be_written_keep_the_word_unsaid(tmp_path: Path) -> None:
    day = live(tmp_path)
    place = live_settings(tmp_path).path
    place.unlink()
    place.mkdir()
    ack = day.ask(GoLive(word=LIVE_WORD, reported=True))
    assert not ack.ok
    assert not day.state.confirmed
