"""An invented QMT for tests of the wizard: what its children will say, and what became of the user's choice."""

import json
import sys
from pathlib import Path
from typing import Any

import fake_trader as fake
import msgspec
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.setup.setup_sheet import SetupSheet
from qmtdesk.desk.setup.setup_state import Step
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.wire.live_settings import LiveSettings
from qmtdesk.wire.probe_lines import Code, ProbeLine, bad, doubtful, fine, said

CHILD = Path(__file__).with_name("fake_probe.py")
GOOD = r"D:\国金QMT交易端\userdata_mini"
OTHER = r"C:\QMT\userdata_mini"
ABOVE = r"D:\国金QMT交易端"
FIRST = "66800012345396"
SECOND = "66800054321777"


def folder_lines(folder: str, **named: object) -> list[ProbeLine]:
    """A folder whose client runs."""
    return [
        fine("examine", said(Code.LOOK_FOLDER, folder=folder), said(Code.FOUND_HERE), **named),
        fine("examine", said(Code.LOOK_LOCAL), said(Code.OF_THIS_MACHINE), **named),
        fine("examine", said(Code.LOOK_NAME), said(Code.NAME_RIGHT), **named),
        fine("examine", said(Code.LOOK_CONTENT), said(Code.CONTENT_RIGHT, names="datadir, log, users"), **named),
        fine("examine", said(Code.LOOK_WRITABLE), said(Code.CAN_WRITE), **named),
        fine("examine", said(Code.LOOK_DISK), said(Code.SPACE, mb=183_204), **named),
        fine("examine", said(Code.LOOK_CLIENT), said(Code.CLIENT_RUNS, pid=11284), **named),
        fine("examine", said(Code.LOOK_LOG), said(Code.LOG_TODAY, name="XtMiniQmt_20261120.log"), **named),
    ]


def not_running(folder: str, **named: object) -> list[ProbeLine]:
    """The same with no client."""
    lines = folder_lines(folder, **named)
    lines[6] = bad("examine", said(Code.LOOK_CLIENT), said(Code.CLIENT_NOT), said(Code.DO_START), **named)
    return lines


def above(folder: str) -> list[ProbeLine]:
    """The installation's own folder."""
    return [
        fine("examine", said(Code.LOOK_FOLDER, folder=folder), said(Code.FOUND_HERE)),
        bad("examine", said(Code.LOOK_NAME), said(Code.NAME_ABOVE), said(Code.DO_CHOOSE_THIS, path=GOOD), path=GOOD),
    ]


def names(number: str, kind: str = "STOCK") -> dict[str, object]:
    """How an account is named in a line."""
    return {"number": number, "type": kind, "masked": f"{number[:2]}****{number[-3:]}", "key": "k"}


def connected(*numbers: str) -> list[ProbeLine]:
    """Everything well, with these accounts."""
    rows = [names(number) for number in numbers]
    told = ", ".join(f"{row['masked']} STOCK" for row in rows)
    lines = [
        fine("load", said(Code.LOOK_LOAD, package="xtquant"), said(Code.LOADED, origin="xtquant 250807.1.2")),
        fine("connect", said(Code.LOOK_CONNECT), said(Code.CONNECTED)),
        fine("accounts", said(Code.LOOK_ACCOUNTS), said(Code.ACCOUNTS, count=len(rows), list=told), accounts=rows),
    ]
    for at, row in enumerate(rows):
        total, cash = 1_012_846_200 - at * 700_000_000, 412_300_550 - at * 400_000_000
        found = said(Code.ASSET, total=f"{total / 1000:,.2f}", cash=f"{cash / 1000:,.2f}")
        looked = said(Code.LOOK_ASSET, account=str(row["masked"]))
        lines.append(fine("asset", looked, found, total=total, cash=cash, **row))
    for row in rows:
        looked = said(Code.LOOK_STATUS, account=str(row["masked"]))
        lines.append(fine("status", looked, said(Code.STATUS_FINE), status=0, **row))
    lines += [
        fine("quotes", said(Code.LOOK_QUOTES), said(Code.QUOTES_UP)),
        fine("quotes", said(Code.LOOK_SNAPSHOT), said(Code.SNAPSHOT, code="113050.SH", seconds=2)),
        fine("limits", said(Code.LOOK_LIMITS), said(Code.LIMITS_AGREE, count=6)),
        doubtful("limits", said(Code.LOOK_BOND_DATA), said(Code.NO_BOND_DATA), said(Code.DO_BOND_LIST)),
        fine("end", said(Code.LOOK_END), said(Code.ENDED)),
    ]
    return lines


def refused() -> list[ProbeLine]:
    """No connection."""
    return [
        fine("load", said(Code.LOOK_LOAD, package="xtquant"), said(Code.LOADED, origin="xtquant 250807.1.2")),
        bad("connect", said(Code.LOOK_CONNECT), said(Code.REFUSED, text="connect = -1"), said(Code.DO_CONNECT)),
    ]


