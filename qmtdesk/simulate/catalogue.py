"""Which row of the fault model (sections 2a to 2d of the reliability page) each of the simulator's faults is."""

from collections import Counter
from collections.abc import Mapping

FAULTS: dict[str, tuple[str, ...]] = {
    "G1": ("lose_order", "lose_answer"),
    "G2": ("ambiguous",),
    "G3": ("late",),
    "G4": ("twice", "replay_day"),
    "G5": ("drop_trade",),
    "G6": ("stale",),
    "G7": ("odd_status",),
    "G8": ("part_cancelled",),
    "G9": ("cancel_too_late",),
    "G10": ("lose_cancel",),
    "G11": ("reject",),
    "G12": ("stale_error",),
    "G13": ("link", "silent_death"),
    "G14": ("old_pushes",),
    "G15": ("long_outage",),
    "G16": ("account_status",),
    "G18": ("hung_gateway",),
    "G20": ("lose_query", "fail_query", "empty_query", "vanish", "slow_list", "unloaded"),
    "G21": ("stray",),
    "G22": ("ids_again", "yesterday_again"),
    "G23": ("short_remark",),
    "G24": ("change",),
    "G25": ("throttle",),
    "G26": ("flap",),
    "M1": ("freeze",),
    "M2": ("bad_tick",),
    "M3": ("old_tick",),
    "M4": ("contradicted",),
    "M5": ("glitch",),
    "M6": ("open_limit",),
    "M7": ("phases",),
    "M8": ("burst",),
    "X1": ("crash",),
    "X3": ("disk_full",),
    "X4": ("disk_lies",),
    "X8": ("other_program",),
    "X9": ("sleep",),
    "X10": ("skewed_clock",),
    "X11": ("day_roll", "longer_list", "short_list", "list_put_right"),
    "X12": ("all_frozen",),
    "O1": ("by_hand",),
    "O2": ("take_away", "transfer"),
    "O3": ("twice_armed",),
    "O4": ("kill",),
    "O5": ("bad_words",),
}

NO_FAULTS = frozenset({"clear", "evening"})
"""Counted beside the faults: what a user does rightly, and not often."""


def by_row(seen: Mapping[str, int]) -> dict[str, int]:
    """How often each row's faults came up."""
    return {row: sum(seen.get(name, 0) for name in names) for row, names in FAULTS.items()}


def strangers(seen: Counter[str]) -> set[str]:
    """Faults that came up and belong to no row."""
    return set(seen) - {name for names in FAULTS.values() for name in names} - NO_FAULTS
