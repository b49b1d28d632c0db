"""A user's quarter of an hour in the installed window: wizard, demonstration, a grid by keyboard, all stop, and out."""

import sys
from pathlib import Path
from typing import Any

from qmtdesk.desk.brush.tokens import theme_of
from tests.windows.program import EXE, PLACE, TITLE, Program
from tests.windows.screen import BLACK
from tests.windows.traces import shortcuts
from tests.windows.wine import ProofError, until

SPEED = "20"
"""Of the paper market's clock: what takes an hour takes three minutes."""
DEMO_GRIDS = 3
CLICKS = 3
BUTTON, HEAD = 90, 600
"""Points side by side in one colour: of a button; of the kill sheet's head, wider than a question's."""
BARS = 140
DEMO_BELOW = 27
"""From the lower edge of the button that starts a grid to the middle of the demonstration's."""
THEMES = (theme_of(True), theme_of(False))


def _seen(*values: str) -> frozenset[int]:
    return frozenset(int(value.removeprefix("#"), 16) | 0xFF000000 for value in values)


BLUES = _seen(*(theme.accfill for theme in THEMES))
SOLIDS = _seen(*(theme.solid for theme in THEMES))
GROUNDS = _seen(*(theme.bg0 for theme in THEMES))
PAPER = 0xFFFFFFFF
"""Of a notepad."""
SETUP_REFUSED = 4
TOO_OLD = [3, 2]
"""How the setup and the program end on a Windows that is too old."""


def wizard(program: Program, pictures: Path) -> str:
    """The first start asks where to trade; 模拟 is chosen already, Ctrl+Enter takes it."""
    program.start("--speed", SPEED)
    seen = program.attached()
    settings = program.data / "paper" / "desk-settings.json"
    until(lambda: sheet_open(program), "the wizard over the window")
    until(lambda: _button(program), "the wizard's button")
    program.screen.save(pictures / "1-first-start.png")
    program.screen.key(program.window, "ctrl+Return")
    until(lambda: not sheet_open(program), "the window without the wizard")
    program.close()
    if not settings.exists():
        raise ProofError("the window kept no settings")
    return f"{seen['title']}, {seen['platform']}, {seen['font']}"


def trade(program: Program, pictures: Path) -> str:
    """The mouse starts the demonstration, the keyboard one grid more; then orders have to be filled."""
    program.start("--speed", SPEED)
    program.attached()
    _start_demonstration(program, pictures)
    until(lambda: _button(program) is None, "a ladder where the button was")
    program.screen.save(pictures / "2-demonstration.png")
    # the fifth of the table: the demonstration takes the first three
    program.screen.key(program.window, "ctrl+1", "Home", "Down", "Down", "Down", "Down", "Return")
    until(lambda: sheet_open(program), "the sheet of a grid")
    until(lambda: _button(program), "its button alive")
    program.screen.save(pictures / "3-grid-sheet.png")
    until(lambda: _confirmed(program), "a grid armed with Ctrl+Enter, its sheet gone", 60, 1.0)
    seen = program.until(lambda seen: seen["fills"] >= 3, "orders that were filled", 120)
    booked = program.journal().counts()["FillBooked"]
    program.screen.save(pictures / "4-trading.png")
    return f"{seen['grids']} grids, {seen['guards']} guards, {booked} fills in the journal"


def _start_demonstration(program: Program, pictures: Path) -> None:
    """Click its button; once more where nothing came of it.

    Its place is looked for before each click: the ladder's empty page is laid out anew when the account has been
    compared, and a picture may be of the page before. Where the page moved under the click, the button above was hit
    and a grid's sheet is open: it is put away, as a user would. At twenty times the speed a quote is too old after
    0.4 s, so a computer that stalls just then has the click refused.
    """
    clicked: list[tuple[int, int]] = []
    for left in reversed(range(CLICKS)):
        button = until(lambda: _settled(program), "the button that starts a grid")
        clicked.append(button)
        program.screen.save(pictures / f"2-before-click-{len(clicked)}.png")
        program.screen.click(program.window, button[0], button[1] + DEMO_BELOW)
        try:
            program.until(lambda seen: _demonstrated(program, seen), "the demonstration", 30)
        except ProofError as error:
            program.screen.save(pictures / f"2-nothing-came-{len(clicked)}.png")
            if not left or program.seen().get("grids", 1):
                raise ProofError(f"{error}; clicked below {clicked}, the button is at {_button(program)}") from error
            until(lambda: _put_away(program), "the window without a sheet")
        else:
            return


