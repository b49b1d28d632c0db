"""A broker that lives on while traders are killed, one after another, on one data folder."""

import gc
import os
import random
import select
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from deaths import Death, named, some_death
from fast_trader import Birth, live
from folded import Folded
from kill_pipe import Done, End, Frames, Handled, Ready, Sent, framed, heard, pair, told, unpacked, word
from kill_truth import compared, left_over, own_fills
from lively_feed import BONDS, STOCKS, LivelyFeed

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, GuardPlan, Readiness, StopHow
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.gateways.paper.world import World
from qmtdesk.store.journal import verify

BATCH_MS = 500
AHEAD = 2
"""Batches the broker may be ahead of what the trader has handled."""
HUNG_S = 20.0
READY_MS = 120_000
"""Market time after which a trader that is told everything must be ready."""
FAULTS = Faults(lose_answer=20, ambiguous=20, late=60, twice=80, drop_trade=60, stale=40, lose_cancel=20, lose_query=40)
POOR = ("251005", "260200")
"""The counter's numbers for not enough of a holding or of money."""


@dataclass
class Life:
    """One trader from the greeting to its death, as the broker sees it."""

    pid: int
    line: socket.socket
    frames: Frames
    begun: float
    birth: Birth
    fills_before: frozenset[str]
    heard_at: float
    pending: list[bytes] = field(default_factory=list)
    greeted_at: int = 0
    sent: int = 0
    handled: int = 0
    messages: int = 0
    ready_at: int = 0
    status: Handled | None = None
    gone: bool = False


