"""The menu: how the window looks, the paper market's clock, the layout."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import ROW_HEIGHTS, Look
from qmtdesk.desk.brush.tokens import Palette
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.shell.jump import Goal
from qmtdesk.desk.words.texts import t

if TYPE_CHECKING:
    from qmtdesk.desk.shell.window import MainWindow

SPEEDS = (1, 2, 5, 10, 30, 60)
MOMENTS = ((9, 14), (9, 24), (9, 29), (10, 30), (12, 59), (14, 55))
SCALES = (100, 125, 150, 175, 200)
Do = Callable[[str], None]


def build(window: "MainWindow", scale: int, do: Do) -> QMenu:
    """A fresh menu in the language in force; `do` gets the names `MenuActs.does` knows."""
    mirror, look = window.mirror, window.look
    menu = QMenu(window)
    _looks(menu, look, scale, do)
    _tick(menu, t("menu.motion"), on=not look.motion, then=lambda: look.set(motion=not look.motion))
    _tick(menu, t("menu.sound"), on=window.alerts.sound, then=lambda: do("sound"))
    if mirror.status is not None:
        menu.addSeparator()
        _tick(menu, t("menu.master"), on=mirror.status.master, then=lambda: do("master"))
        menu.addMenu(_trading(menu, do))
        if mirror.status.suspended:
            menu.addAction(t("release.open"), lambda: do("release"))
        if mirror.doubts():
            menu.addAction(t("doubt.open", n=len(mirror.doubts())), lambda: do("doubts"))
        if mirror.status.mode != "live":
            _paper(menu, mirror.status.speed, window.commands)
    menu.addSeparator()
    menu.addAction(t("menu.setup"), lambda: do("setup"))
    menu.addAction(t("menu.bond_list"), lambda: do("bond_list"))
    _choices(menu, t("menu.close"), ((how, t(f"menu.close_{how}")) for how in ("ask", "keep", "cancel", "leave")),
             window.goodbye.how, lambda name: do(f"close:{name}"))  # fmt: skip
    menu.addSeparator()
    for name in ("float", "restore", "full"):
        menu.addAction(t(f"menu.{name}"), lambda name=name: do(name))
    _help(menu, do)
    menu.addSeparator()
    menu.addAction(t("menu.quit"), lambda: do("quit"))
    return menu


def _trading(menu: QMenu, do: Do) -> QMenu:
    sub = QMenu(t("menu.trade"), menu)
    sub.addAction(t("menu.clear"), lambda: do("clear"))
    return sub


def _help(menu: QMenu, do: Do) -> None:
    sub = menu.addMenu(t("menu.help"))
    for name, words in (
        ("keys", "menu.keys"),
        ("health", "health.open"),
        ("bundle", "menu.bundle"),
        ("trial", "menu.trial"),
        ("about", "menu.about"),
    ):
        sub.addAction(t(words), lambda name=name: do(name))


def _tick(menu: QMenu, words: str, *, on: bool, then: Callable[[], object]) -> None:
    action = menu.addAction(words)
    action.setCheckable(True)
    action.setChecked(on)
    action.triggered.connect(lambda _=False: then())


def _looks(menu: QMenu, look: Look, scale: int, do: Do) -> None:
    _choices(menu, t("menu.theme"), (("dark", t("menu.theme_dark")), ("light", t("menu.theme_light"))),
             "dark" if look.dark else "light", lambda name: look.set(dark=name == "dark"))  # fmt: skip
    _choices(menu, t("menu.palette"), ((p.value, t(f"palette.{p.value}")) for p in Palette), look.palette.value,
             lambda name: look.set(palette=Palette(name)))  # fmt: skip
    _choices(menu, t("menu.language"), (("zh", "中文"), ("en", "English")), look.language.value,
             lambda name: look.set(language=Language(name)))  # fmt: skip
    _choices(menu, t("menu.density"), ((name, t(f"density.{name}")) for name in ROW_HEIGHTS), look.density,
             lambda name: look.set(density=name))  # fmt: skip
    _choices(menu, t("menu.scale"), ((str(s), f"{s}%") for s in SCALES), str(scale), lambda name: do(f"scale:{name}"))


def _paper(menu: QMenu, speed: int, commands: Commands) -> None:
    _choices(menu, t("menu.speed"), ((str(s), f"{s}×") for s in SPEEDS), str(speed),
             lambda name: commands.paper_clock(int(name)))  # fmt: skip
    jump = menu.addMenu(t("menu.jump"))
    for hour, minute in MOMENTS:
        jump.addAction(f"{hour:02d}:{minute:02d}", lambda m=hour * 60 + minute: commands.paper_clock(speed, m))
    menu.addAction(t("menu.demo"), partial(commands.demo, None))


def _choices(
    menu: QMenu, title: str, options: Iterable[tuple[str, str]], now: str, pick: Callable[[str], object]
) -> None:
    sub = menu.addMenu(title)
    group = QActionGroup(sub)
    for name, words in options:
        action = QAction(words, sub)
        action.setCheckable(True)
        action.setChecked(name == now)
        action.triggered.connect(lambda _=False, name=name: pick(name))
        group.addAction(action)
        sub.addAction(action)


def as_goals() -> tuple[Goal, ...]:
    """The menu's plain entries for the jump box, and what else can be said there."""
    made = [Goal("command", f"tab:{n}", t(f"tab.{name}"), f"Alt+{n + 1}") for n, name in
            enumerate(("orders", "fills", "positions", "trips", "events"))]  # fmt: skip
    made.append(Goal("command", "theme", f"{t('menu.theme')}: {t('menu.theme_dark')} / {t('menu.theme_light')}"))
    for name, hint in (("restore", ""), ("full", "F11"), ("keys", "F1"), ("master", ""), ("about", "")):
        key = "menu.goal_master" if name == "master" else f"menu.{name}"
        made.append(Goal("command", name, t(key).split("  ")[0], hint))
    made.append(Goal("command", "setup", t("menu.setup")))
    made.append(Goal("command", "doubts", t("doubt.title")))
    made.append(Goal("command", "release", t("release.title")))
    made.append(Goal("command", "clear", t("clear.title")))
    made.append(Goal("command", "health", t("health.title")))
    made.extend(Goal("command", name, t(f"menu.{name}").rstrip("…")) for name in ("bundle", "trial"))
    return tuple(made)
