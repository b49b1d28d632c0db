"""The real trader, but it dies, or its disk fills up, at one chosen point. Run by tests as a process of its own.

`before:WHAT N …` and `after:WHAT N …` kill it around the N-th call of WHAT: a record's kind, or submit, cancel, query,
save. `full:write N …` lets the N-th write to the journal and all after it fail; `full:commit N …` only says so after
it was written. `forget:KIND 0 …` never writes that kind of record and `twice:submit 0 …` sends every order twice: what
a checker has to find. The rest is the trader's command line.
"""

import os
import signal
import sqlite3
import sys

from qmtdesk.gateways.paper.gateway import PaperGateway
from qmtdesk.store.journal import Journal
from qmtdesk.trader.diary import Diary


class Point:
    """Counts the calls that match and acts at one of them."""

    def __init__(self, when: str, nth: int) -> None:
        self.when, self.left = when, nth

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call, matches=lambda *_: True):
        def wrapped(*args, **rest):
            hit = False
            if matches(*args):
                self.left -= 1
                hit = self.left == 0
            if hit and self.when == "before":
                self.die()
            result = call(*args, **rest)
            if hit and self.when == "after":
                self.die()
            return result

        return wrapped

    def full(self, call, *, done: bool):
        def wrapped(*args, **rest):
            self.left -= 1
            if self.left <= 0:
                if done and self.left == 0:
                    call(*args, **rest)
                raise sqlite3.OperationalError("database or disk is full")
            return call(*args, **rest)

        return wrapped


def spoil(when: str, what: str) -> None:
    """Build a fault into the program."""
    if when == "twice":
        once = getattr(PaperGateway, what)
        setattr(PaperGateway, what, lambda gateway, order: (once(gateway, order), once(gateway, order)))
        return
    write = Diary.write

    def forgetful(diary, at, records, **rest):
        write(diary, at, [record for record in records if type(record).__name__ != what], **rest)

    Diary.write = forgetful


def prepare(point: str, nth: int) -> None:
    """Put the point into the program."""
    when, what = point.split(":")
    here = Point(when, nth)
    if when in ("forget", "twice"):
        spoil(when, what)
    elif when == "full":
        Journal._write = here.full(Journal._write, done=what == "commit")
    elif what in ("submit", "cancel", "query"):
        setattr(PaperGateway, what, here.around(getattr(PaperGateway, what)))
    elif what == "save":
        PaperGateway._save = here.around(PaperGateway._save)
    else:
        named = lambda _, __, records: any(type(record).__name__ == what for record in records)  # noqa: E731
        Diary.write = here.around(Diary.write, lambda diary, at, records, *_: named(diary, at, records))


if __name__ == "__main__":
    from qmtdesk.app import main

    prepare(sys.argv[1], int(sys.argv[2]))
    sys.exit(main(sys.argv[3:]))
