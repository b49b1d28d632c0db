"""No widget of the real window takes a name, an order's text or a counter's refusal for markup."""

import importlib
import inspect
import os
import pkgutil
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QTextDocument
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "desk"))
import fake_trader as fake
from setup_world import FIRST, SECOND, Walk, World, names, not_running, steps

from qmtdesk.desk import sheets
from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.guard_sheet import GuardSheet
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.domain.reason import Reason
from qmtdesk.wire.live_settings import LiveSettings
from qmtdesk.wire.probe_lines import Code, ProbeLine, doubtful, fine, said

EVIL = '<img src="file:///x"><b>名</b>'
TEXTS = ("name", "text", "note", "account", "title", "error", "counter")


def poisoned(value: object) -> object:
    """The row with every name and every text from outside replaced by markup; keys, codes and words of ours stay."""
    if isinstance(value, Reason):
        told = ((key, EVIL if key in TEXTS and isinstance(word, str) else word) for key, word in value.args)
        return Reason(value.why, tuple(told))
    if isinstance(value, tuple):
        return tuple(map(poisoned, value))
    if isinstance(value, msgspec.Struct):
        fields = {field: getattr(value, field) for field in value.__struct_fields__}
        return type(value)(
            **{
                field: EVIL if field in TEXTS and isinstance(told, str) and told else poisoned(told)
                for field, told in fields.items()
            }
        )
    return value


