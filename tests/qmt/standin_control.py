"""Steers a terminal that stands in a process of its own: the file it reads, and the market it keeps.

    control = Control(tmp_path)                      # writes terminal.json; the market stands at 10:00 of a trading day
    env = control.environment()                      # QMT_STANDIN and PYTHONPATH for the process
    subprocess.Popen([..., "--package", "qmt_standin"], env=env)
    control.change(faults={"connect_fails": 1})      # heard within 50 ms
    control.act("disconnect")                        # once, by whoever runs now
    control.world().exchange.report(...)             # the books as the terminal saved them

`shift=True` also sets the clock of every process that gets `environment()` to the market's (time.time and time.time_ns;
not datetime.now), so that a trader that lives by the wall clock finds the market open.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import msgspec

from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.gateways.paper.world import World

VARIABLE = "QMT_STANDIN"
ACCOUNT = "66800012345396"
OTHER = "66800054321777"
TEN = 1_795_140_000_000
"""2026-11-20 10:00 in Shanghai."""
HERE = Path(__file__).resolve().parent


class Plan(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the file may say.

    `at` is the market's time when the wall clock was `began` (both Unix ms), `speed` how fast it goes. `folder`: the
    only userdata_mini whose clients get a connection, '' for any. `faults` are fields of `TerminalFaults`, sets as
    lists; they are put in force whenever they change. `status` is how accounts stand. `acts` are done once each, in
    their order, those that were there before the process began not at all: ["disconnect"], ["disconnect_untold"],
    ["lose_quotes"], ["quit"], ["come_back"], ["by_hand", code, "buy" | "sell", price in 厘, volume, remark].
    Importing the package raises `import_fails`, prints `import_prints`, never returns (`import_hangs`), or is the end
    of the process (`import_dies`).
    """

    seed: int = 1
    at: int = TEN
    began: int = 0
    speed: int = 1
    shift: bool = False
    accounts: tuple[str, ...] = (ACCOUNT,)
    units: dict[str, int] = {}
    folder: str = ""
    running: bool = True
    faults: dict[str, Any] = {}
    status: dict[str, int] = {}
    acts: tuple[tuple[str | int, ...], ...] = ()
    import_fails: str = ""
    import_prints: str = ""
    import_hangs: bool = False
    import_dies: bool = False


class Kept(msgspec.Struct):
    """What the terminal saves whenever an order, a cancel or a trade came: the market and its remarks."""

    world: bytes
    remarks: dict[str, str]
    keys: int


class Control:
    """The file, from the test's side."""

    def __init__(self, folder: Path, /, **plan: Any) -> None:
        self.path = folder / "terminal.json"
        self.plan = Plan(began=real_ms(), **plan)
        self._write()

    def change(self, **changes: Any) -> None:
        """Other words from now on; `faults` replaces all faults."""
        for name, value in changes.items():
            setattr(self.plan, name, value)
        self._write()

    def act(self, *words: str | int) -> None:
        """One act more."""
        self.change(acts=(*self.plan.acts, words))

    def now(self) -> int:
        """The market's time."""
        return market_ms(self.plan)

    def environment(self) -> dict[str, str]:
        """Variables for the process that runs on the stand-in."""
        places = [str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]
        places = [str(HERE / "shifted"), *places] if self.plan.shift else places
        return {**os.environ, VARIABLE: str(self.path), "PYTHONPATH": os.pathsep.join(filter(None, places))}

    def world(self) -> World:
        """The market as it was saved last."""
        world, _ = loaded(self.path, self.plan)
        assert world is not None, "nothing was saved yet"
        return world

    def _write(self) -> None:
        other = self.path.with_suffix(".new")
        other.write_bytes(msgspec.json.encode(self.plan))
        other.replace(self.path)


def real_ms() -> int:
    """The wall clock, even where time.time is shifted."""
    ns = time.clock_gettime_ns(time.CLOCK_REALTIME) if hasattr(time, "clock_gettime_ns") else time.time_ns()
    return ns // 1_000_000


def market_ms(plan: Plan) -> int:
    """The market's time at this moment of the wall clock."""
    return plan.at + (real_ms() - plan.began) * plan.speed


def read_plan(path: Path) -> Plan:
    """What the file says now."""
    return msgspec.convert(json.loads(path.read_bytes()), Plan)


def kept_path(path: Path) -> Path:
    """Where the market of a control file is kept."""
    return path.with_suffix(".world")


def loaded(path: Path, plan: Plan) -> tuple[World | None, Kept | None]:
    """The market as it was saved; nothing when it never was."""
    feed = GeneratedFeed(plan.seed)
    try:
        kept = msgspec.msgpack.decode(kept_path(path).read_bytes(), type=Kept)
    except FileNotFoundError:
        return None, None
    exchange = PaperExchange(feed.account(plan.at), seed=plan.seed)
    return World.continued(kept.world, feed, exchange), kept
