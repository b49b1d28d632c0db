"""The desk's picture of the trader, and how it gets there."""

from pathlib import Path
from time import monotonic
from typing import Any

import fake_trader as fake
import msgspec
import pytest
from pytestqt.qtbot import QtBot

from qmtdesk.desk.link.commands import LinkCommands
from qmtdesk.desk.link.listen import Listener
from qmtdesk.desk.link.mirror import POINTS, TAGS, Mirror
from qmtdesk.desk.link.sealed import sealed_amount
from qmtdesk.desk.shell.strip_words import quote_age
from qmtdesk.domain.messages import Kill
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.link_events import Attached, Failed, Lost, Silent
from qmtdesk.wire.live_talk import FoundRow, HealthRow, TrialRow
from qmtdesk.wire.numbering import Snapshot
from qmtdesk.wire.rows import KEYS, QuoteRow
from qmtdesk.wire.talk import Ack, Act, Batch, Beat, Raise, Series, event_of


@pytest.fixture
def mirror(qapp: object) -> Mirror:
    made = Mirror()
    fake.fill_mirror(made)
    return made


def newer(row: QuoteRow, **more: Any) -> QuoteRow:
    return msgspec.structs.replace(row, at=row.at + 3000, **more)


def test_changes_are_told_together_on_the_next_frame(qtbot: QtBot, mirror: Mirror) -> None:
    told: list[frozenset[str]] = []
    mirror.quotes_changed.connect(told.append)
    for price in (119_400, 119_410, 119_420):
        mirror.apply([newer(mirror.quotes[fake.BOND], last=price)])
    mirror.apply([newer(mirror.quotes[fake.STOCK])])
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert told == [frozenset({fake.BOND, fake.STOCK})]
    assert mirror.last(fake.BOND) == 119_420


def test_a_row_that_is_gone_is_told_by_its_key(mirror: Mirror) -> None:
    told: list[frozenset[str]] = []
    mirror.orders_changed.connect(told.append)
    mirror.apply([fake.gone(mirror.orders["b1"])])
    mirror.flush()
    assert told == [frozenset({"b1"})]
    assert "b1" not in mirror.orders


def test_a_snapshot_takes_away_what_it_does_not_name(mirror: Mirror) -> None:
    mirror.begin_snapshot()
    mirror.apply([fake.status(), *fake.quotes()])
    mirror.end_snapshot()
    assert mirror.orders == {}
    assert mirror.grids == {}
    assert fake.BOND in mirror.quotes


def test_every_kind_of_row_has_its_place() -> None:
    assert set(TAGS.values()) == set(KEYS)
    for tag, kind in TAGS.items():
        assert kind.__struct_config__.tag == tag


def test_history_replaces_what_was_gathered_up_to_its_end(mirror: Mirror) -> None:
    mirror.apply([newer(mirror.quotes[fake.BOND], last=119_500)])
    late = mirror.quotes[fake.BOND].at
    mirror.set_series(fake.BOND, "price", [(late - 9000, 1), (late - 6000, 2)])
    assert mirror.series(fake.BOND, "price")[:2] == [(late - 9000, 1), (late - 6000, 2)]
    assert mirror.series(fake.BOND, "price")[-1] == (late, 119_500)
    assert mirror.has_history(fake.BOND, "price")


def test_history_does_not_grow_for_ever(mirror: Mirror) -> None:
    quote = mirror.quotes[fake.BOND]
    for _ in range(POINTS + 500):
        quote = msgspec.structs.replace(quote, at=quote.at + 3000)
        mirror.apply([quote])
    assert len(mirror.series(fake.BOND, "price")) <= POINTS


def test_a_stale_quote_adds_nothing_to_the_history(mirror: Mirror) -> None:
    before = len(mirror.series(fake.BOND, "price"))
    mirror.apply([newer(mirror.quotes[fake.BOND], stale=True)])
    assert len(mirror.series(fake.BOND, "price")) == before
    assert mirror.stale(fake.BOND)


def test_a_seal_counts_only_when_nothing_is_offered(mirror: Mirror) -> None:
    sealed = mirror.quotes[fake.STOCK]
    assert sealed_amount(sealed, 11_000) == 26_400_000_000
    assert sealed_amount(msgspec.structs.replace(sealed, asks=((11_000, 8_000_000),)), 11_000) == -1
    assert sealed_amount(msgspec.structs.replace(sealed, last=10_990), 11_000) == -1
    assert sealed_amount(sealed, 0) == -1


