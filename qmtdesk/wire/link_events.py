"""What a desk hears from its link beside the trader's own messages."""

import msgspec


class Attached(msgspec.Struct, frozen=True):
    """A trader answers. `restarted`: another one than before, which knows nothing of what the old one said.

    `safe`: it ended by itself too often and was started as by the user, with nothing taken up but what stays armed.
    """

    pid: int
    boot: str
    restarted: bool
    safe: bool = False


class Lost(msgspec.Struct, frozen=True):
    """The trader is gone or the pipe broke; the link goes on by itself unless `stopped`, which was asked for."""

    reason: str
    stopped: bool = False


class Silent(msgspec.Struct, frozen=True):
    """The trader lives but has not been heard for that long; told each second while it lasts."""

    ms: int


class Starting(msgspec.Struct, frozen=True):
    """The trader this link started still reads and checks its journal; told each second while that lasts.

    The link goes on by itself once it listens. `safe` as in Attached; such a start is told when it begins, too.
    """

    ms: int
    safe: bool = False


class Failed(msgspec.Struct, frozen=True):
    """No trader, and the link gave up; `TraderLink.retry` tries again.

    `why`: timeout | crashes | newer | journal | spawn | protocol | busy. `pid` of the process that would not answer,
    0 when unknown.
    """

    why: str
    text: str
    pid: int = 0


LinkEvent = Attached | Lost | Silent | Starting | Failed
