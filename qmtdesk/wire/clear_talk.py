"""What desk and trader say about 清理: the holdings that are not on the list, and the ones the user ticked."""

import msgspec

from qmtdesk.domain.messages import ClearRow
from qmtdesk.domain.reason import Reason


class ClearMessage(msgspec.Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """Base of these messages."""


class ClearLine(ClearMessage, frozen=True):
    """One holding off the list. Prices and money in 厘.

    `why` is the first rule that put it out, `refusal` why it cannot be confirmed now. `running`: it is being sold;
    `volume` is then what is left of it, `stays` what was sold already, and `refusal` what it waits for.
    """

    code: str
    name: str
    position: int
    volume: int
    stays: int
    why: Reason
    bid1: int = 0
    floor: int = 0
    proceeds: int = 0
    fee: int = 0
    refusal: Reason | None = None
    notes: tuple[Reason, ...] = ()
    running: bool = False


class ClearList(ClearMessage, frozen=True, tag=30):
    """All of them. `whole`: the setting is on, so that also what qmtdesk did not buy is here.

    `listed` of at most `keep` bonds are on the list of the screen of that name; `others` holdings are off it and not
    qmtdesk's, `busy` ones work for a grid or a guard.
    """

    id: int
    lines: tuple[ClearLine, ...]
    whole: bool
    screen: str
    listed: int
    keep: int
    as_of: str
    data_old: bool
    others: int
    busy: int
    slippage_bp: int


class ListClear(ClearMessage, frozen=True, tag=51):
    """What would be cleared?"""


class ClearRows(ClearMessage, frozen=True, tag=52):
    """Sell these rows of the list as they were shown."""

    rows: tuple[ClearRow, ...]


class KeepWhole(ClearMessage, frozen=True, tag=53):
    """Whether everything that is not on the list is proposed. Kept until changed."""

    on: bool


ClearWish = ListClear | ClearRows | KeepWhole