def steps(lines: list[ProbeLine], *more: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines as the child's steps."""
    return [*({"line": msgspec.to_builtins(line)} for line in lines), *more]


class World:
    """Stands in for the program: `script` is what the children say, `went` where the wizard led."""

    def __init__(self, folder: Path) -> None:
        self.script: dict[str, list[dict[str, Any]]] = {}
        self._file = folder / "script.json"
        self.live_folder = folder / "live"
        self.mode = "paper"
        self.settings = LiveSettings()
        self.kept: list[LiveSettings] = []
        self.went: list[str] = []
        self.calls: list[str] = []
        self.packages: list[str] = []
        self.keep_error: OSError | None = None
        self.go_error: OSError | None = None

    @property
    def child_pid(self) -> int:
        return int((self._file.parent / "child.pid").read_text("utf-8"))

    def known(self) -> LiveSettings:
        return self.settings

    def _words(self, key: str) -> list[str]:
        self.calls.append(key)
        self._file.write_text(json.dumps(self.script), "utf-8")
        return [sys.executable, str(CHILD), str(self._file), key]

    def search_words(self) -> list[str]:
        return self._words("find")

    def examine_words(self, folder: str) -> list[str]:
        return self._words(f"examine {folder}")

    def connect_words(self, folder: str, kind: str, package: str) -> list[str]:
        self.packages.append(package)
        return self._words(f"connect {folder}")

    def keep(self, settings: LiveSettings) -> None:
        if self.keep_error is not None:
            raise self.keep_error
        self.kept.append(settings)

    def go(self, mode: str) -> None:
        if self.go_error is not None:
            raise self.go_error
        self.went.append(mode)

    def today(self) -> str:
        return "2026-11-20"

    def usual(self, *numbers: str) -> None:
        """One folder that runs, one that does not, and these accounts."""
        found = folder_lines(GOOD, path=GOOD, source="running") + not_running(OTHER, path=OTHER, source="installed")
        self.script["find"] = steps(found)
        self.script[f"connect {GOOD}"] = steps(folder_lines(GOOD) + connected(*(numbers or (FIRST,))))


def usual_world(folder: Path) -> World:
    """One in which everything is well."""
    made = World(folder)
    made.usual()
    return made


class Walk:
    """The real window over an invented trader, with the wizard in it."""

    def __init__(self, qtbot: QtBot, world: World, size: tuple[int, int] = (1600, 900), step: Step = "mode") -> None:
        self.qtbot, self.world = qtbot, world
        self.mirror, self.look = Mirror(), Look()
        self.look.set(motion=False)
        self.window = MainWindow(self.mirror, fake.FakeCommands(), self.look)
        qtbot.addWidget(self.window, before_close_func=lambda _: setattr(self.window, "_may_close", True))
        self.window.resize(*size)
        self.window.show()
        fake.fill_mirror(self.mirror)
        self.sheet = SetupSheet(self.window, self.mirror, self.look, world, step)
        self.sheet.open()

    def english(self) -> None:
        self.look.set(language=Language.EN)

    def reopen(self) -> None:
        """A new sheet, in the language in force."""
        self.sheet = SetupSheet(self.window, self.mirror, self.look, self.world)
        self.sheet.open()

    def second_account(self) -> None:
        """To the account page, and the last one chosen."""
        self.press()
        self.sheet.account_page.rows.choose(f"STOCK:{SECOND}")

    def ready(self) -> None:
        """Until the button lives."""
        self.qtbot.waitUntil(self.sheet.go.isEnabled, timeout=10_000)

    def press(self) -> None:
        """The confirming button, once it lives."""
        from PySide6.QtCore import Qt

        self.ready()
        self.qtbot.mouseClick(self.sheet.go, Qt.MouseButton.LeftButton)

    def to_folder(self) -> None:
        """Choose live and look for terminals until the search is over."""
        self.sheet.mode_page.cards["live"].click()
        self.press()
        self.qtbot.waitUntil(lambda: not self.sheet.searching.running, timeout=10_000)

    def to_connect(self) -> None:
        """And connect until that is over."""
        self.to_folder()
        self.press()
        self.qtbot.waitUntil(lambda: not self.sheet.connecting.running, timeout=10_000)

    def to_account(self) -> None:
        self.to_connect()
        self.press()

    def to_finish(self) -> None:
        self.to_account()
        self.press()


def painted(walk: Walk) -> str:
    """Every text that stands in the wizard once it is laid out, a line each."""
    QCoreApplication.processEvents()
    with paint.recording() as drawn:
        walk.sheet.grab()
    return "\n".join(each.text for each in drawn.texts)
