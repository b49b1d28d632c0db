"""Headless replays for tests: run in this process, events parsed."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

from qmtdesk.engine.books import State
from qmtdesk.engine.pnl import Lot
from qmtdesk.gateways.paper.account import Holding, PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.replay.days import replay_days
from qmtdesk.trader.headless import Headless, Wishes
from qmtdesk.trader.replay_words import grid_of, guard_of, position_of

COLUMNS = (
    "time_ms,code,last,open,high,low,prev_close,volume,amount,bid1,bid2,bid3,bid4,bid5,bid_vol1,bid_vol2,bid_vol3,"
    "bid_vol4,bid_vol5,ask1,ask2,ask3,ask4,ask5,ask_vol1,ask_vol2,ask_vol3,ask_vol4,ask_vol5,up_limit,down_limit"
)
Event = dict[str, Any]


def replay(
    *files: Path,
    guards: tuple[str, ...] = (),
    grids: tuple[str, ...] = (),
    positions: tuple[str, ...] = (),
    cash: int = 1_000_000_000,
    seed: int = 1,
) -> tuple[list[Event], State, bytes]:
    """All events with the summary last, the engine's final state, and the bytes written."""
    held = dict(position_of(word) for word in positions)
    holdings = {code: Holding(lot.volume, lot.paid) for code, lot in held.items()}
    out = io.BytesIO()
    run = Headless(
        PaperExchange(PaperAccount(cash, 0, holdings), seed=seed),
        held,
        Wishes(tuple(map(grid_of, grids)), tuple(map(guard_of, guards))),
        out,
    )
    run.run(replay_days(files))
    raw = out.getvalue()
    return [json.loads(line) for line in raw.splitlines()], run.state, raw


def of(events: list[Event], *kinds: str) -> list[Event]:
    """The events of some kinds."""
    return [event for event in events if event["event"] in kinds]


def read_rows(path: Path) -> list[dict[str, str]]:
    """A recorded file as plain rows, read without any code of the program."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


__all__ = ["COLUMNS", "Event", "Lot", "of", "read_rows", "replay"]
