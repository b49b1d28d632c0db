"""What the wizard knows: its steps, the lines of a check, the folders and the accounts that were found."""

from dataclasses import dataclass
from typing import Literal

Step = Literal["mode", "folder", "connect", "account", "finish"]
STEPS: tuple[Step, ...] = ("mode", "folder", "connect", "account", "finish")
TRADED = frozenset({"STOCK", "CREDIT"})
Level = Literal["ok", "warn", "bad", "busy", "wait"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was looked for, what was found, what to do about it."""

    name: str
    level: Level
    found: str = ""
    looked_for: str = ""
    advice: tuple[str, ...] = ()

    def as_text(self) -> str:
        """For the clipboard and for a screen reader."""
        mark = {"ok": "✓", "warn": "!", "bad": "×", "busy": "…", "wait": "–"}[self.level]
        parts = [f"{mark} {self.name}: {self.found}", self.looked_for]
        parts += [f"{at}. {words}" for at, words in enumerate(self.advice, 1)]
        return "\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that may be a terminal's userdata_mini, why it was looked at, and what was seen in it."""

    folder: str
    source: str
    checks: tuple[Check, ...] = ()

    @property
    def level(self) -> Level:
        """The worst of it."""
        return worst(self.checks)

    @property
    def usable(self) -> bool:
        """Whether connecting may be tried."""
        return bool(self.checks) and self.level in ("ok", "warn")


@dataclass(frozen=True, slots=True)
class Account:
    """An account the terminal is logged in to; money in 厘, None where it was not told."""

    number: str
    kind: str
    status_words: str = ""
    total_milli: int | None = None
    cash_milli: int | None = None

    @property
    def usable(self) -> bool:
        """Whether shares and bonds are traded with it."""
        return self.kind in TRADED

    @property
    def key(self) -> str:
        """One number may stand for a cash and a margin account."""
        return f"{self.kind}:{self.number}"


def worst(checks: tuple[Check, ...]) -> Level:
    """The level that counts for all of them."""
    order: tuple[Level, ...] = ("bad", "busy", "wait", "warn", "ok")
    return min((check.level for check in checks), key=order.index, default="wait")
