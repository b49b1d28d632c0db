"""A database's password: out of the environment or the key store, and which ways to a database there are here."""

import sys

import pytest

from qmtdesk.domain.bond_list import ListError
from qmtdesk.store import bond_list_sql


def on(_done: int, _all: int) -> None:
    """Nobody asks to stop."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a store of its own")
def test_the_password_comes_from_the_key_store_when_the_environment_names_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, object] = {}

    class Both:
        """The driver and the key store in one."""

        @staticmethod
        def get_password(name: str, user: str) -> str:
            asked["entry"] = (name, user)
            return "kept"

        @staticmethod
        def connect(**words: object) -> object:
            asked["password"] = words["password"]
            raise RuntimeError("far enough")

    monkeypatch.delenv(bond_list_sql.PASSWORD, raising=False)
    monkeypatch.setattr(bond_list_sql.importlib, "import_module", lambda _name: Both)
    with pytest.raises(ListError):
        bond_list_sql.read_database("mysql://a%40b@host/base", "t", on)
    assert asked == {"entry": (bond_list_sql.KEY_STORE, "a@b"), "password": "kept"}


def test_what_reaches_a_database_here_is_told_by_what_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    def only(name: str) -> object:
        if name != "pymysql":
            raise ImportError(name)
        return object()

    monkeypatch.setattr(bond_list_sql.importlib, "import_module", only)
    told = bond_list_sql.ways_here()
    assert (told["mysql"], told["postgresql"]) == (True, False)
    assert set(told) == {"mysql", "postgresql", "key store"}
