"""What desk and trader say about bond lists: read one, take it over, bring the one before back, type a cell."""

import msgspec


class ListMessage(msgspec.Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """Base of these messages."""


class BondListRow(ListMessage, frozen=True, tag=13):
    """The user's own list in force, and the reading of another one. One row; key ''. `at` is Unix ms of the computer.

    `before` names the list that can be brought back, `before_count` is -1 where there is none. `done` of `total`
    (0: unknown) of `reading` are read. `problem` says why a kept list could not be loaded.
    """

    name: str = ""
    kind: str = ""
    as_of: str = ""
    at: int = 0
    count: int = 0
    bad: int = 0
    before: str = ""
    before_count: int = -1
    hand: int = 0
    reading: str = ""
    done: int = 0
    total: int = 0
    sql_url: str = ""
    sql_table: str = ""
    problem: str = ""


class ReadBondList(ListMessage, frozen=True, tag=47):
    """Read a list and say what is in it; with `use` also take it over, if it is still the one of `digest`.

    `source`: file | sql. `unit`: '' | yuan | wan | yi, of sizes whose unit nothing tells. `as_of`: ISO day for rows
    without one. `leave`: headers left out. `table` is the database's.
    """

    source: str
    place: str
    table: str = ""
    unit: str = ""
    as_of: str = ""
    leave: tuple[str, ...] = ()
    use: bool = False
    digest: str = ""


class BondListWish(ListMessage, frozen=True, tag=48):
    """`what`: stop (the reading) | restore (the list before)."""

    what: str


class TypeBond(ListMessage, frozen=True, tag=49):
    """What the user typed of one bond, (column, text) as in a file; no cells take what was typed before away."""

    code: str
    cells: tuple[tuple[str, str], ...] = ()


class ListProblem(ListMessage, frozen=True):
    """`fault` is a `bond_cells.Fault` value; row 0 is the list as a whole."""

    fault: str
    row: int = 0
    column: str = ""
    value: str = ""


class ListColumn(ListMessage, frozen=True):
    """One column. `column` is '' where it was not understood, left out, or (`live`) is the market data's to tell."""

    header: str
    column: str = ""
    unit: str = ""
    live: bool = False


class UnitChoice(ListMessage, frozen=True):
    """What the middle one of the sizes would be in that unit."""

    unit: str
    middle_yuan: int
    likely: bool


class BondListAnswer(ListMessage, frozen=True, tag=29):
    """What is in a list. `used`: it is in force now. `refused` says why it is not, or cannot be as it is.

    `hint` is a day the file may be of, `hint_from`: name | file. `here` of its bonds are in today's market; `fresh`,
    `changed` and `gone` compare with the list in force.
    """

    id: int
    used: bool = False
    name: str = ""
    kind: str = ""
    encoding: str = ""
    sheet: str = ""
    digest: str = ""
    columns: tuple[ListColumn, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    unit: str = ""
    choices: tuple[UnitChoice, ...] = ()
    as_of: str = ""
    own_dates: bool = False
    hint: str = ""
    hint_from: str = ""
    good: int = 0
    bad: int = 0
    problems: tuple[ListProblem, ...] = ()
    refused: ListProblem | None = None
    here: int = 0
    fresh: int = 0
    changed: int = 0
    gone: int = 0
