"""The bond table's rows: two groups in the user's order, kept by code so that one tick touches one row."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from qmtdesk.desk.bonds.bonds_columns import BY_KEY, FROZEN, SCROLLED, Bond, Column, change_bp, ordered
from qmtdesk.desk.bonds.bonds_search import matches
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import TEXTS, say, t
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.rows import BondRow

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
AFTER_CHANGE = frozenset(column.key for column in (*FROZEN, *SCROLLED)) - {"name", "grid", "last", "change"}


@dataclass(frozen=True, slots=True)
class Group:
    """A heading between rows. `kind`: in | out | none (nothing found)."""

    kind: str
    count: int


Entry = Bond | Group


class BondModel(QAbstractTableModel):
    """Rows are bonds and group headings, columns as arranged. It sorts by values itself; a proxy would copy them."""

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._entries: list[Entry] = []
        self._at: dict[str, int] = {}
        self._holders: dict[str, list[str]] = {}
        self._columns: tuple[Column, ...] = (*FROZEN, *SCROLLED)
        self.query = ""
        self.sort_key = ""
        self.descending = False

    # what is in it

    @property
    def entries(self) -> list[Entry]:
        """Rows from the top; do not change the list."""
        return self._entries

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns from the left, frozen ones first."""
        return self._columns

    def bond_at(self, row: int) -> Bond | None:
        """The bond in a row, None for a heading or beyond the end."""
        entry = self._entries[row] if 0 <= row < len(self._entries) else None
        return entry if isinstance(entry, Bond) else None

    def row_of(self, code: str) -> int:
        """Where a code stands, -1 when it does not."""
        return self._at.get(code, -1)

    @property
    def sort_column(self) -> Column | None:
        """What is sorted by, None for the screen's own order."""
        return BY_KEY.get(self.sort_key)

    # changes

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        """Other columns, or in another order."""
        if columns != self._columns:
            self.beginResetModel()
            self._columns = columns
            self.endResetModel()

    def rebuild(self) -> bool:
        """Take everything from the mirror anew; whether rows came, went or moved."""
        entries = self._arranged()
        moved = [_name_of(entry) for entry in entries] != [_name_of(entry) for entry in self._entries]
        if moved:
            self.beginResetModel()
        self._entries = entries
        self._at = {entry.row.code: row for row, entry in enumerate(entries) if isinstance(entry, Bond)}
        self._holders = {}
        for entry in entries:
            if isinstance(entry, Bond):
                self._holders.setdefault(entry.row.stock_code, []).append(entry.row.code)
        if moved:
            self.endResetModel()
        elif entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(entries) - 1, len(self._columns) - 1))
        return moved

    def quoted(self, codes: frozenset[str]) -> list[tuple[str, int]]:
        """New quotes: the rows they touch are told; each bond whose own price moved, and by how much."""
        moved = []
        touched: set[str] = set()
        for code in codes:
            touched.update(self._holders.get(code, ()))
            if code in self._at:
                touched.add(code)
        for code in touched:
            row = self._at[code]
            old = self._entries[row]
            if not isinstance(old, Bond):
                continue
            new = replace(old, quote=self._mirror.quotes.get(code), stock=self._mirror.quotes.get(old.row.stock_code))
            self._entries[row] = new
            if old.quote is not None and new.last != old.last:
                moved.append((code, new.last - old.last))
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._columns) - 1))
        return moved

    def _arranged(self) -> list[Entry]:
        mirror = self._mirror
        bonds = [
            Bond(row, mirror.quotes.get(row.code), mirror.quotes.get(row.stock_code))
            for row in mirror.bonds.values()
            if matches(self.query, row.code, row.name)
        ]
        if not bonds:
            return [Group("none", 0)] if mirror.bonds else []
        entries: list[Entry] = []
        for kind, wanted in (("in", True), ("out", False)):
            group = [bond for bond in bonds if bond.row.included is wanted]
            if group:
                entries.append(Group(kind, len(group)))
                entries.extend(ordered(group, self.sort_column, descending=self.descending))
        return entries

    # Qt

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.bond_at(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title if 0 <= section < len(self._columns) else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if isinstance(entry, Group):
            return (
                t(f"bond.{entry.kind}", n=entry.count) if role == Qt.ItemDataRole.DisplayRole and entry.count else None
            )
        column = self._columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.show(entry).text
        if role == Qt.ItemDataRole.ToolTipRole:
            return help_of(entry, column)
        return None


def _name_of(entry: Entry) -> tuple[str, int]:
    return (entry.row.code, 0) if isinstance(entry, Bond) else (entry.kind, entry.count)


def help_of(bond: Bond, column: Column) -> str:
    """What the figure is, how it is made, from where and as of when; or why there is none."""
    cell = column.show(bond)
    way = {"premium", "conv_value", "double_low", "market_size", "turnover", "pnl"}
    lines = [f"{bond.row.name} {f.bare(bond.row.code)} · {column.title} {cell.text}"]
    if column.sort(bond) is None:
        lines.append(t(column.lacks))
    elif column.key in way:
        lines.append(t(f"bond.way_{column.key}"))
    if column.key in ("grid", "pnl", "position", "cost", "trips"):
        lines.append(t("bond.source_own"))
    elif column.live and bond.quote is not None:
        lines.append(t("bond.source_quote", at=f.clock_ms(bond.quote.at)))
    if not column.live and bond.row.source:
        source, as_of = _origin(bond.row, column.key)
        lines.append(t("bond.source", source=source, as_of=as_of or f.MISSING))
    if not bond.row.included:
        lines.append(say(bond.row.why, bond.row.code))
    return "\n".join(lines)


CELLS = {"size": "remaining_yuan", "stock": "stock_name", "years": "maturity"}


def _origin(row: BondRow, key: str) -> tuple[str, str]:
    """Where a cell is from and as of when: its own origin, else the row's."""
    cell = CELLS.get(key, key)
    source, as_of = next(((s, day) for name, s, day in row.origins if name == cell), (row.source, row.as_of))
    return t(f"source.{source}") if f"source.{source}" in TEXTS else source, as_of


def row_text(bond: Bond, columns: tuple[Column, ...]) -> str:
    """A row as tab-separated text: headers, values, and why it is out."""
    head = "\t".join(column.title for column in columns)
    line = "\t".join(_plain(bond, column) for column in columns)
    tail = "" if bond.row.included else "\t" + say(bond.row.why, bond.row.code)
    return f"{head}\n{line}{tail}"


def _plain(bond: Bond, column: Column) -> str:
    """A cell's text as a spreadsheet reads it: a falling change with its sign."""
    cell = column.show(bond)
    moved = change_bp(bond.stock if column.key == "stock_change" else bond.quote)
    if column.key in ("change", "stock_change") and moved is not None:
        return f.percent(moved, signed=True).replace(f.MINUS, "-")
    return cell.text.replace(f.MINUS, "-").replace(f.THIN, " ")