def _demonstrated(program: Program, seen: dict[str, Any]) -> bool:
    """Whether the demonstration runs; ProofError where the click opened a sheet instead."""
    if seen["grids"] == DEMO_GRIDS and seen["guards"]:
        return True
    if sheet_open(program):
        raise ProofError(f"the click opened a sheet; the window shows {seen}")
    return False


def _put_away(program: Program) -> bool:
    """Whether no sheet is open; else Escape is pressed once more."""
    if not sheet_open(program):
        return True
    program.screen.key(program.window, "Escape")
    return False


def _button(program: Program) -> tuple[int, int] | None:
    """Where the lowest blue button is."""
    return _run(program, BLUES, BUTTON)


def _settled(program: Program) -> tuple[int, int] | None:
    """Where the lowest blue button is in two pictures, one after the other; None while it comes or moves."""
    found = _button(program)
    return found if found == _button(program) else None


def second_start(program: Program, pictures: Path) -> str:
    """The shortcut of the start menu, while one is open, brings that one to the front."""
    running = set(program.wine.processes())
    link = shortcuts(program.wine)[0]
    other = program.wine.start("notepad")
    try:
        x, y, wide, high = program.screen.frame(program.screen.window_of("notepad.exe"))
        at = (x + wide // 2, y + high // 2)
        until(lambda: program.screen.pixel(*at) == PAPER, "another program's window in front")
        program.wine.start("start", "/unix", str(link))
        until(lambda: program.screen.pixel(*at) != PAPER, "the first window in front again", 30)
        program.screen.save(pictures / "5-second-start.png")
    finally:
        other.kill()
    until(lambda: set(program.wine.processes()) == running, "the end of the second start", 30)
    return f"{link.name}: one window, the same {len(running)} processes"


def refuses_while_running(program: Program, setup: Path) -> str:
    """Neither setup nor uninstall touches a program that is open."""
    codes = [program.wine.code(str(setup), "/S"), program.wine.code(PLACE + r"\uninstall.exe", "/S", f"_?={PLACE}")]
    if codes != [SETUP_REFUSED, SETUP_REFUSED]:
        raise ProofError(f"setup and uninstall ended with {codes} while qmtdesk was running")
    if not (program.folder / "qmtdesk.exe").exists() or not program.wine.processes():
        raise ProofError("setup or uninstall changed something while qmtdesk was running")
    return f"setup {codes[0]}, uninstall {codes[1]}, nothing changed"


def refuses_old_windows(program: Program, setup: Path, pictures: Path) -> str:
    """Setup and program say in a sentence that this Windows is too old, and nothing else happens."""
    program.wine.done("wine", "winecfg", "-v", "win7")
    try:
        silent = program.wine.code(str(setup), "/S")
        codes = [
            _said(program, str(setup), pictures / "old-windows-setup.png"),
            _said(program, EXE, pictures / "old-windows-program.png"),
        ]
    finally:
        program.wine.done("wine", "winecfg", "-v", "win10")
    if [silent, *codes] != [TOO_OLD[0], *TOO_OLD]:
        raise ProofError(f"on Windows 7 the silent setup ended with {silent}, setup and program with {codes}")
    return f"on Windows 7 the setup ends with {codes[0]}, the program with {codes[1]}, each after a sentence"


def _said(program: Program, exe: str, picture: Path) -> int:
    """Start it, look at what it says, press Return; its exit code."""
    try:
        return _said_once(program, exe, picture)
    except ProofError as error:
        # seen once: wine, told a moment ago to be another Windows, showed nothing at all at the first start
        sys.stderr.write(f"      {error}; once more\n")
        return _said_once(program, exe, picture)


def _said_once(program: Program, exe: str, picture: Path) -> int:
    screen = program.screen
    process = program.wine.start(exe)
    try:
        window = screen.window(TITLE)
        x, y, wide, high = screen.frame(window)
        until(lambda: screen.pixel(x + wide // 2, y + high // 2) != BLACK, "a sentence")
        screen.save(picture)
        screen.key(window, "Return")
        return int(until(lambda: None if process.poll() is None else str(process.returncode), "its end", 30))
    finally:
        process.kill()


def kill(program: Program, pictures: Path) -> str:
    """F12; every order confirmed as gone; then the word that lifts it."""
    program.screen.key(program.window, "F12")
    until(lambda: program.journal().kill(), "the kill switch in the journal", 30)
    until(lambda: _run(program, SOLIDS, HEAD), "the sheet of the kill switch")
    killed = until(lambda: program.journal().killed(), "every cancel confirmed", 90)
    program.until(lambda seen: not seen["grids"] and not seen["guards"], "nothing armed any more", 30)
    x, y, wide, _ = program.screen.frame(program.window)
    until(lambda: program.screen.pixel(x + wide - 20, y + 27) in SOLIDS, "the button of all stop lit", 30)
    program.screen.save(pictures / "6-all-stop.png")
    _lift(program, pictures)
    until(lambda: _lifted(program), "the kill switch lifted by the typed word", 30, 1.0)
    until(lambda: not sheet_open(program), "the window without a sheet")
    program.screen.save(pictures / "8-lifted.png")
    return f"by {killed['by']}, {len(killed['refs'])} orders cancelled and confirmed; lifted"


def _lift(program: Program, pictures: Path) -> None:
    """解除停止…, the word typed as on a keyboard without an input method."""
    screen, window = program.screen, program.window

    def opened() -> bool:
        # dead until the account has been looked at once more; pressing it before does nothing
        screen.key(window, "ctrl+Return")
        return _run(program, SOLIDS, HEAD) is None

    until(opened, "the sheet that lifts the kill switch", 30, 0.5)
    until(lambda: sheet_open(program), "that sheet over the window")
    screen.type(window, "jiechu")
    until(lambda: _button(program), "its button alive")
    screen.save(pictures / "7-lift.png")


def leave(program: Program) -> str:
    """Alt+F4 with nothing armed: window and trader go, and the journal is sound."""
    program.close()
    journal = program.journal()
    if not journal.verdict.ok:
        raise ProofError(journal.verdict.text)
    return f"journal {journal.verdict.rows} rows, hash chain sound, {journal.counts()['FillBooked']} fills"


def _confirmed(program: Program) -> bool:
    """Whether the grid runs and no sheet is open; else it is confirmed once more.

    The sheet's button is dead while new numbers are computed. Where it closed after the last look, the key reached the
    ladder behind it and opened the running grid's settings.
    """
    armed = program.seen().get("grids") == DEMO_GRIDS + 1
    if sheet_open(program):
        program.screen.key(program.window, "Escape" if armed else "ctrl+Return")
        return False
    return armed


def _lifted(program: Program) -> bool:
    """Whether the switch is off; else its sheet is confirmed once more: after a stall the account is compared again."""
    if program.journal().kill() is None:
        return True
    if sheet_open(program):
        program.screen.key(program.window, "ctrl+Return")
    return False


def sheet_open(program: Program) -> bool:
    """Whether the window is dimmed behind a sheet: the ground at its lower edge has not its plain colour."""
    x, y, wide, high = program.screen.frame(program.window)
    return program.screen.pixel(x + wide // 2, y + high - 2) not in GROUNDS


def _run(program: Program, colours: frozenset[int], least: int) -> tuple[int, int] | None:
    """The middle of the lowest row that has so many points of a colour side by side; None where there is none."""
    image = program.screen.picture()
    x, y, wide, high = program.screen.frame(program.window)
    for row in range(min(y + high, image.height()) - 1, y + BARS, -3):
        run = 0
        for column in range(x, min(x + wide, image.width()), 2):
            run = run + 2 if image.pixel(column, row) in colours else 0
            if run >= least:
                return column - least // 2, row
    return None
