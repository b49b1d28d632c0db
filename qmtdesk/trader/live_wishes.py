"""What a desk asks about real trading: what it looks at, the word that goes live, a bundle for whoever helps."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from qmtdesk.domain.messages import ConfirmLive
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.trial_watch import trial_wish
from qmtdesk.wire.live_settings import live_settings
from qmtdesk.wire.live_talk import GoLive, LiveWish, Looking, MakeBundle, TrialWish
from qmtdesk.wire.talk import Ack

log = logging.getLogger("qmtdesk.trader")

Bundle = Callable[[Path], Path]
"""Makes the bundle of a data folder and says where it lies; OSError when it cannot."""
Tell = Callable[[Ack], None]


class LiveWishes:
    """Answers these wishes on the decision thread; a bundle is made beside it and answered when it is there."""

    def __init__(self, folder: Path, bundle: Bundle | None = None) -> None:
        self._folder = folder
        self._bundle = bundle
        self._making = threading.Lock()

    def ask(self, loop: Loop, desk: int, number: int, wish: LiveWish, tell: Tell) -> None:
        """Do it; `tell` gets the one answer, from any thread."""
        match wish:
            case Looking():
                loop.wanted.looks(desk, wish.codes)
                tell(Ack(number, True, loop.seq))
            case GoLive():
                reason = self._go_live(loop, number, wish)
                tell(Ack(number, reason is None, loop.seq, reason))
            case TrialWish():
                reason = trial_wish(loop, number, wish, self._folder)
                tell(Ack(number, reason is None, loop.seq, reason))
            case MakeBundle():
                seq = loop.seq
                threading.Thread(target=lambda: tell(self._bundled(number, seq)), name="bundle", daemon=True).start()

    def _go_live(self, loop: Loop, number: int, wish: GoLive) -> Reason | None:
        """The answer about the report is kept with its day whether or not the word is right."""
        if loop.state.live and not loop.desk.reported_day:
            if not wish.reported:
                return because(Why.NOT_REPORTED)
            day = shanghai_day(loop.state.at).isoformat()
            try:
                keep_reported(self._folder, day)
            except OSError as error:
                return because(Why.BAD_SETTING, name="reported", value=str(error))
            loop.desk = replace(loop.desk, reported_day=day)
        return loop.handle(0, ConfirmLive(wish.word), command=number).refusal

    def _bundled(self, number: int, seq: int) -> Ack:
        if self._bundle is None or not self._making.acquire(blocking=False):
            return Ack(number, False, seq, because(Why.BUNDLE_FAILED))
        try:
            place = self._bundle(self._folder)
        except Exception as error:  # whatever it stumbled over is the user's to know, and costs no trading
            log.exception("no bundle")
            return Ack(number, False, seq, because(Why.BUNDLE_FAILED, error=f"{type(error).__name__}: {error}"))
        finally:
            self._making.release()
        return Ack(number, True, seq, because(Why.BUNDLE_MADE, path=str(place)))


def keep_reported(folder: Path, day: str) -> None:
    """Write down that the user reported program trading to the broker, and when he said so; OSError when it cannot be.

    Settings that cannot be read are not written over: they name the account.
    """
    file = live_settings(folder)
    loaded = file.load()
    if loaded.problem:
        raise OSError(loaded.problem)
    file.save(replace(loaded.value, reported=True, reported_day=day))


def reported_day(folder: Path) -> str:
    """When the user said so (ISO day), '' when he did not."""
    kept = live_settings(folder).load().value
    return kept.reported_day if kept.reported else ""
