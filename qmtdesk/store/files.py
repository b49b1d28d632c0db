"""Where this program keeps its files."""

from pathlib import Path

from platformdirs import user_data_path

from qmtdesk.wire.files import private_folder

MODES = ("paper", "live", "replay")


def base_folder(override: Path | None) -> Path:
    """The folder that holds one folder for each mode; it need not exist yet."""
    # not the roaming profile: a journal on a network drive is refused
    return override if override is not None else user_data_path("qmtdesk", appauthor=False, roaming=False)


def packages_folder(base: Path) -> Path:
    """Beside the modes' folders: packages that may take xtquant's place, out of an upgrade's reach."""
    return base / "packages"


def data_folder(override: Path | None, mode: str) -> Path:
    """The private folder of one mode under `override` or the user's data folder; modes never share one.

    OSError when it cannot be made, ValueError for a mode that does not exist.
    """
    if mode not in MODES:
        raise ValueError(f"no such mode: {mode}")
    base = base_folder(override)
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    return private_folder(base / mode)
