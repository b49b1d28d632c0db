"""A journal as it grows under one trader after another, followed row by row."""

import sqlite3
from pathlib import Path

from kill_truth import Walk

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import apply
from qmtdesk.engine.books import State
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.store.journal import GENESIS, StoredRow, seal
from qmtdesk.trader.diary import COMMAND


class Folded:
    """The journal as it grows, followed row by row."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.db"
        self.number, self.hash = 0, GENESIS
        self.state = State(RiskLimits(), FeeSchedule())
        self.walk = Walk()
        self.commands: set[int] = set()

    def read(self) -> list[str]:
        """Take in what was added. Returns what is wrong with it."""
        wrong = []
        for row, told_hash in self._rows():
            self.number, self.hash = self.number + 1, seal(self.hash, row)
            if (row.no, told_hash) != (self.number, self.hash):
                return [f"journal: row {row.no} does not follow row {self.number - 1}"]
            if row.kind in r.KINDS:
                record = r.decode(row.kind, row.body)
                self.state = apply(self.state, record)
                self.walk.follow(record)
            elif row.kind == COMMAND:
                number = int(row.body)
                if number in self.commands:
                    wrong.append(f"command {number} was carried out twice")
                self.commands.add(number)
        return wrong

    def _rows(self) -> list[tuple[StoredRow, bytes]]:
        if not self.path.exists():
            return []
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'").fetchone():
                return []
            asked = "SELECT no, at, kind, body, hash FROM journal WHERE no > ? ORDER BY no"
            return [(StoredRow(*row[:4]), row[4]) for row in connection.execute(asked, (self.number,))]
        except sqlite3.OperationalError as error:
            # killed while the file was made: the next trader takes the half write back, a reader may not
            if self.number or "readonly" not in str(error):
                raise
            return []
        finally:
            connection.close()
