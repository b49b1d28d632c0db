"""The hidden commands that find terminals, look at a folder and try a terminal out; they print JSON lines."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from qmtdesk.domain.replacing import replace
from qmtdesk.gateways.qmt.candidates import candidates
from qmtdesk.gateways.qmt.pc import this_pc
from qmtdesk.gateways.qmt.userdata import examine
from qmtdesk.store.files import packages_folder
from qmtdesk.trader.probe import ProbeWish, Say, run_probe
from qmtdesk.wire.probe_lines import encoded
from qmtdesk.wire.probe_run import ACCOUNT

FOUND, NOT_FOUND, BROKEN = 0, 1, 2


def find_command() -> int:
    """Every folder that may be a terminal's, each with what is to be seen of it; `path` and `source` name it."""

    def find(say: Say) -> bool:
        pc, usable = this_pc(), False
        for each in candidates(pc):
            findings = examine(str(each.folder), pc)
            usable = usable or findings.usable
            for line in findings.lines:
                named = {"path": str(each.folder), "source": each.how.value}
                say(replace(line, data={**line.data, **named}))
        return usable

    return _run(find)


def examine_command(folder: str) -> int:
    """One folder, without a connection."""

    def look(say: Say) -> bool:
        findings = examine(folder, this_pc())
        for line in findings.lines:
            say(line)
        return findings.usable

    return _run(look)


def probe_command(base: Path, folder: str, package: str, account_type: str, *, despite: bool) -> int:
    """One terminal, connected to; `base` holds the data folders.

    The account's number comes in the environment: a command line is for all to read.
    """
    wish = ProbeWish(folder, os.environ.pop(ACCOUNT, ""), account_type, package, despite, packages_folder(base))
    return _run(lambda say: run_probe(wish, say, this_pc()))


def _run(work: Callable[[Say], bool]) -> int:
    """Nothing of any library comes among the lines, and nothing native holds up the end: it does not return."""
    out = os.dup(1)
    # xtquant prints; what it prints belongs elsewhere
    os.dup2(2, 1)
    logging.basicConfig(level=logging.ERROR)
    code = BROKEN
    try:
        code = FOUND if work(lambda line: _write(out, encoded(line))) else NOT_FOUND
    except Exception:
        # the reader tells its user that this process ended by itself
        logging.getLogger("qmtdesk.trader").exception("the look at a terminal failed")
    finally:
        logging.shutdown()
        os._exit(code)


def _write(out: int, data: bytes) -> None:
    while data:
        data = data[os.write(out, data) :]
