"""What the trader may be told in its settings file: risk limits, the broker's commissions, the screen."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated

import msgspec

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.strategies.clearing import ClearPlan
from qmtdesk.strategies.screen import ORIGINAL, ScreenPlan
from qmtdesk.wire.inside import inside
from qmtdesk.wire.typed_file import TypedFile

COMMON = FeeSchedule()
FILE = "trader-settings.json"
VERSION = 1

Ppm = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Milli = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class Commissions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The broker's own rates, in parts per million, and least commissions, in 厘; taxes are not a setting."""

    stock_ppm: Ppm = COMMON.stock_commission_ppm
    stock_min: Milli = COMMON.stock_commission_min
    fund_ppm: Ppm = COMMON.fund_commission_ppm
    fund_min: Milli = COMMON.fund_commission_min
    bond_ppm: Ppm = COMMON.bond_commission_ppm
    bond_min: Milli = COMMON.bond_commission_min

    def schedule(self) -> FeeSchedule:
        """With today's taxes, the schedule the engine reckons with."""
        return FeeSchedule(
            stock_commission_ppm=self.stock_ppm,
            stock_commission_min=self.stock_min,
            fund_commission_ppm=self.fund_ppm,
            fund_commission_min=self.fund_min,
            bond_commission_ppm=self.bond_ppm,
            bond_commission_min=self.bond_min,
        )


class TraderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of it; every key has the default of a small retail account. Read at start, in force until the next one."""

    version: int = VERSION
    risk: RiskLimits = RiskLimits()
    fees: Commissions = Commissions()
    screen: ScreenPlan = ORIGINAL
    clear: ClearPlan = ClearPlan()
    cancel_on_exit: bool = False

    def __post_init__(self) -> None:
        for name, part in (("risk", self.risk), ("screen", self.screen), ("clear", self.clear)):
            for field in fields(part):
                value = getattr(part, field.name)
                if isinstance(value, int) and value < 0:
                    raise ValueError(f"{name}.{field.name} is below zero")


def trader_settings(folder: Path) -> TypedFile[TraderSettings]:
    """The trader's settings file in its data folder."""
    return TypedFile(inside(folder, FILE), TraderSettings, VERSION, stays=True)


def keep_exit(folder: Path, *, cancel: bool) -> None:
    """Remember whether own orders are cancelled at an end; OSError leaves the file as it was, a bad one too."""
    file, kept = _to_change(folder)
    file.save(msgspec.structs.replace(kept, cancel_on_exit=cancel))


def keep_whole(folder: Path, *, on: bool) -> ClearPlan:
    """Remember whether everything off the list is proposed for sale; OSError leaves the file as it was."""
    file, kept = _to_change(folder)
    plan = replace(kept.clear, whole=on)
    file.save(msgspec.structs.replace(kept, clear=plan))
    return plan


def _to_change(folder: Path) -> tuple[TypedFile[TraderSettings], TraderSettings]:
    """The file and what it says; OSError where that is not known, lest defaults are written over the user's limits.

    The decision thread asks: a file that is held is not waited for, the user is told and chooses again.
    """
    file = trader_settings(folder)
    loaded = file.load(patient=False)
    if loaded.problem:
        raise OSError(loaded.problem)
    return file, loaded.value
