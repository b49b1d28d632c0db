"""A terminal that goes by a control file and keeps its market on disk."""

import itertools
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
from standin_control import Kept, Plan, kept_path, loaded, market_ms, read_plan
from standins.faults import TerminalFaults
from standins.terminal import Terminal

from qmtdesk.domain.messages import Event, Quoted, TimePassed
from qmtdesk.domain.order import Side
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.gateways.paper.world import World

LOOK_S = 0.05


class KeptTerminal(Terminal):
    """Its clock is the plan's. Everything that changes an order is on disk before a client hears of it."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self._path = path
        self._plan = plan
        self._done = len(plan.acts)
        self._ordered = 0
        world, kept = loaded(path, plan)
        if world is None:
            feed = GeneratedFeed(plan.seed)
            world = World(feed, PaperExchange(feed.account(plan.at), seed=plan.seed), plan.at)
        # what happened while nobody ran the terminal
        missed = world.advance(max(0, market_ms(plan) - world.at))
        super().__init__(world, plan.accounts, plan.units)
        if kept is not None:
            self._remarks = dict(kept.remarks)
            self._ordered = kept.keys
        self._keys = itertools.count(self._ordered + 1)
        self._obey(plan)
        if _concerns_orders([event for _, event in missed]):
            self._save()

    def run(self) -> None:
        """Pump and read the file from now on."""
        self.start(self._plan.speed)
        self._anchor = (market_ms(self._plan), time.monotonic(), self._plan.speed)
        threading.Thread(target=self._read_on, name="terminal-control", daemon=True).start()

    # --- the file

    def _read_on(self) -> None:
        while not self._stop.wait(LOOK_S):
            plan = read_plan(self._path)
            if plan != self._plan:
                with self.lock:
                    self._obey(plan)

    def _obey(self, plan: Plan) -> None:
        before, self._plan = self._plan, plan
        self.status.update(plan.status)
        if plan.faults != before.faults or before is plan:
            self.faults = _faults(plan.faults)
        if plan.running != self.running:
            if plan.running:
                self._come_back()
            else:
                self.quit()
        for words in plan.acts[self._done :]:
            self._done += 1
            self._act(*words)

    def _act(self, name: str | int, *words: Any) -> None:
        if name == "by_hand":
            code, side, price, volume, *remark = words
            self.by_hand(code, Side(side), price, volume, *remark)
            self._save()
            return
        acts = {
            "disconnect": self.disconnect,
            "disconnect_untold": lambda: self.disconnect(told=False),
            "lose_quotes": self.lose_quotes,
            "quit": self.quit,
            "come_back": self._come_back,
        }
        acts[str(name)]()

    def _come_back(self) -> None:
        self.running = self.faults.quotes_up = True

    # --- the market on disk

    def connected(self, client: Any) -> int:
        wanted = self._plan.folder
        if wanted and client.folder.resolve() != Path(wanted).resolve():
            return -1
        return super().connected(client)

    def order(self, client: Any, seq: int, request: Any) -> None:
        with self.lock:
            taken = len(self.orders_taken)
            super().order(client, seq, request)
            if len(self.orders_taken) != taken:
                self._ordered += 1
                self._save()

    def cancel(self, client: Any, seq: int, request: Any) -> None:
        with self.lock:
            super().cancel(client, seq, request)
            self._save()

    def _deliver(self, events: list[tuple[int, Event]]) -> None:
        if _concerns_orders([event for _, event in events]):
            self._save()
        super()._deliver(events)

    def _answered(self, key: str, broker_id: str) -> None:
        # whoever asked may have been another process
        if key in self._asked:
            super()._answered(key, broker_id)

    def _refused(self, key: str, text: str) -> None:
        if key in self._asked:
            super()._refused(key, text)

    def _save(self) -> None:
        kept = Kept(self.world.dump(), self._remarks, self._ordered)
        path = kept_path(self._path)
        other = path.with_suffix(".saving")
        other.write_bytes(msgspec.msgpack.encode(kept))
        other.replace(path)


def _concerns_orders(events: list[Event]) -> bool:
    return any(not isinstance(event, Quoted | TimePassed) for event in events)


def _faults(told: dict[str, Any]) -> TerminalFaults:
    kinds = TerminalFaults()
    return TerminalFaults(
        **{name: set(value) if isinstance(getattr(kinds, name), set) else value for name, value in told.items()}
    )
