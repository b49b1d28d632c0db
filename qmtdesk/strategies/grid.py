"""The lattice grid as its users see it: its state, its wishes, and what fills, prices and days do to it."""

from qmtdesk.strategies.grid_fills import on_cleared, on_fill, on_others, put_back, with_base
from qmtdesk.strategies.grid_moves import on_day, on_price
from qmtdesk.strategies.grid_state import (
    Gap,
    Grid,
    GridContext,
    GridSummary,
    Trail,
    Wanted,
    Wish,
    mark_inexact,
    pause_gap,
    set_sell_only,
    summary,
    whole_lots,
)
from qmtdesk.strategies.grid_wish import AUCTION_ACT, FIRST_BUY, wanted

__all__ = [
    "AUCTION_ACT",
    "FIRST_BUY",
    "Gap",
    "Grid",
    "GridContext",
    "GridSummary",
    "Trail",
    "Wanted",
    "Wish",
    "mark_inexact",
    "on_cleared",
    "on_day",
    "on_fill",
    "on_others",
    "on_price",
    "pause_gap",
    "put_back",
    "set_sell_only",
    "summary",
    "wanted",
    "whole_lots",
    "with_base",
]
