"""A computer with a QMT that is not there: its folders, its terminal's stand-in, and the wizard's real children."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qmt"))

from standin_control import ACCOUNT, OTHER, Control, kept_path

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.setup.desk_setup import DeskSetup
from qmtdesk.desk.shell.options import DeskOptions
from qmtdesk.wire.files import private_folder
from qmtdesk.wire.live_settings import LiveSettings, live_settings

__all__ = ["ACCOUNT", "OTHER", "Computer", "kept_path"]
BROKER = "国金QMT交易端"


class Computer:
    """A user's folder with a terminal in it. What the desk would do at the end is written down in `went`."""

    def __init__(self, folder: Path, **plan: Any) -> None:
        self.home = folder / "user"
        self.userdata = self.home / BROKER / "userdata_mini"
        for name in ("datadir", "log", "users"):
            (self.userdata / name).mkdir(parents=True)
        self.control = Control(folder, **plan)
        self.base = folder / "qmtdesk"
        self.went: list[str] = []
        options = DeskOptions(private_folder(self.base / "paper"), ("--trader",), "paper", ("--data", str(self.base)))
        self.setup = DeskSetup(options, Look(), lambda: self.went.append("here"), lambda: self.went.append("elsewhere"))
        self.settings = live_settings(private_folder(self.setup.live_folder))
        self.settings.save(LiveSettings(package="qmt_standin"))

    def environment(self) -> Mapping[str, str]:
        """For the children."""
        own = {"USERPROFILE": str(self.home), "LOCALAPPDATA": str(self.home)}
        return {**self.control.environment(), **own}

    def wear(self) -> None:
        """In a process that does nothing else."""
        os.environ.update(self.environment())