@pytest.fixture(params=list(Language))
def window(qtbot: QtBot, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    mirror, look, commands = Mirror(), Look(), fake.FakeCommands()
    look.set(motion=False, language=request.param)
    mirror.clock = lambda: mirror.status.clock if mirror.status else 0  # type: ignore[method-assign]
    plain = mirror.apply
    monkeypatch.setattr(mirror, "apply", lambda rows: plain([poisoned(row) for row in rows]))
    found = MainWindow(mirror, commands, look)
    qtbot.addWidget(found, before_close_func=lambda each: setattr(each, "_may_close", True))
    found.resize(1600, 900)
    found.show()
    qtbot.waitExposed(found)
    fake.fill_mirror(mirror)
    mirror.apply([fake.kill_row(), *fake.suspended_rows()])
    mirror.flush()
    yield found
    speak(Language.ZH)


def guesses(words: str) -> bool:
    """Whether Qt would take these words for markup and show something else than they say."""
    if not GuiQt.mightBeRichText(words):
        return False
    document = QTextDocument()
    document.setHtml(words)
    inside = words.removeprefix("<span>").removesuffix("</span>")
    ours = inside != words and "<" not in inside.replace("<br>", "")
    return not (ours and document.toPlainText() == unescape(inside.replace("<br>", "\n")))


def wrongs(root: QWidget) -> list[str]:
    """Every place under a widget where Qt would interpret its words."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        name = f"{type(widget).__name__} {widget.objectName()}"
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText and guesses(widget.text()):
            found.append(f"label {name}: {widget.text()}")
        if isinstance(widget, QMessageBox) and guesses(widget.text()):
            found.append(f"box {name}")
        if isinstance(widget, QTextEdit) and "file:///x" in widget.toHtml() and "&lt;img" not in widget.toHtml():
            found.append(f"page {name}")
        found += [f"tip of {name}: {tip}" for tip in (widget.toolTip(), widget.whatsThis()) if guesses(tip)]
    found += [f"action {act.text()}" for act in root.findChildren(QAction) if guesses(act.toolTip() or "")]
    return found


def hover(root: QWidget, qtbot: QtBot) -> None:
    """Go over everything, so that tips which depend on the place are set."""
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisible() or widget.width() < 2 or widget.height() < 2:
            continue
        for across, down in ((0.1, 0.7), (0.5, 0.2)):
            qtbot.mouseMove(widget, QPoint(int(widget.width() * across), int(widget.height() * down)), -1)


def every_sheet() -> list[type[Sheet]]:
    """All kinds of sheets of their room, found by looking, so that a new one is tried from its first day."""
    for module in pkgutil.iter_modules(sheets.__path__):
        importlib.import_module(f"{sheets.__name__}.{module.name}")
    found, more = [], [Sheet]
    while more:
        kind = more.pop()
        more += kind.__subclasses__()
        if not kind.__subclasses__() and kind.__module__.startswith(sheets.__name__):
            found.append(kind)
    return sorted(found, key=lambda each: each.__name__)


class Anything:
    """A stand-in for what a sheet calls back."""

    def __getattr__(self, name: str) -> object:
        return lambda *_, **__: None


def opened(kind: type[Sheet], window: MainWindow) -> Sheet:
    """The sheet over the poisoned market, whatever it wants to be given."""
    known = {
        "window": window,
        "mirror": window.mirror,
        "commands": window.commands,
        "look": window.look,
        "code": fake.STOCK if kind is GuardSheet else fake.BOND,
        "told": (EVIL, (EVIL, f"{EVIL}\n{EVIL}")),
        "ways": Anything(),
    }
    wanted = [
        parameter
        for parameter in inspect.signature(kind).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    return kind(**{parameter.name: known[parameter.name] for parameter in wanted})


def test_the_check_finds_a_label_that_guesses(qtbot: QtBot) -> None:
    label = QLabel(EVIL)
    qtbot.addWidget(label)
    assert wrongs(label)
    label.setTextFormat(Qt.TextFormat.PlainText)
    assert not wrongs(label)
    label.setToolTip(EVIL)
    assert wrongs(label)


def test_no_place_of_the_window_takes_a_name_for_markup(window: MainWindow, qtbot: QtBot) -> None:
    shown = [row.name for row in window.mirror.grids.values()]
    assert EVIL in shown
    hover(window, qtbot)
    window.grab()
    assert wrongs(window) == []


def test_no_sheet_takes_a_name_for_markup(window: MainWindow, qtbot: QtBot) -> None:
    found = {}
    for kind in every_sheet():
        sheet = opened(kind, window)
        sheet.open()
        QApplication.processEvents()
        hover(sheet, qtbot)
        sheet.grab()
        found[kind.__name__] = [*wrongs(sheet), *wrongs(window)]
        sheet.hide()
        sheet.setParent(None)
    assert len(found) > 7
    assert found == {name: [] for name in found}


EVIL_FOLDER = rf"D:\{EVIL}\userdata_mini"


def evil_folder(**more: object) -> list[ProbeLine]:
    return [
        fine("examine", said(Code.LOOK_FOLDER, folder=EVIL_FOLDER), said(Code.FOUND_HERE), **more),
        doubtful(
            "examine", said(Code.LOOK_CONTENT), said(Code.CONTENT_RIGHT, names=EVIL), said(Code.DO_CONNECT), **more
        ),
    ]


def evil_world(folder: Path) -> World:
    """A computer whose folders, package, broker and accounts are all called by markup."""
    world = World(folder)
    rows = [{**names(number), "masked": EVIL} for number in (FIRST, SECOND)]
    asset = said(Code.LOOK_ASSET, account=EVIL), said(Code.ASSET, total=EVIL, cash=EVIL)
    world.script["find"] = steps(evil_folder(path=EVIL_FOLDER, source="running") + not_running(EVIL, path=EVIL))
    connected = [
        fine("load", said(Code.LOOK_LOAD, package=EVIL), said(Code.LOADED, origin=EVIL)),
        doubtful("connect", said(Code.LOOK_CONNECT), said(Code.REFUSED, text=EVIL), said(Code.DO_CONNECT)),
        fine("accounts", said(Code.LOOK_ACCOUNTS), said(Code.ACCOUNTS, count=2, list=EVIL), accounts=rows),
        *(fine("asset", *asset, **row) for row in rows),
        fine("end", said(Code.LOOK_END), said(Code.ENDED)),
    ]
    world.script[f"connect {EVIL_FOLDER}"] = steps(evil_folder() + connected, {"raw": EVIL}, {"said": EVIL})
    world.settings = LiveSettings(reported=True, reported_day=EVIL)
    world.keep_error = OSError(13, EVIL)
    return world


def test_no_page_of_the_wizard_takes_a_word_from_outside_for_markup(qtbot: QtBot, tmp_path: Path) -> None:
    walk = Walk(qtbot, evil_world(tmp_path))

    def looked_at() -> list[str]:
        hover(walk.sheet, qtbot)
        with paint.recording() as drawn:
            walk.sheet.grab()
        shown.add(walk.sheet.step)
        evil.extend(each.text for each in drawn.texts if "<img" in each.text)
        return wrongs(walk.window)

    shown: set[str] = set()
    evil: list[str] = []
    assert looked_at() == []
    walk.to_folder()
    assert looked_at() == []
    walk.press()
    qtbot.waitUntil(lambda: not walk.sheet.connecting.running, timeout=10_000)
    assert looked_at() == []
    walk.second_account()
    assert looked_at() == []
    walk.press()
    walk.sheet.finish_page.yes.click()
    walk.press()
    assert looked_at() == []
    assert shown == {"mode", "folder", "connect", "account", "finish"}
    assert len(evil) > 5
