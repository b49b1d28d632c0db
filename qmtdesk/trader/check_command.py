"""`python -m qmtdesk check`: how this installation stands, for a terminal, for programs, or as a diagnostics bundle."""

import locale
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from subprocess import DEVNULL, PIPE, SubprocessError, run
from typing import NamedTuple

from qmtdesk.trader.bundle import write_bundle
from qmtdesk.trader.check import Wish, check
from qmtdesk.trader.check_text import all_fine, as_json, in_words, verdict
from qmtdesk.wire.inside import inside
from qmtdesk.wire.probe_lines import Language, ProbeLine
from qmtdesk.wire.redact import redact
from qmtdesk.wire.spawn import child_environment, trader_command
from qmtdesk.wire.texts_probe import BUNDLE

SHANGHAI = timezone(timedelta(hours=8))
LONGEST_S = 400
FINE, WRONG, NOT_WRITTEN = 0, 1, 2


class CheckWords(NamedTuple):
    """The command line. `screen` is what the desk tells of its screens, for the bundle."""

    data: Path | None
    english: bool
    as_json: bool
    bundle: Path | None
    screen: str = ""
    connect: bool = True


def check_command(words: CheckWords, say: Callable[[str], None], complain: Callable[[str], None]) -> int:
    """Say what is found as it is found; 0 when nothing is wrong, 1 when something is, 2 when no bundle was written."""
    language: Language = "en" if words.english or _speaks_english() else "zh"
    lines: list[ProbeLine] = []
    for line in check(Wish(words.data, words.connect)):
        lines.append(line)
        if not words.as_json:
            say(in_words(line, language))
    say(as_json(lines) if words.as_json else verdict(lines, language))
    if words.bundle is not None:
        try:
            write_bundle(words.bundle, words.data, lines, words.screen)
        except OSError as error:
            complain(redact(BUNDLE[False][language == "en"].format(error=error)))
            return NOT_WRITTEN
        if not words.as_json:
            say(BUNDLE[True][language == "en"].format(path=words.bundle))
    return FINE if all_fine(lines) else WRONG


def bundle_of(folder: Path, screen: str = "") -> Path:
    """The bundle of a trader's data folder, made by a process of its own and put there; OSError when it was not.

    Reading and hiding takes seconds of a processor, which a trading process has better uses for. It blocks: call it on
    a thread of its own.
    """
    target = inside(folder, f"diagnostics-{datetime.now(SHANGHAI).strftime('%Y%m%d-%H%M%S')}.zip")
    words = ["--data", str(folder.parent), "check", "--no-connect", "--bundle", str(target), "--screen", screen]
    try:
        done = run(  # noqa: S603 - our own program, no shell
            trader_command(words),
            env=child_environment(),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
            timeout=LONGEST_S,
            check=False,
        )
    except SubprocessError as error:
        raise OSError(str(error)) from error
    if not target.exists():
        raise OSError(redact(done.stderr.decode("utf-8", "replace"))[-400:].strip() or f"exit code {done.returncode}")
    return target


def _speaks_english() -> bool:
    return str(locale.getlocale()[0]).lower().startswith("en")
