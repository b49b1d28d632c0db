"""What a limit-up guard remembers, is told, and says."""

from datetime import date
from enum import Enum

from msgspec import Struct

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.plans import GuardAction, GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.quote import BoardState
from qmtdesk.domain.reason import Reason
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.board import coarse


class GuardState(str, Enum):
    """Where a guard's life stands; SOLD and OFF never go back, nor does TRIGGERED once an order of it has left."""

    WATCHING = "watching"
    ASKING = "asking"
    TRIGGERED = "triggered"
    SOLD = "sold"
    OFF = "off"


LATCH_MS = 5_000
"""So long after the trigger a sale leaves without another look: a board does not get well in that time."""


class Try(Struct, frozen=True):
    """How near one rule is to firing.

    `have` counts confirmations, `near` the snapshots it has been within 2× of firing, `spent` the seal (its number
    + 1) in which it alerted, asked or found nothing to sell.
    """

    have: int = 0
    near: int = 0
    spent: int = 0


IDLE = Try()


class Progress(Struct, frozen=True):
    """What the guard made of the snapshots so far.

    `tries` has one place per rule in `Guard.rules`. `seen` is the board's tick judged last. `seal` is the number of
    the seal judged, 0 while not sealed; `first_seal` the one that stood at the first snapshot after arming, −1 before
    it; `top` the largest amount (厘) this guard saw of `seal`.
    """

    tries: tuple[Try, ...]
    seen: int = -1
    first_seal: int = -1
    seal: int = 0
    top: int = 0
    ready: bool = False

    @property
    def earned(self) -> tuple[int, int, bool, int, tuple[int, ...]]:
        """What must outlive a restart: seals, readiness, the height to an eighth, and what was said already."""
        spent = tuple(tried.spent for tried in self.tries)
        return self.first_seal, self.seal, self.ready, coarse(self.top), spent


class Question(Struct, frozen=True):
    """One open confirm-sell question; `volume` and `price` are what a yes would sell, as of the newest snapshot.

    `deadline` is in market time and was set for a clock that runs `pace` times as fast as the wall clock. `seal` is
    the largest amount (厘) seen since it was asked.
    """

    ask: int
    rule: RuleId
    deadline: int
    reason: Reason
    volume: int
    price: int
    queue: bool
    pace: int = 1
    seal: int = 0


class Sale(Struct, frozen=True):
    """The one sale of a guard's life: `target` shares fixed at the trigger, at `price` since `attempt_at`.

    `queue`: this attempt meets the queue at the limit price. `fired_at`: when the rule fired, or the user said yes;
    `seal`: the amount (厘) then, 0 = not sealed then; `held`: shares held then of those not bought that day, and
    `others`: what others were known to have sold of them. `beside`: taken off the target since, for a grid sold it.
    `free`: what of all could be sold then, 0 where it was not kept.
    """

    target: int
    price: int
    attempt: int
    attempt_at: int
    queue: bool
    reason: Reason
    sold: int = 0
    done_at: int = 0
    fired_at: int = 0
    seal: int = 0
    held: int = 0
    others: int = 0
    beside: int = 0
    free: int = 0


class Owed(Struct, frozen=True):
    """What a rule found at `at`, on the board's tick number `tick`, before the account told what is held."""

    rule: RuleId
    action: GuardAction
    reason: Reason
    at: int
    tick: int


