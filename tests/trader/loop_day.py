"""A market day through the real decision loop and the real journal, with a gateway that is called and not run."""

from dataclasses import dataclass, field
from pathlib import Path

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.messages import Cancel, Event, Place, Query, SettingsRead
from qmtdesk.engine.books import State
from qmtdesk.engine.core import Step
from qmtdesk.simulate.market_day import MarketDay
from qmtdesk.store.settings import TraderSettings
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.pictures import Desk


class HandGateway:
    """Hands each intent to the day's broker at once."""

    def __init__(self, day: "LoopDay") -> None:
        self.day = day

    def submit(self, order: Place) -> None:
        self.day.hand_over(order)

    def cancel(self, cancel: Cancel) -> None:
        self.day.hand_over(cancel)

    def query(self, query: Query) -> None:
        self.day.hand_over(query)

    def now(self) -> int:
        return self.day.at


@dataclass
class LoopDay(MarketDay):
    """`again` is what a new process makes of the same folder and the same broker."""

    folder: Path = field(default=Path())
    resume: bool = False
    settings: SettingsRead | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.begin()

    def begin(self) -> None:
        self.loop = Loop(
            HandGateway(self),  # type: ignore[arg-type]
            Diary(self.folder / "journal.db"),
            State(self.limits, FeeSchedule()),
            Desk("paper", "paper", 1, str(self.folder)),
            TraderSettings().screen,
            self.folder,
            resume=self.resume,
            settings=self.settings,
        )
        self.state = self.loop.state

    def feed(self, event: Event) -> Step:
        result = self.loop.handle(self.at, event)
        self.state = self.loop.state
        return result

    def hand_over(self, intent: Place | Cancel | Query) -> None:
        self.sent.append((self.at, intent))
        if not self.deaf:
            self.carry(intent)

    def again(self, *, resume: bool) -> "LoopDay":
        self.loop._diary.close()
        self.resume, self.sent = resume, []
        self.begin()
        self.exchange.due(self.at)
        self.connect()
        self.quote_all()
        self.wait(3_000)
        return self
