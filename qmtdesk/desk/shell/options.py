"""How a desk is started."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """`folder` is the trader's data folder, `trader_words` what starts a trader for it."""

    folder: Path
    trader_words: tuple[str, ...]
