"""What the desk remembers of its user: look, layouts, sort orders, keys and what was said once."""

import base64
import binascii
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from qmtdesk.wire.inside import inside
from qmtdesk.wire.typed_file import TypedFile

FILE = "desk-settings.json"
VERSION = 1

Blob = Annotated[str, msgspec.Meta(max_length=200_000, pattern=r"^[A-Za-z0-9+/=]*$")]
Name = Annotated[str, msgspec.Meta(max_length=100)]


CloseHow = Literal["ask", "keep", "cancel", "leave"]
"""What becomes of what is started when the window goes: ask, go on without it, stop and cancel, stop and leave orders.

When the session ends nobody can be asked: what was to be asked then goes on.
"""


class SortOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which column a table is sorted."""

    column: Name
    descending: bool = False


class DeskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of it, with the values of a first start. Change it by `msgspec.structs.replace`.

    `layouts` holds base64 of the window's state by screen size ("1600x900"), `columns` that of a table's header by
    table, `pending` that of a grid's settings for its next start by code (its sheet begins with them), `hotkeys` key
    sequences by action where they differ from the built-in ones, `warned` the names of notices that are shown once,
    `journal_read` the time of the last word of a lost journal the user has put away.
    Nothing here decides about an order.
    """

    version: int = VERSION
    theme: Literal["dark", "light", "system"] = "dark"
    language: Literal["zh", "en"] = "zh"
    palette: Literal["red_up", "green_up", "orange_up"] = "red_up"
    density: Literal["compact", "normal", "roomy"] = "normal"
    motion: bool = True
    sound: bool = True
    paper_speed: Annotated[int, msgspec.Meta(ge=1, le=60)] = 1
    screen: Name = ""
    layouts: dict[Name, Blob] = msgspec.field(default_factory=dict)
    columns: dict[Name, Blob] = msgspec.field(default_factory=dict)
    sorts: dict[Name, SortOrder] = msgspec.field(default_factory=dict)
    hotkeys: dict[Name, Name] = msgspec.field(default_factory=dict)
    warned: tuple[Name, ...] = ()
    selected_bond: Name = ""
    selected_stock: Name = ""
    first_run_done: bool = False
    geometry: Blob = ""
    scale: Annotated[int, msgspec.Meta(ge=100, le=300)] = 100
    on_close: CloseHow = "ask"
    pending: dict[Name, Blob] = msgspec.field(default_factory=dict)
    journal_read: int = 0


def desk_settings(folder: Path) -> TypedFile[DeskSettings]:
    """The desk's settings file in the data folder."""
    return TypedFile(inside(folder, FILE), DeskSettings, VERSION)


def unpack_bytes(blob: str) -> bytes:
    """What a base64 entry holds; empty when it is none."""
    try:
        return base64.b64decode(blob, validate=True)
    except binascii.Error:
        return b""