class FastBench:
    """One folder, one broker. `wrong` gathers what should not be; empty is what one wants to see."""

    def __init__(self, folder: Path, seed: int, *, faults: bool, mistake: str = "") -> None:
        self.folder, self.seed, self._mistake = folder, seed, mistake
        self.dice = random.Random(seed)
        feed = LivelyFeed(seed)
        at = at_of(date(2026, 11, 18), *self.dice.choice(((9, 16), (9, 31), (10, 5), (11, 20), (13, 1), (14, 40))))
        self._faults = FAULTS if faults else Faults()
        exchange = PaperExchange(feed.account(at), seed=seed, faults=self._faults)
        self.world = World(feed, exchange, at)
        self.folded = Folded(folder)
        self.wrong: list[str] = []
        self.kills = self.readies = 0
        self._trades: dict[str, int] = {}
        self.deaths: Counter[str] = Counter()
        self._refs: Counter[str] = Counter()
        self._words = 0
        self._done: set[int] = set()
        self._asked: dict[int, m.Event] = {}
        self._killed = self._quiet = False
        self._story = ""
        self.world.opened()

    # --- one life

    def run(self, death: Death, *, resume: bool = True) -> None:
        """Start a trader and let it die."""
        life = self._born(Birth(self.folder, resume, death.point or self._slip(), death.nth))
        self._story = f"{death}, resume={resume}"
        self.deaths[named(death)] += 1
        after = 0
        while not life.gone and time.monotonic() < life.begun + death.after_s:
            self._beat(life, min(0.02, max(0.0, life.begun + death.after_s - time.monotonic())))
            after = after or (life.messages if not death.ready or life.ready_at else 0)
            if death.heard and after and life.messages - (after if death.ready else 0) >= death.heard:
                break
            if self._hung(life):
                break
        self._dies(life)

    def _slip(self) -> str:
        """The mistake built into every third trader, so that it meets what sound ones left."""
        return self._mistake if self.kills % 3 == 2 else ""

    def _born(self, birth: Birth) -> Life:
        gc.collect()
        gc.freeze()
        ours, theirs = pair()
        fills = frozenset(own_fills(self.world.exchange.truth))
        pid = os.fork()
        if pid == 0:
            ours.close()
            live(birth, theirs)
        theirs.close()
        now = time.monotonic()
        return Life(pid, ours, Frames(), now, birth, fills, now)

    def _beat(self, life: Life, wait_s: float) -> None:
        """Hear what the trader says, tell it what happened; time passes as fast as it can follow."""
        if life.greeted_at and life.sent - life.handled < AHEAD:
            before = self.world.at
            self._tell(life, self.world.advance(BATCH_MS))
            # a night passes at once, and nobody had the time to become ready in it
            life.greeted_at += max(0, self.world.at - before - BATCH_MS)
            wait_s = 0.0
        if select.select([life.line], [], [], wait_s)[0]:
            self._hear(life)

    def _hear(self, life: Life) -> None:
        try:
            data = life.line.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        life.gone = not data
        life.heard_at = time.monotonic()
        for frame in life.frames.take(data):
            self._heard(life, frame)

    def _heard(self, life: Life, frame: bytes) -> None:
        life.messages += 1
        match heard(frame):
            case Ready():
                life.greeted_at = self.world.at
                self._tell(life, self.world.opened())
            case Sent(kind, body):
                self._carry(unpacked(kind, body))
            case Handled() as status:
                life.handled, life.status = status.number, status
                if status.ready == "ready" and not life.ready_at:
                    life.ready_at = self.world.at
                self._speak(life, status)
            case Done(number, ok):
                self._answered(number, ok=ok, kept=not _diskless(life))

    def _tell(self, life: Life, events: list[tuple[int, m.Event]]) -> None:
        life.sent += 1
        self._send(life, told(life.sent, self.world.at, events))

    @staticmethod
    def _send(life: Life, data: bytes) -> None:
        try:
            life.line.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            life.gone = True

    def _carry(self, intent: object) -> None:
        match intent:
            case m.Place(ref):
                self._refs[ref] += 1
                if self._killed:
                    self.wrong.append(self._told(f"{intent} left after the kill switch was pressed"))
                self.world.submit(intent)
            case m.Cancel():
                self.world.cancel(intent)
            case m.Query():
                self.world.query(intent)

    # --- the user

    def _speak(self, life: Life, status: Handled) -> None:
        chance = self.dice.random
        if self._quiet or status.ready != "ready" or chance() < 0.5:
            return
        idle = [code for code in BONDS if code not in status.armed]
        bare = [code for code in STOCKS if code not in status.guarded]
        if status.killed:
            if status.kill_done:
                self._say(life, m.LiftKill())
        elif chance() < 0.006:
            self._say(life, m.Kill("button"))
        elif chance() < 0.02 and status.armed:
            self._say(life, m.DisarmGrid(self.dice.choice(status.armed), self.dice.choice(tuple(StopHow))))
        elif bare and chance() < 0.5:
            self._say(life, m.ArmGuard(GuardPlan(code=bare[0], readiness=Readiness.ONCE, sell_volume=200)))
        elif idle:
            self._say(life, m.ArmGrid(self._plan(self.dice.choice(idle))))

    def _plan(self, code: str) -> GridPlan:
        pick = self.dice.choice
        return GridPlan(
            code=code,
            mode=pick((GridMode.LATTICE, GridMode.LATTICE, GridMode.LATTICE, GridMode.ROLLING)),
            base=BaseKind.PREV_CLOSE,
            step_bp=30,
            range_bp=600,
            amount=pick((3_000_000, 8_000_000)),
            live_per_side=pick((1, 2, 3)),
            adopt=pick((0, 0, 100)),
            keep_armed=pick((False, True)),
        )

    def _say(self, life: Life, event: m.UserEvent) -> None:
        self._words += 1
        self._asked[self._words] = event
        self._send(life, word(self._words, event))

    def _answered(self, number: int, *, ok: bool, kept: bool) -> None:
        event = self._asked.pop(number)
        if ok and kept:
            self._done.add(number)
        if isinstance(event, m.Kill) and ok:
            self._killed = True
        elif isinstance(event, m.LiftKill) and ok:
            self._killed = False

    # --- death and what is found

    def _hung(self, life: Life) -> bool:
        if time.monotonic() - life.heard_at > HUNG_S:
            os.kill(life.pid, signal.SIGUSR1)
            select.select([], [], [], 1.0)
            stacks = (self.folder / "stacks.txt").read_text(encoding="utf-8")
            self.wrong.append(self._told(f"silent for {HUNG_S} s, {life.sent} told, {life.handled} handled\n{stacks}"))
            return True
        # without a disk there is nothing to be ready for
        late = (
            not _diskless(life) and life.greeted_at and not life.ready_at and self.world.at - life.greeted_at > READY_MS
        )
        if late and life.status is not None:
            self.wrong.append(self._told(f"not ready after {READY_MS} ms of market time: {life.status}"))
        return bool(late)

    def _dies(self, life: Life) -> None:
        """SIGKILL. What was on its way to us arrives in part or not at all, what was on its way there is lost."""
        os.kill(life.pid, signal.SIGKILL)
        _, status = os.waitpid(life.pid, 0)
        # a journal that cannot even be opened ends the trader before it says a word
        if os.WIFEXITED(status) and not (_diskless(life) and not life.greeted_at):
            self.wrong.append(self._told(f"ended by itself with {os.WEXITSTATUS(status)}:\n{self._log()}"))
        rest = [frame for data in _drained(life.line) for frame in life.frames.take(data)]
        life.line.close()
        arrives = self.dice.randrange(len(rest) + 1) if self.dice.random() < 0.5 else len(rest)
        for number, frame in enumerate(rest):
            self._lands(life, frame, arrives=number < arrives)
        self.kills += 1
        self._look(life)
        self._time_passes()

    def _lands(self, life: Life, frame: bytes, *, arrives: bool) -> None:
        message = heard(frame)
        match message:
            case Sent(kind, body):
                intent = unpacked(kind, body)
                if arrives:
                    self._carry(intent)
                elif isinstance(intent, m.Place):
                    self._refs[intent.ref] += 1
            case Done(number, ok) if arrives:
                self._answered(number, ok=ok, kept=not _diskless(life))

    def _look(self, life: Life) -> None:
        wrong = self.folded.read()
        # an answer may be lost on its way; what counts for the next trader is what it finds
        self._killed = self.folded.state.kill is not None or (self.folder / "KILL").exists()
        if life.ready_at:
            self.readies += 1
        known = life.fills_before if life.ready_at else frozenset()
        truth = self.world.exchange.truth
        wrong += compared(truth, self.folded.state, self.folded.walk, known)
        wrong += [f"{ref} left {count} times" for ref, count in self._refs.items() if count > 1]
        wrong += [f"{ref} left and was not written down" for ref in self._refs.keys() - self.folded.walk.orders.keys()]
        wrong += [f"the word {number} was carried out and forgotten" for number in self._done - self.folded.commands]
        wrong += [f"the counter had to refuse {entry}" for entry in truth.entries.values() if _poor(entry.text)]
        wrong += [f"set aside: {path}" for path in self.folder.glob("*.damaged*")]
        wrong += [f"{code} holds {held.volume}" for code, held in truth.account.holdings.items() if held.volume < 0]
        if self.kills % 20 == 0 and self.folded.path.exists() and not (verdict := verify(self.folded.path)).ok:
            wrong.append(verdict.text)
        self.wrong += [self._told(text) for text in wrong]

    def _time_passes(self) -> None:
        """While nobody looks."""
        self._trades[self.world.exchange.day] = self.world.exchange.truth.trades_today
        chance = self.dice.random()
        if chance < 0.02:
            self.world.jump(self.dice.choice((9 * 60 + 16, 9 * 60 + 31, 11 * 60 + 29, 13 * 60, 14 * 60 + 56)))
        elif chance < 0.5:
            self.world.advance(self.dice.randrange(30_000))

    # --- the end

    def finish(self) -> None:
        """A trader that is not killed: the switch is pressed, carried out, and both sides agree on everything."""
        morning, lunch, afternoon, late = (at_of(self.world.day, *at) for at in ((9, 31), (11, 15), (13, 1), (14, 30)))
        if not (morning < self.world.at < lunch or afternoon < self.world.at < late):
            # a cancel is taken while the market trades
            self.world.jump(10 * 60)
        self.world.exchange.faults = Faults()
        life = self._born(Birth(self.folder, resume=True, point=self._slip()))
        self._story, self._quiet = "the last life", True
        pressed = False
        until = self.world.at + 3 * READY_MS
        while not life.gone and self.world.at < until and not self._hung(life):
            self._beat(life, 0.02)
            if life.ready_at and not pressed:
                pressed = True
                if not (life.status and life.status.killed):
                    self._say(life, m.Kill("button"))
            if pressed and life.status and life.status.kill_done and not self._alive():
                break
        for _ in range(20):
            self._beat(life, 0.02)
        self._send(life, framed(End()))
        self._leaves(life)
        self._look(life)
        state, truth = self.folded.state, self.world.exchange.truth
        wrong = left_over(truth, state, self.folded.walk)
        wrong += compared(truth, state, self.folded.walk, frozenset(own_fills(truth)))
        self.wrong += [self._told(text) for text in wrong]

    def _alive(self) -> bool:
        return bool(self.world.exchange.live_codes)

    def _leaves(self, life: Life) -> None:
        begun = time.monotonic()
        while not life.gone and time.monotonic() < begun + HUNG_S:
            if select.select([life.line], [], [], 0.05)[0]:
                self._hear(life)
        if not life.gone:
            self.wrong.append(self._told("did not end when it was told to"))
            os.kill(life.pid, signal.SIGKILL)
        _, status = os.waitpid(life.pid, 0)
        if life.gone and status:
            self.wrong.append(self._told(f"ended with {status}:\n{self._log()}"))
        life.line.close()

    @property
    def trades(self) -> int:
        """Trades at the counter so far."""
        return sum(self._trades.values())

    @property
    def orders(self) -> int:
        """Orders that reached the counter so far."""
        return self.world.exchange.truth.orders_ever

    def _told(self, text: str) -> str:
        return f"seed {self.seed}, kill {self.kills} ({self._story}), {self.world.day} at {self.world.at}: {text}"

    def _log(self) -> str:
        path = self.folder / "trader.log"
        return path.read_text(encoding="utf-8")[-4_000:] if path.exists() else ""


def _diskless(life: Life) -> bool:
    """What is stopped while nothing can be written down is stopped, and forgotten with the process."""
    return life.birth.point.startswith("disk")


def _poor(text: str) -> bool:
    return any(number in text for number in POOR)


def _drained(line: socket.socket) -> Iterator[bytes]:
    """What a dead trader had written already."""
    while True:
        try:
            data = line.recv(1 << 16)
        except ConnectionResetError:
            return
        if not data:
            return
        yield data


def one_folder(folder: Path, seed: int, kills: int, mistake: str = "") -> FastBench:
    """A broker and its traders; every other one has a line that loses and repeats things besides."""
    bench = FastBench(folder, seed, faults=seed % 2 == 1, mistake=mistake)
    while bench.kills < kills and not bench.wrong:
        death = some_death(bench.dice)
        if mistake and death.point:
            continue
        bench.run(death, resume=bench.dice.random() < 0.85)
    if not bench.wrong:
        bench.finish()
    return bench
