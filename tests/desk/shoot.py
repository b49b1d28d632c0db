"""Runs the real window on an invented picture and saves what it looks like: python tests/desk/shoot.py OUT.png."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", default="1600x900")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--palette", default="red_up")
    parser.add_argument("--language", default="zh")
    parser.add_argument(
        "--picture",
        default="main",
        help="main | blind | killed | suspended | paused | empty | live | unsaid | retry | hung | loading | lost",
    )
    parser.add_argument(
        "--sheet",
        default="",
        help="grid | guard | pending | release | doubt | master | kill | ask | keys | about | health | golive | close"
        " | menu",
    )
    parser.add_argument("--tab", type=int, default=0)
    return parser.parse_args()


def show(sheet: str, window: Any) -> None:
    """Bring up what the picture is to show over the window."""
    import fake_trader
    import live_pictures

    from qmtdesk.desk.sheets import sheets
    from qmtdesk.domain.replacing import replace

    stopped = [fake_trader.killed_status(), fake_trader.kill_row(), *fake_trader.stopped_rows()]
    steps: dict[str, Callable[[], object]] = {
        "grid": lambda: sheets.open_grid_sheet(window, fake_trader.BOND),
        "guard": lambda: sheets.open_guard_sheet(window, fake_trader.STOCK),
        "release": lambda: window.release(fake_trader.BOND if window.mirror.suspension(fake_trader.BOND) else ""),
        "doubt": window.show_doubts,
        "pending": lambda: window.mirror.keep_plan(
            fake_trader.BOND, replace(window.mirror.grids[fake_trader.BOND].plan, step_bp=50, unit=100)
        ),
        "master": lambda: (window.mirror.apply([fake_trader.status(master=False)]), window.menus.master()),
        "kill": lambda: window.mirror.apply(stopped),
        "ask": lambda: window.mirror.apply([fake_trader.ask()]),
        "menu": window.menus.show,
        "close": window.close,
        "keys": lambda: window.menu_does("keys"),
        "about": lambda: window.menu_does("about"),
        "health": lambda: window.menu_does("health"),
        "trial": lambda: (
            window.mirror.apply([live_pictures.trial("order", link="ok", asset="ok", answer="ok", remark="other")]),
            window.menu_does("trial"),
        ),
        "golive": lambda: window.menu_does("master"),
    }
    if sheet:
        steps[sheet]()


def main() -> None:
    wanted = options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = wanted.scale
    import fake_trader
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from qmtdesk.desk.brush.language import Language
    from qmtdesk.desk.brush.look import Look
    from qmtdesk.desk.brush.tokens import Palette
    from qmtdesk.desk.link.mirror import Mirror
    from qmtdesk.desk.shell.window import MainWindow

    app = QApplication(["qmtdesk"])
    app.setStyle("Fusion")
    look, mirror, commands = Look(), Mirror(), fake_trader.FakeCommands()
    look.set(
        dark=wanted.theme == "dark", palette=Palette(wanted.palette), language=Language(wanted.language), motion=False
    )
    mirror.clock = lambda: mirror.status.clock if mirror.status else 0  # type: ignore[method-assign]
    window = MainWindow(mirror, commands, look)
    window.resize(*map(int, wanted.size.split("x")))
    window.show()
    fake_trader.fill_mirror(mirror, wanted.picture)
    window.tabs.show_tab(wanted.tab)

    def stage() -> None:
        show(wanted.sheet, window)
        if wanted.picture == "lost":
            mirror.set_link("lost", "")
        mirror.flush()

    def save() -> None:
        window.grab().save(str(wanted.out))
        app.exit()

    QTimer.singleShot(500, stage)
    QTimer.singleShot(1600, save)
    app.exec()
    os._exit(0)


if __name__ == "__main__":
    main()
