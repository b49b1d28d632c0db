"""A password out of Windows' credential store: only the named user's, in the letters its own tools write."""

from types import SimpleNamespace

import pytest

from qmtdesk.store import windows_credentials as module
from qmtdesk.store.windows_credentials import NOT_FOUND, Credential, password_in, read_credential

SECRET = "密码 s3cret"


def kept(**held: tuple[str, bytes]) -> dict[str, Credential]:
    return {name: Credential(user, secret) for name, (user, secret) in held.items()}


def test_the_password_of_the_user_is_found_as_windows_own_tools_keep_it() -> None:
    store = kept(bonds=("me", SECRET.encode("utf-16-le")))
    assert password_in(store.get, "bonds", "me") == SECRET


def test_a_password_kept_by_a_library_in_utf_8_is_read_too() -> None:
    store = kept(bonds=("me", b"odd"))
    assert password_in(store.get, "bonds", "me") == "odd"


def test_a_second_user_of_the_same_name_is_found_under_its_own() -> None:
    store = {
        "bonds": Credential("me", "mine".encode("utf-16-le")),
        "you@bonds": Credential("you", "yours".encode("utf-16-le")),
    }
    assert password_in(store.get, "bonds", "you") == "yours"


@pytest.mark.parametrize("user", ["", "ME", "somebody"])
def test_another_users_password_is_never_given(user: str) -> None:
    store = kept(bonds=("me", SECRET.encode("utf-16-le")))
    assert password_in(store.get, "bonds", user) == ""


def test_without_a_credential_there_is_no_password() -> None:
    assert password_in({}.get, "bonds", "me") == ""


class WindowsError(Exception):
    """What the library raises."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.winerror, self.strerror = number, "said by Windows"


def library(answer: object) -> object:
    """The library's two modules in one; it answers this or raises it."""

    def read(target: str, kind: int) -> object:
        assert (target, kind) == ("bonds", 1)
        if isinstance(answer, Exception):
            raise answer
        return answer

    both = SimpleNamespace(CRED_TYPE_GENERIC=1, CredRead=read, error=WindowsError)
    return SimpleNamespace(import_module=lambda _name: both)


def test_a_credential_is_read_by_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "importlib", library({"UserName": "me", "CredentialBlob": b"x"}))
    assert read_credential("bonds") == Credential("me", b"x")


def test_what_is_not_there_is_none_and_any_other_answer_an_error_with_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "importlib", library(WindowsError(NOT_FOUND)))
    assert read_credential("bonds") is None
    monkeypatch.setattr(module, "importlib", library(WindowsError(5)))
    with pytest.raises(OSError, match="said by Windows"):
        read_credential("bonds")
