"""The program's own mark as a Windows icon: drawn by the window's code, without a screen."""

import os
import struct
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256)
_HEAD, _ENTRY = "<HHH", "<BBBBHHII"


def draw_icon(target: Path) -> None:
    """Write the .ico. Qt is asked for as a window without a screen."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed([(size, _picture(size)) for size in SIZES]))


def packed(pictures: list[tuple[int, bytes]]) -> bytes:
    """PNG files of these sizes as one .ico."""
    at = struct.calcsize(_HEAD) + struct.calcsize(_ENTRY) * len(pictures)
    head, body = struct.pack(_HEAD, 0, 1, len(pictures)), b""
    for size, data in pictures:
        # a byte holds no 256: it is written as 0
        head += struct.pack(_ENTRY, size % 256, size % 256, 0, 0, 1, 32, len(data), at + len(body))
        body += data
    return head + body


def _picture(size: int) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice  # noqa: PLC0415 - only where an icon is drawn
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from qmtdesk.desk.brush import skin  # noqa: PLC0415

    app = QApplication.instance() or QApplication(["icon"])
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = skin.icon().pixmap(size, size).toImage()
    saved = image.save(buffer, "PNG")  # type: ignore[call-overload] # its declaration names bytes, which it does not take
    if image.width() != size or not saved:
        raise OSError(f"{app.applicationName()}: no picture of {size} px")
    return bytes(buffer.data().data())
