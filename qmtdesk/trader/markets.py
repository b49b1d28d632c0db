"""The market a trader is started on: the generated one, a recording, or QMT."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qmtdesk.engine.ports import Gateway
from qmtdesk.gateways.paper.account import Holding
from qmtdesk.gateways.paper.gateway import PaperGateway
from qmtdesk.gateways.replay.days import replay_days
from qmtdesk.gateways.replay.feed import RecordedFeed
from qmtdesk.store.account_lock import AccountKey
from qmtdesk.trader.live import live_gateway
from qmtdesk.trader.loop import Past
from qmtdesk.trader.obey import PaperWorld
from qmtdesk.trader.replay_words import position_of
from qmtdesk.wire.live_settings import LiveSettings, live_settings
from qmtdesk.wire.start_refusal import NOT_CHOSEN, StartRefusedError

PAPER, REPLAY, LIVE = "paper", "replay", "live"


@dataclass(frozen=True, slots=True)
class Market:
    """A gateway, and what only some have: a paper world's own handles, the past of a seal, an account to be locked."""

    mode: str
    gateway: Gateway
    paper: PaperWorld | None = None
    past: Past | None = None
    account: AccountKey | None = None


def paper_market(folder: Path, seed: int, speed: int) -> Market:
    """The generated market, kept in the folder."""
    world = PaperGateway(folder, seed=seed, speed=speed)
    return Market(PAPER, world, world, world.seal_history)


def replay_market(folder: Path, seed: int, speed: int, files: tuple[Path, ...], held: tuple[str, ...]) -> Market:
    """A recording with the paper broker."""
    feed = RecordedFeed(tuple(replay_days(files)))
    lots = dict(position_of(word) for word in held)
    account = feed.account(feed.opening(date.min))
    account.holdings.update({code: Holding(lot.volume, lot.paid) for code, lot in lots.items()})
    world = PaperGateway(folder, seed=seed, speed=speed, feed=feed, account=account)
    return Market(REPLAY, world, world, world.seal_history)


def live_market(folder: Path) -> Market:
    """QMT, as the user chose it in the first-run wizard; StartRefusedError when nothing is chosen yet."""
    chosen = _chosen(folder)
    gateway = live_gateway(folder, chosen)
    return Market(LIVE, gateway, account=AccountKey(chosen.account, Path(chosen.folder)))


def _chosen(folder: Path) -> LiveSettings:
    loaded = live_settings(folder).load()
    if loaded.problem or not loaded.value.chosen:
        raise StartRefusedError(NOT_CHOSEN, "not_chosen", folder=folder, problem=loaded.problem or "-")
    return loaded.value