@pytest.mark.parametrize("link", ["silent", "lost", "failed"])
def test_ages_go_on_without_a_trader(mirror: Mirror, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.set_link(link)
    before, told = quote_age(mirror), monotonic()
    monkeypatch.setattr("qmtdesk.desk.link.mirror.monotonic", lambda: told + 60)
    assert quote_age(mirror) - before >= 59_000


class FakeLink:
    """A pipe that only notes."""

    def __init__(self) -> None:
        self.attached = True
        self.bodies: list[Any] = []
        self.waiting: list[Any] = []
        self.tried: list[str] = []

    def send(self, body: Any) -> int:
        self.bodies.append(body)
        return len(self.bodies)

    def request(self, body: Any, on_reply: Any) -> int:
        self.waiting.append(on_reply)
        return self.send(body)

    def retry(self) -> None:
        self.tried.append("retry")

    def kill_trader(self) -> None:
        self.tried.append("kill")


def commands(link: FakeLink, tmp_path: Path, mirror: Mirror, late: list[Reason] | None = None) -> LinkCommands:
    told = late if late is not None else []
    return LinkCommands(link, tmp_path / "KILL", lambda s: mirror.set_series(s.code, s.what, s.points), told.append)


@pytest.mark.parametrize("attached", [True, False])
def test_a_kill_leaves_the_file_whoever_answers_and_asks_all_the_same(
    mirror: Mirror, tmp_path: Path, attached: bool
) -> None:
    link = FakeLink()
    link.attached = attached
    wishes = commands(link, tmp_path, mirror)
    wishes.kill("key")
    wishes.kill("key")
    assert (tmp_path / "KILL").exists()
    assert [event_of(body) for body in link.bodies if isinstance(body, Act)] == [Kill("key")] * 2


def test_a_kill_in_a_folder_that_takes_no_file_is_asked_for_all_the_same(mirror: Mirror, tmp_path: Path) -> None:
    link = FakeLink()
    commands(link, tmp_path / "gone", mirror).kill("key")
    assert [event_of(body) for body in link.bodies if isinstance(body, Act)] == [Kill("key")]


def test_a_refused_preview_gives_no_figures(mirror: Mirror, tmp_path: Path) -> None:
    link, seen = FakeLink(), []
    commands(link, tmp_path, mirror).preview_grid(GridPlan(code=fake.BOND), seen.append)
    link.waiting[0](Ack(1, False, 3))
    assert seen == []
    preview = fake.grid_preview(GridPlan(code=fake.BOND))
    link.waiting[0](preview)
    assert seen == [preview]


def test_a_wish_that_came_too_late_is_told_whoever_asked(mirror: Mirror, tmp_path: Path) -> None:
    link, told, answers = FakeLink(), [], []
    wishes = commands(link, tmp_path, mirror, told)
    wishes.arm_grid(GridPlan(code=fake.BOND), answers.append)
    wishes.set_master(True)
    late = because(Why.WISH_LATE, age_ms=40_000, code=fake.BOND)
    for waiting in link.waiting:
        waiting(Ack(1, False, 3, late))
    assert told == [late, late]
    assert answers == [Ack(1, False, 3, late)]
    link.waiting[0](Ack(1, False, 3, because(Why.QUOTE_STALE)))
    link.waiting[1](Ack(2, True, 3))
    assert told == [late, late]


def test_history_that_was_asked_for_reaches_the_mirror(mirror: Mirror, tmp_path: Path) -> None:
    link = FakeLink()
    commands(link, tmp_path, mirror).ask_series("600036.SH", "price")
    link.waiting[0](Series(1, "600036.SH", "price", ((5, 38_210),)))
    assert mirror.series("600036.SH", "price") == [(5, 38_210)]


def test_reconnect_ends_a_silent_trader_and_retries_a_lost_one(mirror: Mirror, tmp_path: Path) -> None:
    link = FakeLink()
    wishes = commands(link, tmp_path, mirror)
    wishes.reconnect()
    link.attached = False
    wishes.reconnect()
    assert link.tried == ["kill", "retry"]


def test_what_the_link_hears_becomes_the_links_state(qapp: object, tmp_path: Path) -> None:
    mirror, wishes = Mirror(), fake.FakeCommands()
    raised: list[int] = []
    listener = Listener(mirror, wishes, lambda: raised.append(1), lambda _why: None, tmp_path)
    states = []
    for item in (
        Attached(1, "b", restarted=False),
        Snapshot("b", 4, (fake.status(), *fake.quotes())),
        Silent(2000),
        Beat("b", 4, fake.CLOCK, 60),
        Lost("eof"),
        Failed("crashes", "the trader ended 4 times"),
        Attached(2, "c", restarted=True),
        Snapshot("c", 1, (fake.status(),)),
        Raise(),
    ):
        listener.take([item])
        states.append(mirror.link)
    assert states == [
        "starting",
        "attached",
        "silent",
        "attached",
        "lost",
        "failed",
        "starting",
        "attached",
        "attached",
    ]
    assert mirror.quotes == {}
    assert raised == [1]


def test_a_batch_brings_changes_and_quotes(qapp: object, tmp_path: Path) -> None:
    mirror = Mirror()
    listener = Listener(mirror, fake.FakeCommands(), lambda: None, lambda _why: None, tmp_path)
    listener.take([Batch("b", 0, (fake.status(), *fake.orders()), tuple(fake.quotes()))])
    assert len(mirror.orders) == 9
    assert fake.BOND in mirror.quotes


def test_a_trial_and_the_connections_of_a_trader_that_is_gone_are_not_shown_of_the_next(mirror: Mirror) -> None:
    found = FoundRow(units=(("113050.SH", 10),))
    mirror.apply([TrialRow(step="order", code=fake.BOND), found, HealthRow()])
    mirror.flush()
    told: list[str] = []
    mirror.trial_changed.connect(lambda: told.append("trial"))
    mirror.health_changed.connect(lambda: told.append("health"))
    mirror.begin_snapshot()
    mirror.end_snapshot()
    mirror.flush()
    assert (mirror.trial, mirror.found, mirror.health) == (TrialRow(), FoundRow(), None)
    assert sorted(told) == ["health", "trial"]
