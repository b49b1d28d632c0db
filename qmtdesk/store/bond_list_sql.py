"""Reads the cells of a bond list out of a database named by URL; it only ever selects, and a failure is never empty."""

import hashlib
import importlib
import os
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from qmtdesk.domain.bond_cells import Fault
from qmtdesk.domain.bond_list import ListError, Row
from qmtdesk.store.bond_list_file import Table
from qmtdesk.store.bond_list_limits import MAX_CELL, MAX_ROWS, Going, text_of
from qmtdesk.store.windows_credentials import password_in, read_credential

TABLE = "cgs_convertible_bond"
"""The original script's table; its columns are recognised like a file's."""

PASSWORD = "QMTDESK_SQL_PASSWORD"  # noqa: S105 - the name of the variable, and of the key store's entry
KEY_STORE = "qmtdesk-sql"
CONNECT_S = 5
READ_S = 15
BATCH = 1_000
STEPS = 100_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?")


@dataclass(frozen=True, slots=True)
class Driver:
    """How to reach one kind of database: its module, what to install for it, and the names of its arguments."""

    module: str
    package: str
    database: str
    port: int
    more: tuple[tuple[str, object], ...]


DRIVERS = {
    "mysql": Driver(
        "pymysql",
        "PyMySQL",
        "database",
        3306,
        (("connect_timeout", CONNECT_S), ("read_timeout", READ_S), ("charset", "utf8mb4")),
    ),
    "postgresql": Driver("pg8000.dbapi", "pg8000", "database", 5432, (("timeout", READ_S),)),
}


def read_database(url: str, table: str, going: Going) -> Table:
    """All rows of a table. ListError says why there are none to be had; the text never holds a password."""
    parts = _checked(url, table)
    secret = ""
    try:
        if parts.scheme == "sqlite":
            connection: Any = _open_file(parts, going)
        else:
            secret = _password(parts.username or "")
            connection = _connect(parts, secret)
        try:
            cursor = connection.cursor()
            # the name was checked letter by letter, and no database takes a table's name as a parameter
            cursor.execute(f"SELECT * FROM {table} LIMIT {MAX_ROWS + 1}")  # noqa: S608
            rows = _rows(cursor, going)
        finally:
            connection.close()
    except ListError:
        raise
    except sqlite3.OperationalError as error:
        going(0, 0)
        raise ListError(Fault.QUERY_FAILED, str(error)[:160]) from None
    except Exception as error:  # noqa: BLE001 - each driver has its own family of errors; all of them are told
        text = f"{type(error).__name__}: {error}"
        raise ListError(Fault.QUERY_FAILED, (text.replace(secret, "***") if secret else text)[:160]) from None
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return Table(rows=rows, name=f"{parts.scheme}:{table}", kind="sql", digest=digest)


def _checked(url: str, table: str) -> SplitResult:
    if not url:
        raise ListError(Fault.NO_DATABASE)
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ListError(Fault.BAD_URL) from error
    if parts.password:
        raise ListError(Fault.PASSWORD_IN_URL)
    kind = parts.scheme.partition("+")[0]
    kind = "postgresql" if kind == "postgres" else kind
    if kind != "sqlite" and (kind not in DRIVERS or not parts.hostname):
        raise ListError(Fault.BAD_URL, parts.scheme[:20])
    if not _NAME.fullmatch(table):
        raise ListError(Fault.BAD_URL, table[:40])
    return parts._replace(scheme=kind)


def _open_file(parts: SplitResult, going: Going) -> sqlite3.Connection:
    """An existing file, opened so that nothing can be written to it."""
    text = unquote(parts.path)
    path = Path(text[1:] if re.match(r"/[A-Za-z]:", text) else text.replace("//", "/", 1))
    if parts.netloc or not path.is_absolute() or not path.is_file():
        raise ListError(Fault.NOT_THERE, str(path)[-80:])
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=CONNECT_S, check_same_thread=False)

    def look() -> int:
        try:
            going(0, 0)
        except ListError:  # ends the query; the reader asks again and hears the same
            return 1
        return 0

    connection.set_progress_handler(look, STEPS)
    return connection


def _connect(parts: SplitResult, secret: str) -> Any:  # noqa: ANN401 - whatever the driver calls a connection
    driver = DRIVERS[parts.scheme]
    try:
        module = importlib.import_module(driver.module)
    except ImportError:
        raise ListError(Fault.NO_DRIVER, driver.package) from None
    words: dict[str, object] = {
        "host": parts.hostname,
        "port": parts.port or driver.port,
        "user": unquote(parts.username or ""),
        driver.database: parts.path.strip("/"),
        **dict(driver.more),
    }
    return module.connect(**words, password=secret)


def _password(user: str) -> str:
    """From the environment, else from the system's key store; never from a file."""
    return os.environ.get(PASSWORD, "") or _kept_password(unquote(user))


def _kept_password(user: str) -> str:
    try:
        if os.name == "nt":
            return password_in(read_credential, KEY_STORE, user)
        return str(importlib.import_module("keyring").get_password(KEY_STORE, user) or "")
    except ImportError:
        return ""


def ways_here() -> dict[str, bool]:
    """Which databases can be reached from this computer, and whether its key store answers. OSError when it fails."""
    found = {kind: _loads(driver.module) for kind, driver in DRIVERS.items()}
    if os.name != "nt":
        return {**found, "key store": _loads("keyring")}
    try:
        read_credential(KEY_STORE)
    except ImportError:
        return {**found, "key store": False}
    return {**found, "key store": True}


def _loads(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _rows(cursor: Any, going: Going) -> list[Row]:  # noqa: ANN401 - whatever the driver calls a cursor
    rows: list[Row] = [(1, [str(column[0]) for column in cursor.description])]
    while batch := cursor.fetchmany(BATCH):
        for values in batch:
            if len(rows) > MAX_ROWS:
                raise ListError(Fault.TOO_MANY_ROWS, str(MAX_ROWS))
            rows.append((len(rows) + 1, _texts(values, len(rows) + 1)))
        going(len(rows), 0)
    return rows


def _texts(values: Sequence[object], row: int) -> list[str]:
    texts = [text_of(value) for value in values]
    if any(len(text) > MAX_CELL for text in texts):
        raise ListError(Fault.LONG_CELL, str(row))
    return texts
