"""How a desk is started."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """`folder` is the trader's data folder, `trader_words` what starts a trader for it.

    `mode` is the market (paper | live | replay), `base_words` what names the same data folders to another desk.
    """

    folder: Path
    trader_words: tuple[str, ...]
    mode: str = "paper"
    base_words: tuple[str, ...] = ()

    @property
    def base(self) -> Path:
        """The folder that holds those of paper and live."""
        return self.folder.parent.parent if self.mode == "replay" else self.folder.parent
