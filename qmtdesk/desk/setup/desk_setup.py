"""What the program does for the wizard: the commands of its children, the files it writes, the desk it goes on in."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.settings import desk_settings
from qmtdesk.desk.shell.options import DeskOptions
from qmtdesk.wire.files import private_folder
from qmtdesk.wire.last_mode import LastMode, Mode, last_mode
from qmtdesk.wire.live_settings import LiveSettings, live_settings
from qmtdesk.wire.redact import know_account
from qmtdesk.wire.spawn import spawn_desk, trader_command
from qmtdesk.wire.typed_file import SHANGHAI


class DeskSetup:
    """`here` is called when the chosen market is this desk's own, `elsewhere` once the other desk is started."""

    def __init__(
        self, options: DeskOptions, look: Look, here: Callable[[], object], elsewhere: Callable[[], object]
    ) -> None:
        self._options, self._look = options, look
        self._here, self._elsewhere = here, elsewhere

    @property
    def mode(self) -> str:
        """Which market this desk shows."""
        return self._options.mode

    @property
    def live_folder(self) -> Path:
        """Where live data is kept."""
        return self._options.base / "live"

    def known(self) -> LiveSettings:
        """What was chosen before; a file that cannot be used counts as nothing chosen."""
        known = live_settings(self.live_folder).load().value if self.live_folder.is_dir() else LiveSettings()
        _hide(known.account)
        return known

    def search_words(self) -> Sequence[str]:
        """The command that looks for terminals."""
        return trader_command(("--find-qmt",))

    def examine_words(self, folder: str) -> Sequence[str]:
        """The command that looks at one folder without connecting."""
        return trader_command(("--examine-qmt", folder))

    def connect_words(self, folder: str, kind: str, package: str) -> Sequence[str]:
        """The command that connects to the terminal of a folder."""
        words = ("--probe-qmt", folder, "--account-type", kind, "--package", package)
        return trader_command((*self._options.base_words, *words))

    def keep(self, settings: LiveSettings) -> None:
        """Write the choice down, for nobody but the user to read."""
        _hide(settings.account)
        live_settings(private_folder(self.live_folder)).save(settings)

    def go(self, mode: str) -> None:
        """Go on in that market."""
        wanted: Mode = "live" if mode == "live" else "paper"
        last_mode(self._options.base).save(LastMode(mode=wanted))
        if wanted == self._options.mode:
            self._here()
            return
        folder = private_folder(self._options.base / wanted)
        self._dress(folder)
        spawn_desk(folder, (*self._options.base_words, f"--{wanted}"))
        self._elsewhere()

    def today(self) -> str:
        """The day in Shanghai."""
        return datetime.now(SHANGHAI).date().isoformat()

    def _dress(self, folder: Path) -> None:
        """A desk that was never opened begins with the look of this one."""
        file, look = desk_settings(folder), self._look
        if file.path.exists():
            return
        mine = desk_settings(self._options.folder).load().value
        file.save(
            msgspec.structs.replace(
                type(mine)(),
                theme="dark" if look.dark else "light",
                language=look.language.value,
                palette=look.palette.value,
                density=look.density,
                motion=look.motion,
                scale=mine.scale,
            )
        )


def _hide(account: str) -> None:
    """A number this process knows of is in no log of it."""
    if len(account) >= 4:
        know_account(account)
