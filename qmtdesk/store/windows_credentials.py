"""Reads one password out of the credential store of Windows, as its control panel and `cmdkey` put it there."""

import importlib
from collections.abc import Callable
from typing import NamedTuple


class Credential(NamedTuple):
    """A generic credential: whose it is, and the secret as it is kept."""

    user: str
    secret: bytes


def password_in(read: Callable[[str], Credential | None], target: str, user: str) -> str:
    """This very user's, under the name or under `user@name`; '' when there is none: another user's is never sent."""
    for name in (target, f"{user}@{target}"):
        found = read(name)
        if found is not None and found.user == user:
            return _text(found.secret)
    return ""


def _text(secret: bytes) -> str:
    # Windows' own tools keep UTF-16; what is none was written by a library that keeps UTF-8
    try:
        return secret.decode("utf-16-le")
    except UnicodeDecodeError:
        return secret.decode("utf-8", "replace")


NOT_FOUND = 1168


def read_credential(target: str) -> Credential | None:
    """The credential of that name, None without one; OSError when Windows does not say, ImportError off Windows."""
    # keyring does no more on Windows, and wants nine further packages for it
    win32cred = importlib.import_module("win32ctypes.pywin32.win32cred")
    windows_error = importlib.import_module("win32ctypes.pywin32.pywintypes").error
    try:
        kept = win32cred.CredRead(target, win32cred.CRED_TYPE_GENERIC)
    except windows_error as error:
        if error.winerror == NOT_FOUND:
            return None
        raise OSError(f"CredRead: {error.strerror} ({error.winerror})") from error
    return Credential(kept["UserName"] or "", kept["CredentialBlob"])
