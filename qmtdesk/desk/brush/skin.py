"""The theme as far as Qt itself paints: palette, menus, tooltips, splitters."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.tokens import DARK, Theme

_SCROLL = """
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 2px; }}
QScrollBar::handle {{ background: {line2}; border-radius: 2px; min-width: 32px; min-height: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
"""
_SHEET = """
QMenu {{ background: {bg1}; color: {t1}; border: 1px solid {line2}; padding: 5px; }}
QMenu::item {{ padding: 6px 26px 6px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {sel}; color: {t1}; }}
QMenu::item:disabled {{ color: {t3}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 5px 8px; }}
QToolTip {{ background: {bg2}; color: {t1}; border: 1px solid {line2}; padding: 5px 8px; }}
QSplitter::handle {{ background: {bg0}; }}
QSplitter::handle:hover {{ background: {bg3}; }}
"""


def scroll_style(theme: Theme) -> str:
    """4 px thumbs without a track."""
    return _SCROLL.format(line2=theme.line2)


def wear(app: QApplication, theme: Theme) -> None:
    """Dress the whole program."""
    palette = QPalette()
    role = QPalette.ColorRole
    for which, value in (
        (role.Window, theme.bg0),
        (role.Base, theme.bg1),
        (role.AlternateBase, theme.bg2),
        (role.Button, theme.bg2),
        (role.ToolTipBase, theme.bg2),
        (role.WindowText, theme.t1),
        (role.Text, theme.t1),
        (role.ButtonText, theme.t1),
        (role.ToolTipText, theme.t1),
        (role.PlaceholderText, theme.t3),
        (role.Highlight, theme.accfill),
        (role.HighlightedText, theme.on_fill),
        (role.Link, theme.acc),
        (role.Accent, theme.accfill),
    ):
        palette.setColor(which, QColor(value))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.t3))
    app.setPalette(palette)
    app.setFont(fonts.font(fonts.BODY))
    sheet = _SHEET.format(**{name: getattr(theme, name) for name in Theme.__slots__})
    app.setStyleSheet(sheet + scroll_style(theme))


def icon() -> QIcon:
    """The program's mark: levels of a ladder, one bought, one sold."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        p = QPainter(pixmap)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.scale(size / 64, size / 64)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(paint.color(DARK.bg1))
        p.drawRoundedRect(0, 0, 64, 64, 14, 14)
        for y, left, wide, value in (
            (14, 12, 40, DARK.line2),
            (26, 34, 18, DARK.dn),
            (38, 12, 18, DARK.up),
            (50, 12, 40, DARK.line2),
        ):
            p.setBrush(paint.color(value))
            p.drawRoundedRect(left, y - 3, wide, 6, 3, 3)
        p.setBrush(paint.color(DARK.acc))
        p.drawEllipse(QPointF(32, 32), 5, 5)
        p.end()
        made.addPixmap(pixmap)
    return made
