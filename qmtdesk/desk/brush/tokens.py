"""The colours of the desk: one table per theme, four of its entries swapped by the palette of rise and fall."""

from dataclasses import dataclass
from enum import Enum

from qmtdesk.domain.replacing import replace


class Palette(str, Enum):
    """Which colours mean rise and fall."""

    RED_UP = "red_up"  # 红涨绿跌
    GREEN_UP = "green_up"  # 绿涨红跌
    ORANGE_UP = "orange_up"  # for eyes that cannot part red from green


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Every colour by its job, as '#RRGGBB'. Nothing is ever coloured but through one of these names."""

    dark: bool
    bg0: str  # window
    bg1: str  # panel
    bg2: str  # header, input
    bg3: str  # track
    sel: str
    line: str
    line2: str
    t1: str
    t2: str
    t3: str
    up: str
    upbg: str
    dn: str
    dnbg: str
    upfill: str
    dnfill: str
    acc: str
    accbg: str
    accfill: str
    warn: str
    warnbg: str
    solid: str
    on_solid: str
    paper: str
    paperbg: str
    live: str
    livebg: str
    price: str
    on_fill: str = "#FFFFFF"


DARK = Theme(
    dark=True,
    bg0="#0C0F14",
    bg1="#141920",
    bg2="#1B212A",
    bg3="#222A35",
    sel="#1B2B45",
    line="#232A34",
    line2="#3A4554",
    t1="#E7EAEF",
    t2="#A9B3C0",
    t3="#8B96A5",
    up="#F4636E",
    upbg="#3A1D24",
    dn="#35B98A",
    dnbg="#12322A",
    upfill="#B8293C",
    dnfill="#0E7A55",
    acc="#6BA6FF",
    accbg="#1A2C4A",
    accfill="#2F6FDE",
    warn="#F2C14B",
    warnbg="#332A14",
    solid="#F2C14B",
    on_solid="#1A1403",
    paper="#B39DFA",
    paperbg="#2A2344",
    live="#FF9A57",
    livebg="#3D2414",
    price="#C9D3E0",
)
LIGHT = Theme(
    dark=False,
    bg0="#E9ECF0",
    bg1="#FFFFFF",
    bg2="#F3F5F8",
    bg3="#E8ECF1",
    sel="#E2EDFD",
    line="#E1E5EA",
    line2="#BFC7D1",
    t1="#14181E",
    t2="#47525F",
    t3="#5C6775",
    up="#CC1F36",
    upbg="#FCE8EA",
    dn="#0A7550",
    dnbg="#E0F3EB",
    upfill="#B8293C",
    dnfill="#0E7A55",
    acc="#1D5FD1",
    accbg="#E2EDFD",
    accfill="#1D5FD1",
    warn="#855800",
    warnbg="#FFF3D1",
    solid="#F2C14B",
    on_solid="#1A1403",
    paper="#6437C8",
    paperbg="#EEE8FC",
    live="#A84A0C",
    livebg="#FDEBDD",
    price="#2B3B52",
)

_ORANGE_DARK = ("#F0894A", "#3A2415", "#4FB0E6", "#10304A")
_ORANGE_LIGHT = ("#A84300", "#FDEBDD", "#0B639B", "#E0F0FB")


def greyed(theme: Theme) -> Theme:
    """The same theme for figures that are not of now: nothing in it speaks by colour."""
    grey, ground = theme.t3, theme.bg3
    plain = replace(theme, t1=grey, t2=grey, up=grey, dn=grey, acc=grey, warn=grey, price=grey)
    return replace(plain, upbg=ground, dnbg=ground, accbg=ground, solid=theme.line2)


def theme_of(dark: bool, palette: Palette = Palette.RED_UP) -> Theme:  # noqa: FBT001
    """The table of one theme with the palette's colours of rise and fall."""
    base = DARK if dark else LIGHT
    if palette is Palette.GREEN_UP:
        swapped = replace(base, up=base.dn, upbg=base.dnbg, upfill=base.dnfill)
        return replace(swapped, dn=base.up, dnbg=base.upbg, dnfill=base.upfill)
    if palette is Palette.ORANGE_UP:
        up, upbg, dn, dnbg = _ORANGE_DARK if dark else _ORANGE_LIGHT
        return replace(base, up=up, upbg=upbg, dn=dn, dnbg=dnbg, upfill="#AD4A00", dnfill="#17689E")
    return base