class Guard(Struct, frozen=True):
    """One armed guard.

    `rules` are the ones that are on, R1 first; `asks` is the number of its latest question; `why_off` says why it
    does not watch; `owed` waits for the account to tell what is held. `let_go`: a sale of it sold something, or was
    broken off, and the user has not taken the code off the list since; it outlives the day and another arming.
    """

    plan: GuardPlan
    instrument: Instrument
    limit_up: int
    armed_at: int
    day: date
    state: GuardState
    rules: tuple[RuleSetting, ...]
    progress: Progress
    asks: int = 0
    question: Question | None = None
    sale: Sale | None = None
    why_off: Reason | None = None
    shown: str = ""
    owed: Owed | None = None
    let_go: bool = False

    def judged(self, progress: Progress, tries: tuple[Try, ...]) -> "Guard":
        """The guard with what it made of one more snapshot; written out, because `replace` on each tick costs 2×."""
        return Guard(
            self.plan,
            self.instrument,
            self.limit_up,
            self.armed_at,
            self.day,
            self.state,
            self.rules,
            Progress(tries, progress.seen, progress.first_seal, progress.seal, progress.top, progress.ready),
            self.asks,
            self.question,
            self.sale,
            self.why_off,
            self.shown,
            self.owed,
            self.let_go,
        )

    @property
    def parted(self) -> bool:
        """Whether a grid of the code buys nothing back until the user takes it off the list."""
        return self.let_go or self.state is GuardState.SOLD

    @property
    def ready(self) -> bool:
        """Whether R1 counts on the present seal."""
        return self.progress.ready

    @property
    def confirm_have(self) -> tuple[tuple[RuleId, int], ...]:
        """Consecutive confirmations each rule has."""
        return tuple((setting.rule, tried.have) for setting, tried in zip(self.rules, self.progress.tries, strict=True))

    @property
    def target(self) -> int:
        """Shares to sell, fixed at the trigger."""
        return self.sale.target if self.sale else 0

    @property
    def sold(self) -> int:
        """Shares sold so far."""
        return self.sale.sold if self.sale else 0

    @property
    def attempt(self) -> int:
        """Which order of the sale should be working, from 1; 0 before the trigger."""
        return self.sale.attempt if self.sale else 0

    @property
    def attempt_at(self) -> int:
        """When that attempt began."""
        return self.sale.attempt_at if self.sale else 0

    @property
    def price(self) -> int:
        """Price of the present attempt."""
        return self.sale.price if self.sale else 0

    @property
    def ask(self) -> int:
        """Number of the open question, 0 when none is open."""
        return self.question.ask if self.question else 0

    @property
    def ask_deadline(self) -> int:
        """When the open question ends in nothing, 0 when none is open."""
        return self.question.deadline if self.question else 0


class GuardContext(Struct, frozen=True):
    """What holds around one step. `at` and `phase` are now; `fresh` says the newest snapshot is not too old.

    `can_use` shares may be sold now. `lot` is what the feed counts its queue in (手: 100 shares), for showing only.
    `day_amount` and `float_value` in 厘, 0 = not known; without the first the quote's own day amount counts. `known`:
    the account told what is held, so that nothing to sell means that.
    """

    at: int
    phase: Phase
    can_use: int
    position: int
    bought_today: int
    fresh: bool
    lot: int = 100
    day_amount: int = 0
    float_value: int = 0
    pace: int = 1
    known: bool = True


class Evidence(Struct, frozen=True):
    """One evaluation of one rule, with its inputs."""

    rule: RuleId
    at: int
    board: BoardState
    inputs: Reason


class StateShown(Struct, frozen=True):
    """What the watchlist shows of this stock changed."""

    state: str


class Fired(Struct, frozen=True):
    """A rule fired. With SELL the guard is latched now: journal it before the order leaves."""

    rule: RuleId
    reason: Reason
    action: GuardAction
    volume: int
    price: int


class Asked(Struct, frozen=True):
    """A rule asks the user; no answer until `deadline` means nothing is done."""

    ask: int
    deadline: int
    reason: Reason
    volume: int
    price: int


class AskExpired(Struct, frozen=True):
    """A question is closed without its own sale: timed out, declined, or overtaken by a rule that sold."""

    ask: int
    reason: Reason


class Near(Struct, frozen=True):
    """A rule came within 2× of firing, is still there (told now and then), or left that zone (`inside` false)."""

    evidence: Evidence
    inside: bool


class NotSold(Struct, frozen=True):
    """A rule wanted to sell and could not."""

    rule: RuleId | None
    reason: Reason


GuardMove = StateShown | Fired | Asked | AskExpired | Near | NotSold


class WantedSale(Struct, frozen=True):
    """The one sell order that should be working."""

    price: int
    volume: int
